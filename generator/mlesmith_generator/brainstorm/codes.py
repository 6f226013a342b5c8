"""Codes that make rows look different which are the same: without them an answer is looked up.

The number of an order or of a receipt tells nothing of what is asked, yet lines of two orders that
are equal in all else count as different rows and fall on both sides of a holdout by chance. Left
out, such a code no longer parts them: equal rows are on one side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.holdouts import Plan, is_person
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable, key_like
from mlesmith_generator.records import Exclusion

FEWEST = 20
"""Different values of a code that parts equal rows."""
ALIKE = 0.9
"""Share of errors that the answers of equal rows take away, from which these are looked up."""
VARIED = 0.1
"""Different rows of all: where there are fewer, rows are equal by nature."""
_REPEATED = 0.45
"""Share of the rows that have an equal one but for the code; the gates draw the line above."""
_HEAVIEST = 0.1
"""Share of the rows that may be equal to each other, so that a holdout can still divide them."""

MANY, LARGE = 50, 100.0
"""Different whole numbers, and how large one in two of them is, which may be those of things."""
_FEW = 0.02
"""Levels of a column for each row, up to which rows of one level are a kind."""
_AGAIN = 0.4
"""Share of neighbouring rows of one kind that have the very number, where it is that of a thing."""


def is_large_number(column: TypedColumn) -> bool:
    """Return whether a column holds many different whole numbers, most of them large."""
    profile = column.profile
    whole = profile.type == "number" and profile.integer and profile.distinct >= MANY
    return whole and (profile.median or 0.0) >= LARGE


def comes_again(column: TypedColumn, table: TypedTable) -> bool:
    """Return whether rows alike in other columns mostly have the very number of a column.

    Alike are rows of equal levels that are next to each other in another number, such as the
    hour: an amount differs a little between them, the number of a flight or a bus does not.
    """
    others = [other for other in table.columns if other is not column]
    levels = [
        each
        for each in others
        if each.profile.type in ("category", "boolean")
        and each.profile.distinct <= table.rows * _FEW
    ]
    rows = np.flatnonzero(column.codes >= 0)
    kind, number = _equal(levels, rows), column.codes[rows]
    for other in others:
        if other.profile.type != "number":
            continue
        order = np.lexsort((other.numeric()[rows], kind))
        alike = kind[order][1:] == kind[order][:-1]
        same = number[order][1:] == number[order][:-1]
        if alike.mean() >= _REPEATED and same[alike].mean() >= _AGAIN:
            return True
    return False


def is_code(name: str) -> bool:
    """Return whether a column only tells things apart, by its name."""
    return key_like(name) or is_person(name)


def parting_codes(
    made: Target, table: TypedTable, plan: Plan, gone: Collection[str]
) -> Iterator[Exclusion]:
    """Yield the codes without which most rows repeat others, with their answers.

    Args:
        made: The target.
        table: All columns.
        plan: The holdout; only one by chance keeps equal rows on one side.
        gone: Columns that are left out anyway, the target's among them.
    """
    if plan.holdout.kind not in ("random", "stratified"):
        return
    shown = [column for column in table.columns if column.name not in gone]
    rows = np.flatnonzero(np.isfinite(made.truth))
    answers = pd.factorize(made.truth[rows])[0].astype(np.int64)
    for code in shown:
        if code.profile.distinct < FEWEST or not is_code(code.name):
            continue
        others = [column for column in shown if column is not code]
        if len(others) > 1 and _looked_up(_equal(others, rows), answers):
            yield Exclusion(
                column=code.name,
                reason="it is a code without which most rows repeat others with their answers",
            )
            return


def _equal(columns: list[TypedColumn], rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a number for each of the rows, equal where all columns are equal."""
    total = np.zeros(len(rows), np.int64)
    for column in columns:
        joint = total * (len(column.values) + 1) + column.codes[rows] + 1
        total = pd.factorize(joint)[0].astype(np.int64)
    return total


def _looked_up(equal: NDArray[np.int64], answers: NDArray[np.int64]) -> bool:
    sizes = np.bincount(equal)
    repeated = sizes[equal] > 1
    if len(sizes) < VARIED * len(equal) or sizes.max() > _HEAVIEST * len(equal):
        return False
    if repeated.mean() < _REPEATED:
        return False
    usual = float(np.bincount(answers).max() / len(answers))
    pairs = equal[repeated] * (int(answers.max()) + 1) + answers[repeated]
    different, counts = np.unique(pairs, return_counts=True)
    most = np.zeros(len(sizes), np.int64)
    np.maximum.at(most, different // (int(answers.max()) + 1), counts)
    told = float(most.sum() / repeated.sum())
    return usual < 1.0 and (told - usual) / (1.0 - usual) >= ALIKE
