"""Which metric fits a target, and shows on the hidden rows what a model has learnt."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import MetricSpec
from mlesmith_generator.brainstorm.positives import positive_last
from mlesmith_generator.brainstorm.power import clarity, quick_score
from mlesmith_generator.brainstorm.probe import Signal
from mlesmith_generator.brainstorm.rarest import ENOUGH, HANDFUL, SQUARED, allowed
from mlesmith_generator.brainstorm.target import Target

COMFORT = 6.0
"""Standard errors at which a metric is taken without looking for a clearer one."""
_ORDERS = frozenset({"roc_auc", "roc_auc_ovr", "average_precision"})
_SATURATED = 0.99
"""Score of a quick model from which a metric of the order of rows tells models apart no more."""
_EVEN = 0.8
"""Share of the commonest class up to which a mean F1 by rows is not all of its making."""
_OF_BOTH = {"average_precision": "log_loss", "f1": "brier"}
"""Metrics of how well positives are found, and what is asked where those are the usual case."""
_HEAVY = 5.0
"""How many times the median the last hundredth of counts begins, where squares are not taken."""
_WIDE = 1.5
"""How many times its least an amount may be before a share of itself is another measure than it."""


def choose_metric(
    dataset: str,
    made: Target,
    signal: Signal,
    hidden: float,
    groups: NDArray[np.int64] | None = None,
    rarest: float = ENOUGH,
    few: float = 0.0,
    seed: int = 0,
) -> tuple[MetricSpec, float]:
    """Return a metric and by how many standard errors the hidden rows will show a quick model.

    The metric fits the target's kind, balance and tail. Among those that fit, the choice varies
    from target to target but is the same every time; it falls on the clearest where the hidden
    rows are too few for the others. Classes count alike only where the rarest has private rows
    enough, and squares on a scale only where no handful of rows at its ends decides them.

    Args:
        dataset: Slug of the dataset.
        made: What is predicted.
        signal: What quick models reached on it.
        hidden: Number of private rows, or groups.
        groups: Group of each row that the signal was measured on, where groups are held out.
        rarest: Private rows to be expected of the rarest class.
        few: Share of a scale's spread that its classes of a few private rows hold, see `handful`.
        seed: Seed of the bootstrap.
    """
    options = _unsaturated(_options(made, rarest, few), made, signal, seed)
    mark = hashlib.sha256(f"{dataset}/{made.target}/{made.kind}".encode()).digest()[0]
    start = mark % len(options)
    best, clearest = options[0], -1.0
    for spec in dict.fromkeys((*options[start:], *options[:start])):
        errors = clarity(MetricSpec(name=spec), made, signal, hidden, groups=groups, seed=seed)
        if errors >= COMFORT:
            return _spec(spec), errors
        if errors > clearest:
            best, clearest = spec, errors
    return _spec(best), clearest


def _unsaturated(
    options: tuple[str, ...], made: Target, signal: Signal, seed: int
) -> tuple[str, ...]:
    """Return the metrics that leave room above a quick model, or all where none does.

    An order of rows is perfect long before the answers are: where a quick model has nearly the
    right order, good and better models look the same.
    """
    room = tuple(
        name
        for name in options
        if name not in _ORDERS or not quick_score(_spec(name), made, signal, seed) >= _SATURATED
    )
    return room or options


def _spec(name: str) -> MetricSpec:
    return MetricSpec(name=name)


def _options(made: Target, rarest: float, few: float = 0.0) -> tuple[str, ...]:
    good = made.truth[np.isfinite(made.truth)]
    if made.amount:
        return _for_counts(good) if made.objective == "count" else _for_numbers(good)
    if made.objective == "anomaly":
        return ("average_precision", "roc_auc", "average_precision")
    shares = np.bincount(good.astype(np.int64), minlength=len(made.classes)) / len(good)
    if len(made.classes) == 2:
        rare = float(shares.min())
        if rare < 0.1:
            return _for_positives(("roc_auc", "average_precision"), _positive(made, shares))
        if rare < 0.3:
            found = ("roc_auc", "average_precision", "log_loss", "mcc", "f1")
            return _for_positives(found, _positive(made, shares))
        even = ("roc_auc", "log_loss", "accuracy", "balanced_accuracy", "mcc", "brier")
        return allowed(even, rarest)
    if made.ordered:
        near = ("ordinal_mae", "rps")
        return (*near, "log_loss") if few >= HANDFUL else (SQUARED, *near, SQUARED, "log_loss")
    uneven = shares.max() > 0.6 or shares.min() < 0.03
    if len(shares) > 8:
        return ("log_loss", "accuracy", "f1_weighted", "top_k_accuracy")
    if not uneven:
        even = ("accuracy", "f1_macro", "log_loss", "balanced_accuracy", "cohen_kappa")
        return allowed((*even, "roc_auc_ovr"), rarest)
    if rarest >= ENOUGH:
        return ("f1_macro", "balanced_accuracy", "log_loss", "roc_auc_ovr")
    # By rows: the rarest classes count for as little as there is of them.
    return ("log_loss", "cohen_kappa", *(("f1_weighted",) if shares.max() <= _EVEN else ()))


def _positive(made: Target, shares: NDArray[np.float64]) -> float:
    """Return the share of the positive one of two classes."""
    by_label = dict(zip(made.classes, shares.tolist(), strict=True))
    return by_label[made.classes[1] if made.kind == "one class" else positive_last(by_label)[1]]


def _for_positives(options: tuple[str, ...], share: float) -> tuple[str, ...]:
    """Return metrics of two classes that fit the share of the positive one.

    Whether positives are found is a question where they are few; where most rows are positive, a
    program that knows nothing finds all of them.
    """
    return options if share < 0.5 else tuple(_OF_BOTH.get(name, name) for name in options)


def _for_counts(good: NDArray[np.float64]) -> tuple[str, ...]:
    high, middle = float(np.quantile(good, 0.99)), float(np.median(good))
    if high > 20 * max(middle, 1.0):
        return ("rmsle", "mae", "wape", "spearman")
    if high > _HEAVY * max(middle, 1.0):  # Squares of a few large counts hide what was learnt.
        return ("poisson_deviance", "mae", "rmsle", "wape")
    return ("poisson_deviance", "mae", "rmsle", "wape", "poisson_deviance", "rmse")


def _for_numbers(good: NDArray[np.float64]) -> tuple[str, ...]:
    low, middle, high = (float(edge) for edge in np.quantile(good, (0.01, 0.5, 0.99)))
    tail = (high - middle) / max(middle - low, 1e-12)
    if good.min() >= 0 and tail > 5 and high > 0:
        if good.min() > 0:
            return ("rmsle", "mae", "gamma_deviance", "spearman")
        return ("rmsle", "mae", "spearman")
    if tail > 5 or tail < 0.2:
        return ("mae", "spearman", "rmse")
    if good.min() > 0 and _WIDE * low < high < 20 * low:
        return ("rmse", "mae", "r2", "mape", "rmse")
    return ("rmse", "mae", "r2", "rmse")
