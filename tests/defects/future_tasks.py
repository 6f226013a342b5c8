"""Tasks that ask for the future: what leaks it, what tells it wrongly, and honest ones."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.recipes.model import DropColumns, Holdout, TableRecipe
from mlesmith_env.task import Task
from mlesmith_generator.records import Idea

from .cases import LEGITIMATE, Case, defect
from .making import Exhibit, Tables, propose, reworded

Table = Callable[[], pd.DataFrame]


def ferries(months: int = 150, seed: int = 3) -> pd.DataFrame:
    """Passengers of six harbours by month: a year's cycle, a trend, sizes of their own."""
    random = np.random.default_rng(seed)
    month = pd.date_range("2008-01-01", periods=months, freq="MS")
    step = np.arange(months)
    parts: list[pd.DataFrame] = []
    for place, harbour in enumerate(("Alby", "Borre", "Digra", "Ekens", "Farna", "Holm")):
        size = 900.0 * 1.8**place
        shape = 1 + 0.45 * np.sin((step - 3) * np.pi / 6) + 0.002 * step
        sold = size * shape * random.normal(1, 0.05, months)
        parts.append(
            pd.DataFrame(
                {
                    "month": month.strftime("%Y-%m-%d"),
                    "harbour": harbour,
                    "crew": np.rint(4 + 2 * place + random.normal(0, 0.6, months)).astype(int),
                    "passengers": sold.round().astype(int),
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def pool(days: int = 1500, seed: int = 4) -> pd.DataFrame:
    """Visitors of a swimming pool by day: weekends, holidays, and the weather of the day."""
    random = np.random.default_rng(seed)
    date = pd.date_range("2017-01-02", periods=days)
    holiday = random.random(days) < 0.04
    warm = random.normal(0, 1, days)
    weekend = date.day_of_week.to_numpy() >= 5
    visitors = 300 + 190 * weekend + 120 * holiday + 25 * warm + random.normal(0, 25, days)
    return pd.DataFrame(
        {
            "date": date.strftime("%d.%m.%Y"),
            "holiday": np.where(holiday, "yes", "no"),
            "sunshine": (6 + 2 * warm).round(1),
            "visitors": visitors.round().astype(int),
        }
    )


def harvests(seed: int = 5) -> pd.DataFrame:
    """Yields of thirty counties by year; some counties begin later."""
    random = np.random.default_rng(seed)
    parts: list[pd.DataFrame] = []
    for place in range(30):
        year = np.arange(1920 + 2 * (place % 9), 2011)
        kept = 0.5 + 0.03 * (year - 1920) + 0.02 * place
        grown = kept + random.normal(0, 0.09, len(year))
        parts.append(
            pd.DataFrame({"year": year, "county": f"county {place:02d}", "yield": grown.round(3)})
        )
    return pd.concat(parts, ignore_index=True)


def _made(table: Table, name: str) -> Callable[[Path], Exhibit]:
    return lambda root: propose(root, name, {"table.csv": table()}, "forecasting")


for _table, _name in ((ferries, "ferries"), (pool, "pool"), (harvests, "harvests")):
    LEGITIMATE.append(
        Case(f"the future of {_name}", "legitimate", _made(_table, _name), execution=True)
    )


def _ferries(root: Path) -> Task:
    return Task.load(_made(ferries, "ferries")(root).directory)


def _keeping(*columns: str) -> Callable[[Idea], Idea]:
    """Return a designer who forgets to leave columns out."""

    def change(idea: Idea) -> Idea:
        recipe = idea.recipe
        if not isinstance(recipe, TableRecipe):
            raise AssertionError("a forecast is made of a table")
        transforms = [
            DropColumns(columns=tuple(name for name in each.columns if name not in columns))
            if isinstance(each, DropColumns)
            else each
            for each in recipe.transforms
        ]
        kept = tuple(each for each in idea.exclusions if each.column not in columns)
        recipe = recipe.model_copy(update={"transforms": tuple(transforms)})
        return idea.model_copy(update={"recipe": recipe, "exclusions": kept})

    return change


def _with_column(root: Path, name: str, values: Callable[[pd.DataFrame], object]) -> Exhibit:
    frame = ferries()
    frame.insert(2, name, values(frame))
    files = {"table.csv": frame}
    return propose(root, "ferries", files, "forecasting", _keeping(name), "passengers")


@defect("leak", "target-copy", "target-proxy")
def the_future_under_another_name(root: Path) -> Exhibit:
    return _with_column(root, "v7", lambda frame: frame["passengers"])


@defect("leak", "target-copy", "target-proxy")
def the_future_nearly_under_another_name(root: Path) -> Exhibit:
    noise = np.random.default_rng(9).normal(1, 0.004, 900)
    return _with_column(root, "v7", lambda frame: (frame["passengers"] * noise).round(1))


@defect("leak", "target-shifted")
def the_value_of_the_month_after(root: Path) -> Exhibit:
    def after(frame: pd.DataFrame) -> object:
        return frame.groupby("harbour")["passengers"].shift(-1).ffill()

    return _with_column(root, "booked", after)


@defect("leak", "time-crossing")
def training_rows_beyond_the_hidden_moments(root: Path) -> Exhibit:
    tables = Tables.of(_ferries(root))
    later = tables.test.assign(passengers=tables.answers["passengers"]).iloc[::3]
    tables.train = pd.concat([tables.train, later[tables.train.columns]], ignore_index=True)
    left = ~tables.test["id"].isin(later["id"])
    tables.test = tables.test[left]
    tables.answers = tables.answers[tables.answers["id"].isin(tables.test["id"])]
    tables.sample = tables.sample[tables.sample["id"].isin(tables.test["id"])]
    return tables.written(root)


@defect("leak", "time-crossing")
def hidden_moments_drawn_at_random(root: Path) -> Exhibit:
    def change(idea: Idea) -> Idea:
        holdout = Holdout(kind="random")
        recipe = idea.recipe
        if recipe is None:
            raise AssertionError("a forecast brings its recipe")
        recipe = recipe.model_copy(update={"holdout": holdout})
        return idea.model_copy(
            update={"recipe": recipe, "holdout": holdout, "formulation": "table"}
        )

    return propose(root, "ferries", {"table.csv": ferries()}, "forecasting", change)


@defect("data", "answers-inconsistent", "target-invalid", "sample-invalid", "perfect-differs")
def answers_that_are_no_numbers(root: Path) -> Exhibit:
    tables = Tables.of(_ferries(root))
    tables.answers["passengers"] = "many"
    return tables.written(root)


def _horizon(task: Task) -> int:
    horizon = task.manifest.recipe.holdout.horizon
    if horizon is None:
        raise AssertionError("a forecast has a horizon")
    return horizon


@defect("description", "description-untrue")
def a_page_with_another_horizon(root: Path) -> Exhibit:
    task = _ferries(root)
    steps = _horizon(task)
    return reworded(task, f"{steps} months", f"{steps + 6} months")


@defect("description", "description-untrue")
def a_page_with_another_unit_of_time(root: Path) -> Exhibit:
    task = _ferries(root)
    steps = _horizon(task)
    return reworded(task, f"{steps} months", f"{steps} weeks")


@defect("description", "description-untrue", "description-incomplete")
def a_page_that_asks_for_another_column(root: Path) -> Exhibit:
    return reworded(_ferries(root), "`passengers`", "`cargo`")
