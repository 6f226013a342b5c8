"""What may be asked of series: which of them, how far ahead, and what is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.recipes.text import column_of, factors
from mlesmith_generator.brainstorm.series import SHORTEST, Layout, matrix
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import Exclusion, TableProfile

PRIVATE = 0.6
"""Share of the hidden rows that are private."""
FEWEST = 20
"""Private rows that a task needs."""
PAST = 2.9
"""Horizons that a series has to be long, at least."""
MOST_KEPT = 300
"""Series that are named one by one, where not all are kept."""
_MOST_OF = 0.5
"""Share of the series that have to be good for a horizon."""
_FILLED = 0.6
"""Share of the moments between first and last that a series has to have."""

_PLANNED = frozenset(
    "holiday holidays feriado ferie feiertag vacation school schoolholiday weekend workday "
    "workingday businessday promo promotion promotions onpromotion planned scheduled campaign "
    "payday event_name festivo".split()
)
_CALENDAR = frozenset(
    "year month day week weekday dow dayofweek hour quarter season date yearday doy wday mday "
    "daytype name number weekofyear monthname dayname".split()
)


@dataclass(frozen=True)
class Outlook:
    """A number of series, and how far ahead it is asked for.

    Attributes:
        target: The column.
        chosen: Series that are asked for.
        table: Their values, (series, steps).
        horizon: Steps of each series that are hidden.
    """

    target: str
    chosen: tuple[int, ...]
    table: NDArray[np.float64]
    horizon: int

    @property
    def private(self) -> float:
        """Private rows to be expected."""
        return PRIVATE * self.horizon * len(self.chosen)


def outlook(layout: Layout, target: str, horizon: int, most_rows: int) -> Outlook | None:
    """Return which series of a column can be asked for so far ahead; None where none can.

    They are long enough, have few gaps, and end at about the same moment.

    Args:
        layout: The table as series.
        target: Column of numbers.
        horizon: Steps to be hidden.
        most_rows: Rows that a task may have.
    """
    table = matrix(layout, target, range(len(layout.names)))
    known = np.isfinite(table)
    steps = table.shape[1]
    first = np.where(known.any(axis=1), known.argmax(axis=1), steps)
    last = np.where(known.any(axis=1), steps - 1 - known[:, ::-1].argmax(axis=1), -1)
    lengths = known.sum(axis=1)
    long = lengths >= max(SHORTEST, PAST * horizon)
    sound = long & (lengths / np.maximum(1, last - first + 1) >= _FILLED)
    if not sound.any() or sound.sum() < _MOST_OF * (lengths >= SHORTEST).sum():
        return None
    ends, weights = np.unique(last[sound], return_counts=True)
    end = int(ends[np.argmax(weights)])
    near = max(1, horizon // 3)
    chosen = np.flatnonzero(sound & (np.abs(last - end) <= near))
    if len(chosen) < len(layout.names) and len(chosen) > MOST_KEPT:
        chosen = np.sort(chosen[np.argsort(-lengths[chosen], kind="stable")][:MOST_KEPT])
    chosen = chosen[np.cumsum(lengths[chosen]) <= most_rows]
    values = table[chosen, : end + near + 1]
    if not len(chosen) or len(np.unique(values[np.isfinite(values)])) < 8:
        return None
    found = Outlook(target, tuple(chosen.tolist()), values, horizon)
    return found if found.private >= FEWEST else None


def is_moving(values: NDArray[np.float64]) -> bool:
    """Return whether series move at all, and are no counters: rows (series), steps."""
    for row in values[:50]:
        seen = row[np.isfinite(row)]
        steps = np.diff(seen)
        if len(steps) > 5 and np.ptp(seen) > 0 and np.unique(np.round(steps, 9)).size > 2:
            return True
    return False


def covariates(
    profile: TableProfile, layout: Layout, target: str
) -> tuple[list[str], list[Exclusion]]:
    """Return the columns that are known of a future moment, and the others with the reason.

    Known are facts of the calendar, what never changes within a series, and what is planned by
    its name. Everything else is measured when the target is.
    """
    kept: list[str] = []
    gone: list[Exclusion] = []
    own = {target, layout.clock.column, layout.series, *layout.keys}
    calendar = _calendar(layout)
    for column in profile.columns:
        name = column.name
        if name in own or name not in layout.frame.columns:
            continue
        if name in layout.clock.parts:
            gone.append(Exclusion(column=name, reason=f"is told by {layout.clock.column!r}"))
        elif column.type in ("constant", "identifier"):
            gone.append(Exclusion(column=name, reason="it tells nothing about a moment"))
        elif _known(name, layout, calendar):
            kept.append(name)
        else:
            reason = "it is measured with the target, and not known of the future"
            gone.append(Exclusion(column=name, reason=reason))
    return kept, gone


def _known(name: str, layout: Layout, calendar: list[NDArray[np.int64]]) -> bool:
    codes = factors(column_of(layout.frame, name))[0]
    distinct = int(codes.max(initial=-1)) + 1
    spoken = set(words(name))
    if layout.series is not None and _function(layout.codes, codes):
        return True
    if spoken & _PLANNED and distinct <= 60:
        return True
    few = distinct <= 60 and (bool(spoken & _CALENDAR) or distinct <= 8)
    return few and any(_function(part, codes) for part in calendar)


def _calendar(layout: Layout) -> list[NDArray[np.int64]]:
    """Return parts of the calendar as codes, (rows,) each; those that recur often enough."""
    if layout.pace.unit == "year":
        return []
    texts = column_of(layout.frame, layout.clock.column)
    dates = pd.to_datetime(texts, format="ISO8601", errors="coerce").dt
    year, month, week = dates.year, dates.month, dates.day_of_week
    parts = (month, week, dates.hour, dates.day, dates.quarter, dates.hour + 24 * week, year)
    return [pd.factorize(part)[0].astype(np.int64) for part in parts]


def _function(owner: NDArray[np.int64], codes: NDArray[np.int64]) -> bool:
    """Return whether one code settles the other, and recurs with it: (rows,) each."""
    both = owner >= 0
    size = int(codes.max(initial=-1)) + 2
    pairs = len(np.unique(owner[both] * size + codes[both] + 1))
    owners = len(np.unique(owner[both]))
    return pairs == owners and owners <= both.sum() / 3


def levels(table: NDArray[np.float64]) -> Iterator[float]:
    """Yield the middle size of every series."""
    for row in np.abs(table):
        seen = row[np.isfinite(row)]
        if len(seen):
            yield float(np.median(seen))
