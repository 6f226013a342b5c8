"""How numbers are spread: quantiles and a histogram with round edges."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Record

_STEPS = (1.0, 2.0, 5.0)
_BINS = 10


class Distribution(Record):
    """Quantiles and a histogram of the numbers that are known."""

    count: int
    """How many are known."""
    missing: int
    minimum: float | None = None
    lower_quartile: float | None = None
    median: float | None = None
    upper_quartile: float | None = None
    maximum: float | None = None
    edges: tuple[float, ...] = ()
    """Edges of the bins, one more than bins; a number on an edge counts in the bin above it."""
    bins: tuple[int, ...] = ()


def distribution_of(
    values: Sequence[float | None], *, span: tuple[float, float] | None = None
) -> Distribution:
    """Return the distribution of some numbers.

    Args:
        values: The numbers; None where one is not known.
        span: First and last edge of ten equal bins; by default the edges go 1, 2, 5, 10, … as far
            as numbers that are not negative need them.
    """
    known = np.array([value for value in values if value is not None], dtype=float)
    missing = len(values) - len(known)
    if not len(known):
        return Distribution(count=0, missing=missing)
    edges = _logarithmic(known) if span is None else np.linspace(*span, _BINS + 1)
    places = np.clip(np.searchsorted(edges, known, side="right") - 1, 0, len(edges) - 2)
    low, lower, middle, upper, high = np.quantile(known, [0, 0.25, 0.5, 0.75, 1])
    return Distribution(
        count=len(known),
        missing=missing,
        minimum=_short(low),
        lower_quartile=_short(lower),
        median=_short(middle),
        upper_quartile=_short(upper),
        maximum=_short(high),
        edges=tuple(_short(edge) for edge in edges),
        bins=tuple(int(count) for count in np.bincount(places, minlength=len(edges) - 1)),
    )


def _logarithmic(known: NDArray[np.float64]) -> NDArray[np.float64]:
    positive = known[known > 0]
    if not len(positive):
        return np.array([0.0, 1.0])
    first = math.floor(math.log10(positive.min()))
    last = math.floor(math.log10(positive.max())) + 1
    every = np.array([step * 10.0**power for power in range(first, last + 1) for step in _STEPS])
    begin = max(int(np.searchsorted(every, positive.min(), side="right")) - 1, 0)
    end = int(np.searchsorted(every, positive.max(), side="right"))
    edges = every[begin : end + 1]
    return np.concatenate([[0.0], edges]) if (known < edges[0]).any() else edges


def _short(value: float) -> float:
    return float(f"{value:.4g}")
