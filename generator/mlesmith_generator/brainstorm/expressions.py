"""Other expressions of columns that are left out: a logarithm tells what the number would."""

from __future__ import annotations

import numpy as np

from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.describe.association import spearman
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.records import Exclusion

_WIDEST = 600
"""Columns of a table up to which each is held against each that is left out."""
_LEVELS = 10
_EXACT = 0.9999
"""Rank correlation of two expressions of one number; what rounding makes equal takes the rest."""
_COUNT = 0.8
"""Share of the different values that rounding leaves at least."""
_BOTH = 0.9
"""Share of the rows with one that have to have the other: a logarithm of 0 is missing."""
_FEWEST, _ROWS = 50, 4000


def expressions_of(
    told: tuple[Exclusion, ...], made: Target, table: TypedTable
) -> tuple[Exclusion, ...]:
    """Return the columns that rank the rows just as one that is left out, with its reason.

    Args:
        told: What is left out.
        made: The target.
        table: The typed table.
    """
    if len(table.columns) > _WIDEST:
        return ()
    gone = {made.source, *(each.column for each in told)}
    rest = [column for column in table.columns if column.name not in gone and _is_amount(column)]
    found: dict[str, str] = {}
    for each in told:
        column = table[each.column]
        if each.column == made.source or not _is_amount(column):
            continue
        for other in rest:
            if other.name not in found and _are_expressions(column, other):
                found[other.name] = each.reason
    return tuple(Exclusion(column=name, reason=reason) for name, reason in found.items())


def _is_amount(column: TypedColumn) -> bool:
    return column.profile.type == "number" and column.profile.distinct >= _LEVELS


def _are_expressions(one: TypedColumn, other: TypedColumn) -> bool:
    few, many = sorted((one.profile.distinct, other.profile.distinct))
    if few < _COUNT * many:
        return False
    mine, its = one.numeric(), other.numeric()
    known = np.isfinite(mine)
    both = np.flatnonzero(known & np.isfinite(its))
    if len(both) < max(_FEWEST, _BOTH * known.sum()):
        return False
    both = both[:: -(-len(both) // _ROWS)]
    return abs(spearman(mine[both], its[both])) >= _EXACT
