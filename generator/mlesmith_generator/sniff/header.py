"""Whether a table begins with the names of its columns, and which they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from mlesmith_env.recipes.formats import header_names, numbered_names
from mlesmith_env.recipes.text import clean_names
from mlesmith_generator.sniff.values import MAYBE_MISSING, kind_of, share

Record = tuple[str, ...]

_IDENTIFIER = re.compile(r"[^\W\d][\w .()/%#&:?$'*+-]{0,60}")
_SAID_TWICE = frozenset(("Response", "Open-Ended Response"))


@dataclass(frozen=True)
class Header:
    """How many of the first records are a header, and the names of the columns."""

    rows: int
    columns: tuple[str, ...]
    explicit: bool
    """Whether a reader has to be told the names, because the file does not give them as such."""


def header_of(records: Sequence[Record], width: int) -> Header:
    """Return the header of the records of a table that usually have `width` values."""
    first, body = records[0], records[1:]
    if body and len(first) == width - 1 and header_evidence(first, [r[1:] for r in body]) > 0:
        # Written by R with row names: the first column has values and no name.
        return Header(1, clean_names(("", *first)), explicit=True)
    if header_evidence(first, body) <= 0:
        return Header(0, numbered_names(width), explicit=True)
    rows = 2 if _is_second_header(first, body, width) else 1
    names = header_names([list(record) for record in records[:rows]])
    explicit = False
    if body and _is_rule(body[0]):
        # The reader takes the drawn line for a second header: it has to be told the names.
        rows, names, explicit = 2, header_names([list(first)]), True
    elif rows == 2:
        below = records[1]
        if (repeated := Counter(below).most_common(1)[0][0]) in _SAID_TWICE:
            names = tuple(name.removesuffix(f" - {repeated}") for name in names)
            explicit = True
    told = max(map(len, records[:rows]))
    used = _used_width(records[rows:], width)
    if used > len(names) and not _is_torn(records[rows:], told, used):
        names, explicit = (*names, *[""] * (used - len(names))), True
    columns = clean_names(_uncommented(names))
    explicit = explicit or columns != clean_names(names)
    return Header(rows, columns, explicit=explicit)


def header_evidence(first: Sequence[str], body: Sequence[Sequence[str]]) -> float:
    """Weigh the evidence that the first record names columns: above 0 it does."""
    told = [cell for cell in first if cell]
    if not told:
        return -1.0
    if not body:
        return 1.0 if all(kind_of(cell) in ("word", "text") for cell in told) else -1.0
    years = _is_scale(first)
    votes = 0.0
    for position, cell in enumerate(first):
        column = [record[position] for record in body if len(record) > position]
        votes += _vote(cell, position, column, years=years)
    repeated = len(told) - len(set(told))
    votes -= 0.5 * repeated if repeated > 0.2 * len(told) else 0.0
    if abs(votes) > 0.05 * len(first):
        return votes
    looks = sum(bool(_IDENTIFIER.fullmatch(cell)) for cell in told) / len(told)
    return 1.0 if looks > 0.9 and len(first) > 1 and not repeated else -1.0


def _vote(cell: str, position: int, column: Sequence[str], *, years: bool) -> float:
    if not cell:
        return 0.5 if position == 0 else -0.1
    kind = kind_of(cell)
    if kind == "empty":
        return -0.5
    values = [value for value in column if kind_of(value) != "empty"]
    if not values:
        return 0.0 if kind in ("word", "text") else -0.5
    measured = share(values, "number", "date")
    if measured > 0.8:
        if kind in ("number", "date"):
            return 1.0 if years else -1.0
        return -0.5 if cell in MAYBE_MISSING else 1.0
    if kind in ("number", "date"):
        return 0.0 if years else -0.5
    counts = Counter(values)
    if cell in counts:
        return -1.0 if counts[cell] > 1 or len(counts) < 0.5 * len(values) else -0.3
    if len(values) >= 10 and len(counts) <= 0.3 * len(values):
        return 0.7
    lengths = {len(value) for value in values}
    if len(values) >= 5 and len(lengths) == 1 and len(cell) not in lengths:
        return 0.5
    mean = sum(map(len, values)) / len(values)
    if mean > 40 and len(cell) < 0.4 * mean:
        return 0.5
    if mean > 20 and len(cell.split()) > 3 and len(cell) > 0.5 * mean:
        return -0.7
    return 0.0


def _is_scale(first: Sequence[str]) -> bool:
    """Whether the numbers in the first record go up in equal steps, as years in a wide table do."""
    whole = [int(cell) for cell in first if cell.isascii() and cell.isdigit() and len(cell) < 9]
    if len(whole) < 3:
        return False
    steps = {after - before for before, after in pairwise(whole)}
    return len(steps) == 1 and steps != {0}


def _is_rule(record: Sequence[str]) -> bool:
    """Whether a record is a line drawn below the names."""
    return any(record) and all(len(cell) > 1 and not cell.strip("-=+:_") for cell in record if cell)


def _is_second_header(first: Record, body: Sequence[Record], width: int) -> bool:
    """Whether the second record goes on naming: units, or the answers of a survey question."""
    if len(body) < 12 or width < 2:
        return False
    below = body[0]
    padded = (*first, *[""] * width)
    nameless = [cell for name, cell in zip(padded[1:], below[1:], strict=False) if not name]
    second = _strangeness(below, body[2:])
    third = _strangeness(body[1], body[2:])
    if (nameless and all(nameless)) or _SAID_TWICE.intersection(below):
        return second >= 0.25 and third <= 0.25
    return second >= 0.6 and third <= 0.25


def _strangeness(record: Record, body: Sequence[Record]) -> float:
    """Share of the values of a record that the column below would not have."""
    strange = told = 0
    for position, cell in enumerate(record):
        if kind_of(cell) == "empty":
            continue
        column = [row[position] for row in body if len(row) > position and row[position]]
        told += 1
        if not column:
            continue
        if share(column, "number", "date") > 0.9:
            strange += kind_of(cell) in ("word", "text") and cell not in MAYBE_MISSING
        elif len(set(column)) <= max(2, len(column) // 4):
            strange += cell not in column
    return strange / told if told >= 2 else 0.0


def _used_width(body: Sequence[Record], width: int) -> int:
    """Return the position of the last column that holds a value in more than a few records."""
    longest = max((len(record) for record in body), default=width)
    for position in range(longest, 0, -1):
        used = sum(len(record) >= position and record[position - 1] != "" for record in body)
        if used > 0.05 * len(body) and (used > 1 or len(body) < 10):
            return position
    return width


def _is_torn(body: Sequence[Record], told: int, used: int) -> bool:
    """Whether the longest records are broken: they go on beyond the header and most others.

    A value that holds the separator without quotes does that.
    """
    long = sum(len(record) >= used for record in body)
    return used > told and long <= len(body) / 2


def _uncommented(names: Sequence[str]) -> list[str]:
    return [names[0].lstrip("#%! "), *names[1:]] if names else []
