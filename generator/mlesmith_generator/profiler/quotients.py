"""Is a number the quotient of two sums of columns, such as a / (a + b)?

`y * (c . x) = d . x` is linear in the weights c and d, so the quotient is found by a fit of
`y * x[j]`, for a column j of the divisor, on the columns x and on their products with y (the
linearised rational fit of Levy, reweighted by the divisor as Sanathanan and Koerner do). Columns
that others add up to are set aside first, or such sums would be found again. What is found has to
hold on rows that no weight was fitted on, as far as the numbers are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import scipy.linalg
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOLDS = 0.95
"""Share of the rows on which a quotient has to be the number."""
_ROWS = 3000
_FEWEST_ROWS = 60
_MOST_COLUMNS = 32
_FEW_VALUES = 5
"""Different values below which a column is a level, whose quotient is a table of values."""
_ROWS_EACH = 6
"""Rows to fit on for each weight."""
_FEWEST_FITTED = 300
_COMPLETE = 0.6
"""Share of the rows in which all columns that are looked at have a value."""
_NEAR = 0.4
"""Share of a product of the number and a column that may be left of a first fit: strange rows."""
_INDEPENDENT = 3e-3
"""Share of a column that has to be its own, beside what the others add up to."""
_LOOKED = 800
"""Rows on which columns that others add up to are looked for."""
_TRIED = 3
_AS_GOOD = 0.005
"""Share of the rows that short weights may lose."""
_ROUNDS = 4
_KEPT = 0.9
"""Share of the rows that stay in the next round of a fit."""
_MOST_MEMBERS = 8
_TIGHT = 0.05
"""How large, as a share of the number's spread, the error of what is written may be."""


@dataclass(frozen=True)
class Quotient:
    """A quotient of two sums of columns that gives a number.

    Attributes:
        above: Places of the columns of the dividend.
        below: Places of the columns of the divisor.
        weights_above: Their weights; the largest of the divisor is 1.
        weights_below: The weights of the divisor.
        share: Share of the rows on which it holds.
    """

    above: tuple[int, ...]
    below: tuple[int, ...]
    weights_above: tuple[float, ...]
    weights_below: tuple[float, ...]
    share: float

    @property
    def members(self) -> tuple[int, ...]:
        """Places of all its columns, in order."""
        return tuple(sorted({*self.above, *self.below}))

    @property
    def telling(self) -> tuple[int, ...]:
        """Places of what has to be left out: all, or the dividend of a single divisor.

        A plain rate of something leaves its base, which is an honest measure of size.
        """
        single = len(self.below) == 1 and self.below[0] not in self.above
        return tuple(sorted(self.above)) if single else self.members

    def told(self, names: Sequence[str]) -> str:
        """Return it in words, with the names of all columns by place."""
        above = _in_words(self.above, self.weights_above, names)
        return f"({above}) / ({_in_words(self.below, self.weights_below, names)})"


def _in_words(places: Sequence[int], weights: Sequence[float], names: Sequence[str]) -> str:
    terms = [
        f"{'-' if weight < 0 else '+'} "
        + ("" if abs(abs(weight) - 1) < 2e-3 else f"{abs(weight):.3g} * ")
        + names[place]
        for place, weight in zip(places, weights, strict=True)
    ]
    return " ".join(terms).removeprefix("+ ")


def quotient(table: Floats, truth: Floats, units: Floats, unit: float) -> Quotient | None:
    """Return the quotient of sums of columns that a number is, None where it is none.

    Args:
        table: Columns that might be added, shape (rows, columns), NaN where missing.
        truth: The number, shape (rows,), finite.
        units: One unit of the last decimal that each column is written with, shape (columns,).
        unit: The same of the number.
    """
    low, high = np.quantile(truth, [0.1, 0.9]) if len(truth) else (0.0, 0.0)
    spread = float(high - low) / 2
    if len(truth) < _FEWEST_ROWS or spread <= 0 or unit > _TIGHT * spread:
        return None
    order = np.random.default_rng(0).permutation(len(truth))[:_ROWS]
    table, truth = table[order], truth[order]
    places, rows = _complete(table, truth)
    if len(places) < 2 or len(rows) < _FEWEST_ROWS:
        return None
    problem = _Problem(table[np.ix_(rows, places)], truth[rows], units[places], unit, spread)
    for place in problem.divisors():
        found = problem.solved(place)
        if found is not None:
            return _named(found, problem, places)
    return None


def _named(found: _Weights, problem: _Problem, places: Ints) -> Quotient:
    tidy = problem.rounded(_Weights(found.above / found.size, found.below / found.size))
    above, below = tidy.above, tidy.below
    over, under = np.flatnonzero(above), np.flatnonzero(below)
    return Quotient(
        tuple(places[over].tolist()),
        tuple(places[under].tolist()),
        tuple(above[over].tolist()),
        tuple(below[under].tolist()),
        problem.share(tidy, np.ones(len(problem.truth), dtype=bool)),
    )


def _complete(table: Floats, truth: Floats) -> tuple[Ints, Ints]:
    """Return places of columns to look at, no sum of each other, and rows that have them all."""
    finite = np.isfinite(table)
    varied = [
        place
        for place in np.argsort(-finite.mean(axis=0), kind="stable")
        if finite[:, place].mean() >= _COMPLETE
        and len(np.unique(table[finite[:, place], place])) >= _FEW_VALUES
    ]
    whole = np.ones(len(table), dtype=bool)
    kept: list[int] = []
    for place in varied:
        both = whole & finite[:, place]
        if both.mean() >= _COMPLETE:
            whole = both
            kept.append(int(place))
    rows = np.flatnonzero(whole)
    places = np.array([k for k in kept if np.ptp(table[rows, k]) > 0], dtype=np.int64)
    most = min(_MOST_COLUMNS, len(rows) // (4 * _ROWS_EACH))
    if len(places):
        places = places[_following(table[np.ix_(rows, places)], truth[rows], most)]
        places = places[_own(table[np.ix_(rows[:_LOOKED], places)])]
    return places, rows


def _following(table: Floats, truth: Floats, most: int) -> list[int]:
    """Return places of the columns to look at: all, or those that go with the number most.

    A part of a rate goes with it once the size of the row is taken out.
    """
    if table.shape[1] <= most:
        return list(range(table.shape[1]))
    scaled = table / (np.abs(table).mean(axis=0) + 1e-300)
    size = np.abs(scaled).mean(axis=1, keepdims=True) + 1e-300
    goal = _ranks(truth[:, None])
    pull = np.maximum(np.abs(_ranks(table).T @ goal), np.abs(_ranks(scaled / size).T @ goal))
    return sorted(np.argsort(-pull[:, 0], kind="stable")[:most].tolist())


def _ranks(table: Floats) -> Floats:
    ranks = np.argsort(np.argsort(table, axis=0, kind="stable"), axis=0, kind="stable")
    centred = ranks - ranks.mean(axis=0)
    return np.asarray(centred / (np.sqrt((centred**2).sum(axis=0)) + 1e-300), dtype=np.float64)


def _own(table: Floats) -> Ints:
    """Return places of columns, in order, of which none is a weighted sum of the others."""
    scaled = table / (np.sqrt((table**2).mean(axis=0)) + 1e-300)
    factors = cast("tuple[Floats, Ints]", scipy.linalg.qr(scaled, mode="r", pivoting=True))
    triangle, pivots = factors
    own = np.abs(np.diag(triangle)) > _INDEPENDENT * np.sqrt(len(table))
    return np.sort(np.asarray(pivots[: len(own)][own], dtype=np.int64))


def _least_squares(table: Floats, goal: Floats) -> Floats:
    """Return the smallest weights with the least squares, by an orthogonal factorisation."""
    solved = cast(
        "tuple[Floats, ...]", scipy.linalg.lstsq(table, goal, cond=1e-12, lapack_driver="gelsy")
    )
    return solved[0]


def _short(weights: Floats, digits: int) -> Floats:
    """Return weights with so many digits."""
    told = [float(f"{weight:.{digits}g}") for weight in weights.tolist()]
    return np.array(told, dtype=np.float64)


@dataclass(frozen=True)
class _Weights:
    """Weights of the columns in the dividend and in the divisor, zero where they are no part."""

    above: Floats
    below: Floats

    @property
    def size(self) -> float:
        return float(self.below[np.argmax(np.abs(self.below))])


class _Problem:
    """Complete columns against a number: the first rows are fitted on, the others are the proof."""

    def __init__(
        self, table: Floats, truth: Floats, units: Floats, unit: float, spread: float
    ) -> None:
        self.table, self.truth = table, truth
        self._units, self._unit, self._spread = units, unit, spread
        self._scale = np.sqrt((table**2).mean(axis=0))
        scaled = table / self._scale
        self._scaled = scaled
        self._middle = float(np.median(truth))
        self._goal = (truth - self._middle) / spread
        self._size = np.sqrt((scaled**2).mean(axis=1)) + 1e-12
        fitted = min(len(truth) // 2, max(_FEWEST_FITTED, 2 * _ROWS_EACH * table.shape[1]))
        self._fitted = np.arange(len(truth)) < fitted

    def divisors(self) -> Iterator[int]:
        """Yield the columns that are most likely in the divisor, by one fit of all weights."""
        design = self._design(self._size)[self._fitted]
        width = self.table.shape[1]
        norm = np.sqrt((design**2).sum(axis=0)) + 1e-12
        triangle = np.linalg.qr(design / norm, mode="r")
        inverse = np.linalg.pinv(triangle, rcond=1e-12)
        # The part of each unit column that no other gives: 1 / its row of the inverse (Marquardt).
        own = 1.0 / np.sqrt(np.maximum((inverse**2).sum(axis=1), 1e-24))
        order = np.argsort(own[width:], kind="stable")[:_TRIED]
        yield from (int(place) for place in order if own[width + place] <= _NEAR)

    def _design(self, size: Floats) -> Floats:
        """Return the columns, then their products with the number, each row by its size."""
        both = np.hstack([self._scaled, self._scaled * self._goal[:, None]])
        return np.asarray(both / size[:, None], dtype=np.float64)

    def solved(self, place: int) -> _Weights | None:
        """Return the fewest weights of a quotient that holds, with a column in the divisor."""
        width = self.table.shape[1]
        terms = np.array([each for each in range(2 * width) if each != width + place])
        found = self._fit(terms, place)
        if found is None or not self._holds(found):
            return None
        terms, found = self._fewest(terms, place, found)
        weights = self._plain(found)
        members = np.flatnonzero((weights.above != 0) | (weights.below != 0))
        if not 2 <= len(members) <= _MOST_MEMBERS or not np.any(weights.above):
            return None
        return weights if self._holds(weights) else None

    def _fewest(self, terms: Ints, place: int, found: _Weights) -> tuple[Ints, _Weights]:
        """Return as few terms as the quotient holds with: weak ones go by halves, then each."""
        count = len(terms) // 2
        while count:
            strength = self._strength(found)[terms]
            fewer = np.sort(terms[np.argsort(strength, kind="stable")[count:]])
            again = self._fit(fewer, place)
            if again is not None and self._holds(again):
                terms, found = fewer, again
                count = min(count, len(terms) // 2)
            else:
                count //= 2
        for term in terms if len(terms) <= 2 * _MOST_MEMBERS else ():
            again = self._fit(terms[terms != term], place) if len(terms) > 1 else None
            if again is not None and self._holds(again):
                terms, found = terms[terms != term], again
        return terms, found

    def _strength(self, found: _Weights) -> Floats:
        """Return what each term adds in the fit: to the number less its middle, in spreads."""
        above = (self._middle * found.below - found.above) / self._spread
        weights = np.concatenate([above, found.below]) * np.tile(self._scale, 2)
        return np.abs(weights) * np.sqrt((self._design(self._size) ** 2).mean(axis=0))

    def _fit(self, terms: Ints, place: int) -> _Weights | None:
        """Return weights of the terms, robust to a few strange rows; None where nothing fits."""
        width, rows = self.table.shape[1], np.flatnonzero(self._fitted)
        keep, size = rows, self._size
        weights = np.zeros(2 * width)
        for turn in range(_ROUNDS):
            design = self._design(size)
            weights = np.zeros(2 * width)
            weights[width + place] = 1.0
            part = design[np.ix_(keep, terms)]
            weights[terms] = _least_squares(part, -design[keep, width + place])
            divisor = np.abs(self._scaled @ weights[width:])
            if not (middle := float(np.median(divisor))) > 0:
                return None
            size = np.maximum(divisor, 1e-3 * middle)
            left = np.abs(self._design(size)[rows] @ weights)
            if turn and float(np.median(left)) > _TIGHT:
                return None
            keep = rows[left <= np.quantile(left, _KEPT)]
        # What was fitted is the number less its middle, in its spreads.
        below = weights[width:] / self._scale
        above = -self._spread * weights[:width] / self._scale + self._middle * below
        return _Weights(above, below)

    def _plain(self, found: _Weights) -> _Weights:
        """Return the weights less those that only carry the middle of the number."""
        size = np.abs(found.below).max()
        slack = 1e-2 * max(float(np.abs(found.above).max()), size * abs(self._middle))
        above = np.where(np.abs(found.above) <= slack, 0.0, found.above)
        tidy = _Weights(above, found.below)
        return tidy if self._holds(tidy) else found

    def rounded(self, found: _Weights) -> _Weights:
        """Return the weights as a person would write them, where they hold so."""
        everywhere = np.ones(len(self.truth), dtype=bool)
        best = self.share(found, everywhere)
        for digits in (1, 2, 3):
            tidy = _Weights(_short(found.above, digits), _short(found.below, digits))
            if self.share(tidy, everywhere) >= best - _AS_GOOD:
                return tidy
        return found

    def _holds(self, found: _Weights) -> bool:
        return self.share(found, ~self._fitted) >= HOLDS

    def share(self, found: _Weights, rows: NDArray[np.bool_]) -> float:
        """Return the share of rows on which the quotient is the number as far as it is written.

        Rows whose divisor is nothing say nothing (0 where they are many); where the rounding of
        columns leaves the quotient open, only the exact ones count.
        """
        table = self.table[rows]
        above, below = table @ found.above, table @ found.below
        known = np.abs(below) > 1e-9 * np.abs(table @ np.diag(found.below)).sum(axis=1)
        if known.mean() < 0.5:
            return 0.0
        value = above[known] / below[known]
        off = np.abs(value - self.truth[rows][known])
        slack = np.maximum(1.01 * self._unit, 1e-7 * np.abs(value))
        exact = float((off <= slack).mean())
        slope = np.abs(found.above - value[:, None] * found.below) / np.abs(below[known])[:, None]
        # Whole numbers are counts, which nobody has rounded.
        slack = slack + slope @ np.where(self._units >= 1.0, 0.0, 0.5 * self._units)
        if float(np.median(slack)) > _TIGHT * self._spread:
            return exact
        return float((off <= slack).mean())
