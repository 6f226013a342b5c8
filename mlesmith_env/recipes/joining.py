"""Joining: columns of another table, found by a key."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.recipes.model import Join
from mlesmith_env.recipes.spelling import to_text
from mlesmith_env.recipes.text import (
    is_missing,
    numbers,
    require_column,
    text_array,
    text_series,
    values_or_none,
)

Codes = NDArray[np.int64]


def joined(frame: pd.DataFrame, other: pd.DataFrame, join: Join) -> pd.DataFrame:
    """Return the table with columns of another one: every row stays, in its order.

    Raises:
        RecipeError: A column is missing or would stand there twice, or the key is not unique in
            the other table and nothing says how to put its rows together.
    """
    here = _keys(frame, join.on, "join")
    there = _keys(other, join.on.values(), f"join, table {join.table.files[0]!r}")
    known: dict[tuple[str | None, ...], int] = {}
    codes = np.array([_code(key, known, learn=True) for key in there], dtype=np.int64)
    counts = np.bincount(codes[codes >= 0], minlength=len(known))
    if join.together is None and counts.size and counts.max() > 1:
        key = list(known)[int(np.argmax(counts))]
        raise RecipeError(
            f"join: {counts.max()} rows of {join.table.files[0]!r} have the key {key!r}; say with "
            "`together` what becomes of them"
        )
    wanted = np.array([_code(key, known, learn=False) for key in here], dtype=np.int64)
    names = join.columns or [str(c) for c in other.columns if c not in join.on.values()]
    brought: dict[str, pd.Series] = {}
    for name in names:
        column = require_column(other, name, f"join, table {join.table.files[0]!r}")
        values = text_array([*_together(column, codes, len(known), join.together), None])
        taken = values.take(np.where(wanted < 0, len(known), wanted))
        brought[join.prefix + name] = pd.Series(taken, index=frame.index)
    if join.count_into is not None:
        rows = np.append(counts, 0)[wanted].tolist()
        brought[join.count_into] = text_series(map(str, rows), frame.index)
    twice = [name for name in brought if name in frame.columns]
    if twice:
        raise RecipeError(f"join: there is a column {twice[0]!r} already; give a `prefix`")
    return frame.assign(**brought)


def _keys(frame: pd.DataFrame, names: Iterable[str], what: str) -> list[tuple[str | None, ...]]:
    columns = [values_or_none(require_column(frame, name, what)) for name in names]
    return list(zip(*columns, strict=True))


def _code(
    key: tuple[str | None, ...], known: dict[tuple[str | None, ...], int], *, learn: bool
) -> int:
    """Return the number of a key, -1 for one that is unknown or missing in part."""
    if None in key:
        return -1
    return known.setdefault(key, len(known)) if learn else known.get(key, -1)


def _together(column: pd.Series, codes: Codes, count: int, how: str | None) -> list[str | None]:
    """Return one value for each key."""
    result: list[str | None] = [None] * count
    if how in (None, "first"):
        usable = np.flatnonzero((codes >= 0) & ~is_missing(column))
        keys, first = np.unique(codes[usable], return_index=True)
        chosen = values_or_none(column.iloc[usable[first]])
        for key, value in zip(keys.tolist(), chosen, strict=True):
            result[key] = value
        return result
    values = numbers(column)
    usable = np.flatnonzero((codes >= 0) & ~np.isnan(values))
    keys, values = codes[usable], values[usable]
    counts = np.bincount(keys, minlength=count)
    if how in ("mean", "sum"):
        totals = np.bincount(keys, weights=values, minlength=count)
        if how == "mean":
            totals = totals / np.maximum(counts, 1)
    else:
        totals = np.full(count, np.inf if how == "min" else -np.inf)
        (np.minimum if how == "min" else np.maximum).at(totals, keys, values)
    return [
        to_text(value) if number and math.isfinite(value) else None
        for value, number in zip(totals.tolist(), counts.tolist(), strict=True)
    ]
