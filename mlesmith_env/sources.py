"""Where the raw bytes of a dataset come from, and how they are found again.

A source record pins every file by size and SHA-256; `lookup` finds the bytes.
"""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import yaml
from pydantic import (
    Field,
    SerializerFunctionWrapHandler,
    ValidationError,
    field_validator,
    model_serializer,
)

from mlesmith_env import bundled, synthetic
from mlesmith_env import download as downloading
from mlesmith_env.archives import is_archive, lay_out
from mlesmith_env.documents import parse_yaml, read_document
from mlesmith_env.errors import DataUnavailableError, ManifestError
from mlesmith_env.lookup import candidates, locate, sha256_of
from mlesmith_env.manifest import Record, Sha256, Slug, canonical
from mlesmith_env.recipes.folders import lent

_LARGEST_RECORD = 32 * 1024**2


class SourceFile(Record):
    """One raw file, pinned."""

    path: str = Field(min_length=1, max_length=1000)
    """Path inside the dataset, relative, with forward slashes."""
    bytes: int = Field(ge=0)
    """Size."""
    sha256: Sha256
    url: str = ""
    """Address of the file; empty where there is none."""
    unpacked: bool = False
    """Whether it is an archive that stands as a folder of its own name, with its files in it."""

    @model_serializer(mode="wrap")
    def _less_what_is_usual(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        data = handler(self)
        return data if self.unpacked else {k: v for k, v in data.items() if k != "unpacked"}

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        parts = path.split("/")
        if path.startswith("/") or any(part in ("", ".", "..") for part in parts):
            raise ValueError(f"path {path!r} must be relative and stay inside the dataset")
        if "\\" in path or any(ord(character) < 32 for character in path):
            raise ValueError(f"path {path!r} must have no backslash and no control character")
        return path

    @field_validator("url")
    @classmethod
    def _on_the_web(cls, url: str) -> str:
        if url and not url.startswith(("http://", "https://")):
            raise ValueError(f"url {url!r} must begin with http:// or https://")
        return url


class SourceRecord(Record):
    """`registry/sources/<dataset>.yaml`: one dataset, and exactly which bytes it is."""

    schema_version: Literal[1] = 1
    dataset: Slug
    title: str = ""
    uri: str = ""
    """`sklearn:<name>`, a folder as `file://…`, or where the dataset is published."""
    revision: str = ""
    """Commit or version, as published."""
    licence: str = ""
    folder: str = ""
    """A folder on the maker's machine as `file://…`, where neither mirror nor network leads to the
    bytes; empty otherwise."""
    cluster: Slug | Literal[""] = ""
    """Another dataset that stands for all of a registry that hold the same data as this one, by
    which their split goes; empty where there is none, or where this one stands for them."""
    files: tuple[SourceFile, ...] = Field(min_length=1)

    @property
    def representative(self) -> str:
        """The dataset by whose name the split goes: that of the cluster, or this one."""
        return self.cluster or self.dataset

    @field_validator("files")
    @classmethod
    def _apart(cls, files: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
        paths = {file.path for file in files}
        if len(paths) != len(files):
            raise ValueError("two files have the same path")
        folders = {str(parent) for path in paths for parent in PurePosixPath(path).parents}
        if both := sorted(paths & folders):
            raise ValueError(f"{both[0]!r} is both a file and a folder")
        return files

    @cached_property
    def sha256(self) -> str:
        """Digest over path, size and SHA-256 of every file."""
        rows = sorted([file.path, file.bytes, file.sha256] for file in self.files)
        return hashlib.sha256(canonical(rows)).hexdigest()


def load_source(path: Path) -> SourceRecord:
    """Read a source record.

    Raises:
        ManifestError: The file is missing or does not follow the schema.
    """
    try:
        data = parse_yaml(read_document(path, _LARGEST_RECORD), path)
        return SourceRecord.model_validate(data)
    except OSError as error:
        raise ManifestError(f"the source record {path} can not be read: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the record"
        raise ManifestError(f"{path}: {where}: {first['msg']}") from error


def dump_source(record: SourceRecord, path: Path) -> None:
    """Write a source record atomically."""
    from mlesmith_env.package import write_atomically

    data = record.model_dump(mode="json")
    write_atomically(path, yaml.safe_dump(data, sort_keys=False, allow_unicode=True, width=10**6))


def record_folder(
    folder: Path,
    dataset: str,
    *,
    files: Iterable[str] | None = None,
    title: str = "",
    uri: str = "",
    revision: str = "",
    licence: str = "",
) -> SourceRecord:
    """Return the record of a folder's files: all of them but hidden ones, or those named.

    Raises:
        DataUnavailableError: There is no file.
    """
    if files is None:
        found = (path for path in folder.rglob("*") if path.is_file())
        relative = (path.relative_to(folder).as_posix() for path in found)
        files = (p for p in relative if not any(part.startswith(".") for part in p.split("/")))
    pinned = tuple(
        SourceFile(path=p, bytes=(folder / p).stat().st_size, sha256=sha256_of(folder / p))
        for p in sorted(set(files))
    )
    if not pinned:
        raise DataUnavailableError(f"{folder} holds no files")
    return SourceRecord(
        dataset=dataset, title=title, uri=uri, revision=revision, licence=licence, files=pinned
    )


def bundled_record(name: str) -> SourceRecord:
    """Return the record of a dataset that ships with a dependency, for instance `iris`.

    Raises:
        DataUnavailableError: There is none of that name.
    """
    spec = bundled.describe(name)
    content = bundled.render(name)
    file = SourceFile(
        path=f"{name}.csv", bytes=len(content), sha256=hashlib.sha256(content).hexdigest()
    )
    return SourceRecord(
        dataset=name.replace("_", "-"),
        title=spec.title,
        uri=f"{bundled.SCHEME}{name}",
        licence=spec.licence,
        files=(file,),
    )


def synthetic_record(name: str) -> SourceRecord:
    """Return the record of a synthetic dataset, with its bytes pinned.

    Args:
        name: What follows `synthetic:`, such as `table-number:7:0.30`.

    Raises:
        DataUnavailableError: There is no such dataset.
    """
    spec = synthetic.parse(name)
    world = synthetic.make(spec.name)
    return SourceRecord(
        dataset=synthetic.slug_of(spec.name),
        title=world.wish.title,
        uri=f"{synthetic.SCHEME}{spec.name}",
        revision=str(synthetic.VERSION),
        licence="CC0-1.0",
        files=tuple(
            SourceFile(
                path=path,
                bytes=len(content),
                sha256=hashlib.sha256(content).hexdigest(),
                unpacked=path.endswith(".zip"),
            )
            for path, content in sorted(world.files.items())
        ),
    )


def download(url: str, *, dataset: str, title: str = "", licence: str = "") -> SourceRecord:
    """Download one file and return the record that pins it.

    Raises:
        DataUnavailableError: The address gives nothing.
    """
    path = downloading.fetch(url)
    name = unquote(PurePosixPath(urlsplit(url).path).name)
    name = re.sub(r"[^\w.()+ -]", "_", name).strip(" .") or "data"
    file = pinned(path, name, url=url)
    return SourceRecord(dataset=dataset, title=title, uri=url, licence=licence, files=(file,))


def pinned(file: Path, path: str, *, url: str = "") -> SourceFile:
    """Return what pins a file; an archive is pinned as one that stands unpacked.

    Args:
        file: Where its bytes are.
        path: What it is called inside the dataset.
        url: Its address, where it has one.
    """
    return SourceFile(
        path=path,
        bytes=file.stat().st_size,
        sha256=sha256_of(file),
        url=url,
        unpacked=is_archive(file, path),
    )


@contextmanager
def raw_files(record: SourceRecord, *, nearby: Path | None = None) -> Generator[Path, None, None]:
    """Give a folder that holds every file of a record under its path, as links to checked bytes.

    The folder goes when the context ends; the bytes stay where they are.

    Args:
        record: What is needed.
        nearby: A folder to look in first, whatever the record says.

    Raises:
        DataUnavailableError: A file was found nowhere.
        ChecksumError: A file is where it should be, but its bytes are others.
        UnsafeArchiveError: A file that is to be unpacked can not be trusted.
    """
    located = {file.path: locate(record, file, nearby) for file in record.files}
    packed = {file.path: file.sha256 for file in record.files if file.unpacked}
    with tempfile.TemporaryDirectory(prefix="mlesmith-raw-") as name:
        folder = Path(name)
        for path, found in located.items():
            link = folder / path
            link.parent.mkdir(parents=True, exist_ok=True)
            if path in packed:
                lay_out(found, packed[path], link)
            else:
                link.symlink_to(found)
        with lent(folder):
            yield folder


def available(record: SourceRecord) -> bool:
    """Tell whether every file is at hand without network; sizes are compared, not digests."""
    if record.uri.startswith(bundled.SCHEME):
        return record.uri.removeprefix(bundled.SCHEME) in bundled.DATASETS and bool(
            bundled.folders()
        )
    if record.uri.startswith(synthetic.SCHEME):
        return record.revision == str(synthetic.VERSION)
    return all(
        next(candidates(record, file, named_only=True), None) is not None for file in record.files
    )


def closed_paths() -> tuple[Path, ...]:
    """Folders of the installation that no agent may read: bundled data, and hidden rules."""
    return (*bundled.folders(), synthetic.folder())
