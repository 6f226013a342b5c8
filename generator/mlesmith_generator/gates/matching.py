"""Rows of one table found in another by the values that both hold, whatever columns are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mlesmith_generator.gates.raw_cells import Places, Texts

_KEPT = 0.98
"""Share of the matched rows that a further pair of columns has to leave matched."""
_FEWEST = 0.1
"""Share of the rows that the first pair of columns has to match."""
_LOSS = 8
"""How much rows that are lost weigh against one pair more: it may hold what tells them apart."""
_STARTS = 6
_RIVALS = 3
_MOST = 60
"""Columns of most different values that are looked at, of either table."""


@dataclass(frozen=True)
class Match:
    """Which row of another table each row is.

    Attributes:
        rows: Row of the other table, -1 where none or more than one may be meant. Shape (rows,).
        pairs: Columns by which they were found, ours and theirs.
        alone: Number of our rows that no other of ours is like.
    """

    rows: Places
    pairs: tuple[tuple[str, str], ...]
    alone: int


def matched(
    ours: Mapping[str, Texts], theirs: Mapping[str, Texts], *, renamed: bool = True
) -> Match:
    """Return which row of their table each of our rows is.

    Pairs of columns are joined to a key, those of most different values first, as long as nearly
    all rows that were found stay found. A wrong pair leaves no other in its company: of several
    beginnings the one with the most pairs counts.

    Args:
        ours: Columns of canonical values, each of shape (rows,).
        theirs: As well, each of shape (their rows,).
        renamed: Whether a column may be called otherwise in the other table.
    """
    candidates = _candidates(ours, theirs)
    if not renamed:
        candidates = [(name, other) for name, other in candidates if name == other]
    best: tuple[float, tuple[tuple[str, str], ...]] = (0.0, ())
    for start in range(min(_STARTS, len(candidates))):
        pairs, share = _grown([candidates[start], *candidates], ours, theirs)
        best = max(best, (len(pairs) * share**_LOSS, pairs), key=lambda each: each[0])
    rows, alone = _rows(best[1], ours, theirs)
    return Match(rows, best[1], alone)


def _candidates(ours: Mapping[str, Texts], theirs: Mapping[str, Texts]) -> list[tuple[str, str]]:
    """Return pairs of columns whose values may be the same ones, telling ones first."""
    their_sets: dict[str, set[object]] = {n: set(v.tolist()) for n, v in theirs.items()}
    telling = sorted(their_sets, key=lambda name: -len(their_sets[name]))[:_MOST]
    counted = {name: pd.Series(values).value_counts() for name, values in ours.items()}
    ordered = sorted(counted, key=lambda name: -len(counted[name]))[:_MOST]
    scored: list[tuple[float, str, str]] = []
    for name in ordered:
        counts = counted[name]
        if len(counts) < 2:
            continue
        rivals: list[tuple[tuple[bool, float], str]] = []
        own = [name] if name in their_sets and name not in telling else []
        for other in [*own, *telling]:
            known = their_sets[other]
            share = float(counts[counts.index.isin(known)].sum()) / int(counts.sum())
            if share >= _FEWEST:
                same = name.strip().casefold() == other.strip().casefold()
                rivals.append(((not same, abs(len(known) - len(counts)) - share), other))
        scored += [(-len(counts), name, other) for _, other in sorted(rivals)[:_RIVALS]]
    return [(name, other) for _, name, other in sorted(scored, key=lambda each: each[0])]


def _grown(
    candidates: list[tuple[str, str]], ours: Mapping[str, Texts], theirs: Mapping[str, Texts]
) -> tuple[tuple[tuple[str, str], ...], float]:
    """Return the pairs that go together, and the share of our rows that they match."""
    pairs: list[tuple[str, str]] = []
    mine = np.zeros(len(next(iter(ours.values()))), dtype=np.int64)
    other = np.zeros(len(next(iter(theirs.values()))), dtype=np.int64)
    before = float(len(mine))
    for name, their in candidates:
        if any(name == a or their == b for a, b in pairs):
            continue
        trial_mine, trial_other = _joined(mine, other, ours[name], theirs[their])
        found = float(np.isin(trial_mine, trial_other).sum())
        if found < (_KEPT * before if pairs else _FEWEST * before):
            continue
        pairs.append((name, their))
        mine, other, before = trial_mine, trial_other, found
    return tuple(pairs), before / len(mine)


def _joined(mine: Places, other: Places, ours: Texts, theirs: Texts) -> tuple[Places, Places]:
    """Return keys of rows that tell by one more column, the same on both sides."""
    values = pd.factorize(np.concatenate([ours, theirs]))[0].astype(np.int64)
    keys = np.concatenate([mine, other]) * (int(values.max()) + 1) + values
    codes = pd.factorize(keys)[0].astype(np.int64)
    return codes[: len(mine)], codes[len(mine) :]


def _rows(
    pairs: tuple[tuple[str, str], ...], ours: Mapping[str, Texts], theirs: Mapping[str, Texts]
) -> tuple[Places, int]:
    """Return which row of theirs each of ours is, and how many of ours are like no other."""
    mine = np.zeros(len(next(iter(ours.values()))), dtype=np.int64)
    other = np.zeros(len(next(iter(theirs.values()))), dtype=np.int64)
    if not pairs:
        return np.full(len(mine), -1, dtype=np.int64), 0
    for name, their in pairs:
        mine, other = _joined(mine, other, ours[name], theirs[their])
    size = int(max(mine.max(), other.max())) + 1
    place = np.full(size, -1, dtype=np.int64)
    place[other] = np.arange(len(other))
    place[np.bincount(other, minlength=size) != 1] = -1
    alone = np.bincount(mine, minlength=size) == 1
    place[~alone] = -1
    return place[mine], int(alone.sum())
