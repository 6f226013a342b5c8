"""Zeros that stand for something else: a value that is missing, or a thing that is not there.

A blood pressure of 0 is no small pressure, nor is a garage of 0 square metres a small garage. Such
zeros stand alone, far below all other numbers; small amounts come in all sizes down to zero.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST = 3
"""Zeros: one or two may be anything."""
MOST = 0.5
"""Share of zeros from which they are the rule, and no exception."""
_FINE = 25
"""Different numbers above zero: levels of a scale have gaps everywhere."""
_LOWEST = 20
"""Smallest different numbers, whose steps show how near two neighbours usually are."""
_STEPS = 5.0
"""How many such steps are between zero and the smallest number."""
_FAR = 0.1
"""Share of the median of the numbers above zero that the smallest one reaches."""


def next_above_zero(numbers: NDArray[np.float64]) -> float | None:
    """Return the smallest number above zeros that probably are no amounts; None where none are.

    Args:
        numbers: The finite numbers of a column, sorted, (n,).
    """
    zeros = int(np.count_nonzero(numbers == 0))
    if zeros < FEWEST or zeros > MOST * len(numbers) or numbers[0] < 0:
        return None
    above = numbers[numbers > 0]
    lowest = np.unique(above)
    if len(lowest) < _FINE:
        return None
    smallest = float(lowest[0])
    usual = float(np.median(np.diff(lowest[: _LOWEST + 1])))
    alone = smallest >= _STEPS * usual and smallest >= _FAR * float(np.median(above))
    return smallest if alone else None
