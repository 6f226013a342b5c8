"""Survival: who has the event earlier, where some rows are only known to have lasted so long."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import (
    DropColumns,
    MapValues,
    ParseNumber,
    RequireValue,
    SampleRows,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import features, holdouts, probe
from mlesmith_generator.brainstorm.censoring import FollowUp, afterwards, follow_ups
from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.leaks import giveaways
from mlesmith_generator.describe import survival as wording
from mlesmith_generator.describe.naming import entity
from mlesmith_generator.describe.numerals import plural
from mlesmith_generator.designer import MAX_ROWS, free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import tables_of, useless
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import as_numbers
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

_TARGETS = ("survival/answers",)
_TABLES = (*_TARGETS, "tables", "features", "survival/risks")

PROGRAMS = (
    SAMPLE,
    Program("constant", _TARGETS, trivial=True, family="survival"),
    Program("best_column", _TABLES, family="survival"),
    Program("nearest_neighbours", _TABLES, family="survival"),
    Program("cox", _TABLES, family="survival"),
    Program("forest", _TABLES, family="survival"),
    Program("boosting", _TABLES, family="survival"),
    Program("blend", _TABLES, family="survival"),
)
"""The ladder, from the foot up."""
SMALLEST = 150
"""Rows with a known follow-up, at least."""
CLEAR = 3.0
"""Standard errors by which a quick model's concordance has to stand above chance."""
_RESAMPLES = 30
_LARGEST = 1000
_WATCHED = 0.95
"""Share of the censored rows in which a column must not tell the time."""


class SurvivalFormulation:
    """A risk for every row, judged by the order of times of which some are censored."""

    name = "survival"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for risks."""
        return manifest.objective == "survival"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each pair of a time and an event."""
        found: list[Proposal] = []
        for table, typed in tables_of(profile, folder, seed):
            for place, pair in enumerate(follow_ups(typed)[:2]):
                proposal = _proposal(profile, table, typed, pair, seed)
                if proposal is not None:
                    found.append(Proposal(proposal.idea, proposal.score - 0.8 * place))
        return sorted(found, key=lambda each: -each.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return nothing more."""
        return {}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for columns that tell how long rows without the event were watched."""
        return [_scan_watched(tables, task.manifest), _scan_longer(tables, task.manifest)]

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, target and metric speak of times, events and censoring."""
        return {
            "Context": wording.context_section,
            "Target": wording.target_section,
            "Metric": wording.metric_section,
        }


def _proposal(
    profile: DatasetProfile, table: TableProfile, typed: TypedTable, pair: FollowUp, seed: int
) -> Proposal | None:
    scale = table.rows / max(1, typed.rows)
    rows = int(pair.known.sum() * scale)
    if rows < SMALLEST:
        return None
    exclusions = _exclusions(table, typed, pair, seed)
    plan = _plan(table, typed, pair, rows)
    reached = _concordance(typed, pair, plan, {each.column for each in exclusions}, seed)
    if reached is None:
        return None
    share, errors = reached
    if errors < CLEAR or share < 0.53:
        return None
    recipe = _recipe(table, pair, plan, exclusions, seed)
    seen = float(np.nanmean(pair.events))
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=pair.time,
        target_source=pair.time,
        objective="survival",
        metric=MetricSpec(name="concordance"),
        holdout=plan.holdout,
        exclusions=exclusions,
        signal=round(2 * share - 1, 4),
        justification=(
            f"{pair.time} is the time until the event that {pair.event} tells of, seen in "
            f"{seen:.0%} of {int(pair.known.sum())} rows; of a censored time and one of an event "
            f"the censored is longer in {pair.longer:.0%}. A quick model orders {share:.0%} of the "
            f"comparable pairs rightly, about {errors:.0f} standard errors above chance on the "
            "private rows."
        ),
        formulation="survival",
        recipe=recipe,
        form=SubmissionForm(
            id_column=recipe.id_column,
            columns=("risk",),
            kind="survival",
            rows=1,
            truth=(pair.time, pair.event),
        ),
        topic=f"survival {_event_words(pair.event)}".strip(),
        question=_question(pair, plan),
    )
    appeal = 1.2 * min(1.0, (2 * share - 1) / 0.3) ** 0.5
    return Proposal(idea, (2.4 if pair.weight >= 3 else 2.0) + appeal)


def _event_words(name: str) -> str:
    """Words of an event's name, less those that say only that there is one."""
    bare = {"status", "event", "delta", "stat", "state", "d", "outcome", "vital", "is", "has"}
    parts = [part for part in words(name) if part not in bare and not part.isdigit()]
    return " ".join(part for part in parts if not re.match(r"cens|cnsr", part))


def _question(pair: FollowUp, plan: Plan) -> str:
    event = _event_words(pair.event)
    told = (
        f"risk of {event} from" if event else f"{' '.join(words(pair.time))} until the event, from"
    )
    whom = ""
    if plan.holdout.kind == "group" and plan.holdout.column:
        whom = f" for unseen {plural(entity(plan.holdout.column))}"
    return f"{told} partly censored times{whom}"


def _exclusions(
    table: TableProfile, typed: TypedTable, pair: FollowUp, seed: int
) -> tuple[Exclusion, ...]:
    """Return what may not be shown: forms of time and event, what is known afterwards, keys."""
    own = {pair.time, pair.event}
    found: dict[str, str] = {}
    for each in afterwards(pair, typed):
        found.setdefault(each.column, each.reason)
    for made in pair.aspects():
        for each in giveaways(made, typed, table.relations, seed=seed):
            if each.column not in own:
                found.setdefault(each.column, each.reason.replace("the target", repr(made.target)))
    for each in useless(table, {*own, *found}):
        found.setdefault(each.column, each.reason)
    return tuple(Exclusion(column=name, reason=reason) for name, reason in found.items())


def _plan(table: TableProfile, typed: TypedTable, pair: FollowUp, rows: int) -> Plan:
    """Return the holdout: whole people where they have several rows, else by chance."""
    time = pair.aspects()[0]
    name = holdouts.entity(table)
    if name is not None and name not in (pair.time, pair.event):
        plan = holdouts.by_group(time, name, typed, rows)
        if plan is not None:
            return plan
    return holdouts.plain(time, rows)


def _concordance(
    typed: TypedTable, pair: FollowUp, plan: Plan, left_out: set[str], seed: int
) -> tuple[float, float] | None:
    """Return the concordance of a quick model and by how many standard errors it beats chance."""
    residuals = pair.residuals()
    good = np.flatnonzero(pair.known)
    draws = np.random.default_rng(seed)
    if len(good) > probe.MORE_ROWS:
        good = np.sort(draws.choice(good, probe.MORE_ROWS, replace=False))
    built = features.build(typed, good, {pair.time, pair.event, *plan.hidden, *left_out})
    if not built.width:
        return None
    time = pair.aspects()[0]
    folds = holdouts.folds(plan, time, typed, good, seed)
    signal = probe.measure(residuals[good], 0, built, folds, seed=seed)
    truth = np.column_stack([pair.times[good], pair.events[good]])[signal.rows]
    risks: NDArray[np.float64] = signal.predicted[:, 0]
    metric = get_metric("concordance")
    size = int(np.clip(plan.units, 20, _LARGEST))
    scores = np.empty(_RESAMPLES)
    for turn in range(_RESAMPLES):
        rows = draws.integers(0, len(truth), size)
        scores[turn] = metric(truth[rows], risks[rows])
    error = float(scores.std(ddof=1)) * (size / max(plan.units, 1.0)) ** 0.5
    return float(metric(truth, risks)), (float(scores.mean()) - 0.5) / max(error, 1e-9)


def _recipe(
    table: TableProfile,
    pair: FollowUp,
    plan: Plan,
    exclusions: Sequence[Exclusion],
    seed: int,
) -> TableRecipe:
    transforms: list[Transform] = [*plan.repairs]
    if table.column(pair.time).number_text:
        transforms.append(ParseNumber(column=pair.time, into=pair.time))
    transforms.append(RequireValue(column=pair.time))
    if any(value != told for value, told in pair.values.items()):
        values = dict(pair.values)
        transforms.append(MapValues(column=pair.event, into=pair.event, values=values))
    transforms.append(RequireValue(column=pair.event))
    gone = [each.column for each in exclusions if each.column != plan.holdout.column]
    if gone:
        transforms.append(DropColumns(columns=tuple(gone)))
    if table.rows > MAX_ROWS:
        transforms.append(SampleRows(rows=MAX_ROWS))
    return TableRecipe(
        reader=table.reader,
        transforms=tuple(transforms),
        target=pair.time,
        holdout=plan.holdout,
        id_column=free_id({"risk", *(column.name for column in table.columns)}),
        seed=seed,
    )


def _truth(tables: Tables, manifest: Manifest) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    time, event = (as_numbers(tables.train[name].to_numpy(dtype=object)) for name in manifest.truth)
    return time, event


def _scan_watched(tables: Tables, manifest: Manifest) -> Scan:
    """Refuse features that tell the time of censored rows: how long they were to be watched."""
    name = "censored-times"
    if len(manifest.truth) != 2 or not set(manifest.truth) <= set(tables.train.columns):
        return Scan(name, "there is no time and event")
    times, events = _truth(tables, manifest)
    censored = events == 0
    if censored.sum() < 20:
        return Scan(name, f"{int(censored.sum())} training rows are censored")
    findings: list[Finding] = []
    for column in tables.test.columns:
        if column == manifest.submission.id_column or column not in tables.train.columns:
            continue
        values = as_numbers(tables.train[column].to_numpy(dtype=object))
        same = float(np.mean(values[censored] == times[censored]))
        if same >= _WATCHED:
            evidence = (
                f"column {column!r} is the time {manifest.truth[0]!r} itself in {same:.1%} of the "
                "censored rows: it tells how long they were watched"
            )
            findings.append(Finding("target-copy", evidence, columns=(str(column),)))
    told = f"no feature is the time of the {int(censored.sum())} censored training rows"
    return Scan(name, told, tuple(findings))


def _scan_longer(tables: Tables, manifest: Manifest) -> Scan:
    """Warn where rows that count as censored do not last longer: the coding may be turned."""
    name = "event-coding"
    if len(manifest.truth) != 2 or not set(manifest.truth) <= set(tables.train.columns):
        return Scan(name, "there is no time and event")
    from mlesmith_generator.brainstorm.censoring import longer_share

    times, events = _truth(tables, manifest)
    if min((events == 0).sum(), (events == 1).sum()) < 10:
        evidence = f"{int((events == 1).sum())} of {len(events)} training rows have the event"
        return Scan(name, "", (Finding("target-degenerate", evidence, "brainstorm"),))
    longer = longer_share(times[events == 0], times[events == 1])
    told = f"of a censored row and one with the event, the censored lasts longer in {longer:.1%}"
    if longer >= 0.35:
        return Scan(name, told, value=longer)
    evidence = f"{told}: 1 and 0 of {manifest.truth[1]!r} seem to be turned round"
    return Scan(name, told, (Finding("event-turned", evidence),), longer)


SURVIVAL = SurvivalFormulation()
