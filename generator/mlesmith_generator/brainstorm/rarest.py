"""How many private rows the rarest class will have, and which metrics so few of them allow.

Where every class counts as much as any other, one of two rows weighs as much as hundreds of a
common class: a score then hangs on whether that row happened to be guessed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.recipes.model import Holdout
from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.typed import TypedTable

MACRO = frozenset(
    {"f1_macro", "balanced_accuracy", "roc_auc_ovr", "tag_f1_macro", "multilabel_f1_macro",
     "multilabel_roc_auc"}
)  # fmt: skip
"""Metrics in which each class counts the same, however few rows it has."""
ENOUGH = 5.0
"""Private rows of the rarest class to be expected for such a metric: one row is then a fifth of
what the class says, and a draw that falls short of it leaves three all the same."""
_SHORT = 0.65
"""Share of what is to be expected that a draw gives nearly always, where it is not by class."""
_OF_GROUP = 2.0
"""Rows that a group counts for at most: rows of one group are guessed right or wrong together."""


def private_rows(rows: float, holdout: Holdout) -> float:
    """Return how many of a class's rows are private at least, as a rule.

    Args:
        rows: Rows, or groups, of the class in the whole table.
        holdout: The holdout: a stratified one gives each class its share, others may fall short.
    """
    share = holdout.test_fraction * holdout.private_fraction
    return rows * share * (1.0 if holdout.kind == "stratified" else _SHORT)


def allowed(metrics: Sequence[str], rarest: float) -> tuple[str, ...]:
    """Return the metrics that so many private rows of the rarest class allow, in their order.

    Args:
        metrics: Names of metrics.
        rarest: Private rows to be expected of the rarest class.
    """
    return tuple(name for name in metrics if rarest >= ENOUGH or name not in MACRO)


def rarest_private(made: Target, plan: Plan, table: TypedTable, scale: float = 1.0) -> float:
    """Return how many private rows the rarest class of a target will have; infinite for a number.

    Args:
        made: The target.
        plan: The holdout.
        table: The typed columns.
        scale: Rows of the whole table for each row that was typed.
    """
    if made.amount:
        return float("inf")
    holdout, inside = plan.holdout, np.isfinite(made.truth)
    size = len(made.classes)
    name = holdout.column
    if holdout.kind == "time":
        late = inside & _latest(plan.stamps(table), inside, holdout.test_fraction)
        hidden = _fewest(made.truth[late], size) * scale
        return _SHORT * holdout.private_fraction * hidden
    expected = private_rows(_fewest(made.truth[inside], size) * scale, holdout)
    if name is not None and holdout.kind == "group":
        codes = table[name].codes[inside].astype(np.float64)
        met = np.unique(np.column_stack([made.truth[inside], codes]), axis=0)
        expected = min(expected, _OF_GROUP * private_rows(_fewest(met[:, 0], size), holdout))
    return expected


def _fewest(truth: NDArray[np.float64], size: int) -> float:
    return float(np.bincount(truth.astype(np.int64), minlength=size).min())


def _latest(
    when: NDArray[np.float64], inside: NDArray[np.bool_], share: float
) -> NDArray[np.bool_]:
    known = when[inside & np.isfinite(when)]
    return when > np.quantile(known, 1 - share) if len(known) else np.zeros(len(when), dtype=bool)
