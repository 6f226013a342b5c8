"""Do the rows next to a hidden one in time tell its answer?

Where rows are moments of one thing, the moment before and the one after lie in the training file
if rows are hidden at random, and their mean is a better answer than most models give. Such rows
are hidden from a day on. Where rows are things of their own that only bear a date, their
neighbours say no more than the trivial guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.moments import Moments
from mlesmith_generator.brainstorm.probe import Scale
from mlesmith_generator.profiler.structure import times
from mlesmith_generator.profiler.typed import TypedTable

CLEARLY = 0.35
"""Share of the trivial guess's squared error that neighbours have to take away."""
CAREFUL = 0.85
"""Part of each line by which ideas keep away from it, as other samples measure otherwise."""
_NEARLY = 0.9
"""Share of a model's skill that neighbours of moments have to reach."""
_TIMES = 1.5
"""Times the model's error that they may leave."""
_BEYOND = 0.5
"""Part of the error of a model that knows the dates below which neighbours tell more than them."""
_REACHES = (1, 4)
"""Rows on either side whose mean is the guess."""
_CLASSES = 30
_FEWEST = 20


@dataclass(frozen=True)
class Hearsay:
    """What neighbours in time tell.

    Attributes:
        moments: The times by which rows are neighbours.
        series: Column within which they are, None for the whole table.
        skill: Share of the squared error of one guess for all that they take away.
        beyond: The same of a guess for each series, which a model has without any neighbour.
    """

    moments: Moments
    series: str | None
    skill: float
    beyond: float

    @property
    def addressed(self) -> bool:
        """Whether a time is the address of a row's neighbours, and no fact about many rows."""
        return self.moments.alone and (self.series is not None or not self.moments.series)

    def clear(self, care: float = 1.0) -> bool:
        """Return whether neighbours are clearly better than a guess for each series."""
        return self.beyond >= CLEARLY * care

    def telling(self, model: float, *, addressed: bool, care: float = 1.0) -> bool:
        """Return whether neighbours tell nearly what a model does, or more.

        Args:
            model: Skill of a model; without the dates if `addressed`, else with them.
            addressed: Whether dates are addresses of neighbours. Those that many rows share may be
                learnt, and neighbours then have to tell clearly more than they do.
            care: Part of each line that is enough.
        """
        lost, left = 1 - self.skill, 1 - float(np.clip(model, 0, 1))
        if not addressed:
            return lost * care <= _BEYOND * left
        return self.skill >= _NEARLY * care * model and lost * care <= _TIMES * left


def hearsay(
    truth: NDArray[np.float64],
    classes: int,
    table: TypedTable,
    told: Sequence[Moments],
    hidden: NDArray[np.bool_],
) -> Hearsay | None:
    """Return what the neighbours of hidden rows tell at most; None where there are none.

    Args:
        truth: Class number or value of every row, NaN where it is not known; shape (rows,).
        classes: Number of classes, 0 for a number.
        table: The table, in which series have their columns.
        told: The times of its rows.
        hidden: The rows whose neighbours among all others are asked; shape (rows,).
    """
    good = np.isfinite(truth)
    goal = np.zeros((len(truth), min(classes, _CLASSES) if classes else 1))
    if classes:
        common = np.argsort(-np.bincount(truth[good].astype(np.int64), minlength=classes))
        goal[good] = truth[good][:, None] == common[: goal.shape[1]]
    else:
        goal[good, 0] = Scale.of(truth[good]).learn(truth[good])
    found: list[Hearsay] = []
    for moments in told:
        known = good & np.isfinite(moments.stamps)
        seen, asked = known & ~hidden, known & hidden
        if min(seen.sum(), asked.sum()) < _FEWEST:
            continue
        for series, owners in _owners(moments, table):
            skill, beyond = _skills(moments.stamps, owners, goal, seen, asked)
            found.append(Hearsay(moments, series, skill, beyond))
    clear = [each for each in found if each.clear(CAREFUL)]
    return max(clear or found, key=lambda each: each.skill, default=None)


def _owners(moments: Moments, table: TypedTable) -> Iterator[tuple[str | None, NDArray[np.int64]]]:
    yield None, np.zeros(table.rows, dtype=np.int64)
    for name in moments.series:
        yield name, table[name].codes + 1


def _skills(
    stamps: NDArray[np.float64],
    owners: NDArray[np.int64],
    goal: NDArray[np.float64],
    seen: NDArray[np.bool_],
    asked: NDArray[np.bool_],
) -> tuple[float, float]:
    """Return the share of the error of one guess, and of one a series, that neighbours take."""
    plain = goal[seen].mean(axis=0)
    count = np.bincount(owners[seen], minlength=int(owners.max()) + 1)[:, None]
    sums = np.stack([np.bincount(owners[seen], g[seen], len(count)) for g in goal.T], axis=1)
    own = ((sums + plain) / (count + 1))[owners[asked]]
    whole = float(((goal[asked] - plain) ** 2).sum())
    within = float(((goal[asked] - own) ** 2).sum())
    if min(whole, within) <= 0:
        return 0.0, 0.0
    lost = min(
        float(((goal[asked] - guess) ** 2).sum())
        for guess in _guesses(stamps, owners, goal, seen, asked)
    )
    return 1 - lost / whole, 1 - lost / within


def _guesses(
    stamps: NDArray[np.float64],
    owners: NDArray[np.int64],
    goal: NDArray[np.float64],
    seen: NDArray[np.bool_],
    asked: NDArray[np.bool_],
) -> Iterator[NDArray[np.float64]]:
    """Yield the mean of so many rows before and after each asked one, of its series."""
    # Rows of one moment are in no order of their own.
    chance = np.random.default_rng(len(stamps)).random(len(stamps))
    rows = np.flatnonzero(seen | asked)
    order = rows[np.lexsort((chance[rows], stamps[rows], owners[rows]))]
    known = seen[order]
    before = np.cumsum(known)
    total = np.concatenate([np.zeros((1, goal.shape[1])), np.cumsum(goal[order][known], axis=0)])
    mine = owners[order][~known]
    first = np.searchsorted(owners[order][known], mine, side="left")
    last = np.searchsorted(owners[order][known], mine, side="right")
    place = before[~known]
    plain = goal[seen].mean(axis=0)
    for reach in _REACHES:
        low, high = np.maximum(place - reach, first), np.minimum(place + reach, last)
        size = (high - low)[:, None]
        mean = np.where(size > 0, (total[high] - total[low]) / np.maximum(size, 1), plain)
        result = np.empty((len(stamps), goal.shape[1]))
        result[order[~known]] = mean
        yield result[asked]


def outside_time(table: TypedTable, told: Sequence[Moments]) -> set[str]:
    """Return the columns that tell the moment itself: dates, years, counters, not hours alone."""
    own = {moments.clock.column for moments in told} | set(times(table))
    return own | {column.name for column in table.columns if column.profile.type == "date"}
