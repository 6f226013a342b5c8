"""Source records: where a dataset came from, which bytes it is, and finding them again.

Bytes are known by size and SHA-256, wherever they lie: in data bundled with a dependency, at a
local path, in any tree of `MLESMITH_DATA_MIRROR` under any name, or at a URL.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlparse

import yaml
from pydantic import Field, ValidationError, field_validator

from mlesmith_env import bundled, fetching, settings
from mlesmith_env.errors import ChecksumError, DataUnavailableError, ManifestError
from mlesmith_env.manifest import Record, Sha256, Slug, canonical
from mlesmith_env.package import write_atomically


class SourceFile(Record):
    """One raw file."""

    path: str
    """Path inside the dataset, with forward slashes."""
    bytes: int = Field(ge=0)
    sha256: Sha256
    url: str = ""
    """Address of exactly this file, where it has one."""

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        pure = PurePosixPath(path)
        if not path or pure.is_absolute() or ".." in pure.parts or "\\" in path or "\0" in path:
            raise ValueError(f"path {path!r} does not stay inside the dataset; use a relative one")
        return path

    @field_validator("url")
    @classmethod
    def _fetchable(cls, url: str) -> str:
        if url and urlparse(url).scheme not in ("http", "https"):
            raise ValueError(f"url {url!r} is neither http nor https")
        return url


class SourceRecord(Record):
    """A dataset: its origin and every file of it."""

    schema_version: Literal[1] = 1
    dataset: Slug
    title: str = ""
    uri: str = ""
    """`sklearn:<name>`, the address of a repository or page, or `file:` for a local folder."""
    revision: str = ""
    licence: str = ""
    files: tuple[SourceFile, ...] = Field(min_length=1)

    @property
    def sha256(self) -> str:
        """Digest over path, size and SHA-256 of every file."""
        listing = sorted((file.path, file.bytes, file.sha256) for file in self.files)
        return hashlib.sha256(canonical(listing)).hexdigest()


def load_source(path: Path) -> SourceRecord:
    """Read a record from `sources/<dataset>.yaml`; raises ManifestError."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        return SourceRecord.model_validate(data)
    except FileNotFoundError as error:
        raise ManifestError(f"{path} is missing: every dataset needs its source record") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise ManifestError(f"{path} is not a source record: {error}") from error


def dump_source(record: SourceRecord, path: Path) -> None:
    """Write a record, atomically."""
    data = record.model_dump(mode="json")
    write_atomically(path, yaml.safe_dump(data, sort_keys=False, allow_unicode=True))


@contextmanager
def raw_files(record: SourceRecord) -> Generator[Path, None, None]:
    """Yield a folder in which every file of a record stands under its path.

    The files are links to where the bytes were found; their SHA-256 was checked.

    Raises:
        DataUnavailableError: A file was found nowhere.
        ChecksumError: Only other bytes were found in its place.
    """
    with tempfile.TemporaryDirectory(prefix="mlesmith-raw-") as temporary:
        folder = Path(temporary)
        for file in record.files:
            place = folder / file.path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(_find(record, file))
        yield folder


def available(record: SourceRecord) -> bool:
    """Tell whether all bytes seem to be at hand, by size, without network and without hashing."""
    if bundled.is_bundled(record.uri):
        return bundled.is_known(record.uri)
    return all(next(_candidates(record, file), None) is not None for file in record.files)


def closed_paths() -> tuple[Path, ...]:
    """Return folders inside libraries that hold data of which tasks are made."""
    return bundled.folders()


def bundled_record(name: str) -> SourceRecord:
    """Return the record of a dataset that ships with scikit-learn.

    Raises:
        DataUnavailableError: scikit-learn has no such dataset.
    """
    text = bundled.render(f"sklearn:{name}")
    return SourceRecord(
        dataset=f"sklearn-{name}".replace("_", "-"),
        title=name.replace("_", " "),
        uri=f"sklearn:{name}",
        licence="as distributed with scikit-learn (BSD-3-Clause)",
        files=(
            SourceFile(
                path=f"{name}.csv", bytes=len(text), sha256=hashlib.sha256(text).hexdigest()
            ),
        ),
    )


def download(url: str, *, dataset: str) -> SourceRecord:
    """Download a file that nobody has pinned yet, and return the record that pins it.

    Raises:
        DataUnavailableError: The address gave no file.
    """
    _, size, digest = fetching.fetch_new(url)
    name = unquote(PurePosixPath(urlparse(url).path).name) or "data"
    file = SourceFile(path=name, bytes=size, sha256=digest, url=url)
    return SourceRecord(dataset=dataset, title=name, uri=url, files=(file,))


def _find(record: SourceRecord, file: SourceFile) -> Path:
    if bundled.is_bundled(record.uri):
        kept = fetching.kept_path(file.sha256)
        if kept.is_file():
            return kept
        content = bundled.render(record.uri)
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise ChecksumError(
                f"{record.uri} of the installed scikit-learn differs from the pinned bytes of "
                f"{record.dataset}; make its tasks again with `mlesmith generate {record.uri}`"
            )
        return fetching.keep_bytes(content, file.sha256)
    wrong: list[Path] = []
    for path in _candidates(record, file):
        with path.open("rb") as stream:
            if hashlib.file_digest(stream, "sha256").hexdigest() == file.sha256:
                return path
        wrong.append(path)
    if file.url:
        return fetching.fetch_pinned(file.url, file.bytes, file.sha256)
    if wrong:
        raise ChecksumError(
            f"{wrong[0]} has the size of {record.dataset}/{file.path}, but other bytes than the "
            "record pins; restore the original file"
        )
    raise DataUnavailableError(
        f"{record.dataset}/{file.path} ({file.bytes:,} bytes) is not at hand; set "
        f"MLESMITH_DATA_MIRROR to a folder that holds it (source: {record.uri or 'not recorded'} "
        f"{record.revision})"
    )


def _candidates(record: SourceRecord, file: SourceFile) -> Iterator[Path]:
    """Yield files of the right size: kept downloads, the local path, the mirrors."""
    kept = fetching.kept_path(file.sha256)
    if kept.is_file():
        yield kept
    if record.uri.startswith("file:"):
        local = Path(unquote(urlparse(record.uri).path)) / file.path
        if local.is_file() and local.stat().st_size == file.bytes:
            yield local
    for tree in settings.data_mirrors():
        yield from _sizes(tree).get(file.bytes, ())


_trees: dict[Path, dict[int, list[Path]]] = {}


def _sizes(tree: Path) -> dict[int, list[Path]]:
    """Return the files of a tree by size; listed once in a process."""
    if tree not in _trees:
        sizes: dict[int, list[Path]] = {}
        for path in sorted(tree.rglob("*")) if tree.is_dir() else []:
            if path.is_file():
                sizes.setdefault(path.stat().st_size, []).append(path)
        _trees[tree] = sizes
    return _trees[tree]
