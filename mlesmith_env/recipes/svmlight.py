"""The sparse rows of SVMlight and LIBSVM: `label qid:1 3:0.5 17:1 # comment`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager

from mlesmith_env.errors import ReadError

Table = tuple[tuple[str, ...], Iterator[Sequence[str | None]]]

MOST_FEATURES = 20_000
"""Features of a table; a file with more is no table of columns."""

_QID = "qid"
_NUMBER = r"[+-]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+"
_LABEL = rf"{_NUMBER}(?:,{_NUMBER})*"
_LINE = re.compile(rf"(?:{_LABEL})?(?:\s+qid:[0-9]+)?(?:\s+[0-9]+:{_NUMBER})*\s*(?:#.*)?")
_PAIR = re.compile(rf"\s[0-9]+:{_NUMBER}")


def is_svmlight(lines: Sequence[str]) -> bool:
    """Tell whether lines are rows of this format, and most of them have features."""
    told = [line.rstrip() for line in lines if line.strip() and not line.startswith("#")][:200]
    if len(told) < 3 or not all(_LINE.fullmatch(line) for line in told):
        return False
    return sum(_PAIR.search(line) is not None for line in told) > 0.8 * len(told)


def svmlight_table(
    open_lines: Callable[[], AbstractContextManager[Iterable[str]]],
    name: str,
    columns: Sequence[str] = (),
) -> Table:
    """Return names and rows: `label`, `qid` where rows have one, `feature_<index>`.

    A feature that a row leaves out is 0. A row of several labels keeps them as `1,3`.

    Args:
        open_lines: Opens the lines anew, each time that it is called.
        name: Name of the file.
        columns: The names where they are known; else the file is passed over once to find them.

    Raises:
        ReadError: A line is no such row, or there are more features than a table can have.
    """
    names = tuple(columns) or svmlight_columns(open_lines, name)
    return names, _rows(open_lines, name, names)


def svmlight_columns(
    open_lines: Callable[[], AbstractContextManager[Iterable[str]]], name: str
) -> tuple[str, ...]:
    """Return the names of the columns of a file, which is passed over once.

    Raises:
        ReadError: A line is no such row, or there are more features than a table can have.
    """
    lowest, highest, queried, rows = 1, 0, False, 0
    with open_lines() as lines:
        for number, line in enumerate(lines, start=1):
            parsed = _parsed(line, f"line {number} of {name}")
            if parsed is None:
                continue
            rows += 1
            queried = queried or parsed[1] is not None
            for index, _ in parsed[2]:
                lowest, highest = min(lowest, index), max(highest, index)
            if highest > MOST_FEATURES:
                raise ReadError(
                    f"{name} has a feature {highest}, more than the {MOST_FEATURES} that a table "
                    "can have; reduce them first"
                )
    if not rows:
        raise ReadError(f"{name} is empty")
    features = (f"feature_{index}" for index in range(lowest, highest + 1))
    return ("label", *((_QID,) if queried else ()), *features)


def _rows(
    open_lines: Callable[[], AbstractContextManager[Iterable[str]]],
    name: str,
    names: tuple[str, ...],
) -> Iterator[Sequence[str | None]]:
    positions = {column: at for at, column in enumerate(names)}
    blank: list[str | None] = ["0" if column.startswith("feature_") else None for column in names]
    with open_lines() as lines:
        for number, line in enumerate(lines, start=1):
            parsed = _parsed(line, f"line {number} of {name}")
            if parsed is None:
                continue
            row = blank.copy()
            label, query, pairs = parsed
            row[positions.get("label", 0)] = label
            if query is not None and _QID in positions:
                row[positions[_QID]] = query
            for index, value in pairs:
                at = positions.get(f"feature_{index}")
                if at is None:
                    raise ReadError(
                        f"line {number} of {name} has a feature {index}, which is none of the "
                        "columns that the reader names"
                    )
                row[at] = value
            yield row


def _parsed(line: str, where: str) -> tuple[str | None, str | None, list[tuple[int, str]]] | None:
    """Return label, query and features of a line; None where there is nothing on it."""
    words = line.split("#", 1)[0].split()
    if not words:
        return None
    label = None if ":" in words[0] else words.pop(0)
    query: str | None = None
    pairs: list[tuple[int, str]] = []
    for word in words:
        index, colon, value = word.partition(":")
        if index == _QID and colon:
            query = value
        elif colon and value and index.isascii() and index.isdigit() and len(index) < 12:
            pairs.append((int(index), value))
        else:
            raise ReadError(f"{where} is not SVMlight: {word[:40]!r} is no `index:value`")
    return label, query, pairs
