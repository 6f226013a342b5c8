"""Paces of series: the cycles of the calendar in steps."""

from __future__ import annotations

import pytest

from mlesmith_generator.brainstorm.series import DAY, Pace


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
