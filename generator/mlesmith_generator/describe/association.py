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


@dataclass(frozen=True)
class Association:
    """How a feature goes with the target on the training rows.

    Attributes:
        column: The feature.
        strength: Between 0 and 1.
        sign: -1 or 1 for `rank`, else 0.
        measure: `rank` for two numeric columns, `ratio` for a numeric and a nominal one, `cramer`
            for two nominal ones.
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
    """Return eta of ranked values by group (codes below 0 are missing), corrected for chance."""
    both = (codes >= 0) & np.isfinite(values)
    if both.sum() < 20:
        return 0.0
    ranked = average_ranks(values[both])
    _, groups = np.unique(codes[both], return_inverse=True)
    sizes = np.bincount(groups)
    if sizes.size < 2 or sizes.size > ranked.size / 4:
        return 0.0
    means = np.bincount(groups, weights=ranked) / sizes
    total = float(((ranked - ranked.mean()) ** 2).sum())
    within = float(((ranked - means[groups]) ** 2).sum())
    if total <= 0:
        return 0.0
    n, k = ranked.size, sizes.size
    epsilon = 1 - (within / (n - k)) / (total / (n - 1))
    return float(np.sqrt(max(0.0, epsilon)))


def cramer(left: NDArray[np.int64], right: NDArray[np.int64]) -> float:
    """Return Cramer's V of two columns of codes (below 0 is missing), corrected for chance."""
    both = (left >= 0) & (right >= 0)
    n = int(both.sum())
    if n < 20:
        return 0.0
    _, rows = np.unique(left[both], return_inverse=True)
    _, columns = np.unique(right[both], return_inverse=True)
    r, k = int(rows.max()) + 1, int(columns.max()) + 1
    if min(r, k) < 2 or r * k > n:
        return 0.0
    table = np.bincount(rows * k + columns, minlength=r * k).reshape(r, k).astype(np.float64)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi2 = float(((table - expected) ** 2 / expected).sum()) / n
    phi2 = max(0.0, phi2 - (r - 1) * (k - 1) / (n - 1))
    bound = min(r - (r - 1) ** 2 / (n - 1), k - (k - 1) ** 2 / (n - 1)) - 1
    return float(min(1.0, np.sqrt(phi2 / bound))) if bound > 0 else 0.0
