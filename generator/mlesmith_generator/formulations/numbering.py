"""Numberings of links: columns whose missing numbers tell where a hidden link stood.

A list of links is often sorted by both ends and numbered. When some of the links are hidden, the
numbers that are missing between two neighbours in that order are those of hidden links, and a pair
that would stand where none is missing is no link.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.gates.verdict import Finding
from mlesmith_generator.records import ColumnProfile

SINGLE = 0.95
"""Share of the rows with a number of their own from which whole numbers are a numbering."""
_RISING = 0.95
"""Share of the steps from one link to the next, in the order of the ends, that rise."""
_APART = 0.2
"""Difference of the shares of linked and of other pairs with a gap that tells them apart."""
_STEP = 0.1
"""Share of the steps of the numbers that are as short as a step gets where nothing is hidden."""
_FEWEST = 20
"""Links, or pairs, below which nothing is certain."""


def is_numbering(column: ColumnProfile) -> bool:
    """Return whether a column tells links apart and nothing more: a key, or a running number."""
    known = column.rows * (1.0 - column.missing)
    single = column.integer and column.distinct >= SINGLE * max(1.0, known)
    return column.type == "identifier" or (column.type == "number" and single)


def numbering_findings(
    edges: pd.DataFrame, pairs: pd.DataFrame, ends: Sequence[str], target: str
) -> list[Finding]:
    """Return a finding for each column of the public links whose gaps tell links from others.

    Args:
        edges: The public links, text.
        pairs: Training pairs, text, with the answers.
        ends: The columns that name the ends of a link.
        target: The column of 0 and 1.
    """
    linked = (pairs[target].to_numpy(dtype=str) == "1").astype(bool)
    if min(len(edges), int(linked.sum()), int((~linked).sum())) < _FEWEST:
        return []
    findings: list[Finding] = []
    for name in edges.columns:
        numbers = np.asarray(pd.to_numeric(edges[name], errors="coerce"), dtype=np.float64)
        if name in ends or not np.isfinite(numbers).all() or len(np.unique(numbers)) < _FEWEST:
            continue
        gaps = _gaps(edges, pairs, ends, numbers)
        if gaps is None:
            continue
        wide = gaps > np.quantile(np.diff(np.sort(numbers)), _STEP)
        shares = float(wide[linked].mean()), float(wide[~linked].mean())
        if shares[0] - shares[1] >= _APART:
            told = (
                f"{name!r} of the public links rises in the order of their ends, and leaves a gap "
                f"at the place of {shares[0]:.0%} of the linked pairs and {shares[1]:.0%} of others"
            )
            findings.append(Finding("link-shortcut", told, columns=(str(name),)))
    return findings


def _gaps(
    edges: pd.DataFrame, pairs: pd.DataFrame, ends: Sequence[str], numbers: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Return how far the numbers jump where a pair would stand; None where they do not rise.

    First ends stand in the order in which the numbers come to them, second ends in their own.
    """
    first, second = (edges[name].to_numpy(dtype=object) for name in ends)
    middle = pd.Series(numbers).groupby(first).median()
    places = dict(zip(middle.index, middle.rank(method="first"), strict=True))
    both = pd.concat([edges[name] for name in ends]).unique()
    known = pd.Series(pd.to_numeric(pd.Series(both), errors="coerce"))
    ordered = known if bool(known.notna().all()) else pd.Series(both, dtype=str)
    turns = dict(zip(both, ordered.rank(method="first"), strict=True))
    size = len(both) + 1.0
    stands = np.array([places[a] * size + turns[b] for a, b in zip(first, second, strict=True)])
    order = np.argsort(stands, kind="stable")
    if float((np.diff(numbers[order]) > 0).mean()) < _RISING:
        return None
    stands, sorted_numbers = stands[order], numbers[order]
    jumps = np.concatenate(([0.0], np.diff(sorted_numbers), [0.0]))
    widest = np.zeros(len(pairs))
    for a, b in ((0, 1), (1, 0)):
        asked = [
            places[one] * size + turns[two] if one in places and two in turns else np.nan
            for one, two in zip(pairs[ends[a]], pairs[ends[b]], strict=True)
        ]
        place = np.searchsorted(stands, np.array(asked, dtype=np.float64))
        widest = np.maximum(widest, np.where(np.isfinite(asked), jumps[place], 0.0))
    return widest
