"""The folder that preparation writes into, with the digest of everything that it is given."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.digests import file_digest, tree_digest
from mlesmith_env.errors import RecipeError
from mlesmith_env.recipes.text import column_of, values_or_none

Row = Sequence[str | None]

_ROWS_AT_ONCE = 2**15


class Output:
    """Writes files below a folder, each by a temporary name, and none of them twice."""

    def __init__(self, into: Path) -> None:
        """Remember the folder."""
        self._into = into
        self._digests: dict[str, str] = {}
        self._folders: dict[str, dict[str, str]] = {}

    def text(self, name: str, text: str) -> None:
        """Write a text file."""
        part = self._part(name)
        part.write_bytes(text.encode())
        self._digests[name] = self._finish(part, name)

    def table(self, name: str, rows: Iterable[Row]) -> None:
        """Write a CSV file, header first.

        Raises:
            RecipeError: There is a file of that name already.
        """
        part = self._part(name)
        with part.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, lineterminator="\n").writerows(rows)
        self._digests[name] = self._finish(part, name)

    def copy(self, source: Path, folder: str, name: str) -> None:
        """Copy a file into a folder that is pinned as a whole, such as `public/images/`."""
        part = self._part(folder + name)
        shutil.copyfile(source, part)
        self._folders.setdefault(folder, {})[name] = self._finish(part, folder + name)

    def digests(self) -> dict[str, str]:
        """Return SHA-256 by path; a folder of copies has one, by its path with `/` at the end."""
        folders = {folder: tree_digest(files) for folder, files in self._folders.items()}
        return dict(sorted((self._digests | folders).items()))

    def _part(self, name: str) -> Path:
        path = self._into / name
        if path.exists():
            raise RecipeError(f"{name} would be written twice; give the further table another name")
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.with_name(f".{path.name}.part")

    def _finish(self, part: Path, name: str) -> str:
        digest = file_digest(part)
        part.replace(self._into / name)
        return digest


def rows_of(frame: pd.DataFrame, positions: NDArray[np.int64] | None = None) -> Iterator[Row]:
    """Yield the header and the rows of a table, or those at some positions, None where missing."""
    if positions is None:
        positions = np.arange(len(frame))
    yield [str(name) for name in frame.columns]
    for start in range(0, len(positions), _ROWS_AT_ONCE):
        part = frame.iloc[positions[start : start + _ROWS_AT_ONCE]]
        columns = [values_or_none(column_of(part, name)) for name in part.columns]
        yield from zip(*columns, strict=True)
