"""Results of contests written as `2-1`: who won, and how much was scored."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.recipes.model import (
    Arithmetic,
    DropColumns,
    ExcludeValues,
    Extract,
    RequireValue,
    Transform,
)
from mlesmith_generator.brainstorm.objectives import class_objective
from mlesmith_generator.brainstorm.target import Target, derived_name
from mlesmith_generator.profiler.typed import TypedColumn
from mlesmith_generator.profiler.words import words

_SCORE = re.compile(r"\s*(\d{1,3})\s*[-\u2013:]\s*(\d{1,3})\s*")
_NAMES = frozenset(
    {"score", "scores", "result", "results", "ft", "ht", "fulltime", "halftime", "final", "goals",
     "ergebnis", "endstand", "resultado", "marcador", "placar", "risultato", "uitslag", "wynik",
     "resultat", "résultat", "счет", "счёт", "比分", "スコア"}
)  # fmt: skip
_LEFT = r"^\s*(\d{1,3})\s*[-\u2013:]"
_RIGHT = r"[-\u2013:]\s*(\d{1,3})\s*$"


def contest(column: TypedColumn) -> list[Target]:
    """Return what can be asked of a column of results: the winner, then the sum of both sides.

    A range such as `18-29` always rises; in results either side is the larger one at times.
    """
    if not _NAMES & set(words(column.name)) or column.profile.type == "number":
        return []
    sides = _sides(column)
    if sides is None:
        return []
    left, right = sides[column.codes].T
    counted = np.isfinite(left) & np.isfinite(right)
    first, second = (counted & (left > right)).mean(), (counted & (left < right)).mean()
    if counted.mean() < 0.5 or min(first, second) < 0.1:
        return []
    name = column.name
    one, other = derived_name(name, "first"), derived_name(name, "second")
    parts: tuple[Transform, ...] = (
        Extract(column=name, into=one, pattern=_LEFT),
        Extract(column=name, into=other, pattern=_RIGHT),
    )
    return [
        _winner(name, parts, one, other, left, right, counted),
        _sum(name, parts, one, other, left, right, counted),
    ]


def _sides(column: TypedColumn) -> NDArray[np.float64] | None:
    """Both numbers of each value, shape (values + 1, 2), or None where most are no results."""
    found = [_SCORE.fullmatch(value) for value in column.values]
    counts = column.counts()
    good = np.array([match is not None for match in found])
    if not good.any() or counts[good].sum() < 0.95 * counts.sum() or good.sum() < 6:
        return None
    table = np.full((len(found) + 1, 2), np.nan)
    for place, match in enumerate(found):
        if match is not None:
            table[place] = float(match[1]), float(match[2])
    return table


def _winner(
    name: str,
    parts: tuple[Transform, ...],
    one: str,
    other: str,
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    counted: NDArray[np.bool_],
) -> Target:
    target = derived_name(name, "winner")
    steps: tuple[Transform, ...] = (
        *parts,
        Arithmetic(left=one, right=other, into=target, operation="compare"),
        RequireValue(column=target),
        DropColumns(columns=(one, other)),
    )
    sign = np.sign(left - right)
    drawn = bool((sign[counted] == 0).mean() >= 0.02)
    if not drawn:
        steps = (*steps[:4], ExcludeValues(column=target, values=("equal",)), steps[4])
        counted = counted & (sign != 0)
    classes = ("less", "equal", "greater") if drawn else ("less", "greater")
    truth = np.where(counted, sign + 1 if drawn else (sign + 1) / 2, np.nan)
    objective = class_objective(len(classes), ordered=drawn)
    return Target(target, name, objective, steps, truth, classes, drawn, "contest")


def _sum(
    name: str,
    parts: tuple[Transform, ...],
    one: str,
    other: str,
    left: NDArray[np.float64],
    right: NDArray[np.float64],
    counted: NDArray[np.bool_],
) -> Target:
    target = derived_name(name, "total")
    steps = (
        *parts,
        Arithmetic(left=one, right=other, into=target, operation="sum"),
        RequireValue(column=target),
        DropColumns(columns=(one, other)),
    )
    truth = np.where(counted, left + right, np.nan)
    return Target(target, name, "count", steps, truth, (), False, "contest")
