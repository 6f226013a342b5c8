"""Which columns go together: with the target, with each other, and where the target splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlesmith_generator.describe.association import (
    LEVELS,
    Association,
    correlation_ratio,
    cramer,
    spearman,
)
from mlesmith_generator.describe.encoded import Encoded
from mlesmith_generator.describe.measure import Text

PAIRED = 120
"""Numeric columns among which the closest pair is looked for."""
_MORE = 0.01
"""By how much levels have to tell more than the order for a column to be told by them."""
_SPLITS = 0.08
"""Strength of association from which a nominal feature is said to split the target."""


@dataclass(frozen=True)
class Contrast:
    """Two values of a nominal feature between which the target differs most.

    Attributes:
        column: The feature.
        high: The value with the most, its rows and its mean (or its share of the positive class).
        low: The value with the least.
    """

    column: str
    high: tuple[str, int, float]
    low: tuple[str, int, float]


def associate(data: Encoded) -> tuple[Association, ...]:
    """Return how each feature that can be measured goes with the target, strongest first.

    Numbers and dates are measured in their order, columns whose values repeat by their levels, and
    those that are both by what tells more: whole numbers may be codes.
    """
    found: list[Association] = []
    for name in dict.fromkeys((*data.numeric, *data.dates, *data.levels)):
        ways = [
            *([_in_order(data, name)] if name in data.numeric or name in data.dates else []),
            *([_by_level(data, name)] if name in data.levels else []),
        ]
        more = ways[-1].strength >= ways[0].strength + _MORE
        found.append(ways[-1] if more else ways[0])
    told = {each.column for each in found}
    found += [Association(name, 0.0, 0, "ratio") for name in data.fleeting if name not in told]
    return tuple(sorted(found, key=lambda each: (-each.strength, each.column)))


def _in_order(data: Encoded, name: str) -> Association:
    """Return how the order of numbers or dates goes with the target."""
    values = data.numeric[name] if name in data.numeric else data.dates[name]
    if data.classes:
        return Association(
            name, correlation_ratio(np.asarray(data.truth, np.int64), values), 0, "ratio"
        )
    value = spearman(values, np.asarray(data.truth, np.float64))
    return Association(name, abs(value), 1 if value >= 0 else -1, "rank")


def _by_level(data: Encoded, name: str) -> Association:
    """Return how the target differs by the levels of a column."""
    levels = data.levels[name]
    if data.classes:
        return Association(name, cramer(levels, np.asarray(data.truth, np.int64)), 0, "cramer")
    numbers = np.asarray(data.truth, np.float64)
    return Association(name, correlation_ratio(levels, numbers), 0, "ratio")


def closest_pair(data: Encoded) -> tuple[str, str, float] | None:
    """Return the two numeric features with the highest rank correlation, and that.

    Of more than `PAIRED` numeric features, the first so many are looked at.
    """
    columns = list(data.numeric)[:PAIRED]
    if len(columns) < 2:
        return None
    frame = pd.DataFrame({index: data.numeric[name] for index, name in enumerate(columns)})
    matrix = np.array(frame.rank().corr(min_periods=20), dtype=np.float64)
    matrix[np.tril_indices(len(columns))] = 0.0
    matrix = np.nan_to_num(matrix)
    if not matrix.any():
        return None
    left, right = np.unravel_index(int(np.argmax(np.abs(matrix))), matrix.shape)
    return columns[int(left)], columns[int(right)], float(matrix[left, right])


def are_equal(data: Encoded, left: str, right: str) -> bool:
    """Return whether two numeric features are the same in every row that was looked at."""
    return bool(np.array_equal(data.numeric[left], data.numeric[right], equal_nan=True))


def contrast_of(
    data: Encoded, associations: Sequence[Association], texts: Mapping[str, Text]
) -> Contrast | None:
    """Return where the strongest nominal feature splits the target most, on all training rows."""
    if len(data.classes) > 2:
        return None
    nominal = [a.column for a in associations if a.column in data.nominal and a.strength > _SPLITS]
    if not nominal:
        return None
    values = np.asarray(data.whole, dtype=np.float64)
    if data.classes:
        values = (values == len(data.classes) - 1).astype(np.float64)
    text = texts[nominal[0]]
    means: list[tuple[float, str, int]] = []
    for code, level in enumerate(text.values[:LEVELS]):
        told = values[text.codes == code]
        told = told[np.isfinite(told)]
        if told.size >= max(10, 0.02 * len(values)):
            means.append((float(told.mean()), level, told.size))
    if len(means) < 2:
        return None
    low, high = min(means), max(means)
    return Contrast(nominal[0], (high[1], high[2], high[0]), (low[1], low[2], low[0]))
