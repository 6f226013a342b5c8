"""XML as a table: a row for each element of one path, its attributes and children as columns.

The parser streams, resolves no entity but the five of XML itself, and fetches nothing.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import IO, Any
from xml.parsers import expat

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.lines import LONGEST_VALUE
from mlesmith_env.recipes.text import plain_text

Opener = Callable[[], AbstractContextManager[IO[bytes]]]
Table = tuple[tuple[str, ...], Iterator[Sequence[str | None]]]

DEEPEST = 100
"""Elements inside one another."""

LONGEST_TOKEN = 2**26
"""Bytes of a tag with its attributes, or of a text without one."""

MOST_COLUMNS = 10_000
"""Columns of a table, and paths of elements that are told apart."""

FEWEST_RECORDS = 10
"""Elements of one path below which nobody would call them a table."""

_CHUNK = 2**18
_TEXT = "text"


def element_table(open_file: Opener, name: str, element: str, columns: Sequence[str] = ()) -> Table:
    """Return names and rows of the elements of one path.

    A column is an attribute (`id`), a child with text (`title`), or what lies deeper
    (`author.name`, `price.currency`). Children of one name that stand there several times become a
    JSON list. Text of the element itself is `text`.

    Args:
        open_file: Opens the bytes anew, each time that it is called.
        name: Name of the file.
        element: The path of elements that are rows, such as `catalog/book`.
        columns: The names where they are known; else the file is passed over once to find them.

    Raises:
        ReadError: The file is not well-formed, declares entities, is nested too deeply, or has no
            such element.
    """
    names = tuple(columns) or element_columns(open_file, name, element)
    rows = (
        [record.get(column) for column in names] for record in _records(open_file, name, element)
    )
    return names, rows


def element_columns(open_file: Opener, name: str, element: str) -> tuple[str, ...]:
    """Return the columns that the elements of a path have, as they are first met.

    Raises:
        ReadError: As `element_table`.
    """
    names: dict[str, None] = {}
    for record in _records(open_file, name, element):
        names.update(dict.fromkeys(record))
        if len(names) > MOST_COLUMNS:
            raise ReadError(f"{name} has elements {element!r} of more than {MOST_COLUMNS} columns")
    if not names:
        raise ReadError(f"{name} has no element {element!r} that holds anything")
    return tuple(names)


def record_element(open_file: Opener, name: str) -> str:
    """Return the path of the elements that are most of the file, or an empty text.

    Of the paths that are met often enough and have more than one thing to say, the one whose
    elements hold most values.

    Raises:
        ReadError: The file is not well-formed, declares entities or is nested too deeply.
    """
    counts: Counter[tuple[str, ...]] = Counter()
    values: Counter[tuple[str, ...]] = Counter()
    path: list[str] = []
    children: list[int] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        path.append(tag)
        children.append(0)
        counts[tuple(path)] += 1
        values[tuple(path)] += len(attributes)
        if len(counts) > MOST_COLUMNS:
            raise ReadError(f"{name} has more than {MOST_COLUMNS} paths of elements")

    def end(tag: str) -> None:
        leaf = not children.pop()
        path.pop()
        if children:
            children[-1] += 1
            values[tuple(path)] += leaf

    _parse(open_file, name, start, end, lambda text: None)
    often = [p for p in counts if counts[p] >= FEWEST_RECORDS and values[p] > 1.5 * counts[p]]
    best = max(often, key=lambda p: values[p], default=())
    return "/".join(best)


@dataclass
class _Collector:
    """The record that is being read, if any, and those that are whole."""

    element: str
    whole: list[dict[str, str | None]] = field(default_factory=list[dict[str, "str | None"]])
    path: list[str] = field(default_factory=list[str])
    within: list[str] = field(default_factory=list[str])
    """Names of the open elements below the record."""
    text: list[list[str]] = field(default_factory=list[list[str]])
    """Text of the record and of the open elements below it."""
    values: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    size: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.path.append(tag)
        if self.text:
            self.within.append(tag)
        elif "/".join(self.path) != self.element:
            return
        self.text.append([])
        for key, value in attributes.items():
            if not key.startswith("xmlns"):
                self._put(".".join((*self.within, key)), value)

    def data(self, text: str) -> None:
        if self.text:
            self.size += len(text)
            if self.size > LONGEST_VALUE:
                raise ReadError(f"an element {self.element!r} has more than {LONGEST_VALUE} bytes")
            self.text[-1].append(text)

    def end(self, tag: str) -> None:
        self.path.pop()
        if not self.text:
            return
        text = "".join(self.text.pop()).strip()
        if text:
            self._put(".".join(self.within) or _TEXT, text)
        if self.within:
            self.within.pop()
            return
        self.whole.append({key: _joined(values) for key, values in self.values.items()})
        self.values, self.size = {}, 0

    def _put(self, key: str, value: str) -> None:
        self.size += len(value)
        self.values.setdefault(key, []).append(plain_text(value))


def _joined(values: list[str]) -> str:
    return values[0] if len(values) == 1 else json.dumps(values, ensure_ascii=False)


def _records(open_file: Opener, name: str, element: str) -> Iterator[dict[str, str | None]]:
    collector = _Collector(element)
    parser = _parser(name, collector.start, collector.end, collector.data)
    for _ in _fed(open_file, name, parser):
        yield from collector.whole
        collector.whole = []


def _parse(
    open_file: Opener,
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> None:
    for _ in _fed(open_file, name, _parser(name, start, end, data)):
        continue


def _fed(open_file: Opener, name: str, parser: Any) -> Iterator[None]:
    fed = 0
    try:
        with open_file() as stream:
            while chunk := stream.read(_CHUNK):
                parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - max(0, parser.CurrentByteIndex) > LONGEST_TOKEN:
                    raise ReadError(
                        f"{name} has a tag or a text of more than {LONGEST_TOKEN} bytes"
                    )
                yield
            parser.Parse(b"", True)
            yield
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise ReadError(f"{name} is not well-formed XML: {error}") from error


def _parser(
    name: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    data: Callable[[str], None],
) -> Any:
    depth = 0

    def begun(tag: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > DEEPEST:
            raise ReadError(f"{name} has more than {DEEPEST} elements inside one another")
        start(tag, attributes)

    def ended(tag: str) -> None:
        nonlocal depth
        depth -= 1
        end(tag)

    def declared(*about: object) -> None:
        raise ReadError(
            f"{name} declares the entity {about[0]!r}; entities are not expanded, write their text"
        )

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = begun
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = data
    parser.EntityDeclHandler = declared
    return parser
