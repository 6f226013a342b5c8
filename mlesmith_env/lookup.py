"""Where the pinned bytes of a dataset are found.

In this order: bundled with a dependency or made anew, in a local folder, in the trees of
`MLESMITH_DATA_MIRROR`, in the cache of downloads, at the URL. Wherever they are found, they count
only with the right SHA-256.
"""

from __future__ import annotations

import hashlib
import os
import threading
import time
from collections.abc import Generator
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from mlesmith_env import bundled, cache, settings, synthetic
from mlesmith_env import download as downloading
from mlesmith_env.errors import ChecksumError, DataUnavailableError

if TYPE_CHECKING:
    from mlesmith_env.sources import SourceFile, SourceRecord


def locate(record: SourceRecord, file: SourceFile, nearby: Path | None) -> Path:
    """Return where the bytes of a file are, made or downloaded where they are nowhere yet.

    Args:
        record: Which dataset.
        file: Which file of it.
        nearby: A folder to look in first, whatever the record says.

    Raises:
        DataUnavailableError: They were found nowhere.
        ChecksumError: A file is where it should be, but its bytes are others.
    """
    wrong: Path | None = None
    if nearby is not None and _size(nearby / file.path) == file.bytes:
        if sha256_of(nearby / file.path) == file.sha256:
            return (nearby / file.path).absolute()
        wrong = nearby / file.path
    if record.uri.startswith(bundled.SCHEME):
        return _materialise(record.uri.removeprefix(bundled.SCHEME), file)
    if record.uri.startswith(synthetic.SCHEME):
        return _made(record.uri.removeprefix(synthetic.SCHEME), file)
    for fresh in (False, True):
        if fresh:
            # Something may have been put into a mirror since it was last looked through.
            _forget_trees()
        for path in candidates(record, file):
            if sha256_of(path) == file.sha256:
                return path
            if wrong is None and path.as_posix().endswith(f"/{file.path}"):
                wrong = path
    if file.url:
        return downloading.fetch(file.url, sha256=file.sha256, size=file.bytes)
    if wrong is not None:
        raise ChecksumError(
            f"{wrong} has the right size, but not the SHA-256 {file.sha256} that "
            f"{record.dataset!r} pins; get the pinned revision"
        )
    raise DataUnavailableError(
        f"{file.path!r} of {record.dataset!r} ({file.bytes} bytes, SHA-256 {file.sha256}) was not "
        f"found, and the record has no URL; "
        + (f"get it from {record.uri}, " if record.uri else "")
        + "put it anywhere in a tree that MLESMITH_DATA_MIRROR names"
    )


def _materialise(name: str, file: SourceFile) -> Path:
    def make(into: Path) -> None:
        content = bundled.render(name)
        digest = hashlib.sha256(content).hexdigest()
        if digest != file.sha256:
            raise ChecksumError(
                f"{bundled.SCHEME}{name} gives bytes with SHA-256 {digest}, the record pins "
                f"{file.sha256}: this version of scikit-learn carries other data"
            )
        (into / "data.csv").write_bytes(content)

    bundled.describe(name)
    return cache.build(f"bundled-{name}-{file.sha256[:20]}", make) / "data.csv"


def _made(name: str, file: SourceFile) -> Path:
    def make(into: Path) -> None:
        for path, content in synthetic.make(name).files.items():
            target = into / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)

    path = cache.build(f"{synthetic.slug_of(name)}-v{synthetic.VERSION}", make) / file.path
    if _size(path) != file.bytes or sha256_of(path) != file.sha256:
        raise ChecksumError(
            f"{synthetic.SCHEME}{name} gives other bytes for {file.path} than the record pins: it "
            "was made by another version of mlesmith-env"
        )
    return path


def candidates(
    record: SourceRecord, file: SourceFile, *, named_only: bool = False
) -> Generator[Path, None, None]:
    """Yield files at hand that may hold the bytes: those of the right size."""
    local = _local_folder(record)
    if local is not None and _size(local / file.path) == file.bytes:
        yield local / file.path
    downloaded = settings.cache_root() / "downloads" / file.sha256
    if _size(downloaded) == file.bytes:
        yield downloaded
    name = PurePosixPath(file.path).name
    alike = [path for tree in settings.data_mirrors() for path in _tree(tree).get(file.bytes, ())]
    # Those that end like the path come first: the bytes are most likely there.
    alike.sort(key=lambda path: (not str(path).endswith(f"/{file.path}"), path.name != name))
    for path in alike:
        if not named_only or path.name == name or sha256_of(path) == file.sha256:
            yield path


def _local_folder(record: SourceRecord) -> Path | None:
    for address in (record.folder, record.uri):
        if address.startswith("file://"):
            return Path(unquote(urlsplit(address).path))
    return None


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


_trees: dict[Path, tuple[float, dict[int, list[Path]]]] = {}
_trees_lock = threading.Lock()
_TREE_S = 30.0


def _tree(root: Path) -> dict[int, list[Path]]:
    """Return the files of a tree by size; remembered for a while, as large trees take long."""
    with _trees_lock:
        known = _trees.get(root)
        if known is not None and time.monotonic() - known[0] < _TREE_S:
            return known[1]
        sizes: dict[int, list[Path]] = {}
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                path = Path(folder) / name
                size = _size(path)
                if size is not None:
                    sizes.setdefault(size, []).append(path)
        _trees[root] = (time.monotonic(), sizes)
        return sizes


def _forget_trees() -> None:
    with _trees_lock:
        _trees.clear()


_digests: dict[tuple[str, int, int, int], str] = {}


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file; remembered as long as the file does not change."""
    status = path.stat()
    key = (str(path), status.st_size, status.st_mtime_ns, status.st_ino)
    if key not in _digests:
        with path.open("rb") as stream:
            _digests[key] = hashlib.file_digest(stream, "sha256").hexdigest()
    return _digests[key]
