"""The columns of a table as numbers, for quick models that only have to show a signal."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.matter import is_spelled
from mlesmith_generator.brainstorm.vocabulary import word_marks
from mlesmith_generator.profiler.typed import TypedTable

MAX_FEATURES = 120
"""Features that a quick model is fitted on, chosen on its training rows."""
MAX_TEXTS = 3
"""Columns of free text whose words are looked at."""
MAX_COLUMNS = 6000
"""Columns that are looked at."""


@dataclass(frozen=True)
class Features:
    """Features of some rows.

    Attributes:
        amounts: Numbers with gaps filled, shape (rows, amounts).
        levels: Level numbers from 0 by frequency, missing the last, shape (rows, levels).
        sizes: How many levels each of them has, shape (levels,).
        names: Columns behind `amounts`, then behind `levels`.
    """

    amounts: NDArray[np.float64]
    levels: NDArray[np.int64]
    sizes: NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def width(self) -> int:
        """Number of columns that went in."""
        return len(self.names)


def build(table: TypedTable, rows: NDArray[np.int64], without: Collection[str]) -> Features:
    """Return the usable columns of a table for the given rows, less those named in `without`."""
    amounts: list[NDArray[np.float64]] = []
    levels: list[NDArray[np.int64]] = []
    amount_names: list[str] = []
    level_names: list[str] = []
    texts = 0
    for column in table.columns:
        profile = column.profile
        spelled = profile.type == "identifier" and is_spelled(column)
        if column.name in without or profile.type == "constant":
            continue
        if profile.type == "identifier" and not spelled:
            continue
        if profile.type == "text" or spelled:
            if texts < MAX_TEXTS:
                amounts += word_marks(column, rows)
                amount_names.append(column.name)
                texts += 1
            continue
        if len(amount_names) + len(level_names) >= MAX_COLUMNS:
            break
        if profile.type in ("number", "date", "boolean") and np.isfinite(column.numbers).any():
            values = column.numeric()[rows]
            gaps = ~np.isfinite(values)
            if gaps.all():
                continue
            amounts.append(np.where(gaps, np.median(values[~gaps]), values))
            if 0.02 < gaps.mean() < 0.98:
                amounts.append(gaps.astype(np.float64))
            amounts += _calendar(values) if profile.type == "date" else []
            amount_names.append(column.name)
        else:
            levels.append(_by_frequency(column.codes[rows]))
            level_names.append(column.name)
    count = len(rows)
    level_matrix = np.stack(levels, axis=1) if levels else np.empty((count, 0), dtype=np.int64)
    return Features(
        np.stack(amounts, axis=1) if amounts else np.empty((count, 0)),
        level_matrix,
        level_matrix.max(axis=0) + 1 if levels else np.empty(0, dtype=np.int64),
        (*amount_names, *level_names),
    )


def _calendar(days: NDArray[np.float64]) -> list[NDArray[np.float64]]:
    """Return month, weekday and hour of moments in days since 1970, those that vary; -1 in gaps."""
    known = np.isfinite(days)
    seconds = np.round(np.where(known, days, 0.0) * 86_400).astype("datetime64[s]")
    months = seconds.astype("datetime64[M]").astype(np.int64) % 12
    whole = np.floor(seconds.astype(np.int64) / 3600).astype(np.int64)
    parts = (months, (whole // 24) % 7, whole % 24)
    found = [np.where(known, part, -1).astype(np.float64) for part in parts]
    return [part for part in found if len(np.unique(part[known])) > 1]


def _by_frequency(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    _, inverse, counts = np.unique(codes, return_inverse=True, return_counts=True)
    place = np.empty(len(counts), dtype=np.int64)
    place[np.argsort(-counts, kind="stable")] = np.arange(len(counts))
    return place[inverse]
