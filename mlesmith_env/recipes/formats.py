"""The formats of raw files: how each is opened as column names and rows of text."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.arff import arff_table
from mlesmith_env.recipes.columnar import arrow_table, parquet_table
from mlesmith_env.recipes.conll import conll_table
from mlesmith_env.recipes.databases import database_table
from mlesmith_env.recipes.dumps import dump_table
from mlesmith_env.recipes.folders import locate
from mlesmith_env.recipes.gml import gml_table
from mlesmith_env.recipes.lines import framed, open_bytes, open_text, records
from mlesmith_env.recipes.listing import files_table
from mlesmith_env.recipes.markup import element_table
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.nested import json_lines_table, json_table
from mlesmith_env.recipes.series import ts_table
from mlesmith_env.recipes.svmlight import svmlight_table
from mlesmith_env.recipes.text import clean_names
from mlesmith_env.recipes.utterances import utterance_table
from mlesmith_env.recipes.workbooks import sheet_rows

Row = Sequence[str | None]


@dataclass
class RawTable:
    """Column names of one file and its rows, still as they stand there."""

    columns: tuple[str, ...]
    rows: Iterator[Row]


Opener = Callable[[TableReader, Path], AbstractContextManager[RawTable]]


def open_table(reader: TableReader, root: Path, file: str) -> AbstractContextManager[RawTable]:
    """Open one file of a reader.

    Raises:
        ReadError: The file is missing, damaged, empty or not of the declared form.
        MissingExtraError: A library that reads the format is not installed.
    """
    if reader.format == "files":
        columns, rows = files_table(reader, root)
        return nullcontext(RawTable(columns, rows))
    return _OPENERS[reader.format](reader, locate(root, file))


@contextmanager
def _delimited(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    with open_text(path, reader) as lines:
        yield _headed(reader, records(lines, reader), path)


@contextmanager
def _excel(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    rows = framed(iter(sheet_rows(path, reader.table)), reader.skip_rows, reader.skip_footer)
    yield _headed(reader, (row for row in rows if any(row)), path)


@contextmanager
def _sqlite(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    with database_table(path, reader.table) as (names, rows):
        yield RawTable(_named(reader, names, path), rows)


@contextmanager
def _xml(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    names, rows = element_table(
        lambda: open_bytes(path, reader.compression), path.name, reader.table, reader.columns
    )
    yield RawTable(_named(reader, names, path), rows)


@contextmanager
def _svmlight(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    names, rows = svmlight_table(lambda: open_text(path, reader), path.name, reader.columns)
    yield RawTable(_named(reader, names, path), rows)


@contextmanager
def _sql(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    with open_text(path, reader) as lines:
        names, rows = dump_table(lines, path.name, reader.table, backslash=bool(reader.escape))
        yield RawTable(_named(reader, names, path), rows)


@contextmanager
def _whole(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    parse = {
        "json": partial(json_table, path=reader.table),
        "jsonl": partial(json_lines_table, path=reader.table),
        "arff": arff_table,
        "ts": ts_table,
        "utterances": utterance_table,
    }[reader.format]
    with open_text(path, reader) as lines:
        names, rows = parse(lines, path.name)
        yield RawTable(_named(reader, names, path), rows)


@contextmanager
def _conll(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    with open_text(path, reader) as lines:
        names, rows = conll_table(lines, path.name, reader.token_column, reader.tag_column)
        yield RawTable(_named(reader, names, path), rows)


@contextmanager
def _gml(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    with open_text(path, reader) as lines:
        names, rows = gml_table(lines, path.name, reader.table or "edges")
        yield RawTable(_named(reader, names, path), rows)


@contextmanager
def _parquet(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    with parquet_table(path) as (names, rows):
        yield RawTable(_named(reader, names, path), rows)


@contextmanager
def _arrow(reader: TableReader, path: Path) -> Generator[RawTable, None, None]:
    with arrow_table(path) as (names, rows):
        yield RawTable(_named(reader, names, path), rows)


_OPENERS: dict[str, Opener] = {
    "delimited": _delimited,
    "json": _whole,
    "jsonl": _whole,
    "arff": _whole,
    "ts": _whole,
    "utterances": _whole,
    "conll": _conll,
    "gml": _gml,
    "parquet": _parquet,
    "arrow": _arrow,
    "excel": _excel,
    "sqlite": _sqlite,
    "svmlight": _svmlight,
    "xml": _xml,
    "sql": _sql,
}


def _headed(reader: TableReader, rows: Iterable[Sequence[str]], path: Path) -> RawTable:
    """Return rows as a table: the first of them name its columns, as many as are declared."""
    rest = iter(rows)
    header = [record for _, record in zip(range(reader.header_rows), rest, strict=False)]
    if len(header) < reader.header_rows:
        raise ReadError(f"{path.name} is empty: it has no header")
    first = next(rest, None)
    if first is None and not header:
        raise ReadError(f"{path.name} is empty")
    names = header_names(header) if header else numbered_names(len(first or ()))
    columns = reader.columns or clean_names(names)
    return RawTable(columns, rest if first is None else chain([first], rest))


def header_names(header: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Return the names that one or two header rows give; nameless columns at the end left out.

    In two rows the first is carried on to the right over empty cells, as merged cells are saved.
    """
    cells = [[" ".join(cell.replace("\ufeff", "").split()) for cell in row] for row in header]
    if len(cells) == 1:
        names = cells[0]
    else:
        width = max(map(len, cells))
        upper, lower = (row + [""] * (width - len(row)) for row in cells)
        names, carried = [], ""
        for above, below in zip(upper, lower, strict=True):
            carried = above or (carried if below else "")
            names.append(" - ".join(part for part in dict.fromkeys((carried, below)) if part))
    while names and not names[-1]:
        names.pop()
    return tuple(names)


def numbered_names(width: int) -> tuple[str, ...]:
    """Return the names of columns that nobody has named."""
    return tuple(f"column_{position}" for position in range(1, width + 1))


def _named(reader: TableReader, names: Sequence[str], path: Path) -> tuple[str, ...]:
    if not reader.columns:
        return clean_names(names)
    if len(reader.columns) != len(names):
        raise ReadError(
            f"{path.name} has {len(names)} columns, the reader names {len(reader.columns)}"
        )
    return reader.columns
