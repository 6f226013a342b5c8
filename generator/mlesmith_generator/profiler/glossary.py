"""What a dataset's publisher says its columns mean, for quoting on the page and for nothing else.

Descriptions beside the data (README, `.names`, codebooks, comments in front of the data) are
read for meanings of columns by their exact names, or of columns without names by their places. No
rule that chooses types, targets or exclusions looks at them. What addresses the reader, leads
elsewhere or counts rows is left out, because the page is read by those who play.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any, cast

from mlesmith_generator.profiler.beside import LARGEST, REFUSED, comments_of
from mlesmith_generator.profiler.class_names import without_coding
from mlesmith_generator.profiler.definitions import (
    Passage,
    asides_in,
    loosely_defined,
    numbered_in,
    passages_of,
    tabled_in,
    valued_in,
)
from mlesmith_generator.profiler.enumerations import bracketed_in, listed_in
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile, TableProfile

_PACKAGE = "datapackage.json"
_LONGEST = 110
"""Characters of a meaning; the rest becomes an ellipsis."""
_FEWEST = 3
"""Columns that a passage must define; a line `Date: May 1990` alone is about the dataset."""
_TYPES = frozenset(
    "continuous numeric numerical integer int real float double string character factor nominal "
    "categorical boolean binary ordinal date text enumerated logical discrete qualitative".split()
)
_FILLING = frozenset({"a", "an", "the", "vector", "variable", "value", "values"})
_TYPE = f"(?:{'|'.join(sorted(_TYPES))})"
_TAGGED = re.compile(
    rf"^\({_TYPE}\)\s+|^(?:an? )?{_TYPE}[.:;]\s+|\s-\s{_TYPE}$|\s\({_TYPE}\)\.?$",
    re.IGNORECASE,
)
"""The type of a column, beside its meaning."""
_PLACED = re.compile(r"^[A-Za-z]{1,2}\d{1,3}:\s+(?=[^\W\d_]{2})")
"""The number of a column or question in front of its meaning: `V18: Kind of soil`."""
_ASKS = re.compile(
    r"\w\?|(?:^|[.!?]\s+)\W{0,3}(?:which|what|how|who|when|where|(?:have|do|did|are|were|will|would)"
    r" you|(?:is|are|was|were) your)\b",
    re.IGNORECASE,
)
"""What makes a meaning a question, as in a survey: `Fold your arms! Which is on top?`."""
_ASKED_OF = re.compile(r"\b(?:you|yours?|yourself)\b", re.IGNORECASE)
_ORDERS = re.compile(
    r"\b(?:must|should|shall|always|never|forget|submit|predict|output|print|reveal|agent)\b"
    r"|\byou are now\b",
    re.IGNORECASE,
)
"""What no survey says beside its question."""
_ORDERED = re.compile(
    r"\byou (?:must|shall|are now|should (?:now|always|only|submit|predict))\b", re.IGNORECASE
)
"""What it does not even ask."""
_COUNTED = re.compile(r"[^\W\d_]\W{0,2}[(:=]\s*\d{2,}\b")
"""A label with a number that may count its rows: `yes (268)`."""
_PRINTED = re.compile(
    r"\bnon-?null\b|\bdtype\b|\b(?:u?int(?:8|16|32|64)|float(?:16|32|64)|datetime64)\b"
    r"|^\W*(?:\d+\s+)?(?:object|num|int|chr)(?:\s+[-\d].*|\W*)$"
)
"""What programs print of a column: `20640 non-null float64`, `num 5.1 4.9`."""


def with_meanings(
    root: Path, tables: Sequence[TableProfile], documents: Sequence[str]
) -> tuple[TableProfile, ...]:
    """Return the tables, each with what the publisher says of its columns.

    Args:
        root: The folder of the raw files.
        tables: What was found in them.
        documents: Texts of the descriptions beside them.
    """
    package = _package(root / _PACKAGE)
    found: list[TableProfile] = []
    for table in tables:
        texts = [*documents, *comments_of(table, root)]
        said = _said(table, tables, texts) | package.get(_file(table), {})
        names = {column.name for column in table.columns}
        asides = {name: told for text in texts for name, told in asides_in(text, names).items()}
        meanings = {
            column.name: meaning
            for column in table.columns
            if (meaning := _meaning(column, said.get(column.name, "")))
            or (meaning := _meaning(column, asides.get(column.name, "")))
        }
        found.append(table.model_copy(update={"meanings": meanings}) if meanings else table)
    return tuple(found)


def _meaning(column: ColumnProfile, said: str) -> str:
    """Return what is said of a column as it may be quoted, or nothing."""
    meaning = quotable(column.name, without_coding(column, said))
    return "" if _lists_values(column, meaning) else meaning


def quotable(name: str, said: str) -> str:
    """Return what is said of a column as plain words, empty where it is nothing to be quoted.

    Args:
        name: Of the column.
        said: As it stands in the document.
    """
    linked = re.sub(r"\[([^\[\]]*)\]\([^()\s]*\)", r"\1", said)
    linked = re.sub(r"(?<=[\w)])\*\*(?=\d)", "^", linked)
    if linked.count("*") == 1:
        linked = re.sub(r"(?:(?<=[^\W_])|(?<=\)))\s?\*\s?(?=[\w(])", " \u00d7 ", linked)
    text = " ".join(re.sub(r"[`|*\u201c\u201d\"]", " ", linked).split()).strip(" :;,-")
    text = re.sub(r"(?<=\w) (?=[.,;](?:\s|\)|$))|(?<=\() ", "", text)
    spoken = _to_the_reader(text)
    if not re.search(r"[^\W\d_]{2}", text) or not text.isprintable() or REFUSED.search(spoken):
        return ""
    text = _TAGGED.sub("", _PLACED.sub("", text))
    text = text.removesuffix(".") if text.count(".") == 1 else text
    told = set(words(text)) - _FILLING
    if told <= _TYPES or told <= set(words(name)) or len(_COUNTED.findall(text)) > 1:
        return ""
    if _PRINTED.search(text):
        return ""
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rsplit(" ", 1)[0].rstrip(" ,;:(") + "…"


def _to_the_reader(text: str) -> str:
    """Return a text without the words by which a question speaks to whoever was asked.

    An order keeps them: it may well be meant for the reader of the page.
    """
    if not _ASKS.search(text):
        return text
    return " ".join(
        sentence
        if _ORDERED.search(sentence) or (_ORDERS.search(sentence) and not _ASKS.search(sentence))
        else _ASKED_OF.sub("", sentence)
        for sentence in re.split(r"(?<=[.!?])\s+", text)
    )


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
        lists = (found for text in texts if (found := _in_order(text, width, table)))
        return dict(zip(table.reader.columns, next(lists, ()), strict=False))
    names = {column.name for column in table.columns}
    enough = min(_FEWEST, len(names))
    passages = [
        passage
        for text in texts
        for passage in passages_of(text, names)
        if len(passage.defined) >= max(enough, 0.5 * passage.lines)
    ]
    if not passages:
        loose = [loosely_defined(text, names) for text in texts]
        passages = [passage for passage in loose if len(passage.defined) >= enough]
    if not passages:
        prose = [bracketed_in(text, names) for text in texts]
        passages = [
            Passage("", {name: [said] for name, said in each.items()}, len(each)) for each in prose
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


def _in_order(text: str, width: int, table: TableProfile) -> tuple[str, ...]:
    told = numbered_in(text, width) or tabled_in(text, width) or listed_in(text, width)
    return told or _by_values(text, width, table)


def _by_values(text: str, width: int, table: TableProfile) -> tuple[str, ...]:
    """Return the names of attributes whose stated values are those of the columns in order."""
    attributes = valued_in(text)
    listed = [(at, values) for at, (_, values) in enumerate(attributes) if values]
    # The class may stand in front of the list, and is the last column.
    if len(attributes) not in (width - 1, width) or len(listed) < _FEWEST:
        return ()
    fits = all(
        {value for value, _ in table.columns[at].top} - {"?"} <= set(values)
        for at, values in listed
        if at < len(table.columns)
    )
    return tuple(name for name, _ in attributes) if fits else ()


def _about(passage: Passage, table: TableProfile) -> bool:
    """Return whether the heading of a passage names a table or its file."""
    stem = PurePosixPath(_file(table)).stem
    return any(
        re.search(rf"(?<!\w){re.escape(name)}(?!\w)", passage.heading, re.IGNORECASE)
        for name in {stem, table.name}
    )


def _file(table: TableProfile) -> str:
    return table.reader.files[0]


def _package(path: Path) -> dict[str, dict[str, str]]:
    """Return descriptions of fields, by file and name, as a Frictionless package has them."""
    if not path.is_file() or path.stat().st_size > LARGEST:
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
