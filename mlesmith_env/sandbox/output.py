"""The part of a program's output that is shown: its head and its tail."""

from __future__ import annotations

from pathlib import Path

OUTPUT_SHOWN = 8192
"""Bytes of output that are shown at most, but for the line that says what was left out."""


def excerpt(path: Path, shown: int = OUTPUT_SHOWN) -> str:
    """Return head and tail of a text file, cut between characters.

    An exception stands at the end of the output, so the tail is always there.

    Args:
        path: File to read.
        shown: Bytes to show at most.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        if size <= shown:
            return _decode(file.read(shown))
        head = _complete(file.read(shown // 2))
        file.seek(size - (shown - shown // 2))
        tail = file.read(shown - shown // 2)
    while tail and tail[0] & 0xC0 == 0x80:
        tail = tail[1:]
    left_out = size - len(head) - len(tail)
    return f"{_decode(head)}\n... [{left_out:,} bytes of output left out] ...\n{_decode(tail)}"


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _complete(data: bytes) -> bytes:
    """Return the data without a character that was cut in two at its end."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 == 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return data[:-back] if length > back else data
        if byte & 0x80 == 0:
            return data
    return data
