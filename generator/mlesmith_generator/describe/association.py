"""How strongly one column goes with another: what a competitor would look at first.

Sources: Spearman's rank correlation; the correlation ratio eta, corrected as epsilon squared
(Kelley 1935); Cramer's V with Bergsma's bias correction (2013).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.ranks import average_ranks

Measure = Literal["rank", "ratio", "cramer"]

LEVELS = 40
"""Categories above which a column is not told by its levels."""
PER_LEVEL = 5
"""Rows on average from which levels are compared."""
_ERRORS = 2
"""Standard errors of no link at all up to which a link by levels counts as chance."""


@dataclass(frozen=True)
class Association:
    """How a feature goes with the target on the training rows.

    Attributes:
        column: The feature.
        strength: Between 0 and 1.
        sign: -1 or 1 for `rank`, else 0.
        measure: `rank` for two numeric columns, `ratio` for one whose ranks differ by the levels of
            the other, `cramer` for levels by levels.
    """

    column: str
    strength: float
    sign: int
    measure: Measure


def spearman(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return Spearman's correlation over the rows that have both values, else 0."""
    both = np.isfinite(left) & np.isfinite(right)
    if both.sum() < 10:
        return 0.0
    return pearson(average_ranks(left[both]), average_ranks(right[both]))


def pearson(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Return Pearson's correlation of complete columns, 0 where one is constant."""
    left = left - left.mean()
    right = right - right.mean()
    # Sums of products instead of dot products: no threads are started for small columns.
    scale = float(np.sqrt((left * left).sum() * (right * right).sum()))
    return float((left * right).sum()) / scale if scale > 0 else 0.0


def correlation_ratio(codes: NDArray[np.int64], values: NDArray[np.float64]) -> float:
    """Return eta of the ranks of values by level (codes below 0 are missing), less chance.

    It is 0 where many levels would do as well by chance, or have too few rows.
    """
    both = (codes >= 0) & np.isfinite(values)
    if both.sum() < 20:
        return 0.0
    ranked = average_ranks(values[both])
    _, groups = np.unique(codes[both], return_inverse=True)
    sizes = np.bincount(groups)
    n, k = ranked.size, sizes.size
    if k < 2 or PER_LEVEL * k > n:
        return 0.0
    means = np.bincount(groups, weights=ranked) / sizes
    total = float(((ranked - ranked.mean()) ** 2).sum())
    within = float(((ranked - means[groups]) ** 2).sum())
    if total <= 0:
        return 0.0
    epsilon = 1 - (within / (n - k)) / (total / (n - 1))
    error = float(np.sqrt(2 * (k - 1) / ((n - 1) * (n - k))))
    return float(np.sqrt(epsilon)) if epsilon > _ERRORS * error else 0.0


def cramer(left: NDArray[np.int64], right: NDArray[np.int64]) -> float:
    """Return Cramer's V of two columns of codes (below 0 is missing), less chance.

    Where there are more cells than rows, the rarest levels of the left column are taken together.
    It is 0 where the levels would do as well by chance.
    """
    both = (left >= 0) & (right >= 0)
    n = int(both.sum())
    if n < 20:
        return 0.0
    _, columns = np.unique(right[both], return_inverse=True)
    k = int(columns.max()) + 1
    rows = _fewer(left[both], n // k)
    r = int(rows.max()) + 1
    if min(r, k) < 2:
        return 0.0
    table = np.bincount(rows * k + columns, minlength=r * k).reshape(r, k).astype(np.float64)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    cells = (r - 1) * (k - 1)
    phi2 = float(((table - expected) ** 2 / expected).sum()) / n - cells / (n - 1)
    bound = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    if bound <= 0 or phi2 <= _ERRORS * float(np.sqrt(2 * cells)) / n:
        return 0.0
    return float(min(1.0, np.sqrt(phi2 / bound)))


def _fewer(codes: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return codes from 0 of at most so many levels, the rarest taken together."""
    _, groups = np.unique(codes, return_inverse=True)
    sizes = np.bincount(groups)
    if sizes.size <= max(1, most):
        return groups.astype(np.int64)
    place = np.empty(sizes.size, dtype=np.int64)
    place[np.argsort(-sizes, kind="stable")] = np.arange(sizes.size)
    return np.minimum(place[groups], max(1, most) - 1)
