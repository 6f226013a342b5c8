"""What one column can be read as: its value, its pieces, its length, its gaps.

A target hides in a column in more ways than as its value: inside a text, in a prefix, in the
number of decimals, in a trailing blank, in which rows are empty. Each way is a reading: a number
or a code for each row, to which the same one-column models are put. Readings are computed on the
different values of a column, not on its rows.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.gates.rows import Column, Floats, Ints, as_numbers

_NUMBER = re.compile(r"(?:(?<!\d)-)?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_WORD = re.compile(r"[^\W_]+")
_HEX = re.compile(r"(?:[0-9a-fA-F]{2}){2,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{4,}={0,2}")


_PLACES = {
    "its first number": 0,
    "its second number": 1,
    "its third number": 2,
    "its fourth number": 3,
    "its last number": -1,
}


@dataclass(frozen=True)
class Reading:
    """One way to read one column.

    Attributes:
        column: Name of the column.
        how: What was read, in words; empty for the value itself.
        codes: A code for each row, -1 where missing; None where only the order counts.
        numbers: A number for each row, NaN where missing; None where there is no order.
    """

    column: str
    how: str
    codes: Ints | None
    numbers: Floats | None

    @property
    def plain(self) -> bool:
        """Whether this is the value of the column itself."""
        return not self.how


def readings(column: Column, *, pieces: bool = True) -> Iterator[Reading]:
    """Yield the readings of a column, the value itself first.

    Args:
        column: The column.
        pieces: Whether to take text apart as well; values and gaps alone are cheaper.
    """
    rows = len(column.codes)
    many = column.distinct > rows / 2
    if column.numeric:
        yield Reading(column.name, "", None if many else column.codes, column.numbers)
    elif not many:
        yield Reading(column.name, "", column.codes, None)
    if pieces and column.distinct > 1:
        yield from _pieces(column, many=many)


def numbers_inside(column: Column) -> Iterator[Reading]:
    """Yield the numbers inside the texts of a column, one reading a place; none of numbers."""
    if not column.numeric:
        for how, numbers in _numbers_inside([str(value) for value in column.values]):
            yield Reading(column.name, how, None, _spread(column, numbers))


def _pieces(column: Column, *, many: bool) -> Iterator[Reading]:
    texts = [str(value) for value in column.values]
    if column.numeric:
        functions = _NUMBER_PIECES
        if many:
            yield from _digits(column, texts)
    else:
        functions = _TEXT_PIECES
        order = np.empty(len(texts), dtype=np.float64)
        order[np.argsort(np.asarray(texts, dtype=np.str_), kind="stable")] = np.arange(len(texts))
        yield Reading(column.name, "its alphabetical order", None, _spread(column, order))
        yield from numbers_inside(column)
        yield from _calendar(column)
        decoded = _decoded(texts)
        if decoded is not None:
            table = np.asarray([*decoded, np.nan], dtype=object)
            inner = Column(column.name, pd.Series(table[column.codes], dtype=object))
            for reading in readings(inner, pieces=False):
                yield Reading(column.name, "its decoded text", reading.codes, reading.numbers)
    for how, function in functions.items():
        codes, values = pd.factorize(np.asarray([function(text) for text in texts], dtype=object))
        if not 1 < len(values) <= max(2, len(column.codes) // 3):
            continue
        if not many and len(values) == len(texts):
            continue  # nothing but the value under another name
        yield Reading(column.name, how, np.append(codes, -1)[column.codes], None)


def _calendar(column: Column) -> Iterator[Reading]:
    """Read dates by the calendar: rows of one day, one month, one day of the week, one hour."""
    if column.days is None:
        return
    date = pd.Series(pd.to_datetime(column.days, unit="D", errors="coerce"))
    parts = {
        "its day": date.dt.floor("D"),
        "its month": date.dt.year * 12 + date.dt.month,
        "its month of the year": date.dt.month,
        "its day of the week": date.dt.day_of_week,
        "its hour": date.dt.round("s").dt.hour,
    }
    for how, part in parts.items():
        codes, values = pd.factorize(part)
        if 1 < len(values) <= max(2, len(codes) // 3):
            yield Reading(column.name, how, np.asarray(codes, dtype=np.int64), None)


def _digits(column: Column, texts: list[str]) -> Iterator[Reading]:
    """Lower digits of large whole numbers, and figures read backwards."""
    values = as_numbers(column.values)
    finite = np.abs(values[np.isfinite(values)])
    if len(finite) and bool((finite == np.rint(finite)).all()):
        for power in (2, 3, 4, 5):
            unit = 10.0**power
            if float(np.median(finite)) >= 5 * unit:
                how = f"its last {power} digits"
                yield Reading(column.name, how, None, _spread(column, np.mod(np.abs(values), unit)))
    backwards = as_numbers(np.asarray([text[::-1] for text in texts], dtype=object))
    if np.isfinite(backwards).mean() > 0.9:
        yield Reading(column.name, "its digits backwards", None, _spread(column, backwards))


def _spread(column: Column, by_value: NDArray[np.float64]) -> Floats:
    return np.append(by_value, np.nan)[column.codes]


def _numbers_inside(texts: list[str]) -> Iterator[tuple[str, Floats]]:
    """Yield the numbers at fixed places inside the texts where most texts have one there."""
    found = [_NUMBER.findall(text) for text in texts]
    for how, place in _PLACES.items():
        short = 1 if place < 0 else place
        inside = [
            match[place] if len(match) > short or (match and place == 0) else None
            for match in found
        ]
        if sum(piece is not None for piece in inside) < 0.5 * len(texts):
            continue
        yield how, as_numbers(np.asarray(inside, dtype=object))


def _word(position: int) -> Callable[[str], str]:
    def piece(text: str) -> str:
        words = _WORD.findall(text.casefold())
        return words[position] if -len(words) <= position < len(words) else ""

    return piece


def _decimals(text: str) -> str:
    return str(len(text.partition(".")[2]))


def _shape(text: str) -> str:
    """Blanks around and inside, case: marks that a reader's eye passes over."""
    inner = text.strip()
    marks = (
        text[:1].isspace(),
        text[-1:].isspace(),
        "  " in inner,
        inner[:1].isupper(),
        inner.isupper(),
        inner.islower(),
        inner[-1:] in ".!?,;",
        not inner.isascii(),
    )
    return "".join("1" if mark else "0" for mark in marks)


_NUMBER_PIECES: dict[str, Callable[[str], str]] = {
    "its number of decimals": _decimals,
    "its last character": lambda text: text[-1:],
    "its number of characters": lambda text: str(len(text)),
    "its first character": lambda text: text[:1],
}

_TEXT_PIECES: dict[str, Callable[[str], str]] = {
    "its first character": lambda text: text[:1],
    "its first two characters": lambda text: text[:2],
    "its first three characters": lambda text: text[:3],
    "its first four characters": lambda text: text[:4],
    "its last character": lambda text: text[-1:],
    "its last two characters": lambda text: text[-2:],
    "its last three characters": lambda text: text[-3:],
    "its last four characters": lambda text: text[-4:],
    "its first word": _word(0),
    "its second word": _word(1),
    "its third word": _word(2),
    "its last word": _word(-1),
    "its number of characters": lambda text: str(len(text)),
    "its number of words": lambda text: str(len(text.split())),
    "its blanks and capitals": _shape,
}


def _decoded(texts: list[str]) -> list[str] | None:
    """Return the texts decoded from hexadecimal or base64, or None where they are plain."""
    for pattern, decode in ((_HEX, bytes.fromhex), (_BASE64, _from_base64)):
        if all(pattern.fullmatch(text) for text in texts[:50]):
            inner = [_readable(decode, text) for text in texts]
            if all(text is not None for text in inner):
                return [text or "" for text in inner]
    return None


def _from_base64(text: str) -> bytes:
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_")


def _readable(decode: Callable[[str], bytes], text: str) -> str | None:
    try:
        inner = decode(text).decode("utf-8")
    except (ValueError, binascii.Error):
        return None
    return inner if inner.isprintable() else None
