"""Measures of single columns of the training file, read as text.

Ranges, counts and missing shares are exact; associations are measured on a sample where the file
is large. Nothing here looks at hidden rows.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.records import ColumnProfile, ColumnType

TOP = 12
"""Frequent values that are kept."""
_ISO_DATE = re.compile(
    r"\d{4}-\d{2}(-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?)?"
)
_FLAGS = (
    {"0", "1"},
    {"yes", "no"},
    {"true", "false"},
    {"y", "n"},
    {"t", "f"},
    {"0.0", "1.0"},
)


@dataclass(frozen=True)
class ColumnFacts:
    """One column of the training file.

    Attributes:
        name: Its name.
        kind: What it holds, by its values and the hint of the profile.
        rows: Rows of the file.
        missing: Rows without a value.
        distinct: Different values.
        top: The most frequent values with their rows, at most `TOP`.
        minimum: Smallest number; None where the column is not numeric.
        maximum: Largest number.
        mean: Arithmetic mean.
        median: Median.
        std: Standard deviation.
        skew: Third standardised moment, 0 where undefined.
        low: 1 % quantile.
        high: 99 % quantile.
        p05: 5 % quantile.
        p95: 95 % quantile.
        deviation: Mean absolute deviation from the median.
        log_std: Standard deviation of ln(1 + x), None where a number is negative.
        integer: Whether every number is whole.
        zeros: Share of zeros among the numbers.
        decimals: Most digits after the point among the first values, -1 where unknown.
        textual: Rows whose value is no number in a numeric column.
        mean_length: Mean number of characters.
        words: Mean number of words.
        first: Earliest date, as it stands in the file; empty where it is no date.
        last: Latest date.
    """

    name: str
    kind: ColumnType
    rows: int
    missing: int
    distinct: int
    top: tuple[tuple[str, int], ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    mean: float | None = None
    median: float | None = None
    std: float | None = None
    skew: float = 0.0
    low: float | None = None
    high: float | None = None
    p05: float | None = None
    p95: float | None = None
    deviation: float | None = None
    log_std: float | None = None
    integer: bool = False
    zeros: float = 0.0
    decimals: int = -1
    textual: int = 0
    mean_length: float = 0.0
    words: float = 0.0
    first: str = ""
    last: str = ""

    @property
    def missing_share(self) -> float:
        """Share of the rows without a value."""
        return self.missing / self.rows if self.rows else 0.0

    @property
    def filled(self) -> int:
        """Rows with a value."""
        return self.rows - self.missing

    @property
    def numeric(self) -> bool:
        """Whether there is a range of numbers to tell."""
        return self.kind == "number" and self.minimum is not None


def as_text(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as stripped text, None where missing or blank."""
    series = cast("pd.Series", frame[column])
    present = series.notna().to_numpy(dtype=bool)
    values = [
        str(value).strip() or None if there else None
        for value, there in zip(series.tolist(), present, strict=True)
    ]
    return pd.Series(values, dtype=object)


def as_numbers(text: pd.Series) -> NDArray[np.float64]:
    """Return the values as floats, NaN where there is no finite number."""
    numbers = np.asarray(pd.to_numeric(text, errors="coerce"), dtype=np.float64)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def present(text: pd.Series) -> pd.Series:
    """Return the values that are there."""
    return cast("pd.Series", text[text.notna()])


def frequencies(text: pd.Series) -> list[tuple[str, int]]:
    """Return the values and their rows, most frequent first, ties in order of the text."""
    counts = present(text).value_counts()
    pairs = zip(counts.index.tolist(), counts.tolist(), strict=True)
    return sorted(((str(value), int(n)) for value, n in pairs), key=_rarity)


def _rarity(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def measure_column(name: str, text: pd.Series, hint: ColumnProfile | None) -> ColumnFacts:
    """Return the facts of one column given as by `as_text`."""
    filled = present(text)
    counts = frequencies(text)
    numbers = as_numbers(filled)
    finite = numbers[np.isfinite(numbers)]
    share = finite.size / max(1, len(filled))
    kind = _kind(filled, len(counts), {value.lower() for value, _ in counts[:3]}, share, hint)
    values = [str(value) for value in filled.tolist()]
    base = ColumnFacts(
        name=name,
        kind=kind,
        rows=len(text),
        missing=len(text) - len(filled),
        distinct=len(counts),
        top=tuple(counts[:TOP]),
        mean_length=sum(map(len, values)) / max(1, len(values)),
        words=sum(map(_words, values[:2000])) / max(1, len(values[:2000])),
    )
    if kind == "date":
        return _with_dates(base, filled)
    if finite.size and share >= 0.9:
        return _with_numbers(base, finite, filled)
    return base


def _kind(
    filled: pd.Series, distinct: int, values: set[str], share: float, hint: ColumnProfile | None
) -> ColumnType:
    if distinct <= 1:
        return "constant"
    if distinct == 2 and values in _FLAGS:
        return "boolean"
    hinted = hint.type if hint is not None else None
    if hinted == "number" and share >= 0.9:
        return "number"
    if hinted in ("category", "date", "text", "identifier") and not (
        hinted == "text" and share == 1.0
    ):
        return hinted
    if share >= 0.9:
        return "number"
    head = [str(value) for value in filled.head(500).tolist()]
    if sum(_ISO_DATE.fullmatch(value) is not None for value in head) > 0.95 * len(head):
        return "date"
    if sum(map(len, head)) > 40 * len(head) or sum(map(_words, head)) > 6 * len(head):
        return "text"
    return "identifier" if distinct > 0.95 * len(filled) and distinct > 30 else "category"


def _with_dates(base: ColumnFacts, filled: pd.Series) -> ColumnFacts:
    values = [str(value) for value in filled.unique().tolist()]
    if all(_ISO_DATE.fullmatch(value) for value in values):
        return replace(base, first=min(values), last=max(values))
    return base


def _words(value: str) -> int:
    return len(value.split())


def _with_numbers(base: ColumnFacts, finite: NDArray[np.float64], filled: pd.Series) -> ColumnFacts:
    std = float(np.std(finite))
    mean = float(np.mean(finite))
    with np.errstate(all="ignore"):
        skew = float(np.mean(((finite - mean) / std) ** 3)) if std > 0 else 0.0
    shares = (0.01, 0.05, 0.5, 0.95, 0.99)
    low, p05, median, p95, high = (float(value) for value in np.quantile(finite, shares))
    points = [
        len(value.partition(".")[2])
        for value in map(str, filled.head(300).tolist())
        if "e" not in value
    ]
    return replace(
        base,
        minimum=float(finite.min()),
        maximum=float(finite.max()),
        mean=mean,
        median=median,
        std=std,
        skew=skew if math.isfinite(skew) else 0.0,
        low=low,
        high=high,
        p05=p05,
        p95=p95,
        deviation=float(np.mean(np.abs(finite - median))),
        log_std=float(np.std(np.log1p(finite))) if finite.min() >= 0 else None,
        integer=bool(np.all(finite == np.floor(finite))),
        zeros=float(np.mean(finite == 0)),
        decimals=max(points, default=-1),
        textual=len(filled) - finite.size,
    )
