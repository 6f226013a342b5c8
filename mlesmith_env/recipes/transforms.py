"""The transforms of a recipe: each maps a table of text to a table of text."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Collection, Iterable
from functools import singledispatch

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.recipes.draws import keys
from mlesmith_env.recipes.durations import minutes_of
from mlesmith_env.recipes.model import (
    Arithmetic,
    Bin,
    Deduplicate,
    DropColumns,
    ExcludeValues,
    Extract,
    MapValues,
    ParseDate,
    ParseDuration,
    ParseNumber,
    RenameColumns,
    RequireValue,
    SampleRows,
    Transform,
)
from mlesmith_env.recipes.spelling import iso_date, plain_number, to_text
from mlesmith_env.recipes.text import (
    column_of,
    factors,
    is_missing,
    map_values,
    numbers,
    text_series,
)

_LONGEST_PATTERN = 200
_NESTED_REPEAT = re.compile(r"\([^()]*[+*}][^()]*\)[+*{]")


def apply_transforms(
    frame: pd.DataFrame, transforms: Iterable[Transform], *, seed: int
) -> pd.DataFrame:
    """Return the table after the transforms, in their order; the given table stays as it is.

    Rows keep their order and are counted anew from 0.

    Raises:
        RecipeError: A transform names a column that there is not, or does not fit the data.
    """
    for transform in transforms:
        frame = _apply(transform, frame, seed)
    return frame.reset_index(drop=True)


def row_codes(frame: pd.DataFrame) -> NDArray[np.int64]:
    """Return a number for each row, shape (rows,); equal for rows that are equal throughout."""
    codes = np.zeros(len(frame), dtype=np.int64)
    different = 1
    for name in frame.columns:
        if different == len(frame):
            break
        column, values = pd.factorize(column_of(frame, name), use_na_sentinel=True)
        codes, known = pd.factorize(codes * (len(values) + 1) + column + 1)
        different = len(known)
    return codes.astype(np.int64)


def require_column(frame: pd.DataFrame, name: str, what: str) -> pd.Series:
    """Return a column; raises RecipeError that says what needs it and which name is near."""
    if name not in frame.columns:
        raise RecipeError(f"{what}: there is no column {name!r}{_near(frame, name)}")
    return column_of(frame, name)


@singledispatch
def _apply(transform: object, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    raise RecipeError(f"{type(transform).__name__} is not a transform")


@_apply.register
def _(transform: DropColumns, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    for name in transform.columns:
        require_column(frame, name, "drop")
    return frame.drop(columns=list(transform.columns))


@_apply.register
def _(transform: RenameColumns, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    for name in transform.names:
        require_column(frame, name, "rename")
    renamed = frame.rename(columns=transform.names)
    if not renamed.columns.is_unique:
        twice = renamed.columns[renamed.columns.duplicated()][0]
        raise RecipeError(f"rename would give two columns called {twice!r}")
    return renamed


@_apply.register
def _(transform: RequireValue, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    return frame.loc[~is_missing(require_column(frame, transform.column, "require"))]


@_apply.register
def _(transform: ExcludeValues, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    column = require_column(frame, transform.column, "exclude")
    return frame.loc[~_is_in(column, frozenset(transform.values))]


@_apply.register
def _(transform: ParseNumber, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    column = require_column(frame, transform.column, "parse_number")
    return frame.assign(**{transform.into: map_values(column, plain_number)})


@_apply.register
def _(transform: ParseDuration, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    column = require_column(frame, transform.column, "parse_duration")
    return frame.assign(**{transform.into: map_values(column, minutes_of)})


@_apply.register
def _(transform: ParseDate, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    column = require_column(frame, transform.column, "parse_date")
    parsed = map_values(column, lambda text: iso_date(text, transform.format))
    return frame.assign(**{transform.into: parsed})


@_apply.register
def _(transform: Bin, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
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
def _(transform: MapValues, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    column = require_column(frame, transform.column, "map")
    mapped = map_values(column, lambda text: transform.values.get(text, transform.other))
    return frame.assign(**{transform.into: mapped})


@_apply.register
def _(transform: Extract, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    column = require_column(frame, transform.column, "extract")
    pattern = _compiled(transform.pattern)

    def first_group(text: str) -> str | None:
        match = pattern.search(text)
        found = match[1] if match else None
        return (found.strip() or None) if found else None

    return frame.assign(**{transform.into: map_values(column, first_group)})


@_apply.register
def _(transform: Arithmetic, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
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
def _(transform: Deduplicate, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    _, first = np.unique(row_codes(frame), return_index=True)
    return frame.iloc[np.sort(first)]


@_apply.register
def _(transform: SampleRows, frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    if len(frame) <= transform.rows:
        return frame
    drawn = np.argsort(keys(seed, "sample", len(frame)), kind="stable")[: transform.rows]
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


def _near(frame: pd.DataFrame, name: str) -> str:
    close = difflib.get_close_matches(name, [str(c) for c in frame.columns], n=1)
    if close:
        return f" (did you mean {close[0]!r}?)"
    return f" among {', '.join(map(repr, list(frame.columns)[:8]))}"
