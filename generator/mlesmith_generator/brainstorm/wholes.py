"""Counts that hold the target: of all those who fell ill, how many did so at night is a part.

Names propose (one is the other with something added), values decide: in no row is the part the
greater one, and both go together closely.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.naming import namesakes
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.describe.association import spearman
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable

_FEWEST, _LEVELS = 50, 10
_CLOSE = 0.9
"""Rank correlation from which a whole all but tells its part."""
_BOTH = 0.9


def wholes_of_part(made: Target, table: TypedTable, rows: NDArray[np.int64]) -> dict[str, str]:
    """Return columns of counts that a target, a count itself, is a part of.

    Args:
        made: The target.
        table: The typed table.
        rows: Rows that have a target.
    """
    source = table[made.source]
    if not _is_count(source):
        return {}
    part = source.numeric()[rows]
    return {
        column.name: "it is a count that contains the target"
        for column in table.columns
        if column.name != made.source
        and _is_count(column)
        and namesakes(column.name, made.source)
        and _holds(column.numeric()[rows], part)
    }


def _is_count(column: TypedColumn) -> bool:
    measured = column.profile
    low = measured.minimum
    whole = measured.type == "number" and measured.integer and measured.distinct >= _LEVELS
    return whole and low is not None and low >= 0


def _holds(whole: NDArray[np.float64], part: NDArray[np.float64]) -> bool:
    both = np.isfinite(whole) & np.isfinite(part)
    if both.sum() < max(_FEWEST, _BOTH * len(part)):
        return False
    whole, part = whole[both], part[both]
    return bool((part <= whole).all()) and spearman(whole, part) >= _CLOSE
