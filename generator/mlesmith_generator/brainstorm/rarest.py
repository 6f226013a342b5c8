"""How many private rows the rarest class will have, and which metrics so few of them allow.

Where every class counts as much as any other, one of two rows weighs as much as hundreds of a
common class: a score then hangs on whether that row happened to be guessed. Where squared distances
on a scale count, as in a quadratic kappa, so does a row at a rare end of it.
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
SQUARED = "quadratic_kappa"
"""The metric of squared distances on a scale."""
HANDFUL = 0.1
"""Share of the squared distances from the mean level that classes of so few rows may hold."""
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


def handful(rows: Sequence[float] | NDArray[np.float64]) -> float:
    """Return how much of the spread of a scale stands in classes of fewer rows than enough.

    The spread is the sum of the squared distances of all rows from the mean level, which is what a
    quadratic kappa measures mistakes against.

    Args:
        rows: Private rows of each class, in the order of the scale.
    """
    counts = np.asarray(rows, dtype=np.float64)
    if counts.sum() <= 0:
        return 0.0
    levels = np.arange(len(counts))
    spread = counts * (levels - np.average(levels, weights=counts)) ** 2
    return float(spread[counts < ENOUGH].sum() / max(float(spread.sum()), 1e-12))


def rarest_private(made: Target, plan: Plan, table: TypedTable, scale: float = 1.0) -> float:
    """Return how many private rows the rarest class of a target will have; infinite for a number.

    Args:
        made: The target.
        plan: The holdout.
        table: The typed columns.
        scale: Rows of the whole table for each row that was typed.
    """
    return float("inf") if made.amount else float(private_by_class(made, plan, table, scale).min())


def private_by_class(
    made: Target, plan: Plan, table: TypedTable, scale: float = 1.0
) -> NDArray[np.float64]:
    """Return how many private rows each class of a target will have at least, as a rule.

    Args:
        made: The target, of classes.
        plan: The holdout.
        table: The typed columns.
        scale: Rows of the whole table for each row that was typed.
    """
    holdout, inside = plan.holdout, np.isfinite(made.truth)
    size = len(made.classes)
    name = holdout.column
    if holdout.kind == "time":
        late = inside & _latest(plan.stamps(table), inside, holdout.test_fraction)
        return _SHORT * holdout.private_fraction * _counts(made.truth[late], size) * scale
    share = private_rows(1.0, holdout)
    expected = share * _counts(made.truth[inside], size) * scale
    if name is not None and holdout.kind == "group":
        codes = table[name].codes[inside].astype(np.float64)
        met = np.unique(np.column_stack([made.truth[inside], codes]), axis=0)
        expected = np.minimum(expected, _OF_GROUP * share * _counts(met[:, 0], size))
    return expected


def _counts(truth: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    return np.bincount(truth.astype(np.int64), minlength=size).astype(np.float64)


def _latest(
    when: NDArray[np.float64], inside: NDArray[np.bool_], share: float
) -> NDArray[np.bool_]:
    known = when[inside & np.isfinite(when)]
    return when > np.quantile(known, 1 - share) if len(known) else np.zeros(len(when), dtype=bool)
