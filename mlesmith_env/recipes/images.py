"""What transforms read from image files: their size, and which pixels stand out."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import MissingExtraError, ReadError, RecipeError
from mlesmith_env.recipes.folders import enclosed
from mlesmith_env.recipes.operations import ImageSize, Mask
from mlesmith_env.recipes.text import factors, require_column, text_array

MOST_PIXELS = 64_000_000
"""Pixels of one image; a larger one is refused before it is unpacked."""

FORMATS = ("PNG", "JPEG", "BMP", "GIF", "TIFF", "PPM", "WEBP")
"""Those that Pillow reads by itself, without running any other program."""

Pixels = NDArray[Any]


@contextmanager
def opened_image(path: Path) -> Generator[Any, None, None]:
    """Open an image with Pillow; its pixels are unpacked only when they are asked for.

    Raises:
        MissingExtraError: Pillow is not installed.
        ReadError: The file is damaged, too large or no image.
    """
    try:
        from PIL import Image
    except ImportError as error:
        raise MissingExtraError(
            f"{path.name} is an image: install mlesmith-env[image] to look into it"
        ) from error
    try:
        with Image.open(path, formats=FORMATS) as image:
            width, height = image.size
            if width * height > MOST_PIXELS:
                raise ReadError(
                    f"{path.name} has {width} x {height} pixels, more than {MOST_PIXELS}"
                )
            yield image
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ReadError(f"{path.name} can not be read as an image: {error}") from error


def stored_values(image: Any) -> Pixels:
    """Return the pixels of an open image, (height, width): grey levels, or palette indices.

    Grey of colours is 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601), as Pillow computes it.
    """
    plain = image.mode in ("L", "P") or image.mode[0] in "IF"
    return np.asarray(image if plain else image.convert("L"))


def runs(mask: NDArray[np.bool_]) -> str:
    """Return where a mask is true, row by row, as `start length start length ...`."""
    edges = np.flatnonzero(
        np.diff(np.concatenate(([False], mask.ravel(), [False])).astype(np.int8))
    )
    starts, ends = edges[::2], edges[1::2]
    pairs = np.column_stack((starts, ends - starts))
    return " ".join(map(str, pairs.ravel().tolist()))


def measured_images(frame: pd.DataFrame, transform: Mask | ImageSize, raw: Path) -> pd.DataFrame:
    """Return the table with what a transform reads from the images that a column names.

    Raises:
        RecipeError: The column is missing, or names what is no readable image of the dataset.
        MissingExtraError: Pillow is not installed.
    """
    column = require_column(frame, transform.column, transform.op)
    codes, paths = factors(column)
    into = [transform.height_into, transform.width_into]
    if isinstance(transform, Mask):
        into.append(transform.into)
    found: list[tuple[str | None, ...]] = []
    for path in paths:
        try:
            with opened_image(enclosed(raw, path)) as image:
                width, height = image.size
                told: list[str | None] = [str(height), str(width)]
                if isinstance(transform, Mask):
                    told.append(runs(stored_values(image) > transform.above) or None)
        except ReadError as error:
            raise RecipeError(f"{transform.op} of {transform.column!r}: {error}") from error
        found.append(tuple(told))
    found.append((None,) * len(into))
    rows = np.where(codes < 0, len(paths), codes)
    columns = zip(into, zip(*found, strict=True), strict=True)
    return frame.assign(
        **{name: text_array(list(values)).take(rows) for name, values in columns if name}
    )
