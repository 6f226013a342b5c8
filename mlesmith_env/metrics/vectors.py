"""Metrics of several numbers a row: several targets at once, or the ends of an interval."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.catalogue import register_metric
from mlesmith_env.metrics.numbers import mae, mean_size, r2, rmse
from mlesmith_env.metrics.parameter import Parameter

Floats = NDArray[np.float64]


def _by_column(metric: Callable[[Floats, Floats], float], truth: Floats, told: Floats) -> Floats:
    """Return the score of each target, shape (k,)."""
    columns = zip(np.ascontiguousarray(truth.T), np.ascontiguousarray(told.T), strict=True)
    return np.array([metric(y, p) for y, p in columns])


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("numbers",),
    formula="1/k * sum over targets j of sqrt(1/n * sum_i (y_ij - p_ij)^2)",
    summary="The root mean squared error of each target, averaged over the targets.",
    edge="Targets are not scaled: one of large numbers weighs more.",
)
def mcrmse(truth: Floats, prediction: Floats) -> float:
    """Return the mean column-wise root mean squared error."""
    return mean_size(_by_column(rmse, truth, prediction))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("numbers",),
    formula="1/k * sum over targets j of 1/n * sum_i |y_ij - p_ij|",
    summary="The mean absolute error of each target, averaged over the targets.",
    edge="Targets are not scaled: one of large numbers weighs more.",
)
def mcmae(truth: Floats, prediction: Floats) -> float:
    """Return the mean column-wise absolute error."""
    return mean_size(_by_column(mae, truth, prediction))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(-math.inf, 1.0),
    kinds=("numbers",),
    formula="1/k * sum over targets j of 1 - sum_i (y_ij - p_ij)^2 / sum_i (y_ij - mean(y_j))^2",
    summary="The explained share of the variance of each target, averaged: every target weighs "
    "the same, whatever its scale.",
    edge="A target that is constant in the truth counts 1 for an exact prediction, else 0.",
)
def mean_r2(truth: Floats, prediction: Floats) -> float:
    """Return the plain mean of the coefficients of determination."""
    return float(np.mean(_by_column(r2, truth, prediction)))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("interval",),
    formula=(
        "1/n * sum_i (u_i - l_i) + 2/alpha max(l_i - y_i, 0) + 2/alpha max(y_i - u_i, 0), "
        "with l and u the ends of the interval"
    ),
    summary="The mean width of the intervals, and for each truth outside a fine that grows with "
    "its distance.",
    parameters=(
        Parameter("alpha", 0.2, 0.0, 1.0, "the share of rows that may lie outside", open=True),
    ),
)
def interval_score(truth: Floats, prediction: Floats, *, alpha: float) -> float:
    """Return the interval score of Winkler (1972; Gneiting and Raftery 2007, equation 43).

    It is least in expectation for the quantiles alpha/2 and 1 - alpha/2.
    """
    lower, upper = prediction.T
    outside = np.maximum(lower - truth, 0.0) + np.maximum(truth - upper, 0.0)
    return mean_size((upper - lower) + 2.0 / alpha * outside)
