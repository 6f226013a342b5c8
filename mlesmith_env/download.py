"""Downloads: resumed where they broke off, bounded in tries, checked before they count."""

from __future__ import annotations

import hashlib
import http.client
import re
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Protocol

from mlesmith_env import cache, hosts
from mlesmith_env.errors import ChecksumError, DataUnavailableError

TRIES = 4
"""How often a download is begun or taken up again before it is given up."""

LARGEST = 16 * 1024**3
"""Bytes of a file whose size nobody has told."""

LARGEST_ANSWER = 64 * 1024**2
"""Bytes of the answer of an API."""

_PAUSE_S = 0.5
_SILENCE_S = 30.0
_BLOCK = 2**18
_RETRIED = frozenset((408, 425, 429, 500, 502, 503, 504))
_RANGE = re.compile(r"bytes ([0-9]+)-[0-9]+/(?:[0-9]+|\*)")


class _Progress(Protocol):
    def __call__(self, done: int, total: int | None) -> None: ...


def fetch(url: str, *, sha256: str = "", size: int | None = None) -> Path:
    """Return a downloaded file in the cache; a file that is there already is not fetched again.

    Args:
        url: An `http` or `https` address.
        sha256: What the bytes must be; where empty any bytes will do.
        size: How many bytes there must be, where that is known.

    Raises:
        DataUnavailableError: The address is not one, or gives nothing after all tries.
        ChecksumError: The bytes are not the ones that were asked for.
    """
    if not url.startswith(("http://", "https://")):
        raise DataUnavailableError(f"{url!r} is not an http or https address")
    folder = cache.downloads()
    if sha256 and (folder / sha256).is_file():
        return folder / sha256
    name = sha256 or f"url-{hashlib.sha256(url.encode()).hexdigest()}"
    with cache.locked(f"download-{name}"):
        if sha256 and (folder / sha256).is_file():
            return folder / sha256
        part = folder / f"{name}.part"
        if not sha256:
            # Nothing could tell whether an older beginning belongs to the same file.
            part.unlink(missing_ok=True)
        resumed = part.exists() and part.stat().st_size > 0
        digest = _complete(url, part, size)
        if sha256 and digest != sha256 and resumed:
            # The beginning may be of an older file at this address: once more from the start.
            part.unlink()
            digest = _complete(url, part, size)
        if sha256 and digest != sha256:
            part.unlink()
            raise ChecksumError(
                f"{url} gave bytes with SHA-256 {digest}, not {sha256}: the file at that address "
                "has changed; find the pinned revision"
            )
        return part.replace(folder / digest)


def ask(url: str, *, most: int = LARGEST_ANSWER) -> bytes:
    """Return what an address answers, for instance that of an API; nothing is kept.

    Args:
        url: An `http` or `https` address.
        most: Bytes that the answer may have.

    Raises:
        DataUnavailableError: The address gives nothing after all tries, or too much.
    """
    for attempt in range(TRIES):
        try:
            with _open(url) as response:
                content = response.read(most + 1)
        except urllib.error.HTTPError as error:
            if error.code not in _RETRIED or attempt == TRIES - 1:
                raise _refused(url, error) from error
        except (OSError, http.client.HTTPException) as error:
            if attempt == TRIES - 1:
                problem = str(error) or type(error).__name__
                raise DataUnavailableError(
                    f"{url} is not to be had after {TRIES} tries: {problem}"
                ) from error
        else:
            if len(content) > most:
                raise DataUnavailableError(f"{url} answers with more than {most} bytes")
            return content
        time.sleep(_PAUSE_S * 2**attempt)
    raise AssertionError("the last try returns or raises")


def _open(url: str, have: int = 0) -> Any:
    """Open an address, with the key of its host where there is one, from a byte on."""
    if not url.startswith(("http://", "https://")):
        raise DataUnavailableError(f"{url!r} is not an http or https address")
    way = hosts.route(url)
    request = urllib.request.Request(way.url, headers={"User-Agent": "mlesmith-env"})  # noqa: S310
    if way.authorization:
        # Hosts redirect to storage elsewhere, where nobody may see the key.
        request.add_unredirected_header("Authorization", way.authorization)
    if have:
        request.add_header("Range", f"bytes={have}-")
    return urllib.request.urlopen(request, timeout=_SILENCE_S)  # noqa: S310


def _refused(url: str, error: urllib.error.HTTPError) -> DataUnavailableError:
    hint = hosts.route(url).hint if error.code in (401, 403) else ""
    return DataUnavailableError(
        f"{url} is not to be had: the server says {error.code} {error.reason}"
        + (f"; {hint}" if hint else "")
    )


def _complete(url: str, part: Path, size: int | None) -> str:
    """Bring a partial file to its end and return its SHA-256."""
    with _bar(url) as progress:
        for attempt in range(TRIES):
            try:
                _take_up(url, part, size, progress)
            except urllib.error.HTTPError as error:
                problem = f"the server says {error.code} {error.reason}"
                if error.code not in _RETRIED:
                    raise _refused(url, error) from error
            except (OSError, http.client.HTTPException) as error:
                problem = str(error) or type(error).__name__
            else:
                break
            if attempt == TRIES - 1:
                raise DataUnavailableError(
                    f"{url} is not to be had after {TRIES} tries: {problem}; what came so far is "
                    "kept, and the next try goes on from there"
                )
            time.sleep(_PAUSE_S * 2**attempt)
    with part.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _take_up(url: str, part: Path, size: int | None, progress: _Progress) -> None:
    """Fetch what is missing of a file; raises OSError where the connection ends early."""
    have = part.stat().st_size if part.exists() else 0
    if size is not None and have == size:
        return
    if size is not None and have > size:
        part.unlink()
        have = 0
    try:
        response = _open(url, have)
    except urllib.error.HTTPError as error:
        if error.code != 416:
            raise
        # The server has nothing after what we have: another file, or one that was complete.
        part.unlink(missing_ok=True)
        raise ConnectionError("the partial file does not fit; begun anew") from error
    with response:
        if have and not _continues(response, have):
            have = 0
        total = _total(response, have)
        if size is not None and total is not None and total != size:
            raise ChecksumError(
                f"{url} has {total} bytes, not {size}: the file at that address has changed; "
                "find the pinned revision"
            )
        with part.open("ab" if have else "wb") as stream:
            done = _copy(response, stream, have, min(size or LARGEST, LARGEST), total, progress)
    if total is not None and done < total:
        raise ConnectionError(f"the connection ended after {done} of {total} bytes")
    if size is not None and done != size:
        raise ConnectionError(f"{done} bytes came instead of {size}")


def _copy(
    response: Any, stream: IO[bytes], done: int, most: int, total: int | None, progress: _Progress
) -> int:
    progress(done, total)
    while block := response.read(_BLOCK):
        done += len(block)
        if done > most:
            raise ChecksumError(f"more than {most} bytes came; the file is not the one asked for")
        stream.write(block)
        progress(done, total)
    return done


def _continues(response: Any, have: int) -> bool:
    match = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    return response.status == 206 and match is not None and int(match[1]) == have


def _total(response: Any, have: int) -> int | None:
    length = response.headers.get("Content-Length", "")
    return have + int(length) if length.isdigit() else None


@contextmanager
def _bar(url: str) -> Generator[_Progress, None, None]:
    """Show a progress bar where somebody looks at a terminal."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
    with Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True)) as bar:
        task = bar.add_task(url.rsplit("/", 1)[-1][:40] or url[:40], total=None)

        def show(done: int, total: int | None) -> None:
            bar.update(task, completed=done, total=total)

        yield show
