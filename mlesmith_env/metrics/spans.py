"""Metrics of pieces of text that are to be found."""

from __future__ import annotations

import re
import string
import unicodedata
from collections import Counter

import numpy as np

from mlesmith_env.metrics.catalogue import register_metric

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NORMALISED = (
    "Compared in lower case, without punctuation, the articles a, an, the, and needless blanks. "
)


def words(text: str) -> list[str]:
    """Return the words of a text, normalised as for SQuAD (Rajpurkar et al. 2016)."""
    bare = "".join(character for character in text.lower() if not _is_mark(character))
    return _ARTICLES.sub(" ", bare).split()


def _is_mark(character: str) -> bool:
    return character in string.punctuation or unicodedata.category(character).startswith("P")


def _exact_of_row(true: str, told: str) -> float:
    return float(words(true) == words(told))


def _f1_of_row(true: str, told: str) -> float:
    right, found = Counter(words(true)), Counter(words(told))
    if not right or not found:
        return float(right == found)
    return 2.0 * (right & found).total() / (right.total() + found.total())


def _jaccard_of_row(true: str, told: str) -> float:
    right, found = set(true.lower().split()), set(told.lower().split())
    if not right and not found:
        return 1.0
    return len(right & found) / len(right | found)


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("span",),
    formula="1/n * sum_i [words of p_i = words of y_i]",
    summary="The share of rows whose text is right, word by word.",
    edge=_NORMALISED,
    of_row=_exact_of_row,
)
def span_exact_match(parts: list[float]) -> float:
    """Return the share of texts that are equal once normalised."""
    return float(np.mean(parts))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("span",),
    formula="1/n * sum_i 2 (words in y_i and p_i) / (words of y_i + words of p_i)",
    summary="F1 of the words of each text, averaged over the rows.",
    edge=_NORMALISED + "1 where no word is left of both, 0 where none is left of one.",
    of_row=_f1_of_row,
)
def span_f1(parts: list[float]) -> float:
    """Return the mean F1 of words, repeated ones counted as often as both texts have them."""
    return float(np.mean(parts))


@register_metric(
    direction="maximize",
    perfect=1.0,
    range=(0.0, 1.0),
    kinds=("span",),
    formula="1/n * sum_i (different words in y_i and p_i) / (different words in y_i or p_i)",
    summary="Jaccard's similarity of the sets of words of both texts, averaged over the rows.",
    edge="Words are compared in lower case, with their punctuation. 1 where both texts are empty.",
    of_row=_jaccard_of_row,
)
def span_jaccard(parts: list[float]) -> float:
    """Return the mean Jaccard index (1901) of blank-separated words."""
    return float(np.mean(parts))
