"""Graphs: tables that list links between nodes, and what their structure tells of each node."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from mlesmith_env.recipes.model import RenameColumns, Select, TableRecipe, Transform
from mlesmith_env.recipes.reader import read_table
from mlesmith_generator.profiler.pairing import NEIGHBOUR, NODE, ends_of, is_graph
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.records import ColumnProfile, DatasetProfile, TableProfile

FEWEST_EDGES, MOST_EDGES = 400, 400_000
DIRECTIONS = 6
"""Main directions of a graph that are columns of their own."""


@dataclass(frozen=True)
class Graph:
    """A table of links.

    Attributes:
        table: Its profile.
        frame: The whole table as text.
        ends: The columns that name the ends of a link.
        codes: Both ends of each link, (links, 2).
        names: Name of each node.
    """

    table: TableProfile
    frame: pd.DataFrame
    ends: tuple[str, str]
    codes: NDArray[np.int64]
    names: tuple[str, ...]

    @property
    def others(self) -> tuple[ColumnProfile, ...]:
        """What else is told of a link."""
        return tuple(each for each in self.table.columns if each.name not in self.ends)

    @property
    def taken(self) -> set[str]:
        """Names of what else is told of a link."""
        return {each.name for each in self.others}

    def steps(self, *, further: tuple[str, ...] = ()) -> tuple[Transform, ...]:
        """Return the transforms that name both ends alike everywhere, and leave columns out."""
        wanted = dict(zip(self.ends, (NODE, NEIGHBOUR), strict=True))
        renamed = {old: new for old, new in wanted.items() if old != new}
        kept = Select(columns=(NODE, NEIGHBOUR, *further))
        return (RenameColumns(names=renamed), kept) if renamed else (kept,)


def graphs(profile: DatasetProfile, folder: Path, seed: int) -> Iterator[Graph]:
    """Yield the tables of a dataset that list the links of a graph, those with most links first."""
    for table in sorted(profile.tables, key=lambda each: -each.rows):
        ends = ends_of(table)
        if ends is None or not FEWEST_EDGES <= table.rows <= MOST_EDGES:
            continue
        if not is_graph(measure_file(table.reader, folder, seed=seed).table, ends, table.rows):
            continue
        frame = read_table(table.reader, folder).dropna(subset=list(ends)).reset_index(drop=True)
        flat, names = pd.factorize(frame[list(ends)].to_numpy(dtype=object).ravel())
        codes = flat.reshape(-1, 2).astype(np.int64)
        found = Graph(table, frame, ends, codes, tuple(str(name) for name in names))
        if not {NODE, NEIGHBOUR} & found.taken:
            yield found


def names_ends(recipe: TableRecipe) -> bool:
    """Return whether a row of a recipe is a link: its columns begin with both ends."""
    return any(
        isinstance(each, Select) and each.columns[:2] == (NODE, NEIGHBOUR)
        for each in recipe.transforms
    )


def matrix(codes: NDArray[np.int64], size: int) -> sparse.csr_matrix:
    """Return links as a symmetric matrix of 0 and 1 without a diagonal, (nodes, nodes)."""
    apart = codes[codes[:, 0] != codes[:, 1]]
    one, two = apart.T
    ones = np.ones(2 * len(one))
    links = sparse.csr_matrix((ones, (np.r_[one, two], np.r_[two, one])), shape=(size, size))
    links.data[:] = 1.0
    return links


def structure(codes: NDArray[np.int64], size: int, seed: int) -> dict[str, NDArray[np.float64]]:
    """Return what the links alone tell of each node.

    Args:
        codes: Both ends of each link, (links, 2).
        size: Number of nodes.
        seed: Seed of the start of the search for main directions.

    Returns:
        By name a number a node: how many links leave and reach it, how many its neighbours have
        on average, and its place along the main directions of the graph.
    """
    links = matrix(codes, size)
    degree = np.asarray(links.sum(axis=1), dtype=np.float64).ravel()
    found = {
        "links out": np.bincount(codes[:, 0], minlength=size).astype(np.float64),
        "links in": np.bincount(codes[:, 1], minlength=size).astype(np.float64),
        "links": degree,
        "links of neighbours": np.asarray(links @ degree).ravel() / np.maximum(degree, 1.0),
    }
    scale = sparse.diags(1 / np.sqrt(np.maximum(degree, 1.0)))
    start = np.random.default_rng(seed).normal(size=size)
    main = svds(scale @ links @ scale, k=min(DIRECTIONS, size - 2), v0=start)
    left, values = np.asarray(main[0]), np.asarray(main[1])
    for place in np.argsort(-values, kind="stable"):
        found[f"direction {place}"] = left[:, place] * values[place]
    return found
