"""Which further tables are of any use: known before the answer is, and missed by a model."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_generator.brainstorm.judging import Bench, Scored, judge
from mlesmith_generator.formulations.relations import Edge, Store
from mlesmith_generator.profiler.dates import date_format, days
from mlesmith_generator.profiler.table import Measured, profile_table
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import TableProfile

GAIN = 0.02
"""Share of a quick model's errors without the further tables that these have to remove."""
_LATER = 0.05
"""Share of the rows of a further table that may lie after the row that they belong to."""


def useful_edges(store: Store, main: TableProfile, edges: list[Edge]) -> list[Edge]:
    """Leave out tables that hold keys alone, or what happened after the row that asks."""
    moment = _moments(store.frame(main), main)
    kept: list[Edge] = []
    gone: set[str] = set()
    for edge in edges:
        hanging = edge.onto in gone and not any(c.name == edge.onto for c in main.columns)
        told = [
            column
            for column in edge.table.columns
            if column.name != edge.column and column.type != "constant"
        ]
        if hanging or not told or _comes_later(store, main, edge, moment):
            gone |= {column.name for column in edge.table.columns}
            continue
        kept.append(edge)
    return kept


def _moments(frame: pd.DataFrame, table: TableProfile) -> pd.Series | None:
    """Return the day of each row since 1970 by its first date, None where it has none."""
    for column in table.columns:
        dated = column.type == "date" or re.search(r"date|datum|fecha", column.name.lower())
        if not dated:
            continue
        texts = cast("pd.Series", frame[column.name])
        values = [str(value) for value in pd.unique(texts.dropna())]
        form = date_format(values) or (column.date_format if column.date_format else "")
        if form:
            known = dict(zip(values, days(values, form).tolist(), strict=True))
            return texts.map(known).astype(float)
        numbers = cast("pd.Series", pd.to_numeric(texts, errors="coerce"))
        if numbers.notna().mean() > 0.9:
            return numbers
    return None


def _comes_later(store: Store, main: TableProfile, edge: Edge, moment: pd.Series | None) -> bool:
    """Whether rows of a further table lie after those of the main table that they belong to."""
    if edge.single or moment is None:
        return False
    frame = store.frame(edge.table)
    theirs = _moments(frame, edge.table)
    if theirs is None or edge.onto not in store.frame(main).columns:
        return False
    asked = pd.Series(moment.to_numpy(), index=store.frame(main)[edge.onto].to_numpy())
    first = cast("pd.Series", asked.groupby(level=0).min())
    known = first.reindex(frame[edge.column].to_numpy())
    gap = theirs.to_numpy(dtype=float) - known.to_numpy(dtype=float)
    gap = gap[np.isfinite(gap)]
    return bool(len(gap) and float((gap > 0).mean()) > _LATER)


def gains(bench: Bench, own: TypedTable, scored: Scored) -> bool:
    """Return whether a quick model is better with the further tables than without them.

    Args:
        bench: The joined table.
        own: The main table alone, with the same rows.
        scored: What the quick model reached on the joined one. The column that its holdout goes by
            is kept in both.
    """
    lacking = {scored.plan.holdout.column} - {column.name for column in own.columns}
    needed = tuple(column for column in bench.table.columns if column.name in lacking)
    own = TypedTable((*own.columns, *needed), own.rows)
    measured = Measured(own, bench.profile.rows, 0)
    profile = profile_table(bench.profile.name, bench.profile.reader, measured)
    alone = replace(bench, profile=profile, table=own)
    without = judge(alone, scored.made, scored.plan, scored.merit)
    if without is None:
        return True
    left = 1.0 - without.idea.signal
    return scored.idea.signal - without.idea.signal >= GAIN * left
