"""Files of tagged tokens: which they are, and which of their columns hold token and tag."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mlesmith_env.recipes.conll import cells_of, is_comment

_FEWEST_LINES = 20
_FEWEST_SENTENCES = 3
_MOST_TAGS = 200
_CHUNK = re.compile(r"(?:[BIESLUM][-_].+|O)", re.IGNORECASE)
_PART_OF_SPEECH = re.compile(r"[A-Z][A-Z0-9$|_-]{0,11}|[.,:;!?`'\"()#$-]{1,5}")
_WHOLE = re.compile(r"[0-9]+(?:[-.][0-9]+)?")
_NO_TAG = frozenset(("_", ""))


@dataclass(frozen=True)
class TaggedTokens:
    """How a file of tagged tokens is laid out.

    Attributes:
        width: Columns of a line.
        token: Which one holds the token, from 0.
        tag: Which one holds the tag; the last of those that look like one, entities first.
    """

    width: int
    token: int
    tag: int


def tagged_tokens(lines: Sequence[str]) -> TaggedTokens | None:
    """Return the layout of a file of tagged tokens from its head; None where it is another file.

    Such a file has lines of two columns or more, all as wide, empty lines between sentences, and a
    column of few different values that are chunk tags (`B-PER`, `O`) or parts of speech.
    """
    sentences, rows = 0, list[list[str]]()
    inside = False
    for line in lines:
        cells = cells_of(line)
        if cells and not is_comment(cells, line):
            rows.append(cells)
            inside = True
        elif not cells and inside:
            sentences += 1
            inside = False
    if len(rows) < _FEWEST_LINES or not _FEWEST_SENTENCES <= sentences <= len(rows) / 1.5:
        return None
    width, count = Counter(map(len, rows)).most_common(1)[0]
    if width < 2 or count < 0.98 * len(rows):
        return None
    columns = list(zip(*(row for row in rows if len(row) == width), strict=True))
    counted = sum(map(_is_whole, columns[0])) == len(columns[0])
    token = 1 if counted else 0
    tag = _tag_column(columns, token)
    if tag is None or not _are_words(columns[token]):
        return None
    return TaggedTokens(width, token, tag)


def _tag_column(columns: Sequence[Sequence[str]], token: int) -> int | None:
    places = [place for place in range(len(columns) - 1, token, -1) if _is_small(columns[place])]
    for pattern in (_CHUNK, _PART_OF_SPEECH):
        for place in places:
            values = [value for value in columns[place] if value not in _NO_TAG]
            fitting = sum(pattern.fullmatch(value) is not None for value in values)
            if values and fitting >= 0.98 * len(columns[place]):
                return place
    return None


def _is_small(column: Sequence[str]) -> bool:
    return 1 < len(set(column)) <= min(_MOST_TAGS, max(4, len(column) / 4))


def _are_words(column: Sequence[str]) -> bool:
    """Whether these are words of a text: many different ones, most of them of letters."""
    letters = sum(any(character.isalpha() for character in value) for value in column)
    return letters >= 0.5 * len(column) and len(set(column)) >= 0.05 * len(column)


def _is_whole(value: str) -> bool:
    return _WHOLE.fullmatch(value) is not None
