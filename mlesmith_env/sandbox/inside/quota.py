"""Watching how much a folder holds, at a cost that stays small beside the program's."""

from __future__ import annotations

import os
import time

ENTRIES = 200_000
"""Files and folders that a workspace may hold: inodes run out like bytes."""

_SHARE = 20


class FolderQuota:
    """Bounds the bytes on disk below a folder.

    Args:
        folder: What to watch.
        limit_bytes: Bound; a folder that is already fuller may shrink but not grow.
    """

    def __init__(self, folder: str, limit_bytes: int) -> None:
        self._folder = folder
        began = time.monotonic()
        size, entries = self.measure()
        self._limit = max(limit_bytes, size)
        self._entries = max(ENTRIES, entries)
        self._next = time.monotonic() + _SHARE * (time.monotonic() - began)

    def exceeded(self) -> bool:
        """Return whether the folder is over its bound, looking again only from time to time."""
        began = time.monotonic()
        if began < self._next:
            return False
        size, entries = self.measure()
        self._next = time.monotonic() + _SHARE * (time.monotonic() - began)
        return size > self._limit or entries > self._entries

    def measure(self) -> tuple[int, int]:
        """Return bytes on disk and number of entries; links are not followed."""
        size = 0
        entries = 0
        waiting = [self._folder]
        while waiting:
            try:
                with os.scandir(waiting.pop()) as found:
                    for entry in found:
                        entries += 1
                        size += entry.stat(follow_symlinks=False).st_blocks * 512
                        if entry.is_dir(follow_symlinks=False):
                            waiting.append(entry.path)
            except OSError:
                # Removed or made unreadable while we looked: the next look sees what became of it.
                continue
        return size, entries
