"""Facts about an entity that a code names: which make a machine is, told by the machine's number.

A class that nearly every value of a code settles is no question about the row: it is looked up.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.typed import TypedColumn

_LEAST = 5
"""Values of a code, and rows of each in the mean, from which it stands for entities."""
_TOLD = 0.95
"""Share of the rows in which the code has to tell the class."""
_REMOVED = 0.85
"""Share of the errors of guessing the largest class that it has to remove."""
_DIGITS, _SPARSE = 100, 0.5
"""Least of the numbers of things, and the share of those up to the last that are given at most."""


def is_fact_of_entity(target: TypedColumn, columns: Sequence[TypedColumn]) -> bool:
    """Return whether a code among the columns tells nearly every row's class.

    Args:
        target: The column that is asked for.
        columns: Columns of the same table that are shown, perhaps the target among them.
    """
    return any(_tells(column, target) for column in columns if column.name != target.name)


def _tells(code: TypedColumn, target: TypedColumn) -> bool:
    measured = code.profile
    coded = measured.type == "category" or (measured.type == "number" and measured.integer)
    if not coded or measured.distinct <= max(_LEAST - 1, target.profile.distinct):
        return False
    both = (code.codes >= 0) & (target.codes >= 0)
    if measured.distinct * _LEAST > both.sum() or not both.any():
        return False
    size = int(target.codes.max()) + 1
    pairs = np.bincount(code.codes[both] * size + target.codes[both], minlength=size)
    rows = np.pad(pairs, (0, -len(pairs) % size)).reshape(-1, size)
    if (rows.sum(axis=1) == 1).any() or _is_in_order(code, rows):
        return False
    right, base = rows.max(axis=1).sum() / both.sum(), rows.sum(axis=0).max() / both.sum()
    return bool(right >= _TOLD and right - base >= _REMOVED * (1 - base))


def _is_in_order(code: TypedColumn, rows: NDArray[np.int64]) -> bool:
    """Return whether the classes are stretches of a number that may be an amount.

    Numbers such as 802, 813, 815 and 828 number things, though makes may stand side by side.

    Args:
        code: The column.
        rows: Rows by its values and the classes, shape (values, classes).
    """
    if code.profile.type != "number":
        return False
    numbers = code.numeric()
    levels = np.unique(numbers[np.isfinite(numbers)])
    spread = levels[-1] - levels[0]
    sparse = len(levels) <= _SPARSE * spread and np.gcd.reduce(np.diff(levels).astype(int)) == 1
    if levels[0] >= max(_DIGITS, spread) and sparse:
        return False
    amounts = np.full(len(rows), np.nan)
    known = (code.codes >= 0) & (code.codes < len(rows)) & np.isfinite(numbers)
    amounts[code.codes[known]] = numbers[known]
    present = np.flatnonzero((rows.sum(axis=1) > 0) & np.isfinite(amounts))
    classes = rows[present[np.argsort(amounts[present], kind="stable")]].argmax(axis=1)
    return int((np.diff(classes) != 0).sum()) < len(np.unique(classes))
