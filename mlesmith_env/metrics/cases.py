"""Many scores at once, over rows picked from the same answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.errors import MetricError
from mlesmith_env.metrics.catalogue import Memory, Metric

Case = tuple[NDArray[np.int64], NDArray[Any]]
"""Positions of rows, (n,), any of them more than once, and canonical predictions for them, (n,) or
(n, k)."""

ScoreCases = Callable[[Sequence[Case]], NDArray[np.float64]]
"""Gives the score of every case, NaN where it has none."""


def scoring_by(metric: Metric, truth: NDArray[Any]) -> ScoreCases:
    """Return what scores cases over a canonical truth, (n, …), by a metric of the catalogue.

    A group that was drawn more than once counts as so many groups.
    """
    # Samples hold the same objects again and again: what a row gives is found once.
    memory: Memory = {}
    grouped = "ranking" in metric.kinds and truth.ndim == 2

    def score(cases: Sequence[Case]) -> NDArray[np.float64]:
        scores = np.full(len(cases), np.nan)
        for place, (rows, predictions) in enumerate(cases):
            drawn = truth[rows]
            if grouped:
                drawn[:, 1] += _times_before(rows) * (truth[:, 1].max() + 1)
            # A case may have no score, for instance because a class is missing from it.
            with suppress(MetricError):
                scores[place] = metric(drawn, predictions, memory=memory)
        return scores

    return score


def _times_before(rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how often each row stands at earlier places, shape (n,)."""
    order = np.argsort(rows, kind="stable")
    first = np.append(True, np.diff(rows[order]) != 0)
    places = np.arange(len(rows))
    times = np.empty(len(rows), dtype=np.int64)
    times[order] = places - places[first][np.cumsum(first) - 1]
    return times
