"""Which metric fits a target."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import MetricSpec
from mlesmith_generator.brainstorm.formulation import Formulation


def choose_metric(dataset: str, made: Formulation) -> MetricSpec:
    """Return a metric that fits the target's kind, balance and tail; the same one every time."""
    options = _options(made)
    mark = hashlib.sha256(f"{dataset}/{made.target}/{made.kind}".encode()).digest()
    return MetricSpec(name=options[mark[0] % len(options)])


def _options(made: Formulation) -> tuple[str, ...]:
    good = made.truth[np.isfinite(made.truth)]
    if made.objective == "regression":
        return _for_numbers(good)
    shares = np.bincount(good.astype(np.int64), minlength=len(made.classes)) / len(good)
    if made.objective == "binary":
        rare = float(shares.min())
        if rare < 0.1:
            return ("roc_auc", "average_precision")
        if rare < 0.3:
            return ("roc_auc", "average_precision", "log_loss")
        return ("roc_auc", "log_loss", "accuracy", "balanced_accuracy", "mcc", "brier")
    if made.ordered:
        return ("quadratic_kappa", "quadratic_kappa", "log_loss", "f1_macro")
    if shares.max() > 0.6 or shares.min() < 0.03:
        return ("f1_macro", "balanced_accuracy", "log_loss")
    return ("accuracy", "f1_macro", "log_loss", "balanced_accuracy", "cohen_kappa")


def _for_numbers(good: NDArray[np.float64]) -> tuple[str, ...]:
    low, middle, high = (float(edge) for edge in np.quantile(good, (0.01, 0.5, 0.99)))
    tail = (high - middle) / max(middle - low, 1e-12)
    if good.min() >= 0 and tail > 5 and high > 0:
        return ("rmsle", "mae") if middle > 0 else ("mae", "rmsle")
    if tail > 5 or tail < 0.2:
        return ("mae", "spearman")
    return ("rmse", "mae", "r2", "rmse")
