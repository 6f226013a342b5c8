"""Running text beside the data: columns that a sentence tells.

There are 3 columns, corresponding to class index (1 to 4), title and description.
... the total number of votes (VOTES), the population of 18 or older (POP), ...
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

from mlesmith_generator.profiler.definitions import lines_of

_NUMBERS = "one two three four five six seven eight nine ten eleven twelve".split()
_LISTED = re.compile(
    r"\b(?:(?P<count>\d{1,3}|[a-z]{3,6}) )?(?:columns|fields|attributes|variables|features)\b"
    r"[^.:;,()]{0,30}"
    r"(?:, corresponding to|, namely|, which are|, i\.e\.,?|(?<= are):?|:| corresponding to)\s+"
    r"(?P<items>[^\n]{5,600}?)(?:\.(?=\s|$)|$)",
    re.IGNORECASE,
)
_COMMA = re.compile(r"\s*[,;]\s*(?:and\s+)?(?![^()]*\))|\s+and\s+(?![^()]*\))")
_BRACKETED = re.compile(
    r"(?P<said>[^,;:.()]{4,140})\(\s*[\"'`]?(?P<name>[\w.\- ]{2,40})[\"'`]?\s*\)"
)
_LEADING = re.compile(
    r"^(?:and\s+)?(?:\w+\s+){0,3}?(?:contains?|includes?|including|comprises?|lists?|provides?|"
    r"gives?|consists? of|are|is|has|have|records?)\s+",
    re.IGNORECASE,
)
_WORDS = 18
"""Words of what stands in front of a name in brackets."""
_FEWEST = 3
"""Columns that sentences must tell by names in brackets."""
LONGEST_PARAGRAPH = 10_000
"""Characters of a paragraph that is read."""


def listed_in(text: str, width: int) -> tuple[str, ...]:
    """Return what a sentence says of columns without names, in order; empty where none does.

    Args:
        text: The document.
        width: Number of columns; the sentence must tell as many.
    """
    for paragraph in _joined(text):
        for match in _LISTED.finditer(paragraph):
            count = (match["count"] or "").lower()
            stated = _NUMBERS.index(count) + 1 if count in _NUMBERS else count
            items = tuple(item.strip() for item in _COMMA.split(match["items"]) if item.strip())
            fits = len(items) == width and all(len(item.split()) <= _WORDS for item in items)
            if fits and (not str(stated).isdecimal() or int(stated) == width):
                return items
    return ()


def bracketed_in(text: str, names: Set[str]) -> dict[str, str]:
    """Return what sentences say of columns whose names stand in brackets behind it.

    Args:
        text: The document.
        names: The columns that there are.
    """
    for paragraph in _joined(text):
        found: dict[str, str] = {}
        for match in _BRACKETED.finditer(paragraph):
            name = match["name"].strip()
            said = _LEADING.sub("", match["said"].strip()).removeprefix("and ").strip()
            if name in names and name not in found and 1 < len(said.split()) <= _WORDS:
                found[name] = said
        if len(found) >= min(_FEWEST, len(names)) and len(set(found.values())) == len(found):
            return found
    return {}


def _joined(text: str) -> Iterator[str]:
    """Yield the paragraphs of a document, each on one line, except those that are no prose."""
    block: list[str] = []
    for line in [*lines_of(text), ""]:
        if line.strip():
            block.append(line.strip())
        elif block:
            if sum(map(len, block)) <= LONGEST_PARAGRAPH:
                yield " ".join(block)
            block = []
