"""Text of documents beside the data, read as it was meant.

Somebody who takes UTF-8 for Windows-1252 and saves it anew makes `Ã©` of `é` and three signs of an
apostrophe. A line in which that is seen, and which the same way back makes UTF-8, is read so.
"""

from __future__ import annotations

import re

_TWICE = re.compile("[\u00c2\u00c3][\u0080-\u00bf\u20ac\u2122\u0152-\u0192]|\u00e2\u20ac")
"""What is left of letters and quotation marks that were encoded twice."""
_LONGEST = 4
"""Bytes of a character in UTF-8, of which a bounded reading may leave a part at its end."""


def mended(data: bytes) -> str:
    """Return a document's text, read as UTF-8, else as Windows-1252, each line encoded once.

    Args:
        data: Its bytes, or its first ones.
    """
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = error.reason == "unexpected end of data" and error.start > len(data) - _LONGEST
        text = data[: error.start].decode() if cut else data.decode("cp1252", errors="replace")
    return "".join(map(_once, text.splitlines(keepends=True)))


def _once(line: str) -> str:
    """Return a line that was encoded twice as it was meant, any other as it is."""
    if not _TWICE.search(line):
        return line
    try:
        return line.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return line
