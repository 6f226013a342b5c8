"""The tables of a folder: which files hold them, and how each is to be read."""

from __future__ import annotations

import filecmp
import os
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

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
from mlesmith_generator.sniff.header import Header, header_of
from mlesmith_generator.sniff.values import has_decimal_comma, missing_spellings, share

Format = Literal["delimited", "json", "jsonl", "parquet", "arff"]

MOST_FILES = 20_000

_SAMPLE_ROWS = 2000
_SAMPLE_CELLS = 400_000
_FEWEST_ROWS = 100
_PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zip")
_FORMATS: dict[str, Format] = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".psv": "delimited",
    ".json": "json",
    ".geojson": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".arff": "arff",
    ".parquet": "parquet",
    ".pq": "parquet",
}
_PROMISED = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".psv": "|"}
_MAYBE = frozenset((".txt", ".data", ".dat", ".test", ".train", ".asc", ".all", ".out", ".raw", ""))
_UNREAD = {
    ".xls": "an Excel workbook",
    ".xlsx": "an Excel workbook",
    ".ods": "a spreadsheet",
    ".sav": "an SPSS file",
    ".dta": "a Stata file",
    ".sas7bdat": "a SAS file",
    ".rds": "an R file",
    ".rda": "an R file",
    ".rdata": "an R file",
    ".sqlite": "a database",
    ".db": "a database",
    ".h5": "an HDF5 file",
    ".hdf5": "an HDF5 file",
    ".mat": "a MATLAB file",
    ".pkl": "a pickle",
    ".feather": "a Feather file",
    ".orc": "an ORC file",
    ".avro": "an Avro file",
    ".tar": "an archive",
    ".tgz": "an archive",
    ".7z": "an archive",
    ".rar": "an archive",
}
_DOCUMENT = re.compile(
    r"(?i)(?:^|[-_. 0-9])(?:readme|licen[cs]e|copying|notice|authors?|citation|changelog|changes"
    r"|contribut\w*|(?:data[-_. ]?)?dictionary|codebook|metadata|dataset_description"
    r"|data[-_. ]?descri\w*)(?:$|[-_. ])"
    r"|^dataset\.json$|^datapackage\.json$|\.names$|^index$|^requirements.*\.txt$|^package\.json$|^schema\."
)
_SKIPPED_FOLDERS = frozenset(("__MACOSX", "__pycache__", "node_modules"))


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
    for path in _files(source):
        count += 1
        if count > MOST_FILES:
            problems.append(f"{root.name}: only the first {MOST_FILES} files were looked at")
            break
        file = path.relative_to(root).as_posix()
        try:
            table = _sniff(path, file, root)
        except (ReadError, MissingExtraError, OSError) as error:
            problems.append(f"{file}: {error}")
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
            problems.append(f"{group[0].file}: {error}")
    if not readers and not problems:
        problems.append(f"{source.name}: no table among {count} files")
    return tuple(readers), tuple(problems)


def _files(source: Path) -> Iterator[Path]:
    if not source.is_dir():
        yield source
        return
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(f for f in folders if f[0] != "." and f not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(folder) / name
            if not name.startswith(".") and not _DOCUMENT.search(_bare(name)) and path.is_file():
                yield path


def _sniff(path: Path, file: str, root: Path) -> _Found | None:
    """Look at one file; None where it promises no table and holds none."""
    suffix = _suffix(path.name)
    if suffix in _UNREAD:
        raise ReadError(f"is {_UNREAD[suffix]}; save its tables as CSV or Parquet")
    named = _FORMATS.get(suffix)
    if named is None and suffix not in _MAYBE and not suffix[1:].isdigit():
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
    except ReadError:
        if named is None and not path.name.lower().endswith(_PACKED_SUFFIXES):
            return None
        raise
    lines, complete = head_of(path, compression, encoding)
    base = TableReader(
        files=(file,),
        compression=compression,
        encoding=encoding.name,
        decode_errors="replace" if encoding.damaged else "strict",
    )
    form = named if named != "delimited" else None
    if form is None and named is None:
        form = _spoken_format(lines)
    if form is not None:
        reader = base.model_copy(update={"format": form})
        return _Found(file, reader, encoding, (form, compression, *table_columns(reader, root)))
    dialect = dialect_of(lines, prefer=_PROMISED.get(suffix, ""))
    if dialect is None or (named is None and not _convinces(dialect, lines)):
        if named is None:
            return None
        raise ReadError("holds no records")
    tail = lines if complete else tail_of(path, compression, encoding)
    return _delimited(base, file, encoding, dialect, footer_of(tail, dialect), complete=complete)


def _delimited(
    base: TableReader,
    file: str,
    encoding: Encoding,
    dialect: Dialect,
    footer: int,
    *,
    complete: bool,
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
    width = len(table_columns(reader, root))
    rows = max(_FEWEST_ROWS, min(_SAMPLE_ROWS, _SAMPLE_CELLS // max(1, width)))
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


def _spoken_format(lines: Sequence[str]) -> Format | None:
    """Return the format that the text of a file without a telling name is in."""
    first = next((line.strip() for line in lines if line.strip() and line.strip()[0] != "%"), "")
    if first.lower().startswith(("@relation", "@attribute")):
        return "arff"
    if first.startswith("{") and first.endswith("}") and len(lines) > 1:
        return "jsonl"
    if first.startswith(("[", "{")):
        return "json"
    return None


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


def _suffix(name: str) -> str:
    lowered = name.lower()
    for packed in _PACKED_SUFFIXES:
        lowered = lowered.removesuffix(packed)
    return PurePosixPath(lowered).suffix


def _bare(name: str) -> str:
    for packed in _PACKED_SUFFIXES:
        name = name.removesuffix(packed)
    return name


def _listing(names: Sequence[str]) -> str:
    return f"[{', '.join(map(repr, names[:5]))}{', …' if len(names) > 5 else ''}]"
