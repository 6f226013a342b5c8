"""Opening what the command line calls a SOURCE: a folder, a file, or an address by its scheme."""

from __future__ import annotations

import hashlib
import re
import tempfile
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env import settings, sources, synthetic
from mlesmith_env.errors import GenerationError
from mlesmith_env.synthetic import Wish
from mlesmith_generator.origin import Origin, read_origin


@dataclass(frozen=True)
class Dataset:
    """Raw files at hand.

    Attributes:
        name: As the source calls it.
        slug: As the registry calls it.
        folder: Where the files are.
        origin: Source and licence.
        pinned: The finished record, where the source has one of its own.
        address: `file://` address of the folder, where nothing else leads to the bytes.
        wish: What a synthetic dataset was made for.
    """

    name: str
    slug: str
    folder: Path
    origin: Origin
    pinned: sources.SourceRecord | None = None
    address: str = ""
    wish: Wish | None = None

    def record(self, files: Iterable[str]) -> sources.SourceRecord:
        """Return the source record that pins these files, by size and SHA-256."""
        if self.pinned is not None:
            return self.pinned
        return sources.SourceRecord(
            dataset=self.slug,
            title=self.origin.title or self.name,
            uri=self.origin.uri,
            revision=self.origin.revision,
            licence=self.origin.licence,
            folder=self.address,
            files=tuple(self._file(path) for path in sorted(set(files))),
        )

    def _file(self, path: str) -> sources.SourceFile:
        full = self.folder / path
        with full.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        return sources.SourceFile(
            path=path,
            bytes=full.stat().st_size,
            sha256=digest,
            url=self.origin.url_of(path),
        )


def slug_of_dataset(source: str) -> str:
    """Return the slug under which a source enters the registry, from its name alone."""
    if source.startswith(synthetic.SCHEME):
        return synthetic.slug_of(source)
    text = re.sub(r"[^a-z0-9]+", "-", name_of(source).lower()).strip("-")
    return text[:80].strip("-") or "dataset"


def name_of(source: str) -> str:
    """Return the name of a source: of its folder, of its file without ending, after the scheme."""
    if source.startswith("sklearn:"):
        return source.removeprefix("sklearn:")
    if source.startswith(synthetic.SCHEME):
        return synthetic.parse(source).name
    if source.startswith("url:"):
        source = source.split("?")[0].split("#")[0]
        return _without_ending(source.rstrip("/").rsplit("/", 1)[-1])
    path = Path(source).absolute()
    return path.name if path.is_dir() else _without_ending(path.name)


@contextmanager
def open_dataset(source: str) -> Generator[Dataset, None, None]:
    """Yield a source's raw files; temporary ones go when the context ends.

    Raises:
        GenerationError: The source does not exist or is of no known kind.
        DataUnavailableError: A download failed.
    """
    slug, name = slug_of_dataset(source), name_of(source)
    if source.startswith("sklearn:"):
        record = sources.bundled_record(name)
        with sources.raw_files(record) as folder:
            yield Dataset(name, record.dataset, folder, Origin(uri=record.uri), record)
        return
    if source.startswith(synthetic.SCHEME):
        record = sources.synthetic_record(name)
        wish = synthetic.make(name).wish
        with sources.raw_files(record) as folder:
            origin = Origin(uri=record.uri, title=record.title)
            yield Dataset(wish.title, record.dataset, folder, origin, record, wish=wish)
        return
    if source.startswith("url:"):
        url = source.removeprefix("url:")
        record = sources.download(url, dataset=slug)
        with sources.raw_files(record) as folder:
            yield Dataset(name, slug, folder, Origin(uri=url), record)
        return
    path = Path(source).expanduser().absolute()
    if not path.exists():
        raise GenerationError(
            f"{source}: there is no such file or folder; a SOURCE is a path, sklearn:<name>, "
            "synthetic:<form>:<seed> or url:<address>"
        )
    origin, address = read_origin(path if path.is_dir() else path.parent), _address(path)
    if path.is_dir():
        yield Dataset(name, slug, path, origin, address=address)
        return
    with tempfile.TemporaryDirectory(prefix="mlesmith-source-") as temporary:
        folder = Path(temporary)
        (folder / path.name).symlink_to(path)
        yield Dataset(name, slug, folder, origin, address=address)


def _address(path: Path) -> str:
    """Return where the files lie, unless a mirror leads to them anyway."""
    if any(path.is_relative_to(tree) for tree in settings.data_mirrors()):
        return ""
    return (path if path.is_dir() else path.parent).as_uri()


def _without_ending(name: str) -> str:
    return re.sub(r"(\.[A-Za-z0-9]{1,8}){1,2}$", "", name) or name
