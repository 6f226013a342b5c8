"""The rule-based Brainstormer: which tasks a practitioner would make of a dataset."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import MetricSpec
from mlesmith_generator.brainstorm import features, holdouts, probe
from mlesmith_generator.brainstorm.contest import contest
from mlesmith_generator.brainstorm.formulation import Formulation, alternatives, primary
from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.leaks import giveaways
from mlesmith_generator.brainstorm.merit import Merit, merits
from mlesmith_generator.brainstorm.scoring import choose_metric
from mlesmith_generator.brainstorm.wording import justify
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

SMALLEST = 100
"""Rows with a target below which a task can not tell good from lucky."""
CLEAR = 3.0
"""Standard errors that a quick model has to show on the private rows."""
FAINT = 1.8
"""Fewer are enough for a target that is tried last: the ladder's models are stronger."""
FEW = 4
"""Ideas up to which targets that nobody would call outcomes are taken in."""
FEW_NAMELESS = 3
"""The same where the columns have no names, and so such targets mean nothing to anybody."""
ENOUGH = 1.3
"""Score from which a target counts as one that a practitioner would choose."""
SHARED = 0.15
"""Share of a target's variance between people or things from which whole ones are held out."""
PROBES = 16
"""How many targets of a table are tried at most."""
_TABLES = 6


@dataclass(frozen=True)
class Scored:
    """An idea with what it is ranked by."""

    idea: Idea
    made: Formulation
    plan: Plan
    score: float
    merit: Merit
    clear: bool


def brainstorm(
    profile: DatasetProfile, folder: Path, *, limit: int = 5, seed: int = 0
) -> tuple[Idea, ...]:
    """Return up to `limit` ideas, best first, that differ in target, objective or holdout.

    Args:
        profile: What was measured about the dataset.
        folder: Its raw files.
        limit: How many ideas at most.
        seed: Seed of the samples and of the quick models.

    Raises:
        GenerationError: There is no idea; the message says why for every table.
    """
    root = folder if folder.is_dir() else folder.parent
    why: list[str] = list(profile.problems[:3])
    pools: list[list[Scored]] = []
    for table in sorted(profile.tables, key=lambda t: -t.rows * min(len(t.columns), 20))[:_TABLES]:
        reason = _hopeless(table)
        if reason:
            why.append(f"{table.name}: {reason}")
            continue
        typed = measure_file(table.reader, root, seed=seed).table
        bench = Bench(profile.dataset, table, typed, table.rows / max(1, typed.rows), seed)
        subject = f"{re.split('__|--', profile.dataset)[-1]} {table.name}"
        found, reason = _ideas_of(bench, subject)
        if found:
            pools.append(_in_order(found, limit, nameless=table.reader.header_rows == 0))
        else:
            why.append(f"{table.name}: {reason}")
    chosen = _dealt(pools, limit)
    if not chosen:
        raise GenerationError(
            f"no task can be made of {profile.dataset}: {'; '.join(why) or 'it has no table'}"
        )
    return tuple(scored.idea for scored in chosen)


def _hopeless(table: TableProfile) -> str:
    """Return why a table can not become a task, as far as its profile tells."""
    if table.rows < SMALLEST:
        return f"{table.rows} rows are too few (at least {SMALLEST})"
    varied = [column for column in table.columns if column.type != "constant"]
    if not varied:
        return "every column has one value only"
    if len(varied) < 2:
        return f"only {varied[0].name!r} varies, and nothing is left to predict it from"
    if all(column.type in ("identifier", "text", "date") for column in varied):
        return "every column is a key, a date or free text"
    return ""


@dataclass(frozen=True)
class Bench:
    """What ideas for one table are judged on."""

    dataset: str
    profile: TableProfile
    table: TypedTable
    scale: float
    """Rows of the table for each row that was typed."""
    seed: int

    def rows_of(self, made: Formulation) -> int:
        """Return how many rows a target has in the whole table."""
        return int(made.rows * self.scale)


def _ideas_of(bench: Bench, subject: str) -> tuple[list[Scored], str]:
    ranked = merits(bench.profile, bench.table, subject)
    if not ranked:
        return [], "no column is a number or a category that could be predicted"
    found: list[Scored] = []
    most, tried = max(4, min(PROBES, 2400 // len(bench.table.columns))), 0
    for merit in ranked:
        sources = {scored.made.source for scored in found}
        enough = len(sources) >= (3 if merit.score < -1.0 or tried > most / 2 else PROBES)
        if tried >= most or enough:
            break
        column = bench.table[merit.column]
        results = contest(column)
        made = results[0] if results else primary(column)
        if made is None or bench.rows_of(made) < SMALLEST:
            continue
        tried += 1
        best = _best_form(bench, made, merit)
        if best is not None:
            found.append(best)
        if len({s.made.source for s in found if s.score > ENOUGH and s.clear}) >= 5:
            break
    if not found:
        return [], f"none of {tried} possible targets could be learnt from the other columns"
    found.sort(key=lambda scored: -scored.score)
    likely = [scored for scored in found if scored.score >= ENOUGH]
    for first in likely[:3] or found[:1]:
        found += _variants(bench, first, 1 if len(likely) > 2 else 2)
    return found, ""


def _best_form(bench: Bench, made: Formulation, merit: Merit) -> Scored | None:
    """Judge a target in its natural form; a likely one that fails also in other forms."""
    best = _best_plan(bench, made, merit)
    if (best is None or not best.clear) and merit.score >= 0.5:
        for other in alternatives(bench.table[merit.column], made)[:2]:
            again = _best_plan(bench, other, merit)
            if again is not None and (best is None or again.clear):
                return again
    return best


def _best_plan(bench: Bench, made: Formulation, merit: Merit) -> Scored | None:
    """Judge a target under its natural holdout, else under a plain one."""
    rows = bench.rows_of(made)
    name = holdouts.entity(bench.profile)
    if name is not None and name != made.source:
        shared = holdouts.shared_within(made, bench.table[name].codes)
        if holdouts.is_person(name):
            shared = max(shared, SHARED)
        plan = holdouts.by_group(made, name, bench.table, rows) if shared >= SHARED else None
        if plan is not None:
            whole = _judge(bench, made, plan, merit)
            if whole is not None or shared >= 0.9:
                return whole
    return _judge(bench, made, holdouts.plain(made, rows), merit)


def _judge(bench: Bench, made: Formulation, plan: Plan, merit: Merit) -> Scored | None:
    """Probe a formulation under a holdout; None where hidden rows would not show the signal."""
    told = giveaways(made, bench.table, bench.profile.relations, seed=bench.seed)
    exclusions = (*told, *_useless(made, plan, bench.profile, {e.column for e in told}))
    probed = _probed(bench, made, plan, exclusions, probe.ROWS)
    if probed is None:
        return None
    signal, metric, errors = probed
    if errors < CLEAR and merit.score >= 0.5 and made.rows >= 1.5 * probe.ROWS:
        again = _probed(bench, made, plan, exclusions, probe.MORE_ROWS)
        signal, metric, errors = again or probed
    if errors < FAINT or signal.skill < -0.5:
        return None
    skill = max(0.0, min(1.0, signal.skill))
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
        justification=justify(made, metric.name, errors, plan, signal, merit.reasons, told),
    )
    score = merit.score + _appeal(skill, errors, merit, len(told))
    return Scored(idea, made, plan, score, merit, errors >= CLEAR)


def _probed(
    bench: Bench, made: Formulation, plan: Plan, exclusions: tuple[Exclusion, ...], rows: int
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
        bench.dataset, made, signal, plan.units, groups=groups, seed=seed
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


def _useless(
    made: Formulation, plan: Plan, profile: TableProfile, known: set[str]
) -> tuple[Exclusion, ...]:
    """Columns that no model can use: keys and constants."""
    found: list[Exclusion] = []
    for column in profile.columns:
        if column.name in known or column.name in (made.source, plan.holdout.column):
            continue
        if column.type == "identifier":
            reason = f"it tells rows apart ({column.note or 'a key'})"
            found.append(Exclusion(column=column.name, reason=reason))
        elif column.type == "constant":
            found.append(Exclusion(column=column.name, reason="it has no more than one value"))
    return tuple(found)


def _variants(bench: Bench, first: Scored, most: int) -> list[Scored]:
    """Other objectives and other honest holdouts for a target that works."""
    found: list[Scored] = []
    column = bench.table[first.made.source]
    if first.made.kind in ("as is", "parsed", "grouped", "contest"):
        results = contest(column)[1:] if first.made.kind == "contest" else []
        for made in (results or alternatives(column, first.made))[:most]:
            plan = first.plan
            if plan.holdout.kind in ("random", "stratified"):
                plan = holdouts.plain(made, bench.rows_of(made))
            other = _judge(bench, made, plan, first.merit)
            if other is not None and other.clear:
                found.append(other)
    for plan in _other_plans(first, bench):
        other = _judge(bench, first.made, plan, first.merit)
        if other is not None and other.clear:
            found.append(other)
            break
    return found


def _other_plans(first: Scored, bench: Bench) -> list[Plan]:
    profile, rows = bench.profile, bench.rows_of(first.made)
    plans: list[Plan | None] = []
    if profile.times and first.plan.holdout.kind != "time":
        plans.append(holdouts.by_time(first.made, profile.times[0], bench.table, rows))
    if first.plan.holdout.kind != "group":
        plans += [
            holdouts.by_group(first.made, name, bench.table, rows) for name in profile.groups[:2]
        ]
    return [plan for plan in plans if plan is not None]


def _in_order(found: list[Scored], limit: int, *, nameless: bool) -> list[Scored]:
    """Best first: different targets, then other forms of the best ones between weak targets."""
    mains: dict[str, Scored] = {}
    others: list[Scored] = []
    for scored in found:
        if scored.made.source in mains:
            others.append(scored)
        else:
            mains[scored.made.source] = scored
    ranked = sorted(mains.values(), key=lambda scored: -scored.score)
    strong = [scored for scored in ranked if scored.score >= ENOUGH]
    weak = [scored for scored in ranked if scored.score < ENOUGH]
    taken = weak[: max(0, 1 if nameless else 3 - len(strong))]
    order = [*strong[:3], *others[:1], *strong[3:4], *taken, *others[1:], *strong[4:]]
    fill = max(0, (FEW_NAMELESS if nameless else FEW) - len(order))
    return [*order, *[scored for scored in weak if scored not in taken][:fill]][:limit]


def _dealt(pools: list[list[Scored]], limit: int) -> list[Scored]:
    """Take ideas from the tables in turn, the most promising table first."""
    pools = sorted(pools, key=lambda pool: -pool[0].score)
    chosen: list[Scored] = []
    for place in range(limit):
        chosen += [pool[place] for pool in pools if place < len(pool)]
    return chosen[:limit]
