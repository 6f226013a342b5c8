"""Do further tables hold totals, means or extremes of the answers, by the key of their rows?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_generator.gates.arithmetic import written_unit
from mlesmith_generator.gates.rows import Column, Floats
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.ledgers import statistic_of

_CLASSES = 8
"""Classes whose rows are counted by key, the commonest first."""
_FACTORS = 8
"""Numeric columns of the rows that a number may be multiplied with, as a price with a quantity."""
_LEAST = 10
"""Keys that a table has to be known by."""


def scan_ledgers(
    wide: pd.DataFrame, sides: Mapping[str, pd.DataFrame], truth: Mapping[str, pd.Series]
) -> Scan:
    """Look for columns of further tables that are statistics of the answers by key.

    Args:
        wide: All rows that ask, training rows first, with what `widen` joins to them; text.
        sides: The further tables, text, keys under the names that they have in the other tables.
        truth: What is asked for, by name, in the order of `wide`; text.
    """
    found = {name: telling_totals(wide, sides, one) for name, one in truth.items()}
    findings = tuple(
        Finding("further-totals", f"{column!r} is {words}, hidden rows included")
        for totals in found.values()
        for column, words in totals.items()
    )
    told = f"no number of {len(sides)} further tables is a total of {', '.join(truth)} by key"
    return Scan("further-totals", told, findings)


def telling_totals(
    wide: pd.DataFrame, sides: Mapping[str, pd.DataFrame], asked: pd.Series
) -> dict[str, str]:
    """Return columns, as `table.column`, that are statistics by key of what is asked for.

    Args:
        wide: All rows, with what `widen` joins to them; text.
        sides: The further tables, text.
        asked: What is asked for, or the number that it was cut from; text, in the order of `wide`.
    """
    joined = [f"{name}.{column}" for name, side in sides.items() for column in side.columns]
    joined = [name for name in joined if name in wide.columns]
    keys = [key for key in _keys(wide, sides) if key.distinct >= _LEAST]
    if not joined or not keys:
        return {}
    amounts = dict(_amounts(wide, sides, Column(str(asked.name), asked.reset_index(drop=True))))
    found: dict[str, str] = {}
    for name in joined:
        column = _column(wide, name)
        if not column.numeric or column.distinct < 2 or any(name == key.name for key in keys):
            continue
        for key in keys:
            words = statistic_of(key.codes, column.numbers, amounts, written_unit(column))
            if words:
                found[name] = f"{words} over the rows of one {key.name!r}"
                break
    return found


def _column(frame: pd.DataFrame, name: str) -> Column:
    return Column(name, cast("pd.Series", frame[name]).reset_index(drop=True))


def _keys(wide: pd.DataFrame, sides: Mapping[str, pd.DataFrame]) -> Iterator[Column]:
    """Yield the columns by which further tables hang on the rows, or on each other."""
    for name in map(str, wide.columns):
        own, _, inner = name.rpartition(".")
        others = (side for other, side in sides.items() if other != own)
        if any(name in side.columns for side in sides.values()) or (
            own in sides and any(inner in side.columns for side in others)
        ):
            yield _column(wide, name)


def _amounts(
    wide: pd.DataFrame, sides: Mapping[str, pd.DataFrame], asked: Column
) -> Iterator[tuple[str, Floats]]:
    """Yield what may have been summed up: the number, its products, or 1 for each class."""
    if asked.numeric:
        yield repr(asked.name), asked.numbers
        own = [
            _column(wide, name)
            for name in map(str, wide.columns)
            if name.rpartition(".")[0] not in sides and name != asked.name
        ]
        factors = [column for column in own if column.numeric and column.distinct > 1]
        for column in factors[:_FACTORS]:
            yield f"{asked.name!r} * {column.name!r}", asked.numbers * column.numbers
    if asked.distinct <= 50:
        counts = np.bincount(asked.codes[asked.codes >= 0])
        for code in np.argsort(-counts, kind="stable")[:_CLASSES]:
            flags = np.where(asked.codes < 0, np.nan, asked.codes == code)
            yield f"{asked.name!r} = {asked.values[code]}", flags.astype(np.float64)
