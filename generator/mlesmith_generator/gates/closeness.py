"""Rows as points, and which of them have another row much nearer than all others."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.gates.rows import Ints, Mask, TaskRows

NEIGHBOURS = 5
"""Rows around each that are looked at."""
_RATIO = 0.05
"""Distance of the nearest from which it is a twin, as a share of that of the farthest of these."""
_MOST_COLUMNS = 60
"""Axes of the space; more columns are projected onto as many."""


def twinned(distances: NDArray[np.float64]) -> Mask:
    """Return which rows have a twin, by the distances of their neighbours, nearest first."""
    return (distances[:, 0] < _RATIO * distances[:, -1]) & (distances[:, -1] > 0)


def space_of(rows: TaskRows) -> NDArray[np.float32] | None:
    """Return rows as points, or None where fewer than three columns are continuous.

    Numbers are standardised, categories are corners far apart.
    """
    random = np.random.default_rng(0)
    axes: list[NDArray[np.float64]] = []
    continuous = 0
    for column in rows.columns[: 5 * _MOST_COLUMNS]:
        if column.numeric and column.distinct > 10:
            values = column.numbers
            middle = float(np.nanmedian(values))
            low, high = np.nanquantile(values, [0.1, 0.9])
            spread = float(high - low) or float(np.nanstd(values)) or 1.0
            axes.append(np.clip((np.nan_to_num(values, nan=middle) - middle) / spread, -10, 10))
            continuous += column.distinct > 0.05 * len(rows)
        elif 1 < column.distinct <= 0.5 * len(rows):
            corners = random.normal(size=(column.distinct + 1, 2))
            axes.extend(corners[column.codes].T)
    if continuous < 3:
        return None
    space = np.stack(axes, axis=1)
    if space.shape[1] > _MOST_COLUMNS:
        space = space @ random.normal(size=(space.shape[1], _MOST_COLUMNS)) / np.sqrt(_MOST_COLUMNS)
    return space.astype(np.float32)


def nearest_of(
    asked: NDArray[np.float32], known: NDArray[np.float32]
) -> tuple[NDArray[np.float64], Ints]:
    """Distances to the nearest known rows, (asked, neighbours + 1), and where the first stands."""
    distances: list[NDArray[np.float64]] = []
    partners: list[Ints] = []
    block = max(1, int(2e7 / len(known)))
    square = (known.astype(np.float64) ** 2).sum(axis=1)
    for start in range(0, len(asked), block):
        part = asked[start : start + block]
        apart = square[None, :] - 2.0 * (part @ known.T)
        near = np.argpartition(apart, NEIGHBOURS + 3, axis=1)[:, : NEIGHBOURS + 4]
        # Distances of the few are taken again: the product above loses the small ones.
        exact = np.sqrt(((part[:, None, :].astype(np.float64) - known[near]) ** 2).sum(axis=2))
        order = np.argsort(exact, axis=1)
        distances.append(np.take_along_axis(exact, order, axis=1)[:, : NEIGHBOURS + 1])
        partners.append(np.take_along_axis(near, order, axis=1)[:, 0])
    return np.concatenate(distances), np.concatenate(partners)
