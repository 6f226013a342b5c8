"""Which columns go together: with the target, with each other, and where the target splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.describe.association import (
    LEVELS,
    Association,
    correlation_ratio,
    cramer,
    spearman,
)
from mlesmith_generator.describe.measure import ColumnFacts, Text

_CELLS = 600_000
"""Cells on which associations are measured; larger files are sampled evenly."""
_ROWS = 2_000
"""Rows that are looked at in any case, however many columns there are."""
_PAIRS = 60
"""Numeric columns among which the closest pair is looked for."""
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


@dataclass(frozen=True)
class Encoded:
    """Columns as numbers or codes, on every `step`-th row.

    Attributes:
        numeric: Numbers by feature, NaN where missing.
        nominal: Codes by feature, -1 where missing.
        truth: The target's numbers, or its class codes.
        classes: Class labels by code, empty for a numeric target.
        step: Rows were taken one in so many.
        whole: The target on all rows.
    """

    numeric: dict[str, NDArray[np.float64]]
    nominal: dict[str, NDArray[np.int64]]
    truth: NDArray[np.float64] | NDArray[np.int64]
    classes: tuple[str, ...]
    step: int
    whole: NDArray[np.float64] | NDArray[np.int64]

    @classmethod
    def of(
        cls,
        features: Sequence[ColumnFacts],
        texts: Mapping[str, Text],
        target: Text,
        classes: tuple[str, ...],
    ) -> Encoded:
        """Encode the features that are numbers or have few levels."""
        rows = len(target.codes)
        step = max(1, min(rows * max(1, len(features)) // _CELLS, rows // _ROWS))
        chosen = slice(None, None, step)
        whole = _class_codes(target, classes) if classes else target.numbers
        nominal = [
            column.name
            for column in features
            if column.kind in ("category", "boolean") and column.distinct <= LEVELS
        ]
        return cls(
            numeric={c.name: texts[c.name].numbers[chosen] for c in features if c.numeric},
            nominal={name: texts[name].codes[chosen] for name in nominal},
            truth=whole[chosen],
            classes=classes,
            step=step,
            whole=whole,
        )


def associate(data: Encoded) -> tuple[Association, ...]:
    """Return how each feature goes with the target, strongest first."""
    found: list[Association] = []
    if data.classes:
        codes = np.asarray(data.truth, dtype=np.int64)
        for name, values in data.numeric.items():
            found.append(Association(name, correlation_ratio(codes, values), 0, "ratio"))
        for name, levels in data.nominal.items():
            found.append(Association(name, cramer(levels, codes), 0, "cramer"))
    else:
        numbers = np.asarray(data.truth, dtype=np.float64)
        for name, values in data.numeric.items():
            value = spearman(values, numbers)
            found.append(Association(name, abs(value), 1 if value >= 0 else -1, "rank"))
        for name, levels in data.nominal.items():
            found.append(Association(name, correlation_ratio(levels, numbers), 0, "ratio"))
    return tuple(sorted(found, key=lambda each: (-each.strength, each.column)))


def closest_pair(data: Encoded) -> tuple[str, str, float] | None:
    """Return the two numeric features with the highest rank correlation, and that."""
    columns = [name for name, v in data.numeric.items() if np.unique(v[np.isfinite(v)]).size > 4]
    columns = columns[:_PAIRS]
    if len(columns) < 2:
        return None
    frame = pd.DataFrame({index: data.numeric[name] for index, name in enumerate(columns)})
    matrix = np.array(frame.rank().corr(min_periods=20), dtype=np.float64)
    matrix[np.tril_indices(len(columns))] = 0.0
    matrix = np.nan_to_num(matrix)
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


def _class_codes(target: Text, classes: tuple[str, ...]) -> NDArray[np.int64]:
    place = {label: index for index, label in enumerate(classes)}
    codes = np.array([*(place.get(value, -1) for value in target.values), -1], dtype=np.int64)
    return codes[target.codes]
