"""The rule-based Brainstormer: which tasks a practitioner would make of a dataset."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mlesmith_env.errors import GenerationError
from mlesmith_env.recipes.reader import read_table
from mlesmith_generator.brainstorm import features, holdouts, probe
from mlesmith_generator.brainstorm.formulation import Formulation, alternatives, primary
from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.leaks import giveaways
from mlesmith_generator.brainstorm.merit import Merit, merits
from mlesmith_generator.brainstorm.scoring import choose_metric
from mlesmith_generator.brainstorm.wording import justify
from mlesmith_generator.profiler.table import measure_table
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

SMALLEST = 120
"""Rows with a target below which a task can not tell good from lucky."""
CLEAR = 3.0
"""Standard errors that a quick model has to show on the private rows."""
FAINT = 1.8
"""Fewer are enough for a target that is tried last: the ladder's models are stronger."""
PROBES = 14
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
        frame = read_table(table.reader, root)
        found, reason = _ideas_of(profile.dataset, table, measure_table(frame, seed=seed), seed)
        if found:
            pools.append(_in_order(found, limit))
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


def _ideas_of(
    dataset: str, profile: TableProfile, table: TypedTable, seed: int
) -> tuple[list[Scored], str]:
    ranked = merits(profile, table)
    if not ranked:
        return [], "no column is a number or a category that could be predicted"
    scale = profile.rows / max(1, table.rows)
    found: list[Scored] = []
    tried = 0
    for merit in ranked:
        if tried >= PROBES or (merit.score < -1.5 and len({s.made.source for s in found}) >= 3):
            break
        made = primary(table[merit.column])
        if made is None or made.rows * scale < SMALLEST:
            continue
        tried += 1
        best = _best_plan(dataset, made, merit, profile, table, scale, seed)
        if best is not None:
            found.append(best)
        if len({s.made.source for s in found if s.score > 2.0}) >= 5:
            break
    found.sort(key=lambda scored: -scored.score)
    for first in list(found[:3]):
        found += _variants(dataset, first, profile, table, scale, seed)
    if not found:
        return [], f"none of {tried} possible targets could be learnt from the other columns"
    return found, ""


def _best_plan(
    dataset: str,
    made: Formulation,
    merit: Merit,
    profile: TableProfile,
    table: TypedTable,
    scale: float,
    seed: int,
) -> Scored | None:
    """Judge a target under its natural holdout, else under a plain one."""
    rows = int(made.rows * scale)
    name = holdouts.entity(profile)
    if name is not None and name != made.source:
        plan = holdouts.by_group(made, name, table, rows)
        if plan is not None:
            whole = _judge(dataset, made, plan, merit, profile, table, seed)
            if whole is not None:
                return whole
    return _judge(dataset, made, holdouts.plain(made, rows), merit, profile, table, seed)


def _judge(
    dataset: str,
    made: Formulation,
    plan: Plan,
    merit: Merit,
    profile: TableProfile,
    table: TypedTable,
    seed: int,
) -> Scored | None:
    """Probe a formulation under a holdout; None where hidden rows would not show the signal."""
    exclusions = _exclusions(made, plan, profile, table, seed)
    generator = np.random.default_rng(seed)
    good = np.flatnonzero(np.isfinite(made.truth))
    if len(good) > probe.ROWS:
        good = np.sort(generator.choice(good, probe.ROWS, replace=False))
    without = {made.source, *plan.hidden, *(exclusion.column for exclusion in exclusions)}
    built = features.build(table, good, without)
    if built.width == 0:
        return None
    folds = holdouts.folds(plan, made, table, good, seed)
    group = plan.holdout.column if plan.holdout.kind == "group" else None
    signal = probe.measure(
        made.truth[good],
        len(made.classes),
        built,
        folds,
        units=table[group].codes[good] if group else None,
        wanted=CLEAR / max(1.0, plan.units) ** 0.5,
        seed=seed,
    )
    if signal.skill < -0.5:
        return None
    metric, errors = choose_metric(
        dataset,
        made,
        signal,
        plan.units,
        groups=table[group].codes[good][signal.rows] if group else None,
        seed=seed,
    )
    if errors < CLEAR:
        return None
    score = (
        merit.score + 1.5 * min(1.0, max(0.0, signal.skill)) ** 0.5 - 0.4 * (len(exclusions) > 6)
    )
    score -= 1.0 if signal.skill > 0.995 else 0.0
    idea = Idea(
        dataset=dataset,
        table=profile.name,
        target=made.target,
        target_source=made.source,
        objective=made.objective,
        metric=metric,
        holdout=plan.holdout,
        transforms=made.transforms,
        exclusions=exclusions,
        signal=round(max(0.0, min(1.0, signal.skill)), 4),
        justification=justify(made, metric.name, errors, plan, signal, merit.reasons, exclusions),
    )
    return Scored(idea, made, plan, score, merit)


def _exclusions(
    made: Formulation, plan: Plan, profile: TableProfile, table: TypedTable, seed: int
) -> tuple[Exclusion, ...]:
    found = {e.column: e.reason for e in giveaways(made, table, profile.relations, seed=seed)}
    for column in profile.columns:
        if column.name in found or column.name in (made.source, plan.holdout.column):
            continue
        if column.type == "identifier":
            found[column.name] = f"it numbers the rows ({column.note or 'a key'})"
        elif column.type == "constant":
            found[column.name] = "it has no more than one value"
    return tuple(Exclusion(column=name, reason=reason) for name, reason in found.items())


def _variants(
    dataset: str,
    first: Scored,
    profile: TableProfile,
    table: TypedTable,
    scale: float,
    seed: int,
) -> list[Scored]:
    """Other objectives and other honest holdouts for a target that works."""
    found: list[Scored] = []
    column = table[first.made.source]
    for made in alternatives(column, first.made)[:1]:
        other = _judge(dataset, made, first.plan, first.merit, profile, table, seed)
        if other is not None:
            found.append(other)
    rows = int(first.made.rows * scale)
    for plan in _other_plans(first, profile, table, rows):
        other = _judge(dataset, first.made, plan, first.merit, profile, table, seed)
        if other is not None:
            found.append(other)
            break
    return found


def _other_plans(first: Scored, profile: TableProfile, table: TypedTable, rows: int) -> list[Plan]:
    plans: list[Plan | None] = []
    if profile.times and first.plan.holdout.kind != "time":
        plans.append(holdouts.by_time(first.made, profile.times[0], table, rows))
    if first.plan.holdout.kind != "group":
        plans += [holdouts.by_group(first.made, name, table, rows) for name in profile.groups[:2]]
    return [plan for plan in plans if plan is not None]


def _in_order(found: list[Scored], limit: int) -> list[Scored]:
    """Best first: different targets, then other forms of the best ones between weak targets."""
    mains: dict[str, Scored] = {}
    others: list[Scored] = []
    for scored in found:
        if scored.made.source in mains:
            others.append(scored)
        else:
            mains[scored.made.source] = scored
    ranked = sorted(mains.values(), key=lambda scored: -scored.score)
    strong = [scored for scored in ranked if scored.score >= 1.0]
    weak = [scored for scored in ranked if scored.score < 1.0]
    order = [*strong[:3], *others[:1], *strong[3:4], *weak[: max(0, 2 - len(strong))]]
    rest = [scored for scored in (*others, *strong, *weak) if scored not in order]
    return [*order, *rest][:limit]


def _dealt(pools: list[list[Scored]], limit: int) -> list[Scored]:
    """Take ideas from the tables in turn, the most promising table first."""
    pools = sorted(pools, key=lambda pool: -pool[0].score)
    chosen: list[Scored] = []
    for place in range(limit):
        chosen += [pool[place] for pool in pools if place < len(pool)]
    return chosen[:limit]
