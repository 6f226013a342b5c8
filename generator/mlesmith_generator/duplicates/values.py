"""Values of a column in one spelling, and as hashes that do not depend on any library's version."""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?")
_DATE = re.compile(
    r"[0-9]{4}[-/.][0-9]{1,2}([-/.][0-9]{1,2}.*)?|[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{2,4}.*"
    r"|(19|20)[0-9]{2}(0[1-9]|1[0-2])([0-2][0-9]|3[01])"
    r"|.*\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\b.*\b[0-9]{2,4}"
)
_LETTER = re.compile(r"[^\W\d_]")
_YEARS = (1800, 2100)
_MOST = 0.9
_LOOKED_AT = 500
_WORD_BITS = 6.0
"""Bits by which it is less likely that two vocabularies of words agree than two of numbers."""


@dataclass(frozen=True)
class HashedColumn:
    """A column as hashes of its values.

    Attributes:
        name: Its name.
        hashes: (rows,), one a row; 0 where the value is missing.
        distinct: Number of different values.
        calendar: Whether its values are dates or years, which any two tables may share.
        counter: Whether all are whole numbers and different: row numbers, for instance.
        letters: Mean number of letters of a value.
        bits: How much one value tells, in bits: 0 for calendars and counters.
    """

    name: str
    hashes: NDArray[np.uint32]
    distinct: int
    calendar: bool
    counter: bool
    letters: float
    bits: float


def normal(text: str) -> str:
    """Return a value in one spelling: numbers with ten digits at most, words in lower case."""
    text = text.strip().casefold()
    if _NUMBER.fullmatch(text):
        value = float(text)
        return format(value + 0.0, ".10g") if np.isfinite(value) else text
    return " ".join(text.split())


def hash_column(name: str, column: pd.Series) -> HashedColumn:
    """Return a column of text (NaN where missing) as hashes of its normal values."""
    codes, uniques = pd.factorize(column)
    values = [normal(str(value)) for value in cast("pd.Index", uniques)]
    hashed = hash_texts(values)
    hashes = np.where(codes >= 0, hashed[codes] if len(hashed) else 0, 0).astype(np.uint32)
    distinct = len(np.unique(hashed))
    looked = values[:: max(1, len(values) // _LOOKED_AT)]
    numbers = [float(value) for value in looked if _NUMBER.fullmatch(value)]
    whole = [number for number in numbers if number.is_integer()]
    numeric = len(numbers) >= _MOST * len(looked)
    years = numeric and all(_YEARS[0] <= n <= _YEARS[1] and n.is_integer() for n in numbers)
    calendar = bool(looked) and (
        years or sum(_DATE.fullmatch(value) is not None for value in looked) > _MOST * len(looked)
    )
    counter = len(whole) == len(looked) and distinct == int((hashes != 0).sum())
    letters = sum(len(_LETTER.findall(value)) for value in looked) / max(1, len(looked))
    bits = float(np.log2(max(1, distinct))) + (_WORD_BITS if letters >= 3 else 0.0)
    return HashedColumn(
        name=name,
        hashes=hashes,
        distinct=distinct,
        calendar=calendar,
        counter=counter,
        letters=letters,
        bits=0.0 if calendar or counter else bits,
    )


def hash_texts(values: list[str]) -> NDArray[np.uint32]:
    """Return a hash of each text, never 0: CRC-32, then the finisher of MurmurHash3."""
    raw = np.fromiter((zlib.crc32(value.encode()) for value in values), np.uint64, len(values))
    return np.maximum(mixed(raw) >> np.uint64(32), 1).astype(np.uint32)


def mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return 64-bit numbers in which every bit depends on every bit that went in.

    The finisher of MurmurHash3 (Appleby), after an odd constant that moves 0 away from itself.
    """
    x = values + np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD)
    x = (x ^ (x >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53)
    return x ^ (x >> np.uint64(33))
