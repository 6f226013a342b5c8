"""Files as a table: a row for each file that matches a pattern."""

from __future__ import annotations

import codecs
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.folders import enclosed, listed
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.text import plain_text

COLUMNS = ("file", "folder", "name", "stem", "ending")
TEXT = "text"

LONGEST_TEXT = 2**24
"""Bytes of one document."""


def files_table(
    reader: TableReader, root: Path
) -> tuple[tuple[str, ...], Iterator[Sequence[str | None]]]:
    """Return names and rows of the table of the files that match the reader's patterns.

    Raises:
        ReadError: No file matches; or, where their text is wanted, one is too long or not text in
            the declared encoding.
    """
    files = listed(root, reader.files)
    if not files:
        raise ReadError(f"no file matches {', '.join(map(repr, reader.files))}")
    return (*COLUMNS, TEXT) if reader.text else COLUMNS, _rows(reader, root, files)


def _rows(reader: TableReader, root: Path, files: Sequence[str]) -> Iterator[Sequence[str | None]]:
    for file in files:
        pure = PurePosixPath(file)
        row = [file, pure.parent.name, pure.name, pure.stem, pure.suffix.lower().removeprefix(".")]
        yield [*row, _text(reader, root, file)] if reader.text else row


def _text(reader: TableReader, root: Path, file: str) -> str:
    path = enclosed(root, file)
    if path.stat().st_size > LONGEST_TEXT:
        raise ReadError(f"{file!r} has more than {LONGEST_TEXT} bytes; no document is as long")
    try:
        text = codecs.decode(path.read_bytes(), reader.encoding, reader.decode_errors)
    except LookupError as error:
        raise ReadError(f"{reader.encoding!r} is not an encoding that Python knows") from error
    except (UnicodeError, OSError) as error:
        raise ReadError(f"{file!r} is not {reader.encoding} text: {error}") from error
    return plain_text(text)
