"""Columns that tell how a publisher divided the rows: parts by name, folds by number."""

from __future__ import annotations

from mlesmith_generator.profiler.words import PARTS, words
from mlesmith_generator.records import ColumnProfile

REASON = "it tells how the publisher divided the rows"
_NUMBERED = frozenset({"fold", "folds", "cvfold", "kfold"})
_FLAGGED = frozenset({"train", "test", "validation", "holdout"})
_FOLDS = range(2, 21)
_EVEN = 2.0
"""By how much the largest of numbered folds may exceed the smallest."""


def divides_rows(column: ColumnProfile) -> bool:
    """Return whether a column tells on which side of somebody else's division a row stands.

    Its values are names of parts (`train`, `dev`), or numbers of folds of about one size in a
    column that is called so, or a flag in one that is called `is_train` and the like.
    """
    values = {value.strip().casefold(): rows for value, rows in column.top}
    if column.distinct < 2 or column.distinct > len(column.top):
        return False
    if set(values) <= PARTS:
        return True
    named = words(column.name)
    if len(named) > 1 and named[0] == "is" and set(named[1:]) <= _FLAGGED:
        return column.distinct == 2
    folds = bool(_NUMBERED & set(named[-1:])) or "".join(named) in _NUMBERED
    if not folds or column.distinct not in _FOLDS or not column.integer:
        return False
    first, last = column.minimum, column.maximum
    numbered = first in (0.0, 1.0) and last == first + column.distinct - 1
    return numbered and max(values.values()) <= _EVEN * min(values.values())
