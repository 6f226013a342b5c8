"""Nodes of a graph: when something about them is asked for, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import TableRecipe
from mlesmith_generator.formulations import formulation_of
from tests.defects.graph_tasks import village
from tests.generator.formulations.making import generated, proposals


def _write(folder: Path, files: dict[str, pd.DataFrame]) -> Path:
    folder.mkdir(parents=True)
    for name, frame in files.items():
        frame.to_csv(folder / name, index=False)
    return folder


def test_what_neighbours_share_is_asked_for_with_all_links_shown(tmp_path: Path) -> None:
    (first,) = proposals(_write(tmp_path / "village", village()), "nodes")
    idea = first.idea
    assert (idea.target, idea.modality, idea.objective) == ("dialect", "graph", "multiclass")
    assert isinstance(idea.recipe, TableRecipe)
    (edges,) = idea.recipe.tables
    assert edges.name == "edges"
    (select,) = [each for each in edges.transforms if each.op == "select"]
    assert select.columns == ("node", "neighbour", "meetings")


@pytest.mark.parametrize("kind", ["by chance", "other people", "counted from links"])
def test_look_alikes_are_not_asked_for(tmp_path: Path, kind: str) -> None:
    files = village()
    people, links = files["people.csv"], files["knows.csv"]
    if kind == "by chance":
        people["dialect"] = np.random.default_rng(1).permutation(people["dialect"])
    elif kind == "other people":
        people["person"] = "x" + people["person"]
    else:
        ends = pd.concat([links["source"], links["target"]]).value_counts()
        files["people.csv"] = people.drop(columns="dialect").assign(
            popularity=ends.reindex(people["person"]).fillna(0).astype(int).to_numpy()
        )
    assert proposals(_write(tmp_path / "village", files), "nodes") == []


def test_a_task_holds_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _write(tmp_path / "data" / "village", village())
    task = generated(folder, "multiclass", tmp_path / "registry", monkeypatch)
    assert formulation_of(task.manifest).name == "nodes"
    assert "`edges.csv`" in task.description
    prepared = task.prepare()
    edges = pd.read_csv(prepared.public_dir / "edges.csv", dtype=str)
    assert len(edges) == len(village()["knows.csv"])
    test = pd.read_csv(prepared.public_dir / "test.csv", dtype=str)
    assert set(test["node"]) <= {*edges["node"], *edges["neighbour"], *test["node"]}
    assert "dialect" not in test.columns
