"""Links of a graph: when they are asked for, and that no hidden link is public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mlesmith_generator.formulations.link_prediction import LINK_PREDICTION
from mlesmith_generator.formulations.numbering import numbering_findings
from mlesmith_generator.gates.contents import read_tables
from tests.generator.formulations.made_worlds import friends
from tests.generator.formulations.making import generated, proposals


def test_missing_links_of_a_graph_are_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = friends(tmp_path / "people")
    task = generated(folder, "link_prediction", tmp_path / "registry", monkeypatch)
    prepared = task.prepare()
    tables = read_tables(prepared)
    assert all(scan.passed for scan in LINK_PREDICTION.scans(task, prepared, tables))
    assert "whole" not in task.description  # Links that are asked for are missing.
    assert "nodes, under `source` and `target`" in task.description
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


def test_a_running_number_of_sorted_links_is_left_out_and_found_where_it_is_not(tmp_path: Path):
    folder = friends(tmp_path / "people")
    table = pd.read_csv(folder / "friends.csv", dtype=str)
    table = table.sort_values(["source", "target"], ignore_index=True)
    table["entry"] = [str(number) for number in range(5, len(table) + 5)]
    table.to_csv(folder / "friends.csv", index=False)
    (found,) = proposals(folder, "link_prediction")
    assert [each.column for each in found.idea.exclusions] == ["entry"]
    hidden, shown = table.iloc[::4], table.drop(table.index[::4])
    linked = {frozenset(pair) for pair in table[["source", "target"]].itertuples(index=False)}
    turned = hidden["target"].sample(frac=1.0, random_state=0).tolist()
    others = [
        (one, two)
        for one, two in zip(hidden["source"], turned, strict=True)
        if one != two and frozenset((one, two)) not in linked
    ]
    pairs = pd.concat(
        [
            hidden[["source", "target"]].assign(linked="1"),
            pd.DataFrame(others, columns=["source", "target"]).assign(linked="0"),
        ]
    )
    told = numbering_findings(shown, pairs, ("source", "target"), "linked")
    assert [finding.columns for finding in told] == [("entry",)]
    drawn = shown.assign(entry=shown["entry"].sample(frac=1.0, random_state=1).to_numpy())
    assert not numbering_findings(drawn, pairs, ("source", "target"), "linked")
