"""Multilabel: which of several labels hold for a row, any number of them at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Manifest, MetricSpec, Modality, SubmissionForm
from mlesmith_env.recipes.model import (
    DropColumns,
    Holdout,
    MapValues,
    SampleRows,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm.judging import Bench
from mlesmith_generator.brainstorm.label_lists import LabelList, listed, telling
from mlesmith_generator.brainstorm.labels import (
    FEWEST_LABELS,
    LabelFamily,
    is_formula,
    label_families,
    positive,
)
from mlesmith_generator.brainstorm.rarest import allowed, private_rows
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.designer import MAX_ROWS, free_id
from mlesmith_generator.formulations.formulation import Proposal
from mlesmith_generator.formulations.several import (
    SMALLEST,
    SeveralAnswers,
    chosen,
    holdout_of,
    in_time,
    tables_of,
    useless,
)
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.texts import scan_listed
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

MOST_LABELS = 24
MOST_LISTS = 20_000
"""Rows of a table that lists labels that are kept."""
RAREST, COMMONEST = 0.03, 0.93
"""Shares of the rows between which a label is worth asking for."""
FEWEST_ROWS = 15
"""Rows that must have a label, and that must not."""
UNKNOWN = 0.02
"""Share of unknown cells from which the areas of single labels are asked for."""
ONE_HOT = 0.97
"""Share of rows with exactly one label from which the labels are the classes of one column."""


class Multilabel(SeveralAnswers):
    """Which of several labels hold, each with its own probability."""

    name = "multilabel"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for several labels of a table."""
        return manifest.objective == "multilabel" and not getattr(manifest.recipe, "media", ())

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas for families of yes-or-no columns of one kind, and for lists of labels."""
        found: list[Proposal] = []
        for table, typed in tables_of(profile, folder, seed):
            for family in label_families(profile.dataset, table, typed):
                proposal = _idea(profile, table, typed, family, seed)
                if proposal is not None:
                    found.append(proposal)
            for labels in listed(typed):
                proposal = _listed_idea(profile, table, typed, labels, seed)
                if proposal is not None:
                    found.append(proposal)
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for columns made of all labels, and for texts that name them."""
        return [*super().scans(task, prepared, tables), scan_listed(task.manifest, tables)]


def _truth(column: TypedColumn) -> NDArray[np.float64]:
    """Return 1 for yes, 0 for no, NaN for unknown; shape (rows,)."""
    yes = positive(column)
    answers = np.array([*(float(value == yes) for value in column.values), np.nan])
    return answers[column.codes]


def _idea(
    profile: DatasetProfile, table: TableProfile, typed: TypedTable, family: LabelFamily, seed: int
) -> Proposal | None:
    scale = table.rows / max(1, typed.rows)
    truth = {column.name: _truth(column) for column in family.columns}
    matrix = np.column_stack(list(truth.values()))
    known = np.isfinite(matrix)
    full = known.all(axis=1)
    if full.mean() > 0.5 and (np.nansum(matrix[full], axis=1) == 1).mean() >= ONE_HOT:
        return None  # The classes of one column, written out.
    kept = [name for name, values in truth.items() if _worth(values, scale)]
    kept = _unlike(kept, truth)
    if len(kept) > MOST_LABELS:
        balance = {name: -abs(float(np.nanmean(truth[name])) - 0.4) for name in kept}
        best = set(sorted(kept, key=lambda name: balance[name])[-MOST_LABELS:])
        kept = [name for name in kept if name in best]
    if len(kept) < FEWEST_LABELS or table.rows > MAX_ROWS:
        return None
    dropped = [column.name for column in family.columns if column.name not in kept]
    exclusions = [
        *(
            Exclusion(column=name, reason="it is another label of the same kind")
            for name in dropped
        ),
        *_useless(table, typed, set(kept) | set(dropped)),
    ]
    gone = tuple(exclusion.column for exclusion in exclusions)
    features = [c.name for c in typed.columns if c.name not in gone and c.name not in kept]
    if not features:
        return None
    unknown = float(1 - known[:, [name in kept for name in truth]].mean())
    holdout, held = holdout_of(table, kept)
    asked = [_as_target(name, truth[name]) for name in kept]
    left = [*exclusions, *(Exclusion(column=name, reason="it is asked for, too") for name in kept)]
    bench = Bench(profile.dataset, table, typed, table.rows / max(1, typed.rows), seed)
    timely = in_time(bench, asked, holdout, left)
    if timely is None:
        return None
    if timely[0] != holdout:
        holdout, held = timely[0], f"the latest rows by {timely[0].column!r} are held out"
    id_column = free_id({column.name for column in table.columns})
    recipe = TableRecipe(
        reader=table.reader,
        transforms=(
            *timely[1],
            *_as_flags(family.columns, kept),
            *([DropColumns(columns=gone)] if gone else []),
        ),
        target=kept[0],
        holdout=holdout,
        id_column=id_column,
        seed=seed,
    )
    shares = [float(np.nanmean(truth[name])) for name in kept]
    told = [int(np.isfinite(truth[name]).sum()) * scale for name in kept]
    rarest = min(rows * min(share, 1 - share) for rows, share in zip(told, shares, strict=True))
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=kept[0],
        target_source=kept[0],
        objective="multilabel",
        metric=_metric(rarest, holdout, profile.dataset, kept[0], unknown=unknown),
        holdout=holdout,
        exclusions=tuple(exclusions),
        justification=(
            f"{family.why}; {len(kept)} labels hold in {min(shares):.0%} to {max(shares):.0%} of "
            f"the rows and several hold at once; {held}."
        ),
        formulation="multilabel",
        modality=_modality(typed, features),
        recipe=recipe,
        form=SubmissionForm(
            id_column=id_column,
            columns=tuple(kept),
            kind="multilabel",
            rows=1,
            truth=tuple(kept),
        ),
        topic="labels",
        question=f"predict which of {len(kept)} labels hold",
    )
    return Proposal(idea, family.score)


def _as_target(name: str, truth: NDArray[np.float64]) -> Target:
    """Return one label as a question of its own: whether it holds."""
    return Target(
        target=name,
        source=name,
        objective="binary",
        transforms=(),
        truth=truth,
        classes=("0", "1"),
        ordered=False,
        kind="as is",
    )


def _listed_idea(
    profile: DatasetProfile, table: TableProfile, typed: TypedTable, labels: LabelList, seed: int
) -> Proposal | None:
    scale = table.rows / max(1, typed.rows)
    rarest = float(labels.truth.sum(axis=0).min()) * scale
    if len(labels.rows) * scale < SMALLEST or rarest < FEWEST_ROWS:
        return None
    left = [Exclusion(column=name, reason=reason) for name, reason in telling(typed, labels)]
    known = {*labels.sources, *(exclusion.column for exclusion in left)}
    left += _useless(table, typed, known)
    gone = tuple(exclusion.column for exclusion in left)
    features = [c.name for c in typed.columns if c.name not in {*gone, *labels.sources}]
    texts = [name for name in features if typed[name].profile.type == "text"]
    if len(features) < 3 and not texts:
        return None
    holdout, held = holdout_of(table, (*labels.sources, *gone))
    id_column = free_id({*(column.name for column in table.columns), *labels.labels})
    steps = [*labels.steps, *([DropColumns(columns=gone)] if gone else [])]
    if table.rows > MOST_LISTS:
        steps.append(SampleRows(rows=MOST_LISTS))
    shares = labels.truth.mean(axis=0)
    used = min(1.0, MOST_LISTS / table.rows)
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=labels.labels[0],
        target_source=labels.sources[0],
        objective="multilabel",
        metric=_metric(rarest * used, holdout, profile.dataset, labels.name),
        holdout=holdout,
        exclusions=(
            *(Exclusion(column=n, reason="the labels are made from it") for n in labels.sources),
            *left,
        ),
        justification=(
            f"{labels.name!r} lists labels, several in many a row; the {len(labels.labels)} that "
            f"hold in {shares.min():.0%} to {shares.max():.0%} of the rows are {labels.told:.0%} "
            f"of everything listed; {held}."
        ),
        formulation="multilabel",
        modality=_modality(typed, features),
        recipe=TableRecipe(
            reader=table.reader,
            transforms=tuple(steps),
            target=labels.labels[0],
            holdout=holdout,
            id_column=id_column,
            seed=seed,
        ),
        form=SubmissionForm(
            id_column=id_column,
            columns=labels.labels,
            kind="multilabel",
            rows=1,
            truth=labels.labels,
        ),
        topic=" ".join(words(labels.name)[:3]) if len(words(labels.name)) <= 3 else "labels",
        question=f"predict which of {len(labels.labels)} labels hold",
    )
    return Proposal(idea, 3.0 if texts else 2.2)


def _worth(values: NDArray[np.float64], scale: float) -> bool:
    known = values[np.isfinite(values)]
    if len(known) * scale < SMALLEST or len(known) < 0.2 * len(values):
        return False
    share = float(known.mean())
    few = min(known.sum(), len(known) - known.sum()) * scale
    return RAREST <= share <= COMMONEST and few >= FEWEST_ROWS


def _metric(rarest: float, holdout: Holdout, *parts: str, unknown: float = 0.0) -> MetricSpec:
    """Return a metric; labels count alike only where the rarest has private rows enough.

    Args:
        rarest: Rows of the label that fewest have, or lack.
        holdout: The holdout.
        parts: What the choice goes by.
        unknown: Share of the cells that say neither.
    """
    known = ("multilabel_roc_auc", "multilabel_average_precision", "multilabel_log_loss")
    metrics = allowed(known[:1] if unknown > UNKNOWN else known, private_rows(rarest, holdout))
    return MetricSpec(name=chosen(metrics or known[1:2], *parts))


def _unlike(names: list[str], truth: dict[str, NDArray[np.float64]]) -> list[str]:
    """Drop labels that are another one under a second name."""
    kept: list[str] = []
    for name in names:
        alike = (
            np.nanmean(np.abs(truth[name] - truth[other])) < 0.005
            for other in kept
            if np.isfinite(truth[name] - truth[other]).sum() >= SMALLEST
        )
        if not any(alike):
            kept.append(name)
    return kept


def _as_flags(columns: Sequence[TypedColumn], kept: Sequence[str]) -> tuple[Transform, ...]:
    """Return what writes the labels as 0 and 1."""
    made: list[Transform] = []
    for column in columns:
        yes = positive(column)
        if column.name in kept and set(column.values) != {"0", "1"}:
            values = {value: "1" if value == yes else "0" for value in column.values}
            made.append(MapValues(column=column.name, into=column.name, values=values))
    return tuple(made)


def _useless(table: TableProfile, typed: TypedTable, known: set[str]) -> Iterator[Exclusion]:
    """Keys and constants; what writes down a molecule is no mere key."""
    formulas = {column.name for column in typed.columns if is_formula(column)}
    yield from (each for each in useless(table, known) if each.column not in formulas)


def _modality(typed: TypedTable, features: Sequence[str]) -> Modality:
    columns = [typed[name] for name in features]
    if any(is_formula(column) for column in columns):
        return "molecule"
    texts = sum(column.profile.type == "text" for column in columns)
    if texts:
        return "text" if texts >= len(columns) - 1 else "mixed"
    return "tabular"


MULTILABEL = Multilabel()
