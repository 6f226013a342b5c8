"""A table as text, read from one or more raw files in the declared way."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import pandas as pd

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.formats import Row, open_table
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.passing import Draw, Passing
from mlesmith_env.recipes.text import column_of, map_values, text_array

LONG_ROWS = 0.05
"""Share of rows with more values than columns above which a file is refused."""

_CELLS_AT_ONCE = 2**20
_DECIMAL_COMMA = re.compile(r"[+-]?(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]*),[0-9]+(?:[eE][+-]?[0-9]+)?")


def read_table(
    reader: TableReader, root: Path, *, max_rows: int | None = None, draw: Draw | None = None
) -> pd.DataFrame:
    """Return the table as text columns, in which a missing value is NaN.

    Values are stripped of blanks around them; a row without any value is left out; a short row
    is filled up with missing values; a row with more values than there are columns can not be
    aligned and is left out, as long as such rows are few.

    Args:
        reader: How to read.
        root: The folder to which the reader's paths are relative.
        max_rows: Where given, at most so many rows are kept, spread evenly over all of them and in
            their order. The whole table is still passed over once.
        draw: Where given, so many rows are drawn as `SampleRows` would. Only these are held.

    Returns:
        The table, with the number of rows that all its files hold in `attrs["rows"]`.

    Raises:
        ReadError: A file is missing, damaged, empty, not a table or not of the declared form.
        MissingExtraError: A Parquet file, and no `pyarrow` to read it with.
    """
    files = _sources(reader)
    labels = file_labels(files)
    collector: _Collector | None = None
    for file, label in zip(files, labels, strict=True):
        with open_table(reader, root, file) as table:
            if collector is None:
                collector = _Collector(table.columns, reader, max_rows, draw)
            elif table.columns != collector.columns:
                raise ReadError(
                    f"{file!r} has other columns than {reader.files[0]!r}: "
                    f"{_difference(table.columns, collector.columns)}"
                )
            collector.take(table.rows, label)
    if collector is None or not collector.total:
        raise ReadError(f"{', '.join(map(repr, reader.files))} holds no rows")
    return collector.frame()


def table_columns(reader: TableReader, root: Path) -> tuple[str, ...]:
    """Return the column names of the first file, without reading on; no `file_column`.

    Raises:
        ReadError: The file is missing, damaged, empty or not of the declared form.
    """
    with open_table(reader, root, reader.files[0]) as table:
        return table.columns


def _sources(reader: TableReader) -> tuple[str, ...]:
    """Return what is opened one after another: files, or all patterns at once."""
    return reader.files[:1] if reader.format == "files" else reader.files


def file_labels(files: Sequence[str]) -> tuple[str, ...]:
    """Return what tells the files apart: stems, or where these repeat the differing path parts."""
    stems = [_stem(file) for file in files]
    if len(set(stems)) == len(stems):
        return tuple(stems)
    parts = [[*PurePosixPath(file).parts[:-1], _stem(file)] for file in files]
    shared = 0
    while all(len(p) > shared + 1 for p in parts) and len({p[shared] for p in parts}) == 1:
        shared += 1
    return tuple("/".join(p[shared:]) for p in parts)


class _Collector:
    """Rows on their way into text columns: all of them, an even sample, or those drawn."""

    def __init__(
        self,
        columns: tuple[str, ...],
        reader: TableReader,
        max_rows: int | None,
        draw: Draw | None,
    ) -> None:
        self.columns = columns
        self.reader = reader
        self.missing = frozenset(reader.missing) | {""}
        self.total = 0
        self._limit = max_rows
        self._passing = None if draw is None else Passing[tuple[Row, str]](draw)
        self._step = 1
        self._pending: list[Row] = []
        self._labels: list[str] = []
        self._parts: list[pd.DataFrame] = []
        self._chunk = max(1, _CELLS_AT_ONCE // max(1, len(columns)))

    def take(self, rows: Iterator[Row], label: str) -> None:
        """Add the rows of one file."""
        width, seen, long, first_long = len(self.columns), 0, 0, 0
        for row in rows:
            seen += 1
            if len(row) != width:
                fitted = _fit(row, width)
                if fitted is None:
                    long += 1
                    first_long = first_long or seen
                    continue
                row = fitted
            if self._passing is not None:
                self._passing.offer((row, label))
            elif self.total % self._step == 0:
                self._pending.append(row)
                self._labels.append(label)
                if self._limit is None and len(self._pending) >= self._chunk:
                    self._flush()
                self._thin()
            self.total += 1
        if long > max(1.0, LONG_ROWS * seen):
            raise ReadError(
                f"{long} of {seen} rows hold more values than the {width} columns "
                f"{_listing(self.columns)}, first row {first_long}: "
                "the separator or the header is another, or values hold the separator unquoted"
            )

    def frame(self) -> pd.DataFrame:
        """Return what was collected as one table."""
        if self._passing is not None:
            for row, label in self._passing.drawn():
                self._pending.append(row)
                self._labels.append(label)
        self._flush()
        frame = (
            pd.concat(self._parts, ignore_index=True) if len(self._parts) > 1 else self._parts[0]
        )
        if self.reader.decimal == ",":
            for name in self.columns:
                frame[name] = map_values(column_of(frame, name), _decimal_point)
        frame.attrs["rows"] = self.total
        return frame

    def _thin(self) -> None:
        if self._limit is not None and len(self._pending) > 2 * self._limit:
            self._pending = self._pending[::2]
            self._labels = self._labels[::2]
            self._step *= 2

    def _flush(self) -> None:
        if not self._pending and self._parts:
            return
        rows, labels = self._pending, self._labels
        if self._limit is not None and len(rows) > self._limit:
            kept = [index * len(rows) // self._limit for index in range(self._limit)]
            rows, labels = [rows[i] for i in kept], [labels[i] for i in kept]
        missing = self.missing
        data = {
            name: text_array(
                [
                    None if value is None or (text := value.strip()) in missing else text
                    for value in values
                ]
            )
            for name, values in zip(self.columns, zip(*rows, strict=True), strict=True)
        }
        if self.reader.file_column is not None:
            if self.reader.file_column in data:
                raise ReadError(
                    f"the files have a column {self.reader.file_column!r} already; "
                    "give file_column another name"
                )
            data[self.reader.file_column] = text_array(labels)
        self._parts.append(pd.DataFrame(data))
        self._pending, self._labels = [], []


def _fit(row: Row, width: int) -> Row | None:
    if len(row) < width:
        return [*row, *([None] * (width - len(row)))]
    if any(value and value.strip() for value in row[width:]):
        return None
    return row[:width]


def _decimal_point(text: str) -> str:
    if _DECIMAL_COMMA.fullmatch(text):
        return text.replace(".", "").replace(",", ".")
    return text


def _stem(file: str) -> str:
    name = PurePosixPath(file).name
    for packed in (".gz", ".bz2", ".xz", ".zip"):
        name = name.removesuffix(packed)
    return PurePosixPath(name).stem or name


def _difference(one: Sequence[str], other: Sequence[str]) -> str:
    return (
        f"{_listing([name for name in one if name not in other])} against "
        f"{_listing([name for name in other if name not in one])}"
    )


def _listing(names: Sequence[str]) -> str:
    shown = ", ".join(map(repr, names[:5]))
    return f"[{shown}{', …' if len(names) > 5 else ''}]"
