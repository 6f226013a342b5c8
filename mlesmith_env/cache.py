"""The cache: folders made once and found again, and files downloaded once.

An entry comes into being by one rename, so it is whole or not there. Whoever makes an entry holds
a lock on its key, and the system lets go of a lock when its owner dies: what lies unfinished under
a key that nobody has locked belongs to the dead, and is swept away.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env import settings
from mlesmith_env.errors import MlesmithError

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


@dataclass(frozen=True)
class Entry:
    """Something that the cache holds.

    Attributes:
        key: Name of the entry; of a download `downloads/<sha256>`.
        path: Where it is.
        bytes: Size of all its files.
        age_s: Seconds since it was last asked for.
    """

    key: str
    path: Path
    bytes: int
    age_s: float


def build(key: str, make: Callable[[Path], None], *, root: Path | None = None) -> Path:
    """Return the folder of an entry, made first where it is not there yet.

    Several threads and processes may ask at once: one makes, the others wait for it. Where making
    fails nothing is left behind.

    Args:
        key: Letters, digits, dots, dashes and underscores.
        make: Fills an empty folder.
        root: A folder that serves as the cache, by default the one of the settings. Whoever made
            it removes it.

    Raises:
        MlesmithError: The key is not one, or the cache can not be written to.
    """
    entry = _folder("entries", root) / _checked(key)
    if _use(entry):
        return entry
    with locked(key, root=root):
        if _use(entry):
            return entry
        _sweep(key, root)
        unfinished = Path(tempfile.mkdtemp(prefix=f"{key}~", dir=_folder("unfinished", root)))
        try:
            made = unfinished / "entry"
            made.mkdir()
            make(made)
            made.replace(entry)
        finally:
            shutil.rmtree(unfinished, ignore_errors=True)
    return entry


def entries() -> tuple[Entry, ...]:
    """Return what the cache holds, the largest first."""
    root = settings.cache_root()
    found: list[Entry] = []
    for folder, prefix in (("entries", ""), ("downloads", "downloads/")):
        if not (root / folder).is_dir():
            continue
        for path in (root / folder).iterdir():
            try:
                age = max(0.0, time.time() - path.stat().st_mtime)
                found.append(Entry(f"{prefix}{path.name}", path, _size(path), age))
            except FileNotFoundError:
                # Removed by another process between listing and looking.
                continue
    return tuple(sorted(found, key=lambda entry: (-entry.bytes, entry.key)))


def prune(older_than_s: float = 0.0) -> tuple[Entry, ...]:
    """Remove entries that nobody asked for in so many seconds, and return them.

    What is unfinished and belongs to no living process goes as well.
    """
    removed = [entry for entry in entries() if entry.age_s >= older_than_s and _drop(entry.path)]
    sweep()
    return tuple(removed)


def sweep() -> None:
    """Remove what is unfinished and belongs to no living process."""
    unfinished = settings.cache_root() / "unfinished"
    if unfinished.is_dir():
        for key in {path.name.partition("~")[0] for path in unfinished.iterdir()}:
            with locked(key, wait=False) as owned:
                if owned:
                    _sweep(key)


def downloads() -> Path:
    """Return the folder of downloaded files, each called by its SHA-256."""
    return _folder("downloads")


@contextmanager
def locked(key: str, *, wait: bool = True, root: Path | None = None) -> Generator[bool, None, None]:
    """Hold the lock of a key, across threads and processes; gives whether it is held.

    Args:
        key: What to lock.
        wait: Whether to wait for another owner; without, `False` is given while there is one.
        root: As in `build`.
    """
    descriptor = os.open(
        _folder("locks", root) / _checked(key), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
    )
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        try:
            yield True
        finally:
            # Said aloud, because a process forked meanwhile has a copy of the descriptor.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
    finally:
        os.close(descriptor)


def _use(entry: Path) -> bool:
    if not entry.is_dir():
        return False
    # A cache that is shared read-only keeps no record of use.
    with suppress(OSError):
        os.utime(entry)
    return True


def _drop(path: Path) -> bool:
    """Take a path out of the cache in one step, then delete it."""
    with locked("removed"):
        grave = Path(tempfile.mkdtemp(prefix="removed~", dir=_folder("unfinished")))
        try:
            path.replace(grave / "entry")
        except FileNotFoundError:
            return False
        finally:
            shutil.rmtree(grave, ignore_errors=True)
    return True


def _sweep(key: str, root: Path | None = None) -> None:
    for path in _folder("unfinished", root).glob(f"{key}~*"):
        shutil.rmtree(path, ignore_errors=True)


def _size(path: Path) -> int:
    if path.is_file():
        return path.stat().st_size
    return sum(file.lstat().st_size for file in path.rglob("*") if not file.is_dir())


def _folder(name: str, root: Path | None = None) -> Path:
    path = (root or settings.cache_root()) / name
    try:
        path.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise MlesmithError(
            f"the cache {path.parent} can not be written to: {error}; "
            "set MLESMITH_CACHE to a folder of your own"
        ) from error
    return path


def _checked(key: str) -> str:
    if not _KEY.fullmatch(key):
        raise MlesmithError(f"{key!r} can not name a cache entry: use letters, digits, . - _")
    return key
