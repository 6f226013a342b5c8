"""What one cell can hold: a number, a class, a flag, a group, a list, tags, boxes, runs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.cells import listed, shown
from mlesmith_env.spelling import Spellings

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Box = tuple[str, float, float, float, float]
"""Label, x and y of the upper left corner, width, height."""

_NUMBERS = re.compile(r"[0-9+\-.eE \n]*")
_NUMBER = re.compile(r" *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *")
_LONGEST_NUMBER = 400
_WHOLE = re.compile(r"[0-9]{1,15}")
MOST_PARTS = 100_000
"""Tags, items, boxes or runs that one cell may hold."""


class Cell(Protocol):
    """How the text of a cell becomes a value."""

    @property
    def remedy(self) -> str:
        """What to write instead of a cell that does not fit."""
        ...

    def parse(self, texts: list[str]) -> tuple[NDArray[Any], Rows]:
        """Return the values, (n,), and which rows do not fit."""
        ...

    def fault(self, text: str) -> str:
        """Return what is wrong with a text that does not fit."""
        ...


def parse_numbers(texts: list[str]) -> Floats:
    """Return the numbers that the texts spell, NaN for those that spell none."""
    # One look at all cells at once: with these characters alone `float` takes decimal numbers only.
    joined = "\n".join(texts)
    plain = joined.count("\n") < max(len(texts), 1) and _NUMBERS.fullmatch(joined)
    if plain and max(map(len, texts), default=0) <= _LONGEST_NUMBER:
        try:
            return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
        except ValueError:
            pass  # Some cell is like '1e' or '': look at each below.
    each = [
        float(text) if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) else np.nan
        for text in texts
    ]
    return np.array(each, dtype=np.float64)


@dataclass(frozen=True)
class NumberCell:
    """A finite number."""

    remedy = "write a plain decimal number such as 0.25"

    def parse(self, texts: list[str]) -> tuple[NDArray[Any], Rows]:
        """Return floats, and the rows that hold no finite number."""
        values = parse_numbers(texts)
        return values, np.flatnonzero(~np.isfinite(values))

    def fault(self, text: str) -> str:
        """Return what is wrong with a text."""
        return f"{shown(text)} is not a number" if text.strip() else "the value is empty"


@dataclass(frozen=True)
class ClassCell:
    """One of the classes, as its code.

    Attributes:
        classes: The labels, by code.
        exact: Whether other spellings of the same number or truth value are refused.
    """

    classes: tuple[str, ...]
    exact: bool = False

    @property
    def remedy(self) -> str:
        """What to write instead."""
        return f"write one of {listed(self.classes, 20)}"

    def parse(self, texts: list[str]) -> tuple[NDArray[Any], Rows]:
        """Return integer codes, and the rows that hold no class."""
        spellings = Spellings(self.classes)
        codes = spellings.exact(texts) if self.exact else spellings.find(texts)
        return codes, np.flatnonzero(codes < 0)

    def fault(self, text: str) -> str:
        """Return what is wrong with a text."""
        return f"{shown(text)} is not one of the classes" if text else "the label is empty"


@dataclass(frozen=True)
class FlagCell:
    """0 or 1; where `optional` also nothing, which is NaN."""

    optional: bool = False
    remedy = "write 0 or 1"

    def parse(self, texts: list[str]) -> tuple[NDArray[Any], Rows]:
        """Return floats of 0, 1 and NaN, and the rows that hold something else."""
        values = parse_numbers(texts)
        empty = np.fromiter((not text for text in texts), dtype=bool, count=len(texts))
        good = (values == 0) | (values == 1) | (empty & self.optional)
        return values, np.flatnonzero(~good)

    def fault(self, text: str) -> str:
        """Return what is wrong with a text."""
        return f"{shown(text)} is neither 0 nor 1"


@dataclass(frozen=True)
class GroupCell:
    """The name of a group, as a code."""

    remedy = "write the name of a group"

    def parse(self, texts: list[str]) -> tuple[NDArray[Any], Rows]:
        """Return codes as floats, numbered as first met, and the rows without a name."""
        codes: dict[str, int] = {}
        values = np.array([codes.setdefault(text, len(codes)) for text in texts], dtype=np.float64)
        return values, np.flatnonzero([not text for text in texts])

    def fault(self, text: str) -> str:
        """Return what is wrong with a text."""
        return "the group is empty"


@dataclass(frozen=True)
class ObjectCell:
    """Something that one text spells and Python holds as a tuple or a string.

    Attributes:
        spelt: Gives the value of a text; raises ValueError with the fault.
        remedy: What to write instead.
    """

    spelt: Callable[[str], object]
    remedy: str

    def parse(self, texts: list[str]) -> tuple[NDArray[Any], Rows]:
        """Return objects, None in the rows that do not fit, and those rows."""
        values = np.empty(len(texts), dtype=object)
        wrong: list[int] = []
        for row, text in enumerate(texts):
            try:
                values[row] = self.spelt(text)
            except ValueError:
                wrong.append(row)
        return values, np.array(wrong, dtype=np.intp)

    def fault(self, text: str) -> str:
        """Return what is wrong with a text."""
        try:
            self.spelt(text)
        except ValueError as error:
            return str(error)
        return f"{shown(text)} does not fit"


def objects(values: Sequence[object]) -> NDArray[Any]:
    """Return a one-dimensional array that holds the values as they are."""
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


def items_of(text: str) -> tuple[str, ...]:
    """Return the blank-separated items; raises ValueError where one repeats or there are none."""
    items = _parts(text)
    if not items:
        raise ValueError("the list is empty")
    if len(set(items)) < len(items):
        seen: set[str] = set()
        twice = next(item for item in items if item in seen or seen.add(item))
        raise ValueError(f"item {shown(twice)} is there twice")
    return items


def tags_of(text: str) -> tuple[str, ...]:
    """Return the blank-separated tags; raises ValueError where there are none."""
    tags = _parts(text)
    if not tags:
        raise ValueError("there is no tag")
    return tags


def boxes_of(text: str) -> tuple[Box, ...]:
    """Return the boxes `label x y w h …`; raises ValueError where a part does not fit."""
    return tuple((label, *numbers) for label, numbers in _labelled(text, 4))  # type: ignore[misc]


def detections_of(text: str) -> tuple[tuple[str, float, float, float, float, float], ...]:
    """Return detections `label confidence x y w h …`; raises ValueError."""
    found = tuple((label, *numbers) for label, numbers in _labelled(text, 5))
    for detection in found:
        if not 0 <= detection[1] <= 1:  # type: ignore[operator]
            raise ValueError(f"confidence {detection[1]:g} is not between 0 and 1")
    return found  # type: ignore[return-value]


def runs_of(text: str) -> tuple[tuple[int, int], ...]:
    """Return pixel runs `start length …`, sorted and disjoint; raises ValueError."""
    parts = _parts(text)
    if len(parts) % 2:
        raise ValueError(f"{len(parts)} numbers are not pairs of start and length")
    strange = next((part for part in parts if not _WHOLE.fullmatch(part)), None)
    if strange is not None:
        raise ValueError(f"{shown(strange)} is not a whole number of at least 0")
    numbers = [int(part) for part in parts]
    runs = tuple(zip(numbers[::2], numbers[1::2], strict=True))
    end = 0
    for start, length in runs:
        if length < 1:
            raise ValueError(f"the run at {start} has the length {length}")
        if start < end:
            raise ValueError(f"the run at {start} begins before the end of the one before, {end}")
        end = start + length
    return runs


def _parts(text: str) -> tuple[str, ...]:
    parts = tuple(text.split())
    if len(parts) > MOST_PARTS:
        raise ValueError(f"it has {len(parts):,} parts; at most {MOST_PARTS:,} are read")
    return parts


def _labelled(text: str, numbers: int) -> list[tuple[str, tuple[float, ...]]]:
    parts = _parts(text)
    width = numbers + 1
    if len(parts) % width:
        raise ValueError(f"{len(parts)} parts are not groups of {width}")
    found: list[tuple[str, tuple[float, ...]]] = []
    for start in range(0, len(parts), width):
        label, *texts = parts[start : start + width]
        values = parse_numbers(texts)
        if not np.isfinite(values).all():
            bad = texts[int(np.flatnonzero(~np.isfinite(values))[0])]
            raise ValueError(f"{shown(bad)} is not a number")
        if (values[-2:] < 0).any():
            raise ValueError(f"a box of {label} has a negative width or height")
        found.append((label, tuple(values.tolist())))
    return found
