"""Does the comparison of two columns, or a threshold on their arithmetic, give the class?

`winner` is a formula where the scores of both sides are features, and `obese` is one where weight
and height are. A comparison has no free parameter, so the usual line of 99 % holds for it; a
threshold is fitted, and classes that lie well apart are honest, so it has to be right on all but
one row in a thousand of many.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.gates.readings import Reading
from mlesmith_generator.gates.rows import Column, Ints, TaskRows
from mlesmith_generator.gates.strength import Judge
from mlesmith_generator.gates.verdict import Finding

_OPERATIONS = ("+", "-", "*", "/", "distance")
_MOST_COMPARED = 300
_MOST_THRESHOLDED = 40
_SCREEN_ROWS = 600
_MOST_JUDGED = 12
_COMPARISON_LEAK = 0.99
_THRESHOLD_LEAK = 0.97
_IN_ORDER = 0.999
_THRESHOLD_ROWS = 500
_WARN = 0.98

Matrix = NDArray[np.float64]

_FUNCTIONS: dict[str, np.ufunc] = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "max": np.maximum,
    "min": np.minimum,
}


def combine(words: str, left: Matrix, right: Matrix) -> Matrix:
    """Return left and right combined by an operation; NaN where that is undefined.

    The operations are `+`, `-`, `*`, `/`, `max`, `min` and `distance` (the absolute difference).
    """
    with np.errstate(all="ignore"):
        if words == "/":
            return np.where(right != 0, left / right, np.nan)
        if words == "distance":
            return np.abs(left - right)
        return _FUNCTIONS[words](left, right)


def comparison_findings(columns: list[Column], rows: TaskRows) -> Iterator[Finding]:
    """Yield pairs of numeric columns whose comparison or arithmetic gives the class."""
    random = np.random.default_rng(0)
    chosen = np.sort(random.permutation(len(rows))[:_SCREEN_ROWS])
    codes = rows.truth.codes[chosen]
    judge = Judge(rows)
    alone = {
        column.name: judge.screen(Reading(column.name, "", None, column.numbers))
        for column in columns[:_MOST_COMPARED]
    }
    seen: set[frozenset[str]] = set()
    for words, left, right in _screened(columns, chosen, codes, rows.classes):
        pair = frozenset((left.name, right.name))
        # Where one column does it alone there is nothing to compare.
        if max(alone[left.name], alone[right.name]) >= 0.98 or pair in seen:
            continue
        finding = _judged(words, left, right, rows, judge)
        if finding is not None:
            seen.add(pair)
            yield finding


def _judged(
    words: str, left: Column, right: Column, rows: TaskRows, judge: Judge
) -> Finding | None:
    compared = words == "compared with"
    if compared:
        signs = _signs(left.numbers, right.numbers)
        reading = Reading("", words, signs, None)
    else:
        reading = Reading("", words, None, combine(words, left.numbers, right.numbers))
    strength = judge.strength(reading)
    line = _COMPARISON_LEAK if compared else _THRESHOLD_LEAK
    refused = strength.sure >= line
    if not compared and refused:
        exact = _in_order(reading.numbers, rows.truth.codes) >= _IN_ORDER
        refused = exact and len(rows) >= _THRESHOLD_ROWS
    if not refused and strength.sure < _WARN:
        return None
    evidence = (
        f"{left.name!r} {words} {right.name!r} gives the class {rows.target_name!r}: skill "
        f"{strength.skill:.4f} on unseen rows"
    )
    if not refused:
        evidence += "; just below the line, kept"
    enough = len(rows.columns) >= 4
    names = (left.name, right.name) if enough else (left.name,)
    return Finding("target-arithmetic", evidence, "design", names, warning=not refused)


def _in_order(values: Matrix | None, codes: Ints) -> float:
    """Share of the rows that stand right when every class is one interval of the value."""
    if values is None:
        return 0.0
    known = np.isfinite(values)
    values, codes = values[known], codes[known]
    middle = np.array(
        [
            np.median(values[codes == code]) if (codes == code).any() else np.inf
            for code in range(int(codes.max(initial=0)) + 1)
        ]
    )
    place = np.argsort(np.argsort(middle, kind="stable"))[codes]
    order = np.lexsort((place, values))
    return float((np.sort(place) == place[order]).mean()) if len(codes) else 0.0


def _signs(left: Matrix, right: Matrix) -> Ints:
    known = np.isfinite(left) & np.isfinite(right)
    signs = np.sign(np.where(known, left - right, 0.0)).astype(np.int64) + 1
    return np.where(known, signs, -1)


def _screened(
    columns: list[Column], chosen: Ints, codes: Ints, classes: int
) -> Iterator[tuple[str, Column, Column]]:
    """Yield operations and pairs that nearly give the class on a few rows, best first."""
    found: list[tuple[float, str, int, int]] = []
    one_hot = np.zeros((len(codes), classes))
    one_hot[np.arange(len(codes)), codes] = 1.0
    table = np.stack([column.numbers[chosen] for column in columns[:_MOST_COMPARED]], axis=1)
    for left in range(table.shape[1] - 1):
        difference = table[:, left, None] - table[:, left + 1 :]
        found.extend(
            (-1.0, "compared with", left, left + 1 + int(place))
            for place in np.flatnonzero(_sign_skill(difference, one_hot) >= 0.93)
        )
    few = table[:, :_MOST_THRESHOLDED]
    for words in _OPERATIONS:
        for left in range(few.shape[1]):
            start = 0 if words == "/" else left + 1
            score = _order_skill(combine(words, few[:, left, None], few[:, start:]), one_hot)
            for place in np.flatnonzero(score >= 0.96):
                right = start + int(place)
                if right != left:
                    found.append((-float(score[place]), words, left, right))
    found.sort()
    for _, words, left, right in found[:_MOST_JUDGED]:
        yield words, columns[left], columns[right]


def _sign_skill(difference: Matrix, one_hot: Matrix) -> Matrix:
    """Share of the trivial errors that the sign removes, in-sample. Shape (pairs,)."""
    right = np.zeros(difference.shape[1])
    with np.errstate(invalid="ignore"):
        for sign in (difference < 0, difference == 0, difference > 0):
            right += (one_hot.T @ sign).max(axis=0)
    trivial = len(one_hot) - one_hot.sum(axis=0).max()
    return 1.0 - (len(one_hot) - right) / max(trivial, 1.0)


def _order_skill(values: Matrix, one_hot: Matrix) -> Matrix:
    """How near the classes are to being consecutive intervals of a value. Shape (pairs,).

    The variance of ranks between classes, against what it would be if every class were one
    interval; 1 for a target that was cut out of the value.
    """
    if not values.shape[1]:
        return np.zeros(0)
    rank = np.argsort(np.argsort(np.nan_to_num(values, posinf=0, neginf=0), axis=0), axis=0)
    count = one_hot.sum(axis=0)[:, None]
    middle = (len(one_hot) - 1) / 2
    mean = one_hot.T @ rank / np.maximum(count, 1)
    between = (count * (mean - middle) ** 2).sum(axis=0)
    order = np.argsort(mean, axis=0)
    sizes = np.take_along_axis(np.broadcast_to(count, mean.shape), order, axis=0)
    ideal = np.cumsum(sizes, axis=0) - sizes / 2 - 0.5
    best = (sizes * (ideal - middle) ** 2).sum(axis=0)
    skill = between / np.maximum(best, 1e-12)
    return np.where(np.isfinite(values).mean(axis=0) >= 0.9, skill, 0.0)
