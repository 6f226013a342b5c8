"""How far one column alone gets towards the target: the measure behind "this column is a leak".

Three one-column models are tried: isotonic regression, a tree of depth two, and a table of the
target by value. Each is fitted on training rows and judged on rows that it has not seen: two
thirds of the training rows predict the third, all of them predict the hidden rows. A column of
unique values therefore gains nothing from being memorised.

Skill is 0 for the trivial prediction and 1 for a perfect one. For a regression it is R², of the
values or of their ranks (where the tails are long); for classes it is the share of the trivial
model's errors that are gone, or the balanced accuracy scaled to 0 for guessing, so that 99 %
accuracy at 99 % majority is no skill at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.gates.readings import Reading
from mlesmith_generator.gates.rows import Floats, Ints, Mask, TaskRows, ranks

BINS = 64
_FOLDS = 3
_FEWEST_OF_A_CLASS = 20
"""With fewer rows of a class, balanced accuracy says more about luck than about the column."""

_Predict = Callable[[Mask, Mask], Floats]
"""Fits on the first mask, returns predictions for the second."""


@dataclass(frozen=True)
class Strength:
    """What a one-column model reached.

    Attributes:
        skill: Over training rows (cross-validated) and hidden rows together.
        hidden: On the hidden rows alone; NaN where the trivial prediction is perfect there.
        model: Which model it was.
    """

    skill: float
    hidden: float
    model: str

    @property
    def sure(self) -> float:
        """The smaller of the two: what a solver can count on."""
        return self.skill if np.isnan(self.hidden) else min(self.skill, self.hidden + 0.01)


class Judge:
    """Judges readings against the target of one set of rows."""

    def __init__(self, rows: TaskRows, *, seed: int = 0) -> None:
        """Prepare folds and the two scales of the target."""
        self.rows = rows
        self.hidden = rows.hidden
        random = np.random.default_rng(seed)
        folds = random.integers(0, _FOLDS, len(rows))
        self._splits = [
            (~self.hidden & (folds != fold), ~self.hidden & (folds == fold))
            for fold in range(_FOLDS)
        ]
        self._splits.append((~self.hidden, self.hidden))

    @cached_property
    def scales(self) -> tuple[Floats, ...]:
        """The target on the scales that count: values and ranks, or class codes."""
        y = self.rows.y
        if not self.rows.regression:
            return (y,)
        return (y, ranks(y))

    def screen(self, reading: Reading) -> float:
        """Return an upper estimate of the reading's skill, cheap and in-sample."""
        best = 0.0
        for groups in _groupings(reading):
            best = max(best, self._purity(groups))
        if reading.numbers is not None and self.rows.regression:
            best = max(best, _squared_correlation(reading.numbers, self.rows.y))
        return best

    def strength(self, reading: Reading) -> Strength:
        """Return the best that a one-column model reaches with the reading."""
        best = Strength(-np.inf, -np.inf, "none")
        for index, y in enumerate(self.scales):
            for name, predict in _models(reading, y, self.rows):
                predicted = self._held_out(predict)
                result = Strength(
                    self._skill(y, predicted, np.ones(len(y), dtype=bool), trim=index == 0),
                    self._skill(y, predicted, self.hidden, trim=False),
                    name,
                )
                if result.sure > best.sure:
                    best = result
        return best

    def seen(self, reading: Reading) -> float:
        """Return the best skill among the training rows alone, cross-validated."""
        best = 0.0
        for index, y in enumerate(self.scales):
            for _, predict in _models(reading, y, self.rows):
                skill = self._skill(y, self._held_out(predict), ~self.hidden, trim=index == 0)
                best = max(best, 0.0 if np.isnan(skill) else skill)
        return best

    def _held_out(self, predict: _Predict) -> Floats:
        predicted = np.zeros(len(self.rows))
        for fit, judge in self._splits:
            if judge.any():
                predicted[judge] = predict(fit, judge) if fit.any() else 0.0
        return predicted

    def _purity(self, groups: Ints) -> float:
        count = np.bincount(groups).astype(np.float64)
        filled = np.maximum(count, 1.0)
        if self.rows.regression:
            return max(_variance_between(groups, count, filled, y) for y in self.scales)
        codes = self.rows.truth.codes
        classes = self.rows.classes
        table = np.bincount(groups * classes + codes, minlength=len(count) * classes)
        table = table.reshape(len(count), classes)
        predicted = table.argmax(axis=1)
        plain = class_skill(codes, predicted[groups], classes)
        # The balanced choice takes the class that is most over-represented in the group.
        share = table / np.maximum(table.sum(axis=0), 1)
        return max(plain, class_skill(codes, share.argmax(axis=1)[groups], classes))

    def _skill(self, y: Floats, predicted: Floats, mask: Mask, *, trim: bool) -> float:
        if not mask.any():
            return float("nan")
        if not self.rows.regression:
            codes, guess = y[mask].astype(np.int64), np.rint(predicted[mask]).astype(np.int64)
            return class_skill(codes, guess, self.rows.classes)
        skill = r2(y[mask], predicted[mask])
        if not trim:
            return skill
        # A few giant values must not carry the verdict: without them the column has to hold too.
        far = np.abs(y - np.median(y))
        bulk = mask & (far <= np.quantile(far[mask], 0.98))
        rest = r2(y[bulk], predicted[bulk])
        return min(skill, rest + 0.01) if np.isfinite(rest) else skill


def _groupings(reading: Reading) -> Iterator[Ints]:
    if reading.codes is not None:
        yield np.asarray(reading.codes + 1, dtype=np.int64)
    if reading.numbers is not None:
        yield quantile_codes(reading.numbers)


def quantile_codes(numbers: Floats, bins: int = BINS) -> Ints:
    """Return the quantile bin of each number, 1 … bins; 0 where missing. Shape (rows,)."""
    present = np.isfinite(numbers)
    if not present.any():
        return np.zeros(len(numbers), dtype=np.int64)
    edges = np.unique(np.quantile(numbers[present], np.linspace(0, 1, bins + 1)[1:-1]))
    codes = np.searchsorted(edges, np.where(present, numbers, 0.0), side="right") + 1
    return np.where(present, codes, 0).astype(np.int64)


def _variance_between(groups: Ints, count: Floats, filled: Floats, y: Floats) -> float:
    total = float(((y - y.mean()) ** 2).sum())
    if total <= 0:
        return 0.0
    means = np.bincount(groups, weights=y, minlength=len(count)) / filled
    return float((count * (means - y.mean()) ** 2).sum()) / total


def _squared_correlation(x: Floats, y: Floats) -> float:
    present = np.isfinite(x)
    if present.sum() < 0.9 * len(x):
        return 0.0
    a, b = _centred(x[present]), _centred(y[present])
    spread = float((a * a).sum() * (b * b).sum())
    return float((a * b).sum()) ** 2 / spread if spread > 0 else 0.0


def _centred(values: Floats) -> Floats:
    """Return values around 0 within -1 and 1, so that no square of them is too large.

    Codes in hexadecimal such as `12e300` read as numbers of that size.
    """
    largest = np.abs(values).max(initial=0.0)
    scaled = values / largest if largest > 0 else values
    return scaled - scaled.mean()


def r2(y: Floats, predicted: Floats) -> float:
    """Return the coefficient of determination; NaN where the target is constant."""
    total = float(((y - y.mean()) ** 2).sum()) if len(y) else 0.0
    return 1.0 - float(((y - predicted) ** 2).sum()) / total if total > 0 else float("nan")


def class_skill(codes: Ints, guess: Ints, classes: int) -> float:
    """Return the share of trivial errors that are gone, or scaled balanced accuracy if more.

    NaN where there are fewer than two classes.
    """
    count = np.bincount(codes, minlength=classes)
    present = np.flatnonzero(count)
    if len(present) < 2:
        return float("nan")
    right = codes == guess
    trivial = 1.0 - count.max() / len(codes)
    skill = 1.0 - float((~right).mean()) / trivial
    if count[present].min() < _FEWEST_OF_A_CLASS:
        return skill
    recall = np.bincount(codes, weights=right, minlength=classes)[present] / count[present]
    chance = 1.0 / len(present)
    return max(skill, (float(recall.mean()) - chance) / (1.0 - chance))


def _models(reading: Reading, y: Floats, rows: TaskRows) -> Iterator[tuple[str, _Predict]]:
    if reading.codes is not None:
        yield "a table by value", _Lookup(reading.codes + 1, y, rows)
    if reading.numbers is None:
        return
    if rows.regression:
        yield "isotonic regression", _Isotonic(reading.numbers, y)
    yield "a tree of depth two", _Tree(reading.numbers, y, rows)


@dataclass(frozen=True)
class _Lookup:
    """The mean (or the most frequent class) of the target by value."""

    groups: Ints
    y: Floats
    rows: TaskRows

    def __call__(self, fit: Mask, judge: Mask) -> Floats:
        groups, y = self.groups[fit], self.y[fit]
        size = int(self.groups.max()) + 1
        count = np.bincount(groups, minlength=size)
        if self.rows.regression:
            sums = np.bincount(groups, weights=y, minlength=size)
            table = np.where(count > 0, sums / np.maximum(count, 1), y.mean())
            return np.asarray(table[self.groups[judge]], dtype=np.float64)
        classes = self.rows.classes
        codes = y.astype(np.int64)
        votes = np.bincount(groups * classes + codes, minlength=size * classes)
        table = votes.reshape(size, classes).argmax(axis=1)
        trivial = int(np.bincount(codes, minlength=classes).argmax())
        table = np.where(count > 0, table, trivial)
        return np.asarray(table[self.groups[judge]], dtype=np.float64)


@dataclass(frozen=True)
class _Isotonic:
    """The best rising or falling function of the number; missing gives the mean of missing."""

    numbers: Floats
    y: Floats

    def __call__(self, fit: Mask, judge: Mask) -> Floats:
        from sklearn.isotonic import IsotonicRegression

        present = np.isfinite(self.numbers)
        result = np.full(int(judge.sum()), self.y[fit].mean())
        gaps = fit & ~present
        if gaps.any():
            result[:] = self.y[gaps].mean()
        known = fit & present
        if known.sum() >= 2:
            x, y = self.numbers[known], self.y[known]
            rising = bool(np.corrcoef(ranks(x), ranks(y))[0, 1] >= 0) if np.ptp(x) else True
            model = IsotonicRegression(increasing=rising, out_of_bounds="clip").fit(x, y)
            asked = present[judge]
            result[asked] = model.predict(self.numbers[judge & present])
        return result


@dataclass(frozen=True)
class _Tree:
    """A tree with few leaves: depth two, or two leaves a class where there are more classes."""

    numbers: Floats
    y: Floats
    rows: TaskRows

    def __call__(self, fit: Mask, judge: Mask) -> Floats:
        from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

        present = np.isfinite(self.numbers)
        below = float(self.numbers[present].min()) - 1.0 if present.any() else 0.0
        x = np.where(present, self.numbers, below).reshape(-1, 1)
        if self.rows.regression:
            model = DecisionTreeRegressor(max_depth=2, random_state=0)
            return np.asarray(model.fit(x[fit], self.y[fit]).predict(x[judge]), dtype=np.float64)
        classes = self.rows.classes
        few = classes <= 2
        weights = _balanced(self.y[fit].astype(np.int64), classes)
        tree = DecisionTreeClassifier(
            max_depth=2 if few else None,
            max_leaf_nodes=None if few else 2 * classes,
            random_state=0,
        )
        tree.fit(x[fit], self.y[fit], sample_weight=weights)
        return np.asarray(tree.predict(x[judge]), dtype=np.float64)


def _balanced(codes: Ints, classes: int) -> NDArray[np.float64]:
    """Weights that are half-way between one a row and one a class."""
    count = np.maximum(np.bincount(codes, minlength=classes), 1)
    return (1.0 / np.sqrt(count.astype(np.float64)))[codes]
