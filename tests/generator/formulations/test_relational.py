"""Several tables: keys are found, leaks and later rows stay out, and the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import TableRecipe
from tests.generator.formulations.making import generated, proposals


def _shop(folder: Path, *, later: bool = False, leaking: bool = False) -> Path:
    """Customers with churn, the plan that each has, and their orders."""
    random = np.random.default_rng(7)
    folder.mkdir(parents=True)
    size, orders = 500, 3000
    plans = pd.DataFrame({"plan_id": range(12), "fee": random.uniform(5, 50, 12).round(2)})
    plan = random.integers(0, 12, size)
    owner = random.integers(0, size, orders)
    amount = random.gamma(2, 20, orders).round(2)
    spent = np.bincount(owner, amount, size)
    score = 1.5 - 0.015 * spent + 0.05 * plans["fee"].to_numpy()[plan]
    churn = random.random(size) < 1 / (1 + np.exp(-score))
    day = pd.Timestamp("2020-01-01")
    signed = [day + pd.Timedelta(days=int(d)) for d in random.integers(400, 500, size)]
    shift = 600 if later else 0
    bought = [day + pd.Timedelta(days=int(d) + shift) for d in random.integers(0, 390, orders)]
    customers = pd.DataFrame(
        {
            "customer_id": range(1000, 1000 + size),
            "plan_id": plan,
            "age": random.integers(18, 80, size),
            "review_date": [each.date() for each in signed],
            "churn": np.where(churn, "yes", "no"),
        }
    )
    table = pd.DataFrame(
        {
            "order_id": random.permutation(orders),
            "customer_id": 1000 + owner,
            "amount": amount,
            "order_date": [each.date() for each in bought],
        }
    )
    if leaking:
        table["left_later"] = churn[owner].astype(int)
    customers.sample(frac=1, random_state=1).to_csv(folder / "customers.csv", index=False)
    plans.to_csv(folder / "plans.csv", index=False)
    table.to_csv(folder / "orders.csv", index=False)
    return folder


def _tables(folder: Path) -> dict[str, TableRecipe]:
    found = {}
    for proposal in proposals(folder, "relational"):
        assert isinstance(proposal.idea.recipe, TableRecipe)
        found.setdefault(proposal.idea.target, proposal.idea.recipe)
    return found


def test_parents_and_children_come_along_with_their_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = _shop(tmp_path / "shop")
    assert {side.name for side in _tables(folder)["churn"].tables} == {"plans", "orders"}
    task = generated(folder, "binary", tmp_path / "registry", monkeypatch)
    assert task.manifest.modality == "relational"
    public = task.prepare().public_dir
    orders, train = pd.read_csv(public / "orders.csv"), pd.read_csv(public / "train.csv")
    assert set(train["customer_id"]) & set(orders["customer_id"])
    assert "orders.csv" in task.description
    scores = (task.directory / "leaderboard.csv").read_text().splitlines()[2:]
    best = scores[0].partition(",")[0]
    assert best.endswith("_on_all")


def test_rows_that_come_after_the_question_stay_out(tmp_path: Path):
    recipe = _tables(_shop(tmp_path / "shop", later=True)).get("churn")
    assert recipe is None or "orders" not in {side.name for side in recipe.tables}


def test_a_column_of_a_further_table_that_gives_the_answer_is_left_out(tmp_path: Path):
    recipe = _tables(_shop(tmp_path / "shop", leaking=True))["churn"]
    orders = next(side for side in recipe.tables if side.name == "orders")
    dropped = [name for step in orders.transforms if step.op == "drop" for name in step.columns]
    assert dropped == ["left_later"]


def test_tables_without_a_common_key_are_not_joined(tmp_path: Path):
    folder = _shop(tmp_path / "shop")
    for name, old in (("orders", "customer_id"), ("plans", "plan_id")):
        table = pd.read_csv(folder / f"{name}.csv").rename(columns={old: "whatever"})
        table.to_csv(folder / f"{name}.csv", index=False)
    assert not _tables(folder)
