"""Do columns count the classes of all rows of somebody, the row itself among them?

What a speaker's record says of true and of false statements "including the current one" is never 0
for the class of the row. One such column may be an honest sign; where most of the classes have one
of their own, which rules out that class and no other, they are counts of the classes. Some of many
are not: four points of a picture are never blank, each in another digit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FEWEST = 3
"""Classes that have a column of their own, more than half of all of them."""
_VALUES = 10
"""Different values of a count, which grades of a symptom do not have."""
_ZEROS, _EXPECTED = 50, 10.0
"""Rows with a zero, and those among them that a class would have by chance."""
_NEVER = 0.05
"""Share of the latter that a class that is ruled out has at most."""
_KNOWN = 0.9


def counts_of_classes(columns: Sequence[Floats], labels: Ints) -> dict[int, int]:
    """Return the class that each count of a class counts, by the place of the column.

    Args:
        columns: Numeric columns, each shape (rows,), NaN where missing.
        labels: The class of each row, from 0, shape (rows,).
    """
    shares = np.bincount(labels) / max(1, len(labels))
    found: dict[int, int] = {}
    for place, values in enumerate(columns):
        ruled_out = _ruled_out(values, labels, shares)
        if len(ruled_out) == 1:
            found[place] = ruled_out[0]
    often = Counter(found.values())
    found = {place: label for place, label in found.items() if often[label] == 1}
    return found if len(found) >= FEWEST and 2 * len(found) > len(shares) else {}


def _ruled_out(values: Floats, labels: Ints, shares: Floats) -> list[int]:
    """Return the classes that never go with a zero of a count, though they would by chance."""
    known = np.isfinite(values)
    seen = values[known]
    zeros = known & (values == 0)
    if known.mean() < _KNOWN or zeros.sum() < _ZEROS or np.any((seen < 0) | (seen % 1 != 0)):
        return []
    if len(np.unique(seen)) < _VALUES:
        return []
    expected = shares * float(zeros.sum())
    counts = np.bincount(labels[zeros], minlength=len(shares))
    never = (expected >= _EXPECTED) & (counts <= _NEVER * expected)
    return [int(label) for label in np.flatnonzero(never)]
