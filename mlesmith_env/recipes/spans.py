"""Spans of time that a table lists, as marks on the rows that lie in them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.recipes.holdout import ISO
from mlesmith_env.recipes.model import Within
from mlesmith_env.recipes.text import (
    factors,
    is_missing,
    numbers,
    require_column,
    text_series,
    values_or_none,
)

_TO_ITS_END = "~"
"""Sorts after all that may follow a date in ISO 8601: what it is put to includes its whole day."""

Times = NDArray[np.float64] | NDArray[np.str_]


def marked(frame: pd.DataFrame, spans: pd.DataFrame, transform: Within) -> pd.DataFrame:
    """Return the table with a column of `1` in the rows whose time lies in a span, else `0`.

    Args:
        frame: The rows, each with a time.
        spans: A span a row.
        transform: Which columns say what.

    Raises:
        RecipeError: A column is missing, or times are neither all numbers nor all ISO dates.
    """
    there = f"within, table {transform.table.files[0]!r}"
    column = require_column(frame, transform.column, "within")
    ends = [require_column(spans, name, there) for name in (transform.start, transform.end)]
    usable = ~(is_missing(ends[0]) | is_missing(ends[1]))
    known = ~is_missing(column)
    columns = [cast("pd.Series", column[known])]
    columns += [cast("pd.Series", each[usable]) for each in ends]
    times, firsts, lasts = _comparable(columns)
    names: dict[tuple[str | None, ...], int] = {}
    owned = _owners(spans.loc[usable], transform.on.values(), there, names)
    owners = _owners(frame.loc[known], transform.on, "within", names)
    inside = np.zeros(len(times), dtype=np.bool_)
    for owner in np.unique(owned):
        mine, asked = np.flatnonzero(owners == owner), owned == owner
        ordered = mine[np.argsort(times[mine], kind="stable")]
        steps = np.zeros(len(mine) + 1, dtype=np.int64)
        first = np.searchsorted(times[ordered], firsts[asked], side="left")
        behind = np.searchsorted(times[ordered], lasts[asked], side="right")
        whole = behind > first  # A span that ends before it begins holds nothing.
        np.add.at(steps, first[whole], 1)
        np.add.at(steps, behind[whole], -1)
        inside[ordered] = np.cumsum(steps)[:-1] > 0
    marks: list[str | None] = [None] * len(frame)
    for row, mark in zip(np.flatnonzero(known).tolist(), inside.tolist(), strict=True):
        marks[row] = "1" if mark else "0"
    return frame.assign(**{transform.into: text_series(marks, frame.index)})


def _comparable(columns: list[pd.Series]) -> tuple[Times, Times, Times]:
    """Return times, starts and ends as numbers, or as texts that sort as the moments do."""
    measured = [numbers(column) for column in columns]
    if not any(np.isnan(each).any() for each in measured):
        return measured[0], measured[1], measured[2]
    for column in columns:
        odd = [value for value in factors(column)[1] if not re.fullmatch(ISO, value)]
        if odd:
            raise RecipeError(
                f"within: {column.name!r} holds {odd[0]!r}, and not all times are numbers; "
                "write them as ISO dates with a parse_date before"
            )
    texts = [np.array(cast("list[str]", values_or_none(each)), dtype=np.str_) for each in columns]
    return texts[0], texts[1], np.char.add(texts[2], _TO_ITS_END)


def _owners(
    frame: pd.DataFrame,
    columns: Iterable[str],
    what: str,
    names: dict[tuple[str | None, ...], int],
) -> NDArray[np.int64]:
    """Return the number of what each row belongs to, (rows,); equal names have equal numbers."""
    listed = [values_or_none(require_column(frame, name, what)) for name in columns]
    keys = zip(*listed, strict=True) if listed else [()] * len(frame)
    return np.array([names.setdefault(key, len(names)) for key in keys], dtype=np.int64)
