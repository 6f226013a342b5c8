"""Metrics of predicted numbers.

Sums are taken of values scaled by the largest, so that huge errors give huge scores, not infinity
or NaN: the caller of the metric bounds what is still too large for a float.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.catalogue import register_metric
from mlesmith_env.metrics.domain import NON_NEGATIVE, NON_ZERO, POSITIVE
from mlesmith_env.metrics.parameter import Parameter
from mlesmith_env.metrics.ranks import average_ranks

Floats = NDArray[np.float64]


def mean_size(values: Floats) -> float:
    """Return the mean of values that are not negative; infinite only where it has to be."""
    largest = float(values.max())
    if largest == 0.0 or math.isinf(largest):
        return largest
    return float(np.mean(values / largest)) * largest


def _correlation(a: Floats, b: Floats) -> float:
    """Return Pearson's correlation, 0 where either is constant."""
    if a.min() == a.max() or b.min() == b.max():
        return 0.0
    x, y = _centred(a), _centred(b)
    return float(x @ y) / math.sqrt(float(x @ x) * float(y @ y))


def _centred(values: Floats) -> Floats:
    """Return the values less their mean, scaled to a largest magnitude of 1."""
    scaled = values / np.abs(values).max()
    offset = scaled - scaled.mean()
    return offset / np.abs(offset).max()


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("number",),
    formula="sqrt(1/n * sum_i (y_i - p_i)^2)",
    summary="The root mean squared error, in the unit of the target; large errors weigh most.",
)
def rmse(truth: Floats, prediction: Floats) -> float:
    """Return the root mean squared error."""
    errors = np.abs(prediction - truth)
    largest = float(errors.max())
    if largest == 0.0 or math.isinf(largest):
        return largest
    return largest * math.sqrt(float(np.mean((errors / largest) ** 2)))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("number",),
    formula="1/n * sum_i |y_i - p_i|",
    summary="The mean absolute error, in the unit of the target.",
)
def mae(truth: Floats, prediction: Floats) -> float:
    """Return the mean absolute error."""
    return mean_size(np.abs(prediction - truth))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("number",),
    formula="median over i of |y_i - p_i|",
    summary="The median absolute error: half of the rows are closer; outliers do not matter.",
)
def median_ae(truth: Floats, prediction: Floats) -> float:
    """Return the median absolute error."""
    return float(np.median(np.abs(prediction - truth)))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("number",),
    formula="sqrt(1/n * sum_i (ln(1 + y_i) - ln(1 + p_i))^2)",
    summary="The root mean squared error of the logarithms: relative errors of amounts and counts.",
    domain=NON_NEGATIVE,
    truth_domain=NON_NEGATIVE,
)
def rmsle(truth: Floats, prediction: Floats) -> float:
    """Return the root mean squared logarithmic error."""
    return rmse(np.log1p(truth), np.log1p(prediction))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("number",),
    formula="1/n * sum_i |y_i - p_i| / |y_i|",
    summary="The mean error relative to the truth; 0.1 is ten per cent.",
    truth_domain=NON_ZERO,
)
def mape(truth: Floats, prediction: Floats) -> float:
    """Return the mean absolute percentage error as a fraction."""
    return mean_size(np.abs(prediction - truth) / np.abs(truth))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("number",),
    objectives=("count", "forecasting", "counting"),
    formula="sum_i |y_i - p_i| / sum_i |y_i|",
    summary="The sum of the absolute errors as a fraction of the sum of the truth.",
    edge="Where the truth is 0 in all rows: 0 for an exact prediction, else the largest float.",
)
def wape(truth: Floats, prediction: Floats) -> float:
    """Return the weighted absolute percentage error as a fraction (Kolassa and Schütz 2007)."""
    errors, sizes = mean_size(np.abs(prediction - truth)), mean_size(np.abs(truth))
    if errors == 0.0:
        return 0.0
    return errors / sizes if sizes > 0.0 else math.inf


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, 2.0),
    kinds=("number",),
    formula="1/n * sum_i 2 |y_i - p_i| / (|y_i| + |p_i|)",
    summary="The mean error relative to the mean size of truth and prediction; 2 at worst.",
    edge="A row where truth and prediction are both 0 counts as 0.",
)
def smape(truth: Floats, prediction: Floats) -> float:
    """Return the symmetric mean absolute percentage error as a fraction (Makridakis 1993)."""
    scale = np.maximum(np.abs(truth), np.abs(prediction))
    scale[scale == 0.0] = 1.0
    y, p = truth / scale, prediction / scale
    size = np.abs(y) + np.abs(p)
    size[size == 0.0] = 1.0
    return float(np.mean(2.0 * np.abs(y - p) / size))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(-math.inf, 1.0),
    kinds=("number",),
    formula="1 - sum_i (y_i - p_i)^2 / sum_i (y_i - mean(y))^2",
    summary="The share of the variance that is explained; 0 is as good as the mean.",
    edge="Where the truth is constant: 1 for an exact prediction, else 0.",
)
def r2(truth: Floats, prediction: Floats) -> float:
    """Return the coefficient of determination."""
    if truth.min() == truth.max():
        return 1.0 if np.array_equal(truth, prediction) else 0.0
    largest = float(np.abs(truth).max())
    offset = truth / largest - float(np.mean(truth / largest))
    spread = float(np.abs(offset).max())
    residual = (prediction / largest - truth / largest) / spread
    total = float(np.sum((offset / spread) ** 2))
    return 1.0 - float(np.sum(residual**2)) / total


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("number",),
    objectives=("regression", "count", "quantile", "forecasting", "counting"),
    formula="1/n * sum_i max(alpha (y_i - p_i), (alpha - 1)(y_i - p_i))",
    summary="The quantile loss: least for the alpha-quantile, so one side of an error costs more.",
    parameters=(Parameter("alpha", 0.5, 0.0, 1.0, "the quantile to predict", open=True),),
)
def pinball(truth: Floats, prediction: Floats, *, alpha: float) -> float:
    """Return the pinball loss (Koenker and Bassett 1978)."""
    below = truth - prediction
    return mean_size(np.maximum(alpha * below, (alpha - 1.0) * below))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("number",),
    formula="2/n * sum_i (y_i ln(y_i / p_i) - y_i + p_i), with 0 ln 0 = 0",
    summary="The deviance of a Poisson model: errors of counts against their expected spread.",
    domain=POSITIVE,
    truth_domain=NON_NEGATIVE,
)
def poisson_deviance(truth: Floats, prediction: Floats) -> float:
    """Return the mean Poisson deviance."""
    # Differences of logarithms: the quotient itself may under- or overflow.
    logs = np.log(np.where(truth > 0, truth, 1.0)) - np.log(prediction)
    terms = np.where(truth > 0, truth * logs, 0.0) + (prediction - truth)
    return 2.0 * mean_size(np.maximum(terms, 0.0))


@register_metric(
    direction="minimize",
    perfect=0.0,
    range=(0.0, math.inf),
    kinds=("number",),
    formula="2/n * sum_i (ln(p_i / y_i) + y_i / p_i - 1)",
    summary="The deviance of a gamma model: relative errors of positive amounts.",
    domain=POSITIVE,
    truth_domain=POSITIVE,
)
def gamma_deviance(truth: Floats, prediction: Floats) -> float:
    """Return the mean gamma deviance."""
    terms = np.log(prediction) - np.log(truth) + truth / prediction - 1.0
    return 2.0 * mean_size(np.maximum(terms, 0.0))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(-1.0, 1.0),
    kinds=("number",),
    formula="Pearson correlation of the ranks of y and p, ties sharing their mean rank",
    summary="Spearman's rank correlation: only the order of the predictions matters.",
    edge="0 where truth or prediction is constant.",
)
def spearman(truth: Floats, prediction: Floats) -> float:
    """Return Spearman's rank correlation (1904)."""
    return _correlation(average_ranks(truth), average_ranks(prediction))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(-1.0, 1.0),
    kinds=("number",),
    formula="sum_i (y_i - mean(y))(p_i - mean(p)) / (n sd(y) sd(p))",
    summary="Pearson's correlation: the scale and offset of the predictions do not matter.",
    edge="0 where truth or prediction is constant.",
)
def pearson(truth: Floats, prediction: Floats) -> float:
    """Return Pearson's correlation."""
    return _correlation(truth, prediction)
