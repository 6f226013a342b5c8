"""Removing what a stranger has left, however deep, unreadable or many."""

from __future__ import annotations

import os
import stat
import tempfile
from pathlib import Path


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
