"""Transforms that change which columns there are and what one row stands for."""

from __future__ import annotations

from functools import singledispatch

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.metrics.tags import entities
from mlesmith_env.recipes.operations import (
    Boxes,
    Combine,
    Connect,
    Entity,
    FillDown,
    Gather,
    Grid,
    Indicators,
    NumberRows,
    OneWord,
    Select,
    Unpivot,
)
from mlesmith_env.recipes.spelling import to_text
from mlesmith_env.recipes.text import (
    column_of,
    is_missing,
    map_values,
    numbers,
    require_column,
    row_codes,
    text_array,
    text_series,
    values_or_none,
)


@singledispatch
def reshaped(transform: object, frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table after a transform of columns or of the unit.

    Raises:
        RecipeError: It names a column that there is not, or does not fit the data.
    """
    raise RecipeError(f"{type(transform).__name__} is not a transform")


@reshaped.register
def _(transform: Select, frame: pd.DataFrame) -> pd.DataFrame:
    for name in transform.columns:
        require_column(frame, name, "select")
    return frame.loc[:, list(dict.fromkeys(transform.columns))]


@reshaped.register
def _(transform: Combine, frame: pd.DataFrame) -> pd.DataFrame:
    columns = [values_or_none(require_column(frame, n, "combine")) for n in transform.columns]
    combined = [
        transform.separator.join(value for value in row if value is not None) or None
        for row in zip(*columns, strict=True)
    ]
    return frame.assign(**{transform.into: text_series(combined, frame.index)})


@reshaped.register
def _(transform: Entity, frame: pd.DataFrame) -> pd.DataFrame:
    tokens = values_or_none(require_column(frame, transform.tokens, "entity"))
    tags = values_or_none(require_column(frame, transform.tags, "entity"))
    found: list[str | None] = []
    for words, told in zip(tokens, tags, strict=True):
        spans = [
            (start, end)
            for start, end, kind in entities(tuple((told or "").split()))
            if kind == transform.kind
        ]
        text = (words or "").split()
        found.append(" ".join(text[slice(*spans[0])]) or None if len(spans) == 1 else None)
    return frame.assign(**{transform.into: text_series(found, frame.index)})


@reshaped.register
def _(transform: FillDown, frame: pd.DataFrame) -> pd.DataFrame:
    column = require_column(frame, transform.column, "fill_down")
    return frame.assign(**{transform.column: column.ffill()})


@reshaped.register
def _(transform: OneWord, frame: pd.DataFrame) -> pd.DataFrame:
    column = require_column(frame, transform.column, "one_word")
    return frame.assign(**{transform.into: map_values(column, _unbroken)})


@reshaped.register
def _(transform: NumberRows, frame: pd.DataFrame) -> pd.DataFrame:
    for name in transform.by:
        require_column(frame, name, "number")
    codes = row_codes(frame.loc[:, list(transform.by)])
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-1))
    lengths = np.diff(np.append(starts, len(order)))
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order)) - np.repeat(starts, lengths)
    return frame.assign(**{transform.into: text_series(map(str, rank.tolist()), frame.index)})


@reshaped.register
def _(transform: Indicators, frame: pd.DataFrame) -> pd.DataFrame:
    column = require_column(frame, transform.column, "indicators")
    made: dict[str, pd.Series] = {}
    for value in dict.fromkeys(transform.values):
        name = transform.prefix + value
        if name in frame.columns and name != transform.column:
            raise RecipeError(f"indicators: there is a column {name!r} already; give a `prefix`")

        def stands(text: str, value: str = value) -> str:
            parts = (
                part.strip().strip(transform.trim or None).strip()
                for part in text.split(transform.separator)
            )
            return "1" if value in parts else "0"

        made[name] = map_values(column, stands)
    return frame.assign(**made)


@reshaped.register
def _(transform: Connect, frame: pd.DataFrame) -> pd.DataFrame:
    columns = [values_or_none(require_column(frame, n, "connect")) for n in transform.columns]
    above: dict[str, str] = {}

    def root(value: str) -> str:
        while (upper := above.setdefault(value, value)) != value:
            above[value] = value = above[upper]
        return value

    firsts: list[str | None] = []
    for row in zip(*columns, strict=True):
        plain = [" ".join(value.casefold().split()) for value in row if value is not None]
        for other in plain[1:]:
            above[root(other)] = root(plain[0])
        firsts.append(plain[0] if plain else None)
    numbered: dict[str, int] = {}
    groups = [
        None if first is None else str(numbered.setdefault(root(first), len(numbered)))
        for first in firsts
    ]
    return frame.assign(**{transform.into: text_series(groups, frame.index)})


@reshaped.register
def _(transform: Grid, frame: pd.DataFrame) -> pd.DataFrame:
    rows, columns = (
        np.floor(numbers(require_column(frame, name, "grid")) / transform.degrees)
        for name in (transform.latitude, transform.longitude)
    )
    cells = [
        None if np.isnan(row + column) else f"r{int(row)}c{int(column)}"
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
    return frame.assign(**{transform.into: text_series(cells, frame.index)})


@reshaped.register
def _(transform: Boxes, frame: pd.DataFrame) -> pd.DataFrame:
    label = map_values(require_column(frame, transform.label, "boxes"), _unbroken)
    x, y, right, bottom = (
        numbers(require_column(frame, name, "boxes"))
        for name in (transform.x, transform.y, transform.right, transform.bottom)
    )
    corners = transform.form == "corners"
    width, height = (right - x, bottom - y) if corners else (right, bottom)
    if transform.form == "centre":
        x, y = x - width / 2, y - height / 2
    # Comparisons with NaN are false, so that a box with a missing number is missing as well.
    usable = (width > 0) & (height > 0) & np.isfinite(x) & np.isfinite(y) & ~is_missing(label)
    measures = np.column_stack((x, y, width, height)).tolist()
    texts = [
        f"{name} {' '.join(map(to_text, measured))}" if good else None
        for name, measured, good in zip(
            values_or_none(label), measures, usable.tolist(), strict=True
        )
    ]
    return frame.assign(**{transform.into: text_series(texts, frame.index)})


@reshaped.register
def _(transform: Unpivot, frame: pd.DataFrame) -> pd.DataFrame:
    for name in transform.keep:
        require_column(frame, name, "unpivot")
    if taken := {transform.name_into, transform.value_into} & set(transform.keep):
        raise RecipeError(
            f"unpivot: the column {min(taken)!r} stays; give the new one another name"
        )
    turned = [str(name) for name in frame.columns if name not in transform.keep]
    if not turned:
        raise RecipeError("unpivot: every column is to stay; none is left to be turned")
    long = frame.loc[:, list(transform.keep)]
    long = long.iloc[np.repeat(np.arange(len(frame)), len(turned))].reset_index(drop=True)
    cells = frame.loc[:, turned].to_numpy(dtype=object).ravel()
    missing = frame.loc[:, turned].isna().to_numpy().ravel()
    values = [None if gone else cell for cell, gone in zip(cells, missing, strict=True)]
    names = np.tile(np.array(turned, dtype=object), len(frame)).tolist()
    return long.assign(
        **{transform.name_into: text_array(names), transform.value_into: text_array(values)}
    )


@reshaped.register
def _(transform: Gather, frame: pd.DataFrame) -> pd.DataFrame:
    for name in (*transform.by, *transform.columns, *transform.first):
        require_column(frame, name, "gather")
    codes = row_codes(frame.loc[:, list(transform.by)])
    _, first = np.unique(codes, return_index=True)
    keys = np.sort(first)
    rank = np.empty(len(first), dtype=np.int64)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first))
    codes = rank[codes]
    gathered = frame.loc[:, list(transform.by)].iloc[keys].reset_index(drop=True)
    for name in dict.fromkeys(transform.first):
        gathered[name] = text_array(_first(column_of(frame, name), codes, len(keys)))
    for name in dict.fromkeys(transform.columns):
        gathered[name] = text_array(_lists(column_of(frame, name), codes, len(keys), transform))
    if transform.count_into is not None:
        counts = np.bincount(codes, minlength=len(keys)).tolist()
        gathered[transform.count_into] = text_array(map(str, counts))
    return gathered


def _first(column: pd.Series, codes: NDArray[np.int64], count: int) -> list[str | None]:
    result: list[str | None] = [None] * count
    usable = np.flatnonzero(~is_missing(column))
    keys, first = np.unique(codes[usable], return_index=True)
    values = values_or_none(column.iloc[usable[first]])
    for key, value in zip(keys.tolist(), values, strict=True):
        result[key] = value
    return result


def _lists(
    column: pd.Series, codes: NDArray[np.int64], count: int, transform: Gather
) -> list[str | None]:
    lists: list[list[str]] = [[] for _ in range(count)]
    if transform.blanks == "underscore":
        column = map_values(column, _unbroken)
    for code, value in zip(codes.tolist(), values_or_none(column), strict=True):
        text = transform.missing if value is None else value
        if text is not None:
            lists[code].append(text)
    return [" ".join(texts) or None for texts in lists]


def _unbroken(text: str) -> str:
    return "_".join(text.split())
