"""Metrics of several labels that may hold at once.

The truth is 0 or 1, or NaN where it is not known: such cells are left out everywhere.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.catalogue import register_metric
from mlesmith_env.metrics.probabilities import EPSILON, average_precision
from mlesmith_env.metrics.ranks import area_under_roc

Floats = NDArray[np.float64]
THRESHOLD = 0.5
"""Probability from which on a label counts as predicted."""


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("multilabel",),
    formula="mean over labels j of P(p_j of a row with j > p_j of a row without) + 1/2 P(equal)",
    summary="The area under the ROC curve of each label, averaged over the labels.",
    edge="Labels that all scored rows have, or none, are left out; 0.5 where no label remains.",
)
def multilabel_roc_auc(truth: Floats, prediction: Floats) -> float:
    """Return the macro average of the areas."""
    areas: list[float] = []
    for y, p in zip(truth.T, prediction.T, strict=True):
        known = ~np.isnan(y)
        area = area_under_roc(y[known] == 1, p[known])
        if area is not None:
            areas.append(area)
    return float(np.mean(areas)) if areas else 0.5


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("multilabel",),
    formula=(
        "sum over thresholds t, falling, of (recall_t - recall_previous) * precision_t, "
        "over all rows and labels together"
    ),
    summary="The area under the precision-recall curve of all cells of all labels together.",
    edge="0 where no cell is positive.",
)
def multilabel_average_precision(truth: Floats, prediction: Floats) -> float:
    """Return the micro average precision; cells with equal probabilities share a threshold."""
    known = ~np.isnan(truth)
    if not known.any():
        return 0.0
    return average_precision(truth[known].astype(np.int64), prediction[known])


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, -math.log(EPSILON)),
    kinds=("multilabel",),
    formula="-mean over rows i and labels j of ln max(p_ij if y_ij = 1 else 1 - p_ij, 2.2e-16)",
    summary="The mean negative log-likelihood of all labels, each by itself.",
    edge="0 where no cell is known.",
)
def multilabel_log_loss(truth: Floats, prediction: Floats) -> float:
    """Return the binary cross-entropy over the known cells, in nats."""
    known = ~np.isnan(truth)
    if not known.any():
        return 0.0
    y, p = truth[known], prediction[known]
    return float(-np.mean(np.log(np.maximum(np.where(y == 1, p, 1.0 - p), EPSILON))))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("multilabel",),
    formula=(
        "1/n * sum_i mean over labels j of row i of "
        "(labels of i with p >= p_ij) / (labels at all with p >= p_ij)"
    ),
    summary="For each label that a row has, the share of true ones among all ranked no lower.",
    edge="A row that has every known label, or none, counts 1.",
)
def label_ranking_average_precision(truth: Floats, prediction: Floats) -> float:
    """Return the label ranking average precision (Schapire and Singer 2000)."""
    known = ~np.isnan(truth)
    order = np.argsort(np.where(known, -prediction, np.inf), axis=1, kind="stable")
    scores = np.take_along_axis(prediction, order, axis=1)
    hits = np.take_along_axis(truth == 1, order, axis=1)
    seen = np.take_along_axis(known, order, axis=1)
    last = np.ones(scores.shape, dtype=bool)
    last[:, :-1] = (scores[:, 1:] != scores[:, :-1]) | ~seen[:, 1:]
    places = np.where(last, np.arange(scores.shape[1]), scores.shape[1])
    # Labels of equal probability share the rank of the last of them.
    ends = np.minimum.accumulate(places[:, ::-1], axis=1)[:, ::-1]
    found = np.take_along_axis(np.cumsum(hits, axis=1), ends, axis=1)
    total = hits.sum(axis=1)
    sums = np.where(hits, found / (ends + 1), 0.0).sum(axis=1)
    decided = (total > 0) & (total < known.sum(axis=1))
    return float(np.mean(np.where(decided, sums / np.maximum(total, 1), 1.0)))


def _counts(truth: Floats, prediction: Floats) -> tuple[Floats, Floats]:
    """Return the hits of each label, and how often it is true plus how often predicted, (k,)."""
    true, told = truth == 1, (prediction >= THRESHOLD) & ~np.isnan(truth)
    hits = np.count_nonzero(true & told, axis=0)
    total = np.count_nonzero(true, axis=0) + np.count_nonzero(told, axis=0)
    return hits.astype(np.float64), total.astype(np.float64)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("multilabel",),
    formula="2 TP / (2 TP + FP + FN) over all rows and labels; a label with p >= 0.5 is predicted",
    summary="F1 of all cells of all labels together, at a probability of one half.",
    edge="0 where no cell is positive, in truth or prediction.",
)
def multilabel_f1_micro(truth: Floats, prediction: Floats) -> float:
    """Return the micro F1 at the threshold 0.5."""
    hits, total = _counts(truth, prediction)
    return float(2.0 * hits.sum() / total.sum()) if total.any() else 0.0


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("multilabel",),
    formula="mean over labels of 2 TP / (2 TP + FP + FN); a label with p >= 0.5 is predicted",
    summary="The F1 of each label at a probability of one half, averaged: rare labels count fully.",
    edge="A label that is nowhere true nor predicted is left out; 0 where none remains.",
)
def multilabel_f1_macro(truth: Floats, prediction: Floats) -> float:
    """Return the macro F1 at the threshold 0.5."""
    hits, total = _counts(truth, prediction)
    there = total > 0
    return float(np.mean(2.0 * hits[there] / total[there])) if there.any() else 0.0
