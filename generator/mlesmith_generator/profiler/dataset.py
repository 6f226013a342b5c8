"""Profiling a dataset: its tables and what it is about."""

from __future__ import annotations

import re
from itertools import count
from pathlib import Path, PurePosixPath

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.model import TableReader
from mlesmith_generator.origin import read_origin
from mlesmith_generator.profiler.beside import comments_of, documents_of
from mlesmith_generator.profiler.class_names import with_class_names
from mlesmith_generator.profiler.collections import find_collections
from mlesmith_generator.profiler.glossary import quotable, with_meanings
from mlesmith_generator.profiler.parallels import find_parallels
from mlesmith_generator.profiler.prose import about_in, plain_title, title_in
from mlesmith_generator.profiler.table import measure_file, profile_table
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, TableProfile
from mlesmith_generator.sniff import sniff_tables

FILLER = frozenset(
    {"df", "tbl", "table", "tables", "data", "dataset", "csv", "tsv", "raw", "full", "schema",
     "sub", "clean", "cleaned", "final", "all", "set", "file", "train", "training", "the", "of",
     "and", "list", "v", "version", "old", "new", "complete", "processed"}
)  # fmt: skip
"""Words in names of files that say nothing of what is in them."""
GENERIC = frozenset(
    {"test", "split", "splits", "image", "images", "picture", "pictures", "photo", "photos",
     "audio", "recordings", "text", "texts", "files", "folder", "column", "columns",
     "features", "labels", "subset", "sample", "samples", "part", "small", "medium", "large",
     "big", "tiny", "mini", "detection", "classification", "regression", "segmentation",
     "recognition", "prediction", "jpg", "png", "wav", "known", "unknown", "cause", "causes"}
)  # fmt: skip
"""Words that tell a form of data or of a task, and no subject."""
_FORMS = frozenset(
    {"test", "split", "splits", "subset", "sample", "samples", "jpg", "jpeg", "png", "wav", "mp3",
     "fulltext", "part", "tiny", "mini", "small"}
)  # fmt: skip
"""Words that say in which form or part the data come; behind a subject they are left out."""
_SHORT = 3
"""Letters of a word that is a code more often than a word."""
_TITLE_WORDS = 3


def profile_dataset(folder: Path, dataset: str, *, seed: int = 0) -> DatasetProfile:
    """Measure every table of a dataset, and its collections of files.

    Args:
        folder: The raw files (a folder, or one file).
        dataset: Slug of the dataset.
        seed: Seed of the row samples that large tables are measured on.

    Returns:
        The profile; `problems` tells the files that could not be read, and why. A dataset without
        a readable table has a profile with no tables.
    """
    readers, problems = sniff_tables(folder)
    root = folder if folder.is_dir() else folder.parent
    told = list(problems)
    tables: list[TableProfile] = []
    for reader in readers:
        try:
            measured = measure_file(reader, root, seed=seed)
        except ReadError as error:
            told.append(str(error))
            continue
        if not measured.rows:
            told.append(f"{reader.files[0]}: no rows")
            continue
        tables.append(profile_table(_table_name(reader, tables, root), reader, measured))
    found = find_collections(folder, tables)
    tables = [table for table in tables if not found.documents.issuperset(table.reader.files)]
    parallels = find_parallels(folder)
    lines = {file for each in parallels for file in (*each.texts, *each.labels)}
    tables = [table for table in tables if not lines.issuperset(table.reader.files)]
    told = [told for told in told if told.split(": ")[0] not in lines]
    if found.collections or parallels:
        # What was said of each of its files, or for want of a table, says nothing any more.
        told = [told for told in told if told.split(": ")[0] not in {*found.documents, root.name}]
    documents = documents_of(root)
    told_tables = with_meanings(root, tables, documents)
    texts = [*documents, *(text for table in tables[:1] for text in comments_of(table, root))]
    record = read_origin(root).title
    return DatasetProfile(
        dataset=dataset,
        subject=subject_of(dataset, tables, title=record),
        tables=with_class_names(root, told_tables, documents, quotable),
        collections=found.collections,
        parallels=parallels,
        titled=title_in(texts) or plain_title(record),
        about=about_in(texts, one=len(tables) <= 1),
        problems=(*told, *found.problems),
    )


def subject_of(dataset: str, tables: list[TableProfile], *, title: str = "") -> str:
    """Return two or three words for what the data are about, from the names of dataset and file.

    An owner's prefix (`owner__name`, `owner--package-name`) and filler such as `df` is left out,
    unless nothing else says what the data are.

    Args:
        dataset: Name of the dataset.
        tables: Its tables.
        title: Its title as published, which helps where the name is a code, such as `ais`.
    """
    *front, name = re.split(r"__|--", dataset)
    parts = name.split("-", 1)
    stem = tables[0].name if len(tables) == 1 else ""
    told = len(parts) == 2 and not _plain(parts[1]).isdigit()
    if told and stem and _plain(parts[1]) == _plain(stem):
        front, name = parts[:1], parts[1]
    chosen = [word for word in words(name) if word not in FILLER]
    if len(chosen) < 2 and stem:
        chosen += [word for word in words(stem) if word not in FILLER and word not in chosen]
    letters = [word for word in chosen if not word.isdigit()] or list(words(name)) or ["table"]
    titled = _titled(title)
    if set(letters) <= GENERIC | FILLER:
        owner = [word for word in words(" ".join(front)) if not word.isdigit()]
        letters = list(dict.fromkeys([*owner[:2], *letters])) if owner else titled or letters
    elif len(letters) == 1 and len(letters[0]) <= _SHORT and titled:
        letters = titled
    while len(letters) > 1 and letters[-1] in _FORMS and letters[0] not in _FORMS:
        letters.pop()
    return " ".join(letters[:3])


def _titled(title: str) -> list[str]:
    """Return the words of a short title, up to what it puts in brackets or behind; else none."""
    head = re.split(r"[(\[:;,|]| [-\u2013\u2014] ", title, maxsplit=1)[0]
    chosen = [word for word in words(head) if word not in FILLER and not word.isdigit()]
    return chosen if len(chosen) <= _TITLE_WORDS else []


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _table_name(reader: TableReader, earlier: list[TableProfile], root: Path) -> str:
    path = PurePosixPath(reader.files[0])
    stem = path.name.split(".gz")[0].split(".bz2")[0].split(".xz")[0].split(".zip")[0]
    stem = stem.rsplit(".", 1)[0] if "." in stem else stem
    if reader.file_column is not None:
        stem = path.parent.name or _shared(reader.files) or re.split(r"__|--", root.name)[-1]
    if reader.table and reader.format not in ("xml", "json", "jsonl"):
        stem = reader.table
    taken = {table.name for table in earlier}
    if stem in taken:
        stem = "-".join((*path.parent.parts, stem))
    numbered = (f"{stem}-{number}" for number in count(2))
    return stem if stem not in taken else next(name for name in numbered if name not in taken)


def _shared(files: tuple[str, ...]) -> str:
    stems = [PurePosixPath(file).stem for file in files]
    same = 0
    while same < min(map(len, stems)) and len({stem[same] for stem in stems}) == 1:
        same += 1
    return stems[0][:same].strip("-_. ")
