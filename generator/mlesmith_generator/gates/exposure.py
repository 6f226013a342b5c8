"""Does a public file hold the answers: beside their ids, in order, packed, as stored numbers?"""

from __future__ import annotations

import base64
import binascii
import bz2
import io
import lzma
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np

LARGEST = 64 * 1024**2
"""Bytes of a file, and of what it unpacks to, that are searched."""
_DEEPEST = 3
"""How often what was unpacked is unpacked again."""
_MOST_LINES = 20_000
_MEMBERS = 20
_NEEDLE = 12
"""Answers in a row, as a machine stores numbers, that do not stand there by chance."""
_ORDERED = 0.95
"""Share of the answers that stand at their place in a list of them."""
_FEWEST = 20
_WORD = re.compile(r"[^\s,;|\"'{}\[\]:=<>()]+")
_BROKEN = (
    zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError, lzma.LZMAError,
    zipfile.BadZipFile,
)  # fmt: skip
"""How an archive says that it is none."""
_TYPES = ("<f8", "<f4", "<i8", "<i4", "<i2", "u1")


@dataclass(frozen=True)
class Secret:
    """What no public file may hold.

    Attributes:
        answers: The answer of each hidden id, as the files spell both.
        orders: Hidden ids in the orders of the files that hold them.
    """

    answers: dict[str, str]
    orders: tuple[tuple[str, ...], ...]

    def told_by(self, path: Path) -> str:
        """Return how a file tells the answers, in words; empty where it does not.

        Links and files above `LARGEST` are passed over; the layout scan tells of links.
        """
        if path.is_symlink() or path.stat().st_size > LARGEST:
            return ""
        return next(
            (told for data in unpacked(path.read_bytes()) if (told := self._told(data))), ""
        )

    def _told(self, data: bytes) -> str:
        lines = data.decode("utf-8", errors="replace").splitlines()[:_MOST_LINES]
        words = [_WORD.findall(line) for line in lines]
        if self._beside(lines, words):
            return "holds hidden ids beside their answers"
        if self._listed(words):
            return "holds the answers in the order of the rows"
        if any(needle in data for needle in self._needles):
            return "holds the answers as numbers, in the order of the rows"
        return ""

    def _beside(self, lines: list[str], words: list[list[str]]) -> bool:
        told = 0
        for line, found in zip(lines, words, strict=True):
            mine = [self.answers[word] for word in set(found) if word in self.answers]
            told += any(value in found or (len(value) > 3 and value in line) for value in mine)
        return told >= max(3, 0.05 * len(lines))

    def _listed(self, words: list[list[str]]) -> bool:
        """Whether a column of the lines, or all words of the file, is a list of the answers."""
        sequences = [[word for line in words for word in line]]
        width = max(map(len, words), default=0)
        sequences += [
            [line[at] if at < len(line) else "" for line in words] for at in range(min(width, 50))
        ]
        return any(_same(sequence, truth) for sequence in sequences for truth in self._spelt)

    @cached_property
    def _spelt(self) -> list[list[str]]:
        """The answers in each order, where they vary enough to be told by it."""
        lists = [[self.answers[name] for name in order] for order in self.orders]
        return [truth for truth in lists if len(truth) >= _FEWEST and len(set(truth)) > 1]

    @cached_property
    def _needles(self) -> list[bytes]:
        """The first answers of each order as bytes of numbers, or of codes of classes."""
        found: list[bytes] = []
        for truth in self._spelt:
            try:
                values = np.array([float(value) for value in truth])
            except ValueError:
                codes = {label: code for code, label in enumerate(sorted(set(truth)))}
                values = np.array([float(codes[value]) for value in truth])
            # A run of one class is found in any file.
            start = next((k for k in range(len(values)) if np.ptp(values[k : k + _NEEDLE]) > 0), 0)
            first = values[start : start + (_NEEDLE if len(set(truth)) > 10 else 4 * _NEEDLE)]
            for kind in _TYPES:
                whole = not kind.startswith("<f")
                if whole and not (np.array_equal(first, np.round(first)) and np.all(first >= 0)):
                    continue
                if whole and first.max(initial=0) > np.iinfo(np.dtype(kind)).max:
                    continue
                found.append(first.astype(kind).tobytes())
        return found


def unpacked(data: bytes, depth: int = 0) -> Iterator[bytes]:
    """Yield bytes and what they hold packed: gzip, bzip2, xz, zip, base64 or hexadecimal."""
    yield data
    if depth >= _DEEPEST:
        return
    for inner in _inner(data):
        if inner and inner != data:
            yield from unpacked(inner[:LARGEST], depth + 1)


def _inner(data: bytes) -> Iterator[bytes]:
    try:
        if data[:2] in (b"\x1f\x8b", b"\x78\x9c", b"\x78\xda", b"\x78\x01"):
            yield zlib.decompressobj(wbits=47).decompress(data, LARGEST)
        elif data[:3] == b"BZh":
            yield bz2.BZ2Decompressor().decompress(data, LARGEST)
        elif data[:6] == b"\xfd7zXZ\x00":
            yield lzma.LZMADecompressor(memlimit=LARGEST).decompress(data, LARGEST)
        elif data[:4] == b"PK\x03\x04":
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                for member in archive.infolist()[:_MEMBERS]:
                    with archive.open(member) as file:
                        yield file.read(LARGEST)
    except _BROKEN:
        return  # What can not be unpacked tells nothing.
    text = b"".join(data.split())
    if len(text) >= 64 and re.fullmatch(rb"[A-Za-z0-9+/]+=*", text):
        # Digits alone can be read both ways, and what is neither gives nothing.
        with suppress(ValueError):
            yield binascii.unhexlify(text)
        with suppress(ValueError):
            yield base64.b64decode(text, validate=True)


def _same(sequence: list[str], truth: list[str]) -> bool:
    """Whether a sequence holds the answers in their order, perhaps after a heading."""
    for start in (0, 1):
        part = sequence[start : start + len(truth)]
        if len(part) < len(truth):
            return False
        right = sum(_alike(a, b) for a, b in zip(part, truth, strict=True))
        if right >= _ORDERED * len(truth):
            usual = Counter(truth).most_common(1)[0][1]
            return right >= usual + 0.5 * (len(truth) - usual)
    return False


def _alike(a: str, b: str) -> bool:
    if a == b:
        return True
    try:
        return float(a) == float(b)
    except ValueError:
        return False
