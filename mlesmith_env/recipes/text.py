"""Columns of text: the one form in which a table exists between reading and writing.

Every column holds `str`, and a missing value is NaN. Where a function of a value is needed it is
computed once for each different value, so that a million rows cost no more than their variety.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError

NUMBER = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
"""What counts as a number: plain ASCII digits; no `inf`, no `nan`, no `1_000`, no `0x1f`."""


def text_array(values: Iterable[str | None]) -> pd.api.extensions.ExtensionArray:
    """Return the values as a text array in which None is missing (NaN)."""
    listed = values if isinstance(values, list) else list(values)
    return pd.array(listed, dtype=_text_dtype())


def text_series(values: Iterable[str | None], index: pd.Index | None = None) -> pd.Series:
    """Return the values as a text column over the index (0, 1, … by default)."""
    return pd.Series(text_array(values), index=index)


def text_frame(columns: dict[str, Iterable[str | None]]) -> pd.DataFrame:
    """Return a table of text columns."""
    return pd.DataFrame({name: text_array(values) for name, values in columns.items()})


def factors(column: pd.Series) -> tuple[NDArray[np.int64], list[str]]:
    """Return a code for each row (-1 where missing) and the values by code, as first met."""
    codes, values = pd.factorize(column, use_na_sentinel=True)
    return np.asarray(codes, dtype=np.int64), [str(value) for value in values]


def map_values(column: pd.Series, function: Callable[[str], str | None]) -> pd.Series:
    """Return the column with the function applied to every value; missing stays missing."""
    codes, values = factors(column)
    table = text_array([*(function(value) for value in values), None])
    return pd.Series(table.take(np.where(codes < 0, len(values), codes)), index=column.index)


def numbers(column: pd.Series) -> NDArray[np.float64]:
    """Return float values of shape (rows,); NaN where missing, not a number or beyond float."""
    codes, values = factors(column)
    table = np.array([*map(_number, values), np.nan])
    return table[codes]


def column_of(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return the named column of a table whose names are unique."""
    return cast("pd.Series", frame[name])


def is_missing(column: pd.Series) -> NDArray[np.bool_]:
    """Return a mask of shape (rows,), true where the value is missing."""
    return cast("NDArray[np.bool_]", column.isna().to_numpy(dtype=bool))


def values_or_none(column: pd.Series) -> list[str | None]:
    """Return the values as a list, None where missing."""
    array = column.to_numpy(dtype=object, copy=True)
    array[is_missing(column)] = None
    return cast("list[str | None]", array.tolist())


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


def plain_text(text: str) -> str:
    """Return text that any file can hold: newlines alone, no NUL, no half of a character."""
    if text.isascii() and "\r" not in text and "\0" not in text:
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
    return text.encode("utf-8", errors="replace").decode("utf-8")


def clean_names(names: Sequence[str]) -> tuple[str, ...]:
    """Return usable column names: blanks squeezed, empty ones named, repeated ones numbered.

    A first column without a name is called `row`, any other `column_<position>`.
    """
    result: list[str] = []
    taken: set[str] = set()
    given = {" ".join(name.split()) for name in names}
    for position, raw in enumerate(names, start=1):
        name = " ".join(plain_text(raw).replace("\ufeff", "").split())
        if not name:
            name = "row" if position == 1 else f"column_{position}"
        unique, copy = name, 1
        while unique in taken or (copy > 1 and unique in given):
            copy += 1
            unique = f"{name}_{copy}"
        taken.add(unique)
        result.append(unique)
    return tuple(result)


def _number(text: str) -> float:
    if not NUMBER.fullmatch(text):
        return float("nan")
    value = float(text)
    return value if np.isfinite(value) else float("nan")


def _text_dtype() -> Any:
    return pd.StringDtype(na_value=np.nan)


def _near(frame: pd.DataFrame, name: str) -> str:
    close = difflib.get_close_matches(name, [str(c) for c in frame.columns], n=1)
    if close:
        return f" (did you mean {close[0]!r}?)"
    return f" among {', '.join(map(repr, list(frame.columns)[:8]))}"
