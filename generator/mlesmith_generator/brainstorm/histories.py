"""Columns that count the classes of somebody's rows, the row that is asked about among them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.histories import counts_of_classes
from mlesmith_generator.profiler.typed import TypedTable

_REASON = "it counts a class of the target, and the row's own class is counted in"


def counts_of_target(made: Target, table: TypedTable, rows: NDArray[np.int64]) -> dict[str, str]:
    """Return columns that count the classes of the column that the target comes from.

    Args:
        made: The target; nothing is returned where it is a number.
        table: The typed table.
        rows: Rows that have a target.
    """
    if made.amount:
        return {}
    codes = table[made.source].codes
    rows = rows[codes[rows] >= 0]
    columns = [
        column
        for column in table.columns
        if column.profile.type == "number" and column.name != made.source
    ]
    found = counts_of_classes([column.numeric()[rows] for column in columns], codes[rows])
    return {columns[place].name: _REASON for place in found}
