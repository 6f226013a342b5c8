"""The tables of a folder: which files hold them, and how each is to be read."""

from __future__ import annotations

import filecmp
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlesmith_env.errors import MissingExtraError, ReadError
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.reader import read_table, table_columns
from mlesmith_env.recipes.text import column_of, values_or_none
from mlesmith_generator.sniff.dialect import Dialect, dialect_of, footer_of
from mlesmith_generator.sniff.encoding import (
    Encoding,
    compression_of,
    encoding_of,
    head_of,
    tail_of,
)
from mlesmith_generator.sniff.files import (
    candidates,
    is_packed,
    is_series,
    may_be_table,
    promised_delimiter,
    promised_format,
    spoken_format,
    unread_kind,
)
from mlesmith_generator.sniff.header import Header, header_of
from mlesmith_generator.sniff.tokens import tagged_tokens
from mlesmith_generator.sniff.values import has_decimal_comma, missing_spellings, share

MOST_FILES = 20_000

_SAMPLE_ROWS = 2000
_SAMPLE_CELLS = 400_000
_FEWEST_ROWS = 100
_MOST_DOUBTS = 5


class _DoubtError(ReadError):
    """A file that nobody called a table does not look like one."""


@dataclass(frozen=True)
class _Found:
    """One file that holds a table."""

    file: str
    reader: TableReader
    encoding: Encoding
    layout: tuple[object, ...]
    """Files with the same layout are parts of one table."""
    quoting: tuple[str, str] | None = None
    """Quote and escape, where the file can not be read in another way."""


def sniff_tables(source: Path) -> tuple[tuple[TableReader, ...], tuple[str, ...]]:
    """Return how the tables of a dataset are read, and why other files give none.

    Files of the same layout become one reader. Documentation and metadata are left out without a
    word; a file that should be a table and can not be read as one is a problem.

    Args:
        source: A folder, or one file.

    Returns:
        The readers, with paths relative to the folder (of the file), and the problems: sentences
        that begin with the path of a file.
    """
    root = source if source.is_dir() else source.parent
    found: list[_Found] = []
    problems: list[str] = []
    seen: dict[int, list[str]] = {}
    count = 0
    doubts: list[str] = []
    for path in candidates(source):
        count += 1
        if count > MOST_FILES:
            problems.append(f"{root.name}: only the first {MOST_FILES} files were looked at")
            break
        file = path.relative_to(root).as_posix()
        try:
            table = _sniff(path, file, root, pointed_at=path == source)
        except _DoubtError as doubt:
            doubts.append(_told(file, doubt))
            continue
        except (ReadError, MissingExtraError, OSError) as error:
            problems.append(_told(file, error))
            continue
        if table is None:
            continue
        twins = seen.setdefault(path.stat().st_size, [])
        twin = next((t for t in twins if filecmp.cmp(root / t, path, shallow=False)), None)
        if twin is not None:
            problems.append(f"{file}: the same bytes as {twin}; left out")
            continue
        twins.append(file)
        found.append(table)
    readers: list[TableReader] = []
    for group in _grouped(found):
        try:
            readers.append(_finished(group, root))
        except (ReadError, MissingExtraError) as error:
            problems.append(_told(group[0].file, error))
    if not readers:
        problems += doubts[:_MOST_DOUBTS]
    if not readers and not problems:
        problems.append(f"{source.name}: no table among {count} files")
    return tuple(readers), tuple(problems)


def _sniff(path: Path, file: str, root: Path, *, pointed_at: bool) -> _Found | None:
    """Look at one file; None where it promises no table.

    Raises:
        _DoubtError: It promises nothing and does not look like a table.
        ReadError: It should be a table and can not be read as one.
    """
    if kind := unread_kind(path.name):
        raise ReadError(f"is {kind}; save its tables as CSV or Parquet")
    named = promised_format(path.name)
    if named is None and not may_be_table(path.name) and not pointed_at:
        return None
    if path.stat().st_size == 0:
        raise ReadError("is empty (0 bytes)")
    if named == "parquet":
        reader = TableReader(files=(file,), format="parquet")
        layout = ("parquet", "none", *table_columns(reader, root))
        return _Found(file, reader, Encoding("utf-8"), layout)
    compression = compression_of(path)
    try:
        encoding = encoding_of(path, compression)
    except ReadError as error:
        if named is None and not is_packed(path.name):
            raise _DoubtError(str(error)) from error
        raise
    lines, complete = head_of(path, compression, encoding)
    base = TableReader(
        files=(file,),
        compression=compression,
        encoding=encoding.name,
        decode_errors="replace" if encoding.damaged else "strict",
    )
    form = spoken_format(lines, named)
    if form == "ts" and not is_series(lines):
        return None
    tokens = tagged_tokens(lines) if form == "delimited" else None
    if tokens is not None:
        places = {"token_column": tokens.token, "tag_column": tokens.tag}
        reader = base.model_copy(update={"format": "conll", "missing": ("",), **places})
        return _Found(file, reader, encoding, ("conll", compression, tokens))
    if form != "delimited":
        reader = base.model_copy(update={"format": form})
        return _Found(file, reader, encoding, (form, compression, *table_columns(reader, root)))
    dialect = dialect_of(lines, prefer=promised_delimiter(path.name))
    if dialect is None:
        raise ReadError("holds no records")
    if named is None and not (pointed_at and dialect.width > 1) and not _convinces(dialect, lines):
        raise _DoubtError("is prose or a list, not a table: no separator divides its lines evenly")
    tail = lines if complete else tail_of(path, compression, encoding)
    return _delimited(base, file, encoding, dialect, footer_of(tail, dialect))


def _delimited(
    base: TableReader,
    file: str,
    encoding: Encoding,
    dialect: Dialect,
    footer: int,
) -> _Found:
    records = dialect.records
    header = header_of(records, dialect.width)
    if len(records) <= header.rows:
        raise ReadError(f"has a header {_listing(header.columns)} and no rows")
    reader = base.model_copy(
        update={
            "delimiter": dialect.delimiter,
            "quote": dialect.quote,
            "escape": dialect.escape,
            "skip_rows": dialect.skip_rows,
            "skip_footer": footer,
            "header_rows": header.rows,
            "columns": header.columns if header.explicit else (),
        }
    )
    layout = (
        "delimited",
        reader.compression,
        reader.delimiter,
        reader.skip_rows,
        reader.skip_footer,
        header,
        _column_kinds(records[header.rows :], header) if not header.rows else (),
        str(PurePosixPath(file).parent) if not header.rows else "",
    )
    quoting = None if dialect.indifferent else (dialect.quote, dialect.escape)
    return _Found(file, reader, encoding, layout, quoting)


def _finished(group: Sequence[_Found], root: Path) -> TableReader:
    """Return the one reader of files with the same layout, after a look at their values."""
    reader = group[0].reader
    encodings = {found.encoding for found in group if not found.encoding.plain}
    chosen = next(iter(encodings), group[0].encoding)
    quoting = next((found.quoting for found in group if found.quoting), None)
    quote, escape = quoting or (reader.quote, reader.escape)
    reader = reader.model_copy(
        update={
            "files": tuple(found.file for found in group),
            "encoding": chosen.name,
            "decode_errors": "replace" if chosen.damaged else "strict",
            "quote": quote,
            "escape": escape,
            "missing": ("",),
        }
    )
    if len(group) > 1:
        taken = set(table_columns(reader, root))
        name = next(n for n in ("file", "source_file", "file_name", "_file") if n not in taken)
        reader = reader.model_copy(update={"file_column": name})
    if reader.format in ("conll", "ts"):
        # Lists of words or numbers: none of them as a whole says that it is missing.
        return reader
    width = len(table_columns(reader, root))
    rows = max(_FEWEST_ROWS, min(_SAMPLE_ROWS, _SAMPLE_CELLS // max(1, width)))
    try:
        frame = read_table(reader, root, max_rows=rows)
    except ReadError:
        if not reader.quote or reader.format != "delimited":
            raise
        # A quote that is open for the rest of the file: it was never meant as one.
        reader = reader.model_copy(update={"quote": "", "escape": ""})
        frame = read_table(reader, root, max_rows=rows)
    columns = [
        [value or "" for value in values_or_none(column_of(frame, name))]
        for name in frame.columns
        if name != reader.file_column
    ]
    comma = reader.format == "delimited" and reader.delimiter != "," and has_decimal_comma(columns)
    return reader.model_copy(
        update={"missing": missing_spellings(columns), "decimal": "," if comma else "."}
    )


def _grouped(found: Sequence[_Found]) -> list[list[_Found]]:
    """Gather files of one layout; encodings or quotes that do not go together keep them apart."""
    groups: dict[tuple[object, ...], list[_Found]] = {}
    for table in found:
        groups.setdefault(table.layout, []).append(table)
    apart = [
        part
        for group in groups.values()
        for similar in _parted(group, lambda t: None if t.encoding.plain else t.encoding)
        for part in _parted(similar, lambda t: t.quoting)
    ]
    return sorted(apart, key=lambda group: group[0].file)


def _parted(group: list[_Found], trait: Callable[[_Found], object]) -> list[list[_Found]]:
    """Part files by a trait; those that have none (None) go with the first."""
    traits = [key for key in dict.fromkeys(map(trait, group)) if key is not None]
    if len(traits) <= 1:
        return [group]
    return [
        [table for table in group if trait(table) == key or (not at and trait(table) is None)]
        for at, key in enumerate(traits)
    ]


def _convinces(dialect: Dialect, lines: Sequence[str]) -> bool:
    """Whether a text file that promises nothing is a table all the same, not prose or a list."""
    if dialect.width < 2:
        usual = sorted(len(line) for line in lines)[len(lines) // 2]
        return len(lines) >= 20 and usual < 40
    if dialect.delimiter == "\t":
        return len(dialect.records) >= 5 and dialect.consistency >= 0.9
    cells = [cell for record in dialect.records for cell in record]
    if dialect.delimiter == "whitespace" and share(cells, "number", "date") < 0.3:
        return False
    prose = sum(len(cell.split()) > 6 for cell in cells) > 0.2 * len(cells)
    return not prose and len(dialect.records) >= 10 and dialect.consistency >= 0.95


def _column_kinds(records: Sequence[Sequence[str]], header: Header) -> tuple[bool, ...]:
    """Tell the number columns; files without names are of one layout when these agree."""
    columns = range(len(header.columns))
    return tuple(
        share([record[i] for record in records if len(record) > i], "number") > 0.8 for i in columns
    )


def _told(file: str, error: Exception) -> str:
    """Return a problem that names the file once."""
    name = PurePosixPath(file).name
    reason = str(error)
    for prefix in (f"{name} ", f"{file!r} "):
        reason = reason.removeprefix(prefix)
    return f"{file}: {reason}"


def _listing(names: Sequence[str]) -> str:
    return f"[{', '.join(map(repr, names[:5]))}{', …' if len(names) > 5 else ''}]"
