"""Metrics of masks, given as runs of pixels: nothing is ever painted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.catalogue import register_metric

Runs = tuple[tuple[int, int], ...]
"""Start and length of each run, sorted and disjoint."""


def shared_pixels(a: Runs, b: Runs) -> float:
    """Return how many pixels two masks share; time grows with the runs, not with the pixels."""
    if not a or not b:
        return 0.0
    first, second = np.array(a, dtype=np.float64), np.array(b, dtype=np.float64)
    ends = np.cumsum(second[:, 1])
    knots = np.column_stack([second[:, 0], second.sum(axis=1)]).ravel()
    marked = np.column_stack([ends - second[:, 1], ends]).ravel()
    # Between the knots, the pixels of b up to a place grow by one a pixel, or not at all.
    upto = np.interp(first.sum(axis=1), knots, marked)
    return float(np.sum(upto - np.interp(first[:, 0], knots, marked)))


def _areas_of_row(true: Runs, told: Runs) -> tuple[float, int]:
    """Return the shared pixels, and the sum of both areas."""
    area = sum(length for _, length in true) + sum(length for _, length in told)
    return shared_pixels(true, told), area


def _share(parts: list[tuple[float, int]]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the shared pixels and both areas of each row, as if one pixel where all is empty."""
    shared, area = np.array(parts, dtype=np.float64).T
    empty = area == 0
    return np.where(empty, 1.0, shared), np.where(empty, 2.0, area)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("mask",),
    formula="1/n * sum_i 2 (pixels in y_i and p_i) / (pixels of y_i + pixels of p_i)",
    summary="Dice's coefficient of each mask with the true one, averaged over the rows.",
    edge="1 where both masks are empty.",
    of_row=_areas_of_row,
)
def mask_dice(parts: list[tuple[float, int]]) -> float:
    """Return the mean Dice coefficient (1945)."""
    shared, area = _share(parts)
    return float(np.mean(2.0 * shared / area))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("mask",),
    formula="1/n * sum_i (pixels in y_i and p_i) / (pixels in y_i or p_i)",
    summary="Intersection over union of each mask and the true one, averaged over the rows.",
    edge="1 where both masks are empty.",
    of_row=_areas_of_row,
)
def mask_iou(parts: list[tuple[float, int]]) -> float:
    """Return the mean intersection over union."""
    shared, area = _share(parts)
    return float(np.mean(shared / (area - shared)))
