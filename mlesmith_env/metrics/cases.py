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
    """Return what scores cases over a canonical truth, (n, …), by a metric of the catalogue."""
    # Samples hold the same objects again and again: what a row gives is found once.
    memory: Memory = {}

    def score(cases: Sequence[Case]) -> NDArray[np.float64]:
        scores = np.full(len(cases), np.nan)
        for place, (rows, predictions) in enumerate(cases):
            # A case may have no score, for instance because a class is missing from it.
            with suppress(MetricError):
                scores[place] = metric(truth[rows], predictions, memory=memory)
        return scores

    return score
