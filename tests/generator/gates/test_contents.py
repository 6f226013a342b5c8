"""Prepared data with folders of raw files and further tables: pinned, told, and held against."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from mlesmith_env.briefing import Briefing
from mlesmith_env.digests import folder_digest
from mlesmith_env.manifest import (
    Anchors,
    Manifest,
    MetricSpec,
    Reference,
    SourceRef,
    SubmissionForm,
    Thresholds,
    split_of,
)
from mlesmith_env.package import DESCRIPTION, MANIFEST, dump_manifest, seal, write_package
from mlesmith_env.recipes.model import (
    DropColumns,
    Holdout,
    Media,
    SideTable,
    TableReader,
    TableRecipe,
)
from mlesmith_env.recipes.preparation import prepare
from mlesmith_env.sources import dump_source, record_folder
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.gates.contents import read_tables, scan_bytes, scan_files

ABOUT = "# Beasts\n"


@pytest.fixture
def task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    raw = tmp_path / "raw"
    for kind in ("cat", "dog"):
        (raw / kind).mkdir(parents=True)
        for number in range(20):
            (raw / kind / f"{number}.png").write_bytes(f"{kind}{number}".encode())
    # Numbers as they may be ids as well.
    (raw / "owners.csv").write_text("id,kind\n" + "".join(f"{i},cat\n" for i in range(40)))
    record = record_folder(raw, "beasts", uri=raw.as_uri())
    recipe = TableRecipe(
        reader=TableReader(files=("*/*.png",), format="files"),
        transforms=(DropColumns(columns=("name", "stem", "ending")),),
        target="folder",
        holdout=Holdout(kind="stratified"),
        media=(Media(column="file", folder="images"),),
        tables=(SideTable(name="owners", reader=TableReader(files=("owners.csv",))),),
    )
    form = SubmissionForm(columns=("folder",), kind="label", classes=("cat", "dog"), rows=12)
    into = tmp_path / "prepared"
    prepared = prepare(recipe, form, raw, description=ABOUT, into=into)
    thresholds = Thresholds(median=0.6, bronze=0.7, silver=0.8, gold=0.9)
    anchors = Anchors(floor=0.5, ceiling=1.0, thresholds=thresholds)
    manifest = Manifest(
        slug="beasts-kind",
        version=1,
        title="Beasts",
        domain="biology",
        modality="image",
        objective="multiclass",
        metric=MetricSpec(name="accuracy"),
        source=SourceRef(dataset="beasts", sha256=record.sha256),
        recipe=recipe,
        submission=form,
        reference=Reference(public=anchors, private=anchors),
        split=split_of("beasts"),
        prepared=prepared,
        digest="0" * 64,
    )
    manifest = seal(manifest, ABOUT)
    root = tmp_path / "registry"
    dump_source(record, root / "sources" / "beasts.yaml")
    folder = root / "image" / manifest.name
    write_package(folder, {MANIFEST: dump_manifest(manifest), DESCRIPTION: ABOUT})
    return Task.load(folder)


def copy_of(prepared: PreparedTask, into: Path) -> PreparedTask:
    """A copy that may be spoilt."""
    shutil.copytree(prepared.public_dir.parent, into)
    return PreparedTask(into / "public", into / "private")


def test_a_task_with_a_folder_is_prepared_and_all_is_expected(task: Task):
    prepared = task.prepare()
    assert folder_digest(prepared.public_dir / "images") == task.manifest.prepared["public/images/"]
    tables = read_tables(prepared)
    assert scan_files(task, prepared, tables).findings == ()
    assert scan_bytes(task, prepared).findings == ()


def test_another_byte_in_the_folder_is_found(task: Task, tmp_path: Path):
    spoilt = copy_of(task.prepare(), tmp_path / "spoilt")
    first = min((spoilt.public_dir / "images").iterdir())
    first.write_bytes(first.read_bytes() + b"!")
    (finding,) = scan_bytes(task, spoilt).findings
    assert finding.code == "preparation-differs"
    assert "public/images/" in finding.evidence


def test_a_file_too_many_in_the_folder_and_beside_it_is_found(task: Task, tmp_path: Path):
    spoilt = copy_of(task.prepare(), tmp_path / "spoilt")
    (spoilt.public_dir / "images" / "more.png").write_bytes(b"x")
    assert [f.code for f in scan_bytes(task, spoilt).findings] == ["preparation-differs"]
    (spoilt.public_dir / "images" / "deeper").mkdir()
    (spoilt.public_dir / "images" / "deeper" / "x.png").write_bytes(b"x")
    (spoilt.public_dir / "labels.csv").write_text("a\n")
    codes = [f.code for f in scan_files(task, spoilt, read_tables(spoilt)).findings]
    assert codes == ["unexpected-file", "unexpected-file"]


def test_a_folder_that_is_gone_is_found(task: Task, tmp_path: Path):
    spoilt = copy_of(task.prepare(), tmp_path / "spoilt")
    shutil.rmtree(spoilt.public_dir / "images")
    (finding,) = scan_files(task, spoilt, read_tables(spoilt)).findings
    assert (finding.code, "public/images/" in finding.evidence) == ("missing-file", True)


def test_the_briefing_tells_of_folders_in_a_line_and_of_further_tables(task: Task):
    manifest = task.manifest
    briefing = Briefing(manifest, ABOUT, task.prepare().public_dir, manifest.limits, True)
    told = briefing.topics["data"]
    (line,) = [line for line in told.splitlines() if "images/" in line and line.startswith("- ")]
    assert line.startswith("- input/images/ (40 files .png, ")
    assert "First lines of input/owners.csv:" in told
    assert told.count("images/") < 12
