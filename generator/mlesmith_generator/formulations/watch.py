"""Watching: which moments of series are anomalies, where some moments are known to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.recipes.model import (
    DropColumns,
    Holdout,
    RequireValue,
    TableRecipe,
    Transform,
)
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import column_of, factors
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm.alarms import hidden_moments, reached_area
from mlesmith_generator.brainstorm.objectives import is_fault
from mlesmith_generator.brainstorm.series import Layout, clocks, layouts
from mlesmith_generator.brainstorm.spans import Marking, markings
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe import watch as wording
from mlesmith_generator.describe.naming import readable
from mlesmith_generator.designer import MAX_ROWS, free_id, order_classes
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import chosen
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import (
    ColumnProfile,
    DatasetProfile,
    Exclusion,
    Idea,
    TableProfile,
)

_TARGETS = ("answers", "scores")
_MOMENTS = (*_TARGETS, "watch/moments")

PROGRAMS = (
    SAMPLE,
    Program("constant", _TARGETS, trivial=True),
    Program("rolling_median", _MOMENTS, family="watch"),
    Program("unusual_windows", _MOMENTS, family="watch"),
    Program("unusual_stretches", _MOMENTS, family="watch"),
    Program("directions", _MOMENTS, family="watch"),
    Program("logistic", _MOMENTS, family="watch"),
    Program("boosting", _MOMENTS, family="watch"),
    Program("blend", _MOMENTS, family="watch"),
)
"""The ladder, from the foot up."""
FEWEST = 400
"""Moments."""
FLAGGED = 30
"""Moments with the flag, and without, that must be known and hidden each."""
COMMONEST = 0.45
HIDDEN = 0.35
"""Share of each series that is hidden."""
CLEAR = 0.62
"""Area under the curve that a quick model has to reach on the hidden moments."""
_MOST_CELLS = 20_000_000
_SCORE = 4.4
"""More than what rows without their order could be asked for."""


class Watch:
    """A probability for each moment that it is an anomaly."""

    name = "watch"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for anomalies among the moments of series."""
        return (
            manifest.modality == "time-series"
            and manifest.objective == "anomaly"
            and manifest.recipe.holdout.kind == "last"
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each flag of faults in tables of moments, or listed beside them."""
        found: list[Proposal] = []
        for table in sorted(profile.tables, key=lambda each: -each.rows)[:4]:
            flags = [column.name for column in table.columns if _is_flag(column)][:2]
            small = table.rows * len(table.columns) <= _MOST_CELLS and table.rows <= MAX_ROWS
            if not (flags or len(profile.tables) > 1) or table.rows < FEWEST or not small:
                continue
            if not any(True for _ in clocks(table.columns)):
                continue
            frame = read_table(table.reader, folder)
            for place, flag in enumerate(flags):
                found += [
                    Proposal(each.idea, each.score - 0.8 * place)
                    for each in _proposals(profile, table, frame, flag, seed)
                ]
            for marking in markings(profile, table, frame, folder) if not flags else ():
                found += _judged(profile, table, marking, seed)
                if found:
                    break
        return sorted(found, key=lambda each: -each.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the columns of time and series."""
        holdout = manifest.recipe.holdout
        return {"TIME": holdout.column or "", "SERIES": holdout.group or ""}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return none: the scans over columns and over time say what there is to say."""
        return []

    @property
    def sections(self) -> Mapping[str, Section]:
        """The context speaks of moments and how long anomalies last."""
        return {"Context": wording.context_section}


def _is_flag(column: ColumnProfile) -> bool:
    two = column.type in ("boolean", "category") and column.distinct == 2
    told = " ".join([*words(column.name), *(value for value, _ in column.top)])
    rarest = min((rows for _, rows in column.top), default=0)
    return two and is_fault(told) and rarest <= COMMONEST * column.rows


def _proposals(
    profile: DatasetProfile,
    table: TableProfile,
    frame: pd.DataFrame,
    flag: str,
    seed: int,
) -> Iterator[Proposal]:
    for layout in layouts(table, frame):
        if flag not in layout.keys:
            yield from _judged(profile, table, Marking(layout, flag, "", (layout.pace.word,)), seed)
            return


def _judged(
    profile: DatasetProfile, table: TableProfile, marking: Marking, seed: int
) -> Iterator[Proposal]:
    layout, flag = marking.layout, marking.flag
    measured, exclusions = _columns(table, layout, flag)
    codes, values = factors(column_of(layout.frame, flag))
    counts = Counter({value: int((codes == code).sum()) for code, value in enumerate(values)})
    if not measured or len(counts) != 2 or min(counts.values()) > COMMONEST * len(codes):
        return
    classes = order_classes(counts)
    truth = np.append(np.array([value == classes[1] for value in values], float), np.nan)[codes]
    hidden = hidden_moments(layout, HIDDEN)
    known = np.isfinite(truth)
    for side in (hidden & known, ~hidden & known):
        flagged = float(truth[side].sum())
        if min(flagged, side.sum() - flagged) < FLAGGED:
            return
    reached = reached_area(layout, measured, truth, hidden, seed)
    if reached < CLEAR:
        return
    time = layout.clock.column
    holdout = Holdout(
        kind="last", column=time, group=layout.series, test_fraction=HIDDEN, private_fraction=0.6
    )
    transforms: list[Transform] = [*layout.transforms, RequireValue(column=time)]
    transforms.append(RequireValue(column=flag))
    if exclusions:
        transforms.append(DropColumns(columns=tuple(each.column for each in exclusions)))
    taken = {*map(str, layout.frame.columns), *(column.name for column in table.columns)}
    paces = marking.paces or ("moment",)
    recipe = TableRecipe(
        reader=table.reader,
        transforms=tuple(transforms),
        target=flag,
        holdout=holdout,
        id_column=free_id(taken),
        seed=seed,
    )
    share = float(np.nanmean(truth))
    metric = chosen(("average_precision", "roc_auc"), profile.dataset, flag)
    several = layout.series is not None and len(layout.names) > 1
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=flag,
        target_source=flag,
        objective="anomaly",
        metric=MetricSpec(name=metric),
        holdout=holdout,
        exclusions=tuple(exclusions),
        signal=round(2 * reached - 1, 4),
        justification=(
            f"{flag} flags {share:.1%} of {int(known.sum())} moments, {_apart(paces)}, in "
            f"{len(layout.names)} series{_listed(marking)}; the end of each is hidden. A quick "
            f"model of what happens around a moment reaches an area under the curve of "
            f"{reached:.2f} there."
        ),
        formulation="watch",
        modality="time-series",
        recipe=recipe,
        form=SubmissionForm(
            id_column=recipe.id_column,
            columns=(flag,),
            kind="probability",
            classes=classes,
            rows=1,
        ),
        topic=f"{' '.join(words(flag))} in time",
        question=f"flag moments of {readable(flag)}"
        + (" in several series" if several else " in a series"),
        measured={
            "pace": paces[0] if len(paces) == 1 else "",
            "paces": ", ".join(paces) if len(paces) > 1 else "",
            "count": str(len(layout.names)),
            "listed": marking.file,
        },
    )
    yield Proposal(idea, _SCORE + min(1.0, 2 * reached - 1))


def _apart(paces: Sequence[str]) -> str:
    told = [f"{nu.article(pace)} {pace}" for pace in paces]
    return f"{told[0]} apart" if len(told) == 1 else f"{told[0]} to {told[-1]} apart"


def _listed(marking: Marking) -> str:
    return f", those in the spans that {marking.file} lists" if marking.file else ""


def _columns(table: TableProfile, layout: Layout, flag: str) -> tuple[list[str], list[Exclusion]]:
    """Return what is measured, and what is left out: other flags, keys, parts of the time."""
    measured: list[str] = []
    gone: list[Exclusion] = []
    own = {flag, layout.clock.column, layout.series, *layout.keys}
    for column in table.columns:
        if column.name in own:
            continue
        if column.name in layout.clock.parts:
            reason = f"is told by {layout.clock.column!r}"
        elif column.type in ("constant", "identifier"):
            reason = "it tells nothing about a moment"
        elif is_fault(" ".join(words(column.name))) or "changepoint" in column.name.casefold():
            reason = "it marks the same events"
        elif column.type == "number" and not column.number_text and not column.ordered:
            measured.append(column.name)
            continue
        else:
            reason = "it is no measurement"
        gone.append(Exclusion(column=column.name, reason=reason))
    return measured, gone


WATCH = Watch()
