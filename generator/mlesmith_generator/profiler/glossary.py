"""What a dataset's publisher says its columns mean, for quoting on the page and for nothing else.

Descriptions beside the data (README, `.names`, codebooks, comments in front of an ARFF file) are
read for meanings of columns by their exact names, or of columns without names by their places. No
rule that chooses types, targets or exclusions looks at them. What addresses the reader, leads
elsewhere or counts rows is left out, because the page is read by those who play.
"""

from __future__ import annotations

import csv
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import Any, cast

from mlesmith_generator.profiler.definitions import Passage, numbered_in, passages_of
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile, TableProfile
from mlesmith_generator.sniff.mending import mended

_DOCUMENT = re.compile(
    r"(?:^|[-_. 0-9])(?:readme|dictionary|codebook|metadata|descri\w*|variables|columns|features"
    r"|info)(?:$|[-_. ])|\.names$",
    re.IGNORECASE,
)
_ENDINGS = frozenset(("", ".md", ".txt", ".rst", ".names", ".csv", ".tsv", ".markdown"))
_PACKAGE = "datapackage.json"
_MOST_DOCUMENTS = 40
_MOST_FILES = 20_000
_LARGEST = 2**20
"""Bytes of a document that are read."""
_COMMENT_LINES = 2000
_LONGEST = 110
"""Characters of a meaning; the rest becomes an ellipsis."""
_FEWEST = 3
"""Columns that a passage must define; a line `Date: May 1990` alone is about the dataset."""
_TYPES = frozenset(
    "continuous numeric numerical integer int real float double string character factor nominal "
    "categorical boolean binary ordinal date text enumerated logical discrete qualitative".split()
)
_FILLING = frozenset({"a", "an", "the", "vector", "variable", "value", "values"})
_TAGGED = re.compile(
    rf"^(?:an? )?(?:{'|'.join(sorted(_TYPES))})[.:;]\s+|\s-\s(?:{'|'.join(sorted(_TYPES))})$",
    re.IGNORECASE,
)
"""The type of a column, beside its meaning."""
_REFUSED = re.compile(
    r"://|www\.|\S@\S|\\|\ufffd|</?[a-z!]|\{\{|\{[a-z_]|(?:^|[^\w])[~.]*/\w"
    r"|\b(?:TODO|TBD|FIXME|XXX+)\b|lorem ipsum"
    r"|\b(?:you|your|yours|ignore|disregard|override|prompts?|instructions?|assistant|chatbot|llm|"
    r"ai|jailbreak|please|language model|reward hack\w*)\b"
    r"|\b(?:do not|don't|never) (?:tell|mention|reveal|report|use|submit|read|run|follow|train)"
    r"|^\W*(?:system|human|user)\s*:"
    r"|answers?\.\w|answer key|solutions?\b|\btest[_ -](?:sets?|labels?|answers?|split|rows?|data)"
    r"|\bhidden\b|hold-?out|held[- ]out|leaderboard|ground[_ -]truth|private/"
    r"|distribution|\d\s*(?:%|per ?cent) (?:of|are|were|have|had)\b"
    r"|^\W*see\b|\b\d{2,}\s+(?:instances|observations|rows|records|samples|examples|cases)\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(r"[^\W\d_]\W{0,2}[(:=]\s*\d{2,}\b")
"""A label with a number that may count its rows: `yes (268)`."""


def with_meanings(folder: Path, tables: Sequence[TableProfile]) -> tuple[TableProfile, ...]:
    """Return the tables, each with what the publisher says of its columns.

    Args:
        folder: The raw files (a folder, or one file).
        tables: What was found in them.
    """
    root = folder if folder.is_dir() else folder.parent
    documents = [text for path in _documents(root) if (text := _text(path))]
    package = _package(root / _PACKAGE)
    found: list[TableProfile] = []
    for table in tables:
        texts = [*documents, *_comments(table, root)]
        said = _said(table, tables, texts) | package.get(_file(table), {})
        meanings = {
            column.name: meaning
            for column in table.columns
            if (meaning := quotable(column.name, said.get(column.name, "")))
            and not _lists_values(column, meaning)
        }
        found.append(table.model_copy(update={"meanings": meanings}) if meanings else table)
    return tuple(found)


def quotable(name: str, said: str) -> str:
    """Return what is said of a column as plain words, empty where it is nothing to be quoted.

    Args:
        name: Of the column.
        said: As it stands in the document.
    """
    linked = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", said)
    text = " ".join(re.sub(r"[`|*\u201c\u201d\"]", " ", linked).split()).strip(" :;,-")
    if not re.search(r"[^\W\d_]{2}", text) or not text.isprintable() or _REFUSED.search(text):
        return ""
    text = _TAGGED.sub("", text)
    text = text.removesuffix(".") if text.count(".") == 1 else text
    told = set(words(text)) - _FILLING
    if told <= _TYPES or told <= set(words(name)) or len(_COUNTED.findall(text)) > 1:
        return ""
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:(") + "…"


def _lists_values(column: ColumnProfile, meaning: str) -> bool:
    """Return whether no more is said of a column than its values, which the page shows anyway."""
    parts = {part.strip(" '") for part in meaning.split(",")} - {"?"}
    return parts <= {value for value, _ in column.top}


def is_nameless(table: TableProfile) -> bool:
    """Return whether the raw file names no columns, which are called by their places."""
    return table.reader.header_rows == 0 and table.reader.columns[:1] == ("column_1",)


def _said(
    table: TableProfile, tables: Sequence[TableProfile], texts: Sequence[str]
) -> dict[str, str]:
    if is_nameless(table):
        width = len(table.reader.columns)
        lists = (numbered for text in texts if (numbered := numbered_in(text, width)))
        return dict(zip(table.reader.columns, next(lists, ()), strict=False))
    names = {column.name for column in table.columns}
    enough = min(_FEWEST, len(names))
    passages = [
        passage
        for text in texts
        for passage in passages_of(text, names)
        if len(passage.defined) >= max(enough, 0.5 * passage.lines)
    ]
    own = [passage for passage in passages if _about(passage, table)]
    others = [other for other in tables if _file(other) != _file(table)]
    free = [p for p in passages if not any(_about(p, other) for other in others)]
    told: dict[str, str] = {}
    for passage in own or free:
        for name, said in passage.defined.items():
            # Where a name is explained twice and differently, nobody knows which is meant.
            told[name] = said[0] if told.get(name, said[0]) == said[0] == said[-1] else ""
    return told


def _about(passage: Passage, table: TableProfile) -> bool:
    """Return whether the heading of a passage names a table or its file."""
    stem = PurePosixPath(_file(table)).stem
    return any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", passage.heading, re.IGNORECASE)
        for name in {stem, table.name}
    )


def _file(table: TableProfile) -> str:
    return table.reader.files[0]


def _documents(root: Path) -> Iterator[Path]:
    """Yield the descriptions in a folder, sorted, those nearest to its root first."""
    found: list[Path] = []
    for at, folders, files in islice(os.walk(root), _MOST_FILES):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(at) / name
            for name in sorted(files)
            if _DOCUMENT.search(name) and PurePosixPath(name).suffix.lower() in _ENDINGS
        ]
    found.sort(key=lambda path: (len(path.parts), path.as_posix()))
    yield from (path for path in found[:_MOST_DOCUMENTS] if path.is_file())


def _text(path: Path) -> str:
    with path.open("rb") as stream:
        text = mended(stream.read(_LARGEST))
    if path.suffix.lower() not in (".csv", ".tsv"):
        return text
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    # A codebook is a table of definitions; its cells hold no bars once they are one.
    rows = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        return "\n".join("|".join(cell.replace("|", "/") for cell in row) for row in rows)
    except csv.Error:
        return ""  # Not a codebook after all, and nobody's table of data either.


def _comments(table: TableProfile, root: Path) -> Iterator[str]:
    """Yield the comments in front of the data of an ARFF file."""
    if table.reader.format != "arff" or table.reader.compression != "none":
        return
    with (root / _file(table)).open(encoding="utf-8", errors="replace") as stream:
        lines = [line for line in islice(stream, _COMMENT_LINES) if line.lstrip().startswith("%")]
    yield "".join(lines)


def _package(path: Path) -> dict[str, dict[str, str]]:
    """Return descriptions of fields, by file and name, as a Frictionless package has them."""
    if not path.is_file() or path.stat().st_size > _LARGEST:
        return {}
    try:
        data: object = json.loads(path.read_bytes())
    except ValueError:
        return {}
    found: dict[str, dict[str, str]] = {}
    for resource in _maps(data, "resources"):
        schema, file = resource.get("schema"), resource.get("path")
        if isinstance(file, str):
            found[file] = {
                str(each.get("name")): str(each.get("description") or each.get("title") or "")
                for each in _maps(schema, "fields")
            }
    return found


def _maps(data: object, key: str) -> list[Mapping[str, Any]]:
    inner = cast("Mapping[str, object]", data).get(key) if isinstance(data, dict) else None
    entries = cast("list[object]", inner) if isinstance(inner, list) else []
    return [cast("Mapping[str, Any]", entry) for entry in entries if isinstance(entry, dict)]
