"""Columns of numbers as targets: the amount itself, bands of it, whether there is any."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.recipes.model import (
    Bin,
    ParseDuration,
    ParseNumber,
    RequireValue,
    Transform,
)
from mlesmith_generator.brainstorm.objectives import amount_objective, class_objective
from mlesmith_generator.brainstorm.target import Target, derived_name
from mlesmith_generator.profiler.typed import TypedColumn

MOSTLY = 0.9
"""Share of one number from which a column is no amount: rather whether there is any."""


def amount(column: TypedColumn) -> Target | None:
    """Return the column as a number to predict, or None where it holds too few numbers.

    Where nearly all values are the lowest one, what is asked is whether there is any more.
    """
    made = _regression(column)
    if made is None:
        return None
    values = made.truth[np.isfinite(made.truth)]
    _, counts = np.unique(values, return_counts=True)
    if counts.max() < MOSTLY * len(values):
        return made
    return _any(made) if counts[0] == counts.max() else None


def coarser(first: Target) -> list[Target]:
    """Return other objectives for a number: any or none, thirds, halves."""
    values = first.truth[np.isfinite(first.truth)]
    zero = float((values == 0).mean()) if len(values) else 0.0
    if 0.15 <= zero <= MOSTLY and values.min() >= 0:
        return [_any(first), *_bands(first, values[values > 0])]
    return [*_bands(first, values), *_above(first, values)]


def _regression(column: TypedColumn) -> Target | None:
    truth = column.numeric()
    good = np.isfinite(truth)
    seen = np.unique(truth[good])
    counted = len(seen) >= 3 and seen[0] == 0 and column.profile.integer
    if not (counted or len(seen) >= 5) or good.mean() < 0.1:
        return None
    transforms: list[Transform] = []
    if column.profile.duration:
        transforms.append(ParseDuration(column=column.name, into=column.name))
    elif column.profile.number_text:
        transforms.append(ParseNumber(column=column.name, into=column.name))
    if not good.all():
        transforms.append(RequireValue(column=column.name))
    return Target(
        column.name,
        column.name,
        amount_objective(column),
        tuple(transforms),
        truth,
        (),
        False,
        "parsed" if column.profile.number_text else "as is",
    )


def _bands(first: Target, values: NDArray[np.float64]) -> list[Target]:
    if len(np.unique(values)) < 12:
        return []
    low, high = (_edge(values, share) for share in (1 / 3, 2 / 3))
    inner = (values >= low) & (values < high)
    shares = [(values < low).mean(), inner.mean(), (values >= high).mean()]
    if not low < high or min(shares) < 0.2:
        return []
    labels = ("low", "medium", "high")
    return [_binned(first, "band", (low, high), labels, "bands")]


def _above(first: Target, values: NDArray[np.float64]) -> list[Target]:
    edge = _edge(values, 0.5)
    share = float((values >= edge).mean())
    if not 0.3 <= share <= 0.7:
        return []
    return [_binned(first, "level", (edge,), ("lower half", "upper half"), "above")]


def _any(first: Target) -> Target:
    """Whether there is any, or where there always is some, more than the least."""
    low, above = np.unique(first.truth[np.isfinite(first.truth)])[:2]
    edge = _round_between(float(low), float(above))
    if low == 0:
        return _binned(first, "any", (edge,), ("none", "some"), "any")
    return _binned(first, "more", (edge,), ("least", "more"), "any")


def _binned(
    first: Target, suffix: str, edges: tuple[float, ...], labels: tuple[str, ...], kind: str
) -> Target:
    target = derived_name(first.source, suffix)
    cut = Bin(column=first.target, into=target, edges=edges, labels=labels)
    truth = np.where(
        np.isfinite(first.truth),
        np.searchsorted(np.array(edges), first.truth, side="right").astype(np.float64),
        np.nan,
    )
    return Target(
        target,
        first.source,
        class_objective(len(labels), ordered=True),
        (*first.transforms, cut),
        truth,
        labels,
        len(labels) > 2,
        kind,
    )


def _edge(values: NDArray[np.float64], share: float) -> float:
    """Return a short number that cuts the values near the share, never on a value of the data."""
    seen = np.unique(values)
    cut = float(np.quantile(values, share))
    place = int(np.clip(np.searchsorted(seen, cut), 1, len(seen) - 1))
    return _round_between(float(seen[place - 1]), float(seen[place]))


def _round_between(low: float, high: float) -> float:
    """Return the shortest decimal number above low and not above high."""
    for digits in range(1, 17):
        candidate = float(f"{(low + high) / 2:.{digits}g}")
        if low < candidate <= high:
            return candidate
    return high
