"""One column of text, typed: what its values are and the numbers that they stand for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.recipes.text import NUMBER, factors
from mlesmith_generator.profiler.dates import compact_format, date_format, days
from mlesmith_generator.profiler.numerals import parse_durations, parse_numerals
from mlesmith_generator.profiler.words import unit_of, word_count, words
from mlesmith_generator.records import ColumnProfile, ColumnType

_BOOLEAN: tuple[frozenset[str], ...] = tuple(
    frozenset(pair)
    for pair in (
        ("0", "1"), ("0.0", "1.0"), ("-1", "1"), ("yes", "no"), ("y", "n"), ("true", "false"),
        ("t", "f"), ("on", "off"), ("present", "absent"), ("si", "no"), ("sí", "no"),
        ("oui", "non"), ("ja", "nein"), ("ja", "nee"), ("sim", "não"), ("sim", "nao"),
        ("да", "нет"), ("是", "否"), ("はい", "いいえ"), ("vero", "falso"), ("vrai", "faux"),
        ("pass", "fail"), ("positive", "negative"), ("pos", "neg"),
    )
)  # fmt: skip
LARGEST = 1e60
"""Size from which on digits are no amount; sums of squares of smaller ones can be had."""
_KEYS = frozenset(
    {"id", "ids", "uuid", "guid", "key", "rownames", "rowname", "rownum", "pid", "seqn", "seqno",
     "serial", "caseid", "idno", "respid", "respondentid", "unnamed", "idcase", "pmid", "doi",
     "isbn", "issn", "orcid", "vin", "iban", "npi"}
)  # fmt: skip
_COUNTERS = frozenset(
    {"index", "idx", "row", "nr", "no", "number", "num", "record", "case", "respondent", "obs",
     "observation", "order", "code", "line"}
)  # fmt: skip
_LONG_KEY = re.compile(r"id$|_no$|uuid$|^unnamed", re.IGNORECASE)
BLANKS = frozenset(
    {"", "-", "--", "---", "\u2013", "\u2014", ".", "..", "*", "n/a", "na", "nan", "none", "null",
     "nil", "unknown", "missing", "tbd", "tba", "not available", "not reported", "undefined",
     "#n/a"}
)  # fmt: skip
_TIMES = frozenset({"year", "month", "week", "day", "hour", "date", "time", "season"})
_WORDS_ID = frozenset({"covid", "paid", "valid", "humid", "acid", "grid", "arid", "liquid", "solid",
                       "rapid", "aid", "bid", "kid", "lid", "mid", "avoid", "fluid", "prepaid",
                       "invalid", "unpaid", "hybrid", "steroid", "thyroid", "android"})  # fmt: skip
_CAP_TOP = 40
_CODE = re.compile(r"[0-9]+(?:\.[0-9]+)?")
"""How a code of digits is written: without a sign, perhaps in steps (`01.7`)."""
_MOSTLY = 0.8
"""Share of the values told that are numbers, from which these say that all are codes."""
_PADDED = (2, 0.01)
"""Values with a zero before another digit, and share of them, above which lengths may vary."""
_DURATION = "durations, in minutes"


@dataclass(frozen=True)
class TypedColumn:
    """A column with what its text stands for.

    Attributes:
        profile: What is told to others about the column.
        codes: For each row the place of its value in `values`, -1 where missing; shape (rows,).
        values: The different values, as first met.
        numbers: For each value the number, or the days since 1970 of a date; NaN where it is
            neither; shape (values,).
    """

    profile: ColumnProfile
    codes: NDArray[np.int64]
    values: list[str]
    numbers: NDArray[np.float64]

    @property
    def name(self) -> str:
        """Name of the column."""
        return self.profile.name

    def numeric(self) -> NDArray[np.float64]:
        """Return the number of every row, NaN where there is none; shape (rows,)."""
        return np.append(self.numbers, np.nan)[self.codes]

    def counts(self) -> NDArray[np.int64]:
        """Return how many rows have each value; shape (values,)."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.values))


@dataclass(frozen=True)
class TypedTable:
    """The columns of a table (or of a sample of its rows), typed."""

    columns: tuple[TypedColumn, ...]
    rows: int

    def __getitem__(self, name: str) -> TypedColumn:
        """Return the named column; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


def type_column(name: str, series: pd.Series) -> TypedColumn:
    """Type one column of text.

    Args:
        name: Its name.
        series: Text, NaN where missing, in the order of the file.
    """
    codes, values = factors(series)
    counts = np.bincount(codes[codes >= 0], minlength=len(values)).astype(np.int64)
    stripped = [value.strip() for value in values]
    kind, numbers, form, parsed, note = _decide(name, codes, counts, stripped)
    present = int(counts.sum())
    order = np.argsort(-counts, kind="stable")[:_CAP_TOP]
    lengths = np.array([len(value) for value in values], dtype=np.float64)
    row_numbers = np.append(numbers, np.nan)[codes] if values else np.empty(0)
    facts = _moments(numbers, counts) if kind not in ("date", "text") else {}
    seen = row_numbers[np.isfinite(row_numbers)]
    steps = np.diff(seen) if len(seen) > 20 else np.empty(0)
    profile = ColumnProfile(
        name=name,
        type=kind,
        rows=len(codes),
        missing=1.0 - present / len(codes) if len(codes) else 0.0,
        distinct=len(values),
        top=tuple((values[place][:120], int(counts[place])) for place in order),
        ordered=bool(len(steps) and ((steps >= 0).all() or (steps <= 0).all()) and steps.any()),
        unit=unit_of(name),
        date_format=form,
        number_text=parsed,
        duration=note == _DURATION,
        mean_length=float(lengths @ counts / present) if present else 0.0,
        examples=tuple(value[:80] for value in values[:5]),
        note=note,
        integer=kind != "date" and _whole(numbers),
        **facts,
    )
    return TypedColumn(profile, codes, values, numbers)


def _decide(
    name: str, codes: NDArray[np.int64], counts: NDArray[np.int64], values: Sequence[str]
) -> tuple[ColumnType, NDArray[np.float64], str, bool, str]:
    """Return type, numbers by value, date format, whether numbers had to be parsed, note."""
    present = int(counts.sum())
    numbers = np.array(
        [float(value) if NUMBER.fullmatch(value) else np.nan for value in values], dtype=np.float64
    )
    # No measured amount is that large: codes in hexadecimal such as `12e300` are not numbers.
    numbers[~(np.abs(numbers) < LARGEST)] = np.nan
    if len(values) < 2:
        return "constant", numbers, "", False, "" if present else "empty"
    if len(values) == 2 and frozenset(value.lower() for value in values) in _BOOLEAN:
        return "boolean", numbers, "", False, ""
    told = counts * np.array([value.lower() not in BLANKS for value in values])
    said = int(told.sum()) if told.sum() >= 0.3 * present else present
    share = float(counts[np.isfinite(numbers)].sum() / said)
    form = ""
    if share < 0.5:
        form = date_format(values)
    elif share >= 0.95:
        form = compact_format(name, [value for value in values if value.lower() not in BLANKS])
    if form:
        return "date", days(values, form), form, False, ""
    if share >= _MOSTLY and _is_code(values):
        return _code_type(present, len(values)), numbers, "", False, "leading zeros"
    if share >= 0.95:
        note = _identifier_note(name, codes, numbers, present)
        if note:
            return "identifier", numbers, "", False, note
        odd = [value for value, number in zip(values, numbers, strict=True) if number != number]
        return "number", numbers, "", bool(odd), f"not numbers: {', '.join(odd[:3])}" if odd else ""
    minutes = parse_durations(name, values)
    if counts[np.isfinite(minutes)].sum() >= 0.8 * said:
        return "number", minutes, "", True, _DURATION
    parsed = parse_numerals(values)
    good = np.isfinite(parsed)
    if good.sum() >= 3 and counts[good].sum() >= 0.8 * said:
        return "number", parsed, "", True, ""
    return _text_type(name, counts, values), numbers, "", False, ""


def _is_code(values: Sequence[str]) -> bool:
    """Return whether digits are a code: no amount is written with a zero before another digit.

    Values that are no number (letters of sections, blanks) do not count. Codes of many lengths
    (`01`, `011`, `01.7`) have several such zeros and no value so short that it lacks its own.
    """
    numbers = [value for value in values if NUMBER.fullmatch(value)]
    if not all(map(_CODE.fullmatch, numbers)):
        return False
    padded = sum(map(_padded, numbers))
    if all(map(str.isdigit, numbers)) and len({len(value) for value in numbers}) <= 2:
        return padded > 0
    parts = [value.partition(".") for value in numbers]
    decimals = {len(part) for _, _, part in parts}
    padding = any(dot for _, dot, _ in parts) and len(decimals) == 1
    shortest = min(len(whole) for whole, _, _ in parts)
    return padded >= _PADDED[0] + _PADDED[1] * len(numbers) and shortest > 1 and not padding


def _padded(value: str) -> bool:
    return value[0] == "0" and value[1:2].isdigit()


def _code_type(present: int, distinct: int) -> ColumnType:
    return "identifier" if distinct > 0.9 * present else "category"


def _identifier_note(
    name: str, codes: NDArray[np.int64], numbers: NDArray[np.float64], present: int
) -> str:
    whole = np.isfinite(numbers) & (numbers == np.round(numbers))
    if present < 20 or not whole.all():
        return ""
    rows = np.append(numbers, np.nan)[codes]
    if len(numbers) == present == len(codes):
        steps = np.diff(rows)
        if (steps == 1).all() or (steps == -1).all():
            return "row number"
        if np.ptp(numbers) == present - 1 and (steps == 1).mean() > 0.9:
            return "row number"
    if len(numbers) >= 0.98 * present and key_like(name):
        return "unique number"
    if len(numbers) == present and (np.diff(rows) > 0).all() and np.ptp(rows) < 3 * present:
        return "rising number"
    return ""


def key_like(name: str) -> bool:
    """Return whether a name sounds like a key (`id`, `PatientID`, `record_no`, `Unnamed: 0`)."""
    parts = words(name)
    if parts and parts[-1] in _COUNTERS and len(parts) <= 2 and not _TIMES & set(parts):
        return True
    return is_key(name)


def is_key(name: str) -> bool:
    """Return whether a name is that of an id, counters such as `row` or `order` not included."""
    parts = words(name)
    if _KEYS & set(parts):
        return True
    return bool(_LONG_KEY.search(name.strip())) and len(parts) == 1 and parts[0] not in _WORDS_ID


def _text_type(name: str, counts: NDArray[np.int64], values: Sequence[str]) -> ColumnType:
    present = int(counts.sum())
    sample = values[:: max(1, len(values) // 500)]
    spaces = float(np.mean([max(value.count(" ") + 1, word_count(value)) for value in sample]))
    length = float(np.mean([len(value) for value in sample]))
    varied = len(values) / present
    if len(values) > 20 and ((spaces >= 5 and varied > 0.3) or (spaces >= 12)):
        return "text"
    if varied > 0.9 and len(values) >= 20:
        if spaces < 1.2 and (key_like(name) or length > 8 or _coded(sample)):
            return "identifier"
        return "text"
    if varied > 0.5 and len(values) >= 100 and spaces >= 1.5:
        return "text"
    return "category"


def _coded(values: Sequence[str]) -> bool:
    return sum(any(c.isdigit() for c in value) for value in values) > 0.8 * len(values)


def _moments(numbers: NDArray[np.float64], counts: NDArray[np.int64]) -> dict[str, float]:
    good = np.isfinite(numbers)
    if not good.any():
        return {}
    value, weight = numbers[good], counts[good].astype(np.float64)
    total = weight.sum()
    mean = float(value @ weight / total)
    gap = value - mean
    scale = float(np.abs(gap).max()) or 1.0
    unit = gap / scale
    variance = float(unit**2 @ weight / total)
    order = np.argsort(value)
    place = int(np.searchsorted(np.cumsum(weight[order]), total / 2))
    skew = float(unit**3 @ weight / total / variance**1.5) if variance > 1e-12 else 0.0
    facts = {
        "minimum": float(value.min()),
        "maximum": float(value.max()),
        "mean": mean,
        "median": float(value[order][min(place, len(order) - 1)]),
        "std": float(np.sqrt(variance) * scale),
        "skew": skew,
    }
    if not all(np.isfinite(fact) for fact in facts.values()):
        return {}
    return {**facts, "zeros": float(weight[value == 0].sum() / total)}


def _whole(numbers: NDArray[np.float64]) -> bool:
    good = numbers[np.isfinite(numbers)]
    return bool(len(good) and (good == np.round(good)).all())
