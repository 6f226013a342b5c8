"""The transforms of a recipe: each maps a table of text to a table of text."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import singledispatch
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.recipes.draws import keys
from mlesmith_env.recipes.durations import minutes_of
from mlesmith_env.recipes.images import measured_images
from mlesmith_env.recipes.joining import joined
from mlesmith_env.recipes.matching import first_groups
from mlesmith_env.recipes.model import (
    Arithmetic,
    Bin,
    Deduplicate,
    DropColumns,
    ExcludeValues,
    Extract,
    ImageSize,
    Join,
    KeepFrequent,
    KeepValues,
    MapValues,
    Mask,
    ParseDate,
    ParseDuration,
    ParseNumber,
    RenameColumns,
    RequireValue,
    SampleRows,
    TableReader,
    Transform,
    Within,
)
from mlesmith_env.recipes.passing import Draw
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.reshaping import reshaped
from mlesmith_env.recipes.spans import marked
from mlesmith_env.recipes.spelling import iso_date, plain_number, to_text
from mlesmith_env.recipes.text import (
    factors,
    is_missing,
    map_values,
    numbers,
    require_column,
    row_codes,
    text_series,
)

_LONGEST_PATTERN = 200
_NESTED_REPEAT = re.compile(r"\([^()]*[+*}][^()]*\)[+*{]")


@dataclass(frozen=True)
class Scene:
    """What a transform may use beside the table."""

    seed: int
    raw: Path | None

    def folder(self, what: str) -> Path:
        """Return the dataset's folder for a transform that reads further files."""
        if self.raw is None:
            raise RecipeError(f"the transform {what} reads further files, and has no raw folder")
        return self.raw


def apply_transforms(
    frame: pd.DataFrame, transforms: Iterable[Transform], *, seed: int, raw: Path | None = None
) -> pd.DataFrame:
    """Return the table after the transforms, in their order; the given table stays as it is.

    Rows keep their order and are counted anew from 0.

    Args:
        frame: A table of text.
        transforms: What to do.
        seed: Seed of what is drawn.
        raw: The dataset's folder, for the transforms that read further files.

    Raises:
        RecipeError: A transform names a column that there is not, or does not fit the data, or
            needs the raw files and has none.
        ReadError: Another file can not be read.
        MissingExtraError: A transform looks into images, and no Pillow is installed.
    """
    scene = Scene(seed, raw)
    for transform in transforms:
        frame = _apply(transform, frame, scene)
    return frame.reset_index(drop=True)


def transformed_table(
    reader: TableReader, transforms: Sequence[Transform], *, seed: int, raw: Path
) -> pd.DataFrame:
    """Return a table read from raw files, after the transforms.

    A sample that comes first is drawn while the files are read, so that the table may be larger
    than memory.

    Args:
        reader: How the table is read.
        transforms: What to do with it.
        seed: Seed of what is drawn.
        raw: The dataset's folder.

    Raises:
        ReadError: A raw file can not be read as declared.
        RecipeError: A transform does not fit the data.
        MissingExtraError: A library that reads a file is not installed.
    """
    draw = None
    if transforms and isinstance(transforms[0], SampleRows):
        draw, transforms = Draw(transforms[0].rows, seed), transforms[1:]
    return apply_transforms(read_table(reader, raw, draw=draw), transforms, seed=seed, raw=raw)


@singledispatch
def _apply(transform: object, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    return reshaped(transform, frame)


@_apply.register
def _(transform: Join, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    raw = scene.folder("join")
    other = transformed_table(transform.table, transform.transforms, seed=scene.seed, raw=raw)
    return joined(frame, other, transform)


@_apply.register
def _(transform: Within, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    raw = scene.folder("within")
    spans = transformed_table(transform.table, transform.transforms, seed=scene.seed, raw=raw)
    return marked(frame, spans, transform)


@_apply.register
def _(transform: Mask | ImageSize, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    return measured_images(frame, transform, scene.folder(transform.op))


@_apply.register
def _(transform: KeepValues, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    column = require_column(frame, transform.column, "keep")
    return frame.loc[_is_in(column, frozenset(transform.values))]


@_apply.register
def _(transform: KeepFrequent, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    codes, values = factors(require_column(frame, transform.column, "keep_frequent"))
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    return frame.loc[np.append(counts >= transform.rows, False)[codes]]


@_apply.register
def _(transform: DropColumns, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    for name in transform.columns:
        require_column(frame, name, "drop")
    return frame.drop(columns=list(transform.columns))


@_apply.register
def _(transform: RenameColumns, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    for name in transform.names:
        require_column(frame, name, "rename")
    renamed = frame.rename(columns=transform.names)
    if not renamed.columns.is_unique:
        twice = renamed.columns[renamed.columns.duplicated()][0]
        raise RecipeError(f"rename would give two columns called {twice!r}")
    return renamed


@_apply.register
def _(transform: RequireValue, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    return frame.loc[~is_missing(require_column(frame, transform.column, "require"))]


@_apply.register
def _(transform: ExcludeValues, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    column = require_column(frame, transform.column, "exclude")
    return frame.loc[~_is_in(column, frozenset(transform.values))]


@_apply.register
def _(transform: ParseNumber, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    column = require_column(frame, transform.column, "parse_number")
    return frame.assign(**{transform.into: map_values(column, plain_number)})


@_apply.register
def _(transform: ParseDuration, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    column = require_column(frame, transform.column, "parse_duration")
    return frame.assign(**{transform.into: map_values(column, minutes_of)})


@_apply.register
def _(transform: ParseDate, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    column = require_column(frame, transform.column, "parse_date")
    parsed = map_values(column, lambda text: iso_date(text, transform.format))
    return frame.assign(**{transform.into: parsed})


@_apply.register
def _(transform: Bin, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    column = require_column(frame, transform.column, "bin")
    edges, labels = list(transform.edges), transform.labels
    if edges != sorted(set(edges)):
        raise RecipeError(f"bin of {transform.column!r}: edges {edges} do not rise strictly")
    if len(labels) != len(edges) + 1:
        raise RecipeError(
            f"bin of {transform.column!r}: {len(edges)} edges need {len(edges) + 1} labels, "
            f"not {len(labels)}"
        )
    values = numbers(column)
    bins = np.searchsorted(np.array(edges), values, side="right")
    labelled = [*labels, None]
    bins = np.where(np.isnan(values), len(labels), bins)
    return frame.assign(**{transform.into: text_series([labelled[b] for b in bins], frame.index)})


@_apply.register
def _(transform: MapValues, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    column = require_column(frame, transform.column, "map")
    mapped = map_values(column, lambda text: transform.values.get(text, transform.other))
    return frame.assign(**{transform.into: mapped})


@_apply.register
def _(transform: Extract, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    column = require_column(frame, transform.column, "extract")
    pattern = _compiled(transform.pattern)
    _, values = factors(column)
    if transform.words:
        values = [*dict.fromkeys(word for value in values for word in value.split())]
    matched = dict(zip(values, first_groups(pattern.pattern, values), strict=True))

    def first_group(text: str) -> str | None:
        return (matched[text] or "").strip() or None

    def word_by_word(text: str) -> str:
        return " ".join("_".join((first_group(word) or word).split()) for word in text.split())

    how = word_by_word if transform.words else first_group
    return frame.assign(**{transform.into: map_values(column, how)})


@_apply.register
def _(transform: Arithmetic, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    left = numbers(require_column(frame, transform.left, "arithmetic"))
    right = numbers(require_column(frame, transform.right, "arithmetic"))
    if transform.operation == "compare":
        words = np.array(["less", "equal", "greater", None], dtype=object)
        sign = np.where(np.isnan(left) | np.isnan(right), 2, np.sign(left - right)).astype(int)
        result = words[sign + 1].tolist()
    else:
        operations: dict[str, Callable[..., NDArray[np.float64]]] = {
            "sum": np.add,
            "difference": np.subtract,
            "product": np.multiply,
            "ratio": np.divide,
        }
        with np.errstate(all="ignore"):
            values = operations[transform.operation](left, right)
        result = [to_text(value) if math.isfinite(value) else None for value in values.tolist()]
    return frame.assign(**{transform.into: text_series(result, frame.index)})


@_apply.register
def _(transform: Deduplicate, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    _, first = np.unique(row_codes(frame), return_index=True)
    return frame.iloc[np.sort(first)]


@_apply.register
def _(transform: SampleRows, frame: pd.DataFrame, scene: Scene) -> pd.DataFrame:
    if len(frame) <= transform.rows:
        return frame
    drawn = np.argsort(keys(scene.seed, "sample", len(frame)), kind="stable")[: transform.rows]
    return frame.iloc[np.sort(drawn)]


def _compiled(pattern: str) -> re.Pattern[str]:
    if len(pattern) > _LONGEST_PATTERN or _NESTED_REPEAT.search(pattern):
        raise RecipeError(
            f"extract: the pattern {pattern[:60]!r} is refused, because it could run for ages; "
            f"use at most {_LONGEST_PATTERN} characters and no repeat inside a repeat"
        )
    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise RecipeError(f"extract: {pattern!r} is not a regular expression: {error}") from error
    if not compiled.groups:
        raise RecipeError(f"extract: {pattern!r} has no group to take")
    return compiled


def _is_in(column: pd.Series, values: Collection[str]) -> NDArray[np.bool_]:
    codes, present = factors(column)
    return np.array([*(value in values for value in present), False])[codes]
