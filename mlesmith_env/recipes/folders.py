"""The folder of raw files: which files below it may be read, by name and by pattern."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from mlesmith_env.errors import ReadError

MOST_LISTED = 1_000_000
"""Files that are listed at most."""

_WILD = re.compile(r"[*?\[]")

_lent: set[Path] = set()


@contextmanager
def lent(root: Path) -> Generator[Path, None, None]:
    """Trust the links in a folder as long as the context lasts: we made them ourselves.

    In all other folders a link that leads out of the folder is never followed to a file that only
    the data name.
    """
    _lent.add(root)
    try:
        yield root
    finally:
        _lent.discard(root)


def locate(root: Path, file: str) -> Path:
    """Return the path of a file that a reader declares.

    Raises:
        ReadError: The path leaves the root, or no regular file is there.
    """
    pure = PurePosixPath(file)
    if pure.is_absolute() or ".." in pure.parts or "\0" in file or "\\" in file:
        raise ReadError(f"{file!r} is not a relative path inside the dataset")
    path = root / pure
    try:
        found = path.is_file()
    except OSError:
        # A name that is too long for any file.
        found = False
    if not found:
        raise ReadError(f"{file[:200]!r} is missing, or not a regular file")
    return path


def enclosed(root: Path, file: str) -> Path:
    """Return the path of a file that stands in the data themselves, such as that of an image.

    Raises:
        ReadError: The path leaves the root, also by a link, or no regular file is there.
    """
    path = locate(root, file)
    if root not in _lent and not path.resolve().is_relative_to(root.resolve()):
        raise ReadError(
            f"{file!r} is a link that leads out of the dataset; put a copy in its place"
        )
    return path


def is_inside(root: Path, file: str) -> bool:
    """Tell whether a file may be read: it is there, and no link that leads out of the folder."""
    try:
        enclosed(root, file)
    except ReadError:
        return False
    return True


def lay(file: Path, target: Path) -> None:
    """Put a file where it may be read: linked where that works, else copied; raises OSError."""
    try:
        os.link(file, target)
    except OSError:
        # Another file system, or another owner's file.
        shutil.copyfile(file, target)


def listed(root: Path, patterns: Sequence[str]) -> list[str]:
    """Return the files that match one of the patterns, as relative paths, sorted.

    Hidden files and folders are passed over, and so is a link that leads out of the folder.

    Raises:
        ReadError: A pattern is not a relative one, or more files match than can be listed.
    """
    # Names without a wildcard may be many, and need no matching.
    names = {_checked(pattern) for pattern in patterns if not _WILD.search(pattern)}
    matchers = [_matcher(_checked(pattern)) for pattern in patterns if _WILD.search(pattern)]
    found: list[str] = []
    for file in _walk(root):
        matches = file in names or any(matcher.fullmatch(file) for matcher in matchers)
        if matches and is_inside(root, file):
            found.append(file)
            if len(found) > MOST_LISTED:
                raise ReadError(f"more than {MOST_LISTED} files match; name fewer folders")
    return sorted(found)


def _walk(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        base = Path(folder).relative_to(root).as_posix()
        for name in names:
            if not name.startswith("."):
                yield name if base == "." else f"{base}/{name}"


def _checked(pattern: str) -> str:
    parts = pattern.split("/")
    if pattern.startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise ReadError(f"{pattern!r} is not a pattern of relative paths")
    names = [part for part in parts if part != "**"]
    if len(parts) - len(names) > 2 or any(name.count("*") > 3 for name in names):
        raise ReadError(
            f"{pattern[:200]!r} could take ages: use at most two `**`, and three `*` in a name"
        )
    return pattern


def _matcher(pattern: str) -> re.Pattern[str]:
    """Return a pattern of paths as a regular expression."""
    parts = pattern.split("/")
    written: list[str] = []
    for number, part in enumerate(parts, start=1):
        last = number == len(parts)
        if part == "**":
            written.append(r".+" if last else r"(?:[^/]+/)*")
        else:
            # Atomic: another way to match the same name is of no use to those that follow.
            written.append(_of_name(part) if last else f"(?>{_of_name(part)}/)")
    return re.compile("".join(written), re.DOTALL)


def _of_name(part: str) -> str:
    written, position = "", 0
    while position < len(part):
        character = part[position]
        end = part.find("]", position + 2) if character == "[" else -1
        if end > 0:
            inner = part[position + 1 : end]
            negated = inner.startswith("!")
            inner = re.sub(r"([\\\[\]^&~|])", r"\\\1", inner.removeprefix("!"))
            written += f"[{'^/' if negated else ''}{inner}]"
            position = end
        elif character in "*?":
            written += "[^/]*" if character == "*" else "[^/]"
        else:
            written += re.escape(character)
        position += 1
    return written
