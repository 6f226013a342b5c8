"""Columns that add up to the target: parts of a total, items of a score, flags of one choice.

Parts of a total are known when the total is, so all of them are left out; of a part that is asked
for only the total is. Where nothing else is left there is nothing to ask.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.tallies import tally
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words

_MOST_ROUNDS = 3
_MOST_COLUMNS = 150
_EXACT = 0.01
"""How far, in standard deviations, nearly all rows may be from what is added up."""
_NEARLY = 0.99
"""Share of the variance from which a plain sum is what the target is made of, less a small part."""
_MOST_COMPARED = 60
_SAME = 0.99
"""Share of the rows on which an amount has to be the distance of two columns."""
_EQUAL = 0.03
"""How far the weights of a plain sum may differ, as a share of them."""
_TOTAL = frozenset(
    "total totals sum overall gross gesamt summe insgesamt suma somme totale".split()
)
_PULL, _NEAR_PULL = 0.02, 0.05
"""Standardised weight from which a column belongs to a sum that is exact, or nearly so."""


def parts_of_amount(
    made: Target, table: TypedTable, rows: NDArray[np.int64], known: set[str]
) -> dict[str, str]:
    """Return columns whose weighted sum gives the amount that the target is or was cut from.

    Args:
        made: The target; nothing is returned where it comes from no number.
        table: The typed table.
        rows: Rows that have a target.
        known: Columns that are left out already.
    """
    source = table[made.source]
    if not made.amount and source.profile.type != "number":
        return {}
    truth = made.truth[rows] if made.amount else source.numeric()[rows]
    rows, truth = rows[np.isfinite(truth)], truth[np.isfinite(truth)]
    if not len(truth) or np.ptp(truth) == 0:
        return {}
    names, matrix = _columns(made, table, rows, known, _number)
    found: dict[str, str] = {}
    if not names or len(rows) < 3 * len(names):
        return found
    found |= _ends_of_distance(names, matrix, truth)
    scale = matrix.std(axis=0) + 1e-12
    matrix = (matrix - matrix.mean(axis=0)) / scale
    goal = (truth - truth.mean()) / truth.std()
    alive = np.ones(len(names), dtype=bool)
    for _ in range(_MOST_ROUNDS):
        weights = np.zeros(len(names))
        weights[alive] = np.linalg.lstsq(matrix[:, alive], goal, rcond=1e-8)[0]
        left = goal - matrix @ weights
        exact = float(np.quantile(np.abs(left), 0.98)) <= _EXACT
        if not exact and float(left.var()) > 1.0 - _NEARLY:
            break
        chosen = _of_plain_sum(matrix * scale, weights / scale, np.abs(weights), goal, exact)
        if not len(chosen) and not exact:
            break
        if not len(chosen):
            follows = np.abs(matrix.T @ goal) * alive
            chosen = np.array([int(np.argmax(np.where(np.abs(weights) > _PULL, follows, -1.0)))])
        for place in chosen:
            told = "adds up" if exact else "nearly adds up"
            found[names[place]] = f"it {told} to the target with other columns"
        alive[chosen] = False
        if not alive.any():
            break
    return found


def totals_of_part(
    made: Target, table: TypedTable, rows: NDArray[np.int64], known: set[str]
) -> dict[str, str]:
    """Return columns called totals that are plain sums, or nearly so, of the amount and others."""
    source = table[made.source]
    called = [
        column
        for column in table.columns
        if _TOTAL & set(words(column.name)) and column.name not in {made.source, *known}
    ]
    if source.profile.type != "number" or not called:
        return {}
    names, matrix = _columns(made, table, rows, known, _number, with_source=True)
    found: dict[str, str] = {}
    for column in called:
        if column.name not in names or made.source not in names or len(rows) < 3 * len(names):
            continue
        place = names.index(column.name)
        others = [other for other in range(len(names)) if other != place]
        scale = matrix[:, others].std(axis=0) + 1e-12
        parts = (matrix[:, others] - matrix[:, others].mean(axis=0)) / scale
        goal = matrix[:, place] - matrix[:, place].mean()
        goal = goal / (goal.std() or 1.0)
        weights = np.linalg.lstsq(parts, goal, rcond=1e-8)[0]
        summed = _of_plain_sum(parts * scale, weights / scale, np.abs(weights), goal, False)
        if names.index(made.source) in [others[k] for k in summed]:
            found[column.name] = "it is a total that contains the target"
    return found


def _ends_of_distance(
    names: list[str], matrix: NDArray[np.float64], truth: NDArray[np.float64]
) -> dict[str, str]:
    """Return one of any two columns that lie as far apart as the amount says."""
    found: dict[str, str] = {}
    slack = 1e-6 * float(np.abs(truth).max())
    for one in range(min(len(names), _MOST_COMPARED) - 1):
        apart = np.abs(matrix[:, one + 1 : _MOST_COMPARED] - matrix[:, [one]])
        exact = (np.abs(apart - truth[:, None]) <= slack).mean(axis=0) >= _SAME
        for other in np.flatnonzero(exact):
            found[names[one + 1 + int(other)]] = "it ends the distance that is asked for"
    return found


def _of_plain_sum(
    parts: NDArray[np.float64],
    raw: NDArray[np.float64],
    pull: NDArray[np.float64],
    goal: NDArray[np.float64],
    exact: bool,
) -> NDArray[np.int64]:
    """Return what to leave out of a sum whose weights are equal but for signs; nothing if not so.

    One column against all others is the total that the target is a part of.
    """
    heavy = np.flatnonzero(pull > (_PULL if exact else _NEAR_PULL))
    weight = abs(float(raw[np.argmax(pull)]))
    alike = heavy[np.abs(np.abs(raw[heavy]) - weight) <= _EQUAL * weight]
    left = goal - weight * parts[:, alike] @ np.sign(raw[alike])
    enough = len(alike) == len(heavy) if exact else float(left.var()) <= 1.0 - _NEARLY
    if len(alike) < 2 or not enough:
        return np.array([], dtype=np.int64)
    added = alike[raw[alike] > 0]
    return added if len(added) == 1 else alike


def parts_of_class(
    made: Target, table: TypedTable, rows: NDArray[np.int64], known: set[str]
) -> dict[str, str]:
    """Return columns of which a plain sum tells the class of a row by thresholds."""
    if made.amount:
        return {}
    codes = made.truth[rows].astype(np.int64)
    found: dict[str, str] = {}
    for _ in range(_MOST_ROUNDS):
        names, matrix = _columns(made, table, rows, known | set(found), _number_or_flag)
        told = tally(matrix, codes) if len(names) > 1 else None
        if told is None:
            break
        for place in told.members:
            found[names[place]] = "it tells the target once added to other columns"
    return found


def _columns(
    made: Target,
    table: TypedTable,
    rows: NDArray[np.int64],
    known: set[str],
    read: Callable[[TypedColumn], NDArray[np.float64] | None],
    *,
    with_source: bool = False,
) -> tuple[list[str], NDArray[np.float64]]:
    """Return names and values, shape (rows, columns), of what might be added up."""
    names: list[str] = []
    parts: list[NDArray[np.float64]] = []
    for column in table.columns:
        gone = column.name in known or (column.name == made.source and not with_source)
        if gone or len(names) >= _MOST_COLUMNS:
            continue
        values = read(column)
        if values is None or not (finite := np.isfinite(values[rows])).mean() > 0.9:
            continue
        names.append(column.name)
        parts.append(np.where(finite, values[rows], values[rows][finite].mean()))
    return names, np.stack(parts, axis=1) if parts else np.zeros((len(rows), 0))


def _number(column: TypedColumn) -> NDArray[np.float64] | None:
    return column.numeric() if column.profile.type in ("number", "boolean") else None


def _number_or_flag(column: TypedColumn) -> NDArray[np.float64] | None:
    if len(column.values) == 2 and column.profile.type in ("category", "boolean"):
        return np.where(column.codes < 0, np.nan, column.codes.astype(np.float64))
    return column.numeric() if column.profile.type in ("number", "category") else None
