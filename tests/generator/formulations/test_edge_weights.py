"""Weights of links: when they are asked for, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import TableRecipe
from mlesmith_generator.formulations import formulation_of
from tests.defects.graph_tasks import crossings
from tests.generator.formulations.making import generated, proposals


def _write(folder: Path, frame: pd.DataFrame) -> Path:
    folder.mkdir(parents=True)
    frame.to_csv(folder / "lines.csv", index=False)
    return folder


def test_the_weight_of_links_is_asked_for(tmp_path: Path) -> None:
    (first,) = proposals(_write(tmp_path / "ferries", crossings()["lines.csv"]), "edge_weights")
    idea = first.idea
    assert (idea.target, idea.modality, idea.objective) == ("trips", "graph", "count")
    assert isinstance(idea.recipe, TableRecipe)
    (select,) = [each for each in idea.recipe.transforms if each.op == "select"]
    assert select.columns == ("node", "neighbour", "trips", "boats")


@pytest.mark.parametrize("kind", ["by chance", "another name", "both ways", "again and again"])
def test_look_alikes_are_not_asked_for(tmp_path: Path, kind: str) -> None:
    frame = crossings()["lines.csv"]
    if kind == "by chance":
        frame["trips"] = np.random.default_rng(1).permutation(frame["trips"])
    elif kind == "another name":
        frame = frame.rename(columns={"trips": "year"})
    elif kind == "both ways":
        frame = pd.concat([frame, frame.rename(columns={"from": "to", "to": "from"})])
    else:
        frame = pd.concat([frame, frame.head(300).assign(trips=1)])
    assert proposals(_write(tmp_path / "ferries", frame), "edge_weights") == []


def test_a_task_holds_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = crossings()["lines.csv"]
    lines.insert(2, "kind", "ferry")  # A column that tells nothing is left out, and told.
    folder = _write(tmp_path / "data" / "ferries", lines)
    task = generated(folder, "count", tmp_path / "registry", monkeypatch)
    assert formulation_of(task.manifest).name == "edge_weights"
    assert "`neighbour`" in task.description
    assert "`kind`" in task.description
    train = pd.read_csv(task.prepare().public_dir / "train.csv", dtype=str)
    assert list(train.columns) == ["id", "node", "neighbour", "boats", "trips"]
