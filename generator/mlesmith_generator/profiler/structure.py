"""What the rows of a table are: their keys, the entities that repeat, the order in time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.typed import TypedColumn, TypedTable, is_key
from mlesmith_generator.profiler.words import words

TIME_WORDS = frozenset(
    {"year", "yr", "date", "time", "timestamp", "datetime", "day", "month", "week", "season",
     "annee", "année", "jahr", "ano", "año", "fecha", "datum", "data", "visit", "wave", "occasion",
     "round", "period", "quarter", "stichtag", "дата", "год", "年", "日期"}
)  # fmt: skip
ENTITY_WORDS = frozenset(
    {"id", "subject", "patient", "person", "participant", "student", "respondent", "resp", "driver",
     "player", "customer", "client", "user", "account", "member", "household", "family", "mother",
     "mom", "woman", "child", "cow", "ewe", "animal", "chick", "brood", "school", "district",
     "county", "state", "country", "city", "region", "site", "plot", "farm", "station", "store",
     "shop", "hotel", "company", "firm", "team", "club", "artist", "author", "director", "owner",
     "expedition", "course", "prof", "teacher", "lecturer", "hospital", "clinic", "pollster",
     "name", "entity", "vehicle", "machine", "device", "sensor", "batch", "lot", "session", "ship",
     "community", "comm", "village", "township", "location", "neighborhood", "neighbourhood",
     "airport", "airline", "operator", "producer", "mill", "brand", "model", "species", "batter",
     "pitcher", "candidate", "legislator", "album", "book", "group", "env"}
)  # fmt: skip

_COORDINATES = frozenset({"row", "col", "column", "rank", "index", "order", "line"})


def keys(table: TypedTable) -> tuple[tuple[str, ...], ...]:
    """Return the columns, else the pairs of columns, whose values differ in every row."""
    full = [column for column in table.columns if not (column.codes < 0).any()]
    single = [
        (column.name,)
        for column in full
        if column.profile.distinct == table.rows and column.profile.type in ("identifier", "text")
    ]
    if single or table.rows < 2:
        return tuple(single[:5])
    pairs: list[tuple[str, ...]] = []
    near = [
        column
        for column in full
        if column.profile.type in ("identifier", "category", "date")
        or (column.profile.integer and column.profile.type == "number")
    ][:16]
    for place, left in enumerate(near):
        for right in near[place + 1 :]:
            size = len(left.values) * len(right.values)
            if size < table.rows:
                continue
            both = left.codes * len(right.values) + right.codes
            if len(np.unique(both)) == table.rows:
                pairs.append((left.name, right.name))
    return tuple(pairs[:5])


def times(table: TypedTable) -> tuple[str, ...]:
    """Return the columns that order the rows in time, dates before years before counters."""
    found: list[tuple[int, str]] = []
    for column in table.columns:
        profile, parts = column.profile, set(words(column.name))
        if profile.type == "date" and profile.distinct >= 5:
            found.append((0, column.name))
        elif profile.type == "number" and profile.integer and _is_year(column):
            if {"year", "yr", "annee", "année", "jahr", "ano", "año", "год", "年"} & parts:
                found.append((1, column.name))
        elif profile.type == "number" and profile.ordered and TIME_WORDS & parts:
            found.append((2, column.name))
    return tuple(name for _, name in sorted(found, key=lambda pair: pair[0]))


def _is_year(column: TypedColumn) -> bool:
    low, high = column.profile.minimum, column.profile.maximum
    if low is None or high is None or column.profile.distinct < 5:
        return False
    return (low >= 1000 and high <= 2200) or (low >= 0 and high <= 99)


def groups(table: TypedTable) -> tuple[str, ...]:
    """Return the columns whose values are entities with several rows each, likeliest first.

    An entity is named like one and keeps some of its other columns the same in all of its rows.
    """
    scored: list[tuple[float, str]] = []
    timed = set(times(table))
    for column in table.columns:
        if column.name in timed or not _may_group(column, table.rows):
            continue
        kept = _kept(column, table)
        parts = set(words(column.name))
        identified = is_key(column.name)
        named = identified or bool(ENTITY_WORDS & parts)
        if column.profile.type == "number":
            belongs = identified or kept >= 0.3 or (named and kept > 0)
        else:
            belongs = named or kept >= 0.25
        if belongs and not _COORDINATES & parts:
            scored.append((kept + 0.5 * named, column.name))
    return tuple(name for _, name in sorted(scored, key=lambda pair: (-pair[0], pair[1])))


def _may_group(column: TypedColumn, rows: int) -> bool:
    profile = column.profile
    if not 10 <= profile.distinct <= rows / 1.5 or profile.missing > 0.05:
        return False
    if profile.type in ("category", "identifier", "text"):
        return True
    return profile.type == "number" and profile.integer and (profile.minimum or 0) >= 0


def _kept(column: TypedColumn, table: TypedTable) -> float:
    """Return the share of other, varied columns that do not change within an entity."""
    others = [
        other
        for other in table.columns
        if other is not column
        and other.profile.type not in ("constant",)
        and other.profile.distinct >= 2
    ][:60]
    if not others:
        return 0.0
    fixed = sum(_constant_within(column.codes, other.codes) for other in others)
    return fixed / len(others)


def _constant_within(owner: NDArray[np.int64], codes: NDArray[np.int64]) -> bool:
    both = (owner >= 0) & (codes >= 0)
    if both.sum() < 20 or np.bincount(codes[both]).max() > 0.9 * both.sum():
        return False
    first = np.full(int(owner.max()) + 1, -1, dtype=np.int64)
    first[owner[both][::-1]] = codes[both][::-1]
    return bool((first[owner[both]] == codes[both]).mean() > 0.98)
