"""Judging one way to make a task: leaks out, quick models in, a metric that shows the gain."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlesmith_env.manifest import MetricSpec, Modality
from mlesmith_generator.brainstorm import features, holdouts, probe
from mlesmith_generator.brainstorm.censoring import FollowUp, afterwards, follow_ups, is_form_of
from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.labels import label_families
from mlesmith_generator.brainstorm.leaks import giveaways
from mlesmith_generator.brainstorm.matter import is_spelled, modality_of
from mlesmith_generator.brainstorm.merit import Merit
from mlesmith_generator.brainstorm.objectives import refined
from mlesmith_generator.brainstorm.partition import REASON, divides_rows
from mlesmith_generator.brainstorm.power import quick_score
from mlesmith_generator.brainstorm.rarest import rarest_private
from mlesmith_generator.brainstorm.scoring import choose_metric
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.brainstorm.wording import justify
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import Exclusion, Idea, TableProfile

CLEAR = 3.0
"""Standard errors that a quick model has to show on the private rows."""
FAINT = 1.8
"""Fewer are enough for a target that is tried last: the ladder's models are stronger."""
_CARRIED: dict[Modality, str] = {
    "text": "text",
    "molecule": "molecule",
    "sequence": "sequence",
}
"""Formulations of tables whose question one column, or one run of columns, carries."""
SOLVED = 0.99
"""Share of right answers, or skill, of quick models from which a question is solved."""
LEAST = 0.01
"""Skill that a faint signal has to come with, or it is luck."""


@dataclass(frozen=True)
class Scored:
    """An idea with what it is ranked by."""

    idea: Idea
    made: Target
    plan: Plan
    score: float
    merit: Merit
    clear: bool
    solved: bool = False
    """Whether quick models already answer nearly every row."""


@dataclass(frozen=True)
class Bench:
    """What ideas for one table are judged on."""

    dataset: str
    profile: TableProfile
    table: TypedTable
    scale: float
    """Rows of the table for each row that was typed."""
    seed: int
    subject: str = ""
    """Words that the dataset and the table are called by."""

    @cached_property
    def follow_ups(self) -> tuple[FollowUp, ...]:
        """Pairs of a time and the event that ended it."""
        return follow_ups(self.table)

    @cached_property
    def labels(self) -> tuple[tuple[str, ...], ...]:
        """Names of the columns of each family of labels."""
        return tuple(
            tuple(column.name for column in family.columns)
            for family in label_families(self.dataset, self.profile, self.table)
        )

    def rows_of(self, made: Target) -> int:
        """Return how many rows a target has in the whole table."""
        return int(made.rows * self.scale)


def judge(bench: Bench, made: Target, plan: Plan, merit: Merit) -> Scored | None:
    """Probe a formulation under a holdout; None where hidden rows would not show the signal."""
    made = refined(made, bench.subject)
    if any(_is_censored(made, pair, bench) for pair in bench.follow_ups):
        return None  # Some of the times are censored: no number to predict.
    told = giveaways(made, bench.table, bench.profile.relations, seed=bench.seed)
    told += _followed(bench, made, {each.column for each in told})
    told += _sisters(bench, made, {each.column for each in told})
    exclusions = (*told, *_useless(bench, made, plan, {e.column for e in told}))
    probed = _probed(bench, made, plan, exclusions, probe.ROWS)
    if probed is None:
        return None
    signal, metric, errors = probed
    if errors < CLEAR and merit.score >= 0.5 and made.rows >= 1.5 * probe.ROWS:
        again = _probed(bench, made, plan, exclusions, probe.MORE_ROWS)
        signal, metric, errors = again or probed
    if errors < FAINT or signal.skill < (LEAST if errors < CLEAR else -0.5):
        return None
    skill = max(0.0, min(1.0, signal.skill))
    gone = {made.source, *plan.hidden, *(each.column for each in exclusions)}
    modality = modality_of(bench.table, gone)
    idea = Idea(
        dataset=bench.dataset,
        table=bench.profile.name,
        target=made.target,
        target_source=made.source,
        objective=made.objective,
        metric=metric,
        holdout=plan.holdout,
        transforms=(*plan.repairs, *made.transforms),
        exclusions=exclusions,
        signal=round(skill, 4),
        formulation=_CARRIED.get(modality, "table"),
        modality=modality,
        justification=justify(made, metric.name, errors, plan, signal, merit.reasons, told),
    )
    score = merit.score + _appeal(skill, errors, merit, len(told))
    solved = _is_solved(made, signal)
    return Scored(idea, made, plan, score, merit, errors >= CLEAR, solved)


def _is_solved(made: Target, signal: probe.Signal) -> bool:
    """Return whether quick models answer nearly every row that they were not fitted on."""
    if made.amount:
        return signal.skill >= SOLVED
    return quick_score(MetricSpec(name="accuracy"), made, signal) >= SOLVED


def _is_censored(made: Target, pair: FollowUp, bench: Bench) -> bool:
    """Return whether a target is the time of a follow-up, or another form of it."""
    if made.source == pair.time:
        return True
    source = bench.table[made.source]
    return source.profile.type == "number" and is_form_of(pair, source.numeric())


def _followed(bench: Bench, made: Target, known: set[str]) -> tuple[Exclusion, ...]:
    """Return what is known only once it is known whether the event came, where that is asked."""
    found: dict[str, str] = {}
    for pair in bench.follow_ups:
        if pair.event == made.source:
            found[pair.time] = "it is known only when the follow-up has ended"
            found |= {each.column: each.reason for each in afterwards(pair, bench.table)}
    return tuple(
        Exclusion(column=name, reason=reason)
        for name, reason in found.items()
        if name not in known and name != made.source
    )


def _sisters(bench: Bench, made: Target, known: set[str]) -> tuple[Exclusion, ...]:
    """Return the other labels of a label's family: they are answers that come together with it."""
    return tuple(
        Exclusion(column=name, reason="it is another label of the same kind")
        for family in bench.labels
        if made.source in family
        for name in family
        if name not in known and name != made.source
    )


def _probed(
    bench: Bench, made: Target, plan: Plan, exclusions: tuple[Exclusion, ...], rows: int
) -> tuple[probe.Signal, MetricSpec, float] | None:
    """Return what quick models reach on so many rows, a metric, and the errors that it shows."""
    table, seed = bench.table, bench.seed
    good = np.flatnonzero(np.isfinite(made.truth))
    if len(good) > rows:
        good = np.sort(np.random.default_rng(seed).choice(good, rows, replace=False))
    without = {made.source, *plan.hidden, *(exclusion.column for exclusion in exclusions)}
    built = features.build(table, good, without)
    if built.width == 0:
        return None
    group = plan.holdout.column if plan.holdout.kind == "group" else None
    signal = probe.measure(
        made.truth[good],
        len(made.classes),
        built,
        holdouts.folds(plan, made, table, good, seed),
        units=table[group].codes[good] if group else None,
        wanted=CLEAR / max(1.0, plan.units) ** 0.5,
        seed=seed,
    )
    groups = table[group].codes[good][signal.rows] if group else None
    metric, errors = choose_metric(
        bench.dataset,
        made,
        signal,
        plan.units,
        groups=groups,
        rarest=rarest_private(made, plan, table, bench.scale),
        seed=seed,
    )
    return signal, metric, errors


def _appeal(skill: float, errors: float, merit: Merit, twins: int) -> float:
    """Return what learnability adds: some is needed, all of it is suspicious."""
    faint = max(0.0, CLEAR - errors) / (CLEAR - FAINT)
    appeal = 1.2 * min(1.0, skill / 0.3) ** 0.5 - 1.2 * faint
    unnamed = merit.score < 1.5
    if skill > 0.95:
        appeal -= 0.8 if unnamed else 0.3
    if skill > 0.995:
        appeal -= 0.8
    return appeal - 0.15 * min(3, twins) * unnamed


def _useless(bench: Bench, made: Target, plan: Plan, known: set[str]) -> tuple[Exclusion, ...]:
    """Columns that no model can use: keys, constants, copies, how somebody divided the rows."""
    found: list[Exclusion] = []
    for column in bench.profile.columns:
        if column.name in known or column.name in (made.source, plan.holdout.column):
            continue
        if column.type == "identifier" and not is_spelled(bench.table[column.name]):
            reason = f"it tells rows apart ({column.note or 'a key'})"
            found.append(Exclusion(column=column.name, reason=reason))
        elif column.type == "constant":
            found.append(Exclusion(column=column.name, reason="it has no more than one value"))
        elif divides_rows(column):
            found.append(Exclusion(column=column.name, reason=REASON))
    gone = known | {made.source, *(each.column for each in found)}
    return (*found, *_copies(bench, plan.holdout.column, gone))


def _copies(bench: Bench, group: str | None, gone: set[str]) -> Iterator[Exclusion]:
    """Yield columns that hold the very values of another that is shown, or of the groups."""
    dropped = set(gone)
    for relation in bench.profile.relations:
        first, second = relation.columns[0], relation.target
        if relation.kind != "duplicate" or dropped & {first, second}:
            continue
        one, other = bench.table[first], bench.table[second]
        if one.values != other.values or not np.array_equal(one.codes, other.codes):
            continue
        kept, copy = (second, first) if second == group else (first, second)
        dropped.add(copy)
        yield Exclusion(column=copy, reason=f"it holds the same as {kept!r}")
