"""Parallel files: texts in one, a text a line, and what is known of each in another, line by line.

Also one file in which a mark in front of each line tells its label: `__label__spam Win a prize`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path, PurePosixPath

from mlesmith_env.recipes.folders import is_inside
from mlesmith_generator.profiler.words import word_count
from mlesmith_generator.records import ParallelProfile
from mlesmith_generator.sniff.files import candidates

FEWEST = 100
"""Lines that are worth a look."""
MANY = 12
"""Codes in a row from which they are no marks on a scale."""
_MOST_FILES = 2_000
_LARGEST = 256 * 1024**2
"""Bytes of one file."""
_ENDINGS = frozenset(("", ".txt", ".text", ".labels", ".label", ".in", ".out", ".src", ".tgt"))
_LABELS = frozenset(
    "label labels target targets class classes y gold gs tag tags stance sentiment topic topics "
    "category categories intent intents etiqueta etiquetas etichette étiquettes klasse klassen "
    "答案 标签".split()
)
_TEXTS = frozenset(
    "text texts sentence sentences title titles x input inputs data doc docs document documents "
    "tweet tweets review reviews question questions query queries body content texto textos texte "
    "testi 文本".split()
)
_NAMES = frozenset("mapping map names name classes labels label categories legend key".split())
_PART = re.compile(r"[^\W_]+", re.UNICODE)
_MARKED = re.compile(r"^__label__(\S+)[ \t]+(?!__label__)\S")


@dataclass(frozen=True)
class _Lines:
    """What a file of lines is like."""

    count: int
    blank: int
    values: Counter[str]
    """Its lines, while there are few different ones."""
    words: float
    marked: float
    encoding: str


def find_parallels(folder: Path) -> tuple[ParallelProfile, ...]:
    """Return the texts of a folder whose labels stand in another file, or in front of them.

    Args:
        folder: The raw files.
    """
    if not folder.is_dir():
        return ()
    named = [
        path.relative_to(folder).as_posix()
        for path in islice(candidates(folder), _MOST_FILES)
        if path.suffix.lower() in _ENDINGS and 0 < path.stat().st_size <= _LARGEST
    ]
    files = [file for file in named if is_inside(folder, file)]
    pairs = list(_pairs(files))
    marked = [file for file in files if _starts_marked(folder / file)]
    looked = {
        file: _look(folder / file) for file in {*marked, *(f for pair in pairs for f in pair)}
    }
    found = [*_joined(pairs, looked, files, folder), *_marked(marked, looked)]
    return tuple(found)


def _pairs(files: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield a file of texts and that of its labels, by their names."""
    by_rest: dict[tuple[str, ...], list[str]] = {}
    for file in files:
        words = _words(file)
        if not set(words) & _LABELS:
            rest = _rest(file, words, _TEXTS)
            by_rest.setdefault(rest, []).append(file)
    for file in files:
        words = _words(file)
        told = [word for word in words if word in _LABELS]
        if told:
            others = by_rest.get(_rest(file, words, _LABELS), [])
            if len(others) == 1:
                yield others[0], file


def _words(file: str) -> list[str]:
    pure = PurePosixPath(file)
    name = pure.name if pure.suffix.lower() not in (".txt", ".text") else pure.stem
    return [part.casefold() for part in _PART.findall(name)]


def _rest(file: str, words: Sequence[str], without: frozenset[str]) -> tuple[str, ...]:
    folder = PurePosixPath(file).parent.as_posix()
    return (folder, *sorted(word for word in words if word not in without))


def _look(path: Path) -> _Lines | None:
    """Return what a file of lines is like; None where it is no text."""
    data = path.read_bytes()
    encoding = "utf-8"
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        encoding = "cp1252"
        text = data.decode("cp1252", errors="replace")
    if "\0" in text:
        return None
    # Lines as a reader of files sees them: other marks of Unicode end no line.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")
    blank = sum(not line.strip() for line in lines)
    values = Counter(line.strip() for line in lines)
    marked = sum(_MARKED.match(line) is not None for line in lines) / max(1, len(lines))
    words = sum(map(word_count, lines)) / max(1, len(lines))
    return _Lines(len(lines), blank, values if len(values) <= 200 else Counter(), words, marked,
                  encoding)  # fmt: skip


def _joined(
    pairs: Sequence[tuple[str, str]],
    looked: dict[str, _Lines | None],
    files: Sequence[str],
    folder: Path,
) -> Iterator[ParallelProfile]:
    """Yield pairs with as many lines on both sides, parts of one thing put together."""
    parts: dict[str, list[tuple[str, str]]] = {}
    for texts, labels in pairs:
        one, other = looked[texts], looked[labels]
        if one is None or other is None or one.blank or other.blank or one.count != other.count:
            continue
        few = 2 <= len(other.values) <= max(2, other.count // 5)
        if few and one.words > max(2.0, 1.5 * other.words):
            parts.setdefault(PurePosixPath(texts).parent.as_posix(), []).append((texts, labels))
    for place, own in _alike(parts):
        counts = Counter[str]()
        encodings = set[str]()
        lines = 0
        for texts, labels in own:
            one, other = looked[texts], looked[labels]
            if one is not None and other is not None:
                counts += other.values
                encodings |= {one.encoding, other.encoding}
                lines += one.count
        if lines >= FEWEST and len(encodings) == 1:
            yield ParallelProfile(
                name=PurePosixPath(place).name or PurePosixPath(own[0][0]).stem,
                texts=tuple(texts for texts, _ in own),
                labels=tuple(labels for _, labels in own),
                rows=lines,
                encoding=encodings.pop(),
                names=_names_of(set(counts), place, files, folder),
                folders=len({PurePosixPath(texts).parent for texts, _ in own}) > 1,
            )


def _alike(
    parts: dict[str, list[tuple[str, str]]],
) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield folders with their files; folders that hold files of the same names are one."""
    by_names: dict[tuple[str, ...], list[str]] = {}
    for place, own in parts.items():
        names = tuple(sorted(PurePosixPath(texts).name for texts, _ in own))
        by_names.setdefault(names, []).append(place)
    for places in by_names.values():
        above = {PurePosixPath(place).parent.as_posix() for place in places}
        if len(places) > 1 and len(above) == 1:
            yield above.pop(), sorted(pair for place in places for pair in parts[place])
        else:
            yield from ((place, sorted(parts[place])) for place in places)


def _names_of(codes: set[str], place: str, files: Sequence[str], folder: Path) -> dict[str, str]:
    """Return what the codes of labels mean, where a file in the folder or above it tells."""
    for file in files:
        pure = PurePosixPath(file)
        near = pure.parent.as_posix() in (place, ".", PurePosixPath(place).parent.as_posix())
        if not near or not set(_words(file)) & _NAMES or (folder / file).stat().st_size > 65_536:
            continue
        text = (folder / file).read_text(encoding="utf-8", errors="replace")
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        told = [re.split(r"\t|,|\s*[:=]\s*|\s+", line, maxsplit=1) for line in lines]
        named = {
            parts[0]: parts[1].strip() for parts in told if len(parts) == 2 and parts[1].strip()
        }
        if codes <= named.keys() and len(set(named.values())) == len(named) <= 500:
            return {code: named[code] for code in sorted(codes)}
    numbers = sorted(int(code) for code in codes if code.isdecimal())
    if len(numbers) == len(codes) >= MANY and numbers == list(range(numbers[0], numbers[-1] + 1)):
        # So many codes in a row number classes; an amount would have gaps.
        return {str(number): f"label {number}" for number in numbers}
    return {}


def _starts_marked(path: Path) -> bool:
    with path.open("rb") as stream:
        return stream.read(9) == b"__label__"


def _marked(files: Sequence[str], looked: dict[str, _Lines | None]) -> Iterator[ParallelProfile]:
    parts: dict[str, list[str]] = {}
    for file in files:
        lines = looked[file]
        if lines is not None and lines.marked >= 0.98 and lines.encoding == "utf-8":
            parts.setdefault(PurePosixPath(file).parent.as_posix(), []).append(file)
    for place, own in parts.items():
        rows = sum(lines.count for file in own if (lines := looked[file]) is not None)
        if rows >= FEWEST:
            name = PurePosixPath(place).name or PurePosixPath(own[0]).stem
            yield ParallelProfile(name=name, texts=tuple(own), rows=rows)
