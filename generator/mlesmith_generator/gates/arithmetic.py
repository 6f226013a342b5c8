"""Do two or more columns give the target by arithmetic?

A target that is exactly a sum, difference, product or ratio of columns (up to a constant factor
and the rounding of what is written) on 99 % of the rows is no prediction but a formula; so is a
sum or a product of powers of many columns, or a class that is cut out of a sum. Fits are exact or
nothing here: a regression that predicts well is a strong model, not a leak, so the residual is
compared with the last decimal of the target and never with its spread.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.gates.comparisons import combine, comparison_findings
from mlesmith_generator.gates.rows import Column, Floats, Mask, TaskRows
from mlesmith_generator.gates.series import dated_columns
from mlesmith_generator.gates.tallies import tally_findings
from mlesmith_generator.gates.verdict import Finding, Scan

EXACT_SHARE = 0.99
_NEARLY_ALL = 0.95
_PROBES = 48
_FEWEST = 30
_GROUPS = 4
"""Groups of probe rows; one that is free of exceptions suffices to find a factor."""
_MOST_PAIRWISE = 1500
_MOST_CANDIDATES = 300
_OPERATIONS = ("+", "-", "*", "/", "max", "min", "distance")
_MOST_TERMS = 400
_FIT_ROWS = 3000

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class _Formula:
    """A formula that gives the target: in words, its columns, and the share of rows.

    It is plain where its weights are whole or round numbers, as a person would write it.
    """

    words: str
    columns: tuple[str, ...]
    share: float
    plain: bool = True

    @property
    def exact(self) -> bool:
        return self.plain and self.share >= EXACT_SHARE


def scan_arithmetic(rows: TaskRows) -> Scan:
    """Look for exact arithmetic between features and target."""
    numeric = [column for column in rows.columns if column.numeric and column.distinct > 1]
    numeric += dated_columns(rows)
    measured = f"{len(numeric)} numeric columns against {rows.target_name!r}"
    if len(rows) < _FEWEST or not (numeric or not rows.regression):
        return Scan("target-by-arithmetic", measured)
    if not rows.regression:
        compared = comparison_findings(numeric, rows) if len(numeric) > 1 else ()
        return Scan("target-by-arithmetic", measured, (*compared, *tally_findings(rows)))
    truth = _Truth.of(rows)
    formulas = list(_pairs(numeric, truth))
    if not formulas:
        formulas = list(_linear(numeric, truth))
    if not formulas:
        formulas = list(_powers(numeric, truth))
    findings = tuple(_finding(formula, rows) for formula in formulas[:20])
    return Scan("target-by-arithmetic", measured, findings)


def _finding(formula: _Formula, rows: TaskRows) -> Finding:
    evidence = f"{rows.target_name} = {formula.words} on {formula.share:.2%} of the rows"
    if not formula.exact:
        evidence += "; just below the line of a plain formula on 99 %, kept"
    # The parts of a total are known when the total is; but something must be left to learn from.
    enough = len(rows.columns) - len(formula.columns) >= 2
    return Finding(
        "target-arithmetic",
        evidence,
        "design",
        formula.columns if enough else formula.columns[:1],
        warning=not formula.exact,
    )


@dataclass(frozen=True)
class _Truth:
    """The target with the error that its writing allows.

    Attributes:
        y: Values, shape (rows,).
        unit: One unit of the last decimal that the values are written with.
        spread: Half the distance between the 10th and 90th percentile, at least tiny.
        distinct: Number of different values.
    """

    y: Floats
    unit: float
    spread: float
    distinct: int

    @classmethod
    def of(cls, rows: TaskRows) -> _Truth:
        y = rows.y
        low, high = np.quantile(y, [0.1, 0.9])
        spread = float(high - low) / 2 or float(y.std()) or 1.0
        return cls(y, written_unit(rows.truth), spread, rows.truth.distinct)

    def tolerance(self, y: Floats) -> Floats:
        """How far an exact value may lie from what is written: rounding, or a cut-off digit."""
        unit = self.unit if self.unit <= 0.05 * self.spread else 1e-6 * self.spread
        return np.asarray(np.maximum(1.01 * unit, 1e-7 * np.abs(y)), dtype=np.float64)

    def share(self, value: Floats, mask: Mask) -> float:
        """Share of the masked rows on which the value is the target, as far as it is written."""
        y = self.y[mask]
        near = np.abs(value[mask] - y) <= self.tolerance(y)
        return float(near.mean()) if len(y) else 0.0


def written_unit(column: Column) -> float:
    """Return the size of one unit of the last decimal that nearly all values are written with."""
    texts = [str(value).casefold() for value in column.values[:2000]]
    places = [len(text.partition(".")[2]) for text in texts if "e" not in text]
    return 10.0 ** -float(sorted(places)[int(0.9 * (len(places) - 1))]) if places else 1e-9


def written_numbers(rows: TaskRows) -> tuple[list[str], Matrix, Floats]:
    """Return the numeric columns that vary: names, values and units.

    Values have the shape (rows, columns), NaN where missing; units are those of `written_unit`.
    """
    columns = [column for column in rows.columns if column.numeric and column.distinct > 1]
    values = [column.numbers for column in columns]
    table = np.stack(values, axis=1) if values else np.zeros((len(rows), 0))
    return [column.name for column in columns], table, np.array([*map(written_unit, columns)])


def _pairs(columns: list[Column], truth: _Truth) -> Iterator[_Formula]:
    """Formulas of two columns, found on a few rows at once and checked on all."""
    # Two columns of few values have few combinations: too few for a target of many.
    most = max(column.distinct for column in columns)
    columns = [column for column in columns if column.distinct * most >= truth.distinct / 2]
    if len(columns) < 2:
        return
    table = np.stack([column.numbers for column in columns], axis=1)
    if len(columns) > _MOST_PAIRWISE:
        chosen = _correlated(np.nan_to_num(table), truth.y, _MOST_PAIRWISE)
        columns, table = [columns[place] for place in chosen], table[:, chosen]
    random = np.random.default_rng(0)
    # Rows in which few columns are zero or missing say more, and so does a target of its own.
    telling = (np.isfinite(table) & (table != 0)).mean(axis=1) + random.random(len(table)) * 0.3
    telling -= (truth.y == 0) | (truth.y == np.median(truth.y))
    count = max(2 * _GROUPS, min(_PROBES, int(1.5e7 / len(columns) ** 2)))
    probes = np.argsort(-telling, kind="stable")[:count]
    seen: set[tuple[str, str]] = set()
    for words in _OPERATIONS:
        for left, right in _candidates(words, table[probes], truth.y[probes], truth):
            pair = columns[left], columns[right]
            key = (min(pair[0].name, pair[1].name), max(pair[0].name, pair[1].name))
            if key in seen:
                continue
            formula = _checked(words, *pair, truth)
            if formula is not None:
                seen.add(key)
                yield formula


def _candidates(words: str, table: Matrix, y: Floats, truth: _Truth) -> list[tuple[int, int]]:
    """Return pairs of positions that give the target on most probe rows, up to a factor."""
    size = table.shape[1]
    block = max(1, int(3e6 / (size * len(y))))
    tolerance = truth.tolerance(y)[:, None, None]
    found: list[tuple[int, int]] = []
    for start in range(0, size, block):
        combined = combine(words, table[:, start : start + block, None], table[:, None, :])
        finite = np.isfinite(combined)
        known = finite.sum(axis=0)
        exact = (np.abs(combined - y[:, None, None]) <= tolerance).sum(axis=0)
        good = exact >= 0.8 * known
        for group in range(_GROUPS):
            good |= _proportional(combined[group::_GROUPS], y[group::_GROUPS])
        good &= known >= max(2, len(y) // 8)
        for left, right in np.argwhere(good):
            lower = int(left) + start
            if lower < right or (lower > right and words in ("-", "/")):
                found.append((lower, int(right)))
        if len(found) > _MOST_CANDIDATES:
            break
    return found[:_MOST_CANDIDATES]


def _proportional(combined: Matrix, y: Floats) -> NDArray[np.bool_]:
    """Where a combination is the target times one factor on all of these rows."""
    with np.errstate(all="ignore"):
        factor = combined / np.where(y != 0, y, np.nan)[:, None, None]
        known = np.isfinite(factor)
        count = known.sum(axis=0)
        factor = np.where(known, factor, 0.0)
        mean = factor.sum(axis=0) / count
        square = (factor**2).sum(axis=0) / count
        wobble = np.sqrt(np.maximum(square - mean**2, 0.0))
        return (count >= 2) & (np.abs(mean) > 0) & (wobble <= 0.02 * np.abs(mean))


def _checked(words: str, left: Column, right: Column, truth: _Truth) -> _Formula | None:
    value = combine(words, left.numbers, right.numbers)
    mask = np.isfinite(value)
    if mask.sum() < max(_FEWEST, 0.25 * len(mask)):
        return None
    if _alone(left, right, truth, mask):
        return None
    share = truth.share(value, mask)
    told = f"{left.name} {words} {right.name}"
    if share < _NEARLY_ALL:
        usable = mask & (value != 0)
        if usable.sum() < _FEWEST:
            return None
        factor = float(np.median(truth.y[usable] / value[usable]))
        share = truth.share(value * factor, mask)
        told = f"{factor:.6g} * ({told})"
    if share < _NEARLY_ALL:
        return None
    return _Formula(told, (left.name, right.name), share)


def _alone(left: Column, right: Column, truth: _Truth, mask: Mask) -> bool:
    """Whether one of the two does it without the other, as `copy + 0` does."""
    return any(truth.share(column.numbers, mask) >= _NEARLY_ALL for column in (left, right))


def _linear(columns: list[Column], truth: _Truth) -> Iterator[_Formula]:
    """A sum or difference of many columns, missing counted as zero, perhaps with a constant."""
    table = np.stack([np.nan_to_num(column.numbers) for column in columns], axis=1)
    everything = np.ones(len(table), dtype=bool)
    yield from _total(columns, table, truth)
    chosen = _correlated(table, truth.y, _MOST_TERMS)
    weights = _fit(table[:, chosen], truth.y)
    if weights is None:
        return
    for digits in (0, 2, None):
        rounded = weights if digits is None else _rounded(weights, digits)
        used = [place for place, weight in enumerate(rounded) if abs(weight) > 1e-9]
        if len(used) < 2:
            continue
        value = table[:, chosen] @ rounded
        offset = float(np.median(truth.y - value))
        share = truth.share(value + offset, everything)
        if share >= _NEARLY_ALL:
            terms = [
                f"{'-' if rounded[place] < 0 else '+'} "
                + ("" if abs(abs(rounded[place]) - 1) < 1e-9 else f"{abs(rounded[place]):.4g} * ")
                + columns[chosen[place]].name
                for place in used
            ]
            shown = " ".join(terms[:6]).removeprefix("+ ") + (" …" if len(terms) > 6 else "")
            told = f"{shown} {offset:+.6g}" if abs(offset) > truth.unit else shown
            names = tuple(columns[chosen[place]].name for place in used)
            yield _Formula(told, names, share, plain=digits is not None)
            return


def _total(columns: list[Column], table: Matrix, truth: _Truth) -> Iterator[_Formula]:
    """The plain total of all columns, which a fit can not find where they outnumber the rows."""
    if len(columns) < 3:
        return
    share = truth.share(table.sum(axis=1), np.ones(len(table), dtype=bool))
    if share >= _NEARLY_ALL:
        names = tuple(column.name for column in columns)
        yield _Formula(f"the sum of all {len(names)} numeric columns", names, share)


def _correlated(table: Matrix, y: Floats, most: int) -> list[int]:
    """Positions of the columns to look at: all, or the most correlated where there are too many."""
    limit = min(most, len(y) // 4) if most == _MOST_TERMS else most
    if table.shape[1] <= limit:
        return list(range(table.shape[1]))
    centred = table - table.mean(axis=0)
    scale = np.sqrt((centred**2).sum(axis=0))
    pull = np.abs(centred.T @ (y - y.mean())) / np.where(scale > 0, scale, np.inf)
    return sorted(int(place) for place in np.argsort(-pull, kind="stable")[:limit])


def _fit(table: Matrix, y: Floats) -> Floats | None:
    """Weights of least squares, robust to 1 % of strange rows; None where it is not exact."""
    step = max(1, len(y) // _FIT_ROWS)
    x, z = table[::step], y[::step]
    centre, scale = x.mean(axis=0), x.std(axis=0)
    usable = scale > 0
    if not usable.any() or z.std() == 0:
        return None
    design = np.column_stack([(x[:, usable] - centre[usable]) / scale[usable], np.ones(len(x))])
    keep = np.ones(len(z), dtype=bool)
    for threshold in (0.1, 1e-2, 1e-3):
        solution = _solved(design[keep], z[keep])
        residual = np.abs(design @ solution - z)
        keep = residual <= np.quantile(residual, 0.97)
        spread = float(((z[keep] - z[keep].mean()) ** 2).sum())
        if float((residual[keep] ** 2).sum()) > threshold * spread:
            return None
    # Equal or redundant columns share a weight; the smallest solution is the tidy one.
    solution = np.linalg.lstsq(design[keep], z[keep], rcond=1e-9)[0]
    weights = np.zeros(table.shape[1])
    weights[usable] = solution[:-1] / scale[usable]
    return weights


def _solved(design: Matrix, z: Floats) -> Floats:
    """Least squares by the normal equations: less exact, and much faster for a first look."""
    gram = design.T @ design
    gram[np.diag_indices_from(gram)] += 1e-9 * float(np.trace(gram)) / len(gram)
    return np.asarray(np.linalg.solve(gram, design.T @ z), dtype=np.float64)


def _rounded(weights: Floats, digits: int) -> Floats:
    """Weights rounded to whole numbers (0) or to significant digits; negligible ones to zero."""
    if digits == 0:
        return np.asarray(np.rint(weights), dtype=np.float64)
    largest = float(np.abs(weights).max()) or 1.0
    small = np.abs(weights) < 1e-3 * largest
    with np.errstate(divide="ignore"):
        power = np.where(small, 0.0, np.floor(np.log10(np.where(small, 1.0, np.abs(weights)))))
    unit = 10.0 ** (power - digits + 1)
    return np.asarray(np.where(small, 0.0, np.rint(weights / unit) * unit), dtype=np.float64)


def _powers(columns: list[Column], truth: _Truth) -> Iterator[_Formula]:
    """A product of whole or half powers of columns, such as weight / height ** 2."""
    usable = [column for column in columns if float((column.numbers > 0).mean()) >= _NEARLY_ALL]
    good = truth.y > 0
    for column in usable:
        good &= column.numbers > 0
    if not usable or good.sum() < max(_FEWEST, 0.9 * len(good)):
        return
    table = np.log(np.stack([column.numbers[good] for column in usable], axis=1))
    y = np.log(truth.y[good])
    chosen = _correlated(table, y, _MOST_TERMS)
    fit = _fit(table[:, chosen], y)
    if fit is None:
        return
    powers = np.rint(2 * fit) / 2
    used = [place for place, power in enumerate(powers) if power != 0]
    if not 2 <= len(used) <= 6:
        return
    exponent = table[:, chosen] @ powers
    factor = float(np.exp(np.median(y - exponent)))
    value = np.zeros(len(good))
    value[good] = factor * np.exp(exponent)
    share = truth.share(value, good)
    if share >= _NEARLY_ALL:
        names = tuple(usable[chosen[place]].name for place in used)
        told = " * ".join(
            f"{name} ** {powers[place]:g}" for name, place in zip(names, used, strict=True)
        )
        yield _Formula(f"{factor:.6g} * {told}", names, share)
