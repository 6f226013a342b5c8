"""Watching how much the program keeps on disk, at a cost that stays small beside the program's."""

from __future__ import annotations

import math
import os
import stat
import time

ENTRIES = 200_000
"""Files and folders that a program may make: inodes run out like bytes."""

_SHARE = 20
_BLOCK = 512


class DiskQuota:
    """Bounds the bytes on disk that a program holds.

    Args:
        folders: Where it can write.
        limit_bytes: Bound; folders that are already fuller may shrink but not grow.
    """

    def __init__(self, folders: list[str], limit_bytes: int) -> None:
        self._folders = folders
        began = time.monotonic()
        size, entries = self._named()
        self._limit = limit_bytes if size == math.inf else max(limit_bytes, size)
        self._entries = max(ENTRIES, entries)
        self._next = time.monotonic() + _SHARE * (time.monotonic() - began)

    def exceeded(self, processes: list[int]) -> bool:
        """Return whether the program is over its bound, looking again only from time to time.

        Args:
            processes: The program's processes, as `/proc` knows them.
        """
        began = time.monotonic()
        if began < self._next:
            return False
        size, entries = self._named()
        size += _nameless(processes)
        self._next = time.monotonic() + _SHARE * (time.monotonic() - began)
        return size > self._limit or entries > self._entries

    def _named(self) -> tuple[float, int]:
        """Return bytes and number of entries in the folders; links are not followed.

        What can not be looked into counts as endless: a path longer than the kernel takes, or a
        folder without the right to list it.
        """
        size: float = 0
        entries = 0
        waiting = list(self._folders)
        while waiting:
            try:
                with os.scandir(waiting.pop()) as found:
                    for entry in found:
                        entries += 1
                        size += entry.stat(follow_symlinks=False).st_blocks * _BLOCK
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
            except (FileNotFoundError, NotADirectoryError):
                # Removed while we looked: the next look sees what became of it.
                continue
            except OSError:
                return math.inf, entries
        return size, entries


def _nameless(processes: list[int]) -> int:
    """Return the bytes of files that are removed but still open."""
    sizes: dict[tuple[int, int], int] = {}
    for process in processes:
        try:
            for number in os.listdir(f"/proc/{process}/fd"):  # noqa: PTH208
                found = os.stat(f"/proc/{process}/fd/{number}")  # noqa: PTH116
                if found.st_nlink == 0 and stat.S_ISREG(found.st_mode):
                    sizes[found.st_dev, found.st_ino] = found.st_blocks * _BLOCK
        except OSError:
            # The process or the descriptor is gone.
            continue
    return sum(sizes.values())
