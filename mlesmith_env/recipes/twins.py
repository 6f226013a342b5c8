"""Twins of a graph: nodes that are linked to the very same others."""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError

LARGEST = 0.05
"""Share of the rows from which nodes around one hub are no twins but a part of the graph."""

Codes = NDArray[np.int64]


def twin_codes(frame: pd.DataFrame, links: pd.DataFrame) -> tuple[Codes, Codes]:
    """Return which rows are twins: equal numbers, -1 where a row has none.

    Args:
        frame: The table, a row a node; it has the first column of `links`.
        links: The links, whose first two columns name the ends, in either direction.

    Returns:
        Two arrays of shape (rows,): twins that are not linked to each other, and those that are.

    Raises:
        RecipeError: The links have no two columns, or the table does not name the nodes.
    """
    if len(links.columns) < 2 or links.columns[0] not in frame.columns:
        raise RecipeError(
            "twins: the first two columns of the links have to name both ends, the first under "
            "the name that the nodes have in the table"
        )
    own = cast("pd.Series", frame[links.columns[0]]).astype("str")
    ends = links.iloc[:, :2].dropna().astype("str").to_numpy(dtype=object)
    codes, names = pd.factorize(ends.ravel())
    pairs = codes.reshape(-1, 2).astype(np.int64)
    pairs = np.unique(np.vstack([pairs, pairs[:, ::-1]]), axis=0)
    pairs = pairs[pairs[:, 0] != pairs[:, 1]]
    place = pd.Series(np.arange(len(names)), index=names).reindex(own).fillna(-1)
    nodes = place.to_numpy(dtype=np.int64)
    return _alike(pairs, nodes, closed=False), _alike(pairs, nodes, closed=True)


def _alike(pairs: Codes, nodes: Codes, *, closed: bool) -> Codes:
    """Return numbers that are equal for nodes with the same neighbours (and themselves)."""
    if closed:
        own = np.unique(pairs[:, 0])
        pairs = np.unique(np.vstack([pairs, np.column_stack([own, own])]), axis=0)
    starts = np.flatnonzero(np.r_[True, pairs[1:, 0] != pairs[:-1, 0]]) if len(pairs) else []
    known: dict[bytes, int] = {}
    of_node: dict[int, int] = {-1: -1}
    for start, end in zip(starts, [*starts[1:], len(pairs)], strict=False):
        around = np.ascontiguousarray(pairs[start:end, 1]).tobytes()
        of_node[int(pairs[start, 0])] = known.setdefault(around, len(known))
    found = np.array([of_node.get(node, -1) for node in nodes.tolist()], dtype=np.int64)
    sizes = np.bincount(found[found >= 0], minlength=1)
    twins = (found >= 0) & (sizes[found] > 1) & (sizes[found] <= LARGEST * len(found))
    return np.where(twins, found, -1)
