"""Which year series repeat: that of 52 whole weeks, or that of 365 days."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.backtest import filled

WEEKDAYS = 0.1
"""How much more a week has to go along with the last one than with six or eight days before."""
_SERIES = 60


def years_of(table: NDArray[np.float64], seasons: tuple[int, ...]) -> tuple[int, ...]:
    """Return the cycles without the year of 52 weeks, where the past knows no weekdays.

    A year of 364 days keeps the weekdays and loses a day a year; where there are none to keep, as
    in weather, only the loss is left.

    Args:
        table: Values, (series, steps), NaN where there is none.
        seasons: Cycles of the calendar in steps.
    """
    for weeks in seasons:
        day, rest = divmod(weeks, 364)
        if not rest and day and 365 * day in seasons and not _has_weekdays(table, day):
            return tuple(each for each in seasons if each != weeks)
    return seasons


def _has_weekdays(table: NDArray[np.float64], day: int) -> bool:
    """Return whether changes from day to day go along most with those of a week before."""
    past = filled(table[:: max(1, len(table) // _SERIES)])
    past = past[np.isfinite(past).all(axis=1)]
    if past.shape[1] <= 16 * day or not len(past):
        return False
    changes = past[:, day:] - past[:, :-day]
    changes = changes - changes.mean(axis=1, keepdims=True)
    changes = changes / np.maximum(changes.std(axis=1, keepdims=True), 1e-12)
    before, week, after = (
        float((changes[:, days * day :] * changes[:, : -days * day]).mean()) for days in (6, 7, 8)
    )
    return week - max(before, after) > WEEKDAYS
