"""Measuring one table."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.recipes.model import TableReader
from mlesmith_generator.profiler import structure
from mlesmith_generator.profiler.relations import relations
from mlesmith_generator.profiler.typed import TypedTable, type_column
from mlesmith_generator.records import TableProfile

SAMPLE_ROWS = 50_000
"""Rows on which columns are measured; tables up to this size are measured exactly."""
SAMPLE_CELLS = 4_000_000
"""Cells on which a wide table is measured."""


def measure_table(frame: pd.DataFrame, *, seed: int = 0) -> TypedTable:
    """Type every column of a table of text, on a sample of the rows where there are many."""
    limit = max(2000, min(SAMPLE_ROWS, SAMPLE_CELLS // max(1, frame.shape[1])))
    if len(frame) > limit:
        chosen = np.random.default_rng(seed).choice(len(frame), limit, replace=False)
        frame = frame.iloc[np.sort(chosen)]
    columns = tuple(
        type_column(str(name), cast("pd.Series", frame[name])) for name in frame.columns
    )
    return TypedTable(columns, len(frame))


def profile_table(
    name: str, reader: TableReader, frame: pd.DataFrame, *, seed: int = 0
) -> TableProfile:
    """Return the profile of one table.

    Args:
        name: A short name for the table.
        reader: How it is read.
        frame: Its rows, all text, NaN where missing.
        seed: Seed of the sample of rows.
    """
    table = measure_table(frame, seed=seed)
    return TableProfile(
        name=name,
        reader=reader,
        rows=len(frame),
        sampled=table.rows < len(frame),
        columns=tuple(column.profile for column in table.columns),
        keys=structure.keys(table),
        groups=structure.groups(table),
        times=structure.times(table),
        relations=relations(table),
        duplicate_rows=int(frame.duplicated().sum()) if frame.size <= 40_000_000 else 0,
    )
