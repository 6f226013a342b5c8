"""Quick cross-validated models: is a target learnable, and would hidden rows show it?

Two models, extremely randomised trees and a ridge regression, predict either the value or the
indicators of the classes; the better of the two or their mean counts. They see at most a thousand
rows, so they are a lower bound of what a competitor reaches.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.features import MAX_FEATURES, Features

Encoded = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Features of the training rows and of the test rows."""

ROWS = 1000
"""Rows of a first look."""
MORE_ROWS = 4000
"""Rows of a second look at a likely target that showed little."""
_LARGEST = 1e30
_TREES = 10
_INNER = 2
_PLAIN = 3.0
"""How many times the clarity asked for lets the ridge regression do without the trees."""


@dataclass(frozen=True)
class Signal:
    """What the quick models reached.

    Attributes:
        skill: Share of the trivial model's squared error that they took away, out of fold; at
            most 1, below 0 where they were worse.
        clarity: The gain in standard errors that one row (or one group) shows on average: times
            the square root of the number of hidden rows or groups it says by how many standard
            errors they will show the gain.
        predicted: Out-of-fold predictions in the target's units, shape (rows, 1), or indicators
            of the classes, shape (rows, classes).
        truth: What was predicted, the same shape.
        rows: Which of the rows were predicted, shape (all rows,).
    """

    skill: float
    clarity: float
    predicted: NDArray[np.float64]
    truth: NDArray[np.float64]
    rows: NDArray[np.bool_]

    def errors_of(self, units: float) -> float:
        """Return the gain in standard errors that so many hidden rows or groups would show."""
        return self.clarity * max(units, 1.0) ** 0.5


def measure(
    truth: NDArray[np.float64],
    classes: int,
    features: Features,
    folds: NDArray[np.int64],
    *,
    units: NDArray[np.int64] | None = None,
    wanted: float = 0.0,
    seed: int = 0,
) -> Signal:
    """Cross-validate quick models.

    Args:
        truth: Class numbers or values, shape (rows,), all finite.
        classes: Number of classes, 0 for regression.
        features: Features of the same rows.
        folds: Fold of every row; a row of fold -1 is never predicted, only learnt from.
        units: Group of every row where gains within a group are not independent.
        wanted: Clarity that is asked for; where the ridge regression alone shows several times as
            much, the trees are left out.
        seed: Seed of the trees.
    """
    target = _indicators(truth, classes) if classes else Scale.of(truth).learn(truth)[:, None]
    base, lines, trees = (np.zeros_like(target) for _ in range(3))
    parts: list[tuple[NDArray[np.bool_], NDArray[np.bool_], Encoded]] = []
    for fold in range(int(folds.max()) + 1):
        test = folds == fold
        train = ~test if folds.min() >= 0 else folds < fold
        if not test.any() or train.sum() < 10:
            continue
        base[test] = target[train].mean(axis=0)
        inside, outside = _encode(features, target, train, test, seed)
        # Trees keep numbers in 32 bits; codes such as `12e300` read as larger ones.
        encoded = np.clip(inside, -_LARGEST, _LARGEST), np.clip(outside, -_LARGEST, _LARGEST)
        lines[test] = _ridge(encoded[0], target[train], encoded[1])
        parts.append((train, test, encoded))
    seen = folds >= 0
    groups = None if units is None else units[seen]
    first = _signal(target, base, lines, seen, groups)
    if wanted > 0 and first.clarity > _PLAIN * wanted and first.skill > 0.05:
        return _restored(first, truth, classes, seen)
    for train, test, (inside, outside) in parts:
        trees[test] = _forest(inside, target[train], outside, seed)
    others = (trees, (trees + lines) / 2)
    found = [first, *(_signal(target, base, guess, seen, groups) for guess in others)]
    return _restored(max(found, key=lambda signal: signal.skill), truth, classes, seen)


def _restored(
    signal: Signal, truth: NDArray[np.float64], classes: int, seen: NDArray[np.bool_]
) -> Signal:
    if classes:
        return signal
    predicted = Scale.of(truth).restore(signal.predicted)
    return replace(signal, predicted=predicted, truth=truth[seen][:, None])


def _signal(
    target: NDArray[np.float64],
    base: NDArray[np.float64],
    guess: NDArray[np.float64],
    seen: NDArray[np.bool_],
    groups: NDArray[np.int64] | None,
) -> Signal:
    target, base, guess = target[seen], base[seen], guess[seen]
    gain = ((target - base) ** 2 - (target - guess) ** 2).sum(axis=1)
    lost = float(((target - base) ** 2).sum(axis=1).mean())
    mean = float(gain.mean())
    spread = float(gain.std()) or 1.0
    clarity = mean / spread
    if groups is not None:
        _, place = np.unique(groups, return_inverse=True)
        count = np.bincount(place)
        sums = np.bincount(place, weights=gain - mean)
        clarity = mean * count.mean() / (float(sums.std()) or 1.0)
    return Signal(mean / lost if lost > 0 else 0.0, clarity, guess, target, seen)


def _indicators(truth: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    return np.eye(classes)[truth.astype(np.int64)]


@dataclass(frozen=True)
class Scale:
    """The scale on which numbers are learnt: standardised, logged where the tail is long.

    Attributes:
        unit: Divisor under the logarithm, 0 where there is none.
        low: Smallest scaled value, below which values are clipped.
        high: Largest one.
        centre: Mean after clipping.
        spread: Standard deviation after clipping.
    """

    unit: float
    low: float
    high: float
    centre: float
    spread: float

    @classmethod
    def of(cls, truth: NDArray[np.float64]) -> Scale:
        """Return the scale that suits the values."""
        low, middle, high = np.quantile(truth, (0.01, 0.5, 0.99))
        tailed = truth.min() >= 0 and high > 0 and (high - middle) > 5 * max(middle - low, 1e-12)
        unit = float(max(middle, high * 1e-3)) if tailed else 0.0
        values = np.log1p(truth / unit) if unit else truth
        bottom, top = (float(edge) for edge in np.quantile(values, (0.005, 0.995)))
        values = np.clip(values, bottom, top)
        return cls(unit, bottom, top, float(values.mean()), float(values.std()) or 1.0)

    def learn(self, truth: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the values as they are learnt, shape (rows,)."""
        values = np.log1p(truth / self.unit) if self.unit else truth
        return (np.clip(values, self.low, self.high) - self.centre) / self.spread

    def restore(self, learnt: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return predictions in the units of the target."""
        values = np.clip(learnt * self.spread + self.centre, self.low, self.high)
        return np.expm1(values) * self.unit if self.unit else values


def _encode(
    features: Features,
    target: NDArray[np.float64],
    train: NDArray[np.bool_],
    test: NDArray[np.bool_],
    seed: int,
) -> Encoded:
    """Return the features of training and test rows, levels replaced by mean targets of others."""
    inside, outside = [features.amounts[train]], [features.amounts[test]]
    shown = target[:, np.argsort(-target[train].mean(axis=0))[:3]]
    half = np.random.default_rng(seed).integers(0, _INNER, size=len(target))
    for place in range(features.levels.shape[1]):
        levels, size = features.levels[:, place], int(features.sizes[place])
        told = np.zeros((len(target), shown.shape[1]))
        for part in range(_INNER):
            told[train & (half == part)] = _means(
                levels, shown, train & (half != part), levels[train & (half == part)], size
            )
        told[test] = _means(levels, shown, train, levels[test], size)
        plain = levels[:, None] == np.arange(min(size, 6 if size > 2 else 1))
        both = np.concatenate([told, plain], axis=1)
        inside.append(both[train])
        outside.append(both[test])
    first, second = np.concatenate(inside, axis=1), np.concatenate(outside, axis=1)
    keep = _strongest(first, shown[train])
    return first[:, keep], second[:, keep]


def _strongest(matrix: NDArray[np.float64], target: NDArray[np.float64]) -> NDArray[np.int64]:
    if matrix.shape[1] <= MAX_FEATURES:
        return np.arange(matrix.shape[1])
    centred = matrix - matrix.mean(axis=0)
    norm = np.sqrt((centred**2).sum(axis=0)) + 1e-12
    goal = target - target.mean(axis=0)
    close = np.abs(goal.T @ centred / norm).max(axis=0)
    return np.sort(np.argsort(-close)[:MAX_FEATURES])


def _means(
    levels: NDArray[np.int64],
    target: NDArray[np.float64],
    known: NDArray[np.bool_],
    asked: NDArray[np.int64],
    size: int,
) -> NDArray[np.float64]:
    """Return the mean target by level over the known rows, drawn to the overall mean where few."""
    count = np.bincount(levels[known], minlength=size)[:, None]
    total = np.stack(
        [np.bincount(levels[known], weights=column, minlength=size) for column in target[known].T],
        axis=1,
    )
    overall = target[known].mean(axis=0) if known.any() else np.zeros(target.shape[1])
    return ((total + 4 * overall) / (count + 4))[asked]


def _forest(
    inside: NDArray[np.float64],
    target: NDArray[np.float64],
    outside: NDArray[np.float64],
    seed: int,
) -> NDArray[np.float64]:
    from sklearn.tree import ExtraTreeRegressor

    if not inside.shape[1]:
        return np.repeat(target.mean(axis=0)[None], len(outside), axis=0)
    left, right = inside.astype(np.float32), outside.astype(np.float32)
    total = np.zeros((len(outside), target.shape[1]))
    for tree in range(_TREES):
        model = ExtraTreeRegressor(
            min_samples_leaf=4, max_depth=9, max_features=0.5, random_state=seed * _TREES + tree
        )
        total += np.asarray(model.fit(left, target).predict(right)).reshape(total.shape)
    return total / _TREES


def _ridge(
    inside: NDArray[np.float64], target: NDArray[np.float64], outside: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Ridge regression on standardised, clipped features: (X'X + lambda I) w = X'y."""
    centre, spread = inside.mean(axis=0), inside.std(axis=0)
    keep = spread > 1e-12
    if not keep.any():
        return np.repeat(target.mean(axis=0)[None], len(outside), axis=0)
    left = np.clip((inside[:, keep] - centre[keep]) / spread[keep], -4, 4)
    right = np.clip((outside[:, keep] - centre[keep]) / spread[keep], -4, 4)
    mean = target.mean(axis=0)
    weight = 0.02 * len(left) + left.shape[1]
    square = left.T @ left + weight * np.eye(left.shape[1])
    return right @ np.linalg.solve(square, left.T @ (target - mean)) + mean
