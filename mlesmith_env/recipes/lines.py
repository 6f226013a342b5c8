"""Raw files as lines of text, and lines as records of values.

Compression, encoding and separators end here: what comes out is a list of strings per record,
with line breaks inside values written as a single newline.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections import deque
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import IO, Any, TypeVar, cast

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.model import TableReader

LONGEST_VALUE = 2**24
"""Characters of one value; a longer one is taken for a quote that never closes."""

LONGEST_LINE = 2**28
"""Bytes of one line."""

LARGEST_DOCUMENT = 2**30
"""Bytes of a document that has to be read as a whole, such as one of JSON."""

HIGHEST_RATIO = 200
"""Bytes that come out of one byte of a compressed file, once they are more than `SPARED_BYTES`."""

SPARED_BYTES = 2**30

MOST_LINES = 2000
"""Lines of one record, for the same reason."""

T = TypeVar("T")

_BLOCK = 2**18
_BROKEN = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
_QUOTED_OR_BARE = r"{q}((?:[^{q}]|{q}{q})*){q}(?=\s|$)|(\S+)"


class _Bounded(io.RawIOBase):
    """Bytes of a file that may be a stranger's: not without end, nor without an end of a line."""

    def __init__(self, stream: IO[bytes], name: str, most: int | None, line: int | None) -> None:
        self._stream = cast("io.BufferedIOBase", stream)
        self._name = name
        self._most = most
        self._line = line
        self._done = 0
        self._since = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        count = self._stream.readinto(buffer)
        self._done += count
        if self._most is not None and self._done > self._most:
            raise ReadError(
                f"{self._name} holds more than {self._most} bytes when unpacked, more than a file "
                "of its size should; if you trust it, unpack it by hand"
            )
        if self._line is not None and count:
            end = bytes(buffer[:count]).rfind(b"\n")
            self._since = self._since + count if end < 0 else count - end
            if self._since > self._line:
                raise ReadError(
                    f"{self._name} has a line of more than {self._line} bytes; it is no table of "
                    "lines"
                )
        return count


@contextmanager
def open_bytes(path: Path, compression: str) -> Generator[IO[bytes], None, None]:
    """Open a file for reading, decompressed.

    Raises:
        ReadError: The file, or what it is packed in, is damaged.
    """
    try:
        if compression == "zip":
            with zipfile.ZipFile(path) as archive, archive.open(_only_member(archive)) as stream:
                yield _bounded(stream, path)
            return
        opener = {"none": Path.open, "gzip": gzip.open, "bz2": bz2.open, "xz": lzma.open}
        with cast("IO[bytes]", opener[compression](path, "rb")) as stream:
            yield stream if compression == "none" else _bounded(stream, path)
    except _BROKEN as error:
        packed = "" if compression == "none" else f" as {compression}"
        raise ReadError(f"{path.name} can not be read{packed}: {error}") from error


def _bounded(stream: IO[bytes], path: Path) -> IO[bytes]:
    most = max(SPARED_BYTES, HIGHEST_RATIO * path.stat().st_size)
    return io.BufferedReader(_Bounded(stream, path.name, most, None), _BLOCK)


@contextmanager
def open_text(path: Path, reader: TableReader) -> Generator[Iterator[str], None, None]:
    """Open a file as lines that end with a newline; title and footer lines are left out.

    Raises:
        ReadError: The file is damaged, or its bytes are not text in the declared encoding.
    """
    try:
        codecs.lookup(reader.encoding)
    except LookupError as error:
        raise ReadError(f"{reader.encoding!r} is not an encoding that Python knows") from error
    whole = reader.format == "json"
    most, line = (LARGEST_DOCUMENT, None) if whole else (None, LONGEST_LINE)
    with open_bytes(path, reader.compression) as stream:
        bounded = io.BufferedReader(_Bounded(stream, path.name, most, line), _BLOCK)
        text = io.TextIOWrapper(bounded, encoding=reader.encoding, errors=reader.decode_errors)
        try:
            yield framed(text, reader.skip_rows, reader.skip_footer)
        except UnicodeError as error:
            raise ReadError(
                f"{path.name} is not {reader.encoding} text: {error}; declare its real encoding"
            ) from error
        finally:
            text.detach()


def records(lines: Iterable[str], reader: TableReader) -> Iterator[list[str]]:
    """Split lines into records, one list of values for each, empty lines left out.

    Raises:
        ReadError: A quoted value never ends.
    """
    lines = (line.replace("\0", "") if "\0" in line else line for line in lines)
    if reader.delimiter == "whitespace":
        return _blank_separated(lines, reader.quote)
    if len(reader.delimiter) != 1:
        split = (line.rstrip("\n").split(reader.delimiter) for line in lines)
        return (record for record in split if any(record))
    if csv.field_size_limit() < LONGEST_VALUE:
        csv.field_size_limit(LONGEST_VALUE)
    return _delimited(lines, reader)


def _delimited(lines: Iterable[str], reader: TableReader) -> Iterator[list[str]]:
    last = [""]
    parsed = csv.reader(
        _remembered(lines, last),
        delimiter=reader.delimiter,
        quotechar=reader.quote or None,
        quoting=csv.QUOTE_MINIMAL if reader.quote else csv.QUOTE_NONE,
        escapechar=reader.escape or None,
        doublequote=True,
        skipinitialspace=reader.delimiter != " ",
    )
    begun = ended = 0
    try:
        for record in parsed:
            begun, ended = ended, parsed.line_num
            if ended - begun > MOST_LINES:
                raise _open_quote(begun + 1, f"goes on for more than {MOST_LINES} lines", reader)
            if any(record):
                yield record
    except csv.Error as error:
        raise _open_quote(ended + 1, f"can not be split: {error}", reader) from error
    if ended - begun > 1 and reader.quote not in last[0]:
        raise _open_quote(begun + 1, "goes on to the end of the file", reader)


def _remembered(lines: Iterable[str], last: list[str]) -> Iterator[str]:
    for line in lines:
        last[0] = line
        yield line


def _open_quote(line: int, what: str, reader: TableReader) -> ReadError:
    return ReadError(
        f"the record in line {reader.skip_rows + line} {what}; a quote {reader.quote!r} is open "
        "that was never meant as one, or the quote is another"
    )


def _blank_separated(lines: Iterable[str], quote: str) -> Iterator[list[str]]:
    if not quote:
        for line in lines:
            if record := line.split():
                yield record
        return
    pattern = re.compile(_QUOTED_OR_BARE.format(q=re.escape(quote)))
    for line in lines:
        if quote not in line:
            record = line.split()
        else:
            record = [
                bare or quoted.replace(quote * 2, quote) for quoted, bare in pattern.findall(line)
            ]
        if record:
            yield record


def framed(lines: Iterator[T], skip: int, footer: int) -> Iterator[T]:
    """Yield what stands between so many lines (or rows) at the beginning and at the end."""
    deque(islice(lines, skip), maxlen=0)
    if not footer:
        for line in lines:  # not `yield from`, which would close the file along with the generator
            yield line
        return
    held: deque[T] = deque(islice(lines, footer))
    for line in lines:
        held.append(line)
        yield held.popleft()


def _only_member(archive: zipfile.ZipFile) -> str:
    members = [info.filename for info in archive.infolist() if not info.is_dir()]
    members = [name for name in members if not name.startswith("__MACOSX/")]
    if len(members) != 1:
        raise ReadError(
            f"the archive holds {len(members)} files; unpack it, or pack one file alone"
        )
    if any(info.flag_bits & 1 for info in archive.infolist()):
        raise ReadError("the archive is encrypted; unpack it")
    return members[0]
