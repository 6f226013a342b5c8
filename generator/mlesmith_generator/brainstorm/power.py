"""How clearly hidden rows would tell a quick model from a trivial one, metric by metric."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.errors import MetricError
from mlesmith_env.manifest import MetricSpec
from mlesmith_env.metrics import Metric, get_metric
from mlesmith_generator.brainstorm.probe import Signal
from mlesmith_generator.brainstorm.target import Target

RESAMPLES = 30
_LARGEST = 1500
_DRAWN = frozenset({"f1", "f1_macro", "mcc", "cohen_kappa", "quadratic_kappa", "balanced_accuracy"})
_BOUND = 99.0


def clarity(
    spec: MetricSpec,
    made: Target,
    signal: Signal,
    hidden: float,
    *,
    groups: NDArray[np.int64] | None = None,
    seed: int = 0,
) -> float:
    """Return by how many standard errors the quick model beats the trivial one on hidden rows.

    The standard error is that of the paired difference over bootstrap samples of as many rows (or
    groups) as will be hidden, drawn from the out-of-fold predictions.

    Args:
        spec: The metric.
        made: What is predicted.
        signal: Out-of-fold predictions of the quick model.
        hidden: How many private rows (or groups) there will be.
        groups: Group of each predicted row, where whole groups are held out.
        seed: Seed of the samples.
    """
    metric = get_metric(spec)
    generator = np.random.default_rng(seed)
    truth, model, trivial = _sides(metric, made, signal, generator)
    size = int(np.clip(hidden, 2, _LARGEST))
    gains = np.empty(RESAMPLES)
    members = _members(groups)
    try:
        for turn in range(RESAMPLES):
            rows = _draw(len(truth), size, members, generator)
            gains[turn] = metric.sign * (
                metric(truth[rows], model[rows]) - metric(truth[rows], trivial[rows])
            )
    except MetricError:
        return 0.0
    spread = float(gains.std(ddof=1))
    mean = float(gains.mean())
    if spread <= 1e-12 * max(1.0, abs(mean)):
        return _BOUND if mean > 0 else 0.0
    return float(min(_BOUND, mean / spread * max(1.0, hidden / size) ** 0.5))


def quick_score(spec: MetricSpec, made: Target, signal: Signal, seed: int = 0) -> float:
    """Return what the quick model scores on the rows that it was not fitted on; NaN if undefined.

    Args:
        spec: The metric.
        made: What is predicted.
        signal: Out-of-fold predictions of the quick model.
        seed: Seed of what is drawn.
    """
    metric = get_metric(spec)
    truth, model, _ = _sides(metric, made, signal, np.random.default_rng(seed))
    try:
        return float(metric(truth, model))
    except MetricError:
        return float("nan")


def _members(groups: NDArray[np.int64] | None) -> list[NDArray[np.int64]] | None:
    if groups is None:
        return None
    order = np.argsort(groups, kind="stable")
    cuts = np.flatnonzero(np.diff(groups[order])) + 1
    return np.split(order, cuts)


def _draw(
    rows: int,
    size: int,
    members: list[NDArray[np.int64]] | None,
    generator: np.random.Generator,
) -> NDArray[np.int64]:
    if members is None:
        return generator.integers(0, rows, size)
    chosen = generator.integers(0, len(members), size)
    return np.concatenate([members[place] for place in chosen])


def _sides(
    metric: Metric, made: Target, signal: Signal, generator: np.random.Generator
) -> tuple[NDArray[np.generic], NDArray[np.generic], NDArray[np.generic]]:
    """Return truth, the quick model's predictions and trivial ones, as the metric takes them."""
    if made.amount:
        return _numbers(metric, signal)
    truth = signal.truth.argmax(axis=1)
    count = signal.truth.shape[1]
    prior = np.bincount(truth, minlength=count) / len(truth)
    chances = np.clip(signal.predicted, 1e-3, None)
    chances = chances / chances.sum(axis=1, keepdims=True)
    if "label" in metric.kinds:
        lift = 0.0 if metric.name == "accuracy" else 0.5
        model = (chances / np.maximum(prior, 1e-9) ** lift).argmax(axis=1)
        trivial = np.full(len(truth), int(prior.argmax()))
        if metric.name == "ordinal_mae":  # The median of a distribution has the least steps.
            model = (chances.cumsum(axis=1) < 0.5).sum(axis=1).clip(max=count - 1)
            trivial = np.full(len(truth), int((prior.cumsum() < 0.5).sum()))
        if metric.name in _DRAWN:
            trivial = generator.permutation(truth)
        return _rare_last(prior, truth, model, trivial) if count == 2 else (truth, model, trivial)
    if count == 2:
        rare = int(prior.argmin())
        return (
            (truth == rare).astype(np.int64),
            chances[:, rare],
            np.full(len(truth), float(prior[rare])),
        )
    return truth, chances, np.repeat(prior[None], len(truth), axis=0)


def _rare_last(
    prior: NDArray[np.float64], *sides: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    rare = int(prior.argmin())
    truth, model, trivial = ((side == rare).astype(np.int64) for side in sides)
    return truth, model, trivial


def _numbers(
    metric: Metric, signal: Signal
) -> tuple[NDArray[np.generic], NDArray[np.generic], NDArray[np.generic]]:
    truth, model = signal.truth[:, 0], signal.predicted[:, 0]
    if metric.name in ("rmse", "r2", "poisson_deviance", "gamma_deviance"):
        centre = float(truth.mean())
    elif metric.name == "rmsle":
        centre = float(np.expm1(np.log1p(np.clip(truth, 0, None)).mean()))
    else:
        centre = float(np.median(truth))
    if not metric.domain.contains(np.zeros(1)).all() or metric.name == "rmsle":
        floor = float(truth[truth > 0].min()) / 2 if (truth > 0).any() else 1e-6
        model = np.clip(model, 0.0 if metric.name == "rmsle" else floor, None)
    elif not metric.domain.contains(-np.ones(1)).all():
        model = np.clip(model, 0.0, None)
    return truth, model, np.full(len(truth), centre)
