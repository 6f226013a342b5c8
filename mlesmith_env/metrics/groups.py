"""Metrics of an order within groups: the documents of a query, the candidates of a user.

The truth is relevance and group of each row. Every group is ranked by itself and counts the same.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.catalogue import register_metric
from mlesmith_env.metrics.domain import Domain
from mlesmith_env.metrics.parameter import Parameter

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

GRADES = Domain(low=0.0, high=50.0)
"""Relevance whose gain 2^r - 1 can be told from the others' as a float."""
_UNRANKED = "Groups without a relevant row are left out; 0 where none remains. "


@dataclass(frozen=True)
class _Order:
    """All rows, group by group, the highest score first; rows of equal score are one tie.

    Attributes:
        rows: The rows in that order, (n,).
        groups: Group of each place, numbered from 0, (n,).
        places: Place of each row inside its group, from 0, (n,).
        ties: Where each tie begins, (t,).
    """

    rows: Places
    groups: Places
    places: Places
    ties: Places

    @property
    def sizes(self) -> Places:
        """How many rows each tie has, (t,)."""
        return np.diff(np.append(self.ties, len(self.rows)))


def _order(groups: Floats, scores: Floats) -> _Order:
    rows = np.lexsort((-scores, groups))
    group, score = groups[rows], scores[rows]
    first = np.append(True, group[1:] != group[:-1])
    number = np.cumsum(first) - 1
    places = np.arange(len(rows)) - np.flatnonzero(first)[number]
    ties = np.flatnonzero(first | np.append(True, score[1:] != score[:-1]))
    return _Order(rows, number, places, ties)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("ranking",),
    formula=(
        "mean over groups of DCG / (the largest DCG of any order), "
        "DCG = sum over places i = 1 … k of (2^y_i - 1) / log2(i + 1)"
    ),
    summary="How much of the best possible gain the first k rows of each group bring, "
    "early places counting most.",
    edge=_UNRANKED + "Rows of equal score share the mean of their gains.",
    parameters=(Parameter("k", 10, 1, 1000, "how many rows of a group count", integer=True),),
    truth_domain=GRADES,
)
def group_ndcg(truth: Floats, prediction: Floats, *, k: int) -> float:
    """Return the normalised discounted cumulative gain (Järvelin and Kekäläinen 2002).

    Gains are exponential (Burges et al. 2005), ties are averaged (McSherry and Najork 2008).
    """
    gains = np.expm1(truth[:, 0] * math.log(2.0))
    order = _order(truth[:, 1], prediction)
    discounts = np.where(order.places < k, 1.0 / np.log2(order.places + 2.0), 0.0)
    mean_gains = np.add.reduceat(gains[order.rows], order.ties) / order.sizes
    shares = mean_gains * np.add.reduceat(discounts, order.ties)
    gained = np.bincount(order.groups[order.ties], weights=shares)
    ideal = np.lexsort((-gains, truth[:, 1]))
    most = np.bincount(order.groups, weights=gains[ideal] * discounts)
    relevant = most > 0
    return float(np.mean(gained[relevant] / most[relevant])) if relevant.any() else 0.0


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("ranking",),
    formula="mean over groups of 1 / (place of the first row with y > 0)",
    summary="The reciprocal of the place where the first relevant row of each group stands.",
    edge=_UNRANKED + "Among rows of equal score it stands where it does on average by chance.",
)
def group_mrr(truth: Floats, prediction: Floats) -> float:
    """Return the mean reciprocal rank (Voorhees 1999)."""
    order = _order(truth[:, 1], prediction)
    hits = np.add.reduceat((truth[order.rows, 0] > 0).astype(np.int64), order.ties)
    filled = np.flatnonzero(hits)
    if not len(filled):
        return 0.0
    _, at = np.unique(order.groups[order.ties][filled], return_index=True)
    first = filled[at]
    # Of h hits among t rows in a random order, the first stands at (t + 1) / (h + 1) on average.
    places = order.places[order.ties][first] + (order.sizes[first] + 1.0) / (hits[first] + 1.0)
    return float(np.mean(1.0 / places))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("ranking",),
    formula="mean over groups of the mean, over rows with y > 0, of the precision at their place",
    summary="The average precision of each group, averaged over the groups.",
    edge=_UNRANKED + "Rows of equal score share the place of the last of them.",
)
def group_map(truth: Floats, prediction: Floats) -> float:
    """Return the mean average precision (Buckley and Voorhees 2000)."""
    order = _order(truth[:, 1], prediction)
    hits = np.add.reduceat((truth[order.rows, 0] > 0).astype(np.float64), order.ties)
    groups, sizes = order.groups[order.ties], order.sizes
    total = np.bincount(groups, weights=hits)
    before = np.cumsum(total) - total
    found = np.cumsum(hits) - before[groups]
    precision = found / (order.places[order.ties] + sizes)
    sums = np.bincount(groups, weights=hits * precision)
    relevant = total > 0
    return float(np.mean(sums[relevant] / total[relevant])) if relevant.any() else 0.0
