"""When the rows of a table were: the columns that tell it, and the time of every row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.recipes.text import column_of, text_array
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.brainstorm.series import Clock, clocks, stamps_of
from mlesmith_generator.profiler.structure import ENTITY_WORDS, TIME_WORDS, times
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable, key_like
from mlesmith_generator.profiler.words import words

FEWEST = 8
"""Different moments below which there are no neighbours in time to speak of."""
_KNOWN = 0.9
"""Share of the rows whose time is told."""
_UNIQUE = 0.97
"""Share of different moments from which each row is a moment (of its series)."""
_OWN_PLACE = 0.9
_EVEN = 0.8
_MOST_CLOCKS = 4
_MOST_SERIES = 3
_LONG = 5
"""Rows of a series, on average, below which nobody follows it."""
_NOT_NOW = frozenset({"birth", "birthday", "birthdate", "dob", "born", "built", "model", "founded"})
"""Words of dates that belong to what a row is about, not to the row."""


@dataclass(frozen=True)
class Moments:
    """The times of rows as one or several columns tell them.

    Attributes:
        clock: The columns, and how a sortable one comes of them.
        stamps: Time of every row, in a unit of its own; NaN where it is not told. Shape (rows,).
        series: Columns that name series: rows of one of them are hardly ever at the same moment.
        alone: Whether each row is a moment, by itself or within its series.
    """

    clock: Clock
    stamps: NDArray[np.float64]
    series: tuple[str, ...]
    alone: bool


def moments_of(table: TypedTable) -> tuple[Moments, ...]:
    """Return the ways in which the columns of a table tell when its rows were, the finest first.

    Dates and years of births, models and buildings are facts of what a row is about, and no
    moments of it.
    """
    profiles = [column.profile for column in table.columns]
    found = [clock for clock in clocks(profiles) if not _is_fact(clock.parts)]
    taken = {part for clock in found for part in clock.parts}
    found += [
        Clock(name, (), (name,))
        for name in dict.fromkeys((*times(table), *_counters(table)))
        if name not in taken and not _is_fact((name,)) and table[name].profile.type != "date"
    ]
    told = [each for clock in found if (each := _told(clock, table)) is not None]
    told.sort(key=lambda each: -len(np.unique(each.stamps[np.isfinite(each.stamps)])))
    return tuple(told[:_MOST_CLOCKS])


def _is_fact(names: tuple[str, ...]) -> bool:
    return any(_NOT_NOW & set(words(name)) for name in names)


def _counters(table: TypedTable) -> Iterator[str]:
    """Yield numbers that put nearly every row at a place of its own, one step after another."""
    for column in table.columns:
        if column.profile.type != "number" or column.profile.distinct < _OWN_PLACE * table.rows:
            continue
        steps = np.diff(np.unique(column.numbers[np.isfinite(column.numbers)]))
        even = len(steps) > 0 and np.isclose(steps, np.median(steps), rtol=1e-6).mean() >= _EVEN
        if even or TIME_WORDS & set(words(column.name)):
            yield column.name


def _told(clock: Clock, table: TypedTable) -> Moments | None:
    stamps = _stamps(clock, table)
    if stamps is None:
        return None
    known = np.isfinite(stamps)
    if known.mean() < _KNOWN or len(np.unique(stamps[known])) < FEWEST:
        return None
    _, places = np.unique(np.where(known, stamps, -np.inf), return_inverse=True)
    if _share_of_pairs(places, np.zeros_like(places), known) >= _UNIQUE:
        return Moments(clock, stamps, (), alone=True)
    named = [
        column.name
        for column in table.columns
        if column.name not in clock.parts and _may_name_series(column, table.rows)
        if _share_of_pairs(places, column.codes, known) >= _UNIQUE
    ]
    return Moments(clock, stamps, tuple(named[:_MOST_SERIES]), alone=bool(named))


def _stamps(clock: Clock, table: TypedTable) -> NDArray[np.float64] | None:
    if len(clock.parts) == 1:
        return table[clock.parts[0]].numeric()
    frame = pd.DataFrame({name: _text(table[name]) for name in clock.parts})
    found = stamps_of(column_of(apply_transforms(frame, clock.transforms, seed=0), clock.column))
    return None if found is None else found[1]


def _text(column: TypedColumn) -> pd.Series:
    values = text_array([*column.values, None])
    return pd.Series(values.take(np.where(column.codes < 0, len(column.values), column.codes)))


def _may_name_series(column: TypedColumn, rows: int) -> bool:
    profile = column.profile
    if not 2 <= profile.distinct <= rows / _LONG or profile.missing > 0.02:
        return False
    named = key_like(column.name) or bool(ENTITY_WORDS & set(words(column.name)))
    whole = profile.type == "number" and profile.integer and named
    return whole or profile.type in ("category", "boolean", "identifier", "text")


def _share_of_pairs(
    places: NDArray[np.int64], owners: NDArray[np.int64], known: NDArray[np.bool_]
) -> float:
    """Return how many different pairs of owner and moment there are for each row."""
    pairs = (owners[known] + 1) * (int(places.max()) + 1) + places[known]
    return len(np.unique(pairs)) / max(1, int(known.sum()))
