"""Is a number of a key the total, mean or extreme of a number in the rows of that key?

An invoice that holds its total tells what its lines cost: with all but one line known, the rest is
the last. Keys whose rows are alike prove nothing, for there the total is their count times any of
them; the proof are keys whose rows differ.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOLDS = 0.9
"""Share of the keys with unlike rows for which the statistic has to be the number."""
_FEWEST = 10
"""Keys with unlike rows."""
_BY_CHANCE = 0.5
"""Share of these keys at most for which the statistic is the number of another key."""


def statistic_of(codes: Ints, told: Floats, amounts: Mapping[str, Floats], unit: float) -> str:
    """Return in words which statistic of which amount a number of a key is, empty where none.

    Args:
        codes: The key of each row, negative where it has none, shape (rows,).
        told: The number of the key, repeated in each of its rows, NaN where missing.
        amounts: Numbers of the rows by their names, each shape (rows,), NaN where missing.
        unit: One unit of the last decimal that the number is written with.
    """
    for name, amount in amounts.items():
        known = (codes >= 0) & np.isfinite(told) & np.isfinite(amount)
        # A key with a row whose amount is unknown has no total that could be compared.
        open_keys = np.unique(codes[(codes >= 0) & ~np.isfinite(amount)])
        known &= ~np.isin(codes, open_keys)
        order = np.flatnonzero(known)[np.argsort(codes[known], kind="stable")]
        if len(order) < 2 * _FEWEST:
            continue
        starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0])
        y, x = amount[order], told[order]
        low, high = np.minimum.reduceat(y, starts), np.maximum.reduceat(y, starts)
        same = np.minimum.reduceat(x, starts) == np.maximum.reduceat(x, starts)
        proof = same & (high > low)
        if proof.sum() < _FEWEST or same.mean() < HOLDS:
            continue
        total = np.add.reduceat(y, starts)
        sizes = np.diff(np.r_[starts, len(order)])
        statistics = {"sum": total, "mean": total / sizes, "largest": high, "smallest": low}
        for words, statistic in statistics.items():
            if _is(x[starts][proof], statistic[proof], unit):
                return f"the {words} of {name}"
    return ""


def _is(told: Floats, statistic: Floats, unit: float) -> bool:
    """Return whether numbers are a statistic, and not merely one of few values."""
    slack = 0.51 * unit + 1e-9 * np.abs(statistic)
    if float((np.abs(told - statistic) <= slack).mean()) < HOLDS:
        return False
    turned = np.random.default_rng(0).permutation(len(told))
    return float((np.abs(told[turned] - statistic) <= slack).mean()) <= _BY_CHANCE
