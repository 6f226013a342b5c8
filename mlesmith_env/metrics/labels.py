"""Metrics of predicted classes, all from the confusion matrix.

Classes are codes; for the binary metrics code 1 is the positive class. A class that stands neither
in the truth nor in the prediction counts nowhere, as in scikit-learn.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.catalogue import register_metric
from mlesmith_env.metrics.parameter import Parameter

Codes = NDArray[np.int64]
Floats = NDArray[np.float64]


def confusion(truth: Codes, prediction: Codes) -> Floats:
    """Return the (k, k) counts, true class by predicted class; k is the largest code plus one."""
    k = int(max(truth.max(), prediction.max())) + 1
    counts = np.bincount(truth * k + prediction, minlength=k * k)
    return counts.reshape(k, k).astype(np.float64)


def _ratio(numerator: Floats, denominator: Floats) -> Floats:
    """Return the quotient, 0 where the denominator is 0."""
    return np.divide(numerator, denominator, out=np.zeros_like(denominator), where=denominator != 0)


def _f_by_class(counts: Floats, beta: float = 1.0) -> Floats:
    """Return F-beta of each class in the confusion matrix, shape (k,)."""
    hits, true, predicted = np.diag(counts), counts.sum(axis=1), counts.sum(axis=0)
    return _ratio((1 + beta**2) * hits, beta**2 * true + predicted)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("label",),
    formula="1/n * sum_i [y_i = p_i]",
    summary="The share of rows whose class is right.",
)
def accuracy(truth: Codes, prediction: Codes) -> float:
    """Return the share of equal codes."""
    return float(np.mean(truth == prediction))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("label",),
    formula="mean over classes c in y of (rows of c predicted as c) / (rows of c)",
    summary="The mean over the classes of the share of their rows that is found (recall).",
)
def balanced_accuracy(truth: Codes, prediction: Codes) -> float:
    """Return the mean recall over the classes that occur in the truth."""
    counts = confusion(truth, prediction)
    true = counts.sum(axis=1)
    return float(np.mean(np.diag(counts)[true > 0] / true[true > 0]))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("label",),
    objectives=("binary", "anomaly"),
    formula="2 TP / (2 TP + FP + FN)",
    summary="The harmonic mean of precision and recall of the positive (second) class.",
    edge="0 where the positive class is neither true nor predicted anywhere.",
)
def f1(truth: Codes, prediction: Codes) -> float:
    """Return F1 of code 1."""
    return fbeta(truth, prediction, beta=1.0)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("label",),
    objectives=("binary", "anomaly"),
    formula="(1 + beta^2) TP / ((1 + beta^2) TP + FP + beta^2 FN)",
    summary="F1 with recall weighted beta times as much as precision.",
    edge="0 where the positive class is neither true nor predicted anywhere.",
    parameters=(
        Parameter("beta", 2.0, 0.0, 10.0, "weight of recall against precision", open=True),
    ),
)
def fbeta(truth: Codes, prediction: Codes, *, beta: float) -> float:
    """Return F-beta of code 1."""
    true, predicted = truth == 1, prediction == 1
    hits = float(np.count_nonzero(true & predicted))
    total = beta**2 * np.count_nonzero(true) + np.count_nonzero(predicted)
    return (1 + beta**2) * hits / float(total) if total else 0.0


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("label",),
    formula="mean over classes c in y or p of 2 TP_c / (2 TP_c + FP_c + FN_c)",
    summary="The plain mean of the F1 of every class, so that rare classes count fully.",
)
def f1_macro(truth: Codes, prediction: Codes) -> float:
    """Return the mean F1 over the classes that occur in truth or prediction."""
    counts = confusion(truth, prediction)
    present = (counts.sum(axis=0) + counts.sum(axis=1)) > 0
    return float(np.mean(_f_by_class(counts)[present]))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("label",),
    formula="sum over classes c of (rows of c / n) * 2 TP_c / (2 TP_c + FP_c + FN_c)",
    summary="The mean of the F1 of every class, weighted by its number of rows.",
)
def f1_weighted(truth: Codes, prediction: Codes) -> float:
    """Return the mean F1 weighted by how often each class is true."""
    counts = confusion(truth, prediction)
    return float(np.average(_f_by_class(counts), weights=counts.sum(axis=1)))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(-1.0, 1.0),
    kinds=("label",),
    formula=(
        "(n * hits - sum_c t_c q_c) / sqrt((n^2 - sum_c t_c^2)(n^2 - sum_c q_c^2)), "
        "with t_c and q_c the rows of class c in y and in p"
    ),
    summary="Matthews correlation between true and predicted classes; 0 is no better than chance.",
    edge="0 where truth or prediction holds one class only.",
)
def mcc(truth: Codes, prediction: Codes) -> float:
    """Return Matthews' correlation in Gorodkin's form for any number of classes (2004)."""
    counts = confusion(truth, prediction) / len(truth)
    true, predicted = counts.sum(axis=1), counts.sum(axis=0)
    if np.count_nonzero(true) < 2 or np.count_nonzero(predicted) < 2:
        return 0.0
    covariance = np.trace(counts) - true @ predicted
    return float(covariance / np.sqrt((1 - true @ true) * (1 - predicted @ predicted)))


def _kappa(truth: Codes, prediction: Codes, power: int) -> float:
    """Return 1 - observed / expected disagreement, weighted by distance to the power; 0 for 0/0."""
    counts = confusion(truth, prediction) / len(truth)
    codes = np.arange(len(counts), dtype=np.float64)
    weights = np.abs(codes[:, None] - codes[None, :]) ** power if power else 1 - np.eye(len(counts))
    expected = float(np.sum(weights * np.outer(counts.sum(axis=1), counts.sum(axis=0))))
    return 1.0 - float(np.sum(weights * counts)) / expected if expected > 0 else 0.0


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(-1.0, 1.0),
    kinds=("label",),
    formula="1 - (share of rows that disagree) / (share expected by chance from the marginals)",
    summary="Cohen's kappa: agreement beyond chance; 0 is chance.",
    edge="0 where truth and prediction hold one and the same class only.",
)
def cohen_kappa(truth: Codes, prediction: Codes) -> float:
    """Return Cohen's kappa (1960)."""
    return _kappa(truth, prediction, 0)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(-1.0, 1.0),
    kinds=("label",),
    formula="1 - sum_ij w_ij O_ij / sum_ij w_ij E_ij, with w_ij = (i - j)^2 over class positions",
    summary="Kappa for ordered classes: a miss costs the square of its distance in class order.",
    edge=(
        "Classes stand in the order of the task, those that no row has included. "
        "0 where truth and prediction hold one and the same class only."
    ),
)
def quadratic_kappa(truth: Codes, prediction: Codes) -> float:
    """Return Cohen's kappa with quadratic weights (1968); the class order is that of the codes."""
    return _kappa(truth, prediction, 2)


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("label",),
    objectives=("ordinal",),
    formula="1/n * sum_i |position of y_i - position of p_i| in the order of the classes",
    summary="By how many steps on the scale of the classes a row is missed on average.",
    edge="Classes stand in the order of the task.",
)
def ordinal_mae(truth: Codes, prediction: Codes) -> float:
    """Return the mean absolute difference of codes (Baccianella et al. 2009, without macro)."""
    return float(np.mean(np.abs(truth - prediction)))
