"""Watching how much the program keeps on disk, at a cost that stays small beside the program's."""

from __future__ import annotations

import errno
import math
import os
import stat
import sys
import time
from pathlib import Path

from . import kernel, privileges, removal

ENTRIES = 200_000
"""Files and folders that a program may make: inodes run out like bytes."""

_SHARE = 20
_LONGEST_PAUSE_S = 2.0
_BLOCK = 512
# CLOCK_REALTIME_COARSE, for which Python has no name.
_CLOCK_OF_FILES = 5 if kernel.LINUX else time.CLOCK_REALTIME
_OPEN_FOLDERS = 200
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


class DiskQuota:
    """Bounds the bytes on disk that a program holds.

    Args:
        folders: Where it can write.
        limit_bytes: Bound; folders that are already fuller may shrink but not grow.
        user: User of the program's processes, None for our own.
        sees_all: Whether the open files of every process of the program can be listed. A process
            that can not be looked into has then hidden itself, and is over any bound.
    """

    def __init__(
        self,
        folders: list[str],
        limit_bytes: int,
        *,
        user: int | None = None,
        sees_all: bool = True,
    ) -> None:
        self._user = user
        self._folders = folders
        self._began_ns = time.clock_gettime_ns(_CLOCK_OF_FILES)
        self._sees_all = sees_all
        self._most = math.inf
        began = time.monotonic()
        size, entries = self._named()
        self._limit = limit_bytes if size == math.inf else max(limit_bytes, size)
        self._most = max(ENTRIES, entries)
        self._next = _after(began)

    def exceeded(self, processes: list[int]) -> bool:
        """Return whether the program is over its bound, looking again only from time to time.

        Args:
            processes: The program's processes, as `/proc` knows them.
        """
        began = time.monotonic()
        if began < self._next:
            return False
        size, entries = self._named()
        with privileges.reading_as(self._user):
            size += self._nameless(processes)
        self._next = _after(began)
        return size > self._limit or entries > self._most

    def overfull(self) -> bool:
        """Return whether the folders are over the bound, looking at once.

        Removed files do not count, for whoever has them open has ended or is stopped.
        """
        size, entries = self._named()
        return size > self._limit or entries > self._most

    def undo(self) -> None:
        """Remove what was written since the watch began, so that the next program has room.

        Raises:
            OSError: It can not be removed.
        """
        for folder in self._folders:
            removal.remove_since(Path(folder), self._began_ns)

    def _named(self) -> tuple[float, int]:
        """Return bytes and number of entries in the folders; links are not followed.

        What can not be looked into counts as endless. The look ends early at too many entries.
        """
        size: float = 0
        entries = 0
        # Each folder is opened in the one above it, so that neither a long path nor one that
        # changes meanwhile leads astray. Last in, first out: few are open at a time.
        waiting: list[tuple[int, list[str]]] = []
        try:
            for folder in self._folders:
                waiting.append((os.open(folder, _FOLDER), ["."]))
                while waiting and entries <= self._most:
                    above, names = waiting[-1]
                    if not names:
                        os.close(waiting.pop()[0])
                        continue
                    name = names.pop()
                    opened = _open(name, above)
                    if not names:
                        os.close(waiting.pop()[0])
                    if opened < 0:
                        continue
                    inner: list[str] = []
                    waiting.append((opened, inner))
                    if len(waiting) > _OPEN_FOLDERS:
                        return math.inf, entries
                    with os.scandir(opened) as found:
                        for entry in found:
                            entries += 1
                            status = _status(entry)
                            if status is not None:
                                size += status.st_blocks * _BLOCK
                                if stat.S_ISDIR(status.st_mode):
                                    inner.append(entry.name)
        except OSError:
            return math.inf, entries
        finally:
            for descriptor, _ in waiting:
                os.close(descriptor)
        return size, entries

    def _nameless(self, processes: list[int]) -> float:
        """Return the bytes of files that are removed but still open."""
        sizes: dict[tuple[int, int], int] = {}
        for process in processes:
            try:
                for number in os.listdir(f"/proc/{process}/fd"):  # noqa: PTH208
                    found = os.stat(f"/proc/{process}/fd/{number}")  # noqa: PTH116
                    if found.st_nlink == 0 and stat.S_ISREG(found.st_mode):
                        sizes[found.st_dev, found.st_ino] = found.st_blocks * _BLOCK
            except PermissionError:
                # As a program can bring about for itself by running a file that it may not read.
                # What has just ended is nobody's to look into.
                if self._sees_all and _has_memory(process):
                    return math.inf
            except OSError:
                # The process or the descriptor is gone.
                continue
        return sum(sizes.values())


def _has_memory(process: int) -> bool:
    try:
        with open(f"/proc/{process}/statm", "rb") as file:  # noqa: PTH123
            return not file.read().startswith(b"0 ")
    except OSError:
        return False


def room(folder: str) -> int:
    """Return the bytes that are left on the disk of a folder, 0 where it takes no more files."""
    found = os.statvfs(folder)
    if found.f_files and not found.f_ffree:
        return 0
    # File systems without a bound keep no numbers.
    return found.f_bfree * found.f_frsize if found.f_blocks else sys.maxsize


def _after(began: float) -> float:
    """Return when to look again, after a look that began at a time and has just ended."""
    now = time.monotonic()
    return now + min(_SHARE * (now - began), _LONGEST_PAUSE_S)


def _open(name: str, above: int) -> int:
    """Return a descriptor of a folder, -1 where it was removed or replaced while we looked."""
    try:
        return os.open(name, _FOLDER, dir_fd=above)
    except (FileNotFoundError, NotADirectoryError):
        return -1
    except OSError as error:
        if error.errno == errno.ELOOP:
            return -1
        raise


def _status(entry: os.DirEntry[str]) -> os.stat_result | None:
    """Return what is known of an entry, None where it is gone."""
    try:
        return entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
