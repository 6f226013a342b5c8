"""Several tables: keys are found, leaks and later rows stay out, and the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import DropColumns, TableRecipe
from mlesmith_generator.brainstorm.holdouts import by_time
from mlesmith_generator.brainstorm.judging import Bench, judge
from mlesmith_generator.brainstorm.merit import Merit
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.designer import design, redesign
from mlesmith_generator.formulations.relations import Store
from mlesmith_generator.formulations.usefulness import gains
from mlesmith_generator.gates.further import scan_returns
from mlesmith_generator.ladder import run_ladder
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import Defect
from tests.generator.formulations.made_worlds import customers
from tests.generator.formulations.making import generated, proposals


def _tables(folder: Path) -> dict[str, TableRecipe]:
    found = {}
    for proposal in proposals(folder, "relational"):
        assert isinstance(proposal.idea.recipe, TableRecipe)
        found.setdefault(proposal.idea.target, proposal.idea.recipe)
    return found


def test_parents_and_children_come_along_with_their_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = customers(tmp_path / "shop")
    assert {side.name for side in _tables(folder)["churn"].tables} == {"plans", "orders"}
    task = generated(folder, "binary", tmp_path / "registry", monkeypatch)
    assert task.manifest.modality == "relational"
    public = task.prepare().public_dir
    orders, train = pd.read_csv(public / "orders.csv"), pd.read_csv(public / "train.csv")
    assert set(train["customer_id"]) & set(orders["customer_id"])
    assert "orders.csv" in task.description
    scores = (task.directory / "leaderboard.csv").read_text().splitlines()[2:]
    names = [line.partition(",")[0] for line in scores]
    assert names[0].endswith("_on_all")
    assert {"main_boosting", "parents_boosting", "boosting_on_all"} <= set(names)


def test_a_rung_that_joins_parents_is_left_out_where_there_are_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = customers(tmp_path / "shop")
    (folder / "plans.csv").unlink()
    task = generated(folder, "binary", tmp_path / "registry", monkeypatch)
    assert {side.name for side in _tables(folder)["churn"].tables} == {"orders"}
    names = [rung.name for rung in run_ladder(task, sandbox="subprocess").rungs]
    assert {"main_boosting", "boosting_on_all"} <= set(names)
    assert "parents_boosting" not in names


def test_rows_that_come_after_the_question_stay_out(tmp_path: Path):
    recipe = _tables(customers(tmp_path / "shop", later=True)).get("churn")
    assert recipe is None or "orders" not in {side.name for side in recipe.tables}


def test_a_column_of_a_further_table_that_gives_the_answer_is_left_out(tmp_path: Path):
    recipe = _tables(customers(tmp_path / "shop", leaking=True))["churn"]
    orders = next(side for side in recipe.tables if side.name == "orders")
    dropped = [name for step in orders.transforms if step.op == "drop" for name in step.columns]
    assert dropped == ["left_later"]


def test_a_total_of_the_answers_by_key_is_left_out(tmp_path: Path):
    folder = customers(tmp_path / "shop")
    people, plans = (pd.read_csv(folder / f"{name}.csv") for name in ("customers", "plans"))
    lost = (people["churn"] == "yes").groupby(people["plan_id"]).sum()
    plans["lost"] = lost.reindex(plans["plan_id"]).to_numpy()
    plans.to_csv(folder / "plans.csv", index=False)
    recipe = _tables(folder)["churn"]
    side = next(side for side in recipe.tables if side.name == "plans")
    dropped = [name for step in side.transforms if step.op == "drop" for name in step.columns]
    assert dropped == ["lost"]


def test_tables_without_a_common_key_are_not_joined(tmp_path: Path):
    folder = customers(tmp_path / "shop")
    for name, old in (("orders", "customer_id"), ("plans", "plan_id")):
        table = pd.read_csv(folder / f"{name}.csv").rename(columns={old: "whatever"})
        table.to_csv(folder / f"{name}.csv", index=False)
    assert not _tables(folder)


def _seasons(folder: Path) -> Path:
    """Two seasons of races, in which the same drivers drive as many laps."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(3)
    for season in ("2019", "2020"):
        laps, driver = random.integers(40, 79, 600), random.integers(0, 30, 600)
        pd.DataFrame(
            {
                "driver": [f"d{each}" for each in driver],
                "laps": laps,
                "weight": random.normal(60, 5, 600).round(1),
                "points": (driver * 0.4 + laps * 0.1 + random.normal(0, 1, 600)).round(1),
            }
        ).to_csv(folder / f"races_{season}_{'ab'[season == '2020']}.csv", index=False)
    return folder


def test_rows_that_share_a_count_or_a_name_do_not_belong_together(tmp_path: Path):
    assert not _tables(_seasons(tmp_path / "seasons"))


def test_a_table_that_lists_what_others_name_makes_it_a_key(tmp_path: Path):
    folder = customers(tmp_path / "shop")
    profile = profile_dataset(folder, "made/shop", seed=0)
    store = Store(profile, folder)
    orders = next(table for table in profile.tables if table.name.startswith("orders"))
    values = store.values(orders, "customer_id")
    assert store.has_key("customer_id", values)
    assert not store.has_key("amount", store.values(orders, "amount") | {"0.01"})


def test_tables_that_add_nothing_are_not_asked_across(tmp_path: Path):
    folder = customers(tmp_path / "shop")
    random = np.random.default_rng(5)
    people = pd.read_csv(folder / "customers.csv")
    likely = 1 / (1 + np.exp(-(people["age"] - 50) / 6))
    people["churn"] = np.where(random.random(len(people)) < likely, "yes", "no")
    people.to_csv(folder / "customers.csv", index=False)
    assert "churn" not in _tables(folder)


def test_a_left_out_value_that_comes_back_in_a_further_table_is_found_and_left_out_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = customers(tmp_path / "shop")
    people = pd.read_csv(folder / "customers.csv")
    people["limit"] = np.random.default_rng(1).integers(1, 90_000, len(people)) / 100
    people.to_csv(folder / "customers.csv", index=False)
    orders = pd.read_csv(folder / "orders.csv")
    again = orders.groupby("customer_id").head(1)
    limits = people.set_index("customer_id")["limit"].reindex(again["customer_id"]).to_numpy()
    orders.loc[again.index, "amount"] = limits
    orders.to_csv(folder / "orders.csv", index=False)
    task = generated(folder, "binary", tmp_path / "registry", monkeypatch)
    recipe = task.manifest.recipe
    assert isinstance(recipe, TableRecipe)
    public = task.prepare().public_dir
    sides = {
        side.name: pd.read_csv(public / f"{side.name}.csv", dtype=str) for side in recipe.tables
    }
    assert scan_returns(task, recipe, sides).passed
    without = (*recipe.transforms, DropColumns(columns=("limit",)))
    changed = recipe.model_copy(update={"transforms": without})
    (found,) = scan_returns(task, changed, sides).findings
    assert found.columns == ("orders.amount",)


def test_a_column_of_a_further_table_is_left_out_by_its_table_and_name(tmp_path: Path):
    folder = customers(tmp_path / "shop")
    profile = profile_dataset(folder, "made/shop", seed=0)
    idea = next(
        each.idea for each in proposals(folder, "relational") if each.idea.target == "churn"
    )
    defect = Defect(
        code="told", gate="assertions", stage="design", evidence="so", columns=("orders.amount",)
    )
    recipe = redesign(design(idea, profile, folder, seed=0), [defect], seed=0).recipe
    assert isinstance(recipe, TableRecipe)
    assert isinstance(idea.recipe, TableRecipe)
    assert recipe.transforms == idea.recipe.transforms
    steps = {side.name: side.transforms for side in recipe.tables}
    assert steps["orders"][-1] == DropColumns(columns=("amount",))


def test_the_gain_is_measured_by_a_day_that_another_table_tells(tmp_path: Path):
    random, rows = np.random.default_rng(11), 600
    dose = random.normal(0, 1, rows)
    wide = pd.DataFrame(
        {
            "score": (50 + 6 * dose + random.normal(0, 2, rows)).round(2),
            "pulse": random.normal(70, 9, rows).round(1),
            "people.day": pd.date_range("2015-01-01", periods=rows).strftime("%Y-%m-%d"),
            "people.dose": dose.round(3),
        }
    )
    wide.to_csv(tmp_path / "exams.csv", index=False)
    profile = profile_dataset(tmp_path, "owner__clinic").tables[0]
    typed = measure_file(profile.reader, tmp_path, seed=0).table
    bench = Bench("owner__clinic", profile, typed, 1.0, 0)
    made = primary(typed["score"])
    assert made is not None
    plan = by_time(made, "people.day", typed, rows)
    assert plan is not None
    scored = judge(bench, made, plan, Merit("score", 2.0, ()))
    assert scored is not None
    assert gains(bench, TypedTable(typed.columns[:2], rows), scored)
