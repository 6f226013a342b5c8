"""Removing what a stranger has left, however deep, unreadable or many."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path

_LEVELS = 100
_LONGEST_PATH = 3000


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, if it is there; links are never followed.

    Nothing may run any more that could change it meanwhile.

    Raises:
        OSError: It can not be removed.
    """
    if _is_folder(path):
        _remove_folder(path)
    else:
        path.unlink(missing_ok=True)


def clear(folder: Path) -> None:
    """Remove everything in a folder. Raises `OSError`."""
    for entry in _entries(folder):
        remove(folder / entry.name)


def remove_since(folder: Path, moment_ns: int) -> None:
    """Remove what was made or changed in a folder since a moment; what is older stays.

    Nothing may run any more that could change it meanwhile.

    Args:
        folder: Where to look.
        moment_ns: Nanoseconds of the clock by which the file system notes changes.

    Raises:
        OSError: It can not be removed.
    """
    for entry in _entries(folder):
        place = folder / entry.name
        # In a tree too deep to be looked through, nothing is worth to be kept.
        if not _prune(place, moment_ns, _LEVELS):
            remove(place)


def _prune(place: Path, moment_ns: int, levels: int) -> bool:
    """Remove what is newer at a place; return whether all of it could be looked through."""
    status = place.lstat()
    new = status.st_ctime_ns >= moment_ns
    if not stat.S_ISDIR(status.st_mode):
        if new:
            place.unlink()
        return True
    if not levels or len(os.fsencode(place)) > _LONGEST_PATH:
        return False
    for entry in _entries(place):
        if not _prune(place / entry.name, moment_ns, levels - 1):
            return False
    if new and not _entries(place):
        place.rmdir()
    return True


def _is_folder(path: Path) -> bool:
    try:
        return stat.S_ISDIR(path.lstat().st_mode)
    except FileNotFoundError:
        return False


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    folder.chmod(0o700)
    with os.scandir(folder) as found:
        return list(found)


def _remove_folder(top: Path) -> None:
    """Remove a folder without recursion and without long paths.

    Every folder inside is first moved up, next to the top: a path may be longer than the kernel
    takes, and deeper than Python can follow.
    """
    bench = Path(tempfile.mkdtemp(prefix=".removal-", dir=top.parent))
    waiting = [bench / "0"]
    _move(top, waiting[0])
    moved = 0
    while waiting:
        folder = waiting.pop()
        for entry in _entries(folder):
            place = folder / entry.name
            if entry.is_dir(follow_symlinks=False):
                moved += 1
                target = bench / str(moved)
                _move(place, target)
                waiting.append(target)
            else:
                place.unlink()
        folder.rmdir()
    bench.rmdir()


def _move(folder: Path, target: Path) -> None:
    # A folder can be moved only by who may write in it, for its `..` changes.
    folder.chmod(0o700)
    folder.rename(target)
