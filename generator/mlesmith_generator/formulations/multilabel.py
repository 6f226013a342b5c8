"""Multilabel: which of several labels hold for a row, any number of them at once."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Manifest, MetricSpec, Modality, SubmissionForm
from mlesmith_env.recipes.model import DropColumns, MapValues, TableRecipe, Transform
from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstorm.naming import is_question
from mlesmith_generator.designer import MAX_ROWS, free_id
from mlesmith_generator.formulations.formulation import Proposal
from mlesmith_generator.formulations.several import (
    SMALLEST,
    SeveralAnswers,
    chosen,
    holdout_of,
    tables_of,
    useless,
)
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

MOST_LABELS = 24
FEWEST_LABELS = 3
RAREST, COMMONEST = 0.03, 0.93
"""Shares of the rows between which a label is worth asking for."""
FEWEST_ROWS = 15
"""Rows that must have a label, and that must not."""
ONE_HOT = 0.97
"""Share of rows with exactly one label from which the labels are the classes of one column."""
OBVIOUS = 2.0
"""Merit from which another column is what anybody would ask for."""
APART = 2.5
"""The same for one flag among the others: how far its merit is above theirs."""
_FLAGS = {
    frozenset({"0", "1"}): "1",
    frozenset({"0.0", "1.0"}): "1.0",
    frozenset({"no", "yes"}): "yes",
    frozenset({"n", "y"}): "y",
    frozenset({"false", "true"}): "true",
    frozenset({"f", "t"}): "t",
    frozenset({"absent", "present"}): "present",
    frozenset({"negative", "positive"}): "positive",
    frozenset({"inactive", "active"}): "active",
}
_LABELLED = frozenset(
    "label labels tag tags topic topics genre genres category categories theme themes emotion "
    "emotions assay assays disease diseases disorder disorders symptom symptoms diagnosis "
    "diagnoses defect defects fault faults toxic toxicity effect effects target targets output "
    "outcome outcomes class classes reaction reactions complication complications finding findings "
    "keyword keywords instrument instruments element elements genero etiqueta thema".split()
)  # fmt: skip


@dataclass(frozen=True)
class _Family:
    """Columns that are labels of one kind."""

    columns: tuple[TypedColumn, ...]
    score: float
    why: str


class Multilabel(SeveralAnswers):
    """Which of several labels hold, each with its own probability."""

    name = "multilabel"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for several labels of a table."""
        return manifest.objective == "multilabel" and not getattr(manifest.recipe, "media", ())

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas for families of yes-or-no columns of one kind."""
        found: list[Proposal] = []
        for table, typed in tables_of(profile, folder, seed):
            for family in _families(profile.dataset, table, typed):
                proposal = _idea(profile, table, typed, family, seed)
                if proposal is not None:
                    found.append(proposal)
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]


def _families(dataset: str, table: TableProfile, typed: TypedTable) -> Iterator[_Family]:
    flags = [column for column in typed.columns if _positive(column) is not None]
    rest = [
        column
        for column in typed.columns
        if (column.profile.type not in ("constant", "identifier") or is_formula(column))
        and column not in flags
    ]
    if len(flags) < FEWEST_LABELS:
        return
    formula = any(is_formula(column) for column in rest)
    merit = {each.column: each.score for each in merits(table, typed, dataset)}
    if not formula and _asks_otherwise(merit, [column.name for column in flags]):
        return
    if len(flags) >= 5 and len(flags) >= 0.6 * (len(flags) + len(rest)) and len(rest) >= 1:
        why = f"{len(flags)} of its columns say yes or no to one kind of question"
        if formula or any(column.profile.type == "text" for column in rest) or len(rest) <= 3:
            yield _Family(tuple(flags), 3.3 if formula else 2.7, why)
            return
    names = [column.name for column in typed.columns]
    places = [names.index(column.name) for column in flags]
    block = places[-1] - places[0] + 1 == len(flags)
    at_end = places[-1] == len(names) - 1 or places[0] == 0
    numbers = sum(column.profile.type in ("number", "text") for column in rest)
    if block and at_end and len(flags) >= 4 and numbers >= max(5, 0.8 * len(rest)):
        why = f"its {len(flags)} yes-or-no columns stand together at one end of the table"
        yield _Family(tuple(flags), 2.4, why)
        return
    stems: dict[str, list[TypedColumn]] = defaultdict(list)
    for column in flags:
        for stem in _stems(column.name):
            stems[stem].append(column)
    for stem, members in sorted(stems.items(), key=lambda pair: -len(pair[1])):
        told = set(words(stem)) & _LABELLED
        if len(members) >= FEWEST_LABELS and told and len(rest) >= 2:
            yield _Family(tuple(members), 2.2, f"{len(members)} columns are called {stem!r}")
            return


def _asks_otherwise(merit: dict[str, float], flags: Sequence[str]) -> bool:
    """Whether the flags describe the rows, and something else is what anybody asks of them."""
    inside = [merit.get(name, -2.0) for name in flags]
    outside = max((score for name, score in merit.items() if name not in flags), default=0.0)
    return outside >= OBVIOUS or max(inside) - float(np.median(inside)) >= APART


def _stems(name: str) -> list[str]:
    parts = words(name)
    if is_question(name) or len(parts) < 2:
        return []
    return [parts[0], parts[-1]]


def _positive(column: TypedColumn) -> str | None:
    """Return the value that says yes, None where the column is no flag."""
    said = {value.strip().casefold(): value for value in column.values}
    for pair, yes in _FLAGS.items():
        if said.keys() == pair:
            return said[yes]
    return None


def _truth(column: TypedColumn) -> NDArray[np.float64]:
    """Return 1 for yes, 0 for no, NaN for unknown; shape (rows,)."""
    yes = _positive(column)
    answers = np.array([*(float(value == yes) for value in column.values), np.nan])
    return answers[column.codes]


def _idea(
    profile: DatasetProfile, table: TableProfile, typed: TypedTable, family: _Family, seed: int
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
    id_column = free_id({column.name for column in table.columns})
    recipe = TableRecipe(
        reader=table.reader,
        transforms=(
            *_as_flags(family.columns, kept),
            *([DropColumns(columns=gone)] if gone else []),
        ),
        target=kept[0],
        holdout=holdout,
        id_column=id_column,
        seed=seed,
    )
    metrics = ("multilabel_roc_auc", "multilabel_average_precision", "multilabel_log_loss")
    metric = chosen(metrics[:1] if unknown > 0.02 else metrics, profile.dataset, kept[0])
    shares = [float(np.nanmean(truth[name])) for name in kept]
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=kept[0],
        target_source=kept[0],
        objective="multilabel",
        metric=MetricSpec(name=metric),
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


def _worth(values: NDArray[np.float64], scale: float) -> bool:
    known = values[np.isfinite(values)]
    if len(known) * scale < SMALLEST or len(known) < 0.2 * len(values):
        return False
    share = float(known.mean())
    few = min(known.sum(), len(known) - known.sum()) * scale
    return RAREST <= share <= COMMONEST and few >= FEWEST_ROWS


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
        yes = _positive(column)
        if column.name in kept and set(column.values) != {"0", "1"}:
            values = {value: "1" if value == yes else "0" for value in column.values}
            made.append(MapValues(column=column.name, into=column.name, values=values))
    return tuple(made)


def _useless(table: TableProfile, typed: TypedTable, known: set[str]) -> Iterator[Exclusion]:
    """Keys and constants; what writes down a molecule is no mere key."""
    formulas = {column.name for column in typed.columns if is_formula(column)}
    yield from (each for each in useless(table, known) if each.column not in formulas)


def is_formula(column: TypedColumn) -> bool:
    """Return whether a column writes molecules down, in SMILES."""
    sample = column.values[:200]
    fits = sum(bool(re.fullmatch(r"[A-Za-z0-9@+\-\[\]\(\)=#$/\\%.:*]+", value)) for value in sample)
    signs = Counter(sign for value in sample for sign in value)
    rings = signs["("] + signs["="] + signs["1"]
    return bool(sample) and fits >= 0.98 * len(sample) and rings > 2 * len(sample)


def _modality(typed: TypedTable, features: Sequence[str]) -> Modality:
    columns = [typed[name] for name in features]
    if any(is_formula(column) for column in columns):
        return "molecule"
    texts = sum(column.profile.type == "text" for column in columns)
    if texts:
        return "text" if texts >= len(columns) - 1 else "mixed"
    return "tabular"


MULTILABEL = Multilabel()
