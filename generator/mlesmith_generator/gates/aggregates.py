"""Statistics of a number over groups of rows, one for each group."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from mlesmith_generator.gates.rows import Floats, Ints, Mask


def means_of(codes: Ints, y: Floats, mask: Mask, size: int) -> tuple[Floats, Floats]:
    """Return how many of the rows in `mask` each group has, and their mean; (size,) each."""
    used = mask & (codes >= 0)
    count = np.bincount(codes[used], minlength=size).astype(np.float64)
    sums = np.bincount(codes[used], weights=y[used], minlength=size)
    return count, sums / np.maximum(count, 1)


_Statistic = Callable[[Ints, Floats, Mask, int], Floats]


def _sum(codes: Ints, y: Floats, mask: Mask, size: int) -> Floats:
    count, mean = means_of(codes, y, mask, size)
    return count * mean


def _mean(codes: Ints, y: Floats, mask: Mask, size: int) -> Floats:
    return means_of(codes, y, mask, size)[1]


def _deviation(codes: Ints, y: Floats, mask: Mask, size: int) -> Floats:
    count, mean = means_of(codes, y, mask, size)
    square = means_of(codes, y * y, mask, size)[1]
    return np.sqrt(np.maximum(square - mean**2, 0.0) * count / np.maximum(count - 1, 1))


def _largest(codes: Ints, y: Floats, mask: Mask, size: int) -> Floats:
    result = np.full(size, -np.inf)
    used = mask & (codes >= 0)
    np.maximum.at(result, codes[used], y[used])
    return result


def _smallest(codes: Ints, y: Floats, mask: Mask, size: int) -> Floats:
    return -_largest(codes, -y, mask, size)


def _median(codes: Ints, y: Floats, mask: Mask, size: int) -> Floats:
    used = np.flatnonzero(mask & (codes >= 0))
    order = used[np.lexsort((y[used], codes[used]))]
    count = np.bincount(codes[used], minlength=size)
    start = np.cumsum(count) - count
    result = np.full(size, np.nan)
    some = count > 0
    low, high = (start + (count - 1) // 2)[some], (start + count // 2)[some]
    result[some] = (y[order[low]] + y[order[high]]) / 2
    return result


STATISTICS: dict[str, _Statistic] = {
    "the mean": _mean,
    "the median": _median,
    "the sum": _sum,
    "the standard deviation": _deviation,
    "the largest": _largest,
    "the smallest": _smallest,
}
"""By name; each of groups (rows,), values (rows,), rows that count (rows,), how many groups."""
