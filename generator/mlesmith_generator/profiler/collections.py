"""Collections: many files of one kind that are no tables, or tables of one case each."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath
from statistics import median
from typing import Literal

from mlesmith_env.digests import file_digest
from mlesmith_env.errors import MissingExtraError
from mlesmith_env.recipes.folders import is_inside, listed
from mlesmith_env.recipes.reader import file_labels
from mlesmith_generator.profiler.media import audio_facts, image_facts
from mlesmith_generator.profiler.paths import folder_parts, name_parts, patterns_of
from mlesmith_generator.profiler.sidecars import Key, field_keys, file_keys, sidecars_of
from mlesmith_generator.records import CollectionProfile, DatasetProfile, Pair, TableProfile
from mlesmith_generator.sniff.files import candidates

FEWEST = 20
"""Files that make a collection."""

Media = Literal["image", "audio", "midi", "document"]

_MEDIA: dict[str, Media] = {
    **dict.fromkeys((".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp"), "image"),
    **dict.fromkeys((".ppm", ".pgm", ".pbm"), "image"),
    **dict.fromkeys((".wav", ".flac", ".ogg", ".mp3", ".aif", ".aiff", ".au"), "audio"),
    **dict.fromkeys((".mid", ".midi"), "midi"),
    **dict.fromkeys((".txt", ".text", ".md", ".html", ".htm", ".eml", ""), "document"),
}
_MOST_FILES = 200_000
_MASKS = re.compile(r"(?i)mask|segment|annot|label|ground|truth|(?:^|[_-])(?:gt|seg)(?:$|[_-])")
_SAME_STEMS = 0.5
_SAME_TREES = 0.8
_CLAIMED = 0.1
"""Share of documents that may look like tables; their text does so by chance."""
_READ_BYTES = 256 * 1024**2
_HEAD_BYTES = 4096


@dataclass(frozen=True)
class Found:
    """The collections of a dataset.

    Attributes:
        collections: What was found.
        documents: Files of documents, which are no tables whatever their text looks like.
        problems: What could not be looked into, and why.
    """

    collections: tuple[CollectionProfile, ...]
    documents: frozenset[str]
    problems: tuple[str, ...]


def find_collections(folder: Path, tables: Sequence[TableProfile]) -> Found:
    """Look for collections among the files of a folder: names and headers, a sample of contents.

    Args:
        folder: The raw files.
        tables: The tables of the dataset, of which some may tell about the files.
    """
    if not folder.is_dir():
        return Found((), frozenset(), ())
    claimed = {file for table in tables for file in table.reader.files}
    groups: list[tuple[Media, list[str]]] = []
    for media, files in _by_media(folder).items():
        loose = [file for file in files if file not in claimed]
        if media == "document" and len(loose) < (1 - _CLAIMED) * len(files):
            continue
        groups.extend((media, part) for part in _parted(media, files) if len(part) >= FEWEST)
    documents = frozenset(file for media, files in groups if media == "document" for file in files)
    others = [table for table in tables if not documents.issuperset(table.reader.files)]
    names = _names([files for _, files in groups])
    found: list[CollectionProfile] = []
    problems: list[str] = []
    for (media, files), name in zip(groups, names, strict=True):
        profile, told = _profile(media, files, name, folder, others)
        found.append(profile)
        problems += told
    paired = [
        profile.model_copy(update={"pairs": _pairs(number, groups, names)})
        for number, profile in enumerate(found)
    ]
    series = [_series(table, folder, others) for table in others if _is_series(table)]
    return Found((*paired, *series), documents, tuple(problems))


def pinned_files(profile: DatasetProfile, folder: Path) -> list[str]:
    """Return the files that a dataset's record pins: of all that its profile tells of."""
    tables = [file for table in profile.tables for file in table.reader.files]
    tables += [file for each in profile.parallels for file in (*each.texts, *each.labels)]
    patterns = [pattern for each in profile.collections for pattern in each.patterns]
    return sorted({*tables, *(listed(folder, patterns) if patterns else ())})


def _by_media(folder: Path) -> dict[Media, list[str]]:
    found: dict[Media, list[str]] = defaultdict(list)
    for path in islice(candidates(folder), _MOST_FILES):
        file = path.relative_to(folder).as_posix()
        media = _MEDIA.get(path.suffix.lower())
        if media is None or not path.stat().st_size or not is_inside(folder, file):
            continue
        if media != "document" or _is_text(path):
            found[media].append(file)
    return dict(found)


def _is_text(path: Path) -> bool:
    with path.open("rb") as stream:
        return b"\0" not in stream.read(_HEAD_BYTES)


def _parted(media: Media, files: list[str]) -> list[list[str]]:
    """Part files that belong together two by two: a picture and its mask, a sound and its text."""
    by_ending: dict[str, list[str]] = defaultdict(list)
    for file in files:
        by_ending[PurePosixPath(file).suffix.lower()].append(file)
    together: list[list[str]] = []
    for _, same in sorted(by_ending.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        stems = {file.rsplit(".", 1)[0] for file in same}
        for part in together:
            shared = stems & {file.rsplit(".", 1)[0] for file in part}
            if media == "document" or len(shared) < _SAME_STEMS * len(stems):
                part += same
                break
        else:
            together.append(same)
    return [sorted(part) for whole in together for part in _trees(media, whole)]


def _trees(media: Media, files: list[str]) -> list[list[str]]:
    """Part pictures in one folder from masks with the same names in a folder beside it."""
    if media != "image":
        return [files]
    level = _mask_level(files)
    if level is None:
        return [files]
    by_folder: dict[bool, list[str]] = defaultdict(list)
    for file in files:
        by_folder[_MASKS.search(file.split("/")[level]) is not None].append(file)
    rest = [{_without(file, level) for file in by_folder[is_mask]} for is_mask in (False, True)]
    shared = rest[0] & rest[1]
    if len(shared) < _SAME_TREES * min(map(len, rest)):
        return [files]
    return [by_folder[False], by_folder[True]]


def _mask_level(files: list[str]) -> int | None:
    """Return the level of folders at which some, and not all, are called like masks."""
    depth = min(file.count("/") for file in files)
    for level in range(depth):
        called = {_MASKS.search(file.split("/")[level]) is not None for file in files}
        if len(called) == 2:
            return level
    return None


def _without(file: str, level: int) -> str:
    """Return a path without the folder of a level, its ending, and words for masks in its name."""
    parts = file.rsplit(".", 1)[0].split("/")
    name = _MASKS.sub("", parts[-1]).strip("_- ")
    return "/".join((*parts[:level], *parts[level + 1 : -1], name))


def _profile(
    media: Media, files: list[str], name: str, folder: Path, tables: Iterable[TableProfile]
) -> tuple[CollectionProfile, list[str]]:
    paths = [folder / file for file in files]
    stems = [PurePosixPath(file).stem for file in files]
    parts = name_parts(stems, "stem")
    problems: list[str] = []
    broken: list[Path] = []
    update: dict[str, object] = {}
    try:
        if media == "image":
            update["image"], broken = image_facts(paths)
        elif media == "audio":
            update["audio"], broken = audio_facts(paths)
        elif media == "document":
            update["encoding"], update["words"] = _text_facts(paths)
    except MissingExtraError as error:
        problems.append(str(error))
    if broken:
        others = f", nor can {len(broken) - 1} more" if len(broken) > 1 else ""
        first = broken[0].relative_to(folder).as_posix()
        problems.append(f"{first}: can not be read as {media}{others}")
    endings = Counter(path.suffix.lower().removeprefix(".") for path in paths)
    profile = CollectionProfile(
        name=name,
        media=media,
        patterns=patterns_of(folder, files),
        files=len(files),
        bytes=sum(path.stat().st_size for path in paths),
        duplicates=_duplicates(paths),
        endings=tuple(sorted(endings.items(), key=lambda pair: (-pair[1], pair[0]))),
        folders=folder_parts(files),
        parts=parts,
        sidecars=sidecars_of(file_keys(files, parts), files, tables, folder),
    )
    return profile.model_copy(update=update), problems


def _text_facts(paths: Sequence[Path]) -> tuple[str, int]:
    """Return an encoding that reads all documents, and the median number of words."""
    encoding, counts, left = "utf-8", list[int](), _READ_BYTES
    for path in paths:
        if left < 0:
            break
        data = path.read_bytes()
        left -= len(data)
        counts.append(len(data.split()))
        try:
            data.decode("utf-8")
        except UnicodeDecodeError:
            encoding = "cp1252"
    if left < 0 and encoding == "utf-8":
        # The rest was not read, and whatever stands there has to be readable.
        encoding = "utf-8" if all(_decodes(path) for path in paths) else "cp1252"
    return encoding, int(median(counts))


def _decodes(path: Path) -> bool:
    try:
        path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _duplicates(paths: Sequence[Path]) -> int:
    """Count files that are equal to an earlier one; only those that begin alike are read whole."""
    alike: dict[tuple[int, bytes], list[Path]] = defaultdict(list)
    for path in paths:
        with path.open("rb") as stream:
            alike[path.stat().st_size, stream.read(_HEAD_BYTES)].append(path)
    groups = (same for same in alike.values() if len(same) > 1)
    return sum(len(same) - len({file_digest(path) for path in same}) for same in groups)


def _pairs(
    number: int, groups: Sequence[tuple[Media, list[str]]], names: Sequence[str]
) -> tuple[Pair, ...]:
    files = groups[number][1]
    found: list[Pair] = []
    for place, ((_, others), name) in enumerate(zip(groups, names, strict=True)):
        if place == number:
            continue
        for key in ("path", "stem"):
            mine, theirs = ([_paired(file, key) for file in each] for each in (files, others))
            if len(set(theirs)) < len(theirs):
                continue
            known = set(theirs)
            share = sum(value in known for value in mine) / len(mine)
            if share >= _SAME_STEMS:
                found.append(Pair(other=name, key=key, share=share))
                break
    return tuple(found)


def _paired(file: str, key: str) -> str:
    pure = PurePosixPath(file)
    return file.removesuffix(pure.suffix) if key == "path" else pure.stem


def _is_series(table: TableProfile) -> bool:
    return table.reader.file_column is not None and len(table.reader.files) >= FEWEST


def _series(table: TableProfile, folder: Path, tables: Iterable[TableProfile]) -> CollectionProfile:
    files, column = table.reader.files, table.reader.file_column or ""
    labels = file_labels(files)
    parts = name_parts(labels, column)
    keys = [Key(column, "", labels), *field_keys(labels, parts)]
    return CollectionProfile(
        name=table.name,
        media="series",
        table=table.name,
        files=len(files),
        bytes=sum((folder / file).stat().st_size for file in files),
        duplicates=_duplicates([folder / file for file in files]),
        folders=folder_parts(files),
        parts=parts,
        sidecars=sidecars_of(keys, labels, (t for t in tables if t is not table), folder),
    )


def _names(groups: Sequence[Sequence[str]]) -> list[str]:
    """Return a short name for each group: its one folder, or its ending; numbered where twice."""
    names: list[str] = []
    for files in groups:
        folders = {PurePosixPath(file).parts[:-1] for file in files}
        first = next(iter(folders))
        name = first[-1] if len(folders) == 1 and first else ""
        name = name or PurePosixPath(files[0]).suffix.lower().removeprefix(".") or "files"
        copies = sum(other.split("-")[0] == name for other in names)
        names.append(f"{name}-{copies + 1}" if copies else name)
    return names
