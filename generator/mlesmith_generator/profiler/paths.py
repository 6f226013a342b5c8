"""What the paths of many files tell: folders, fields of names, patterns that give them again."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from mlesmith_env.recipes.folders import listed
from mlesmith_generator.profiler.words import PARTS
from mlesmith_generator.records import NamePart

_NUMBERED = re.compile(r"[^\W\d_]*[ _-]?\d+")
_DIGITS = set("0123456789")
_AGAIN = 0.5
"""Share of the names of numbered folders that stand under several others."""
_FIELD = re.compile(r"[_-]")
_MOST_FIELDS = 8
_MOST_TOP = 40
_MOST_PATTERNS = 60


def folder_parts(files: Sequence[str]) -> tuple[NamePart, ...]:
    """Return the levels of folders in which the files differ, outermost first.

    A level that only numbers the folders of its parents is told together with the parent: the
    fourth of one shelf has nothing to do with the fourth of another.
    """
    folders = [PurePosixPath(file).parts[:-1] for file in files]
    found: list[NamePart] = []
    for level in range(max(map(len, folders), default=0)):
        values = [parts[level] if len(parts) > level else "" for parts in folders]
        pattern = "^" + "[^/]+/" * level + "([^/]+)/"
        if len(set(values)) > 1:
            deep = [parts[: level + 1] for parts in folders if len(parts) > level]
            if level and _numbers_within(deep):
                pattern = "^" + "[^/]+/" * (level - 1) + "([^/]+/[^/]+)/"
                values = ["/".join(parts[level - 1 : level + 1]) for parts in folders]
            found.append(_part("file", pattern, values))
    return tuple(found)


def _numbers_within(folders: Sequence[tuple[str, ...]]) -> bool:
    """Return whether the last of these levels numbers folders anew in each folder above.

    The ten digits are things of their own, and folders above that hold the parts of a division
    (`train`, `test`) repeat all that is below them.
    """
    parents: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for parts in folders:
        parents[parts[-1]].add(parts[:-1])
    above = {parent for each in parents.values() for parent in each}
    divided = all(parent[-1].casefold() in PARTS for parent in above if parent)
    numbered = all(_NUMBERED.fullmatch(name) for name in parents) and set(parents) != _DIGITS
    again = sum(len(each) > 1 for each in parents.values())
    return numbered and not divided and again >= _AGAIN * len(parents)


def name_parts(names: Sequence[str], column: str) -> tuple[NamePart, ...]:
    """Return the fields of names between `_` and `-` in which they differ."""
    fields = [_FIELD.split(name) for name in names]
    widths = {len(each) for each in fields}
    if widths == {1}:
        return ()
    if len(widths) == 1 and (width := max(widths)) <= _MOST_FIELDS:
        places = list(range(width))
    else:
        places = [0, -1]
    found: list[NamePart] = []
    for place in places:
        values = [each[place] for each in fields]
        pattern = "([^_-]+)$" if place < 0 else "^" + "[^_-]*[_-]" * place + "([^_-]+)"
        if len(set(values)) > 1:
            found.append(_part(column, pattern, values))
    return tuple(found)


def patterns_of(root: Path, files: Sequence[str]) -> tuple[str, ...]:
    """Return patterns that match these files below the root and no others.

    The fewest that do: of everything below their common folder, of each outermost folder, of each
    folder, or else every file by its name.
    """
    wanted = sorted(files)
    pures = [PurePosixPath(file) for file in wanted]
    endings = sorted({pure.suffix.lower() for pure in pures})
    base = _common(pures)
    tops = {file.split("/", 1)[0] for file in wanted if "/" in file}
    ways: tuple[Callable[[], list[str]], ...] = (
        lambda: [_below(base, True, ending) for ending in endings],
        lambda: [_below(top, True, ending) for top in sorted(tops) for ending in endings],
        lambda: [
            _below(folder, False, ending)
            for folder, ending in sorted({(_parent(pure), pure.suffix.lower()) for pure in pures})
        ],
    )
    for way in ways:
        patterns = way()
        if 0 < len(patterns) <= _MOST_PATTERNS and listed(root, patterns) == wanted:
            return tuple(patterns)
    return tuple(map(_literal, wanted))


def _part(column: str, pattern: str, values: Sequence[str]) -> NamePart:
    counts = Counter(value for value in values if value)
    top = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_TOP]
    return NamePart(column=column, pattern=pattern, distinct=len(counts), top=tuple(top))


def _common(pures: Sequence[PurePosixPath]) -> str:
    shared: list[str] = []
    for names in zip(*(pure.parts[:-1] for pure in pures), strict=False):
        if len(set(names)) > 1:
            break
        shared.append(names[0])
    return "/".join(shared)


def _parent(pure: PurePosixPath) -> str:
    folder = pure.parent.as_posix()
    return "" if folder == "." else folder


def _below(folder: str, deep: bool, ending: str) -> str:
    either = "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in ending)
    name = f"*{either}" if ending else "*"
    return "/".join(part for part in (_literal(folder), "**" if deep else "", name) if part)


def _literal(path: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", path)
