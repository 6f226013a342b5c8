"""Text of strangers as harmless Markdown: names and values are quoted as data, never obeyed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

SHOWN = 60
"""Characters of a name or value that are shown; the rest becomes an ellipsis."""

_INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"}


def plain(text: str, limit: int = SHOWN) -> str:
    """Return text on one line without control or invisible characters, at most `limit` long."""
    head = text[: 4 * limit + 40]
    kept = "".join(
        " " if character in "\t\r\n\v\f\x85\u2028\u2029" else character
        for character in head
        if character in "\t\r\n\v\f\x85\u2028\u2029"
        or unicodedata.category(character) not in _INVISIBLE
    )
    if len(kept) > limit:
        kept = kept[: limit - 1].rstrip() + "…"
    return kept


def brief(text: str, limit: int) -> str:
    """Return text as `plain` does, cut between words where it has to be cut."""
    shown = plain(text, limit)
    if not shown.endswith("…") or text[: len(shown)].endswith("…"):
        return shown
    whole, _, rest = shown[:-1].rpartition(" ")
    ends = text[len(shown) - 1 : len(shown)].strip() == ""
    return shown if ends or 2 * len(whole) < len(rest) else whole.rstrip(" ,;:-(") + "…"


def escaped(text: str, limit: int = SHOWN) -> str:
    """Return text as prose in which no character marks anything up."""
    return re.sub(r"([\\`*_\[\]<>#|~!])", r"\\\1", plain(text, limit))


def code(text: str, limit: int = SHOWN) -> str:
    """Return text as an inline code span, in which Markdown has no meaning."""
    shown = plain(text, limit)
    if not shown.strip():
        return "(blank)"
    longest = _longest_run(shown, "`")
    fence = "`" * (longest + 1)
    edge = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{edge}{shown}{edge}{fence}"


def cell(text: str) -> str:
    """Return Markdown fit for one cell of a table: on one line, pipes escaped."""
    return text.replace("\n", " ").replace("|", "\\|")


def row(cells: Iterable[str]) -> str:
    """Return one line of a table."""
    return "| " + " | ".join(cell(text) for text in cells) + " |"


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table of the given Markdown cells."""
    lines = [row(header), "|" + "|".join(" --- " for _ in header) + "|"]
    lines.extend(row(cells) for cells in rows)
    return "\n".join(lines)


def block(lines: Iterable[str], language: str = "") -> str:
    """Return a fenced code block that its content can not close."""
    body = list(lines)
    longest = max((_longest_run(line, "`") for line in body), default=0)
    fence = "`" * max(3, longest + 1)
    return "\n".join([fence + language, *body, fence])


def listing(items: Sequence[str], last: str = "and") -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + f" {last} " + items[-1]


def codes(texts: Iterable[str], last: str = "and", limit: int = SHOWN) -> str:
    """Return the texts as code spans in one listing."""
    return listing([code(text, limit) for text in texts], last)


def _longest_run(text: str, character: str) -> int:
    longest = current = 0
    for each in text:
        current = current + 1 if each == character else 0
        longest = max(longest, current)
    return longest
