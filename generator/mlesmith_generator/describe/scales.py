"""Numbers of several scales in one column, told apart by another: pay by the hour and by the year.

A median of such a column is one of a mixture, and its numbers say little without the other column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.describe.measure import ColumnFacts, Text

_APART = 50.0
"""How many times the median of one level is that of another, from where these are scales."""
_LEVELS = 8
"""Levels of a column up to which it may sort another one."""
_FEWEST, _PART = 10, 0.02
"""Numbers that a level needs, and their share of the column."""
_COLUMNS = 40
"""Numeric columns, and others, that are looked at."""


@dataclass(frozen=True)
class Scales:
    """A column of numbers that a small categorical one sorts into scales, in the training rows.

    Attributes:
        column: The column of numbers.
        by: The other column.
        high: Its level with the largest median, and that.
        low: Its level with the smallest median, and that.
    """

    column: str
    by: str
    high: tuple[str, float]
    low: tuple[str, float]


def scales_of(columns: Sequence[ColumnFacts], texts: Mapping[str, Text]) -> Scales | None:
    """Return the column with the scales farthest apart; None where no column has any.

    Args:
        columns: The features.
        texts: Their values in the training rows.
    """
    wide = [each for each in columns if _is_wide(each)][:_COLUMNS]
    small = [each for each in columns if _may_sort(each)][:_COLUMNS]
    best: tuple[float, Scales] | None = None
    for column in wide:
        numbers = texts[column.name].numbers
        for by in small:
            found = None if by is column else _sorted(column.name, numbers, by.name, texts[by.name])
            ratio = found.high[1] / found.low[1] if found else 0.0
            if found and (best is None or ratio > best[0]):
                best = ratio, found
    return None if best is None else best[1]


def _is_wide(column: ColumnFacts) -> bool:
    """Whether a column has positive amounts of such different sizes at all."""
    least, most = column.p05 or 0.0, column.p95 or 0.0
    if not column.numeric or (column.minimum or 0.0) < 0:
        return False
    return column.distinct > _LEVELS and most > _APART * least


def _may_sort(column: ColumnFacts) -> bool:
    return column.kind in ("category", "boolean") and 2 <= column.distinct <= _LEVELS


def _sorted(name: str, numbers: NDArray[np.float64], by: str, levels: Text) -> Scales | None:
    known = np.isfinite(numbers)
    least = max(_FEWEST, _PART * np.count_nonzero(known))
    found: list[tuple[float, float, float, str]] = []
    for code, level in enumerate(levels.values):
        own = numbers[known & (levels.codes == code)]
        if own.size >= least:
            low, middle, high = (float(edge) for edge in np.quantile(own, (0.25, 0.5, 0.75)))
            found.append((middle, low, high, level))
    if len(found) < 2:
        return None
    bottom, top = min(found), max(found)
    if bottom[0] <= 0 or top[0] < _APART * bottom[0] or bottom[2] >= top[1]:
        return None
    return Scales(name, by, (top[3], top[0]), (bottom[3], bottom[0]))
