"""Paces of series: the cycles of the calendar in steps."""

from __future__ import annotations

import numpy as np
import pytest

from mlesmith_generator.brainstorm.series import DAY, Pace
from mlesmith_generator.brainstorm.years import years_of


@pytest.mark.parametrize(
    ("pace", "seasons"),
    [
        (Pace("second", 3600), (24, 168, 8736, 8760)),
        (Pace("second", DAY), (7, 364, 365)),
        (Pace("second", 7 * DAY), (52,)),
        (Pace("second", 10 * DAY), (37,)),
        (Pace("second", 60), (1440,)),
        (Pace("month", 1), (12,)),
        (Pace("year", 1), ()),
    ],
)
def test_a_year_is_whole_weeks_as_well_as_365_days(pace: Pace, seasons: tuple[int, ...]) -> None:
    assert pace.seasons == seasons


@pytest.mark.parametrize("day", [1, 24])
def test_52_whole_weeks_are_a_year_only_where_there_are_weekdays(day: int) -> None:
    steps = np.arange(4 * 365 * day)
    draws = np.random.default_rng(7)
    year = 10 * np.sin(2 * np.pi * steps / (365 * day))
    weather = year + np.convolve(draws.normal(size=len(steps) + 4), np.ones(5), "valid")
    sales = weather + 6 * (steps // day % 7 >= 5)
    seasons = (7 * day, 364 * day, 365 * day)
    weather[100:400] = np.nan
    assert years_of(weather[None], seasons) == (7 * day, 365 * day)
    assert years_of(sales[None], seasons) == seasons
    assert years_of(weather[None, : 10 * day], seasons) == (7 * day, 365 * day)
    assert years_of(weather[None], (12,)) == (12,)
