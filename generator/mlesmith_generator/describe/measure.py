"""Measures of single columns of the training file, read as text.

Ranges, counts and missing shares are exact; associations are measured on a sample where the file
is large. Nothing here looks at hidden rows.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.matter import are_smiles
from mlesmith_generator.describe.written import written_as
from mlesmith_generator.profiler.words import word_count
from mlesmith_generator.profiler.zeros import next_above_zero
from mlesmith_generator.records import ColumnProfile, ColumnType

TOP = 12
"""Frequent values that are kept."""
_FINE = 50
"""Different numbers from which a column is fine enough to look cut off."""
_CUT, _HEAPED = 0.02, 5
"""Share of the rows at the largest number, and how many times those of the next five, for that."""
_COUNTED = 5_000
"""Different texts whose words are counted."""
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


_UNREAD = frozenset({"#N/A", "#N/A N/A", "#NA", "-NaN", "-nan", "<NA>", "N/A", "NA", "NULL", "NaN",
                     "None", "n/a", "nan", "null"})  # fmt: skip
"""Texts that `read_csv` of pandas takes for missing unless told otherwise."""


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
        above_zero: Smallest number above the zeros where these stand far below all other numbers,
            and so may be none at all, or missing; else None.
        counted: Whether these zeros are those of a count beside it or logarithms of 1, and so
            are nothing odd.
        textual: Rows whose value is no number in a numeric column.
        mean_length: Mean number of characters.
        words: Mean number of words of a row that has a value.
        capped: Share of the numbers that stand at the largest, where that looks like a cut.
        smiles: Whether the values are structures of molecules.
        first: Earliest date, as it stands in the file; empty where it is no date.
        last: Latest date.
        written: How its values are amounts or days in words, such as `60 kg`; empty for others.
        test_varies: Whether a column that is constant here has another value in the test rows.
        test_gaps: Whether a column that is complete here has gaps in the test rows.
        unread: The most frequent text that readers of CSV files take for missing, and its rows.
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
    above_zero: float | None = None
    counted: bool = False
    textual: int = 0
    mean_length: float = 0.0
    words: float = 0.0
    capped: float = 0.0
    smiles: bool = False
    first: str = ""
    last: str = ""
    written: str = ""
    unread: tuple[str, int] = ("", 0)
    test_varies: bool = False
    test_gaps: bool = False

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


@dataclass(frozen=True)
class Text:
    """A column as text: which of its different values stands in each row.

    Attributes:
        codes: Place in `values` for each row, -1 where there is none.
        values: The different values, stripped of blanks, in order of appearance.
    """

    codes: NDArray[np.int64]
    values: tuple[str, ...]

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """Rows of each value."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))

    @cached_property
    def parsed(self) -> NDArray[np.float64]:
        """Each value as a float, NaN where it is no finite number."""
        if not self.values:
            return np.zeros(0)
        texts = np.array(self.values, dtype=object)
        numbers = np.asarray(pd.to_numeric(texts, errors="coerce"), dtype=np.float64)
        return np.where(np.isfinite(numbers), numbers, np.nan)

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The number in each row, NaN where there is none."""
        return np.append(self.parsed, np.nan)[self.codes]

    def frequent(self, most: int) -> list[tuple[str, int]]:
        """Return the most frequent values and their rows, ties in order of the text."""
        order = np.argsort(-self.counts, kind="stable")[: 4 * most]
        pairs = [(self.values[place], int(self.counts[place])) for place in order]
        return sorted(pairs, key=_rarity)[:most]


def as_text(frame: pd.DataFrame, column: str) -> Text:
    """Return a column as stripped text; blank counts as missing."""
    series = cast("pd.Series", frame[column])
    codes, uniques = pd.factorize(series.to_numpy(dtype=object))
    stripped = [str(value).strip() for value in uniques]
    if all(stripped) and len(set(stripped)) == len(stripped):
        return Text(codes.astype(np.int64), tuple(stripped))
    place = {text: index for index, text in enumerate(dict.fromkeys(filter(None, stripped)))}
    where = np.array([*(place.get(text, -1) for text in stripped), -1], dtype=np.int64)
    return Text(where[codes], tuple(place))


def _rarity(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]


def measure_column(name: str, text: Text, hint: ColumnProfile | None) -> ColumnFacts:
    """Return the facts of one column."""
    counts = text.counts
    filled = int(counts.sum())
    numeric = np.isfinite(text.parsed)
    # One number in nearly all rows and texts in the others (`0`, `1,234`) is no column of numbers.
    share = float(counts[numeric].sum()) / max(1, filled) if 2 * numeric.sum() > len(numeric) else 0
    kind = _kind(text, share, hint)
    base = ColumnFacts(
        name=name,
        kind=kind,
        rows=len(text.codes),
        missing=len(text.codes) - filled,
        distinct=len(text.values),
        top=tuple(text.frequent(TOP)),
    )
    if kind == "date":
        return _with_dates(base, text)
    if numeric.any() and share >= 0.9:
        return _with_numbers(base, text)
    lengths = np.fromiter(map(len, text.values), dtype=np.float64, count=len(text.values))
    looked = min(len(text.values), _COUNTED)
    words = np.fromiter(map(word_count, text.values[:looked]), dtype=np.float64, count=looked)
    return replace(
        base,
        mean_length=float(lengths @ counts) / max(1, filled),
        words=float(words @ counts[:looked]) / max(1, int(counts[:looked].sum())),
        smiles=are_smiles(name, text.values),
        written=written_as(text.values),
        unread=_unread(text),
    )


def _unread(text: Text) -> tuple[str, int]:
    """Return the most frequent text that is taken for missing by default, and its rows."""
    found = [
        pair for pair in zip(text.values, text.counts.tolist(), strict=True) if pair[0] in _UNREAD
    ]
    return min(found, key=_rarity, default=("", 0))


def _kind(text: Text, share: float, hint: ColumnProfile | None) -> ColumnType:
    values, distinct = text.values, len(text.values)
    if distinct <= 1:
        return "constant"
    if distinct == 2 and {value.lower() for value in values} in _FLAGS:
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
    head = values[:500]
    if sum(_ISO_DATE.fullmatch(value) is not None for value in head) > 0.95 * len(head):
        return "date"
    long = sum(map(len, head)) > 40 * len(head)
    if long or sum(map(word_count, head)) > 6 * len(head):
        return "text"
    filled = int(text.counts.sum())
    return "identifier" if distinct > 0.95 * filled and distinct > 30 else "category"


def _with_dates(base: ColumnFacts, text: Text) -> ColumnFacts:
    if all(_ISO_DATE.fullmatch(value) for value in text.values):
        return replace(base, first=min(text.values), last=max(text.values))
    return base


def _with_numbers(base: ColumnFacts, text: Text) -> ColumnFacts:
    numbers = text.numbers
    finite = np.sort(numbers[np.isfinite(numbers)])
    std, mean = float(np.std(finite)), float(np.mean(finite))
    with np.errstate(all="ignore"):
        skew = float(np.mean(((finite - mean) / std) ** 3)) if std > 0 else 0.0
    shares = (0.01, 0.05, 0.5, 0.95, 0.99)
    low, p05, median, p95, high = (float(value) for value in np.quantile(finite, shares))
    return replace(
        base,
        minimum=float(finite[0]),
        maximum=float(finite[-1]),
        mean=mean,
        median=median,
        std=std,
        skew=skew if math.isfinite(skew) else 0.0,
        low=low,
        high=high,
        p05=p05,
        p95=p95,
        deviation=float(np.mean(np.abs(finite - median))),
        log_std=float(np.std(np.log1p(finite))) if finite[0] >= 0 else None,
        integer=bool(np.all(finite == np.floor(finite))),
        zeros=float(np.mean(finite == 0)),
        above_zero=next_above_zero(finite),
        capped=_capped(finite),
        textual=base.rows - base.missing - finite.size,
    )


def _capped(ordered: NDArray[np.float64]) -> float:
    """Return the share of sorted numbers at the largest, if far more stand there than just below.

    Numbers of many sizes are meant, not the steps of a scale.
    """
    values, counts = np.unique(ordered, return_counts=True)
    if len(values) < _FINE:
        return 0.0
    share = float(counts[-1] / ordered.size)
    return share if share >= _CUT and counts[-1] >= _HEAPED * counts[-6:-1].max() else 0.0
