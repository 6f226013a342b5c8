"""Packages on disk: sealed, checked byte by byte, written at once or not at all."""

import hashlib
import shutil
from pathlib import Path

import pytest

from mlesmith_env.errors import ManifestError, TamperedTaskError
from mlesmith_env.manifest import json_schema, package_digest, split_of
from mlesmith_env.package import (
    dump_manifest,
    parse_manifest,
    read_package,
    seal,
    write_package,
)
from mlesmith_env.task import Task
from tests.env.packages import write_task


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_task(tmp_path_factory.mktemp("root") / "registry")


@pytest.fixture
def package(original: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "registry" / "tabular" / original.name
    shutil.copytree(original, copy)
    sources = original.parent.parent / "sources"
    shutil.copytree(sources, tmp_path / "registry" / "sources")
    return copy


def test_a_package_reads_back_as_it_was_written(package: Path):
    read = read_package(package)
    assert read.manifest.id == "mlesmith/houses-price-v1"
    assert parse_manifest(dump_manifest(read.manifest), origin=package) == read.manifest


def test_any_changed_byte_of_the_manifest_is_refused_by_name(package: Path):
    path = package / "task.yaml"
    whole = path.read_bytes()
    covered = whole.index(b"provenance:")
    for place in range(0, covered, 7):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        path.write_bytes(bytes(changed))
        with pytest.raises((TamperedTaskError, ManifestError), match=r"task\.yaml"):
            read_package(package)
    path.write_bytes(whole)
    read_package(package)


def test_any_changed_byte_of_the_description_is_refused_by_name(package: Path):
    path = package / "description.md"
    whole = path.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= 0x01
        path.write_bytes(bytes(changed))
        with pytest.raises(TamperedTaskError, match=r"description\.md"):
            read_package(package)


def test_a_comment_or_a_new_layout_of_the_manifest_is_a_change(package: Path):
    path = package / "task.yaml"
    path.write_text(path.read_text() + "# harmless\n")
    with pytest.raises(TamperedTaskError, match=r"task\.yaml"):
        read_package(package)


def test_a_file_that_does_not_belong_is_refused_by_name(package: Path):
    (package / "labels.csv").write_text("id,price\n1,2\n")
    with pytest.raises(TamperedTaskError, match=r"labels\.csv"):
        read_package(package)


@pytest.mark.parametrize("script", ["prepare.py", "metric.py"])
def test_a_script_put_into_a_package_is_refused_by_name(package: Path, script: str):
    (package / script).write_text("print('run me')\n")
    with pytest.raises(TamperedTaskError, match=script):
        read_package(package)


def test_a_sealed_script_that_the_manifest_does_not_declare_is_refused(package: Path):
    manifest = read_package(package).manifest
    description = (package / "description.md").read_bytes()
    script = b"def evaluate(submission, answers):\n    return 1.0\n"
    digest = package_digest(
        manifest.model_dump(mode="json"),
        {
            "description.md": hashlib.sha256(description).hexdigest(),
            "metric.py": hashlib.sha256(script).hexdigest(),
        },
    )
    (package / "metric.py").write_bytes(script)
    (package / "task.yaml").write_text(
        dump_manifest(manifest.model_copy(update={"digest": digest}))
    )
    with pytest.raises(ManifestError, match=r"carries metric\.py.*not of kind 'script'"):
        read_package(package)
    (package / "metric.py").write_bytes(script + b"# more\n")
    with pytest.raises(TamperedTaskError, match=r"metric\.py"):
        read_package(package)


def test_provenance_and_digest_are_outside_the_digest(package: Path):
    manifest = read_package(package).manifest
    other = manifest.model_copy(
        update={"provenance": manifest.provenance.model_copy(update={"justification": "because"})}
    )
    assert seal(other, read_package(package).description).digest == manifest.digest


def test_a_changed_source_record_is_refused(package: Path):
    path = package.parent.parent / "sources" / "houses.yaml"
    path.write_text(path.read_text().replace("bytes: ", "bytes: 1"))
    with pytest.raises(TamperedTaskError, match=r"sources/houses\.yaml"):
        Task.load(package)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "valid dictionary"),
        ("- a\n- b\n", "valid dictionary"),
        ("slug: [unclosed", "not YAML"),
        ("!!python/object/apply:os.system ['true']", "not YAML"),
        ("unknown_key: 1\n", "task.yaml"),
    ],
)
def test_what_is_no_manifest_gets_a_clear_error(package: Path, text: str, said: str):
    (package / "task.yaml").write_text(text)
    with pytest.raises(ManifestError, match=said):
        read_package(package)


def test_a_folder_with_another_name_is_refused(package: Path):
    moved = package.rename(package.parent / "other-name-v1")
    with pytest.raises(TamperedTaskError, match="rename the folder"):
        read_package(moved)


def test_slugs_do_not_end_like_a_version(package: Path):
    manifest = read_package(package).manifest
    data = manifest.model_dump(mode="json") | {"slug": "houses-v2"}
    with pytest.raises(ValueError, match="may not end in"):
        type(manifest).model_validate(data)


def test_writing_replaces_a_package_whole(package: Path):
    files = {path.name: path.read_text() for path in package.iterdir()}
    del files["leaderboard.csv"]
    write_package(package, files)
    assert sorted(path.name for path in package.iterdir()) == ["description.md", "task.yaml"]
    assert [p.name for p in package.parent.iterdir()] == [package.name]


def test_the_split_depends_on_the_dataset_alone_and_never_moves():
    assert split_of("houses") == split_of("houses")
    assert [split_of(f"dataset-{n}") for n in range(6)] == [
        "train", "train", "train", "train", "train", "train",
    ]  # fmt: skip
    evals = sum(split_of(f"dataset-{n}") == "eval" for n in range(2000))
    assert 330 < evals < 470


def test_the_committed_schema_is_that_of_the_manifest():
    kept = Path(__file__).parents[2] / "docs" / "manifest.schema.json"
    assert kept.read_text(encoding="utf-8") == json_schema(), "write it anew: make schema"
