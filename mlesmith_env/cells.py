"""A small table of text, read from bytes that nobody vouches for.

Everything that a solver hands in passes through here. The file is opened so that no link is
followed and no pipe waited for, is bounded in size, in lines and in columns before memory is spent
on it, and is taken apart by one strict dialect: UTF-8 (a byte-order mark is tolerated), commas,
double quotes. Blank lines are skipped. What does not fit is an `InvalidSubmissionError` that names
line and remedy.
"""

from __future__ import annotations

import csv
import errno
import os
import re
import stat
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, cast

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.errors import InvalidSubmissionError, ReadError

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]

_HEADER_MARKS = 20_000
"""Separators and line ends that may pass before the header is complete."""
_LONGEST_LINE = 1 << 20
"""Characters of a line. The csv module has a limit too, which any code may raise."""
_LINES = re.compile(r"[^\r\n]+(?:\r\n?|\n)?|\r\n?|\n")
_READ_AT_ONCE = 1 << 20

_OPEN_FAULTS = {
    errno.ENOENT: "there is no such file; write it before it is graded",
    errno.ENOTDIR: "there is no such file; write it before it is graded",
    errno.ENAMETOOLONG: "there is no such file: the name is too long",
    errno.ELOOP: "it is a symbolic link; write a regular file instead",
    errno.ENXIO: "it is a socket or a device; write a regular file instead",
    errno.ENODEV: "it is a device; write a regular file instead",
    errno.EACCES: "it may not be read; give the file read permission",
    errno.EPERM: "it may not be read; give the file read permission",
}


@dataclass(frozen=True)
class Cells:
    """Named columns of equal length.

    Attributes:
        columns: The cells of each column, as text or as the numbers that a frame holds.
        rows: Number of rows.
        locate: Tells where row i (from 0) stands, for messages: `line 4`.
    """

    columns: Mapping[str, list[str] | Floats]
    rows: int
    locate: Callable[[int], str]

    def text(self, column: str) -> list[str]:
        """Return a column as text."""
        cells = self.columns[column]
        return cells if isinstance(cells, list) else [repr(value) for value in cells.tolist()]


def shown(value: object, width: int = 40) -> str:
    """Return a value as it may stand in a message: quoted, escaped and of bounded length."""
    text = str(value)
    return repr(text) if len(text) <= width else f"{text[:width]!r}… ({len(text):,} characters)"


def listed(values: Sequence[object], most: int = 5) -> str:
    """Return the first few values for a message, and how many more there are."""
    more = f" and {len(values) - most:,} more" if len(values) > most else ""
    return ", ".join(shown(value) for value in values[:most]) + more


def read_bytes(path: Path, *, max_bytes: int) -> bytes:
    """Return the content of a regular file.

    Never follows a link in the last part of the path and never waits for a pipe.

    Raises:
        InvalidSubmissionError: It is missing, not a regular file, or larger than `max_bytes`.
        ReadError: The file system failed, through no fault of who wrote the file.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    try:
        handle = os.open(path, flags)
    except ValueError as error:
        raise InvalidSubmissionError(
            f"there is no file {shown(path)}: no file name holds a NUL"
        ) from error
    except OSError as error:
        fault = _OPEN_FAULTS.get(error.errno or 0)
        if fault is None:
            raise ReadError(f"{path} could not be opened: {error.strerror}") from error
        raise InvalidSubmissionError(f"{path.name} can not be read: {fault}") from error
    try:
        status = os.fstat(handle)
        if not stat.S_ISREG(status.st_mode):
            kind = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
            raise InvalidSubmissionError(
                f"{path.name} can not be read: it is {kind}; write a regular file instead"
            )
        if status.st_size > max_bytes:
            _refuse_size(path, max_bytes)
        chunks: list[bytes] = []
        left = max_bytes + 1
        while left > 0 and (chunk := os.read(handle, min(left, _READ_AT_ONCE))):
            chunks.append(chunk)
            left -= len(chunk)
    except OSError as error:
        raise ReadError(f"{path} could not be read: {error.strerror}") from error
    finally:
        os.close(handle)
    if left <= 0:  # It grew while it was read, or its size was not known.
        _refuse_size(path, max_bytes)
    return b"".join(chunks)


def _refuse_size(path: Path, max_bytes: int) -> NoReturn:
    raise InvalidSubmissionError(
        f"{path.name} is larger than {max_bytes:,} bytes; write the asked rows and columns only, "
        "numbers with fewer digits"
    )


def decode(data: bytes) -> str:
    """Return the text of UTF-8 bytes, without a byte-order mark.

    Raises:
        InvalidSubmissionError: They are binary or in another encoding.
    """
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InvalidSubmissionError("the file is UTF-16; write it with encoding='utf-8'")
    if (nul := data.find(b"\0")) >= 0:
        line = data.count(b"\n", 0, nul) + 1
        raise InvalidSubmissionError(
            f"line {line} holds a NUL byte: the file is binary; write a CSV file of text"
        )
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidSubmissionError(
            f"line {line} is not UTF-8 (byte 0x{data[error.start]:02x}); "
            "write the file with encoding='utf-8'"
        ) from error


def parse(text: str, columns: tuple[str, ...], *, rows: int, marks: int = 0) -> Cells:
    """Take CSV text apart.

    Args:
        text: The whole file.
        columns: The columns that it must have, in any order, and no others.
        rows: About how many rows are expected; several times as many are refused unread.
        marks: Most commas and line ends that one value may hold.

    Raises:
        InvalidSubmissionError: The text is not such a table.
    """
    if not text.strip():
        raise InvalidSubmissionError(f"the file is empty; write a header and {rows:,} rows")
    budget = _Budget(_HEADER_MARKS)
    reader = csv.reader(budget.guard(_lines(text)), strict=True)
    try:
        header = next(row for row in reader if row)
        check_columns(header, columns)
        budget.left = 2 * (rows + 1) * (len(columns) + marks) + 1000
        table = [row for row in reader if row]
    except csv.Error as error:
        raise InvalidSubmissionError(
            f"line {reader.line_num} is not CSV ({error}); "
            "write the file with pandas' to_csv(index=False) or Python's csv module"
        ) from error
    except _SpentError as error:
        raise InvalidSubmissionError(
            f"the file holds far more than the {rows:,} rows and {len(columns)} columns that are "
            f"asked for (noticed in line {reader.line_num + 1:,}); write one row an id and the "
            f"columns {listed(columns)} only"
        ) from error

    def locate(row: int) -> str:
        again = csv.reader(_lines(text), strict=True)
        filled = (again.line_num for cells in again if cells)
        # The header is filled row 0. A row with a quoted line end is named by its last line.
        return f"line {next(line for i, line in enumerate(filled) if i == row + 1):,}"

    width = len(header)
    if set(map(len, table)) - {width}:
        row = next(i for i, cells in enumerate(table) if len(cells) != width)
        raise InvalidSubmissionError(
            f"{locate(row)} has {len(table[row])} values, the header has {width}; "
            "give every row one value a column, and quote values that hold a comma"
        )
    values = [list(column) for column in zip(*table, strict=True)] or [[] for _ in header]
    return Cells(dict(zip(header, values, strict=True)), len(table), locate)


def _lines(text: str) -> Iterator[str]:
    """Yield the lines with their ends. Raises `InvalidSubmissionError` at one that is too long."""
    for number, found in enumerate(_LINES.finditer(text), start=1):
        if found.end() - found.start() > _LONGEST_LINE:
            raise InvalidSubmissionError(
                f"line {number:,} has more than {_LONGEST_LINE:,} characters; "
                "write one row a line, numbers with fewer digits"
            )
        yield found[0]


class _SpentError(Exception):
    """The budget of separators and line ends is used up."""


@dataclass
class _Budget:
    """Bounds how many fields a reader can make of the lines that it is given."""

    left: int

    def guard(self, lines: Iterator[str]) -> Iterator[str]:
        for line in lines:
            self.left -= line.count(",") + 1
            if self.left < 0:
                raise _SpentError
            yield line


def check_columns(found: Sequence[str], asked: Sequence[str]) -> None:
    """Return where the found columns are the asked ones in any order.

    Raises:
        InvalidSubmissionError: A column is there twice, missing, or not asked for.
    """
    twice = [name for name, count in Counter(found).items() if count > 1]
    if twice:
        raise InvalidSubmissionError(f"column {shown(twice[0])} is there twice; write it once")
    missing = [name for name in asked if name not in found]
    strange = [name for name in found if name not in set(asked)]
    if not missing and not strange:
        return
    hint = f"the columns must be {listed(asked, 20)}"
    if len(found) == 1 and any(mark in found[0] for mark in ";\t|"):
        hint += ", separated by commas"
    elif missing and {name.strip().lower() for name in found} >= {n.lower() for n in asked}:
        hint += ", spelt exactly so"
    if "" in strange or "Unnamed: 0" in strange:
        hint += "; write with to_csv(index=False)"
    faults: list[str] = []
    for names, one, several in (
        (missing, "is missing", "are missing"),
        (strange, "is not asked for", "are not asked for"),
    ):
        if names:
            number = f"column {listed(names)} {one}", f"columns {listed(names)} {several}"
            faults.append(number[len(names) > 1])
    raise InvalidSubmissionError(f"{', and '.join(faults)}; {hint}")


def of_frame(frame: DataFrame, columns: tuple[str, ...], numeric: Collection[str] = ()) -> Cells:
    """Take a DataFrame apart; its index counts for nothing.

    Args:
        frame: The frame.
        columns: The columns that it must have, in any order, and no others.
        numeric: Columns to leave as floats where the frame holds numbers; others become text as
            `to_csv` would write it.

    Raises:
        InvalidSubmissionError: The columns are others.
    """
    names = [name if isinstance(name, str) else str(name) for name in frame.columns.tolist()]
    if columns[0] not in names and columns[0] in [str(name) for name in frame.index.names]:
        raise InvalidSubmissionError(
            f"column {shown(columns[0])} is the index of the frame; call reset_index() on it"
        )
    check_columns(names, columns)
    cells: dict[str, list[str] | Floats] = {}
    for position, name in enumerate(names):
        series = cast("Any", frame.iloc[:, position])
        if name in numeric and getattr(series.dtype, "kind", "O") in "iuf":
            cells[name] = np.asarray(series.to_numpy(dtype=np.float64, na_value=np.nan))
        else:
            cells[name] = [_spelt(value) for value in series.tolist()]
    return Cells(cells, len(frame), lambda row: f"the row at position {row:,}")


def _spelt(value: object) -> str:
    """Return a value of a frame as `to_csv` would write it."""
    if isinstance(value, str):
        return value
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else repr(float(value))
    return "" if value is None or str(value) in ("<NA>", "NaT") else str(value)
