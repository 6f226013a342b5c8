"""Tables that pair things: the two ends of a link, or a thing and one of many that belong to it."""

from __future__ import annotations

import numpy as np

from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile, TableProfile

FEWEST_NODES, MOST_NODES = 60, 30_000
DENSE = 0.2
"""Share of all pairs that are linked from which nothing is left to ask."""
SHARED = 0.25
"""Share of the nodes of the smaller end that stand at the other end as well."""
NODE, NEIGHBOUR = "node", "neighbour"
"""What both ends of a link are called in the tables of tasks about nodes and about weights."""
_FEWEST_VALUES = 30
_PARTNERS = 5
"""Rows for each thing, on average, from which pairs that never repeat are a list of partners."""
_ENDS = (
    ("source", "target"), ("from", "to"), ("src", "dst"), ("src", "dest"), ("sender", "receiver"),
    ("node1", "node2"), ("id1", "id2"), ("user1", "user2"), ("person1", "person2"), ("a", "b"),
    ("head", "tail"), ("follower", "followee"), ("citing", "cited"), ("u", "v"), ("i", "j"),
    ("von", "nach"), ("de", "vers"), ("origen", "destino"), ("quelle", "ziel"),
    (NODE, NEIGHBOUR),
)  # fmt: skip


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


def paired(profile: TableProfile, table: TypedTable) -> set[str]:
    """Return the columns that only say which things belong together, and are nothing to predict.

    These are the two ends of a link, and both columns of a table that has no others, each with
    many things that come again and again, no two of them twice.
    """
    ends = ends_of(profile)
    if ends is not None:
        first, second = (set(table[name].values) for name in ends)
        if len(first & second) >= SHARED * min(len(first), len(second)):
            return set(ends)
    varied = [column for column in table.columns if column.profile.type != "constant"]
    if len(varied) != 2 or not all(_names_things(column, profile.rows) for column in varied):
        return set()
    one, two = varied
    pairs = len(np.unique((one.codes + 1) * (len(two.values) + 1) + two.codes + 1))
    return {one.name, two.name} if pairs == table.rows else set()


def _names_things(column: TypedColumn, rows: int) -> bool:
    profile = column.profile
    whole = profile.type == "number" and profile.integer
    named = whole or profile.type in ("category", "identifier", "text")
    return named and _FEWEST_VALUES <= len(column.values) <= rows / _PARTNERS
