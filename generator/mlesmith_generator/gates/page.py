"""A description taken apart: sections, tables, code blocks; ours or anybody's.

Headings are told by the words people use for them, so that a page written by hand is read as
well as one of the generator's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property

TOPICS: dict[str, tuple[str, ...]] = {
    "context": ("context", "background", "overview", "introduction", "about", "story", "problem"),
    "files": ("files", "file", "data", "dataset", "inputs"),
    "columns": ("columns", "features", "fields", "variables", "dictionary", "attributes"),
    "target": ("target", "goal", "task", "predict", "objective", "label"),
    "metric": ("metric", "evaluation", "scoring", "score", "measure"),
    "submission": ("submission", "output", "format", "deliverable"),
    "holdout": ("holdout", "hold-out", "split", "held", "test set", "hidden", "leaderboard"),
    "rules": ("rules", "limits", "constraints", "conditions", "terms"),
}
"""What a page has to say, and words of headings under which it may say it."""

_HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*\s*$")
_FENCE = re.compile(r"^\s*(```+|~~~+)")
_RULE = re.compile(r"^\s*\|?\s*:?-{2,}:?\s*(\|\s*:?-{2,}:?\s*)*\|?\s*$")


@dataclass(frozen=True)
class Section:
    """A heading and the lines below it, up to the next heading of any level."""

    title: str
    level: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        """Its lines, with line breaks."""
        return "\n".join(self.lines)

    def is_about(self, topic: str) -> bool:
        """Whether the heading has one of the words of the topic."""
        title = self.title.casefold()
        return any(re.search(rf"\b{re.escape(word)}", title) for word in TOPICS[topic])


@dataclass(frozen=True)
class Page:
    """A description as markdown."""

    text: str

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """The sections in order; what stands before the first heading has an empty title."""
        found: list[Section] = []
        title, level, lines, fenced = "", 0, [], False
        for line in self.text.splitlines():
            fenced ^= _FENCE.match(line) is not None
            heading = None if fenced else _HEADING.match(line)
            if heading:
                found.append(Section(title, level, tuple(lines)))
                title, level, lines = heading.group(2), len(heading.group(1)), []
            else:
                lines.append(line)
        found.append(Section(title, level, tuple(lines)))
        return tuple(section for section in found if section.title or section.text.strip())

    def about(self, topic: str) -> str:
        """Return the text of the sections on a topic, those with its first word first."""
        exact = [s for s in self.sections if s.title.casefold() == TOPICS[topic][0]]
        return "\n".join(section.text for section in exact or self.sections_about(topic))

    def sections_about(self, topic: str) -> list[Section]:
        """Return the sections whose heading is on the topic."""
        return [section for section in self.sections if section.is_about(topic)]

    @cached_property
    def words(self) -> str:
        """The whole text in one form: case folded, unescaped, blanks squeezed, NFC."""
        return plain(self.text)

    @cached_property
    def tables(self) -> tuple[tuple[tuple[str, ...], ...], ...]:
        """The markdown tables: rows of cells, the header first."""
        found: list[tuple[tuple[str, ...], ...]] = []
        rows: list[tuple[str, ...]] = []
        for line in [*self.text.splitlines(), ""]:
            if line.lstrip().startswith("|"):
                if not _RULE.match(line):
                    rows.append(_cells(line))
            elif rows:
                found.append(tuple(rows))
                rows = []
        return tuple(found)

    @cached_property
    def blocks(self) -> tuple[str, ...]:
        """The contents of fenced code blocks."""
        found: list[str] = []
        inside: list[str] | None = None
        for line in self.text.splitlines():
            if _FENCE.match(line):
                if inside is not None:
                    found.append("\n".join(inside))
                inside = [] if inside is None else None
            elif inside is not None:
                inside.append(line)
        return tuple(found)

    @cached_property
    def column_table(self) -> tuple[tuple[str, ...], ...]:
        """The table that describes columns, header first; empty where there is none."""
        for table in self.tables:
            first = table[0][0].casefold() if table[0] else ""
            if any(word in first for word in ("column", "feature", "field", "variable", "name")):
                return table
        return ()


def _cells(line: str) -> tuple[str, ...]:
    inner = line.strip().removeprefix("|").removesuffix("|")
    return tuple(cell.strip() for cell in re.split(r"(?<!\\)\|", inner))


def plain(text: str) -> str:
    """Return text in one form: NFC, case folded, without markdown's escapes, blanks squeezed."""
    unescaped = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|<>~$&])", r"\1", text)
    return " ".join(unicodedata.normalize("NFC", unescaped).casefold().split())


def bare(cell: str) -> str:
    """Return the text of a cell without code marks, emphasis and escapes; case is kept."""
    text = cell.strip()
    mark = "`" * (len(text) - len(text.lstrip("`")))
    inside = text[len(mark) : -len(mark)] if mark and len(text) > 2 * len(mark) else ""
    if inside and text.endswith(mark) and mark not in inside:
        text = inside.removeprefix(" ").removesuffix(" ")
    else:
        text = re.sub(r"^(\*\*|__|\*|_)(.*)\1$", r"\2", text)
    text = re.sub(r"\\([\\`*_{}\[\]()#+\-.!|<>~$&])", r"\1", text)
    return " ".join(unicodedata.normalize("NFC", text).split())
