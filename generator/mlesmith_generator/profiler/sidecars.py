"""Tables that tell something about files: which column names the files, and by what."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import column_of, values_or_none
from mlesmith_generator.records import NamePart, Sidecar, TableProfile

_ROWS = 200_000
_LEAST_SHARE = 0.3
_EXCERPT = r"([^/\\]+?)(?:[_-][0-9]+)?\.[A-Za-z0-9]+$"
"""What a path tells of an excerpt: the name of the whole, without number and ending."""
_MOST_SHARED = 0.05
"""Share of the files that may have several excerpts."""


@dataclass(frozen=True)
class Key:
    """One way to name the files of a collection.

    Attributes:
        column: Where it stands among the columns of the collection's rows.
        pattern: What is read of it, or empty for all.
        values: What names each file, (files,).
    """

    column: str
    pattern: str
    values: Sequence[str]


def file_keys(files: Sequence[str], parts: Iterable[NamePart]) -> list[Key]:
    """Return the ways in which a table may name files: path, name, stem, a field of the stem."""
    pures = [PurePosixPath(file) for file in files]
    found = [
        Key("file", "", files),
        Key("name", "", [pure.name for pure in pures]),
        Key("stem", "", [pure.stem for pure in pures]),
    ]
    return [*found, *field_keys([pure.stem for pure in pures], parts)]


def field_keys(names: Sequence[str], parts: Iterable[NamePart]) -> list[Key]:
    """Return the fields of names that are different for each of them."""
    found: list[Key] = []
    for part in parts:
        if part.distinct == len(names):
            pattern = re.compile(part.pattern)
            matches = [pattern.search(name) for name in names]
            if all(matches):
                values = [match[1] for match in matches if match]
                found.append(Key(part.column, part.pattern, values))
    return found


def sidecars_of(
    keys: Sequence[Key], files: Sequence[str], tables: Iterable[TableProfile], root: Path
) -> tuple[Sidecar, ...]:
    """Return the tables that have a row for many of the files, the most complete first."""
    found: list[Sidecar] = []
    for table in tables:
        best = max(_sidecars(keys, files, table, root), key=_rank, default=None)
        if best is None or best.share < _LEAST_SHARE:
            best = max(_of_excerpts(keys, table, root), key=_rank, default=None)
        if best is not None and best.share >= _LEAST_SHARE:
            found.append(best)
    return tuple(sorted(found, key=_rank, reverse=True))


def _rank(sidecar: Sidecar) -> tuple[float, bool, str]:
    return (sidecar.share, sidecar.unique, sidecar.column)


def _sidecars(
    keys: Sequence[Key], files: Sequence[str], table: TableProfile, root: Path
) -> Iterator[Sidecar]:
    tails = {tail for file in files for tail in _tails(file)}
    known = tails.union(*(key.values for key in keys))
    columns = [
        column.name
        for column in table.columns
        if any(value in known for value in (*column.examples, *(value for value, _ in column.top)))
    ]
    if not columns:
        return
    try:
        frame = read_table(table.reader, root, max_rows=_ROWS)
    except ReadError:
        # It was read a moment ago, and is told among the problems where it can not be.
        return
    for name in columns:
        values = [value for value in values_or_none(column_of(frame, name)) if value]
        for key in (*keys, *_by_tail(values, files)):
            counts = dict.fromkeys(key.values, 0)
            for value in values:
                if value in counts:
                    counts[value] += 1
            met = sum(counts[value] > 0 for value in key.values)
            yield Sidecar(
                table=table.name,
                column=name,
                key=key.column,
                pattern=key.pattern,
                share=met / len(files),
                unique=max(counts.values(), default=0) <= 1,
            )


def _of_excerpts(keys: Sequence[Key], table: TableProfile, root: Path) -> Iterator[Sidecar]:
    """Yield columns of paths of numbered excerpts, where the whole files are what is at hand."""
    stems = next((key.values for key in keys if key.column == "stem" and not key.pattern), ())
    known, reading = set(stems), re.compile(_EXCERPT)
    for column in table.columns:
        if not any(reading.search(value) and "/" in value for value in column.examples):
            continue
        try:
            frame = read_table(table.reader, root, max_rows=_ROWS)
        except ReadError:
            return
        values = [value for value in values_or_none(column_of(frame, column.name)) if value]
        named = Counter(match[1] for value in values if (match := reading.search(value)))
        several = sum(count > 1 for name, count in named.items() if name in known)
        if several <= _MOST_SHARED * len(stems):
            yield Sidecar(
                table=table.name,
                column=column.name,
                key="stem",
                reading=_EXCERPT,
                share=len(known & named.keys()) / max(1, len(stems)),
                unique=several == 0,
            )


def _tails(file: str) -> Iterator[str]:
    parts = file.split("/")
    for start in range(1, len(parts) - 1):
        yield "/".join(parts[start:])


def _by_tail(values: Sequence[str], files: Sequence[str]) -> Iterator[Key]:
    """Yield the key of paths that start further in than the dataset's folder."""
    wanted = set(values)
    prefixes = {file[: -len(tail)] for file in files for tail in _tails(file) if tail in wanted}
    if len(prefixes) == 1:
        (prefix,) = prefixes
        if all(file.startswith(prefix) for file in files):
            pattern = f"^{re.escape(prefix)}(.*)$"
            yield Key("file", pattern, [file[len(prefix) :] for file in files])
