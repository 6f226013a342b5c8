"""Documents that a publisher puts beside the data, and what of them no page may quote.

They are read for quoting only. What addresses the reader, leads elsewhere, gives orders or counts
rows is refused, because the page is read by those who play.
"""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterator
from itertools import islice, takewhile
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from mlesmith_generator.records import TableProfile
from mlesmith_generator.sniff.mending import mended

_DOCUMENT = re.compile(
    r"(?:^|[-_. 0-9])(?:readme|dictionary|codebook|metadata|descri\w*|variables|columns|features"
    r"|info)(?:$|[-_. ])|\.names$",
    re.IGNORECASE,
)
_ENDINGS = frozenset(("", ".md", ".txt", ".rst", ".names", ".csv", ".tsv", ".markdown"))
_MOST_DOCUMENTS = 40
_MOST_FILES = 20_000
LARGEST = 2**20
"""Bytes of a document that are read."""
_COMMENT_LINES = 2000
REFUSED = re.compile(
    r"://|www\.|\S@\S|\\|\ufffd|</?[a-z!]|\{\{|\{[a-z_]|(?:^|[^\w])[~.]*/\w"
    r"|\b(?:TODO|TBD|FIXME|XXX+)\b|lorem ipsum"
    r"|\b(?:you|your|yours|ignore|disregard|override|prompts?|instructions?|assistant|chatbot|llm|"
    r"ai|jailbreak|please|language model|reward hack\w*)\b"
    r"|\b(?:do not|don't|never) (?:tell|mention|reveal|report|use|submit|read|run|follow|train)"
    r"|^\W*(?:system|human|user)\s*:"
    r"|answers?\.\w|answer key|solutions?\b|\btest[_ -](?:sets?|labels?|answers?|split|rows?|data)"
    r"|\bhidden\b|hold-?out|held[- ]out|leaderboard|ground[_ -]truth|private/"
    r"|distribution|\d\s*(?:%|per ?cent) (?:of|are|were|have|had)\b"
    r"|^\W*see\b|\b\d{2,}\s+(?:instances|observations|rows|records|samples|examples|cases)\b",
    re.IGNORECASE,
)
"""What is never quoted."""


def documents_of(root: Path) -> list[str]:
    """Return the texts of the descriptions in a folder, those nearest to its root first."""
    return [text for path in _paths(root) if (text := _text(path))]


def _paths(root: Path) -> Iterator[Path]:
    """Yield the descriptions in a folder, sorted, those nearest to its root first."""
    found: list[Path] = []
    for at, folders, files in islice(os.walk(root), _MOST_FILES):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [
            Path(at) / name
            for name in sorted(files)
            if _DOCUMENT.search(name) and PurePosixPath(name).suffix.lower() in _ENDINGS
        ]
    found.sort(key=lambda path: (len(path.parts), path.as_posix()))
    yield from (path for path in found[:_MOST_DOCUMENTS] if path.is_file())


def _text(path: Path) -> str:
    with path.open("rb") as stream:
        text = mended(stream.read(LARGEST))
    if path.suffix.lower() not in (".csv", ".tsv"):
        return text
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    # A codebook is a table of definitions; its cells hold no bars once they are one.
    rows = csv.reader(text.splitlines(), delimiter=delimiter)
    try:
        return "\n".join("|".join(cell.replace("|", "/") for cell in row) for row in rows)
    except csv.Error:
        return ""  # Not a codebook after all, and nobody's table of data either.


class _Comments(NamedTuple):
    """How comments are written: the lines that are some, and those that may stand around them."""

    mark: re.Pattern[str]
    front: re.Pattern[str]


_HASHES = re.compile(r"\s*#")
_MARKS = {
    "arff": _Comments(re.compile(r"\s*%"), re.compile("")),
    "ts": _Comments(_HASHES, re.compile(r"\s*(?:[#@]|$)")),
    "svmlight": _Comments(_HASHES, re.compile(r"\s*(?:#|$)")),
    "delimited": _Comments(_HASHES, re.compile("")),
}


def comments_of(table: TableProfile, root: Path) -> Iterator[str]:
    """Yield what the comments in front of the data of a file say, in the formats that have them.

    Those are ARFF (`%`), and `#` in series, SVMlight and lines of delimited values above the table.
    """
    reader = table.reader
    if reader.format not in _MARKS or reader.compression != "none":
        return
    form, most = _MARKS[reader.format], _COMMENT_LINES
    if reader.format == "delimited":
        most = reader.skip_rows
    with (root / reader.files[0]).open(encoding=reader.encoding, errors="replace") as stream:
        lines = (line.replace("\ufeff", "") for line in islice(stream, most))
        found = [line for line in takewhile(form.front.match, lines) if form.mark.match(line)]
    # A `#` is left out, as it would be the mark of a heading.
    yield "".join(line.lstrip().removeprefix("#") for line in found)
