"""Tasks that ask for anomalies among the moments of series: leaks, false pages, an honest one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.recipes.model import DropColumns, TableRecipe
from mlesmith_env.task import Task
from mlesmith_generator.records import Idea

from .cases import LEGITIMATE, Case, defect
from .making import Exhibit, Tables, propose, reworded


def pumps(moments: int = 2400, seed: int = 2) -> pd.DataFrame:
    """Readings of a pump by minute: during a fault it shakes more and runs warmer."""
    random = np.random.default_rng(seed)
    fault = np.zeros(moments, dtype=bool)
    for first in range(120, moments - 40, 150):
        fault[first + int(random.integers(0, 60)) :][:25] = True
    slow = np.sin(np.arange(moments) / 60)
    return pd.DataFrame(
        {
            "time": pd.date_range("2022-05-01", periods=moments, freq="min").astype(str),
            "shaking": (1 + 0.2 * slow + 0.5 * fault + random.gamma(2, 0.3, moments)).round(3),
            "warmth": (40 + 3 * slow + 2.5 * fault + random.normal(0, 1.5, moments)).round(2),
            "flow": (9 + random.normal(0, 0.6, moments)).round(3),
            "alarm_note": np.where(fault, "called", "quiet"),
            "fault": fault.astype(int),
        }
    )


def _proposed(root: Path, change: Callable[[Idea], Idea] = lambda idea: idea) -> Exhibit:
    return propose(root, "pumps", {"readings.csv": pumps()}, "watch", change, "fault")


def _made(root: Path) -> Task:
    return Task.load(_proposed(root).directory)


LEGITIMATE.append(Case("faults of a pump in time", "legitimate", _proposed, execution=True))


@defect("leak", "target-copy", "target-proxy")
def a_note_that_is_the_alarm_itself(root: Path) -> Exhibit:
    def change(idea: Idea) -> Idea:
        recipe = idea.recipe
        if not isinstance(recipe, TableRecipe):
            raise AssertionError("alarms are made of a table")
        kept = tuple(each for each in recipe.transforms if not isinstance(each, DropColumns))
        recipe = recipe.model_copy(update={"transforms": kept})
        return idea.model_copy(update={"recipe": recipe, "exclusions": ()})

    return _proposed(root, change)


@defect("leak", "time-crossing")
def alarms_of_later_moments_in_training(root: Path) -> Exhibit:
    tables = Tables.of(_made(root))
    later = tables.test.assign(fault=tables.answers["fault"]).iloc[::4]
    tables.train = pd.concat([tables.train, later[tables.train.columns]], ignore_index=True)
    moved: list[str] = later["id"].tolist()
    for name in ("test", "answers", "sample"):
        frame: pd.DataFrame = getattr(tables, name)
        setattr(tables, name, frame.loc[~frame["id"].isin(moved)])
    return tables.written(root)


@defect("data", "target-invalid", "grading-fails")
def alarms_of_a_third_kind(root: Path) -> Exhibit:
    tables = Tables.of(_made(root))
    tables.answers["fault"] = "maybe"
    return tables.written(root)


@defect("description", "description-untrue")
def a_page_that_asks_for_quiet_moments(root: Path) -> Exhibit:
    return reworded(_made(root), "the probability of `1`", "the probability of `0`")
