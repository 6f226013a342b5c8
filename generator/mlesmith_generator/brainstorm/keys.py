"""Keys that are more than keys: a part of the name of a row tells its class."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.typed import TypedColumn

OUTRIGHT = 0.95
"""Share of the rows of one class from which a part of a key tells the class."""
_FEWEST = 5
"""Rows that have to share a part of their key before it is said to tell anything."""
_PARTS = re.compile(r"[^\W\d_]+")
_PLACES = (0, 1, -1, -2)


def key_reason(column: TypedColumn, made: Target) -> str:
    """Return why a key of the rows is left out: it tells the class, or no more than the row.

    Args:
        column: A column of which hardly two rows share a value.
        made: What is to be predicted.
    """
    share = told_by_parts(column, made)
    if share >= OUTRIGHT:
        return f"its value tells the target ({share:.2f})"
    return f"it tells rows apart ({column.profile.note or 'a key'})"


def told_by_parts(column: TypedColumn, made: Target) -> float:
    """Return the share of rows whose class a part of their key tells, at the best place for it.

    A part is a run of letters; only parts that several rows share count. 0 for a number, and where
    the commonest class alone is nearly as right.
    """
    good = np.flatnonzero(np.isfinite(made.truth) & (column.codes >= 0))
    if not made.classes or not len(good):
        return 0.0
    truth = made.truth[good].astype(np.int64)
    commonest = float(np.bincount(truth).max()) / len(good)
    if commonest >= OUTRIGHT:
        return 0.0
    values = [_PARTS.findall(value) for value in column.values]
    best = max(_told_at(place, values, column.codes[good], truth) for place in _PLACES)
    return best if best - commonest >= (1 - commonest) / 2 else 0.0


def _told_at(
    place: int, values: list[list[str]], codes: NDArray[np.int64], truth: NDArray[np.int64]
) -> float:
    """Return the share of rows that are of the commonest class of those with the same part."""
    parts = [each[place] if -len(each) <= place < len(each) else "" for each in values]
    names = {part: number for number, part in enumerate(dict.fromkeys(parts))}
    part = np.array([names[each] for each in parts], dtype=np.int64)[codes]
    table = np.zeros((len(names), int(truth.max()) + 1), dtype=np.int64)
    np.add.at(table, (part, truth), 1)
    shared = table[(table.sum(axis=1) >= _FEWEST) & np.array([bool(name) for name in names])]
    return float(shared.max(axis=1).sum()) / len(truth)
