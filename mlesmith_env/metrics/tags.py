"""Metrics of tag sequences: single tokens, and the entities that runs of tags name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np

from mlesmith_env.metrics.catalogue import register_metric

Tags = tuple[str, ...]
OUTSIDE = "O"
"""The tag of a token that belongs to no entity."""
_OPENING, _CLOSING = frozenset("BSU"), frozenset("ESLU")
_PREFIXES = frozenset("BIESLUM")
_LENGTHS = (
    "Missing tags count as `O`; tags beyond the last token do not count, as none can be asked for. "
)


def entities(tags: Tags) -> Iterator[tuple[int, int, str]]:
    """Yield first token, one past the last token, and type of each entity.

    Tags are `O` or a prefix, a dash and a type: `B` begins an entity and `I` goes on with it (also
    `E` and `L` end one, `S` and `U` are one token, `M` is as `I`). An entity begins as in the
    CoNLL evaluation: also at an `I` after `O` or after another type. A tag without such a prefix
    is a type by itself, as with `I`.
    """
    start, kind, closed = 0, "", True
    for place, tag in enumerate((*tags, OUTSIDE)):
        prefix, own = _split(tag)
        goes_on = not closed and own == kind and prefix not in _OPENING and tag != OUTSIDE
        if not goes_on:
            if kind:
                yield start, place, kind
            start, kind = place, "" if tag == OUTSIDE else own
        closed = not kind or prefix in _CLOSING


def _split(tag: str) -> tuple[str, str]:
    prefix, _, kind = tag.partition("-")
    if prefix in _PREFIXES:
        return prefix, kind or "entity"
    return "I", tag


def _fitted(true: Tags, told: Tags) -> Tags:
    """Return the predicted tags, cut or filled to the number of tokens."""
    return told[: len(true)] + (OUTSIDE,) * (len(true) - len(told))


def _entities_of_row(true: Tags, told: Tags) -> tuple[int, int]:
    right, found = set(entities(true)), set(entities(_fitted(true, told)))
    return len(right & found), len(right) + len(found)


def _tokens_of_row(true: Tags, told: Tags) -> tuple[int, int]:
    pairs = zip(true, _fitted(true, told), strict=True)
    return sum(a == b for a, b in pairs), len(true)


def _counts_of_row(true: Tags, told: Tags) -> tuple[tuple[str, int, int], ...]:
    """Return each tag but `O` with its hits, and how often it is true plus how often predicted."""
    fitted = _fitted(true, told)
    total = Counter(true) + Counter(fitted)
    hits = Counter(a for a, b in zip(true, fitted, strict=True) if a == b)
    return tuple((tag, hits[tag], total[tag]) for tag in total if tag != OUTSIDE)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("tags",),
    formula="2 (entities right) / (entities in y + entities in p)",
    summary="F1 of whole entities: one is right when its first token, last token and type are.",
    edge=_LENGTHS + "0 where there is no entity at all, neither true nor predicted.",
    of_row=_entities_of_row,
)
def entity_f1(parts: list[tuple[int, int]]) -> float:
    """Return the micro F1 of entities (Tjong Kim Sang and De Meulder 2003)."""
    right, total = np.array(parts).sum(axis=0)
    return float(2.0 * right / total) if total else 0.0


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("tags",),
    formula="(tokens whose tag is right) / (tokens of all rows)",
    summary="The share of tokens whose tag is right.",
    edge=_LENGTHS + "0 where there is no token.",
    of_row=_tokens_of_row,
)
def tag_accuracy(parts: list[tuple[int, int]]) -> float:
    """Return the share of equal tags."""
    right, total = np.array(parts).sum(axis=0)
    return float(right / total) if total else 0.0


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("tags",),
    formula="mean over tags c but `O` in y or p of 2 TP_c / (2 TP_c + FP_c + FN_c)",
    summary="The F1 of every tag but `O`, token by token, averaged: rare tags count fully.",
    edge=_LENGTHS + "0 where all tokens are `O`, in truth and prediction.",
    of_row=_counts_of_row,
)
def tag_f1_macro(parts: list[tuple[tuple[str, int, int], ...]]) -> float:
    """Return the mean F1 over the tags that occur, without `O`."""
    counts: dict[str, tuple[int, int]] = {}
    for part in parts:
        for tag, hits, total in part:
            known = counts.get(tag, (0, 0))
            counts[tag] = known[0] + hits, known[1] + total
    return float(np.mean([2.0 * hits / total for hits, total in counts.values()] or [0.0]))
