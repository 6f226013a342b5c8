"""Graphs in the Graph Modelling Language (GML): a table of edges and a table of nodes.

Himsolt, "GML: A portable graph file format", 1997: keys followed by a number, a quoted text or a
list in square brackets.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.lines import LONGEST_VALUE
from mlesmith_env.recipes.text import plain_text

TABLES = ("edges", "nodes")

DEEPEST = 20
"""Lists inside one another."""

_TOKEN = re.compile(r'"[^"]*"|\[|\]|[^\s\[\]"]+')
_GRAPH = re.compile(r"^\s*graph\s*\[", re.MULTILINE)
_PART = re.compile(r"(?:^|\s)(?:node|edge)\s*\[", re.MULTILINE)
_FIRST = {"edges": ("source", "target"), "nodes": ("id",)}

Record = dict[str, str]


def gml_table(
    lines: Iterable[str], name: str, table: str = "edges"
) -> tuple[tuple[str, ...], Iterator[Sequence[str | None]]]:
    """Return names and rows of the edges or the nodes of a graph.

    Edges have `source` and `target`, nodes `id`, and both whatever else is said of one of them; of
    a list in a list the names are joined by points. Values are as they are spelt.

    Raises:
        ReadError: The text is not GML, or has no edge or no node.
    """
    if table not in TABLES:
        raise ReadError(f"{name} is a graph with the tables {' and '.join(TABLES)}, not {table!r}")
    element = table.removesuffix("s")
    records = [*_elements(_tokens(lines, name), name, element)]
    if not records:
        raise ReadError(f"{name} is a graph without a single {element}")
    names = tuple(dict.fromkeys((*_FIRST[table], *(key for record in records for key in record))))
    lacking = [key for key in _FIRST[table] if not all(key in record for record in records)]
    if lacking:
        raise ReadError(f"{name} has an {element} without {lacking[0]!r}")
    return names, ([record.get(key) for key in names] for record in records)


def is_gml(lines: Sequence[str]) -> bool:
    """Tell whether the head of a file is that of a graph: `graph [` and a node or an edge in it."""
    text = "\n".join(line for line in lines[:200] if not line.lstrip().startswith("#"))
    graph = _GRAPH.search(text)
    return graph is not None and _PART.search(text, graph.end()) is not None


def _tokens(lines: Iterable[str], name: str) -> Iterator[str]:
    open_text = ""
    for line in lines:
        if not open_text and line.lstrip().startswith("#"):
            continue
        text = open_text + line
        if text.count('"') % 2:
            if len(text) > LONGEST_VALUE:
                raise ReadError(f"{name} has a text whose quote never closes")
            open_text = text
            continue
        open_text = ""
        yield from _TOKEN.findall(text)
    if open_text:
        raise ReadError(f"{name} has a text whose quote never closes")


def _elements(tokens: Iterator[str], name: str, element: str) -> Iterator[Record]:
    """Yield what is said of each element of a kind, wherever in the graph it stands."""
    path: list[str] = []
    record: Record | None = None
    depth = 0
    for key in tokens:
        if key == "]":
            if not path:
                raise ReadError(f"{name} is not GML: a list is closed that was never opened")
            path.pop()
            if record is not None and len(path) < depth:
                yield record
                record = None
            continue
        value = next(tokens, None)
        if value is None or value == "]" or key == "[":
            raise ReadError(f"{name} is not GML: the key {key[:60]!r} has no value")
        if value == "[":
            path.append(key.lower())
            if len(path) > DEEPEST:
                raise ReadError(f"{name} has more than {DEEPEST} lists inside one another")
            if record is None and key.lower() == element and "graph" in path[:-1]:
                record, depth = {}, len(path)
        elif record is not None:
            record.setdefault(".".join((*path[depth:], key)), _plain(value))
    if path:
        raise ReadError(f"{name} is cut off: the list {path[-1]!r} is never closed")


def _plain(value: str) -> str:
    return plain_text(html.unescape(value[1:-1])) if value.startswith('"') else value
