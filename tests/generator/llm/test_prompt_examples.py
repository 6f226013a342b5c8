"""Every example that a Designer is shown is a draft that holds on data of its kind."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.task import Task
from mlesmith_generator.dataset import open_dataset
from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.llm import roles
from mlesmith_generator.llm.answers import ProposedDraft
from mlesmith_generator.llm.drafting import candidate_of
from mlesmith_generator.llm.examples import examples_told
from mlesmith_generator.llm.roles import EXAMPLES, example_of, filled, version_of
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.refactor import Names

Image = pytest.importorskip("PIL.Image")
COST = """
import numpy as np


def evaluate(submission, answers):
    off = answers["price"].to_numpy(float) - submission["price"].to_numpy(float)
    return float(np.mean(3 * np.maximum(off, 0) + np.maximum(-off, 0)))
"""


def houses(folder: Path) -> Path:
    rng = np.random.default_rng(0)
    area, rooms = rng.normal(90, 25, 300).round(1), rng.integers(1, 7, 300)
    price = (2.1 * area + 9 * rooms + rng.normal(0, 12, 300)).round(2)
    table = {"listing_id": rng.permutation(300) + 4000, "area": area, "rooms": rooms}
    pd.DataFrame({**table, "price": price}).to_csv(folder / "houses.csv", index=False)
    return folder


def photographs(folder: Path) -> Path:
    rng = np.random.default_rng(1)
    for name, level in (("ash", 70), ("elm", 110), ("oak", 150)):
        (folder / name).mkdir()
        for number in range(80):
            _saved(level + rng.normal(0, 30, (16, 16)), folder / name / f"{number:03d}.jpg")
    return folder


def leaves(folder: Path) -> Path:
    rng = np.random.default_rng(2)
    for name in ("photos", "masks"):
        (folder / name).mkdir()
    for number in range(130):
        away = np.stack(np.mgrid[:24, :24], axis=2) - rng.integers(6, 18, 2)
        ill = (away**2).sum(axis=2) < rng.integers(9, 36)
        _saved(90 + 70 * ill + rng.normal(0, 25, (24, 24)), folder / f"photos/p{number:03d}.jpg")
        _saved(255 * ill, folder / f"masks/p{number:03d}.png")
    return folder


def clients(folder: Path) -> Path:
    rng = np.random.default_rng(3)
    ids = np.array([f"C{number}" for number in rng.permutation(400) + 1000])
    risk, branch = rng.normal(size=400), rng.integers(0, 8, 400)
    late = risk + rng.normal(0, 0.6, 400) > 0.5
    table = {"client_id": ids, "branch_id": [f"B{b}" for b in branch]}
    table |= {"income": (40 - 6 * risk + rng.normal(0, 6, 400)).round(1)}
    table |= {"written_off": np.where(late, rng.gamma(2, 900, 400).round(2), 0)}
    table |= {"default": np.where(late, "yes", "no")}
    pd.DataFrame(table).to_csv(folder / "clients.csv", index=False)
    regions = {"branch_id": [f"B{b}" for b in range(8)], "region": [*("north", "south") * 4]}
    pd.DataFrame(regions).to_csv(folder / "branches.csv", index=False)
    whose = rng.integers(0, 400, 1600)
    paid = {"payment_id": np.arange(1600) + 70_000, "client": ids[whose]}
    paid |= {"amount": rng.gamma(2, 100, 1600).round(2)}
    paid |= {"days_late": np.maximum(0, 4 * risk[whose] + rng.normal(0, 3, 1600)).round()}
    paid |= {"reminder_letter": np.where(late[whose], "sent", "none")}
    pd.DataFrame(paid).to_csv(folder / "payments.csv", index=False)
    return folder


def _saved(values: np.ndarray, path: Path) -> None:
    Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(path, quality=95)


DATA: dict[str, tuple[Callable[[Path], Path], set[str]]] = {
    "a table": (houses, set()),
    "pictures in folders": (photographs, {"files"}),
    "pictures with masks": (leaves, {"files", "masks"}),
    "related tables": (clients, {"related_tables"}),
}
"""Small data, and the examples that somebody who works on them is shown."""


def _shown(told: str) -> list[dict[str, Any]]:
    """Return the examples in a prompt, as they stand there."""
    return [json.loads(text) for text in re.findall(r"```json\n(.+?)\n```", told, re.DOTALL)]


@contextmanager
def _built(
    made: Callable[[Path], Path], root: Path, draft: Callable[[str], dict[str, Any]]
) -> Iterator[Task]:
    """Build what a prompt over some data says, as a model's draft."""
    (root / "raw").mkdir()
    with open_dataset(str(made(root / "raw"))) as dataset:
        profile = profile_dataset(dataset.folder, dataset.name)
        told = filled("designer", {"examples": examples_told(profile)})
        proposed = ProposedDraft.model_validate(draft(told))
        names = Names(root, dataset.slug)
        task = candidate_of(proposed, dataset, profile, names, root / "made", seed=0)
        yield task
        task.close()


def _holds(task: Task) -> set[str]:
    """Assert that no gate without judgement finds anything; returns the names of its checks."""
    report = assertions_gate(task)
    assert report.passed, report.defects
    return {check.name for check in report.checks}


def _whole(slug: str) -> Callable[[str], dict[str, Any]]:
    """Return the whole draft with a slug that stands in a prompt."""
    return lambda told: next(each for each in _shown(told) if each.get("slug") == slug)


@pytest.mark.parametrize("kind", DATA)
def test_examples_are_shown_where_the_data_are_of_their_kind(kind: str, tmp_path: Path):
    made, wanted = DATA[kind]
    told = examples_told(profile_dataset(made(tmp_path), "raw"))
    assert {name for name in EXAMPLES if example_of(name) in told} == wanted
    assert len(_shown(told)) == len(wanted)


def test_the_example_of_a_table_holds(tmp_path: Path):
    with _built(houses, tmp_path, _whole("houses-price")) as task:
        _holds(task)
        assert "listing_id" not in (task.prepare().public_dir / "train.csv").read_text()


def test_the_example_of_a_metric_holds(tmp_path: Path):
    def draft(told: str) -> dict[str, Any]:
        metric = next(each for each in _shown(told) if each.get("kind") == "script")
        return {**_whole("houses-price")(told), "metric": metric, "metric_py": COST}

    with _built(houses, tmp_path, draft) as task:
        _holds(task)
        assert task.manifest.metric.name == "cost_per_order"


def test_the_example_of_files_holds(tmp_path: Path):
    def draft(told: str) -> dict[str, Any]:
        (recipe,) = (each for each in _shown(told) if each.get("kind") == "table")
        form = {"columns": ["label"], "kind": "label", "classes": ["ash", "elm", "oak"]}
        return {
            **_whole("houses-price")(told),
            "modality": "image", "objective": "multiclass", "metric": {"name": "accuracy"},
            "recipe": recipe, "submission": form,
        }  # fmt: skip

    with _built(photographs, tmp_path, draft) as task:
        _holds(task)
        header = (task.prepare().public_dir / "test.csv").read_text().splitlines()[0]
        assert header == "id,file"


def test_the_example_of_masks_holds(tmp_path: Path):
    with _built(leaves, tmp_path, _whole("leaves-mask")) as task:
        _holds(task)
        public = task.prepare().public_dir
        assert list(pd.read_csv(public / "test.csv")) == ["id", "file", "height", "width"]
        assert len([*(public / "pictures").iterdir()]) == 130


def test_the_example_of_related_tables_holds(tmp_path: Path):
    with _built(clients, tmp_path, _whole("clients-default-across-tables")) as task:
        assert "further-keys" in _holds(task)
        public = task.prepare().public_dir
        train, payments = pd.read_csv(public / "train.csv"), pd.read_csv(public / "payments.csv")
        assert {*payments} == {"client_id", "amount", "days_late"}
        assert set(train["client_id"]) & set(payments["client_id"])
        assert "region" in train
        assert "written_off" not in train


def test_examples_are_part_of_the_version_of_the_prompt(monkeypatch: pytest.MonkeyPatch):
    before = {role: version_of(role) for role in roles.ROLES}
    monkeypatch.setattr(roles, "example_of", lambda name: f"another example of {name}")
    changed = {role for role in roles.ROLES if version_of(role) != before[role]}
    assert changed == {"designer"}
