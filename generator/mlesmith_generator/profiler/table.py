"""Measuring one table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.passing import Draw
from mlesmith_env.recipes.reader import read_table
from mlesmith_generator.profiler import structure
from mlesmith_generator.profiler.relations import relations
from mlesmith_generator.profiler.typed import TypedTable, type_column
from mlesmith_generator.records import TableProfile

SAMPLE_ROWS = 50_000
"""Rows on which columns are measured; tables up to this size are measured exactly."""
SAMPLE_CELLS = 4_000_000
"""Cells on which a wide table is measured."""
_WHOLE_BYTES = 400_000_000
"""Bytes of files that are read as a whole; of larger ones only a sample of rows is ever held."""
_PACKED = 8
"""What unpacking makes of a byte, about."""
_REMEMBERED = 4
_COUNTED_CELLS = 40_000_000


@dataclass(frozen=True)
class Measured:
    """A table as it was read and typed.

    Attributes:
        table: Its columns, typed, on a sample of the rows where there are many.
        rows: Rows of the whole table.
        duplicates: Rows that are equal to an earlier one throughout.
    """

    table: TypedTable
    rows: int
    duplicates: int


def measure_file(reader: TableReader, root: Path, *, seed: int = 0) -> Measured:
    """Read and type a table; the last few are remembered for as long as their files stay the same.

    Args:
        reader: How the table is read.
        root: Folder that the reader's paths start from.
        seed: Seed of the sample of rows.

    Raises:
        ReadError: The files can not be read as declared.
    """
    stamps: list[tuple[int, int]] = []
    for name in reader.files:
        path = root / name
        status = path.stat() if path.exists() else None
        stamps.append((status.st_size, status.st_mtime_ns) if status else (-1, -1))
    return _measured(reader.model_dump_json(), root.absolute(), seed, tuple(stamps))


@lru_cache(maxsize=_REMEMBERED)
def _measured(reader: str, root: Path, seed: int, stamps: tuple[tuple[int, int], ...]) -> Measured:
    described = TableReader.model_validate_json(reader)
    packed = described.compression != "none"
    if sum(size for size, _ in stamps) * (_PACKED if packed else 1) > _WHOLE_BYTES:
        frame = read_table(described, root, draw=Draw(SAMPLE_ROWS, seed))
    else:
        frame = read_table(described, root)
    rows = int(frame.attrs["rows"])
    counted = len(frame) == rows and frame.size <= _COUNTED_CELLS
    return Measured(
        measure_table(frame, seed=seed), rows, int(frame.duplicated().sum()) if counted else 0
    )


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


def profile_table(name: str, reader: TableReader, measured: Measured) -> TableProfile:
    """Return the profile of one table.

    Args:
        name: A short name for the table.
        reader: How it is read.
        measured: What it holds.
    """
    table = measured.table
    return TableProfile(
        name=name,
        reader=reader,
        rows=measured.rows,
        sampled=table.rows < measured.rows,
        columns=tuple(column.profile for column in table.columns),
        keys=structure.keys(table),
        groups=structure.groups(table),
        times=structure.times(table),
        relations=relations(table),
        duplicate_rows=measured.duplicates,
    )
