"""Recognising dates written as text, and turning them into days."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.profiler.words import words

FORMATS: tuple[str, ...] = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y%m%d",
    "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y",
    "%d-%m-%Y", "%m-%d-%Y", "%d-%m-%y", "%m-%d-%y", "%d.%m.%Y", "%d.%m.%y",
    "%d-%b-%Y", "%d-%b-%y", "%d %b %Y", "%d %B %Y", "%b %d %Y", "%B %d %Y", "%b %d, %Y",
    "%B %d, %Y", "%a %b %d %Y", "%A, %B %d, %Y", "%Y-%b-%d", "%b-%Y", "%Y-%m", "%Y/%m", "%b %Y",
    "%B %Y", "%Y %b", "%Y %B", "%Y, %B",
)  # fmt: skip
"""Formats that are tried, day before month where both fit every value."""
TIMES: tuple[str, ...] = (
    "",
    " %H:%M",
    " %H:%M:%S",
    "T%H:%M",
    "T%H:%M:%S",
    " %I:%M:%S %p",
    " %I:%M %p",
)

_DATELIKE = re.compile(
    r"\d{1,4}[-/. ,](?:\d{1,2}|[A-Za-z]{3,9})(?:[-/. ,]+\d{1,4})?|\d{8}$|[A-Za-z]{3,9},?[ -]"
)
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PROBES = 40
_FEWEST = 3
_SHORT = 6
_COMPACT = {
    _SHORT: ("%y%m%d", "%d%m%y", "%m%d%y"),
    8: ("%Y%m%d", "%d%m%Y", "%m%d%Y"),
}
"""Formats of dates in digits alone, by their length."""
_CALENDAR = frozenset(
    {"date", "dates", "day", "dt", "datum", "fecha", "timestamp", "datestamp", "ymd",
     "yymmdd", "yyyymmdd", "ddmmyy", "ddmmyyyy", "mmddyy", "mmddyyyy", "datetime", "issued",
     "дата", "日期", "日付"}
)  # fmt: skip
_BIRTH = frozenset({"birth", "birthday", "birthdate", "dob", "born"})
"""Dates of which two digits do not tell the century."""
_FIRST_YEAR, _LAST_YEAR = 1700, 2100
_LONGEST_SPAN = 400
_CLEARLY = 3
"""How many times as many years another reading must span."""
_DRAWN = 4000
_NEVER = 1e-6


def date_format(values: Sequence[str]) -> str:
    """Return the format that at least 95 % of the values follow, or an empty string.

    Args:
        values: Different values of a column, in order of first appearance.

    Returns:
        A `strptime` format, or `ISO8601` where values carry zones or fractions.
    """
    step = max(1, len(values) // _PROBES)
    probes = [value.strip() for value in values[::step][:_PROBES]]
    if not probes or sum(bool(_DATELIKE.match(probe)) for probe in probes) < 0.9 * len(probes):
        return ""
    if probes[0].isdigit() and not all(_compact_date(probe) for probe in probes):
        return ""
    first = probes[:3]
    viable = [form for form in _candidates() if any(_follows(probe, form) for probe in first)]
    fits = [form for form in viable if _share(probes, form) >= 0.95]
    if not fits:
        return "ISO8601" if all(_ISO.fullmatch(probe) for probe in probes) else ""
    if len(fits) == 1:
        return fits[0]
    many = [value.strip() for value in values[:: max(1, len(values) // 2000)]]
    shares = [_share(many, form) for form in fits]
    best = int(np.argmax(shares))
    return fits[best] if shares[best] >= 0.9 else ""


def compact_format(name: str, values: Sequence[str]) -> str:
    """Return the format of dates written in digits alone, or an empty string.

    Every value must be a date in that reading, and in no other that is as likely. Where the name
    does not speak of dates, numbers that are drawn at random between the first and the last of
    them must hardly ever be dates all of them; six digits are codes too often, and need the name.

    Args:
        name: Of the column.
        values: Its different values, missing ones left out.
    """
    forms = _COMPACT.get(len(values[0]) if values else 0, ())
    named = any(part in _CALENDAR or part.endswith("date") for part in words(name))
    named = named and not _BIRTH & set(words(name))
    if not forms or len(values) < _FEWEST or (len(values[0]) == _SHORT and not named):
        return ""
    if not all(value.isascii() and value.isdigit() for value in values):
        return ""
    fits = sorted(
        (years, form) for form in forms if (years := _years(values, form)) <= _LONGEST_SPAN
    )
    if not fits or (len(fits) > 1 and _CLEARLY * fits[0][0] > fits[1][0]):
        return ""
    form = fits[0][1]
    return form if named or _by_chance(values, form) < _NEVER else ""


def _years(values: Sequence[str], form: str) -> float:
    """Return how many years the values span as dates of a format; infinite where one is none."""
    length = len(values[0])
    if any(len(value) != length or not _follows(value, form) for value in values):
        return math.inf
    years = {datetime.strptime(value, form).year for value in values}
    if min(years) < _FIRST_YEAR or max(years) > _LAST_YEAR:
        return math.inf
    return max(years) - min(years) + 1


def _by_chance(values: Sequence[str], form: str) -> float:
    """Return how likely as many numbers of the same span would all be dates, drawn at random."""
    whole = [int(value) for value in values]
    drawn = np.random.default_rng(0).integers(min(whole), max(whole) + 1, size=_DRAWN)
    dates = sum(_follows(f"{number:0{len(values[0])}d}", form) for number in drawn.tolist())
    return ((dates + 1) / (_DRAWN + 1)) ** len(values)


def days(values: Sequence[str], form: str) -> NDArray[np.float64]:
    """Return days since 1970 for each value, shape (values,); NaN where the format does not fit."""
    texts = pd.Series([value.strip() for value in values], dtype="object")
    if form == "ISO8601":
        stamps = pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True)
        seconds = (stamps - pd.Timestamp(_EPOCH)).dt.total_seconds()
    else:
        stamps = pd.to_datetime(texts, format=form, errors="coerce")
        seconds = (stamps - pd.Timestamp("1970-01-01")).dt.total_seconds()
    return np.asarray(seconds, dtype=np.float64) / 86400.0


def _candidates() -> list[str]:
    return [form + time for time in TIMES for form in FORMATS]


def _compact_date(text: str) -> bool:
    return len(text) == 8 and text.isdigit() and 1700 <= int(text[:4]) <= 2200


def _share(values: Sequence[str], form: str) -> float:
    return sum(_follows(value, form) for value in values) / len(values)


def _follows(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)
    except ValueError:
        return False
    return True
