"""Metrics of predicted probabilities: how well they rank, and how well they are calibrated."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.errors import MetricError
from mlesmith_env.metrics.catalogue import register_metric
from mlesmith_env.metrics.parameter import Parameter
from mlesmith_env.metrics.ranks import area_under_roc

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]

EPSILON = float(np.finfo(np.float64).eps)
"""Smallest probability whose logarithm is taken, the same as scikit-learn's."""


def _of_truth(truth: Codes, prediction: Floats) -> Floats:
    """Return the probability that was given to the true class, shape (n,)."""
    if prediction.ndim == 2:
        return prediction[np.arange(len(truth)), truth]
    return np.where(truth == 1, prediction, 1.0 - prediction)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("probability",),
    formula="P(p of a positive row > p of a negative row) + 1/2 P(equal)",
    summary="The area under the ROC curve: how well positive rows rank above negative ones.",
    edge="0.5 where all rows are of one class.",
)
def roc_auc(truth: Codes, prediction: Floats) -> float:
    """Return the area under the ROC curve, ties counting half."""
    area = area_under_roc(truth == 1, prediction)
    return 0.5 if area is None else area


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("probabilities",),
    formula="mean over classes c in y of the ROC AUC of p_c for 'is c' against 'is not c'",
    summary="The mean over the classes of the area under their one-against-rest ROC curves.",
    edge="Classes that no row has are left out; 0.5 where all rows are of one class.",
)
def roc_auc_ovr(truth: Codes, prediction: Floats) -> float:
    """Return the macro one-vs-rest area over the classes that occur in the truth."""
    columns = np.ascontiguousarray(prediction.T)
    areas = [area_under_roc(truth == code, columns[code]) for code in np.unique(truth)]
    known = [area for area in areas if area is not None]
    return float(np.mean(known)) if known else 0.5


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("probability",),
    formula="sum over thresholds t, falling, of (recall_t - recall_previous) * precision_t",
    summary="The area under the precision-recall curve, as a step function.",
    edge="0 where no row is positive.",
)
def average_precision(truth: Codes, prediction: Floats) -> float:
    """Return the average precision; rows with equal probabilities share one threshold."""
    order = np.argsort(-prediction)
    ranked, positive = prediction[order], truth[order] == 1
    total = int(np.count_nonzero(positive))
    if not total:
        return 0.0
    last = np.append(np.flatnonzero(ranked[1:] != ranked[:-1]), len(ranked) - 1)
    hits = np.cumsum(positive)[last]
    return float(np.sum(np.diff(hits, prepend=0) * hits / (last + 1)) / total)


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, -math.log(EPSILON)),
    kinds=("probability", "probabilities"),
    formula="-1/n * sum_i ln max(probability of the true class of row i, 2.2e-16)",
    summary="The mean negative log-likelihood of the true classes; sure and wrong costs most.",
)
def log_loss(truth: Codes, prediction: Floats) -> float:
    """Return the cross-entropy in nats."""
    return float(-np.mean(np.log(np.maximum(_of_truth(truth, prediction), EPSILON))))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, 1.0),
    kinds=("probability", "probabilities"),
    formula="binary: 1/n * sum_i (y_i - p_i)^2; else 1/(2n) * sum_i sum_c ([y_i = c] - p_ic)^2",
    summary="The mean squared error of the probabilities, on the same scale for any classes.",
)
def brier(truth: Codes, prediction: Floats) -> float:
    """Return Brier's score (1950), halved for two and more columns so that it ends at 1."""
    if prediction.ndim == 1:
        return float(np.mean((truth - prediction) ** 2))
    of_truth = _of_truth(truth, prediction)
    squares = np.einsum("ij,ij->i", prediction, prediction)
    # (1 - p_true)^2 plus the squares of all the others.
    return float(np.mean((1.0 - of_truth) ** 2 + np.maximum(squares - of_truth**2, 0.0)) / 2)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("probabilities",),
    formula="1/n * sum_i [the true class of row i is among its k most probable]",
    summary="The share of rows whose true class is among the k most probable.",
    edge="Ties at the k-th place count with the chance of a random order.",
    parameters=(Parameter("k", 3, 1, 1000, "how many classes may be named", integer=True),),
)
def top_k_accuracy(truth: Codes, prediction: Floats, *, k: int) -> float:
    """Return the share of rows with the true class in the first k.

    Raises:
        MetricError: With k classes or fewer every prediction would be perfect.
    """
    if k >= prediction.shape[1]:
        raise MetricError(
            f"top_k_accuracy with k={k} makes every prediction of {prediction.shape[1]} classes "
            f"perfect; choose a smaller k"
        )
    own = _of_truth(truth, prediction)[:, None]
    above = np.count_nonzero(prediction > own, axis=1)
    tied = np.count_nonzero(prediction == own, axis=1)
    return float(np.mean(np.clip((k - above) / tied, 0.0, 1.0)))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("probability",),
    formula="(positive rows among the m rows of highest p) / m, with m positive rows in all",
    summary="The share of positive rows among as many top-ranked rows as there are positive ones.",
    edge=(
        "Ties at the m-th place count with the chance of a random order. "
        "0 where no row is positive."
    ),
)
def r_precision(truth: Codes, prediction: Floats) -> float:
    """Return the R-precision (Buckley and Voorhees 2000): precision at the number of positives."""
    positive = truth == 1
    total = int(np.count_nonzero(positive))
    if not total:
        return 0.0
    cut = np.partition(prediction, len(prediction) - total)[len(prediction) - total]
    above, tied = prediction > cut, prediction == cut
    places = total - np.count_nonzero(above)
    share = np.count_nonzero(positive & tied) / np.count_nonzero(tied)
    return float((np.count_nonzero(positive & above) + places * share) / total)


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, 1.0),
    kinds=("probabilities",),
    objectives=("ordinal",),
    formula="1/n * sum_i 1/(k - 1) * sum over c < k of (P_i(class <= c) - [y_i <= c])^2",
    summary="The squared error of the cumulative probabilities of ordered classes: mass costs "
    "more the farther it lies from the truth.",
    edge="Classes stand in the order of the task.",
)
def rps(truth: Codes, prediction: Floats) -> float:
    """Return the ranked probability score (Epstein 1969), divided by the number of steps."""
    told = np.cumsum(prediction[:, :-1], axis=1)
    true = truth[:, None] <= np.arange(told.shape[1])
    return float(np.mean((told - true) ** 2))
