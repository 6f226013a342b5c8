"""Which rows to hide, and the folds that stand for it in a quick model."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.recipes.model import Holdout, ParseDate, Transform
from mlesmith_generator.brainstorm.moments import Moments
from mlesmith_generator.brainstorm.single import level_skill
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable, key_like
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import TableProfile

FOLDS = 3
SHARED = 0.15
"""Share of a target's variance between people or things from which whole ones are held out."""
_COUNTED = 0.9
"""Share of the numbers from the first on that are there where groups are counted through."""
_CALENDAR = frozenset("year month week day hour minute quarter season date time age".split())
FIXED = 0.9
"""Share from which rows of things that are known from training are a matter of looking up."""
_FEWEST_ROWS = 20
_FEWEST_VALUES = 5
_PERSONS = frozenset(
    {"id", "subject", "patient", "person", "participant", "respondent", "resp", "child", "childid",
     "subj", "pid", "user", "customer", "client", "member", "animal", "cow", "chick", "mouse",
     "rat", "ewe", "brood", "family", "household", "individual", "woman", "kid", "mom", "batter",
     "course", "prof", "driver", "expedition", "panelist", "engine", "unit", "machine", "device"}
)  # fmt: skip

_SORTABLE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?")
"""Dates that sort as text: `2014-7-1` does not, though a format reads it."""
_IDENTITY = re.compile(r"(^|[^A-Za-z])(id|Id|ID)$|[a-z](Id|ID)$|^(id|ID)[_. ]")


@dataclass(frozen=True)
class Plan:
    """A holdout with what the quick models need of it.

    Attributes:
        holdout: As the recipe takes it.
        private: Number of private rows to be expected.
        units: Number of private rows or groups that count as independent.
        hidden: Columns that the holdout takes out of the features.
        repairs: Transforms that the holdout needs (dates written so that they can be ordered).
        when: Time of every row, where no raw column tells it by itself.
    """

    holdout: Holdout
    private: int
    units: float
    hidden: tuple[str, ...]
    repairs: tuple[Transform, ...] = ()
    when: NDArray[np.float64] | None = field(default=None, compare=False)

    def stamps(self, table: TypedTable) -> NDArray[np.float64]:
        """Return the time of every row by which a holdout by time goes, shape (rows,)."""
        if self.when is not None:
            return self.when
        return table[self.holdout.column or ""].numeric()


def plain(made: Target, rows: int) -> Plan:
    """Return the holdout by chance: stratified for classes."""
    test, private = shares(rows)
    kind = "random" if made.amount else "stratified"
    holdout = Holdout(kind=kind, test_fraction=test, private_fraction=private)
    count = int(rows * test * private)
    return Plan(holdout, count, float(count), ())


def entity(profile: TableProfile) -> str | None:
    """Return the column of people or things that are measured again and again, if there is one."""
    return next(iter(_entities(profile)), None)


def _entities(profile: TableProfile) -> list[str]:
    found: list[str] = []
    for name in profile.groups:
        column = profile.column(name)
        repeated = column.distinct >= 25 and 1.15 <= profile.rows / column.distinct <= 200
        told = is_person(name) or _is_panel(profile, name) or _IDENTITY.search(name)
        if repeated and told:
            found.append(name)
    return found


def owner(made: Target, profile: TableProfile, table: TypedTable) -> tuple[str | None, float]:
    """Return the people or things that a target belongs to most, and how much it is theirs.

    Of several, such as the order and the product of a line, it is that within which the target
    varies least; people always share enough of it. None where there are no such things.

    Args:
        made: The target.
        profile: The table that has the columns of people and things.
        table: Its columns, typed.
    """
    shares = {
        name: max(shared_within(made, table[name].codes), SHARED if is_person(name) else 0.0)
        for name in _entities(profile)
        if name != made.source
    }
    best = max(shares, key=lambda name: shares[name], default=None)
    return (best, shares[best]) if best is not None else (None, 0.0)


def is_person(name: str) -> bool:
    """Return whether a column tells people (or animals, machines) apart, by its name."""
    return bool(_PERSONS & set(words(name)))


def _is_panel(profile: TableProfile, name: str) -> bool:
    """Return whether a group is followed over time: with a time it makes a key."""
    return any(
        name in pair and any(other in profile.times for other in pair)
        for pair in profile.keys
        if len(pair) == 2
    )


def shared_within(made: Target, codes: NDArray[np.int64]) -> float:
    """Return how much of the target's variance lies between the groups: 1 if it is fixed in each.

    Args:
        made: The target.
        codes: Group of each row, -1 where it has none.
    """
    inside = np.isfinite(made.truth) & (codes >= 0)
    truth, groups = made.truth[inside], codes[inside]
    if len(truth) < 20:
        return 0.0
    if made.amount:
        return level_skill(groups, _ranks(truth))
    common = np.argsort(-np.bincount(truth.astype(np.int64)))[:3]
    return max(level_skill(groups, (truth == place).astype(np.float64)) for place in common)


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.argsort(np.argsort(values, kind="stable"), kind="stable").astype(np.float64)


def by_group(made: Target, name: str, table: TypedTable, rows: int) -> Plan | None:
    """Return the holdout of whole groups, or None where there are too few of them."""
    column = table[name]
    inside = np.isfinite(made.truth) & (column.codes >= 0)
    present = np.unique(column.codes[inside])
    counts = np.bincount(column.codes[inside])
    if len(present) < 15 or counts.max() > 0.35 * inside.sum() or made.source == name:
        return None
    test, private = shares(rows)
    if len(present) < 60:
        test, private = 0.4, 0.6
    holdout = Holdout(
        kind="group",
        column=name,
        drop_column=_is_mere_name(column),
        test_fraction=test,
        private_fraction=private,
    )
    return Plan(holdout, int(rows * test * private), len(present) * test * private, (name,))


def _is_mere_name(column: TypedColumn) -> bool:
    """Return whether a group's value only names it, so that a new group's says nothing.

    Numbers name what is called a person, a thing or a key, and what is counted through from 1;
    dates, parts of the calendar and measures mean something of a new group as well.
    """
    profile, name = column.profile, column.name
    if profile.type in ("identifier", "text", "category") or key_like(name) or is_person(name):
        return True
    if profile.type != "number" or not profile.integer or _CALENDAR & set(words(name)):
        return False
    low, high = profile.minimum or 0.0, profile.maximum or 0.0
    return low in (0.0, 1.0) and profile.distinct >= _COUNTED * (high - low + 1)


def by_time(made: Target, name: str, table: TypedTable, rows: int) -> Plan | None:
    """Return the holdout of the future, or None where the column can not order the rows."""
    column = table[name]
    when = column.numeric()
    inside = np.isfinite(made.truth)
    if made.source == name or np.isfinite(when[inside]).mean() < 0.98:
        return None
    if len(np.unique(when[inside])) < 8:
        return None
    test, private = shares(rows)
    holdout = Holdout(kind="time", column=name, test_fraction=test, private_fraction=private)
    count = int(rows * test * private)
    form = column.profile.date_format
    repairs: tuple[Transform, ...] = ()
    if form and not all(_SORTABLE.fullmatch(value) for value in column.values):
        repairs = (ParseDate(column=name, into=name, format=form),)
    return Plan(holdout, count, float(count), (), repairs)


def from_a_day_on(made: Target, moments: Moments, table: TypedTable, rows: int) -> Plan | None:
    """Return the holdout of the latest moments, or None where they do not suit the question.

    Of classes at least two have to come among the latest rows, and every one that comes there has
    to be known from before.
    """
    clock = moments.clock
    if made.source in clock.parts or not _on_both_sides(made, moments.stamps, shares(rows)[0]):
        return None
    if clock.parts == (clock.column,):
        return by_time(made, clock.column, table, rows)
    test, private = shares(rows)
    holdout = Holdout(
        kind="time", column=clock.column, test_fraction=test, private_fraction=private
    )
    count = int(rows * test * private)
    return Plan(holdout, count, float(count), (), clock.transforms, moments.stamps)


def _on_both_sides(made: Target, stamps: NDArray[np.float64], share: float) -> bool:
    known = np.isfinite(made.truth) & np.isfinite(stamps)
    edge = np.quantile(stamps[known], 1 - share) if known.any() else np.nan
    late, early = known & (stamps > edge), known & (stamps <= edge)
    if min(late.sum(), early.sum()) < _FEWEST_ROWS:
        return False
    if made.amount:
        return len(np.unique(made.truth[late])) >= _FEWEST_VALUES
    asked = np.bincount(made.truth[late].astype(np.int64), minlength=len(made.classes))
    learnt = np.bincount(made.truth[early].astype(np.int64), minlength=len(made.classes))
    often = (asked >= max(_FEWEST_VALUES, 0.01 * late.sum())).sum() >= 2
    return bool(often and (learnt[asked > 0] >= _FEWEST_VALUES).all())


def folds(
    plan: Plan, made: Target, table: TypedTable, rows: NDArray[np.int64], seed: int
) -> NDArray[np.int64]:
    """Return a fold for each of the rows that imitates the holdout; -1 is only learnt from."""
    generator = np.random.default_rng(seed)
    column = plan.holdout.column
    if plan.holdout.kind == "group" and column is not None:
        codes = table[column].codes[rows] + 1
        return generator.permutation(int(codes.max()) + 1)[codes] % FOLDS
    if plan.holdout.kind == "time" and column is not None:
        when = plan.stamps(table)[rows]
        rank = np.argsort(np.argsort(np.nan_to_num(when, nan=-1e300), kind="stable"))
        return np.where(rank >= 0.65 * len(rows), 0, -1)
    if made.amount:
        return generator.permutation(len(rows)) % FOLDS
    truth = made.truth[rows]
    order = np.lexsort((generator.random(len(rows)), truth))
    result = np.empty(len(rows), dtype=np.int64)
    result[order] = np.arange(len(rows)) % FOLDS
    return result


def shares(rows: int) -> tuple[float, float]:
    """Return the shares of hidden and of private rows: more of a small table is needed to tell."""
    if rows < 250:
        return 0.48, 0.68
    if rows < 600:
        return 0.42, 0.65
    if rows < 1500:
        return 0.35, 0.62
    return 0.3, 0.6
