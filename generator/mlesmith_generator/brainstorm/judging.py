"""Judging one way to make a task: leaks out, quick models in, a metric that shows the gain."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import MetricSpec, Modality
from mlesmith_generator.brainstorm import features, holdouts, neighbours, probe
from mlesmith_generator.brainstorm.censoring import FollowUp, afterwards, follow_ups, is_form_of
from mlesmith_generator.brainstorm.codes import parting_codes
from mlesmith_generator.brainstorm.expressions import expressions_of
from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.keys import key_reason
from mlesmith_generator.brainstorm.labels import label_families
from mlesmith_generator.brainstorm.leaks import giveaways
from mlesmith_generator.brainstorm.matter import is_spelled, modality_of
from mlesmith_generator.brainstorm.merit import Merit
from mlesmith_generator.brainstorm.moments import Moments, moments_of
from mlesmith_generator.brainstorm.objectives import refined
from mlesmith_generator.brainstorm.partition import REASON, divides_rows
from mlesmith_generator.brainstorm.power import quick_score
from mlesmith_generator.brainstorm.rarest import handful, private_by_class
from mlesmith_generator.brainstorm.scoring import choose_metric
from mlesmith_generator.brainstorm.siblings import given_together
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
_MOST_NAMED = 5
_RESORT = 10.0
"""What a question loses that nobody asks: it comes behind all others, of any kind."""
LAST = -3.0
"""Score below which an idea is a last resort."""
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

    @property
    def by_time(self) -> bool:
        """Whether the latest rows are hidden, perhaps in place of those that were to be."""
        return self.plan.holdout.kind == "time"


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

    @cached_property
    def moments(self) -> tuple[Moments, ...]:
        """The ways in which columns tell when the rows were."""
        return moments_of(self.table)

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
    together = given_together(made, bench.table, {each.column for each in told})
    told += together
    told += expressions_of(told, made, bench.table)
    for timely in timely_plans(bench, made, plan, told):
        scored = _judged(bench, made, timely, merit, told, together)
        if scored is not None:
            return scored
    return None


def _judged(
    bench: Bench,
    made: Target,
    plan: Plan,
    merit: Merit,
    told: tuple[Exclusion, ...],
    together: tuple[Exclusion, ...],
) -> Scored | None:
    exclusions = (*told, *_useless(bench, made, plan, {e.column for e in told}))
    probed = _seen(bench, made, plan, exclusions, probe.ROWS)
    if probed is None:
        return None
    signal, metric, errors = probed
    if errors < CLEAR and merit.score >= 0.5 and made.rows >= 1.5 * probe.ROWS:
        again = _seen(bench, made, plan, exclusions, probe.MORE_ROWS)
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
        justification=justify(made, metric.name, errors, plan, signal, merit.reasons, told)
        + _said_together(together),
        reasons=merit.reasons,
    )
    score = merit.score + _appeal(skill, errors, merit, len(told))
    score -= _RESORT if merit.senseless else 0.0
    solved = _is_solved(made, signal)
    return Scored(idea, made, plan, score, merit, errors >= CLEAR, solved)


def _is_solved(made: Target, signal: probe.Signal) -> bool:
    """Return whether quick models answer nearly every row that they were not fitted on."""
    if made.amount:
        return signal.skill >= SOLVED
    return quick_score(MetricSpec(name="accuracy"), made, signal) >= SOLVED


def timely_plans(
    bench: Bench, made: Target, plan: Plan, told: tuple[Exclusion, ...]
) -> tuple[Plan, ...]:
    """Return the plans to try in turn: by time first where neighbours in time tell something.

    Where they tell nearly what a model does, or more, the given plan is none of them.

    Args:
        bench: The table.
        made: What is asked of it.
        plan: How rows were to be hidden.
        told: Columns that are left out, with the reason.
    """
    others = [each for each in bench.moments if made.source not in each.clock.parts]
    if plan.holdout.kind not in ("random", "stratified", "group") or not others:
        return (plan,)
    if (bare := _bare(bench, made, others)) is not None:
        later = holdouts.from_a_day_on(made, bare, bench.table, bench.rows_of(made))
        return (later,) if later is not None else ()
    hidden = _drawn(bench, made, plan)
    heard = neighbours.hearsay(made.truth, len(made.classes), bench.table, others, hidden)
    care = neighbours.CAREFUL
    if heard is None or not heard.clear(care):
        return (plan,)
    # A date may be learnt as what it is; that of a moment is its neighbours' address.
    alone = heard.addressed and plan.holdout.kind != "group"
    gone = {each.column for each in told}
    if gone & set(heard.moments.clock.parts):
        # Left out, since it tells the target: a course, not a row, is what could be asked for.
        return () if alone else (plan,)
    left = neighbours.outside_time(bench.table, others) if alone else set[str]()
    exclusions = (*told, *_useless(bench, made, plan, gone))
    probed = _probed(bench, made, plan, exclusions, probe.MORE_ROWS, left)
    skill = probed[0].skill if probed is not None else 0.0
    needless = not heard.telling(skill, addressed=alone, care=care)
    if needless and not alone:
        return (plan,)
    later = holdouts.from_a_day_on(made, heard.moments, bench.table, bench.rows_of(made))
    plans = (later, plan) if needless else (later,)
    return tuple(each for each in plans if each is not None)


def _bare(bench: Bench, made: Target, others: list[Moments]) -> Moments | None:
    """Return the moments of a table that tells of each nothing but the target: one series."""
    dates = neighbours.outside_time(bench.table, others)
    rest = (
        column.name
        for column in bench.table.columns
        if column.name not in (made.source, *dates) and column.profile.type != "constant"
    )
    return next((each for each in others if each.alone), None) if not any(rest) else None


def _drawn(bench: Bench, made: Target, plan: Plan) -> NDArray[np.bool_]:
    """Return rows that are hidden as the plan hides them."""
    draws = np.random.default_rng(bench.seed)
    share = plan.holdout.test_fraction
    column = plan.holdout.column
    if plan.holdout.kind == "group" and column is not None:
        codes = bench.table[column].codes + 1
        return (draws.random(int(codes.max()) + 1) < share)[codes]
    return draws.random(len(made.truth)) < share


def learnt(bench: Bench, made: Target, plan: Plan, told: tuple[Exclusion, ...]) -> float:
    """Return the skill of quick models under a plan, 0 where no column is left."""
    seen = _seen(bench, made, plan, told, probe.ROWS)
    return seen[0].skill if seen is not None else 0.0


def _said_together(columns: tuple[Exclusion, ...]) -> str:
    """Return a sentence about what was left out because it is given together with the target."""
    if not columns:
        return ""
    named = ", ".join(repr(each.column) for each in columns[:_MOST_NAMED])
    more = len(columns) - _MOST_NAMED
    others = f" and {more} more" if more > 0 else ""
    return f" Given together with it, and so left out: {named}{others}."


def _is_censored(made: Target, pair: FollowUp, bench: Bench) -> bool:
    """Return whether a target is the time of a follow-up, or another form of it."""
    if made.source == pair.time:
        return True
    source = bench.table[made.source]
    return source.profile.type == "number" and is_form_of(pair, source.numeric())


def _followed(bench: Bench, made: Target, known: set[str]) -> tuple[Exclusion, ...]:
    """Return what is known only once rows have been followed, whatever is asked of them.

    Where the event itself is asked, these are the time and all that tells how it ended; where
    something else is, which was known when the follow-up began, the event is among them.
    """
    found: dict[str, str] = {}
    for pair in bench.follow_ups:
        ended = {each.column: each.reason for each in afterwards(pair, bench.table)}
        if pair.event == made.source:
            found[pair.time] = "it is known only when the follow-up has ended"
            found |= ended
        elif pair.years_later:
            found |= dict.fromkeys((pair.time, pair.event), "it is known only after a follow-up")
            found |= ended
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


def _seen(
    bench: Bench, made: Target, plan: Plan, exclusions: tuple[Exclusion, ...], rows: int
) -> tuple[probe.Signal, MetricSpec, float] | None:
    """Probe a plan; one by time also without the dates, which for later rows are all new.

    What nothing but dates could tell of later rows is a forecast, and no question to a table.
    """
    whole = _probed(bench, made, plan, exclusions, rows)
    if plan.holdout.kind != "time" or not bench.moments or whole is None:
        return whole
    dates = neighbours.outside_time(bench.table, bench.moments)
    bare = _probed(bench, made, plan, exclusions, rows, dates)
    return bare and max(whole, bare, key=lambda each: each[0].skill)


def _probed(
    bench: Bench,
    made: Target,
    plan: Plan,
    exclusions: tuple[Exclusion, ...],
    rows: int,
    more: Collection[str] = (),
) -> tuple[probe.Signal, MetricSpec, float] | None:
    """Return what quick models reach on so many rows, a metric, and the errors that it shows."""
    table, seed = bench.table, bench.seed
    good = np.flatnonzero(np.isfinite(made.truth))
    if len(good) > rows:
        good = np.sort(np.random.default_rng(seed).choice(good, rows, replace=False))
    without = {made.source, *plan.hidden, *(exclusion.column for exclusion in exclusions), *more}
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
    private = None if made.amount else private_by_class(made, plan, table, bench.scale)
    metric, errors = choose_metric(
        bench.dataset,
        made,
        signal,
        plan.units,
        groups=groups,
        rarest=float("inf") if private is None else float(private.min()),
        few=0.0 if private is None else handful(private),
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
            reason = key_reason(bench.table[column.name], made)
            found.append(Exclusion(column=column.name, reason=reason))
        elif column.type == "constant":
            found.append(Exclusion(column=column.name, reason="it has no more than one value"))
        elif divides_rows(column):
            found.append(Exclusion(column=column.name, reason=REASON))
    gone = known | {made.source, *(each.column for each in found)}
    found += _copies(bench, plan.holdout.column, gone)
    gone |= {each.column for each in found}
    return (*found, *parting_codes(made, bench.table, plan, gone))


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
