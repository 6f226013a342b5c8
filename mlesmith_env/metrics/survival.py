"""Metrics of times to an event, some of them censored."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.catalogue import register_metric

Floats = NDArray[np.float64]


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("survival",),
    formula=(
        "P(p_i > p_j) + 1/2 P(p_i = p_j) over the pairs in which i had its event "
        "before the time of j, event or not"
    ),
    summary="The concordance index: the share of comparable pairs in which the earlier event "
    "has the higher risk; 0.5 is chance.",
    edge=(
        "Of two rows of the same time, an event is before a censored one, two events are no pair. "
        "0.5 where no pair is comparable."
    ),
)
def concordance(truth: Floats, prediction: Floats) -> float:
    """Return Harrell's C (Harrell et al. 1982), in O(n log² n)."""
    times, events = truth[:, 0], truth[:, 1] == 1
    order = np.lexsort((~events, times))
    same = (np.diff(times[order]) == 0) & (np.diff(events[order].astype(np.int8)) == 0)
    places = np.empty(len(order), dtype=np.int64)
    places[order] = np.cumsum(np.append(True, ~same)) - 1
    risks = np.unique(prediction, return_inverse=True)[1].astype(np.int64)
    later = len(places) - np.searchsorted(np.sort(places), places[events], "right")
    pairs = int(later.sum())
    if not pairs:
        return 0.5
    lower, equal = _dominated(places, risks, events)
    return (lower + equal / 2) / pairs


def _dominated(
    places: NDArray[np.int64], risks: NDArray[np.int64], events: NDArray[np.bool_]
) -> tuple[int, int]:
    """Count pairs of an event and a row of a later place whose risk is lower, and is equal.

    Two places differ first at one binary digit, so each pair is met at one digit: there the two
    agree in all digits above, and the later has the 1.
    """
    width = int(risks.max()) + 1
    lower = equal = 0
    for digit in range(int(places.max()).bit_length()):
        above = places >> (digit + 1)
        late = (places >> digit) & 1 == 1
        early = events & ~late
        keys = np.sort(above[late] * width + risks[late])
        start = above[early] * width
        left = np.searchsorted(keys, start + risks[early], "left")
        right = np.searchsorted(keys, start + risks[early], "right")
        lower += int(np.sum(left - np.searchsorted(keys, start, "left")))
        equal += int(np.sum(right - left))
    return lower, equal
