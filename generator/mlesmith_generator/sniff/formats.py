"""The formats of files that hold tables, each as a function that knows its own.

A further format is one more function in `FORMATS`: it is given a sample, and returns the tables of
the file where it is of this format, or None. The first that does not return None has the word; it
raises ReadError where the file is of its format and can not be read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.databases import MAGIC, database_table, database_tables
from mlesmith_env.recipes.dumps import dumped_tables
from mlesmith_env.recipes.formats import open_table
from mlesmith_env.recipes.gml import TABLES, is_gml
from mlesmith_env.recipes.lines import open_bytes, open_text
from mlesmith_env.recipes.markup import element_columns, record_element
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.nested import inner_path
from mlesmith_env.recipes.svmlight import is_svmlight, svmlight_columns
from mlesmith_generator.sniff.delimited import delimited_text, workbook
from mlesmith_generator.sniff.files import spoken_format
from mlesmith_generator.sniff.sample import Found, Sample
from mlesmith_generator.sniff.tokens import tagged_tokens

FileFormat = Callable[[Sample], Sequence[Found] | None]

TOLD_BY_HEAD = (MAGIC, b"PAR1", b"ARROW1\0\0")
"""First bytes by which a file tells its format, whatever it is called."""

_BACKSLASHED = ("MySQL dump", "MariaDB dump", "phpMyAdmin", "/*!40", "ENGINE=")
_SPANS = re.compile(r'"(?:entity|entities|spans|slots|labels?|annotations|ents)"\s*:')
_FEWEST_UTTERANCES = 20
_INSERTS = ("INSERT INTO", "CREATE TABLE", "COPY ", "BEGIN TRANSACTION")


def _database(sample: Sample) -> Sequence[Found] | None:
    if not sample.head.startswith(MAGIC):
        return None
    found: list[Found] = []
    for table in database_tables(sample.path):
        with database_table(sample.path, table) as (_, rows):
            filled = next(rows, None) is not None
        if filled:
            found.append(_stored(sample, format="sqlite", table=table))
    if not found:
        raise ReadError("is a database without rows")
    return found


def _parquet(sample: Sample) -> Sequence[Found] | None:
    if sample.named != "parquet" and not sample.head.startswith(b"PAR1"):
        return None
    return (_stored(sample, format="parquet"),)


def _arrow(sample: Sample) -> Sequence[Found] | None:
    if sample.named != "arrow" and not sample.head.startswith(b"ARROW1\0\0"):
        return None
    return (_stored(sample, format="arrow"),)


def _xml(sample: Sample) -> Sequence[Found] | None:
    first = next((line.strip() for line in sample.lines if line.strip()), "").lstrip("\ufeff")
    if not first.startswith("<") or first[:14].lower().startswith(("<!doctype html", "<html")):
        return None
    if sample.named != "xml" and not first.startswith("<?xml"):
        return None

    def opened():
        return open_bytes(sample.path, sample.compression)

    element = record_element(opened, sample.path.name)
    if not element:
        if sample.pointed_at:
            raise ReadError("is XML without an element that is repeated as records are")
        return ()
    reader = TableReader(
        files=(sample.file,),
        format="xml",
        compression=sample.compression,
        table=element,
        columns=element_columns(opened, sample.path.name, element),
    )
    return (Found(sample.file, reader, ("xml", sample.compression, element)),)


def _sql(sample: Sample) -> Sequence[Found] | None:
    head = "".join(sample.lines[:200])
    if sample.named != "sql" and not head.upper().lstrip().startswith(_INSERTS):
        return None
    backslash = any(sign in head for sign in _BACKSLASHED)
    reader = sample.reader.model_copy(
        update={"format": "sql", "escape": "\\" if backslash else "", "quote": "'"}
    )
    with open_text(sample.path, reader) as lines:
        tables = dumped_tables(lines, sample.path.name, backslash=backslash)
    return [
        Found(
            sample.file,
            reader.model_copy(update={"table": table.name}),
            ("sql", reader.compression, table.name, table.columns, table.width),
            sample.encoding,
        )
        for table in tables
    ]


def _svmlight(sample: Sample) -> Sequence[Found] | None:
    if not is_svmlight(sample.lines):
        return None
    reader = sample.reader.model_copy(update={"format": "svmlight"})
    columns = svmlight_columns(lambda: open_text(sample.path, reader), sample.path.name)
    reader = reader.model_copy(update={"columns": columns})
    layout = ("svmlight", reader.compression, columns[1:2])
    return (Found(sample.file, reader, layout, sample.encoding),)


def _spoken(sample: Sample) -> Sequence[Found] | None:
    form = spoken_format(sample.lines, sample.named)
    if form == "delimited":
        # A program in TypeScript is called `.ts`, too.
        return () if sample.named == "ts" else None
    reader = sample.reader.model_copy(update={"format": form})
    if form in ("json", "jsonl"):
        with open_text(sample.path, reader) as lines:
            inner = inner_path(lines, sample.path.name, by_line=form == "jsonl")
        reader = reader.model_copy(update={"table": inner})
    with open_table(reader, sample.root, sample.file) as table:
        layout = (form, reader.compression, reader.table, *table.columns)
    return (Found(sample.file, reader, layout, sample.encoding),)


def _utterances(sample: Sample) -> Sequence[Found] | None:
    first = next((line.strip() for line in sample.lines if line.strip()), "")
    if not first.startswith(("{", "[")) or not _SPANS.search("".join(sample.lines[:400])):
        return None
    reader = sample.reader.model_copy(update={"format": "utterances", "missing": ("",)})
    try:
        with open_table(reader, sample.root, sample.file) as table:
            marked = ["B-" in (row[1] or "") for row in table.rows]
    except ReadError:
        return None  # JSON of another kind.
    if len(marked) < _FEWEST_UTTERANCES or sum(marked) < 0.2 * len(marked):
        return None
    return (Found(sample.file, reader, ("utterances", reader.compression), sample.encoding),)


def _graph(sample: Sample) -> Sequence[Found] | None:
    if not is_gml(sample.lines):
        return None
    found: list[Found] = []
    for name in TABLES:
        reader = sample.reader.model_copy(update={"format": "gml", "table": name})
        with open_table(reader, sample.root, sample.file) as table:
            told = len(table.columns) > 1
        if told:
            # Nodes of two graphs are others, though they be called alike: never one table.
            layout = ("gml", name, sample.file)
            found.append(Found(sample.file, reader, layout, sample.encoding))
    return found


def _tagged_tokens(sample: Sample) -> Sequence[Found] | None:
    tokens = tagged_tokens(sample.lines)
    if tokens is None:
        return None
    places = {"token_column": tokens.token, "tag_column": tokens.tag}
    reader = sample.reader.model_copy(update={"format": "conll", "missing": ("",), **places})
    return (Found(sample.file, reader, ("conll", reader.compression, tokens), sample.encoding),)


def _stored(sample: Sample, **declared: str) -> Found:
    """Return a table whose columns are stored with it."""
    reader = TableReader.model_validate({"files": (sample.file,), **declared})
    with open_table(reader, sample.root, sample.file) as table:
        return Found(sample.file, reader, (reader.format, reader.table, *table.columns))


FORMATS: tuple[FileFormat, ...] = (
    _database,
    _parquet,
    _arrow,
    workbook,
    _xml,
    _sql,
    _svmlight,
    _utterances,
    _spoken,
    _graph,
    _tagged_tokens,
    delimited_text,
)
"""All formats: those that are told by their first bytes, then those of text; the last takes all."""
