"""The one rule by which medals follow from the ladder."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Thresholds

QUANTILES = {"median": 0.5, "bronze": 0.7, "silver": 0.85, "gold": 0.95}
"""Which quantile of the rungs' progress earns what."""
SEPARATION = 0.02
"""Smallest progress between two thresholds."""


def thresholds_between(
    floor: float, ceiling: float, scores: NDArray[np.float64], *, step: float = 0.0
) -> Thresholds:
    """Return the scores that earn a medal.

    Each is a quantile (linear between the rungs) of the progress of the rungs that are not
    trivial, clipped to the scale from floor to ceiling. From gold downward each then stands at
    least `SEPARATION` of the scale, and where there is room one row, below the one above. So they
    are strictly monotone in the metric's direction, above the floor, and never beyond the ceiling:
    the best rung earns gold, and two medals are two results.

    Args:
        floor: Score at progress 0.
        ceiling: Score at progress 1; differs from the floor.
        scores: Scores of the rungs that are not trivial, (rungs,), at least one of them.
        step: What one row changes; 0 where scores know no steps.
    """
    progress = np.clip((scores - floor) / (ceiling - floor), 0.0, 1.0)
    # There is room for the four even when every rung but one stands at the floor.
    apart = min(max(SEPARATION, step / abs(ceiling - floor)), 1 / len(QUANTILES))
    bound, least = 1.0, apart * len(QUANTILES)
    shares: dict[str, float] = {}
    for name, quantile in reversed(QUANTILES.items()):
        shares[name] = max(min(float(np.quantile(progress, quantile)), bound), least)
        bound, least = shares[name] - apart, least - apart
    return Thresholds(**{name: floor + share * (ceiling - floor) for name, share in shares.items()})
