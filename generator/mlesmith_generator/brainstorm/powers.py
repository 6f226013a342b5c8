"""Columns of which the target is a product of powers, although no pair of them gives it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.arithmetic import half_unit, written_numbers
from mlesmith_generator.profiler.powers import telling
from mlesmith_generator.profiler.typed import TypedTable

_REASON = "with other columns its product is the target"
_OF_A_FORM = "with other columns its product is the amount that the target is cut from"


def parts_of_product(
    made: Target, table: TypedTable, rows: NDArray[np.int64], known: set[str]
) -> dict[str, str]:
    """Return the fewest columns without which no product is the target, or what it was cut from.

    Args:
        made: The target; nothing is returned where it comes from no number.
        table: The typed table.
        rows: Rows that have a target.
        known: Columns that are left out already.
    """
    source = table[made.source]
    if source.profile.type != "number":
        return {}
    truth = source.numeric()[rows]
    rows, truth = rows[np.isfinite(truth)], truth[np.isfinite(truth)]
    names, values, units = written_numbers(table, rows, known | {made.source})
    if len(names) < 2:
        return {}
    _, places = telling(values, truth, units, 2 * half_unit(source))
    reason = _REASON if made.amount else _OF_A_FORM
    return {names[place]: reason for place in places}
