"""How the tables of a dataset hang together, and one wide table of what hangs on a main table.

A solver is given the tables with their keys under one name in all of them, so that two tables
belong together where they share a column; `shared_names` sees to that, `widen` joins by it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd

from mlesmith_env.recipes.model import DropColumns, RenameColumns, SideTable, Transform
from mlesmith_env.recipes.reader import read_table
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, TableProfile

COVERED = 0.8
"""Share of the keys on one side that have to be met on the other."""
MOST_TABLES = 6
MOST_ROWS = 200_000
"""Rows of a further table."""
_KEYS = frozenset({"id", "key", "code", "no", "nr", "number", "uuid", "ids"})
_WORTHLESS = frozenset({"rownames", "index", "row", "unnamed"})
_LEAST = 1000
"""Numbers from which those without a key's name may be one, as years are."""
_LEVELS = 8
"""Values of a category whose shares among the rows of a key are told."""


@dataclass(frozen=True)
class Edge:
    """A table that hangs on another.

    Attributes:
        table: The further table.
        column: Its key.
        onto: The column of the tables before it, under which the key is known there.
        single: Whether the key is unique in the further table: each row has one partner at most.
    """

    table: TableProfile
    column: str
    onto: str
    single: bool


class Store:
    """The tables of a dataset, read once each."""

    def __init__(self, profile: DatasetProfile, folder: Path) -> None:
        """Remember where they are."""
        self.profile = profile
        self._folder = folder
        self._frames: dict[str, pd.DataFrame] = {}

    def frame(self, table: TableProfile) -> pd.DataFrame:
        """Return a table as text."""
        if table.name not in self._frames:
            self._frames[table.name] = read_table(table.reader, self._folder)
        return self._frames[table.name]

    def values(self, table: TableProfile, column: str) -> set[str]:
        """Return the different values of a column."""
        return set(self.frame(table)[column].dropna())

    def has_key(self, name: str, values: set[str]) -> bool:
        """Return whether a table has a row for each of nearly all values, under that name."""
        return any(
            self._is_unique(table, column.name)
            and len(values & self.values(table, column.name)) >= COVERED * len(values)
            for table in self.profile.tables
            for column in table.columns
            if column.name.casefold() == name.casefold()
        )

    def _is_unique(self, table: TableProfile, column: str) -> bool:
        return len(self.values(table, column)) == self.filled(table, column)

    def filled(self, table: TableProfile, column: str) -> int:
        """Return how many rows have a value in a column."""
        return int(cast("pd.Series", self.frame(table)[column]).count())


def edges_of(store: Store, main: TableProfile) -> list[Edge]:
    """Return what hangs on a main table: its parents, their parents, and its children."""
    found: dict[str, Edge] = {}
    # Names of keys as they are known in the main table or in what was joined to it.
    reached: list[tuple[TableProfile, str, str]] = [
        (main, column.name, column.name) for column in main.columns
    ]
    for depth in range(2):
        added: list[tuple[TableProfile, str, str]] = []
        for table in store.profile.tables:
            if table.name == main.name or table.name in found or table.rows > MOST_ROWS:
                continue
            edge = _edge(store, table, reached, children=depth == 0)
            if edge is not None and len(found) < MOST_TABLES:
                found[table.name] = edge
                if edge.single:
                    added += [
                        (table, column.name, column.name)
                        for column in table.columns
                        if column.name != edge.column
                    ]
        reached = added
    return list(found.values())


def _edge(
    store: Store,
    table: TableProfile,
    reached: Sequence[tuple[TableProfile, str, str]],
    *,
    children: bool,
) -> Edge | None:
    best: tuple[float, Edge] | None = None
    for owner, name, known in reached:
        values: set[str] | None = None
        for column in table.columns:
            if column.type in ("constant", "date", "text") or not _same_key(
                owner, name, table, column.name
            ):
                continue
            values = store.values(owner, name) if values is None else values
            theirs = store.values(table, column.name)
            if len(values) < 2 or len(theirs) < 2:
                continue
            met = len(values & theirs) / len(values)
            single = len(theirs) == store.filled(table, column.name)
            unique = len(values) == store.filled(owner, name)
            if met < COVERED * (0.6 if unique else 1.0) or (not single and not children):
                continue
            if not _identifies(owner, name) or not _identifies(table, column.name):
                continue
            if not single and not unique and not store.has_key(column.name, theirs):
                continue  # Many to many is a key only where a table lists what it names.
            edge = Edge(table, column.name, known, single)
            if best is None or (single, met) > (best[1].single, best[0]):
                best = met, edge
    return best[1] if best is not None else None


def _identifies(table: TableProfile, name: str) -> bool:
    """Whether values name things: no measures, and no small numbers, which occur in anything.

    A number names things where its column is called a key; years do without.
    """
    column, parts = table.column(name), words(name)
    if column.type != "number" or (parts and _names_things(parts[-1])):
        return column.type != "boolean"
    return column.integer and column.minimum is not None and float(column.minimum) >= _LEAST


def _names_things(word: str) -> bool:
    return word in _KEYS or word.endswith("id")


def _same_key(owner: TableProfile, name: str, table: TableProfile, other: str) -> bool:
    """Whether two columns are one key by their names: `customerID` twice, `type_id` and `id`."""
    one, two = words(name), words(other)
    if not one or not two or _WORTHLESS & {*one, *two}:
        return False
    if name.casefold() == other.casefold():
        return len(one) > 1 or _is_key_word(name.casefold())
    return _names(one, table, two) or _names(two, owner, one)


def _is_key_word(word: str) -> bool:
    return word not in _KEYS and (word.endswith(("id", "code", "no")) or len(word) > 3)


def _names(foreign: Sequence[str], table: TableProfile, key: Sequence[str]) -> bool:
    """Whether a foreign key says the name of the table whose key it is."""
    if list(key) not in [[word] for word in _KEYS] or foreign[-1] not in _KEYS:
        return False
    stem = [_singular(word) for word in foreign[:-1]]
    named = [_singular(word) for word in words(table.name)]
    return bool(stem) and (
        stem == named or (len(stem) <= len(named) and stem == named[-len(stem) :])
    )


def _singular(word: str) -> str:
    if word.endswith("ies") and word != "species":
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "species")) else word


def shared_names(main: Sequence[str], edges: Sequence[Edge]) -> dict[str, dict[str, str]]:
    """Return new names of the columns of each further table, by table.

    Keys are called as where they lead; every other column is told apart by its table's name.
    """
    leading = {edge.onto for edge in edges}
    taken = set(main) | leading
    result: dict[str, dict[str, str]] = {}
    for edge in edges:
        new: dict[str, str] = {}
        for column in edge.table.columns:
            if column.name == edge.column:
                new[column.name] = edge.onto
                continue
            name = column.name
            if name in leading and name not in main and name not in {*new.values()}:
                new[column.name] = name
                continue
            if name in taken:
                name = f"{plain(edge.table.name)}_{name}"
            while name in taken:
                name += "_"
            taken.add(name)
            new[column.name] = name
        result[edge.table.name] = {old: name for old, name in new.items() if old != name}
    return result


def plain(name: str) -> str:
    """Return the name of a further table as its file is called."""
    folded = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")[:38]
    return folded if folded[:1].isalpha() else f"table_{folded}"


def side_tables(
    edges: Sequence[Edge], names: Mapping[str, Mapping[str, str]], gone: Mapping[str, Sequence[str]]
) -> tuple[SideTable, ...]:
    """Return further tables as a recipe takes them: columns left out, keys under shared names."""
    result: list[SideTable] = []
    for edge in edges:
        steps: list[Transform] = []
        dropped = tuple(gone.get(edge.table.name, ()))
        if dropped:
            steps.append(DropColumns(columns=dropped))
        new = {old: name for old, name in names[edge.table.name].items() if old not in dropped}
        if new:
            steps.append(RenameColumns(names=new))
        result.append(
            SideTable(
                name=plain(edge.table.name), reader=edge.table.reader, transforms=tuple(steps)
            )
        )
    return tuple(result)


def widen(main: pd.DataFrame, sides: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return a main table with what hangs on it, each row in its place.

    A table whose shared column is unique gives its columns as they are; of another the rows of a
    key are counted, numbers are averaged and summed up, and the commonest value is taken.

    Args:
        main: The main table, text.
        sides: The further tables, text, keys under shared names.

    Returns:
        The columns of the main table, then `table.column` of each further table.
    """
    wide: Any = main
    open_keys = {str(name): str(name) for name in main.columns}
    left: dict[str, Any] = dict(sides)
    while left:
        done: list[str] = []
        for name, side in left.items():
            shared = [str(column) for column in side.columns if column in open_keys]
            if not shared:
                continue
            key = max(shared, key=lambda column: side[column].nunique())
            known = side.loc[side[key].notna()]
            single = bool(known[key].is_unique)
            told = known.set_index(key) if single else _summed(known, key)
            told.columns = [f"{name}.{column}" for column in told.columns]
            wide = wide.join(told, on=open_keys[key])
            if single:
                open_keys |= {
                    str(column): f"{name}.{column}"
                    for column in side.columns
                    if column != key and column not in open_keys
                }
            done.append(name)
        if not done:
            break
        left = {name: side for name, side in left.items() if name not in done}
    return wide


def _summed(side: Any, key: str) -> pd.DataFrame:
    groups = side.groupby(key, sort=False)
    made: dict[str, Any] = {"rows": groups.size().astype(str)}
    for column in side.columns:
        if column == key:
            continue
        numbers: Any = pd.to_numeric(side[column], errors="coerce")
        if numbers.notna().sum() >= 0.9 * side[column].notna().sum() > 0:
            by_key = numbers.groupby(side[key], sort=False)
            for how in ("mean", "sum", "max"):
                made[f"{column} {how}"] = _text(by_key.agg(how))
        else:
            common = side[column].value_counts().index[:_LEVELS]
            first = side.loc[side[column].notna()].groupby(key, sort=False)[column].first()
            made[f"{column} first"] = first
            for value in common if side[column].nunique() <= 50 else []:
                share = (side[column] == value).groupby(side[key], sort=False).mean()
                made[f"{column} is {value}"] = _text(share)
    return pd.DataFrame(made)


def _text(values: Any) -> pd.Series:
    known = np.isfinite(values.to_numpy(dtype=float))
    return values.round(9).astype(str).where(known, None).astype(object)
