"""Is a class a threshold of a tally: of a plain sum of several columns, some of them reversed?

The score of a questionnaire and the trait that it is read as, a count of medals and whether there
were two: with the items at hand nothing is left to learn. What is looked for is exact, for a target
that is merely predicted well by a sum is honest. A formula makes no exceptions where the rows lie
dense around its threshold; a strong model errs just there, and classes that lie apart have no rows
there at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

_ROWS = 3000
_FEWEST_ROWS = 60
_MOST_MEMBERS = 80
_MOST_COLUMNS = 400
_MOST_CLASSES = 8
_SCREEN = 0.9
"""Accuracy of a free linear fit at one of its thresholds below which nothing more is tried."""
_EXACT = 0.99
_LEVELS = 80
"""Different values of a sum up to which it is counted in steps."""
_NEAR = 0.1
"""Share of the rarer side that is looked at as its nearest rows to a threshold."""
_FEWEST_NEAR = 5
_DENSE = 0.6
"""How dense the rarer side has to be at a threshold, as a share of its mean density."""
_CONTINUED = 0.3
"""How dense the other side has to be there, as a share of that."""


@dataclass(frozen=True)
class Tally:
    """A plain sum of columns that gives a class by thresholds.

    Attributes:
        members: Places of the columns, the heaviest first.
        signs: For each member 1, or -1 where it is reversed.
        share: Share of the rows on which the thresholds give the class.
    """

    members: tuple[int, ...]
    signs: tuple[int, ...]
    share: float


def tally(table: Floats, codes: Ints) -> Tally | None:
    """Return the plain sum of at least two columns whose thresholds give a class, None without.

    Args:
        table: Columns that might be added, shape (rows, columns); NaN counts as zero.
        codes: Class number of each row from 0, shape (rows,); their order is found.
    """
    if len(codes) > _ROWS:
        chosen = np.sort(np.random.default_rng(0).choice(len(codes), _ROWS, replace=False))
        table, codes = table[chosen], codes[chosen]
    classes = int(codes.max(initial=0)) + 1
    rows, width = table.shape
    if rows < _FEWEST_ROWS or not 2 <= classes <= _MOST_CLASSES or width < 2:
        return None
    table = np.nan_to_num(table)
    usable = np.flatnonzero(table.std(axis=0) > 0)[:_MOST_COLUMNS]
    if len(usable) < 2 or 3 * len(usable) > rows:
        return None
    weights, order = _fit(table[:, usable], codes, classes)
    place = np.argsort(order)[codes]
    fitted = table[:, usable] @ weights[0]
    if min(_threshold(fitted, place < cut)[0] for cut in range(1, classes)) < _SCREEN:
        return None
    best: Tally | None = None
    signs = np.where(weights[0] < 0, -1, 1)
    for group in _orders(table[:, usable], weights[1]):
        total = np.zeros(rows)
        for count, member in enumerate(group, start=1):
            total = np.round(total + signs[member] * table[:, usable[member]], 9)
            share = 0.0
            if count > 1:
                share = min(_share(total, place < cut) for cut in range(1, classes))
            if share >= _EXACT and (best is None or share > best.share + 1e-9):
                members = tuple(int(usable[each]) for each in group[:count])
                best = Tally(members, tuple(int(signs[each]) for each in group[:count]), share)
    return best


def _orders(table: Floats, strength: Floats) -> list[Ints]:
    """Return orders in which columns are added up: all by strength, and those of one range."""
    heaviest = np.argsort(-np.abs(strength), kind="stable")
    ranges: dict[tuple[float, float], list[int]] = {}
    for place in heaviest.tolist():
        span = float(table[:, place].min()), float(table[:, place].max())
        ranges.setdefault(span, []).append(place)
    alike = [np.array(group) for group in ranges.values() if 2 < len(group) < len(heaviest)]
    return [order[:_MOST_MEMBERS] for order in (heaviest, *alike)]


def _fit(table: Floats, codes: Ints, classes: int) -> tuple[Floats, Ints]:
    """Return weights and their t-values, shape (2, columns), and the classes in their order.

    The order is that of the first canonical variate (Hotelling 1936) of the columns and the
    classes: the scores of the classes that a linear function of the columns fits best.
    """
    x = table - table.mean(axis=0)
    gram = x.T @ x
    gram[np.diag_indices_from(gram)] += 1e-9 * np.trace(gram) / len(gram)
    inverse = np.linalg.inv(gram)
    root = np.sqrt(np.maximum(np.bincount(codes, minlength=classes), 1))
    hot = np.eye(classes)[codes] / root
    hot -= hot.mean(axis=0)
    cross = x.T @ hot
    _, vectors = np.linalg.eigh(cross.T @ inverse @ cross)
    scores = vectors[:, -1] / root
    goal = scores[codes] - scores[codes].mean()
    weights = inverse @ (x.T @ goal)
    left = goal - x @ weights
    error = np.sqrt(float(left @ left) / len(left) * np.diag(inverse))
    weighed = np.stack([weights, weights / np.maximum(error, 1e-300)])
    return weighed, np.argsort(scores, kind="stable")


def _threshold(total: Floats, below: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the accuracy of the best threshold, and the largest value below it."""
    values, place = np.unique(total, return_inverse=True)
    under = np.cumsum(np.bincount(place, weights=below))
    above = np.cumsum(np.bincount(place, weights=~below))
    right = (under + above[-1] - above)[:-1]
    if not len(right):
        return 0.0, float(values[0])
    best = int(np.argmax(right))
    return float(right[best] / len(total)), float(values[best])


def _share(total: Floats, below: NDArray[np.bool_]) -> float:
    """Return the accuracy of the best threshold; 0 where its neighbourhood makes no formula."""
    share, edge = _threshold(total, below)
    if share < _EXACT:
        return 0.0
    low = total <= edge
    few = low if low.mean() <= 0.5 else ~low
    under, over = float(total[low].max()), float(total[~low].min())
    inside = np.sort(np.abs(total[few] - (over if few is low else under)))
    if len(inside) < _FEWEST_NEAR:
        return 0.0
    stepped = len(np.unique(total)) <= _LEVELS
    near = inside[0] if stepped else inside[max(_FEWEST_NEAR, int(_NEAR * len(inside))) - 1]
    most = float(np.quantile(inside, 0.95))
    beside = np.abs(total[~few] - (under if few is low else over)) <= near * (1 + 1e-9)
    close = float((inside <= near * (1 + 1e-9)).sum())
    if close < _FEWEST_NEAR or beside.sum() < _CONTINUED * close:
        return 0.0
    if close / len(inside) * most / near < _DENSE:
        return 0.0
    wrong = (below != low)[np.abs(total - (under + over) / 2) <= near * (1 + 1e-9)]
    return share if float(wrong.mean()) <= 1.0 - _EXACT else 0.0
