"""Opening what the command line calls a SOURCE: a folder, a file, or an address by its scheme."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from mlesmith_env import settings, sources, synthetic
from mlesmith_env.archives import is_archive, lay_out
from mlesmith_env.errors import GenerationError
from mlesmith_env.licences import spdx
from mlesmith_env.recipes.folders import lent
from mlesmith_env.synthetic import Wish
from mlesmith_generator.hubs import hub_of
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
        archives: Where the archives lie that stand in the folder unpacked, by path in it.
    """

    name: str
    slug: str
    folder: Path
    origin: Origin
    pinned: sources.SourceRecord | None = None
    address: str = ""
    wish: Wish | None = None
    archives: Mapping[str, Path] = field(default_factory=dict[str, Path])

    def record(self, files: Iterable[str]) -> sources.SourceRecord:
        """Return the source record that pins these files, by size and SHA-256."""
        if self.pinned is not None:
            return self.pinned
        return sources.SourceRecord(
            dataset=self.slug,
            title=self.origin.title or self.name,
            uri=self.origin.uri,
            revision=self.origin.revision,
            licence=spdx(self.origin.licence) or self.origin.licence,
            folder=self.address,
            files=tuple(
                sources.pinned(
                    self.archives.get(path, self.folder / path), path, url=self.origin.url_of(path)
                )
                for path in sorted({self._published(file) for file in files})
            ),
        )

    def _published(self, file: str) -> str:
        """Return the archive in which a file lies, or the file."""
        return next((path for path in self.archives if file.startswith(f"{path}/")), file)


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
    if (hub := hub_of(source)) is not None:
        return hub.name(source)
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
    if (hub := hub_of(source)) is not None:
        record = hub.record(source, slug)
        with sources.raw_files(record) as folder:
            called = record.title if name.startswith("openml-") else name
            yield Dataset(called, slug, folder, Origin(uri=record.uri), record)
        return
    path = Path(source).expanduser().absolute()
    if not path.exists():
        raise GenerationError(
            f"{source}: there is no such file or folder; a SOURCE is a path, sklearn:<name>, "
            "synthetic:<form>:<seed>, hf:<owner>/<name>, openml:<id>, kaggle:<owner>/<name> or "
            "url:<address>"
        )
    origin, address = read_origin(path if path.is_dir() else path.parent), _address(path)
    root = path if path.is_dir() else path.parent
    files = list(_files(path)) if path.is_dir() else [path]
    archives = {file.relative_to(root).as_posix(): file for file in files if is_archive(file)}
    if path.is_dir() and not archives:
        yield Dataset(name, slug, path, origin, address=address)
        return
    with tempfile.TemporaryDirectory(prefix="mlesmith-source-") as temporary:
        folder = Path(temporary)
        for file in files:
            at = file.relative_to(root)
            (folder / at).parent.mkdir(parents=True, exist_ok=True)
            if at.as_posix() in archives:
                lay_out(file, sources.pinned(file, file.name).sha256, folder / at)
            else:
                (folder / at).symlink_to(file)
        with lent(folder):
            inner = _inner_origin(folder, archives) if origin == Origin() else origin
            yield Dataset(name, slug, folder, inner, address=address, archives=archives)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder, sorted, without hidden ones and links that lead out of it."""
    inside = folder.resolve()
    for at, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            file = Path(at) / name
            plain = not name.startswith(".") and file.is_file()
            if plain and file.resolve().is_relative_to(inside):
                yield file


def _inner_origin(folder: Path, archives: Iterable[str]) -> Origin:
    """Return what the first archive that says something about the source says."""
    for archive in sorted(archives):
        entries = sorted((folder / archive).iterdir())
        alone = len(entries) == 1 and entries[0].is_dir()
        for place in (folder / archive, *(entries if alone else ())):
            if (origin := read_origin(place)) != Origin():
                return origin
    return Origin()


def _address(path: Path) -> str:
    """Return where the files lie, unless a mirror leads to them anyway."""
    if any(path.is_relative_to(tree) for tree in settings.data_mirrors()):
        return ""
    return (path if path.is_dir() else path.parent).as_uri()


def _without_ending(name: str) -> str:
    return re.sub(r"(\.[A-Za-z0-9]{1,8}){1,2}$", "", name) or name
