"""The outermost layers of a raw text file: what it is packed in and how its bytes mean text."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Literal

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.lines import open_bytes
from mlesmith_generator.sniff.scripts import script_of

Compression = Literal["none", "gzip", "bz2", "xz", "zip"]

HEAD_BYTES = 2**20
"""How much of a file is looked at to find out how it is written."""

_CHECKED_BYTES = 2**28
_TAIL_BYTES = 2**16
_PACKED: tuple[tuple[bytes, Compression], ...] = (
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "bz2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"PK\x03\x04", "zip"),
)
_BINARY = (
    b"%PDF",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
    b"\x89HDF",
    b"SQLite",
)
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BEYOND_ASCII = re.compile(r"(^|.)([^\x00-\x7f])", re.DOTALL)
_TYPOGRAPHY = frozenset(
    "\u2018\u2019\u201c\u201d\u2013\u2014\u2026\u2022\u20ac\xa0\xb0\xa3\xa9\xae\u2122\xb2\xb3\xbd\xbc"
    "\xab\xbb\xb1\xb5\xba"
)
_CP1252_HOLES = b"\x81\x8d\x8f\x90\x9d"


@dataclass(frozen=True)
class Encoding:
    """A codec name of Python, and what else the bytes tell."""

    name: str
    plain: bool = False
    """Whether every byte is ASCII, so that most other encodings would do as well."""
    damaged: bool = False
    """Whether a few bytes have no meaning in the encoding and must be replaced."""

    def decode(self, data: bytes) -> list[str]:
        """Return the lines of the bytes, each with its newline; cut characters are replaced."""
        text = data.decode(self.name, errors="replace")
        return io.StringIO(text, newline=None).readlines()


def compression_of(path: Path) -> Compression:
    """Return how a file is packed, by its first bytes, whatever it is called."""
    with path.open("rb") as stream:
        head = stream.read(8)
    for magic, compression in _PACKED:
        if head.startswith(magic):
            return compression
    return "none"


def encoding_of(path: Path, compression: Compression) -> Encoding:
    """Return the encoding of a text file.

    Raises:
        ReadError: The file is empty, damaged or not text.
    """
    with open_bytes(path, compression) as stream:
        head = stream.read(HEAD_BYTES)
        if not head:
            raise ReadError(f"{path.name} is empty (0 bytes)")
        if not head.strip(b"\x00 \t\r\n"):
            raise ReadError(f"{path.name} is blank")
        for mark, name in _MARKS:
            if head.startswith(mark):
                return Encoding(name)
        wide = _unmarked_wide(head)
        if wide:
            return Encoding(wide)
        if head.startswith(_BINARY) or head.count(0) > len(head) // 1000 or _control(head) > 0.02:
            raise ReadError(f"{path.name} is binary, not text")
        return _narrow(head, stream)


def head_of(
    path: Path, compression: Compression, encoding: Encoding, size: int = HEAD_BYTES
) -> tuple[list[str], bool]:
    """Return the first lines of a file, and whether they are all it has."""
    with open_bytes(path, compression) as stream:
        data = stream.read(size)
        complete = not stream.read(1)
    lines = encoding.decode(data)
    if not complete and len(lines) > 1:
        lines.pop()
    return lines, complete


def tail_of(path: Path, compression: Compression, encoding: Encoding) -> list[str]:
    """Return the last lines of a file; none where they can not be reached without reading it."""
    if compression != "none" or encoding.name.startswith(("utf-16", "utf-32")):
        return []
    with path.open("rb") as stream:
        stream.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        data = stream.read()
    return encoding.decode(data)[1:]


def _unmarked_wide(head: bytes) -> str:
    """UTF-16 without a mark: in Western text every other byte is zero."""
    sample = head[:4096]
    if len(sample) < 8:
        return ""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    half = len(sample) / 2
    if odd > 0.6 * half and even < 0.1 * half:
        return "utf-16-le"
    if even > 0.6 * half and odd < 0.1 * half:
        return "utf-16-be"
    return ""


def _control(head: bytes) -> float:
    allowed = b"\t\n\r\x0b\x0c\x1a\x1b\x85\xa0"
    stripped = head.translate(None, bytes(range(32, 256)) + allowed)
    return len(stripped) / len(head)


def _narrow(head: bytes, stream: IO[bytes]) -> Encoding:
    """UTF-8 where the bytes are, else that of another script, else a Western one-byte encoding."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    plain, seen, holes = True, 0, False
    broken: bytes | None = None
    block = head
    while block and seen < _CHECKED_BYTES:
        seen += len(block)
        if not block.isascii():
            plain = False
            holes = holes or any(hole in block for hole in _CP1252_HOLES)
            if broken is None:
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    broken = block
        elif broken is None:
            try:
                decoder.decode(block)
            except UnicodeDecodeError:
                broken = block
        block = stream.read(HEAD_BYTES)
    if broken is None:
        return Encoding("utf-8", plain=plain)
    if _mostly_utf8(broken):
        return Encoding("utf-8", damaged=True)
    return Encoding(script_of(broken) or _western(broken, holes=holes))


def _mostly_utf8(block: bytes) -> bool:
    """Whether well-formed characters of several bytes outnumber the bad ones twenty to one."""
    text = block.decode("utf-8", errors="replace")
    bad = text.count("\ufffd")
    good = sum(character > "\x7f" for character in text) - bad
    return good >= 20 * bad


def _western(block: bytes, *, holes: bool) -> str:
    """Return the Western one-byte encoding in which the letters fall into place best."""
    candidates = ["latin-1"] if holes else ["cp1252"]
    candidates.append("mac_roman")
    return max(candidates, key=lambda name: _plausibility(block.decode(name)))


def _plausibility(text: str) -> float:
    """Weigh the characters beyond ASCII: an accent fits into a word, a capital not behind small."""
    score = 0.0
    for match in _BEYOND_ASCII.finditer(text):
        before, character = match[1], match[2]
        if character in _TYPOGRAPHY:
            score += 1.0
        elif not character.isalpha() or (character.isupper() and before.islower()):
            score -= 1.0
        else:
            score += 1.0 if before.isalpha() else 0.3
    return score
