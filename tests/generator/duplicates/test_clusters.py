"""A registry knows its duplicates: clusters share a split, repeated tasks are refused."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from mlesmith_env.manifest import MetricSpec, split_of
from mlesmith_env.package import read_package
from mlesmith_env.quality import read_quality
from mlesmith_env.recipes.model import Holdout, TableReader, TableRecipe
from mlesmith_env.recipes.operations import Bin, RenameColumns
from mlesmith_env.registry import read_index
from mlesmith_env.sources import SourceFile, SourceRecord, load_source
from mlesmith_env.task import Task
from mlesmith_generator.admission import settle
from mlesmith_generator.duplicates.clusters import clusters_of, joined
from mlesmith_generator.duplicates.comparison import Match, compare
from mlesmith_generator.duplicates.fingerprint import (
    Fingerprint,
    fingerprint_of,
    read_fingerprints,
)
from mlesmith_generator.duplicates.repeats import raw_columns, repeated_task
from mlesmith_generator.records import DatasetProfile
from tests.env.manifests import make_manifest
from tests.env.packages import write_houses, write_task


def _mlesmith(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "mlesmith_env.cli", *words],
        env={**os.environ, "MLESMITH_CACHE": str(home / "cache")},
        cwd=home,
        capture_output=True,
        text=True,
        check=False,
    )


def _name(start: str, split: str) -> str:
    return next(n for k in range(50) if split_of(n := f"{start}-{k}") == split)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders with the same houses, in other words, and one with other houses."""
    home = tmp_path_factory.mktemp("duplicates")
    first, second = home / _name("zeta", "eval"), home / _name("beta", "train")
    write_houses(first, rows=300, seed=3)
    write_houses(home / _name("gamma", "train"), rows=300, seed=4)
    frame = pd.read_csv(first / "houses.csv", dtype=str)
    frame["sold"] = frame["sold"].map({"yes": "1", "no": "0"})
    names = {"area": "m2", "rooms": "n", "district": "part", "price": "value", "sold": "gone"}
    second.mkdir()
    frame.rename(columns=names).sample(frac=1, random_state=0).to_csv(
        second / "flats.csv", index=False, sep=";"
    )
    return home


def _generated(home: Path, registry: Path, *starts: str) -> Path:
    names = [next(home.glob(f"{start}-*")).name for start in starts]
    done = _mlesmith(home, "generate", *names, "--registry", str(registry), "--ideas", "2")
    assert done.returncode == 0, done.stdout + done.stderr
    return registry


@pytest.fixture(scope="module")
def registry(home: Path) -> Path:
    return _generated(home, home / "registry", "beta", "gamma", "zeta")


def test_what_repeats_a_task_is_refused_with_a_code(registry: Path):
    summary = json.loads((registry / "generation.json").read_text())
    assert summary["defects"]["repeated-task"] == 2
    assert summary["withdrawn"] == 0
    assert {str(entry.fields["dataset"])[:4] for entry in read_index(registry)} == {"beta", "gamm"}


def test_who_keeps_a_task_does_not_depend_on_who_came_first(home: Path, registry: Path):
    other = _generated(home, home / "other", "zeta", "gamma", "beta")
    summary = json.loads((other / "generation.json").read_text())
    assert summary["withdrawn"] == 2
    assert summary["tasks"] == len(read_index(other)) == len(read_index(registry))
    measured = {"quality.json", "index.json", "generation.json", "generation.jsonl"}
    files = [
        {
            str(path.relative_to(root)): path.read_bytes()
            for path in root.rglob("*")
            if path.is_file() and path.name not in measured
        }
        for root in (registry, other)
    ]
    assert files[0] == files[1]


def test_a_fingerprint_lies_beside_the_source_record(registry: Path):
    prints = read_fingerprints(registry)
    assert set(prints) == {str(entry.fields["dataset"]) for entry in read_index(registry)}
    path = registry / "sources" / f"{min(prints)}.fingerprint.json"
    assert path.stat().st_size < 8000


def _registry_of(tmp_path: Path, *names: str, rows: int = 300) -> Path:
    """A registry with one task of the same houses under each name, and their fingerprints."""
    from mlesmith_generator.duplicates.fingerprint import fingerprint_table, write_fingerprint

    root = tmp_path / "registry"
    for place, name in enumerate(names):
        folder = write_task(root, slug=f"houses-{place}", rows=rows, split=split_of(name))
        task = Task.load(folder)
        manifest = task.manifest
        source = task.source.model_copy(update={"dataset": name})
        from mlesmith_env.package import MANIFEST, dump_manifest, seal, write_package
        from mlesmith_env.quality import QUALITY, Quality, dump_quality
        from mlesmith_env.sources import dump_source

        changed = manifest.model_copy(
            update={"source": manifest.source.model_copy(update={"dataset": name})}
        )
        changed = seal(changed, task.description)
        board = (folder / "leaderboard.csv").read_text().replace(manifest.digest, changed.digest)
        dump_source(source, root / "sources" / f"{name}.yaml")
        write_package(
            folder,
            {
                MANIFEST: dump_manifest(changed),
                "description.md": task.description,
                "leaderboard.csv": board,
                QUALITY: dump_quality(Quality(digest=changed.digest, headroom=5)),
            },
        )
        frame = pd.read_csv(tmp_path / "raw" / "houses.csv", dtype=str)
        table = fingerprint_table("houses.csv", frame)
        assert table is not None
        made = Fingerprint(dataset=name, sha256=source.sha256, tables=(table,))
        write_fingerprint(made, root)
    (root / "sources" / "houses.yaml").unlink()
    return root


def test_all_of_a_cluster_get_the_split_of_the_first_name(tmp_path: Path):
    first, second = _name("alpha", "eval"), _name("omega", "train")
    root = _registry_of(tmp_path, second, first)
    (cluster,) = settle(root)
    assert cluster.datasets == (first, second)
    assert {entry.fields["split"] for entry in read_index(root)} == {"eval"}
    assert load_source(root / "sources" / f"{second}.yaml").cluster == first
    assert load_source(root / "sources" / f"{first}.yaml").cluster == ""
    for entry in read_index(root):
        task = Task.load(entry.directory)
        assert task.manifest.split == "eval"
        quality = read_quality(entry.directory, task.manifest.digest)
        assert quality is not None
        board = (entry.directory / "leaderboard.csv").read_text()
        assert board.startswith(f"# digest: {task.manifest.digest}\n")


def test_settling_does_not_depend_on_the_order_and_is_done_once(tmp_path: Path):
    names = [_name("alpha", "train"), _name("kappa", "eval"), _name("omega", "eval")]
    roots = [_registry_of(tmp_path / "x", *names), _registry_of(tmp_path / "y", *names[::-1])]
    digests = []
    for root in roots:
        settle(root)
        tasks = {entry.fields["dataset"]: entry for entry in read_index(root)}
        digests.append({name: tasks[name].fields["split"] for name in names})
        before = {path: path.stat().st_mtime_ns for path in root.rglob("task.yaml")}
        settle(root)
        assert before == {path: path.stat().st_mtime_ns for path in root.rglob("task.yaml")}
    assert digests[0] == digests[1] == dict.fromkeys(names, "train")


def test_a_dataset_that_loses_its_kin_goes_its_own_way_again(tmp_path: Path):
    first, second = _name("alpha", "eval"), _name("omega", "train")
    root = _registry_of(tmp_path, first, second)
    settle(root)
    shutil.rmtree(root / "tabular" / "houses-0-v1")
    (root / "sources" / f"{first}.yaml").unlink()
    assert settle(root) == ()
    assert load_source(root / "sources" / f"{second}.yaml").cluster == ""
    (entry,) = read_index(root)
    assert read_package(entry.directory).manifest.split == "train"


def test_the_command_lists_clusters_and_tells_what_is_not_settled(tmp_path: Path):
    first, second = _name("alpha", "eval"), _name("omega", "train")
    root = _registry_of(tmp_path, second, first)
    words = ["registry", "duplicates", "--registry", str(root)]
    before = _mlesmith(tmp_path, *words)
    assert before.returncode == 1
    assert "--settle" in before.stdout
    done = _mlesmith(tmp_path, *words, "--settle", "--json")
    assert done.returncode == 0, done.stderr
    (cluster,) = json.loads(done.stdout)
    assert cluster["datasets"] == [first, second]
    assert "area" in cluster["pairs"][0]["told"]


def test_files_of_the_same_bytes_join_datasets_without_tables():
    def made(name: str, *files: tuple[str, int]) -> Fingerprint:
        return Fingerprint(dataset=name, sha256="0" * 64, files=files)

    def digests(*numbers: int) -> tuple[tuple[str, int], ...]:
        names = sorted(hashlib.sha256(b"%d" % n).hexdigest()[:16] for n in numbers)
        return tuple((name, 5000) for name in names[:64])

    photos = digests(*range(600))
    (match,) = compare(made("photos", *photos), made("some-photos", *digests(*range(300))))
    assert match.overlap == 1.0
    others = digests(*range(590, 1200))
    assert compare(made("photos", *photos), made("others", *others)) == ()


def test_a_dataset_of_files_alone_has_a_fingerprint_too(tmp_path: Path):
    files = tuple(
        SourceFile(path=f"{n}.png", bytes=size, sha256=f"{n}" * 64)
        for n, size in enumerate([5000, 6000, 10])
    )
    record = SourceRecord(dataset="photos", files=files)
    profile = DatasetProfile(dataset="photos", subject="photos", tables=())
    made = fingerprint_of(profile, tmp_path, record)
    assert made.tables == ()
    assert made.files == (("0" * 16, 5000), ("1" * 16, 6000))
    assert compare(made, made.model_copy(update={"dataset": "pictures"}))[0].overlap == 1.0


def test_clusters_are_closed():
    assert joined([("b", "c"), ("d", "a"), ("c", "d"), ("x", "y")]) == [
        ("a", "b", "c", "d"),
        ("x", "y"),
    ]
    assert clusters_of({}) == ()


def _recipe(*transforms: object, target: str) -> TableRecipe:
    return TableRecipe(
        reader=TableReader(files=("t.csv",)),
        transforms=transforms,
        target=target,
        holdout=Holdout(kind="random"),
    )


def test_a_target_is_traced_to_its_raw_column():
    cut = Bin(column="Cost", into="band", edges=(1.0,), labels=("low", "high"))
    assert raw_columns(_recipe(cut, target="band")) == {"cost"}
    assert raw_columns(_recipe(RenameColumns(names={"Price": "Cost"}), cut, target="band")) == {
        "price"
    }
    assert raw_columns(_recipe(target="Price")) == {"price"}


def test_the_same_rows_with_another_target_or_question_are_another_task(tmp_path: Path):
    folder = write_task(tmp_path / "registry")
    theirs = read_package(folder).manifest
    match = Match(
        ("t.csv", "houses.csv"), (("cost", "price"), ("n", "rooms")), 1, 1, 99, "evidence"
    )
    kin = {theirs.source.dataset: (match,)}

    def refused(target: str, **changes: object) -> bool:
        mine = make_manifest(recipe=_recipe(target=target), **changes)
        return repeated_task(mine, kin, tmp_path / "registry") is not None

    assert refused("cost")
    assert refused("cost", metric=MetricSpec(name="mae"))
    assert not refused("n")
    assert not refused("elsewhere")
    assert not refused("cost", objective="multiclass")
    mine = make_manifest(recipe=_recipe(target="cost"))
    assert repeated_task(mine, {}, tmp_path / "registry") is None


def test_a_source_record_names_its_representative():
    file = SourceFile(path="a.csv", bytes=1, sha256="0" * 64)
    assert SourceRecord(dataset="own", files=(file,)).representative == "own"
    assert SourceRecord(dataset="own", cluster="first", files=(file,)).representative == "first"
