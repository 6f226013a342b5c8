"""The cells of a page's table of columns, held against the columns themselves."""

from __future__ import annotations

import re

import numpy as np

from mlesmith_generator.gates.completeness import visible
from mlesmith_generator.gates.page import bare, plain
from mlesmith_generator.gates.rows import Column, as_numbers

NUMBER = r"[-\u2212]?\d[\d,\u2009\u202f]*(?:\.\d+)?(?:[eE][+-]?\d+)?"
"""A number as pages write it, with marks between thousands."""
_RANGE = re.compile(rf"({NUMBER})\s*(?:to|\u2013|\u2014|\.\.+|…|\s-)\s*({NUMBER})")
_ALWAYS = re.compile(rf"always (?:missing|empty|blank|`|{NUMBER}$)")
"""What says that a column has one value; `always positive` says something else."""
_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
_NUMBER_TYPES = {"number", "integer", "numeric", "float", "int", "real", "continuous", "decimal"}
_RANGE_SLACK = 0.03
_MISSING_SLACK = 0.02


def wrong_cell(heading: str, cell: str, seen: Column, both: Column) -> str:
    """Return what is wrong with a cell of the table of columns, or an empty string.

    Args:
        heading: Heading of the cell's column: type, values, missing.
        cell: The cell, with its marks.
        seen: The column that the row is about, in the training file.
        both: The same over both public files.
    """
    text = plain(cell)
    if "type" in heading:
        return _wrong_type(text, seen)
    if "missing" in heading or "null" in heading or "gaps" in heading:
        return _wrong_missing(text, seen, both)
    if any(word in heading for word in ("value", "range", "level")):
        return _wrong_values(cell, seen, both)
    return ""


def _wrong_type(text: str, column: Column) -> str:
    words = set(re.findall(r"[a-z]+", text))
    if words & _NUMBER_TYPES and column.distinct:
        share = float(np.isfinite(as_numbers(column.values)).mean())
        if share < 0.5:
            return f"{text!r}, but {1 - share:.0%} of its values are no numbers"
        whole = words & {"integer", "int"} and not words & (_NUMBER_TYPES - {"integer", "int"})
        finite = column.numbers[np.isfinite(column.numbers)]
        if whole and len(finite) and float((finite != np.rint(finite)).mean()) > 0.01:
            return f"{text!r}, but it has fractions"
    # One row of the table may tell of many columns: `constant or number`.
    several = " or " in text
    if words & {"boolean", "binary"} and not several and column.distinct > 2:
        return f"{text!r}, but it has {column.distinct} values"
    if "constant" in words and not several and not _is_constant(column):
        return f"{text!r}, but it has {column.distinct} values"
    return ""


def _is_constant(column: Column) -> bool:
    """Return whether a column has one value at most; blanks around it or alone are none."""
    return len({str(value).strip() for value in column.values} - {""}) <= 1


def _wrong_missing(text: str, seen: Column, both: Column) -> str:
    shares = [float(column.missing.mean()) for column in (seen, both)]
    actual = f"{shares[0]:.1%} are missing in train.csv"
    match = re.search(rf"({NUMBER})\s*%", text)
    if match:
        stated = number_of(match.group(1)) / 100
        slack = max(_MISSING_SLACK, 0.15 * stated)
        over = "under" in text or "<" in text or "up to" in text
        near = any(abs(share - stated) <= slack for share in shares)
        return "" if near or (over and shares[0] <= stated + slack) else f"{text!r}, but {actual}"
    if re.fullmatch(r"none|no|0|never|-|\u2013|\u2014", text) and min(shares) > 0.002:
        return f"{text!r}, but {actual}"
    return ""


def _wrong_values(cell: str, seen: Column, both: Column) -> str:
    text = plain(cell)
    always = _ALWAYS.match(text) and "in training" not in text
    if always and not _is_constant(both):
        return f"{text!r}, but it has {both.distinct} values in both files together"
    match = _RANGE.search(text.replace("`", ""))
    clean = not re.search(r"different|such as|e\.g\.|for example|some as text", text)
    if match and seen.numeric and clean:
        low, high = number_of(match.group(1)), number_of(match.group(2))
        if not any(_covers(low, high, column) for column in (seen, both)):
            finite = seen.numbers[np.isfinite(seen.numbers)]
            return f"{low:g} to {high:g}, but it goes from {finite.min():g} to {finite.max():g}"
        return ""
    levels = [bare(match.group(0)) for match in _CODE.finditer(cell)]
    if levels and clean and not match:
        have = {visible(str(value)) for value in both.values}
        numbers = set(both.numbers[np.isfinite(both.numbers)].tolist())
        strange = [
            level
            for level in levels
            if not level.endswith("…")
            and visible(level) not in have
            and _maybe(level) not in numbers
        ]
        if strange:
            return f"it takes the value {strange[0]!r}, which it never does"
    count = re.search(r"(\d[\d,]*) (?:different|distinct|unique)", text)
    if count:
        stated = int(count.group(1).replace(",", ""))
        actual = (seen.distinct, both.distinct)
        if min(abs(stated - number) for number in actual) > max(2, 0.05 * actual[0]):
            return f"{stated} different values, but there are {actual[0]}"
    return ""


def _covers(low: float, high: float, column: Column) -> bool:
    finite = column.numbers[np.isfinite(column.numbers)]
    if not len(finite):
        return False
    least, most = float(finite.min()), float(finite.max())
    slack = _RANGE_SLACK * (most - least) + 1e-9
    return abs(low - least) <= slack + 1e-3 * abs(least) and abs(high - most) <= (
        slack + 1e-3 * abs(most)
    )


def number_of(text: str) -> float:
    """Return the number that a text following `NUMBER` stands for."""
    return float(re.sub(r"[,\u2009\u202f]", "", text).replace("\u2212", "-"))


def _maybe(text: str) -> float | None:
    return number_of(text) if re.fullmatch(NUMBER, text) else None
