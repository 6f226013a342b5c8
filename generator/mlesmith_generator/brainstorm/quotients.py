"""Columns of which the target is a quotient of sums: the parts of a share, a rate, a mean."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.arithmetic import half_unit, written_numbers
from mlesmith_generator.profiler.quotients import quotient
from mlesmith_generator.profiler.typed import TypedTable

_MOST_ROUNDS = 3
_REASON = "with other columns its quotient is the target"


def parts_of_quotient(
    made: Target, table: TypedTable, rows: NDArray[np.int64], known: set[str]
) -> dict[str, str]:
    """Return columns of which a quotient of sums is the amount that the target is or was cut from.

    Args:
        made: The target; nothing is returned where it comes from no number.
        table: The typed table.
        rows: Rows that have a target.
        known: Columns that are left out already.
    """
    source = table[made.source]
    if not made.amount and source.profile.type != "number":
        return {}
    truth = (made.truth if made.amount else source.numeric())[rows]
    rows, truth = rows[np.isfinite(truth)], truth[np.isfinite(truth)]
    unit = 2 * half_unit(source) if source.profile.type == "number" else 1e-9
    found: dict[str, str] = {}
    for _ in range(_MOST_ROUNDS):
        names, values, units = written_numbers(table, rows, {made.source, *known, *found})
        if len(names) < 2:
            break
        told = quotient(values, truth, units, unit)
        if told is None:
            break
        found |= {names[place]: _REASON for place in told.telling}
    return found
