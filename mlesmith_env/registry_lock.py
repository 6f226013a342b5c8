"""The lock under which a registry is written, and the sweep of what dead writers left in it."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

_LOCK = ".lock"
_UNFINISHED = re.compile(r"\.new-[a-z0-9_]{8}|\.[^/]+\.(json|jsonl|yaml|md|csv|py)-[a-z0-9_]{8}")
"""Temporary names that `write_package` and `write_atomically` give."""


@contextmanager
def locked(root: Path, *, wait: bool = True) -> Generator[bool]:
    """Hold the lock of a registry, across processes and machines; gives whether it is held.

    The file system has to know `flock` where several machines share the registry.

    Args:
        root: The registry; made where missing.
        wait: Whether to wait for another owner; without, `False` is given while there is one.
    """
    root.mkdir(parents=True, exist_ok=True)
    handle = os.open(root / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            # Said aloud, because a process forked meanwhile has a copy of the descriptor.
            fcntl.flock(handle, fcntl.LOCK_UN)
    finally:
        os.close(handle)


def sweep(root: Path) -> tuple[Path, ...]:
    """Remove half-written packages and files, and return them.

    Everything in a registry is written under its lock, so what is unfinished while we hold the lock
    belongs to the dead.
    """
    with locked(root):
        unfinished = [
            path
            for level in ("*", "*/*", "*/*/*")
            for path in root.glob(level)
            if _UNFINISHED.fullmatch(path.name)
        ]
        for path in unfinished:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    return tuple(unfinished)
