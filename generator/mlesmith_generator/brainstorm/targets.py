"""The ways to ask for a column: the natural one first, then others."""

from __future__ import annotations

from mlesmith_generator.brainstorm.amounts import amount, coarser
from mlesmith_generator.brainstorm.classes import classification, numeric_classes, one_class
from mlesmith_generator.brainstorm.contest import contest
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.typed import TypedColumn


def primary(column: TypedColumn) -> Target | None:
    """Return the natural way to predict a column, or None where there is none."""
    results = contest(column)
    if results:
        return results[0]
    if column.profile.type in ("constant", "identifier", "text", "date"):
        return None
    if column.profile.type == "number" and not numeric_classes(column):
        return amount(column)
    return classification(column)


def alternatives(column: TypedColumn, first: Target) -> list[Target]:
    """Return other objectives for the same column: bands, any or none, one class or the rest."""
    if first.kind == "contest":
        return contest(column)[1:]
    if first.amount:
        return coarser(first)
    return one_class(column, first) if len(first.classes) > 2 else []
