"""Is a number a product of powers of columns, such as area * share / mean?

On a logarithmic scale such a product is a sum, so one least squares on the logarithms of all
positive columns shows whether there is one at all; columns that it does not need go one by one,
and the exponents of the last are rounded to halves (a side is the root of area * shape). A column
that was left out because it gives the number with one other may be a product itself: then two or
three columns stand for it. What is found has to hold on rows that no exponent was fitted on, as far
as the numbers are written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

HOLDS = 0.95
"""Share of the rows on which the product has to be the number, with all that rounding allows."""
EXACT = 0.9
"""Share of the rows on which it has to be the number to its last unit, rounding aside."""
_ROWS = 3000
_FEWEST_ROWS = 60
_MOST_COLUMNS = 32
_MOST_MEMBERS = 4
_LARGEST = 2
"""Exponents go from minus this to this."""
_POSITIVE = 0.9
"""Share of the rows in which the number and each column have to be positive."""
_NEAR = 0.03
"""How far, as a logarithm, half of the rows may lie from the fit of all columns at most."""
_LOOSER = 1.5
"""How much farther they may lie for every column that is let go."""
_KEPT = 0.95
_ROUNDED = 0.1
"""How far an exponent may lie from the whole or half number that it stands for."""
_FEW_VALUES = 5
_TIGHT = 0.05
"""How large, as a share of the number's spread, the error of what is written may be."""
_VARIED = 0.1
"""Deviation of the logarithms of the number from which it is worth a look."""


@dataclass(frozen=True)
class Product:
    """A product of powers of columns that gives a number.

    Attributes:
        members: Places of the columns, in order.
        powers: Their exponents, whole or half, none zero.
        factor: What the product is multiplied with.
        share: Share of the rows on which it holds.
        swing: Deviation of the logarithm of each power: how much of the number it makes.
    """

    members: tuple[int, ...]
    powers: tuple[float, ...]
    factor: float
    share: float
    swing: tuple[float, ...]

    def told(self, names: Sequence[str]) -> str:
        """Return it in words, with the names of all columns by place."""
        terms = [
            names[place] + (f" ** {power:g}" if power != 1 else "")
            for place, power in zip(self.members, self.powers, strict=True)
        ]
        lead = [] if abs(self.factor - 1) < 5e-3 else [f"{self.factor:.4g}"]
        return " * ".join([*lead, *terms])


def telling(
    table: Floats, truth: Floats, units: Floats, unit: float
) -> tuple[Product | None, tuple[int, ...]]:
    """Return a product that a number is, and the fewest columns without which it is none.

    Of these the ones that make most of the number are taken: the others tell the least of it.

    Args:
        table: Columns that might be multiplied, shape (rows, columns), NaN where missing.
        truth: The number, shape (rows,), finite.
        units: One unit of the last decimal that each column is written with, shape (columns,).
        unit: The same of the number.
    """
    first = found = product(table, truth, units, unit)
    gone: list[int] = []
    while found is not None:
        order = [found.members[at] for at in np.argsort(-np.array(found.swing), kind="stable")]
        left: list[tuple[int, Product]] = []
        for place in order:
            again = product(_without(table, [*gone, place]), truth, units, unit)
            if again is None:
                for one in tuple(gone):
                    fewer = [each for each in gone if each != one]
                    if product(_without(table, [*fewer, place]), truth, units, unit) is None:
                        gone = fewer
                return first, tuple(sorted([*gone, place]))
            left.append((place, again))
        gone.append(left[0][0])
        found = left[0][1]
    return first, tuple(sorted(gone))


def _without(table: Floats, places: list[int]) -> Floats:
    fewer = table.copy()
    fewer[:, places] = np.nan
    return fewer


def product(table: Floats, truth: Floats, units: Floats, unit: float) -> Product | None:
    """Return the product of powers of two to four columns that a number is, if any.

    Args:
        table: Columns that might be multiplied, shape (rows, columns), NaN where missing.
        truth: The number, shape (rows,), finite.
        units: One unit of the last decimal that each column is written with, shape (columns,).
        unit: The same of the number.
    """
    low, high = np.quantile(truth, [0.1, 0.9]) if len(truth) else (0.0, 0.0)
    spread = float(high - low) / 2
    if len(truth) < _FEWEST_ROWS or spread <= 0:
        return None
    order = np.random.default_rng(0).permutation(len(truth))[:_ROWS]
    table, truth = table[order], truth[order]
    with np.errstate(invalid="ignore"):
        share = (table > 0).mean(axis=0)
    places = np.array(
        [k for k in np.flatnonzero(share >= _POSITIVE) if _many(table[:, k])], dtype=np.int64
    )
    if len(places) < 2 or float((truth > 0).mean()) < _POSITIVE:
        return None
    rows = np.flatnonzero((truth > 0) & np.all(np.nan_to_num(table[:, places]) > 0, axis=1))
    if len(rows) < max(_FEWEST_ROWS, len(truth) / 2):
        return None
    y = np.log(truth[rows])
    if float(y.std()) < _VARIED:
        return None
    logs = np.log(table[np.ix_(rows, places)])
    places, logs = _following(places, logs, y)
    search = _Search(logs, y, units[places], unit, spread)
    chosen = search.fewest()
    return search.named(chosen, places) if len(chosen) else None


def _many(values: Floats) -> bool:
    return len(np.unique(values[np.isfinite(values)])) >= _FEW_VALUES


def _following(places: Ints, logs: Floats, y: Floats) -> tuple[Ints, Floats]:
    """Return the columns to look at: all, or those that go with the number most."""
    most = min(_MOST_COLUMNS, len(y) // 12)
    if len(places) <= most:
        return places, logs
    centred = logs - logs.mean(axis=0)
    pull = np.abs((y - y.mean()) @ centred) / (np.sqrt((centred**2).sum(axis=0)) + 1e-12)
    kept = np.sort(np.argsort(-pull, kind="stable")[:most])
    return places[kept], logs[:, kept]


class _Search:
    """Logarithms of columns against that of a number: the first half of the rows is fitted on."""

    def __init__(self, logs: Floats, y: Floats, units: Floats, unit: float, spread: float) -> None:
        self._logs, self._y, self._unit, self._spread = logs, y, unit, spread
        self._truth = np.exp(y)
        # Whole numbers are counts, which nobody has rounded.
        self._errors = np.where(units >= 1.0, 0.0, 0.5 * units) / np.exp(logs)
        self._fitted = np.arange(len(y)) < len(y) // 2
        self._weight = 1.0 / (0.01 + 0.5 * unit / self._truth)

    def fewest(self) -> list[int]:
        """Return the few columns that fit nearly as well as all, empty where those do not fit."""
        chosen = list(range(self._logs.shape[1]))
        fitted, miss = self._fit(chosen)
        if miss > _NEAR:
            return []
        bound = max(_LOOSER * miss, 1e-4)
        count = len(chosen) // 2
        while count and len(chosen) - count > _MOST_MEMBERS:
            strength = np.abs(fitted) * self._logs[:, chosen].std(axis=0)
            fewer = sorted(chosen[k] for k in np.argsort(strength, kind="stable")[count:])
            again, least = self._fit(fewer)
            if least <= max(bound, _NEAR / 2):
                chosen, fitted = fewer, again
            count //= 2
        while len(chosen) > 2:
            tries = [(self._fit([k for k in chosen if k != gone])[1], gone) for gone in chosen]
            least, gone = min(tries)
            if least > (max(bound, _NEAR / 2) if len(chosen) > _MOST_MEMBERS else bound):
                break
            chosen.remove(gone)
        return chosen if len(chosen) <= _MOST_MEMBERS else []

    def _fit(self, chosen: list[int]) -> tuple[Floats, float]:
        """Return exponents by robust least squares, and how far half of the rows lie from them."""
        rows = np.flatnonzero(self._fitted)
        design = np.column_stack([self._logs[:, chosen], np.ones(len(self._y))])
        keep, solution, off = rows, np.zeros(design.shape[1]), np.zeros(len(rows))
        for _ in range(2):
            weight = self._weight[keep]
            scaled = design[keep] * weight[:, None]
            solution = np.linalg.lstsq(scaled, self._y[keep] * weight, rcond=1e-9)[0]
            off = np.abs(design[rows] @ solution - self._y[rows])
            keep = rows[off <= np.quantile(off, _KEPT)]
        return np.asarray(solution[:-1], dtype=np.float64), float(np.median(off))

    def named(self, chosen: list[int], places: Ints) -> Product | None:
        """Return the product of tidy powers of these columns, None where it does not hold."""
        fitted = self._fit(chosen)[0]
        powers = np.rint(2 * fitted) / 2
        small = np.abs(powers) <= _LARGEST
        if np.any(np.abs(fitted - powers) > _ROUNDED) or not small.all():
            return None
        chosen = [k for k, power in zip(chosen, powers, strict=True) if power]
        powers = powers[powers != 0]
        if len(chosen) < 2:
            return None
        exponent = self._logs[:, chosen] @ powers
        gap = (self._y - exponent)[self._fitted]
        large = self._truth[self._fitted] >= np.median(self._truth)
        factor = float(np.exp(np.median(gap[large])))
        value = factor * np.exp(exponent)
        share = self._share(value, self._errors[:, chosen] @ np.abs(powers))
        if share == 0.0:
            return None
        swing = np.abs(powers) * self._logs[:, chosen].std(axis=0)
        return Product(
            tuple(int(places[k]) for k in chosen),
            tuple(powers.tolist()),
            factor,
            share,
            tuple(swing.tolist()),
        )

    def _share(self, value: Floats, error: Floats) -> float:
        """Return the share of the other rows on which a product is the number, 0 if too few."""
        proof = ~self._fitted
        off = np.abs(value - self._truth)[proof]
        if self._unit > _TIGHT * self._spread:
            # Of few whole numbers anything near is one: the product itself has to be whole.
            same = float((off <= 1e-6 * value[proof]).mean())
            return same if same >= HOLDS else 0.0
        slack = np.maximum(1.01 * self._unit, 1e-7 * value[proof])
        exact = float((off <= slack).mean())
        slack = slack + value[proof] * error[proof]
        allowed = float((off <= slack).mean())
        tight = float(np.median(slack)) <= _TIGHT * self._spread
        if tight and allowed >= HOLDS:
            return allowed
        return exact if exact >= EXACT else 0.0
