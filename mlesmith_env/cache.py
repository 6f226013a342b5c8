"""The cache of prepared data: folders that appear complete or not at all.

An entry is built in a folder of its own beside its place and then renamed into it, so readers never
see half of one, and of two builders at once the second finds the work done. What a killed builder
left behind is removed by the next one.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env import settings
from mlesmith_env.errors import MlesmithError

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}")
_PREPARED = "prepared"
_LOCKS = "locks"


@dataclass(frozen=True)
class CacheEntry:
    """One folder of the cache.

    Attributes:
        key: Its name.
        path: Where it is.
        bytes: Size of its files.
        age_s: Seconds since it was last asked for.
    """

    key: str
    path: Path
    bytes: int
    age_s: float


def build(key: str, make: Callable[[Path], None]) -> Path:
    """Return the folder of a key, made where it is not there yet.

    Args:
        key: Name of the entry: letters, digits, dots, dashes.
        make: Fills an empty folder. What it raises is passed on, and nothing is left behind.
    """
    final = _place(key)
    if not final.is_dir():
        with _locked(key):
            if not final.is_dir():
                _make(final, make)
    # The age of an entry is the time since it was last used.
    os.utime(final)
    return final


def remove(key: str) -> bool:
    """Remove an entry; returns whether there was one."""
    final = _place(key)
    with _locked(key):
        if not final.is_dir():
            return False
        # Out of sight at once, then at leisure: no reader sees half an entry.
        doomed = Path(tempfile.mkdtemp(dir=final.parent, prefix=f".{key}-"))
        final.rename(doomed / key)
        shutil.rmtree(doomed)
    return True


def entries() -> list[CacheEntry]:
    """Return what the cache holds, oldest use first."""
    root = settings.cache_root() / _PREPARED
    if not root.is_dir():
        return []
    now = time.time()
    found = [
        CacheEntry(path.name, path, _size(path), max(0.0, now - path.stat().st_mtime))
        for path in root.iterdir()
        if path.is_dir() and not path.name.startswith(".")
    ]
    return sorted(found, key=lambda entry: (-entry.age_s, entry.key))


def prune(*, older_than_s: float = 0.0) -> list[CacheEntry]:
    """Remove the entries that were not used for so many seconds; returns them.

    Leftovers of builders that died are removed as well.
    """
    removed = [e for e in entries() if e.age_s >= older_than_s and remove(e.key)]
    root = settings.cache_root() / _PREPARED
    if root.is_dir():
        for path in root.iterdir():
            if path.name.startswith("."):
                # `.<key>-<random>`: under the key's lock nobody is building it.
                with _locked(path.name[1:].rsplit("-", 1)[0]):
                    shutil.rmtree(path, ignore_errors=True)
    return removed


def _make(final: Path, make: Callable[[Path], None]) -> None:
    for stale in final.parent.glob(f".{final.name}-*"):
        shutil.rmtree(stale, ignore_errors=True)
    temporary = Path(tempfile.mkdtemp(dir=final.parent, prefix=f".{final.name}-"))
    try:
        folder = temporary / final.name
        folder.mkdir()
        make(folder)
        folder.rename(final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _place(key: str) -> Path:
    if not _KEY.fullmatch(key):
        raise MlesmithError(f"{key!r} is no cache key: use letters, digits, dots and dashes")
    return settings.cache_root() / _PREPARED / key


@contextmanager
def _locked(key: str) -> Generator[None, None, None]:
    """Hold a key against other threads and processes; a lock dies with its holder."""
    root = settings.cache_root()
    for name in (_PREPARED, _LOCKS):
        (root / name).mkdir(parents=True, exist_ok=True)
    handle = os.open(root / _LOCKS / key, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
