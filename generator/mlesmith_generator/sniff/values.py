"""What single values and columns of values look like."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

Kind = Literal["empty", "number", "date", "word", "text"]

MISSING = frozenset(
    ("", "NA", "N/A", "n/a", "#N/A", "<NA>", "NaN", "nan", "-nan", "NULL", "null", r"\N", "?")
)
"""Spellings that mean missing wherever they stand."""
MAYBE_MISSING = frozenset(
    (
        "None",
        "none",
        "-",
        "--",
        "---",
        ".",
        "..",
        "...",
        "*",
        "**",
        "***",
        "****",
        "N.A.",
        "n.a.",
        "na",
        "Na",
        "NaT",
        "missing",
        "Missing",
        "MISSING",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NULL!",
        "(null)",
        "nil",
    )
)
"""Spellings that mean missing among numbers and dates, and may be a category elsewhere."""

_NUMBER = re.compile(
    r"[<>~]?=?\s*\(?[-+\u2212]?\s*(?:US|R|A|C)?[$€£¥₹]?\s*[-+]?"
    r"(?:[0-9]{1,3}(?:[,' .][0-9]{3})+(?:[.,][0-9]+)?|[0-9]+(?:[.,][0-9]*)?|[.,][0-9]+)"
    r"(?:[eEdD][-+]?[0-9]+)?\s*%?\)?"
)
_DATE = re.compile(
    r"[0-9]{1,4}([-/.])[0-9]{1,2}\1[0-9]{1,4}(?:[T ,]+[0-9]{1,2}:[0-9]{2}.*)?"
    r"|[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?(?: ?[AaPp][Mm])?"
    r"|[0-9]{4}-[0-9]{2}"
    r"|[0-9]{1,2}[- ][A-Za-z]{3,9}[- ,]+[0-9]{2,4}"
    r"|[A-Za-z]{3,9}\.? [0-9]{1,2},? [0-9]{4}"
)
_WORD = re.compile(r"\S{1,40}")
_SEPARATORS = re.compile(r"[,;|\t^~]")
_DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]*),[0-9]+(?:[eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+")


@lru_cache(maxsize=2**16)
def kind_of(cell: str) -> Kind:
    """Return what a value looks like on its own."""
    cell = cell.strip()
    if cell in MISSING:
        return "empty"
    if len(cell) < 48:
        if _DATE.fullmatch(cell):
            return "date"
        if _NUMBER.fullmatch(cell):
            return "number"
        if _WORD.fullmatch(cell):
            return "word"
    return "text"


@lru_cache(maxsize=2**16)
def cleanness(cell: str) -> float:
    """Return how much a value looks like one value (1) rather than several glued together (0)."""
    kind = kind_of(cell)
    if kind in ("empty", "number", "date"):
        return 1.0
    if cell[:1] == '"' or cell[-1:] == '"':
        return 0.1
    if len(cell) > 1 and (cell[0] == "'" or cell[-1] == "'"):
        return 0.5
    if _SEPARATORS.search(cell):
        return 0.2
    return 0.95 if kind == "word" else 0.8


def share(cells: Sequence[str], *kinds: Kind) -> float:
    """Return the share of the values that are of the kinds; what may be missing is left out."""
    told = [kind_of(cell) for cell in cells if cell.strip() not in MAYBE_MISSING]
    told = [kind for kind in told if kind != "empty"]
    return sum(kind in kinds for kind in told) / len(told) if told else 0.0


def missing_spellings(columns: Iterable[Sequence[str]]) -> tuple[str, ...]:
    """Return the spellings of a missing value in a table, the always-missing ones first.

    A spelling that could be a category counts where it stands among numbers or dates, unless it
    is one of the values of a column that has nothing else of their kind.
    """
    found: set[str] = set()
    refused: set[str] = set()
    for cells in columns:
        present = MAYBE_MISSING.intersection(cells)
        if not present:
            continue
        rest = [cell for cell in cells if cell not in present and cell not in MISSING]
        measured = share(rest, "number", "date")
        if rest and measured > 0.9:
            found |= present
        elif len(set(rest)) <= 20:
            refused |= present
        else:
            found |= {spelling for spelling in present if not any(map(str.isalpha, spelling))}
    return (*_ALWAYS, *sorted(found - refused))


def has_decimal_comma(columns: Iterable[Sequence[str]]) -> bool:
    """Return whether the numbers of a table are written with a decimal comma."""
    sure = 0
    for cells in columns:
        told = [cell for cell in cells if kind_of(cell) != "empty"]
        commas = [cell for cell in told if _DECIMAL_COMMA.fullmatch(cell)]
        whole = sum(_WHOLE.fullmatch(cell) is not None for cell in told)
        if not commas or len(commas) + whole < 0.8 * len(told):
            continue
        if any(len(cell.split(",")[1]) != 3 for cell in commas):
            sure += 1
    return sure > 0


_ALWAYS = ("", *sorted(MISSING - {""}))
