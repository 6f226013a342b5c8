"""Which files of a dataset may hold tables, as far as their names tell."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from pathlib import Path, PurePosixPath
from typing import Literal

Format = Literal[
    "delimited",
    "json",
    "jsonl",
    "parquet",
    "arff",
    "ts",
    "arrow",
    "excel",
    "sqlite",
    "svmlight",
    "xml",
    "sql",
]

_PACKED_SUFFIXES = (".gz", ".bz2", ".xz", ".zip")
_FORMATS: dict[str, Format] = {
    ".csv": "delimited",
    ".tsv": "delimited",
    ".tab": "delimited",
    ".psv": "delimited",
    ".json": "json",
    ".geojson": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".arff": "arff",
    ".ts": "ts",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".xls": "excel",
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".xlsb": "excel",
    ".ods": "excel",
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".db3": "sqlite",
    ".svm": "svmlight",
    ".svmlight": "svmlight",
    ".libsvm": "svmlight",
    ".xml": "xml",
    ".sql": "sql",
}
_PROMISED = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".psv": "|"}
_TOKENS = (".conll", ".conllu", ".iob", ".iob2", ".bio", ".bioes", ".pos", ".ner", ".dev")
_MAYBE = frozenset(
    (
        ".txt",
        ".data",
        ".dat",
        ".test",
        ".train",
        ".asc",
        ".all",
        ".out",
        ".raw",
        ".gml",
        "",
        *_TOKENS,
    )
)
_UNREAD = {
    ".sav": "an SPSS file",
    ".dta": "a Stata file",
    ".sas7bdat": "a SAS file",
    ".rds": "an R file",
    ".rda": "an R file",
    ".rdata": "an R file",
    ".h5": "an HDF5 file",
    ".hdf5": "an HDF5 file",
    ".mat": "a MATLAB file",
    ".pkl": "a pickle",
    ".orc": "an ORC file",
    ".avro": "an Avro file",
    ".tar": "an archive",
    ".tgz": "an archive",
    ".7z": "an archive",
    ".rar": "an archive",
}
_DOCUMENT = re.compile(
    r"(?i)(?:^|[-_. 0-9])(?:readme|licen[cs]e|copying|notice|authors?|citation|changelog|changes"
    r"|contribut\w*|(?:data[-_. ]?)?dictionary|codebook|metadata|dataset_description"
    r"|data[-_. ]?descri\w*)(?:$|[-_. ])"
    r"|^dataset\.json$|^dataset_(?:info|infos|dict)\.json$|^state\.json$|^datapackage\.json$|\.names$|^index$|^requirements.*\.txt$|^package\.json$|^schema\."
)
_SKIPPED_FOLDERS = frozenset(("__MACOSX", "__pycache__", "node_modules"))


def candidates(source: Path) -> Iterator[Path]:
    """Yield the regular files of a folder that are no documents, sorted; or the one file given."""
    if not source.is_dir():
        yield source
        return
    for folder, folders, names in os.walk(source):
        folders[:] = sorted(f for f in folders if f[0] != "." and f not in _SKIPPED_FOLDERS)
        for name in sorted(names):
            path = Path(folder) / name
            if not name.startswith(".") and not _DOCUMENT.search(_bare(name)) and path.is_file():
                yield path


def promised_format(name: str) -> Format | None:
    """Return the format that the ending of a name promises, if any."""
    return _FORMATS.get(_suffix(name))


def promised_delimiter(name: str) -> str:
    """Return the delimiter that the ending of a name promises, or an empty string."""
    return _PROMISED.get(_suffix(name), "")


def unread_kind(name: str) -> str:
    """Return what a file is that is not read though it may hold tables; else an empty string."""
    return _UNREAD.get(_suffix(name), "")


def may_be_table(name: str) -> bool:
    """Tell whether a name leaves it open that the file is a table: `adult.data`, `part.0`, `x`."""
    suffix = _suffix(name)
    return suffix in _MAYBE or suffix[1:].isdigit()


def spoken_format(lines: Sequence[str], named: Format | None) -> Format:
    """Return the format of plain text: the one that its name promises, or that its text speaks.

    Many files called `.json` have a record on each line.
    """
    told = [line.strip() for line in lines if line.strip() and line.strip()[0] != "%"][:2]
    first = told[0] if told else ""
    if named in (None, "ts") and is_series(lines):
        return "ts"
    objects = len(told) == 2 and all(line[0] == "{" and line[-1] == "}" for line in told)
    if named in (None, "json") and objects:
        return "jsonl"
    if named in ("json", "jsonl", "arff", "delimited"):
        return named
    if first.lower().startswith(("@relation", "@attribute")):
        return "arff"
    return "json" if first.startswith(("[", "{")) else "delimited"


def is_series(lines: Sequence[str]) -> bool:
    """Tell whether a text is a `.ts` file of series; a program in TypeScript is called so, too."""
    told = (line.strip().lower() for line in lines if line.strip() and line.strip()[0] not in "#%")
    keys = {line.split()[0] for line in takewhile(lambda line: line.startswith("@"), told)}
    return "@data" in keys and not keys & {"@attribute", "@relation"}


def is_packed(name: str) -> bool:
    """Tell whether a name ends like a compressed file."""
    return name.lower().endswith(_PACKED_SUFFIXES)


def _suffix(name: str) -> str:
    return PurePosixPath(_bare(name).lower()).suffix


def _bare(name: str) -> str:
    for packed in _PACKED_SUFFIXES:
        if name.lower().endswith(packed):
            return name[: -len(packed)]
    return name
