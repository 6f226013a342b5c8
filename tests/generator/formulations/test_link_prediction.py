"""Links of a graph: when they are asked for, and that no hidden link is public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mlesmith_generator.formulations.link_prediction import LINK_PREDICTION
from mlesmith_generator.gates.contents import read_tables
from tests.generator.formulations.made_worlds import friends
from tests.generator.formulations.making import generated, proposals


def test_missing_links_of_a_graph_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = friends(tmp_path / "people")
    task = generated(folder, "link_prediction", tmp_path / "registry", monkeypatch)
    prepared = task.prepare()
    tables = read_tables(prepared)
    assert all(scan.passed for scan in LINK_PREDICTION.scans(task, prepared, tables))
    edges = pd.read_csv(prepared.public_dir / "edges.csv", dtype=str)
    exposed = tables.test.copy()
    exposed.loc[exposed.index[0], ["source", "target"]] = [
        edges.loc[0, "target"],
        edges.loc[0, "source"],
    ]
    scans = LINK_PREDICTION.scans(task, prepared, replace(tables, test=exposed))
    told = [finding.code for scan in scans for finding in scan.findings]
    assert "link-exposed" in told


def test_two_columns_of_different_things_are_no_graph(tmp_path: Path):
    folder = friends(tmp_path / "people")
    table = pd.read_csv(folder / "friends.csv")
    table["target"] = "shop " + table["target"]
    table.to_csv(folder / "friends.csv", index=False)
    assert not proposals(folder, "link_prediction")


def test_columns_that_do_not_say_so_are_no_ends(tmp_path: Path):
    folder = friends(tmp_path / "people", names=("winner", "team"))
    assert not proposals(folder, "link_prediction")
