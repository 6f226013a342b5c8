"""Which of two classes is the positive one."""

from __future__ import annotations

from collections.abc import Mapping

_POSITIVE = frozenset(
    "1 1.0 yes y true t positive pos present success win won malignant bad default churn churned "
    "died dead death spam fraud disease sick case good approved accept accepted over high si oui "
    "ja sim abnormal anomaly attack event failure fail failed survived released".split()
)
_NEGATIVE = frozenset(
    "0 0.0 -1 no n false f negative neg absent loss lost benign none normal healthy control alive "
    "ham non nein nao não under low rejected denied".split()
)


def positive_last(counts: Mapping[str, float]) -> tuple[str, str]:
    """Return two classes, the positive one last: the one that says so, else the rarer.

    Args:
        counts: Rows, or the share of the rows, by label.
    """
    first, second = sorted(counts)
    said = {label: _leaning(label) for label in (first, second)}
    if said[first] != said[second]:
        return (first, second) if said[first] < said[second] else (second, first)
    return (second, first) if counts[first] < counts[second] else (first, second)


def _leaning(label: str) -> int:
    word = label.strip().lower().rstrip(".")
    return (word in _POSITIVE) - (word in _NEGATIVE)
