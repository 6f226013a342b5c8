"""Parts of dates that stand in columns of their own: known of every row, and nothing to predict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile

_TWO_DIGITS = 99
_RANGES: tuple[tuple[frozenset[str], float, float], ...] = (
    (frozenset({"year", "yr", "yyyy", "annee", "année", "jahr", "ano", "año", "anno", "год", "年"}),
     1000, 2200),
    (frozenset({"year", "yr", "yy", "annee", "année", "jahr", "ano", "año", "год", "年"}),
     0, _TWO_DIGITS),
    (frozenset({"month", "mon", "mo", "mnth", "mois", "monat", "mes", "mês", "mese", "месяц",
                "月"}), 0, 12),
    (frozenset({"day", "dd", "dom", "mday", "jour", "tag", "dia", "día", "giorno", "день", "日",
                "date"}), 0, 31),
    (frozenset({"weekday", "wday", "dow", "dayofweek", "wochentag", "day"}), 0, 7),
    (frozenset({"week", "wk", "woche", "semaine", "semana", "isoweek"}), 0, 53),
    (frozenset({"quarter", "qtr"}), 1, 4),
    (frozenset({"yday", "doy", "dayofyear", "julian", "day"}), 0, 366),
    (frozenset({"hour", "hr", "heure", "stunde", "hora", "ora", "час", "時"}), 0, 24),
    (frozenset({"minute"}), 0, 59),
)  # fmt: skip
"""Words of a part with the whole numbers that it may be."""
_FEWEST_YEARS = 5
"""Different numbers of two digits below which a year may be one of a school."""
_FEWEST_MONTHS = 20
_RECURS = 5
"""Rows for each value of a part, on average, from which it is no chance that it settles a flag."""
_FIRST, _LAST = 1500, 2200
_PARTS = frozenset[str]().union(*(each[0] for each in _RANGES))
_NEUTRAL = frozenset(
    {"of", "the", "in", "no", "nr", "num", "number", "name", "code", "calendar", "date", "time",
     "timestamp", "datetime", "start", "begin", "end"}
)  # fmt: skip
"""Words that make no thing of a part: a year of construction is a fact, the year of a row not."""
_COUNTED = frozenset({"number", "num", "no", "nr"})
_MONTHS = ("january february march april may june july august september october november "
           "december").split()  # fmt: skip
_DAYS = "monday tuesday wednesday thursday friday saturday sunday".split()
_SEASONS = frozenset({"winter", "spring", "summer", "autumn", "fall"})


def date_parts(columns: Sequence[ColumnProfile]) -> frozenset[str]:
    """Return the names of columns that hold the year, month, day, weekday or hour of a row.

    Names and values both have to say so. A part of the date of some event (`year_built`) is a fact
    that one may ask for, unless other parts of the same date stand beside it.
    """
    found: set[str] = set()
    dated: Counter[frozenset[str]] = Counter()
    qualified: dict[str, frozenset[str]] = {}
    for column in columns:
        if not is_part(column):
            continue
        more = frozenset(words(column.name)) - _PARTS - _NEUTRAL - {"decimal"}
        if not more:
            found.add(column.name)
        else:
            qualified[column.name] = more
            dated[more] += 1
    found |= {name for name, more in qualified.items() if dated[more] > 1}
    return frozenset(found)


def flags_of_parts(table: TypedTable) -> frozenset[str]:
    """Return the columns of two values that a part of a row's date settles (`d90`, `weekend`)."""
    parts = date_parts([column.profile for column in table.columns])
    owners = [table[name].codes for name in sorted(parts)]
    return frozenset(
        column.name
        for column in table.columns
        if column.profile.distinct == 2 and any(_settles(owner, column.codes) for owner in owners)
    )


def _settles(owner: NDArray[np.int64], codes: NDArray[np.int64]) -> bool:
    """Return whether each value of a part, which recurs, has one value of a flag: (rows,) each."""
    both = (owner >= 0) & (codes >= 0)
    values = len(np.unique(owner[both]))
    pairs = len(np.unique(owner[both] * 4 + codes[both]))
    return 2 <= values == pairs and both.sum() >= _RECURS * values


def is_part(column: ColumnProfile) -> bool:
    """Return whether a column's name and its values are those of a part of a date."""
    spoken = words(column.name)
    if _written(column) or is_year_fraction(column):
        return True
    if not set(spoken) & _PARTS or not column.integer or column.minimum is None:
        return False
    low, high = column.minimum, column.maximum if column.maximum is not None else column.minimum
    few = column.distinct < _FEWEST_YEARS
    fits = any(
        names & {*spoken, "".join(spoken)} and first <= low and high <= last
        for names, first, last in _RANGES
        if last != _TWO_DIGITS or not few
    )
    # The `number of days` counts; the `day of the week` and the `day number` do not.
    counted = len(spoken) > 2 and spoken[0] in _COUNTED and spoken[1] == "of"
    return fits and not counted


def is_year_fraction(column: ColumnProfile) -> bool:
    """Return whether numbers are years and parts of them, such as `1949.0833`, by their name.

    Of what is called a time only, they have to go up from row to row: seconds do not.
    """
    spoken = set(words(column.name))
    if column.type != "number" or column.integer or not is_of_years(column):
        return False
    named = bool(spoken & {*_RANGES[0][0], "decimal"}) or (spoken == {"time"} and column.ordered)
    return named and column.distinct >= _FEWEST_MONTHS


def is_of_years(column: ColumnProfile) -> bool:
    """Return whether all numbers of a column could be years."""
    low, high = column.minimum, column.maximum
    return low is not None and high is not None and low >= _FIRST and high <= _LAST


def _written(column: ColumnProfile) -> bool:
    """Return whether the values are names of months, weekdays or seasons."""
    values = {value.strip().casefold() for value, _ in column.top}
    if column.distinct < 2 or column.distinct > len(column.top):
        return False
    if values <= _SEASONS:
        return "season" in words(column.name)
    return any(values <= {*names, *(name[:3] for name in names)} for names in (_MONTHS, _DAYS))
