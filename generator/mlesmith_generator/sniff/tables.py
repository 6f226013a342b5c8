"""The tables of a folder: which files hold them, and how each is to be read."""

from __future__ import annotations

import filecmp
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from mlesmith_env.errors import MissingExtraError, ReadError
from mlesmith_env.recipes.folders import enclosed
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.reader import read_table, table_columns
from mlesmith_env.recipes.text import column_of, values_or_none
from mlesmith_generator.sniff.files import candidates, may_be_table, unread_kind
from mlesmith_generator.sniff.formats import FORMATS, TOLD_BY_HEAD
from mlesmith_generator.sniff.sample import DoubtError, Found, Sample
from mlesmith_generator.sniff.values import has_decimal_comma, missing_spellings

MOST_FILES = 20_000

_SAMPLE_ROWS = 2000
_SAMPLE_CELLS = 400_000
_FEWEST_ROWS = 100
_MOST_DOUBTS = 5


def sniff_tables(source: Path) -> tuple[tuple[TableReader, ...], tuple[str, ...]]:
    """Return how the tables of a dataset are read, and why other files give none.

    Files of the same layout become one reader. Documentation and metadata are left out without a
    word; a file that should be a table and can not be read as one is a problem, and so is a link
    that leads out of the folder.

    Args:
        source: A folder, or one file.

    Returns:
        The readers, with paths relative to the folder (of the file), and the problems: sentences
        that begin with the path of a file.
    """
    root = source if source.is_dir() else source.parent
    found: list[Found] = []
    problems: list[str] = []
    seen: dict[int, list[str]] = {}
    count = 0
    doubts: list[str] = []
    for path in candidates(source):
        count += 1
        if count > MOST_FILES:
            problems.append(f"{root.name}: only the first {MOST_FILES} files were looked at")
            break
        file = path.relative_to(root).as_posix()
        try:
            if path != source:
                enclosed(root, file)
            tables = _sniff(Sample(path, root, pointed_at=path == source))
        except DoubtError as doubt:
            doubts.append(_told(file, doubt))
            continue
        except (ReadError, MissingExtraError, OSError) as error:
            problems.append(_told(file, error))
            continue
        if not tables:
            continue
        twins = seen.setdefault(path.stat().st_size, [])
        twin = next((t for t in twins if filecmp.cmp(root / t, path, shallow=False)), None)
        if twin is not None:
            problems.append(f"{file}: the same bytes as {twin}; left out")
            continue
        twins.append(file)
        found += tables
    readers: list[TableReader] = []
    for group in _grouped(found):
        try:
            readers.append(_finished(group, root))
        except (ReadError, MissingExtraError) as error:
            problems.append(_told(group[0].file, error))
    if not readers:
        problems += doubts[:_MOST_DOUBTS]
    if not readers and not problems:
        problems.append(f"{source.name}: no table among {count} files")
    return tuple(readers), tuple(problems)


def _sniff(sample: Sample) -> Sequence[Found]:
    """Return the tables of one file; none where it promises none.

    Raises:
        DoubtError: It promises nothing and does not look like a table.
        ReadError: It should be a table and can not be read as one.
    """
    if kind := unread_kind(sample.path.name):
        raise ReadError(f"is {kind}; save its tables as CSV or Parquet")
    promising = sample.named is not None or may_be_table(sample.path.name) or sample.pointed_at
    if not promising and not sample.head.startswith(TOLD_BY_HEAD):
        return ()
    if not sample.head:
        raise ReadError("is empty (0 bytes)")
    for form in FORMATS:
        found = form(sample)
        if found is not None:
            return found
    return ()


def _finished(group: Sequence[Found], root: Path) -> TableReader:
    """Return the one reader of files with the same layout, after a look at their values."""
    reader = group[0].reader
    encodings = {found.encoding for found in group if not found.encoding.plain}
    chosen = next(iter(encodings), group[0].encoding)
    quoting = next((found.quoting for found in group if found.quoting), None)
    quote, escape = quoting or (reader.quote, reader.escape)
    reader = reader.model_copy(
        update={
            "files": tuple(found.file for found in group),
            "columns": tuple(dict.fromkeys(c for found in group for c in found.reader.columns)),
            "encoding": chosen.name,
            "decode_errors": "replace" if chosen.damaged else "strict",
            "quote": quote,
            "escape": escape,
            "missing": ("",),
        }
    )
    if len(group) > 1:
        taken = set(table_columns(reader, root))
        name = next(n for n in ("file", "source_file", "file_name", "_file") if n not in taken)
        reader = reader.model_copy(update={"file_column": name})
    if reader.format in ("conll", "ts", "utterances"):
        # Lists of words or numbers: none of them as a whole says that it is missing.
        return reader
    width = len(table_columns(reader, root))
    rows = max(_FEWEST_ROWS, min(_SAMPLE_ROWS, _SAMPLE_CELLS // max(1, width)))
    try:
        frame = read_table(reader, root, max_rows=rows)
    except ReadError:
        if not reader.quote or reader.format != "delimited":
            raise
        # A quote that is open for the rest of the file: it was never meant as one.
        reader = reader.model_copy(update={"quote": "", "escape": ""})
        frame = read_table(reader, root, max_rows=rows)
    columns = [
        [value or "" for value in values_or_none(column_of(frame, name))]
        for name in frame.columns
        if name != reader.file_column
    ]
    comma = reader.format == "delimited" and reader.delimiter != "," and has_decimal_comma(columns)
    return reader.model_copy(
        update={"missing": missing_spellings(columns), "decimal": "," if comma else "."}
    )


def _grouped(found: Sequence[Found]) -> list[list[Found]]:
    """Gather files of one layout; encodings or quotes that do not go together keep them apart."""
    groups: dict[tuple[object, ...], list[Found]] = {}
    for table in found:
        groups.setdefault(table.layout, []).append(table)
    apart = [
        part
        for group in groups.values()
        for similar in _parted(group, lambda t: None if t.encoding.plain else t.encoding)
        for part in _parted(similar, lambda t: t.quoting)
    ]
    return sorted(apart, key=lambda group: group[0].file)


def _parted(group: list[Found], trait: Callable[[Found], object]) -> list[list[Found]]:
    """Part files by a trait; those that have none (None) go with the first."""
    traits = [key for key in dict.fromkeys(map(trait, group)) if key is not None]
    if len(traits) <= 1:
        return [group]
    return [
        [table for table in group if trait(table) == key or (not at and trait(table) is None)]
        for at, key in enumerate(traits)
    ]


def _told(file: str, error: Exception) -> str:
    """Return a problem that names the file once."""
    name = PurePosixPath(file).name
    reason = str(error)
    for prefix in (f"{name} ", f"{file!r} "):
        reason = reason.removeprefix(prefix)
    return f"{file}: {reason}"
