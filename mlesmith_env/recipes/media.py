"""Raw files that come along with the rows: pictures, recordings, documents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.digests import file_digest
from mlesmith_env.errors import ReadError, RecipeError
from mlesmith_env.recipes.folders import enclosed
from mlesmith_env.recipes.model import Media
from mlesmith_env.recipes.output import Output
from mlesmith_env.recipes.text import factors, require_column, text_series

_ENDING = re.compile(r"\.[a-z0-9]{1,8}")


@dataclass(frozen=True)
class MediaFiles:
    """The files that one column of a table names.

    Attributes:
        media: What the recipe says of the column.
        paths: The different files.
        codes: Which of them each row has, (rows,); -1 for none.
        contents: A number for each row that is equal where files are equal byte by byte, (rows,);
            -1 for none.
    """

    media: Media
    paths: tuple[Path, ...]
    codes: NDArray[np.int64]
    contents: NDArray[np.int64]

    def copied(self, output: Output, ids: Sequence[str]) -> pd.Series:
        """Copy the file of each row to `public/<folder>/<id>.<ending>`; returns the new paths."""
        folder = self.media.folder
        written: list[str | None] = []
        for code, name in zip(self.codes.tolist(), ids, strict=True):
            if code < 0:
                written.append(None)
                continue
            path = self.paths[code]
            ending = path.suffix.lower() if _ENDING.fullmatch(path.suffix.lower()) else ".bin"
            output.copy(path, f"public/{folder}/", f"{name}{ending}")
            written.append(f"{folder}/{name}{ending}")
        return text_series(written)


def find_media(frame: pd.DataFrame, media: Media, raw: Path) -> MediaFiles:
    """Look up the files that a column names.

    Raises:
        RecipeError: The column is missing, or one of its values is no file of the dataset.
    """
    column = require_column(frame, media.column, "media")
    codes, names = factors(column)
    if not names:
        raise RecipeError(f"media: the column {media.column!r} names no file at all")
    paths: list[Path] = []
    for name in names:
        try:
            paths.append(enclosed(raw, name))
        except ReadError as error:
            raise RecipeError(f"media: the column {media.column!r}: {error}") from error
    known: dict[str, int] = {}
    contents = [known.setdefault(file_digest(path), len(known)) for path in paths]
    return MediaFiles(media, tuple(paths), codes, np.array([*contents, -1])[codes])
