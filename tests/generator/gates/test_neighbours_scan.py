"""The scan for neighbours in time: what it says of courses, of crowds of a day, and of groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import Holdout
from mlesmith_generator.gates.neighbours import scan_neighbours
from mlesmith_generator.gates.rows import TaskRows

ROWS = 600


def _rows(
    frame: pd.DataFrame, target: np.ndarray, kind: str = "random", column: str | None = None
) -> TaskRows:
    hidden = np.random.default_rng(1).random(len(frame)) < 0.35
    if kind == "group" and column is not None:
        names = frame[column].unique()
        hidden = frame[column].isin(names[::3]).to_numpy()
    text = frame.astype(str)
    return TaskRows(
        features=text,
        ids=pd.Series(np.arange(len(frame)).astype(str)),
        target=pd.Series(target.round(3).astype(str)),
        part=np.where(hidden, 2, 0).astype(np.int64),
        position=np.arange(len(frame)),
        objective="regression",
        holdout=Holdout(kind=kind, column=column),  # type: ignore[arg-type]
    )


def _course(seed: int, rows: int = ROWS) -> np.ndarray:
    random, level = np.random.default_rng(seed), np.zeros(rows)
    for place in range(1, rows):
        level[place] = 0.95 * level[place - 1] + random.normal(0, 0.3)
    return level


def _days(rows: int = ROWS) -> np.ndarray:
    return pd.date_range("2019-05-01", periods=rows).strftime("%d/%m/%Y").to_numpy()


def test_a_course_hidden_at_random_is_a_defect_that_ends_the_idea() -> None:
    level = _course(2)
    frame = pd.DataFrame(
        {"day": _days(), "hint": level + np.random.default_rng(0).normal(0, 2, ROWS)}
    )
    scan = scan_neighbours(_rows(frame, level))
    (finding,) = scan.findings
    assert (finding.code, finding.stage) == ("neighbours-in-time", "brainstorm")
    assert "'day'" in finding.evidence


@pytest.mark.parametrize("kind", ["time", "last"])
def test_a_holdout_by_time_is_passed_over(kind: str) -> None:
    frame = pd.DataFrame({"day": _days()})
    assert scan_neighbours(_rows(frame, _course(2), kind)).passed


def test_a_column_that_tells_far_more_than_neighbours_makes_an_honest_task() -> None:
    level = _course(2)
    hint = level + np.random.default_rng(0).normal(0, 0.1, ROWS)
    assert scan_neighbours(_rows(pd.DataFrame({"day": _days(), "hint": hint}), level)).passed


def test_what_a_date_says_of_many_rows_may_be_learnt() -> None:
    """Fourteen sales a day, dearer from year to year: the day says as much as those beside it."""
    random = np.random.default_rng(5)
    day = np.sort(random.integers(0, 120, 1700))
    frame = pd.DataFrame(
        {
            "day": _days(120)[day],
            "size": random.normal(0, 1, 1700),
            "floor": random.normal(0, 1, 1700),
        }
    )
    price = day / 12 + frame["size"].to_numpy() + random.normal(0, 1, 1700)
    assert scan_neighbours(_rows(frame, price)).passed


def test_whole_groups_that_share_every_day_tell_each_other() -> None:
    stations, days = 12, 150
    weather = np.tile(_course(7, days), stations)
    frame = pd.DataFrame(
        {
            "station": np.repeat([f"S{k}" for k in range(stations)], days),
            "day": np.tile(_days(days), stations),
            "sun": np.random.default_rng(4).normal(0, 1, stations * days),
        }
    )
    told = weather + np.random.default_rng(8).normal(0, 0.1, len(weather))
    walk = np.concatenate([_course(seed, days) for seed in range(20, 20 + stations)])
    assert not scan_neighbours(_rows(frame, walk)).passed
    assert scan_neighbours(_rows(frame, walk, "group", "station")).passed
    assert not scan_neighbours(_rows(frame, told)).passed
