"""Whether two parts of the rows hold the classes in the same shares, a row or so aside."""

from __future__ import annotations

from collections.abc import Mapping

CLOSE, ROUGH = 0.05, 0.1
"""Share of the rows to be expected of a class by which a part may miss them: to be called alike,
and not to be called untrue where it was."""
_ROWS = 1.5
"""Rows by which it may miss them in any case: of three, two have to go into the hidden parts."""


def are_alike(one: Mapping[str, int], other: Mapping[str, int], slack: float = CLOSE) -> bool:
    """Return whether every class has the share in one part that it has in the other.

    Args:
        one: Rows of each class in one part.
        other: The same in the other.
        slack: Share of a class's expected rows by which these may be missed.
    """
    rows, more = sum(one.values()), sum(other.values())
    if not rows or not more:
        return False
    share = more / (rows + more)
    for name in {**one, **other}:
        found = other.get(name, 0)
        expected = share * (one.get(name, 0) + found)
        if abs(found - expected) > max(_ROWS, slack * expected):
            return False
    return True
