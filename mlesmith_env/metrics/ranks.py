"""Ranks with ties, the base of the rank metrics."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def average_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the ranks from 1 to n, shape (n,); equal values share the mean of their ranks."""
    order = np.argsort(values)
    ranked = values[order]
    first = np.flatnonzero(np.append(True, ranked[1:] != ranked[:-1]))
    counts = np.diff(np.append(first, len(values)))
    ranks = np.empty(len(values), dtype=np.float64)
    ranks[order] = np.repeat(first + (counts + 1) / 2, counts)
    return ranks


def area_under_roc(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> float | None:
    """Return the area under the ROC curve by ranks (Mann-Whitney), None for a single class."""
    hits = int(np.count_nonzero(positive))
    misses = len(positive) - hits
    if not hits or not misses:
        return None
    if hits > misses:
        # The ranks of the rarer side are enough, and a rare class is then nearly as cheap to
        # score as one sort of plain numbers.
        area = area_under_roc(~positive, scores)
        return None if area is None else 1.0 - area
    ranked, own = np.sort(scores), np.sort(scores[positive])
    first, last = np.searchsorted(ranked, own, "left"), np.searchsorted(ranked, own, "right")
    rank_sum = float(np.sum(first + last + 1)) / 2
    return (rank_sum - hits * (hits + 1) / 2) / (hits * misses)
