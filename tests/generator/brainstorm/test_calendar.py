"""Parts of dates in columns of their own are never asked for; facts and counts may be."""

from __future__ import annotations

import numpy as np
from made import table

from mlesmith_generator.brainstorm.calendar import date_parts, flags_of_parts


def _columns(**values: list[str]) -> frozenset[str]:
    return date_parts([column.profile for column in table(**values).columns])


def _whole(low: int, high: int, rows: int = 400) -> list[str]:
    return [str(v) for v in np.random.default_rng(high).integers(low, high + 1, rows)]


def test_parts_of_the_moment_of_a_row_are_told_by_name_and_values() -> None:
    names = ["Monday", "Tuesday", "Thursday", "Sunday"]
    found = _columns(
        Year=_whole(1990, 2015),
        yr=_whole(10, 29),
        mnth=_whole(1, 12),
        Day=_whole(1, 31),
        day_of_week=_whole(0, 6),
        hr=_whole(0, 23),
        date_month=_whole(4, 9),
        weekday=names * 100,
        arrival_year=_whole(2015, 2017),
        arrival_day=_whole(1, 31),
    )
    assert found == {
        "Year", "yr", "mnth", "Day", "day_of_week", "hr", "date_month", "weekday",
        "arrival_year", "arrival_day",
    }  # fmt: skip


def test_facts_counts_and_other_values_are_no_parts() -> None:
    found = _columns(
        year_built=_whole(1900, 2015),
        hour=_whole(50, 900),
        number_of_day=_whole(0, 30),
        days=_whole(0, 30),
        year=_whole(1, 4),
        month=_whole(1, 48),
        min=_whole(0, 50),
        yearly_income=_whole(1500, 2100),
    )
    assert not found


def test_flags_that_a_part_of_the_date_settles_are_parts_of_it() -> None:
    years, days = _whole(1988, 1991), _whole(0, 6)
    free = _whole(0, 1)
    found = flags_of_parts(
        table(
            year=years,
            weekday=days,
            d90=[str(int(year >= "1990")) for year in years],
            weekend=[str(int(day in "06")) for day in days],
            sold=free,
            kind=[f"{year}{flag}" for year, flag in zip(years, free, strict=True)],
        )
    )
    assert found == {"d90", "weekend"}
