"""Names that a publisher gives to the codes of a column, for quoting on the page.

A file beside the data with one line a class (`classes.txt`), where exactly one column has the codes
0..n-1 or 1..n of as many classes; or a passage of a document that tells all codes of one column:

    a) intron -> exon boundary (ie)          EI: exon to intron
    b) exon -> intron boundary (ei)          IE: intron to exon

or the meaning of a column that names its codes (`0 = no, 1 = yes`).

The codes stay the answers. No rule looks at the names.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path, PurePosixPath

from mlesmith_generator.profiler.beside import comments_of
from mlesmith_generator.profiler.definitions import lines_of
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile, TableProfile
from mlesmith_generator.sniff.mending import mended

_FILES = frozenset("mapping map names classes labels categories legend key labelmap".split())
_ENDINGS = frozenset(("", ".txt", ".names", ".csv", ".tsv", ".lst", ".labels"))
_LARGEST = 65_536
_MOST_FILES = 20_000
_MOST = 40
"""Classes: so many values of a column are in its profile."""
_LONGEST = 60
"""Characters of a name."""
_LONGEST_LINE = 200
"""Characters of a line that are read."""
_BEHIND = re.compile(
    r"^\s*(?:[-*+•]\s+|\w{1,2}[.)]\s+)*(?P<said>.+?)\s*\((?P<code>[^()\s]{1,20})\)"
)
_LONGEST_MEANING = 1000
"""Characters of a meaning that is searched for numbers of values."""
_LEADS_ON = re.compile(
    r"(?:[\s:;,=-]|(?<!\w)(?:from|where|with|coded|codes?|as|is|are|in|of|and|or|values?|by|the))+$",
    re.IGNORECASE,
)
_FRONT = re.compile(
    r"^\s*(?:[-*+•]\s+)?[`'\"]?(?P<code>[^\s:=,]{1,20}?)[`'\"]?\s*(?::|=|\s[-\u2013\u2014]{1,2}\s|\t)\s*"
    r"(?P<said>.+)$"
)
_INLINE = (
    re.compile(
        r"(?<![\w.-])(?P<code>-?\w{1,12})\s*=\s*(?P<said>[^,;=()]*[^\W\d_][^,;=()]*?)"
        r"(?=\s*(?:[,;.)(]|$|\band\s+-?\w{1,12}\s*=|\bor\s+-?\w{1,12}\s*=|\s-?\w{1,12}\s*=))"
    ),
    re.compile(
        r"(?:^|[,;(]|\bor\b|\band\b)\s*(?P<code>-?\d{1,3})\s*(?::|-\s|for\s)\s*"
        r"(?P<said>[^\W\d_][^,;:=()]*?)(?=\s*(?:[,;.)(]|$|\band\s+-?\d|\bor\s+-?\d))"
    ),
    re.compile(r"(?P<said>[^\W\d_][\w' -]{1,40}?)\s*\((?P<code>-?\w{1,3})\)"),
)
"""Forms in which a column's meaning names its codes."""


def with_class_names(
    root: Path,
    tables: Sequence[TableProfile],
    documents: Sequence[str],
    quotable: Callable[[str, str], str],
) -> tuple[TableProfile, ...]:
    """Return the tables, each with what the publisher calls the codes of its columns.

    Args:
        root: The folder of the raw files.
        tables: What was found in them.
        documents: Texts of the descriptions beside them.
        quotable: Returns a saying about a code as it may be quoted, or nothing.
    """
    lists = list(_lists(root))
    found: list[TableProfile] = []
    for table in tables:
        coded = {column.name: codes for column in table.columns if (codes := _codes(column))}
        files = set(table.reader.files)
        told = _listed(coded, [(file, names) for file, names in lists if file not in files])
        for text in [*documents, *comments_of(table, root)]:
            told = _defined(coded, text) | told
        for column, codes in coded.items():
            if by_code := _in_meaning(codes, table.meanings.get(column, "")):
                told = {column: by_code} | told
        names = {
            column: quoted
            for column, by_code in told.items()
            if (quoted := _quoted(by_code, quotable))
        }
        found.append(table.model_copy(update={"class_names": names}) if names else table)
    return tuple(found)


def _codes(column: ColumnProfile) -> tuple[str, ...]:
    """Return the values of a column of few, all of which are known; else none."""
    codes = tuple(sorted(value for value, _ in column.top if value not in ("", "?", "NA")))
    few = 2 <= len(codes) <= _MOST and column.distinct == len(codes)
    return codes if few and all(len(code) <= 20 for code in codes) else ()


def _in_meaning(codes: Sequence[str], meaning: str) -> dict[str, str]:
    """Return the names that a column's meaning gives to all of its codes: `0 = no, 1 = yes`."""
    for form in _INLINE:
        said = [
            (match["code"], re.sub(r"^(?:or|and)\s+|\s+(?:or|and)$", "", match["said"].strip()))
            for match in form.finditer(meaning)
        ]
        found = dict(said)
        if len(found) == len(said) and set(codes) <= found.keys() and not meaning.endswith("…"):
            return {code: found[code] for code in codes}
    return {}


def without_coding(column: ColumnProfile, meaning: str) -> str:
    """Return a column's meaning without numbers for its values that are not those it has.

    Where 1 and 2 are told and 0 and 1 are there, nobody knows which is which. Where fewer are told
    than are there, they are the ends of a scale.

    Args:
        column: The column.
        meaning: What is said of it.
    """
    values = {re.sub(r"\.0+$", "", code) for code in _codes(column)}
    for form in _INLINE if values and len(meaning) <= _LONGEST_MEANING else ():
        matches = [match for match in form.finditer(meaning) if match["code"].isdecimal()]
        told = {match["code"] for match in matches}
        if len(told) >= len(values) and told - values and values - told:
            return _ended(meaning[: matches[0].start()])
    return meaning


def _ended(text: str) -> str:
    """Return a text without what leads on at its end: an open bracket, `where`, `coded as`."""
    for start, end in ("()", "[]"):
        if text.count(start) > text.count(end):
            text = text[: text.rindex(start)]
    return _LEADS_ON.sub("", text)


def _quoted(by_code: dict[str, str], quotable: Callable[[str, str], str]) -> dict[str, str]:
    said = {code: quotable(code, text) for code, text in by_code.items()}
    cut = any(text.rstrip().endswith(("/", ",", "-", "(", "…")) for text in by_code.values())
    whole = not cut and all(said.values()) and len(set(said.values())) == len(said)
    return said if whole and all(len(text) <= _LONGEST for text in said.values()) else {}


def _listed(
    coded: dict[str, tuple[str, ...]], lists: Sequence[tuple[str, dict[str, str] | list[str]]]
) -> dict[str, dict[str, str]]:
    """Return names of codes from files of classes, where one column alone can be meant."""
    found: dict[str, dict[str, str]] = {}
    for _, names in lists:
        fitting: dict[str, dict[str, str]] = {}
        for column, codes in coded.items():
            if isinstance(names, dict):
                if set(codes) == set(names):
                    fitting[column] = names
            elif len(codes) == len(names) and (start := _numbered(codes)) is not None:
                fitting[column] = {str(start + place): name for place, name in enumerate(names)}
        if len(fitting) == 1:
            found = fitting | found
    return found


def _numbered(codes: Sequence[str]) -> int | None:
    """Return 0 or 1 where the codes count from there without a gap, else nothing."""
    if not all(re.fullmatch(r"0|[1-9]\d*", code) for code in codes):
        return None
    numbers = sorted(map(int, codes))
    start = numbers[0]
    return start if start in (0, 1) and numbers == list(range(start, start + len(codes))) else None


def _lists(root: Path) -> Iterator[tuple[str, dict[str, str] | list[str]]]:
    """Yield files that hold one line a class, with their names, by code where they have codes."""
    for at, folders, files in islice(os.walk(root), _MOST_FILES):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            pure, path = PurePosixPath(name), Path(at) / name
            own = pure.suffix.lower() in _ENDINGS and set(words(name)) & _FILES
            if not own or not path.is_file() or path.stat().st_size > _LARGEST:
                continue
            lines = [line.strip() for line in mended(path.read_bytes()).splitlines()]
            if names := _names([line for line in lines if line]):
                yield path.relative_to(root).as_posix(), names


def _names(lines: Sequence[str]) -> dict[str, str] | list[str]:
    """Return the names that the lines of a file give, or nothing where it is no list of classes."""
    if not 2 <= len(lines) <= _MOST or len(set(lines)) < len(lines):
        return []
    split = [re.fullmatch(r"(\d{1,3})(?:\t|,|\s*[:=]\s*|\s+)(\S.*)", line) for line in lines]
    pairs = {match[1]: match[2].strip(" \"'") for match in split if match}
    if len(pairs) == len(lines):
        return pairs if len(set(pairs.values())) == len(pairs) else []
    plain = all(
        len(line) <= _LONGEST
        and re.search(r"[^\W\d_]{2}", line)
        and not re.search(r"[,;\t|:=]|\d{3}|[.!?]$", line)
        for line in lines
    )
    return [] if pairs or not plain else list(lines)


def _defined(coded: dict[str, tuple[str, ...]], text: str) -> dict[str, dict[str, str]]:
    """Return names of codes from a passage that tells all of one column's, and of no other's."""
    found: dict[str, dict[str, str]] = {}
    for block in _blocks(text):
        for form in (_BEHIND, _FRONT):
            said: dict[str, str] = {}
            for line in block:
                if match := form.match(line.strip()[:_LONGEST_LINE]):
                    said.setdefault(match["code"].strip("`'\"").casefold(), match["said"])
            if len(said) < 2:
                continue
            fitting = {
                column: {code: said[code.casefold()] for code in codes}
                for column, codes in coded.items()
                if {code.casefold() for code in codes} <= said.keys()
                and len({code.casefold() for code in codes}) == len(codes)
                and not all(re.fullmatch(r"-?[\d.]+", code) for code in codes)
            }
            if len(fitting) == 1:
                found = fitting | found
    return found


def _blocks(text: str) -> Iterator[list[str]]:
    block: list[str] = []
    for line in [*lines_of(text), ""]:
        if line.strip():
            block.append(line)
        elif block:
            yield block
            block = []
