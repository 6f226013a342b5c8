"""Metrics of boxes around objects, in the manner of COCO (Lin et al. 2014).

A found box is right when it overlaps a true one of its label, in its row, that no surer box has
taken. Precision is read off at 101 values of recall, with what is right at any higher one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.catalogue import register_metric

Box = tuple[str, float, float, float, float]
"""Label, x and y of the upper left corner, width, height."""
Detection = tuple[str, float, float, float, float, float]
"""Label, confidence, x, y, width, height."""
Floats = NDArray[np.float64]

OVERLAPS = np.linspace(0.5, 0.95, 10)
"""Intersections over union from which on a box can be right."""
MOST = 100
"""Boxes of one label in one row that count: the surest."""
_RECALLS = np.linspace(0.0, 1.0, 101)
_NEARLY = 1e-9
_EDGES = (
    f"Of each label the {MOST} surest boxes of a row count. Labels without a true box in the rows "
    "are left out; 0 where there is no true box at all. Boxes of equal confidence count together."
)


class Matches(NamedTuple):
    """What the boxes of one row are worth.

    Attributes:
        true: Number of true boxes, by label.
        found: Label and confidence of each box that counts, and the overlaps at which it is
            right: one bit for each of `OVERLAPS`, the lowest first.
    """

    true: dict[str, int]
    found: list[tuple[str, float, int]]


def intersection_over_union(a: Floats, b: Floats) -> Floats:
    """Return the overlap of boxes (d, 4) with boxes (g, 4), shape (d, g).

    Boxes are x, y, width, height; equal ones overlap by 1 even where they have no area.
    """
    first, second = a[:, None, :], b[None, :, :]
    low = np.maximum(first[..., :2], second[..., :2])
    high = np.minimum(first[..., :2] + first[..., 2:], second[..., :2] + second[..., 2:])
    shared = np.prod(np.maximum(high - low, 0.0), axis=-1)
    whole = np.prod(first[..., 2:], axis=-1) + np.prod(second[..., 2:], axis=-1) - shared
    overlap = np.divide(shared, whole, out=np.zeros_like(shared), where=whole > 0)
    return np.where((first == second).all(axis=-1), 1.0, np.nan_to_num(overlap, nan=0.0))


def match(true: tuple[Box, ...], told: tuple[Detection, ...]) -> Matches:
    """Match the found boxes of a row with the true ones, the surest first, label by label."""
    wanted, told_of = _by_label(true), _by_label(told)
    found: list[tuple[str, float, int]] = []
    for label, own in told_of.items():
        surest = sorted(own, key=lambda detection: -detection[0])[:MOST]
        right = _right([each[1:] for each in surest], wanted.get(label, []))
        found += [(label, each[0], bits) for each, bits in zip(surest, right, strict=True)]
    return Matches({label: len(boxes) for label, boxes in wanted.items()}, found)


def _by_label(boxes: Sequence[tuple[Any, ...]]) -> dict[str, list[tuple[float, ...]]]:
    """Return what follows the label of each box, by label."""
    found: dict[str, list[tuple[float, ...]]] = {}
    for label, *rest in boxes:
        found.setdefault(label, []).append(tuple(rest))
    return found


def _right(found: list[tuple[float, ...]], wanted: list[tuple[float, ...]]) -> list[int]:
    """Return the overlaps at which each box is right, as bits; `found` has the surest first."""
    if not wanted:
        return [0] * len(found)
    overlaps = intersection_over_union(np.array(found), np.array(wanted))
    free = np.ones((len(OVERLAPS), len(wanted)), dtype=bool)
    weights = 1 << np.arange(len(OVERLAPS))
    right: list[int] = []
    for overlap in overlaps:
        open_to = np.where(free, overlap, -1.0)
        best = open_to.argmax(axis=1)
        taken = np.flatnonzero(open_to.max(axis=1) >= OVERLAPS - _NEARLY)
        free[taken, best[taken]] = False
        right.append(int(weights[taken].sum()))
    return right


def _average_precision(parts: list[Matches], overlaps: int) -> float:
    """Return the mean over labels, and over the first so many overlaps, of average precision."""
    true: Counter[str] = Counter()
    for part in parts:
        true.update(part.true)
    if not true:
        return 0.0
    codes = {label: code for code, label in enumerate(true)}
    found = [each for part in parts for each in part.found if each[0] in codes]
    labels = np.array([codes[label] for label, _, _ in found], dtype=np.int64)
    sure = np.array([confidence for _, confidence, _ in found], dtype=np.float64)
    bits = np.array([right for _, _, right in found], dtype=np.int64)
    order = np.lexsort((-sure, labels))
    ends = np.searchsorted(labels[order], np.arange(len(codes) + 1))
    areas = [
        _area(sure[order[low:high]], bits[order[low:high]], total, overlaps)
        for low, high, total in zip(ends[:-1], ends[1:], true.values(), strict=True)
    ]
    return float(np.mean(areas))


def _area(sure: Floats, bits: NDArray[np.int64], true: int, overlaps: int) -> float:
    """Return the average precision of one label, its boxes given with the surest first."""
    if not len(sure):
        return 0.0
    right = (bits[:, None] >> np.arange(overlaps)) & 1
    last = np.flatnonzero(np.append(sure[1:] != sure[:-1], True))
    hits = np.cumsum(right, axis=0)[last]
    precision = np.maximum.accumulate((hits / (last + 1)[:, None])[::-1], axis=0)[::-1]
    precision = np.vstack([precision, np.zeros(overlaps)])
    recall = hits / true
    read = [
        precision[np.searchsorted(recall[:, place], _RECALLS), place].mean()
        for place in range(overlaps)
    ]
    return float(np.mean(read))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("boxes",),
    formula="mean over labels of the area under precision by recall; right is an IoU of >= 0.5",
    summary="Mean average precision: boxes of each label ranked by confidence, right from an "
    "intersection over union of one half.",
    edge=_EDGES,
    of_row=match,
)
def box_map_50(parts: list[Matches]) -> float:
    """Return the mean average precision at an overlap of 0.5."""
    return _average_precision(parts, 1)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("boxes",),
    formula=(
        "mean over labels, and over t = 0.5, 0.55, …, 0.95, of the area under precision by recall; "
        "right is an IoU of >= t"
    ),
    summary="Mean average precision over ten overlaps from loose to tight, so that the place of "
    "a box matters.",
    edge=_EDGES,
    of_row=match,
)
def box_map(parts: list[Matches]) -> float:
    """Return the mean average precision over the overlaps from 0.5 to 0.95."""
    return _average_precision(parts, len(OVERLAPS))
