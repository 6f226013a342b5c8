"""Raw bytes from the network, kept in the cache under their SHA-256.

A download goes on where it was cut off, is tried a few times, and counts only when size and
SHA-256 are right.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

from mlesmith_env import settings
from mlesmith_env.errors import ChecksumError, DataUnavailableError

ATTEMPTS = 4
TIMEOUT_S = 30.0
_CHUNK = 1024 * 256
LARGEST_BYTES = 16 * 1024**3
"""More than this is not downloaded."""


def kept_path(sha256: str) -> Path:
    """Return where bytes with this SHA-256 are kept, whether they are there or not."""
    return settings.cache_root() / "raw" / sha256[:2] / sha256


def keep_bytes(content: bytes, sha256: str) -> Path:
    """Keep bytes in the cache; returns where they are."""
    final = kept_path(sha256)
    if not final.is_file():
        final.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=final.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(final)
    return final


def fetch_pinned(url: str, size: int, sha256: str) -> Path:
    """Return the kept bytes of a URL, downloaded where they are not there yet.

    Raises:
        DataUnavailableError: The address can not be reached.
        ChecksumError: It gives other bytes than the record pins.
    """
    final = kept_path(sha256)
    with _partial(url) as partial:
        if final.is_file():
            return final
        _download(url, partial, expected=size)
        if partial.stat().st_size != size or _sha256(partial) != sha256:
            partial.unlink()
            raise ChecksumError(
                f"{url} gives other bytes than the record pins ({size:,} bytes, SHA-256 "
                f"{sha256[:12]}…): the source has changed; use a mirror with the original file"
            )
        final.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(final)
    return final


def fetch_new(url: str) -> tuple[Path, int, str]:
    """Download what nobody has pinned yet; returns path, bytes and SHA-256.

    Raises:
        DataUnavailableError: The address can not be reached.
    """
    with _partial(url) as partial:
        partial.unlink(missing_ok=True)
        _download(url, partial, expected=None)
        digest, size = _sha256(partial), partial.stat().st_size
        final = kept_path(digest)
        final.parent.mkdir(parents=True, exist_ok=True)
        partial.replace(final)
    return final, size, digest


def _download(url: str, partial: Path, *, expected: int | None) -> None:
    reason = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(0.2 * 3**attempt)
        try:
            _receive(url, partial, expected)
            return
        except urllib.error.HTTPError as error:
            reason = f"HTTP {error.code} {error.reason}"
            if error.code == 416:
                # What we had was longer than the file is now: start over.
                partial.unlink(missing_ok=True)
            elif error.code < 500 and error.code != 429:
                break
        except (urllib.error.URLError, HTTPException, TimeoutError, ConnectionError) as error:
            reason = str(getattr(error, "reason", "") or error) or type(error).__name__
    raise DataUnavailableError(
        f"{url} can not be downloaded: {reason}; check the address and the network, or set "
        "MLESMITH_DATA_MIRROR to a folder that holds the file"
    )


def _receive(url: str, partial: Path, expected: int | None) -> None:
    have = partial.stat().st_size if partial.is_file() else 0
    if expected is not None and have == expected:
        return
    request = urllib.request.Request(url, headers={"User-Agent": "mlesmith-env"})  # noqa: S310
    if have:
        request.add_header("Range", f"bytes={have}-")
    with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:  # noqa: S310
        resumed = have > 0 and answer.status == 206
        length = answer.headers.get("Content-Length")
        total = int(length) + (have if resumed else 0) if length else expected
        if (total or 0) > LARGEST_BYTES:
            raise DataUnavailableError(
                f"{url} has {total:,} bytes; at most {LARGEST_BYTES:,} are downloaded: put the "
                "file into a folder of MLESMITH_DATA_MIRROR instead"
            )
        with partial.open("ab" if resumed else "wb") as file:
            done = have if resumed else 0
            for chunk in _with_progress(answer, url, done, total):
                file.write(chunk)
                done += len(chunk)
                if done > LARGEST_BYTES:
                    raise DataUnavailableError(f"{url} does not end; it was cut off")
    if total is not None and done < total:
        raise ConnectionError(f"cut off after {done:,} of {total:,} bytes")


def _with_progress(answer: Any, url: str, done: int, total: int | None) -> Iterator[bytes]:
    if not sys.stderr.isatty():
        while chunk := answer.read(_CHUNK):
            yield chunk
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(url.rsplit("/", 1)[-1][:40], total=total, completed=done)
        while chunk := answer.read(_CHUNK):
            progress.advance(bar, len(chunk))
            yield chunk


@contextmanager
def _partial(url: str) -> Generator[Path, None, None]:
    """Hold the one place where a URL's bytes arrive, against other processes."""
    folder = settings.cache_root() / "partial"
    folder.mkdir(parents=True, exist_ok=True)
    partial = folder / hashlib.sha256(url.encode()).hexdigest()
    handle = os.open(f"{partial}.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield partial
    finally:
        os.close(handle)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
