"""Metrics of lists of items, the best first, against the items that are relevant."""

from __future__ import annotations

import math

import numpy as np

from mlesmith_env.metrics.catalogue import register_metric
from mlesmith_env.metrics.parameter import Parameter

Items = tuple[str, ...]

_CUT = Parameter("k", 10, 1, 1000, "how many items of a list count", integer=True)


def _hits(relevant: Items, listed: Items, k: int) -> list[int]:
    """Return the places, from 1, of relevant items among the first k different ones."""
    wanted = set(relevant)
    first = list(dict.fromkeys(listed))[:k]
    return [place for place, item in enumerate(first, 1) if item in wanted]


def _reachable(relevant: Items, k: int) -> int:
    """Return how many relevant items k places can hold."""
    return min(len(set(relevant)), k)


def _precision_of_row(relevant: Items, listed: Items, *, k: int) -> float:
    places = _hits(relevant, listed, k)
    found = sum(number / place for number, place in enumerate(places, 1))
    return found / _reachable(relevant, k)


def _gain_of_row(relevant: Items, listed: Items, *, k: int) -> float:
    best = sum(1 / math.log2(place + 1) for place in range(1, _reachable(relevant, k) + 1))
    return sum(1 / math.log2(place + 1) for place in _hits(relevant, listed, k)) / best


def _recall_of_row(relevant: Items, listed: Items, *, k: int) -> float:
    return len(_hits(relevant, listed, k)) / _reachable(relevant, k)


def _hit_of_row(relevant: Items, listed: Items, *, k: int) -> float:
    return float(bool(_hits(relevant, listed, k)))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("items",),
    formula=(
        "1/n * sum_i 1/min(m_i, k) * sum over places j <= k that hold one of the m_i items of y_i "
        "of (such places up to j) / j"
    ),
    summary="The precision at each relevant item among the first k, averaged.",
    parameters=(_CUT,),
    of_row=_precision_of_row,
)
def map_at_k(parts: list[float]) -> float:
    """Return the mean average precision at k, relevant items that k places can not hold aside."""
    return float(np.mean(parts))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("items",),
    formula=(
        "1/n * sum_i DCG_i / (DCG of min(m_i, k) relevant items on top), "
        "DCG_i = sum over places j <= k that hold one of the m_i items of y_i of 1 / log2(j + 1)"
    ),
    summary="The relevant items among the first k, early places counting most.",
    parameters=(_CUT,),
    of_row=_gain_of_row,
)
def ndcg_at_k(parts: list[float]) -> float:
    """Return the normalised discounted cumulative gain (Järvelin and Kekäläinen 2002)."""
    return float(np.mean(parts))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("items",),
    formula="1/n * sum_i (the first k items of p_i that are among the m_i of y_i) / min(m_i, k)",
    summary="The share of the relevant items that stand among the first k, of those k can hold.",
    parameters=(_CUT,),
    of_row=_recall_of_row,
)
def recall_at_k(parts: list[float]) -> float:
    """Return the mean recall at k, capped so that a list of k relevant items is perfect."""
    return float(np.mean(parts))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("items",),
    formula="1/n * sum_i [one of the first k items of p_i is among those of y_i]",
    summary="The share of rows with a relevant item among the first k.",
    parameters=(_CUT,),
    of_row=_hit_of_row,
)
def hit_rate_at_k(parts: list[float]) -> float:
    """Return the share of lists with a hit in the first k."""
    return float(np.mean(parts))
