"""Lists of items for users: when they are asked for, and that no hidden pair is public."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_generator.formulations.recommendation import RECOMMENDATION
from mlesmith_generator.gates.contents import read_tables
from tests.generator.formulations.making import generated, proposals


def _shop(folder: Path, names: tuple[str, str] = ("customer", "product")) -> Path:
    """Write what customers of four tastes bought."""
    random = np.random.default_rng(5)
    folder.mkdir(parents=True)
    taste, kind = random.integers(0, 4, 400), random.integers(0, 4, 80)
    fame = random.gamma(1.5, 1.0, 80)
    rows = []
    for user in range(400):
        weight = fame * np.where(kind == taste[user], 6.0, 0.5)
        bought = random.choice(80, random.integers(7, 18), replace=False, p=weight / weight.sum())
        rows += [(f"c{user}", f"item {place}") for place in bought]
    table = pd.DataFrame(rows, columns=list(names)).sample(frac=1, random_state=2)
    table["price"] = random.gamma(3, 10, len(table)).round(2)
    table.to_csv(folder / "purchases.csv", index=False)
    return folder


def test_items_are_recommended_to_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = _shop(tmp_path / "shop")
    task = generated(folder, "recommendation", tmp_path / "registry", monkeypatch)
    prepared = task.prepare()
    tables = read_tables(prepared)
    (scan,) = RECOMMENDATION.scans(task, prepared, tables)
    assert scan.passed
    known = pd.read_csv(prepared.public_dir / "interactions.csv", dtype=str)
    user = tables.test.loc[0, "customer"]
    exposed = tables.answers.copy()
    mine = known.loc[known["customer"] == user, "product"].iloc[0]
    exposed.loc[exposed["id"] == tables.test.loc[0, "id"], "items"] = mine
    (scan,) = RECOMMENDATION.scans(task, prepared, replace(tables, answers=exposed))
    assert [finding.code for finding in scan.findings] == ["interaction-exposed"]


def test_places_and_years_are_no_users_and_items(tmp_path: Path):
    assert not proposals(_shop(tmp_path / "shop", ("region", "year")), "recommendation")
