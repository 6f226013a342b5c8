"""Columns that are no questions, however well they can be predicted.

The calendar of a row, numbers of records (whole numbers that never repeat though they would) and
notes on them, units, and both sides of a table of names and values: a `value` that is a weight in
one row and a pulse in the next has no unit and no meaning, and which of them it is nobody has to
guess.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words

_YEARS = frozenset({"year", "yr", "date", "jahr", "année", "año", "anno", "ano", "год"})
_CALENDAR = frozenset(
    {"month", "day", "hour", "minute", "weekday", "week", "quarter", "dow", "doy", "yday", "mday",
     "wday", "yearday", "monat", "stunde", "mois", "jour", "heure", "mes", "día", "hora", "mese",
     "giorno", "ora"}
)  # fmt: skip
_RECORDS = re.compile(
    r"units?|uom|notes?|comments?|remarks?|footnotes?|file ?names?|seq|sequence|idvar|idvarval|"
    r"(?:s|sl|sr|serial|seq|record|row|line|page|visit|episode|flight|invoice|order|ticket|lot|"
    r"batch) ?"
    r"(?:no|num|nr|number)|[a-z]{2}(?:seq|spid|refid|orresu|stresu|(?:st|en)?dy)"
)
"""Names, as words, of what clerks write beside the data; the last are of clinical standards."""
_VALUES = re.compile(
    r"value|values|val|wert|werte|valeur|valor|valore|result|results|reading|measurement|"
    r"observation|obs value|[a-z]{2}(?:orres|stres[nc]?)|avalc?|qval"
)
_NAMERS = re.compile(
    r"variable|parameter|param|paramcd|test|test ?(?:name|code|cd)|measure|metric|statistic|stat|"
    r"indicator(?: (?:name|code))?|series(?: (?:name|code|id))?|analyte|attribute|property|"
    r"quantity|item|key|field|characteristic|[a-z]{2}test(?:cd)?|qnam|qlabel"
)
_NAMES = ("name", "label", "description", "desc", "text", "bezeichnung", "nom", "nombre")
_COLLISIONS = 8.0
"""Pairs of equal numbers to be expected where their lack tells a key."""
_UNLIKE = 0.5
"""Share of the variance of a value's ranks between names from which it is of unlike things."""
_FEWEST_ROWS = 5
"""Rows in the mean to a name, or else it is a key."""


def no_questions(table: TypedTable, file_column: str | None = None) -> set[str]:
    """Return the names of columns that nobody asks for.

    Args:
        table: The typed table.
        file_column: Column that tells which of several files a row comes from.
    """
    found = {column.name for column in table.columns if _is_calendar(column)}
    found |= {column.name for column in table.columns if _is_drawn_once(column)}
    called = {column.name: " ".join(words(column.name)) for column in table.columns}
    found |= {name for name, spoken in called.items() if _RECORDS.fullmatch(spoken)}
    spoken = set(called.values())
    found |= {
        column.name
        for column in table.columns
        if column.profile.type == "number" and _is_named(called[column.name], spoken)
    }
    namers = [
        column
        for column in table.columns
        if (_NAMERS.fullmatch(called[column.name]) or column.name == file_column)
        and column.profile.type in ("category", "boolean", "text")
        and 2 <= len(column.values) <= table.rows / _FEWEST_ROWS
    ]
    values = [column for column in table.columns if _VALUES.fullmatch(called[column.name])]
    for value in values:
        found |= {namer.name for namer in namers if namer.name != file_column}
        if any(namer is not value and _unlike(value, namer) for namer in namers):
            found.add(value.name)
    return found


def years_of_works(table: TypedTable) -> list[str]:
    """Return the years that a table is sorted by, where each has many rows told of in words.

    They may be asked for where there is nothing else: of which year is a painting, or a song? In a
    series of years, where a row is a year, nobody asks for it.
    """
    if all(column.profile.type != "text" for column in table.columns):
        return []
    return [
        column.name
        for column in table.columns
        if column.profile.type == "number"
        and set(words(column.name)) <= _YEARS
        and column.profile.ordered
        and table.rows >= _FEWEST_ROWS * column.profile.distinct
    ]


def _is_named(called: str, spoken: set[str]) -> bool:
    """Whether another column says in words what a number is the code of."""
    return any(f"{called} {ending}" in spoken for ending in _NAMES)


def _is_calendar(column: TypedColumn) -> bool:
    """Whether a column says when a row was, which nobody asks of the rest of the row.

    A year that rows are not sorted by may be asked for, as of a song or a painting.
    """
    parts = words(column.name)
    if len(parts) != 1 or column.profile.type == "text":
        return False
    return parts[0] in _CALENDAR or (parts[0] in _YEARS and column.profile.ordered)


def _is_drawn_once(column: TypedColumn) -> bool:
    """Whether whole numbers never repeat though some would if they measured anything.

    Of n numbers among R equally likely ones, n²/2R pairs are expected to be equal, and more where
    they are not equally likely.
    """
    measured = column.profile
    present = round(measured.rows * (1.0 - measured.missing))
    if measured.type != "number" or not measured.integer or measured.distinct < present:
        return False
    if measured.minimum is None:
        return False
    spread = (measured.maximum or 0.0) - measured.minimum + 1.0
    return present**2 / (2.0 * spread) >= _COLLISIONS


def _unlike(column: TypedColumn, namer: TypedColumn) -> bool:
    """Whether a column holds other things where another one has another name for them."""
    if column.profile.type != "number":
        # Words where each name has words of its own: as good as never shared.
        shared = _owners(column.codes, namer.codes)
        return shared < 1.0 - _UNLIKE
    values = column.numeric()
    known = np.isfinite(values) & (namer.codes >= 0)
    if known.sum() < _FEWEST_ROWS:
        return False
    _, place = np.unique(values[known], return_inverse=True)
    count = np.bincount(place)
    ranks = (np.cumsum(count) - count / 2)[place]
    owners = namer.codes[known]
    size = np.bincount(owners)
    mean = np.bincount(owners, weights=ranks) / np.maximum(size, 1)
    whole = float(ranks.var())
    return whole > 0 and float(np.average((mean - ranks.mean()) ** 2, weights=size)) >= (
        _UNLIKE * whole
    )


def _owners(codes: NDArray[np.int64], names: NDArray[np.int64]) -> float:
    """Return the share of rows whose value also stands under another name."""
    both = (codes >= 0) & (names >= 0)
    if not both.any():
        return 1.0
    codes, names = codes[both], names[both]
    pairs = np.unique(np.stack([codes, names], axis=1), axis=0)
    under = np.bincount(pairs[:, 0], minlength=int(codes.max()) + 1)
    return float((under[codes] > 1).mean())
