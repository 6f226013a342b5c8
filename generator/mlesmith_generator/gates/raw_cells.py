"""The cells of a raw file of separated values, to be exchanged and written as they stood.

A table is held as the pieces of its text: cells with their quotes and blanks, and what stands
between them. Joined again they are the file, byte for byte.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.reader import table_columns

Texts = NDArray[np.object_]
Places = NDArray[np.int64]

_DATA = re.compile(r"\s*@data\b", re.IGNORECASE)
_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_BLANK_SEPARATED = re.compile(r"\S+")


@dataclass(frozen=True)
class RawTable:
    """One raw file as a table whose cells can be exchanged.

    Attributes:
        file: Path inside the dataset.
        names: Names of the columns.
        encoding: Codec in which the text is written.
    """

    file: str
    names: tuple[str, ...]
    encoding: str
    _quote: str
    _pieces: tuple[list[str], ...]
    """The text of each record or other line: cells at odd places, what is between at even ones."""
    _rows: tuple[int, ...]
    """Which of them are rows of the table."""

    def __len__(self) -> int:
        return len(self._rows)

    @cached_property
    def columns(self) -> dict[str, Texts]:
        """The values of each column, without quotes and blanks, numbers in one spelling."""
        return {
            name: canonical_values([self._value(row, at) for row in self._rows])
            for at, name in enumerate(self.names)
        }

    def exchanged(self, names: Sequence[str], into: Places, origin: Places) -> bytes:
        """Return the file with cells of some rows in the place of those of others.

        Args:
            names: The columns whose cells go.
            into: Rows that are given others' cells. Shape (n,).
            origin: The rows that they are taken from. Shape (n,).
        """
        pieces = list(self._pieces)
        places = [2 * self.names.index(name) + 1 for name in names]
        for row, source in zip(into.tolist(), origin.tolist(), strict=True):
            given = self._pieces[self._rows[source]]
            changed = list(self._pieces[self._rows[row]])
            for place in places:
                changed[place] = given[place]
            pieces[self._rows[row]] = changed
        return "".join("".join(record) for record in pieces).encode(self.encoding)

    def _value(self, row: int, at: int) -> str:
        cell, quote = self._pieces[row][2 * at + 1].strip(), self._quote
        if quote and len(cell) > 1 and cell[0] == cell[-1] == quote:
            return cell[1:-1].replace(quote * 2, quote).strip()
        return cell


def canonical_values(values: Sequence[object]) -> Texts:
    """Return values as text, equal numbers in one spelling; what is missing is empty."""
    known: dict[object, str] = {}
    result: list[str] = []
    for value in values:
        if value not in known:
            known[value] = _canonical(value)
        result.append(known[value])
    return np.asarray([*result, ""], dtype=object)[:-1]


def _canonical(value: object) -> str:
    text = str(value).strip()
    try:
        number = float(text)
    except ValueError:
        return text
    return "" if number != number else f"{number:.12g}"


def read_cells(reader: TableReader, root: Path, file: str) -> RawTable | None:
    """Return a file of a reader as cells; None where it is no plain text or can not be joined.

    Raises:
        ReadError: The file is missing, damaged or not of the declared form.
    """
    if reader.format not in ("delimited", "arff") or reader.compression != "none":
        return None
    try:
        content = (root / file).read_bytes()
        # The mark in front of a text stays a character of it, so that it is written again.
        encoding = reader.encoding.removesuffix("-sig")
        text = content.decode(encoding)
    except OSError as error:
        raise ReadError(f"{file!r} can not be read: {error}") from error
    except UnicodeError:
        return None
    if text.encode(encoding) != content:
        return None
    names = reader.columns or table_columns(reader, root)
    lines: list[str] = _LINE.findall(text)
    if reader.format == "arff":
        reader = _as_delimited(reader, lines)
    end = len(lines) - reader.skip_footer
    pieces = [[line] for line in lines[: reader.skip_rows]]
    rows: list[int] = []
    heads = reader.header_rows
    for record in _records(lines[reader.skip_rows : end], reader):
        parts = _parted(record, reader)
        filled = any(part.strip() for part in parts[1::2])
        if filled and heads:
            heads -= 1
        elif filled and len(parts) // 2 == len(names):
            rows.append(len(pieces))
        pieces.append(parts)
    pieces += [[line] for line in lines[end:]]
    table = RawTable(file, tuple(names), encoding, reader.quote, tuple(pieces), tuple(rows))
    none = np.zeros(0, dtype=np.int64)
    return table if rows and table.exchanged((), none, none) == content else None


def _as_delimited(reader: TableReader, lines: Sequence[str]) -> TableReader:
    """Return how the rows of an ARFF file are read, which follow a line `@data`."""
    begin = next((place for place, line in enumerate(lines, 1) if _DATA.match(line)), len(lines))
    quote = "'" if any("'" in line for line in lines[begin:]) else '"'
    changes = {"skip_rows": begin, "header_rows": 0, "delimiter": ",", "quote": quote}
    return reader.model_copy(update=changes)


def _records(lines: Sequence[str], reader: TableReader) -> Iterator[str]:
    """Yield records: lines, and those that a quoted value spans together."""
    quote, escape = reader.quote, reader.escape
    held = ""
    for line in lines:
        held += line
        plain = held.replace(escape + quote, "") if escape else held
        if not quote or quote not in held or plain.count(quote) % 2 == 0:
            yield held
            held = ""
    if held:
        yield held


def _parted(record: str, reader: TableReader) -> list[str]:
    """Return the pieces of a record: between, cell, between, ..., cell, end of the line."""
    body = record.rstrip("\r\n")
    tail = record[len(body) :]
    spans = _spans(body, reader)
    pieces: list[str] = []
    done = 0
    for begin, end in spans:
        pieces += [body[done:begin], body[begin:end]]
        done = end
    return [*pieces, body[done:] + tail]


def _spans(body: str, reader: TableReader) -> list[tuple[int, int]]:
    quote, delimiter = reader.quote, reader.delimiter
    if quote and quote in body:
        return [match.span() for match in _quoted(quote, delimiter, reader.escape, body)]
    if delimiter == "whitespace":
        return [match.span() for match in _BLANK_SEPARATED.finditer(body)]
    spans: list[tuple[int, int]] = []
    begin = 0
    for cell in body.split(delimiter):
        spans.append((begin, begin + len(cell)))
        begin += len(cell) + len(delimiter)
    return spans


def _quoted(quote: str, delimiter: str, escape: str, body: str) -> Iterator[re.Match[str]]:
    """Yield the cells of a line in which something is quoted."""
    q, e = re.escape(quote), re.escape(escape)
    inside = rf"(?:[^{q}{e}]|{q}{q}|{e}.)*" if escape else rf"(?:[^{q}]|{q}{q})*"
    whole = rf"{q}{inside}{q}"
    if delimiter == "whitespace":
        yield from re.compile(rf"{whole}(?=\s|$)|\S+", re.DOTALL).finditer(body)
        return
    d = re.escape(delimiter)
    cell = re.compile(rf" *{whole}(?:(?!{d}).)*|(?:(?!{d}).)*", re.DOTALL)
    at = 0
    while match := cell.match(body, at):
        yield match
        if match.end() >= len(body):
            return
        at = match.end() + len(delimiter)
