"""Quick cross-validated models: is a target learnable, and would hidden rows show it?

Two models, extremely randomised trees and a ridge regression, predict either the value or the
indicators of the classes; the better of the two or their mean counts. They see at most a thousand
rows, so they are a lower bound of what a competitor reaches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.features import MAX_FEATURES, Features

ROWS = 1000
_TREES = 24
_INNER = 2


@dataclass(frozen=True)
class Signal:
    """What the quick models reached.

    Attributes:
        skill: Share of the trivial model's squared error that they took away, out of fold; at
            most 1, below 0 where they were worse.
        clarity: The gain a row in standard errors for one row: times the square root of the
            number of hidden rows it says by how many standard errors they will show the gain.
        predicted: Out-of-fold predictions, shape (rows, 1) or (rows, classes).
        truth: What was predicted, the same shape.
    """

    skill: float
    clarity: float
    predicted: NDArray[np.float64]
    truth: NDArray[np.float64]

    def errors_of(self, rows: int) -> float:
        """Return the gain in standard errors that so many hidden rows would show."""
        return self.clarity * rows**0.5


def measure(
    truth: NDArray[np.float64],
    classes: int,
    features: Features,
    folds: NDArray[np.int64],
    *,
    seed: int = 0,
) -> Signal:
    """Cross-validate quick models.

    Args:
        truth: Class numbers or values, shape (rows,), all finite.
        classes: Number of classes, 0 for regression.
        features: Features of the same rows.
        folds: Fold of every row; a row of fold -1 is never predicted, only learnt from.
        seed: Seed of the trees.
    """
    target = _indicators(truth, classes) if classes else _tamed(truth)[:, None]
    base = np.zeros_like(target)
    trees = np.zeros_like(target)
    lines = np.zeros_like(target)
    for fold in range(int(folds.max()) + 1):
        test = folds == fold
        train = ~test if folds.min() >= 0 else folds < fold
        if not test.any() or train.sum() < 10:
            continue
        base[test] = target[train].mean(axis=0)
        inside, outside = _encode(features, target, train, test, seed)
        trees[test] = _forest(inside, target[train], outside, seed)
        lines[test] = _ridge(inside, target[train], outside)
    seen = folds >= 0
    guesses = (trees, lines, (trees + lines) / 2)
    gains = [
        ((target - base)[seen] ** 2 - (target - guess)[seen] ** 2).sum(axis=1) for guess in guesses
    ]
    best = int(np.argmax([gain.mean() for gain in gains]))
    guess, gain = guesses[best], gains[best]
    mean = float(gain.mean())
    lost = float(((target - base)[seen] ** 2).sum(axis=1).mean())
    spread = float(gain.std()) or 1.0
    return Signal(
        skill=mean / lost if lost > 0 else 0.0,
        clarity=mean / spread,
        predicted=guess[seen],
        truth=target[seen],
    )


def _indicators(truth: NDArray[np.float64], classes: int) -> NDArray[np.float64]:
    return np.eye(classes)[truth.astype(np.int64)]


def _tamed(truth: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the values standardised, on a log scale where they are positive with a long tail."""
    low, middle, high = np.quantile(truth, (0.01, 0.5, 0.99))
    values = truth
    if truth.min() >= 0 and high > 0 and (high - middle) > 5 * max(middle - low, 1e-12):
        values = np.log1p(truth / max(middle, high * 1e-3))
    low, high = np.quantile(values, (0.005, 0.995))
    values = np.clip(values, low, high)
    return (values - values.mean()) / (values.std() or 1.0)


def _encode(
    features: Features,
    target: NDArray[np.float64],
    train: NDArray[np.bool_],
    test: NDArray[np.bool_],
    seed: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
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
    from sklearn.ensemble import ExtraTreesRegressor

    if not inside.shape[1]:
        return np.repeat(target.mean(axis=0)[None], len(outside), axis=0)
    model = ExtraTreesRegressor(
        _TREES, min_samples_leaf=3, max_features=0.6, random_state=seed, n_jobs=1
    )
    goal = target[:, 0] if target.shape[1] == 1 else target
    fitted = model.fit(inside.astype(np.float32), goal)
    return np.asarray(fitted.predict(outside.astype(np.float32))).reshape(len(outside), -1)


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
