"""Forecasting: the next moments of one series or of many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import (
    DropColumns,
    Holdout,
    KeepValues,
    ParseNumber,
    RequireValue,
    TableRecipe,
    Transform,
)
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import column_of, factors
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm.backtest import Backtest, backtest
from mlesmith_generator.brainstorm.cycles import cycle_of
from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstorm.outlook import (
    PRIVATE,
    Outlook,
    covariates,
    is_moving,
    levels,
    outlook,
)
from mlesmith_generator.brainstorm.portrait import portrait
from mlesmith_generator.brainstorm.series import Layout, clocks, layouts, matrix
from mlesmith_generator.brainstorm.unfolding import is_wide, unfolded
from mlesmith_generator.brainstorm.years import years_of
from mlesmith_generator.describe import forecasting as wording
from mlesmith_generator.designer import MAX_ROWS, free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import chosen
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.moments import scan_moments
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.table import measure_table
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile, DatasetProfile, Idea, TableProfile

_PAST = ("answers", "scores", "forecasting/cycles", "forecasting/history", "forecasting/methods")
_FITTED = (*_PAST, "forecasting/lags", "forecasting/fitted")

PROGRAMS = (
    SAMPLE,
    Program("constant", ("answers", "scores"), trivial=True),
    # What anybody says who has no model: the floor has to be at least that good.
    Program("series_mean", _PAST, trivial=True, family="forecasting"),
    Program("last_value", _PAST, trivial=True, family="forecasting"),
    Program("drift", _PAST, family="forecasting"),
    Program("seasonal_naive", _PAST, family="forecasting"),
    Program("smoothing", _PAST, family="forecasting"),
    Program("theta", _PAST, family="forecasting"),
    Program("ridge_on_lags", _FITTED, family="forecasting"),
    Program("boosting_on_lags", _FITTED, family="forecasting"),
    Program("blend", _FITTED, family="forecasting"),
)
"""The ladder, from the foot up."""
SKILL = 0.06
"""Share of the trivial forecasts' error that a simple one has to take away."""
WINS = 0.7
"""Share of the origins at which it has to be better."""
_NEEDED = 7.0
"""Private rows that a skill of 1 would need; half as much skill needs four times as many."""
_NORMS = frozenset({"average", "avg", "record", "normal", "norm"})
_TABLES = 4
_TARGETS = 8
_MOST_CELLS = 20_000_000
_WORDS = 3
_AGAIN = 0.9
"""What a second horizon of the same target loses."""


@dataclass(frozen=True)
class _Case:
    """A target that can be forecast.

    Attributes:
        profile: The table.
        layout: It as series.
        ahead: Which series and how far.
        tested: What a backtest says.
        merit: How much the column looks like something one would predict.
        metric: The metric.
        repairs: What makes numbers of the target.
        again: Whether the same was asked at a shorter horizon.
        unfolding: What makes the table of a wide one, whose columns are moments.
    """

    profile: TableProfile
    layout: Layout
    ahead: Outlook
    tested: Backtest
    merit: float
    metric: MetricSpec
    repairs: tuple[Transform, ...]
    again: bool = False
    unfolding: tuple[Transform, ...] = ()


class Forecasting:
    """A number of the future moments of series."""

    name = "forecasting"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for numbers of the future."""
        return manifest.objective == "forecasting" and manifest.recipe.holdout.kind == "last"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas for the numbers of tables whose rows are evenly spaced moments."""
        found: list[Proposal] = []
        tables = sorted(profile.tables, key=lambda table: -table.rows)[:_TABLES]
        for table in tables:
            cells = table.rows * len(table.columns)
            if table.reader.format in ("files", "conll", "ts") or cells > _MOST_CELLS:
                continue
            if is_wide(table):
                frame = read_table(table.reader, folder)
                long = unfolded(table, frame, seed)
                for case in _cases(profile.dataset, long.profile, long.frame, seed) if long else ():
                    case = replace(case, unfolding=long.transforms if long else ())
                    found.append(Proposal(_idea(profile, case, seed), _score(case)))
            elif table.rows >= 60 and any(True for _ in clocks(table.columns)):
                frame = read_table(table.reader, folder)
                cases = list(_cases(profile.dataset, table, frame, seed))
                cases.sort(key=lambda case: -_score(case))
                found += [Proposal(_idea(profile, case, seed), _score(case)) for case in cases]
        return sorted(found, key=lambda each: -each.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the columns of time and series."""
        holdout = manifest.recipe.holdout
        return {"TIME": holdout.column or "", "SERIES": holdout.group or ""}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for what the future rows tell, and for pasts that reach into it."""
        return scan_moments(tables, task.manifest)

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, target, metric and holdout speak of moments and horizons."""
        return {
            "Context": wording.context_section,
            "Target": wording.target_section,
            "Metric": wording.metric_section,
            "Holdout": wording.holdout_section,
        }


def _cases(dataset: str, table: TableProfile, frame: pd.DataFrame, seed: int) -> Iterator[_Case]:
    """Yield what can be forecast of a table, by the likeliest way to read its times."""
    typed = measure_table(frame, seed=seed)
    merit = {each.column: each.score for each in merits(table, typed, dataset)}
    for layout in layouts(table, frame):
        likely = sorted(
            (c for c in table.columns if _may_move(c, layout) and not _is_norm(c, table)),
            key=lambda column: -merit.get(column.name, -1.0),
        )
        found = False
        for column in likely[:_TARGETS]:
            for case in _horizons(dataset, table, layout, column, merit.get(column.name, -1.0)):
                found = True
                yield case
        if found:
            return


def _may_move(column: ColumnProfile, layout: Layout) -> bool:
    taken = {*layout.clock.parts, *layout.keys, layout.clock.column}
    fit = column.type == "number" and column.distinct >= 8 and not column.duration
    return fit and column.name not in taken and column.missing <= 0.6


def _horizons(
    dataset: str, table: TableProfile, layout: Layout, column: ColumnProfile, merit: float
) -> Iterator[_Case]:
    """Yield a column at the shortest horizon that tells skill from luck, and at one twice as long.

    The difference of two errors spreads about as the errors do, so that a skill of 0.3 needs some
    hundred rows, one of 0.1 a thousand.
    """
    repairs: tuple[Transform, ...] = ()
    if column.number_text:
        repairs = (ParseNumber(column=column.name, into=column.name),)
        frame = apply_transforms(layout.frame, repairs, seed=0)
        layout = replace(layout, frame=frame)
    first: _Case | None = None
    for horizon in _afar(layout, column.name):
        if first is not None and horizon < 2 * first.ahead.horizon:
            continue
        ahead = outlook(layout, column.name, horizon, MAX_ROWS)
        if ahead is None:
            continue
        if first is None and (not is_moving(ahead.table) or _repeated(layout, ahead)):
            return
        metric = first.metric if first is not None else _metric(dataset, column.name, ahead)
        tested = _tested(layout, ahead, metric)
        if tested is None or ahead.private < _NEEDED / min(0.7, tested.skill) ** 2:
            continue
        case = _Case(table, layout, ahead, tested, merit, metric, repairs, first is not None)
        yield case
        if first is not None:
            return
        first = case


def _afar(layout: Layout, target: str) -> tuple[int, ...]:
    """Return the horizons to try: those that people plan by, and a cycle that no calendar tells."""
    planned = layout.pace.horizons
    cycle = cycle_of(matrix(layout, target, range(len(layout.names))), layout.pace.seasons)
    return tuple(sorted({*planned, cycle})) if cycle > planned[0] else planned


def _seasons(layout: Layout, ahead: Outlook) -> tuple[int, ...]:
    """Return the cycles of the calendar, and one that the past before the hidden part shows."""
    past = ahead.table[:, : -ahead.horizon]
    known = years_of(past, layout.pace.seasons)
    shown = cycle_of(past, layout.pace.seasons)
    return (*known, shown) if shown else known


def _tested(layout: Layout, ahead: Outlook, metric: MetricSpec) -> Backtest | None:
    measure = get_metric(metric)
    tested = backtest(
        ahead.table,
        ahead.horizon,
        _seasons(layout, ahead),
        lambda truth, guess: measure(truth, np.maximum(guess, 0) if truth.min() >= 0 else guess),
    )
    if tested is None or tested.skill < SKILL or tested.wins < WINS:
        return None
    return tested


def _repeated(layout: Layout, ahead: Outlook) -> bool:
    """Whether series repeat each other: a fact of the moment, or of a part of the key."""
    values = column_of(layout.frame, ahead.target)
    inside = np.isin(layout.codes, ahead.chosen)
    told = factors(values)[0]
    inside &= told >= 0
    keys = [factors(column_of(layout.frame, name))[0] for name in layout.keys]
    for left_out in range(len(keys)):
        owner = layout.places.copy()
        for place, codes in enumerate(keys):
            if place != left_out:
                owner = owner * (int(codes.max()) + 1) + codes
        owners = len(np.unique(owner[inside]))
        pairs = len(np.unique(owner[inside] * (int(told.max()) + 1) + told[inside]))
        if owners < 0.7 * inside.sum() and pairs <= 1.02 * owners:
            return True
    return False


def _metric(dataset: str, target: str, ahead: Outlook) -> MetricSpec:
    values = ahead.table[np.isfinite(ahead.table)]
    sizes = np.array(list(levels(ahead.table)))
    apart = len(sizes) > 1 and np.quantile(sizes, 0.9) > 4 * max(np.quantile(sizes, 0.1), 1e-12)
    positive = values.min() > 0 and np.quantile(values, 0.02) > 0.02 * np.median(values)
    options: list[str] = []
    if not apart:
        options += ["mae", "rmse"]
    if positive:
        options += ["smape"]
    if values.min() >= 0 and (apart or np.quantile(values, 0.95) > 5 * np.median(values)):
        options += ["rmsle", "wape"]
    return MetricSpec(name=chosen(options or ["mae"], dataset, target, "forecast"))


def _score(case: _Case) -> float:
    skill = min(1.0, case.tested.skill / 0.4) ** 0.5
    wanted = 0.3 * float(np.clip(case.merit, -2.0, 2.5))
    return 2.0 + wanted + 0.8 * skill - (_AGAIN if case.again else 0.0)


def _is_norm(column: ColumnProfile, table: TableProfile) -> bool:
    """Whether a column is the usual or the extreme value of another one, by its name."""
    spoken = set(words(column.name))
    others = (set(words(each.name)) for each in table.columns if each.name != column.name)
    return bool(spoken & _NORMS) and any((spoken - _NORMS) & other for other in others)


def _idea(profile: DatasetProfile, case: _Case, seed: int) -> Idea:
    layout, ahead, table = case.layout, case.ahead, case.profile
    target, time = ahead.target, layout.clock.column
    _, exclusions = covariates(table, layout, target)
    several = layout.series is not None and len(ahead.chosen) > 1
    transforms: list[Transform] = [*case.unfolding, *layout.transforms, *case.repairs]
    if layout.series is not None and len(ahead.chosen) < len(layout.names):
        names = tuple(layout.names[place] for place in ahead.chosen)
        transforms.append(KeepValues(column=layout.series, values=names))
    transforms += [RequireValue(column=time), RequireValue(column=target)]
    if exclusions:
        transforms.append(DropColumns(columns=tuple(each.column for each in exclusions)))
    holdout = Holdout(
        kind="last",
        column=time,
        group=layout.series,
        horizon=ahead.horizon,
        private_fraction=PRIVATE,
    )
    recipe = TableRecipe(
        reader=table.reader,
        transforms=tuple(transforms),
        target=target,
        holdout=holdout,
        id_column=free_id({*map(str, layout.frame.columns), *(c.name for c in table.columns)}),
        seed=seed,
    )
    told = wording.steps(layout.pace.word, ahead.horizon)
    named = " ".join(words(target)[:_WORDS]) or "value"
    count = f"{len(ahead.chosen)} series" if several else "a series"
    by = f" with a cycle of {case.tested.season} steps" if case.tested.season else ""
    return Idea(
        dataset=profile.dataset,
        table=table.name,
        target=target,
        target_source=target,
        objective="forecasting",
        metric=case.metric,
        holdout=holdout,
        exclusions=tuple(exclusions),
        signal=round(min(1.0, case.tested.skill), 4),
        justification=(
            f"{target} is measured every {layout.pace.word} in {count}, evenly enough; the last "
            f"{told} are hidden. In a backtest a simple forecast ({case.tested.best}{by}) takes "
            f"{case.tested.skill:.0%} off the error of the mean and the last value."
        ),
        formulation="forecasting",
        modality="time-series",
        recipe=recipe,
        form=SubmissionForm(id_column=recipe.id_column, columns=(target,), kind="number", rows=1),
        topic=f"{named} next {told}",
        question=wording.question(target, told, layout.keys if several else ()),
        measured=portrait(layout, ahead) | _yardstick(case),
    )


def _yardstick(case: _Case) -> dict[str, str]:
    """Return the steps of the cycle whose copy any forecast has to beat, in words."""
    copied = case.tested.copied
    return {"copied": wording.steps(case.layout.pace.word, copied)} if copied else {}


FORECASTING = Forecasting()
