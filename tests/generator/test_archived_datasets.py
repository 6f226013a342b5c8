"""Datasets in archives: sniffed as folders, pinned as archives, found again from the archive."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from mlesmith_env import sources
from mlesmith_env.recipes.reader import read_table
from mlesmith_generator.dataset import open_dataset
from mlesmith_generator.sniff import sniff_tables

CSV = "a,b\n" + "".join(f"{i},{i * 7 % 5}\n" for i in range(40))


@pytest.fixture(autouse=True)
def surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("MLESMITH_DATA_MIRROR", raising=False)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "things"
    folder.mkdir()
    with zipfile.ZipFile(folder / "data.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("inner/train.csv", CSV)
        archive.writestr("inner/LICENSE", "MIT License\n\nCopyright")
    (folder / "beside.csv").write_text("name,age\n" + "".join(f"n{i},{i}\n" for i in range(30)))
    return folder


def test_a_folder_with_an_archive(data: Path):
    with open_dataset(str(data)) as dataset:
        readers, problems = sniff_tables(dataset.folder)
        assert problems == ()
        assert [reader.files for reader in readers] == [
            ("beside.csv",),
            ("data.zip/inner/train.csv",),
        ]
        assert dataset.origin.licence.startswith("MIT License")
        record = dataset.record(file for reader in readers for file in reader.files)
    assert [(file.path, file.unpacked) for file in record.files] == [
        ("beside.csv", False),
        ("data.zip", True),
    ]
    with sources.raw_files(record) as raw:
        assert len(read_table(readers[1], raw)) == 40


def test_elsewhere_the_archive_is_all_that_is_needed(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    with open_dataset(str(data / "data.zip")) as dataset:
        assert dataset.name == "data"
        readers, _ = sniff_tables(dataset.folder)
        record = dataset.record(readers[0].files)
    sources.dump_source(record, tmp_path / "record.yaml")
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (data / "data.zip").rename(elsewhere / "archive-2020.zip")
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "another"))
    monkeypatch.setenv("MLESMITH_DATA_MIRROR", str(elsewhere))
    with sources.raw_files(sources.load_source(tmp_path / "record.yaml")) as raw:
        assert len(read_table(readers[0], raw)) == 40


def test_a_tar_archive_as_a_dataset(tmp_path: Path):
    with tarfile.open(tmp_path / "some-things.tar.gz", "w:gz") as archive:
        info = tarfile.TarInfo("t.csv")
        info.size = len(CSV)
        archive.addfile(info, io.BytesIO(CSV.encode()))
    with open_dataset(str(tmp_path / "some-things.tar.gz")) as dataset:
        assert (dataset.name, dataset.slug) == ("some-things", "some-things")
        assert sniff_tables(dataset.folder)[0][0].files == ("some-things.tar.gz/t.csv",)


def test_a_record_without_archives_says_nothing_of_them(data: Path):
    (data / "data.zip").unlink()
    with open_dataset(str(data)) as dataset:
        record = dataset.record(["beside.csv"])
    assert "unpacked" not in record.model_dump(mode="json")["files"][0]
