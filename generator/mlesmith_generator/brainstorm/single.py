"""Models of one column: could a glance at it give the target away?

The lines are those of the leak scan: a tree of depth two and a monotone (isotonic) curve.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def tree_skill(x: NDArray[np.float64], target: NDArray[np.float64]) -> float:
    """Return the share of squared error that a depth-2 tree on one column takes away.

    Args:
        x: The column, shape (rows,), finite.
        target: Values or class indicators, shape (rows, outputs).
    """
    order = np.argsort(x, kind="stable")
    values, goal = x[order], target[order]
    goal = goal - goal.mean(axis=0)
    total = float((goal**2).sum())
    if total <= 0 or values[0] == values[-1]:
        return 0.0
    cut = _best_cut(values, goal)
    if cut is None:
        return 0.0
    leaves: list[NDArray[np.float64]] = []
    for part, piece in ((values[:cut], goal[:cut]), (values[cut:], goal[cut:])):
        inner = _best_cut(part, piece)
        leaves += [piece] if inner is None else [piece[:inner], piece[inner:]]
    explained = sum(float((leaf.sum(axis=0) ** 2).sum()) / len(leaf) for leaf in leaves)
    return explained / total


def _best_cut(values: NDArray[np.float64], goal: NDArray[np.float64]) -> int | None:
    """Return where to cut sorted values so that the two means explain the most."""
    places = np.flatnonzero(np.diff(values) > 0) + 1
    if not len(places):
        return None
    left = np.cumsum(goal, axis=0)[places - 1]
    right = goal.sum(axis=0) - left
    gain = (left**2).sum(axis=1) / places + (right**2).sum(axis=1) / (len(values) - places)
    return int(places[int(np.argmax(gain))])


def monotone_skill(x: NDArray[np.float64], truth: NDArray[np.float64]) -> float:
    """Return the share of squared error that the best rising or falling curve takes away."""
    if np.ptp(x) == 0 or np.ptp(truth) == 0:
        return 0.0
    close = float(np.corrcoef(_places(x), _places(truth))[0, 1])
    if not abs(close) > 0.9:
        return 0.0
    from sklearn.isotonic import isotonic_regression

    _, level = np.unique(x, return_inverse=True)
    weight = np.bincount(level).astype(np.float64)
    fitted = isotonic_regression(
        np.bincount(level, weights=truth) / weight, sample_weight=weight, increasing=close > 0
    )
    left = float(((truth - fitted[level]) ** 2).sum())
    return 1.0 - left / (float(((truth - truth.mean()) ** 2).sum()) + 1e-300)


def level_skill(codes: NDArray[np.int64], truth: NDArray[np.float64]) -> float:
    """Return the share of variance between levels, adjusted for how many levels there are."""
    _, level = np.unique(codes, return_inverse=True)
    count = np.bincount(level)
    mean = np.bincount(level, weights=truth) / count
    within = float(((truth - mean[level]) ** 2).sum()) / max(1, len(truth) - len(mean))
    total = float(((truth - truth.mean()) ** 2).sum()) / max(1, len(truth) - 1)
    return 1.0 - within / (total + 1e-300)


def is_coarser(codes: NDArray[np.int64], truth: NDArray[np.float64]) -> bool:
    """Return whether the levels are stretches of the target's range that do not overlap."""
    _, level = np.unique(codes, return_inverse=True)
    size = int(level.max()) + 1
    place_of = _places(truth)
    if not 2 <= size <= min(40, max(2, int(place_of.max() + 1) // 2)):
        return False
    if np.bincount(level).max() > 0.97 * len(level):
        return False
    mean = np.bincount(level, weights=place_of) / np.bincount(level)
    rank = np.argsort(np.argsort(mean))[level]
    order = np.lexsort((rank, truth))
    sequence, values = rank[order], truth[order]
    highest = np.maximum.accumulate(sequence)
    lowest = np.minimum.accumulate(sequence[::-1])[::-1]
    crossed = (sequence < highest) | (sequence > lowest)
    edges = values[1:][np.diff(sequence) != 0]
    shared = np.isin(values, edges[np.isin(edges, values[:-1][np.diff(sequence) != 0])])
    return bool(crossed.mean() < 0.01 and shared.mean() < 0.02)


def _places(values: NDArray[np.float64]) -> NDArray[np.float64]:
    _, inverse = np.unique(values, return_inverse=True)
    return inverse.astype(np.float64)
