"""What the fields of file names are called: as the notes beside them say, or as values show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import NamePart

_NOTES = re.compile(r"read_?me(?:\.(?:md|txt|rst))?", re.IGNORECASE)
_MOST_BYTES = 200_000
_FIELD = r"[{<\[]\s*[A-Za-z][A-Za-z _]*?\s*[}>\]]"
_SCHEME = re.compile(rf"(?<![\w/])({_FIELD}(?:[_-]{_FIELD})+)\.\w+")
_FILLER = frozenset({"label", "name", "id", "code", "class", "type"})
_BEFORE = "[^_-]*[_-]"
_PLACES = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
_KINDS = {
    "digit": frozenset("0123456789"),
    "letter": frozenset("abcdefghijklmnopqrstuvwxyz"),
    "sex": frozenset({"male", "female"}),
    "emotion": frozenset(
        "angry anger calm disgust fear fearful happy happiness neutral sad sadness surprise "
        "surprised boredom bored pleasant".split()
    ),
    "colour": frozenset(
        "black blue brown cyan green grey gray magenta orange pink purple red violet white "
        "yellow".split()
    ),
    "weekday": frozenset("monday tuesday wednesday thursday friday saturday sunday".split()),
}
_WHOLE = {"digit": 10, "letter": 10, "sex": 2, "emotion": 3, "colour": 4, "weekday": 5}
"""Different values of a kind that must be met: three of the digits may mean anything."""


@dataclass(frozen=True)
class Field:
    """A field of file names.

    Attributes:
        name: What it is called; `label` where nobody knows.
        place: Where it stands, in words.
        known: Whether the name says what it is.
    """

    name: str
    place: str
    known: bool


def fields_of(parts: Sequence[NamePart], root: Path) -> tuple[Field, ...]:
    """Return what the fields of names are, in their order.

    Args:
        parts: The fields in which the names differ.
        root: The folder, whose notes may tell how files are named (`{speaker}_{word}.wav`).
    """
    scheme = _scheme(root)
    places = [part.pattern.count(_BEFORE) if part.pattern[0] == "^" else -1 for part in parts]
    fit = len(scheme) > max(places, default=0) and -1 not in places
    names = [
        (scheme[place] if fit else "") or _kind(value for value, _ in part.top)
        for part, place in zip(parts, places, strict=True)
    ]
    found: list[Field] = []
    for name, place in zip(names, places, strict=True):
        known = bool(name) and names.count(name) == 1
        told = "last" if place < 0 else _PLACES[min(place, len(_PLACES) - 1)]
        plain = "label" if len(parts) == 1 else f"label_{told if place < 0 else place + 1}"
        found.append(
            Field(name if known else plain, f"the {told} part of the raw file's name", known)
        )
    return tuple(found)


def _scheme(root: Path) -> tuple[str, ...]:
    """Return the names of the fields after the notes of a folder; none where they do not say."""
    if not root.is_dir():
        return ()
    for path in sorted(root.iterdir()):
        if not _NOTES.fullmatch(path.name) or not path.is_file():
            continue
        if path.stat().st_size > _MOST_BYTES:
            continue
        schemes = {
            tuple(_called(field) for field in re.findall(_FIELD, told))
            for told in _SCHEME.findall(path.read_text(encoding="utf-8", errors="replace"))
        }
        if len(schemes) == 1:
            return schemes.pop()
    return ()


def _called(field: str) -> str:
    spoken = list(words(field))
    while len(spoken) > 1 and spoken[-1] in _FILLER:
        spoken.pop()
    return "_".join(spoken[:3])


def _kind(values: Iterable[str]) -> str:
    """Return what kind of thing all values are, empty where that is not certain."""
    met = {value.casefold() for value in values}
    kinds = (name for name, known in _KINDS.items() if met <= known and len(met) >= _WHOLE[name])
    return next(kinds, "")
