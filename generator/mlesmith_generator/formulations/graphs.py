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
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile, DatasetProfile, TableProfile

FEWEST_EDGES, FEWEST_NODES = 400, 60
MOST_EDGES, MOST_NODES = 200_000, 30_000
DENSE = 0.2
"""Share of all pairs that are linked from which nothing is left to ask."""
SHARED = 0.25
"""Share of the nodes of the smaller end that stand at the other end as well."""
NODE, NEIGHBOUR = "node", "neighbour"
"""What both ends of a link are called in the tables of tasks about nodes and about weights."""
DIRECTIONS = 6
"""Main directions of a graph that are columns of their own."""
_ENDS = (
    ("source", "target"), ("from", "to"), ("src", "dst"), ("src", "dest"), ("sender", "receiver"),
    ("node1", "node2"), ("id1", "id2"), ("user1", "user2"), ("person1", "person2"), ("a", "b"),
    ("head", "tail"), ("follower", "followee"), ("citing", "cited"), ("u", "v"), ("i", "j"),
    ("von", "nach"), ("de", "vers"), ("origen", "destino"), ("quelle", "ziel"),
    (NODE, NEIGHBOUR),
)  # fmt: skip


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


def ends_of(table: TableProfile) -> tuple[str, str] | None:
    """Return the two columns that name the ends of a link, where names and types say so."""
    by_word = {"".join(words(column.name)): column for column in table.columns}
    pairs: list[tuple[ColumnProfile, ColumnProfile]] = []
    for one, two in _ENDS:
        for ending in ("", "id", "node", "name"):
            left, right = by_word.get(one + ending), by_word.get(two + ending)
            if left is not None and right is not None:
                pairs.append((left, right))
    for left, right in pairs:
        kinds = {left.type, right.type}
        nodes = kinds <= {"identifier", "category", "number", "text"}
        whole = left.integer == right.integer and (left.type != "number" or left.integer)
        if nodes and whole and min(left.distinct, right.distinct) >= FEWEST_NODES // 2:
            return left.name, right.name
    return None


def is_graph(typed: TypedTable, ends: tuple[str, str], rows: int) -> bool:
    """Return whether links between so many nodes are worth asking about: enough, and not all.

    Args:
        typed: The table of links, or a sample of it.
        ends: The columns that name the ends of a link.
        rows: Links in the whole table.
    """
    first, second = (set(typed[name].values) for name in ends)
    nodes = len(first | second)
    shared = len(first & second) / max(1, min(len(first), len(second)))
    enough = FEWEST_NODES <= nodes <= MOST_NODES and rows >= 1.2 * nodes
    return enough and shared >= SHARED and rows <= DENSE * nodes * (nodes - 1) / 2


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
