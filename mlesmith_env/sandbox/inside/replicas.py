"""Copies of the folders that a session writes in: by reflink where the file system can.

Every step goes from one open folder to the next and follows no link, so that a copy holds what
lies in the folders and nothing from elsewhere. Links stay links, hard links among the files stay
hard links, holes stay holes; pipes are made anew, and sockets are left out.
"""

from __future__ import annotations

import errno
import fcntl
import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from . import removal
from .quota import ENTRIES

_FICLONE = 0x40049409
_CHUNK = 1 << 26
_BLOCK = 512
_DEPTH = 100
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_MAKE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC


class UncopiableError(Exception):
    """Something can not be copied; the message says what and why."""


@dataclass
class Bound:
    """What a copy may hold at most.

    Attributes:
        left_bytes: Bytes on disk.
        is_vain: Says whether nobody waits for the copy any more.
        left_entries: Files and folders.
    """

    left_bytes: int
    is_vain: Callable[[], bool]
    left_entries: int = ENTRIES

    def spend(self, size: int) -> None:
        """Count one file or folder of a size. Raises `UncopiableError`."""
        self.left_bytes -= size
        self.left_entries -= 1
        if self.left_bytes < 0 or self.left_entries < 0:
            raise UncopiableError("it holds more than a workspace may hold: remove files first")
        self.check()

    def check(self) -> None:
        """Raise `UncopiableError` where nobody waits any more."""
        if self.is_vain():
            raise UncopiableError("the host is gone")


def copy_all(sources: list[str], into: str, bound: Bound) -> None:
    """Copy folders into a new one, where they are called 0, 1, ...

    Raises:
        UncopiableError: One can not be copied; what was copied so far stays.
    """
    try:
        for index, source in enumerate(sources):
            place = f"{into}/{index}"
            os.makedirs(place, mode=0o700)  # noqa: PTH103
            _Copier(bound).copy(source, place)
    except OSError as error:
        raise UncopiableError(str(error)) from error


def put_back(copy: str, targets: list[str], bound: Bound) -> None:
    """Give folders the content that they had when they were copied; they stay the same folders.

    Raises:
        OSError: The content can not be replaced.
    """
    for index, target in enumerate(targets):
        removal.clear(Path(target))
        _Copier(bound).copy(f"{copy}/{index}", target)


def remove(copy: str) -> None:
    """Remove a copy. Raises `OSError`."""
    removal.remove(Path(copy))


class _Copier:
    """Copies one folder's content into another folder, which is empty."""

    def __init__(self, bound: Bound) -> None:
        self._bound = bound
        self._linked: dict[tuple[int, int], str] = {}
        self._clones = True
        self._owns = os.geteuid() == 0
        self._root = -1

    def copy(self, source: str, target: str) -> None:
        origin = os.open(source, _FOLDER)
        try:
            self._root = os.open(target, _FOLDER)
            try:
                self._folder(origin, self._root, "", 0)
            finally:
                os.close(self._root)
        finally:
            os.close(origin)

    def _folder(self, origin: int, target: int, place: str, depth: int) -> None:
        if depth > _DEPTH:
            raise UncopiableError(f"its folders are more than {_DEPTH} deep")
        with os.scandir(origin) as found:
            names = [entry.name for entry in found]
        for name in names:
            what = os.lstat(name, dir_fd=origin)
            self._bound.spend(what.st_blocks * _BLOCK)
            if stat.S_ISDIR(what.st_mode):
                self._subfolder(origin, target, name, place, depth)
            elif stat.S_ISLNK(what.st_mode):
                os.symlink(os.readlink(name, dir_fd=origin), name, dir_fd=target)
                if self._owns:
                    os.chown(name, what.st_uid, what.st_gid, dir_fd=target, follow_symlinks=False)
            elif stat.S_ISREG(what.st_mode):
                self._regular(origin, target, name, place, what)
            elif stat.S_ISFIFO(what.st_mode):
                os.mkfifo(name, stat.S_IMODE(what.st_mode), dir_fd=target)

    def _subfolder(self, origin: int, target: int, name: str, place: str, depth: int) -> None:
        os.mkdir(name, 0o700, dir_fd=target)
        inner = _opened(name, _FOLDER, origin, place)
        try:
            made = os.open(name, _FOLDER, dir_fd=target)
            try:
                self._folder(inner, made, f"{place}{name}/", depth + 1)
                self._like(made, os.fstat(inner))
            finally:
                os.close(made)
        finally:
            os.close(inner)

    def _regular(
        self, origin: int, target: int, name: str, place: str, what: os.stat_result
    ) -> None:
        key = (what.st_dev, what.st_ino)
        if what.st_nlink > 1 and key in self._linked:
            os.link(
                self._linked[key],
                name,
                src_dir_fd=self._root,
                dst_dir_fd=target,
                follow_symlinks=False,
            )
            return
        read = _opened(name, _READ, origin, place)
        try:
            if not stat.S_ISREG(os.fstat(read).st_mode):
                raise UncopiableError(f"{place}{name} changed while it was copied")
            written = os.open(name, _MAKE, 0o600, dir_fd=target)
            try:
                self._content(read, written)
                self._like(written, what)
            finally:
                os.close(written)
        finally:
            os.close(read)
        self._linked[key] = place + name

    def _content(self, read: int, written: int) -> None:
        if self._clones:
            try:
                fcntl.ioctl(written, _FICLONE, read)
            except OSError:
                self._clones = False
            else:
                return
        size = os.fstat(read).st_size
        os.ftruncate(written, size)
        at = 0
        while at < size:
            try:
                at = os.lseek(read, at, os.SEEK_DATA)
            except OSError as error:
                if error.errno == errno.ENXIO:
                    # Nothing but a hole is left.
                    return
                raise
            end = min(os.lseek(read, at, os.SEEK_HOLE), size)
            while at < end:
                self._bound.check()
                count = os.copy_file_range(read, written, min(_CHUNK, end - at), at, at)
                if count == 0:
                    raise UncopiableError("a file changed while it was copied")
                at += count

    def _like(self, made: int, what: os.stat_result) -> None:
        if self._owns:
            os.fchown(made, what.st_uid, what.st_gid)
        os.fchmod(made, stat.S_IMODE(what.st_mode))
        os.utime(made, ns=(what.st_atime_ns, what.st_mtime_ns))


def _opened(name: str, flags: int, folder: int, place: str) -> int:
    try:
        return os.open(name, flags, dir_fd=folder)
    except PermissionError as error:
        raise UncopiableError(f"{place}{name} can not be read: remove it first") from error
