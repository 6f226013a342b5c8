"""Lists of items for users: when they are asked for, and that no hidden pair is public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from mlesmith_generator.formulations.recommendation import RECOMMENDATION
from mlesmith_generator.gates.contents import read_tables
from tests.generator.formulations.made_worlds import purchases
from tests.generator.formulations.making import generated, proposals


def test_items_are_recommended_to_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = purchases(tmp_path / "shop")
    task = generated(folder, "recommendation", tmp_path / "registry", monkeypatch)
    prepared = task.prepare()
    tables = read_tables(prepared)
    assert all(scan.passed for scan in RECOMMENDATION.scans(task, prepared, tables))
    known = pd.read_csv(prepared.public_dir / "interactions.csv", dtype=str)
    user = tables.test.loc[0, "customer"]
    exposed = tables.answers.copy()
    mine = known.loc[known["customer"] == user, "product"].iloc[0]
    exposed.loc[exposed["id"] == tables.test.loc[0, "id"], "items"] = mine
    scans = RECOMMENDATION.scans(task, prepared, replace(tables, answers=exposed))
    told = [finding.code for scan in scans for finding in scan.findings]
    assert "interaction-exposed" in told


def test_places_and_years_are_no_users_and_items(tmp_path: Path):
    assert not proposals(purchases(tmp_path / "shop", ("region", "year")), "recommendation")
