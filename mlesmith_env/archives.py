"""Archives of raw files, unpacked without trust: ZIP and tar, plain or compressed.

Only plain files are taken. A path that leads outside is refused; links and devices never come into
being; size, number, ratio and depth are bounded while the bytes come, whatever the archive says.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, cast

from mlesmith_env import cache
from mlesmith_env.errors import ReadError, UnsafeArchiveError

_NAMED = re.compile(r"(?i)\.(?:zip|tar|tgz|tbz2?|txz|gz|bz2|xz)$")
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_PACKED = ((b"\x1f\x8b", gzip.open), (b"BZh", bz2.open), (b"\xfd7zXZ\x00", lzma.open))
_TAR_MAGIC = slice(257, 262)
_DOCUMENTS = frozenset(("[Content_Types].xml", "mimetype"))
_SKIPPED = frozenset(("__MACOSX", "META-INF", ".DS_Store", "Thumbs.db"))
_LONGEST_PATH = 1000
_LONGEST_NAME = 255
_CHUNK = 2**20
_LONGEST_HEADER = 2**24
_BROKEN = (
    OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError,
    NotImplementedError, RuntimeError, UnicodeError, ValueError,
)  # fmt: skip


@dataclass(frozen=True)
class Bounds:
    """How much may come out of an archive.

    Attributes:
        bytes: Of all files together.
        files: How many.
        ratio: Bytes that come out of one byte of the archive. Does not count below `spared` bytes.
        spared: Bytes.
        depth: Archives inside one another.
    """

    bytes: int = 64 * 1024**3
    files: int = 200_000
    ratio: int = 200
    spared: int = 2**28
    depth: int = 3


BOUNDS = Bounds()


def is_archive(path: Path, name: str = "") -> bool:
    """Tell whether a file is an archive of files, by its name and its first bytes.

    A compressed file alone (`data.csv.gz`) is none, nor is what only happens to be packed as ZIP:
    office documents, programs, arrays of NumPy.

    Args:
        path: Where it is.
        name: What it is called, where its path does not say so.
    """
    called = PurePosixPath(name or path.name)
    if called.suffix and not _NAMED.search(called.name):
        return False
    try:
        with path.open("rb") as stream:
            head = stream.read(512)
        if head.startswith(_ZIP):
            return _holds_files(path)
        for magic, opener in _PACKED:
            if head.startswith(magic):
                with cast("IO[bytes]", opener(path, "rb")) as stream:
                    head = stream.read(512)
    except _BROKEN:
        # Damaged: whoever reads it as a file says so.
        return False
    return head[_TAR_MAGIC] == b"ustar"


def unpack(path: Path, into: Path, bounds: Bounds = BOUNDS) -> None:
    """Unpack an archive, and the archives in it, each into a folder of its own name.

    Args:
        path: The archive.
        into: An empty folder.
        bounds: How much may come out of it.

    Raises:
        UnsafeArchiveError: A path leads outside, or more comes out than the bounds allow.
        ReadError: The archive is damaged or encrypted.
    """
    _Unpacking(path.name, bounds, path.stat().st_size).take(path, into, depth=1)


def lay_out(path: Path, sha256: str, folder: Path) -> None:
    """Make a folder of links to the files of an archive, which is unpacked once, into the cache.

    Args:
        path: The archive.
        sha256: Of its bytes.
        folder: Where the links go; made here.

    Raises:
        UnsafeArchiveError: As `unpack`.
        ReadError: As `unpack`.
    """
    entry = cache.build(f"unpacked-{sha256}", lambda into: unpack(path, into))
    folder.mkdir(parents=True)
    for file in sorted(entry.rglob("*")):
        if file.is_file():
            link = folder / file.relative_to(entry)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(file)


@dataclass
class _Unpacking:
    name: str
    bounds: Bounds
    size: int
    bytes: int = 0
    files: int = 0

    def take(self, path: Path, into: Path, depth: int) -> None:
        if depth > self.bounds.depth:
            raise UnsafeArchiveError(
                f"{self.name} holds archives inside one another, more than {self.bounds.depth} "
                "deep; unpack it by hand"
            )
        taken: set[PurePosixPath] = set()
        try:
            for member, stream in _members(path, self._most()):
                target = self._target(member)
                if target is None:
                    continue
                if target in taken:
                    raise UnsafeArchiveError(
                        f"{self.name} holds {member!r} twice; unpack it by hand"
                    )
                taken.add(target)
                self._write(stream, into / target)
        except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
            raise UnsafeArchiveError(
                f"{self.name} holds a path that is both a file and a folder: {error}"
            ) from error
        except _BROKEN as error:
            raise ReadError(f"{path.name} can not be unpacked: {error}") from error
        for target in sorted(taken):
            inner = into / target
            if is_archive(inner):
                packed = inner.with_name(f"{inner.name}~packed")
                inner.rename(packed)
                inner.mkdir()
                self.take(packed, inner, depth + 1)
                packed.unlink()

    def _most(self) -> int:
        return min(self.bounds.bytes, max(self.bounds.spared, self.bounds.ratio * self.size))

    def _target(self, member: str) -> PurePosixPath | None:
        """Return where a member goes, None where nobody wants it."""
        path = PurePosixPath(member.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or re.match(r"[A-Za-z]:", member):
            raise UnsafeArchiveError(
                f"{self.name} holds {member[:200]!r}, which leads outside; do not trust it, or "
                "unpack it by hand"
            )
        if any(ord(character) < 32 for character in member) or len(member) > _LONGEST_PATH:
            raise UnsafeArchiveError(
                f"{self.name} holds {member[:200]!r}, which is no name for a file; unpack it by "
                "hand"
            )
        if any(len(part.encode()) > _LONGEST_NAME for part in path.parts):
            raise UnsafeArchiveError(f"{self.name} holds a name of more than {_LONGEST_NAME} bytes")
        if not path.parts or _SKIPPED.intersection(path.parts):
            return None
        return path

    def _write(self, stream: IO[bytes], target: Path) -> None:
        self.files += 1
        if self.files > self.bounds.files:
            raise UnsafeArchiveError(
                f"{self.name} holds more than {self.bounds.files} files; unpack the part that you "
                "need by hand"
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as file:
            while chunk := stream.read(_CHUNK):
                self.bytes += len(chunk)
                if self.bytes > self._most():
                    raise _too_much(self.name, self._most())
                file.write(chunk)


def _too_much(name: str, most: int) -> UnsafeArchiveError:
    return UnsafeArchiveError(
        f"{name} unpacks to more than {most} bytes, more than an archive of its size should; if "
        "you trust it, unpack it by hand"
    )


def _members(path: Path, most: int) -> Iterator[tuple[str, IO[bytes]]]:
    """Yield the plain files of an archive, each with its bytes to be read before the next."""
    with path.open("rb") as stream:
        head = stream.read(8)
    if head.startswith(_ZIP):
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                kind = info.external_attr >> 28
                if info.is_dir() or kind not in (0, 0o10):
                    continue
                with archive.open(info) as stream:
                    yield info.filename, stream
        return
    opener = next((opener for magic, opener in _PACKED if head.startswith(magic)), Path.open)
    with cast("IO[bytes]", opener(path, "rb")) as stream:
        guarded = cast("IO[bytes]", _Guarded(stream, path.name, 2 * most))
        with tarfile.open(fileobj=guarded, mode="r:") as archive:
            while (member := archive.next()) is not None:
                if member.isreg() and (file := archive.extractfile(member)) is not None:
                    with file:
                        yield member.name, file
                # What was passed is kept in a list that only grows.
                cast("Any", archive).members.clear()


class _Guarded(io.RawIOBase):
    """A stream of a tar file of which no more than so much is read, nor at once."""

    def __init__(self, stream: IO[bytes], name: str, most: int) -> None:
        self._stream = stream
        self._name = name
        self._most = most

    def seekable(self) -> bool:
        return True

    def readable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._stream.tell()

    def seek(self, offset: int, whence: int = 0, /) -> int:
        if whence != 0 or offset > self._most:
            raise _too_much(self._name, self._most)
        return self._stream.seek(offset)

    def read(self, size: int = -1, /) -> bytes:
        if not 0 <= size <= _LONGEST_HEADER or self.tell() > self._most:
            raise _too_much(self._name, self._most)
        return self._stream.read(size)


def _holds_files(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    arrays = bool(names) and all(name.endswith(".npy") for name in names)
    program = any(name.endswith(".class") for name in names)
    return not arrays and not program and not _DOCUMENTS.intersection(names)
