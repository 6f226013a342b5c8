"""The tasks that come with the package: each is whole, and together they are what is promised."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from mlesmith_env.manifest import Manifest
from mlesmith_env.registry import read_index
from mlesmith_env.task import Task

ROOT = Path(__file__).resolve().parents[2] / "registry"
_FILES = {
    "task.yaml",
    "description.md",
    "leaderboard.csv",
    "verification.json",
    "quality.json",
    "fingerprint.json",
}
_MOST_BYTES = 40e6


@pytest.fixture(scope="module")
def manifests() -> dict[str, Manifest]:
    """Every manifest by the path of its package; loading checks digests and records."""
    folders = sorted(path.parent for path in ROOT.glob("*/*/task.yaml"))
    return {str(folder.relative_to(ROOT)): Task.load(folder).manifest for folder in folders}


def test_every_package_is_whole_and_holds_no_code(manifests: dict[str, Manifest]) -> None:
    for path, manifest in manifests.items():
        names = {each.name for each in (ROOT / path).iterdir()}
        assert names <= _FILES, path
        assert names >= {"description.md", "leaderboard.csv", "quality.json"}, path
        assert path == f"{manifest.modality}/{manifest.slug}-v{manifest.version}"


def test_the_index_tells_of_exactly_these(manifests: dict[str, Manifest]) -> None:
    told = {str(entry.fields["id"]): entry.fields["digest"] for entry in read_index(ROOT)}
    assert told == {each.id: each.digest for each in manifests.values()}


def test_no_task_is_there_twice(manifests: dict[str, Manifest]) -> None:
    assert len({each.id for each in manifests.values()}) == len(manifests)
    assert len({each.digest for each in manifests.values()}) == len(manifests)
    # The same question of the same data, scored otherwise, would be no other task.
    asked = Counter(
        (each.source.dataset, each.objective, each.recipe.model_dump_json())
        for each in manifests.values()
    )
    assert not [key[:2] for key, times in asked.items() if times > 1]


def test_a_dataset_is_for_training_or_for_evaluation(manifests: dict[str, Manifest]) -> None:
    splits: dict[str, set[str]] = {}
    for each in manifests.values():
        splits.setdefault(each.source.dataset, set()).add(each.split)
    assert not [name for name, found in splits.items() if len(found) > 1]


def test_it_holds_what_is_promised(manifests: dict[str, Manifest]) -> None:
    synthetic = {path for path, each in manifests.items() if "synthetic" in each.source.dataset}
    real = [each for path, each in manifests.items() if path not in synthetic]
    assert len(real) >= 900
    assert len({each.source.dataset for each in real}) >= 280
    assert len(synthetic) >= 60
    assert len({manifests[path].modality for path in synthetic}) >= 5


def test_it_is_small_and_of_many_kinds(manifests: dict[str, Manifest]) -> None:
    size = sum(path.stat().st_size for path in ROOT.rglob("*") if path.is_file())
    assert size <= _MOST_BYTES
    objectives = Counter(each.objective for each in manifests.values())
    assert max(objectives.values()) <= 0.55 * len(manifests)
