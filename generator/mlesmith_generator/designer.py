"""The Designer: from an idea to a draft, and from a draft with defects to a better one.

A draft is everything that a task says except what must be measured on the prepared rows: recipe,
submission form, metric, names. It is plain data; nothing is written yet.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mlesmith_env.errors import GenerationError
from mlesmith_env.forms import FITTING
from mlesmith_env.manifest import Limits, MetricSpec, Modality, PredictionKind, SubmissionForm
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import (
    Bin,
    DropColumns,
    LinksRecipe,
    MapValues,
    Recipe,
    RequireValue,
    SampleRows,
    SideTable,
    TableRecipe,
    Transform,
)
from mlesmith_env.recipes.table import recipe_table
from mlesmith_generator.brainstorm.positives import positive_last
from mlesmith_generator.records import (
    DatasetProfile,
    Defect,
    Exclusion,
    Idea,
    TableProfile,
)

MAX_ROWS = 200_000
"""Larger tables are sampled, so that a task still runs on a laptop."""
LARGE_CELLS = 20_000_000
"""Larger tables are sampled before all else, while they are read: they may not fit into memory."""
READ_CELLS = 2_000_000
FEWEST_READ_ROWS = 20_000
"""What is kept of them."""
CARRIED: frozenset[Modality] = frozenset({"text", "molecule", "sequence"})
"""Modalities of tables whose question one column carries."""
SMALLEST_CLASS = 5
"""Rows that a class needs to stand in training, public and private rows."""


@dataclass(frozen=True)
class Draft:
    """An idea worked out."""

    idea: Idea
    profile: DatasetProfile
    table: TableProfile | None
    """The table that it is made of; None where it is made of other files."""
    recipe: Recipe
    form: SubmissionForm
    """Its `rows` are 1 until the rows have been counted."""
    metric: MetricSpec
    limits: Limits
    exclusions: tuple[Exclusion, ...]
    rounds: int = 0
    """How many times it came back from a gate."""


def design(idea: Idea, profile: DatasetProfile, folder: Path, *, seed: int) -> Draft:
    """Work an idea out.

    Args:
        idea: What the Brainstormer proposed.
        profile: The profile that it was drawn from.
        folder: The raw files.
        seed: Seed of holdout, shuffling and sampling.

    Raises:
        GenerationError: The idea can not be carried out on these data; the message says why.
    """
    table = next((t for t in profile.tables if t.name == idea.table), None)
    recipe = _recipe(idea, table, idea.exclusions, seed)
    form = idea.form or _form(idea, recipe, folder)
    return Draft(
        idea=idea,
        profile=profile,
        table=table,
        recipe=recipe,
        form=form,
        metric=idea.metric,
        limits=_limits(table),
        exclusions=idea.exclusions,
    )


def redesign(draft: Draft, defects: Sequence[Defect], *, seed: int) -> Draft:
    """Mend a draft by leaving out the columns that its defects name.

    Raises:
        GenerationError: A defect has no such cure; the message names it.
    """
    known = {exclusion.column for exclusion in draft.exclusions}
    truth = draft.form.truth or (draft.recipe.target,)
    needed = {*_names_in(draft.recipe), *truth}
    added: list[Exclusion] = []
    for defect in defects:
        cure = [name for name in defect.columns if name not in known and name not in needed]
        if not cure:
            raise GenerationError(f"no cure for {defect.code}: {defect.evidence}")
        if draft.idea.modality in CARRIED and _carrier(draft, known) in cure:
            raise GenerationError(
                f"{defect.code}: nothing of the question is left without {cure[0]!r}"
            )
        added += [Exclusion(column=name, reason=defect.code) for name in cure]
        known.update(cure)
    exclusions = (*draft.exclusions, *added)
    recipe = _recipe(draft.idea, draft.table, exclusions, seed)
    return replace(draft, recipe=recipe, exclusions=exclusions, rounds=draft.rounds + 1)


def _carrier(draft: Draft, gone: Collection[str]) -> str:
    """Return the column of the longest texts that are shown: what the question is about."""
    columns = draft.table.columns if draft.table is not None else ()
    shown = [
        column
        for column in columns
        if column.name not in gone and column.type in ("text", "identifier", "category")
    ]
    return max(shown, key=lambda column: column.mean_length).name if shown else ""


def _recipe(
    idea: Idea, table: TableProfile | None, exclusions: Sequence[Exclusion], seed: int
) -> Recipe:
    if idea.recipe is not None:
        return _without(idea.recipe, exclusions)
    if table is None:
        raise GenerationError(f"the idea names the table {idea.table!r}, which there is not")
    transforms: list[Transform] = list(idea.transforms)
    rows = table.rows
    if rows * len(table.columns) > LARGE_CELLS:
        rows = max(FEWEST_READ_ROWS, READ_CELLS // len(table.columns))
        transforms.insert(0, SampleRows(rows=rows))
    if not any(isinstance(t, RequireValue) and t.column == idea.target for t in transforms):
        transforms.append(RequireValue(column=idea.target))
    dropped = [e.column for e in exclusions if e.column not in (idea.target, idea.holdout.column)]
    if dropped:
        transforms.append(DropColumns(columns=tuple(dict.fromkeys(dropped))))
    if rows > MAX_ROWS:
        transforms.append(SampleRows(rows=MAX_ROWS))
    return TableRecipe(
        reader=table.reader,
        transforms=tuple(transforms),
        target=idea.target,
        holdout=idea.holdout,
        id_column=free_id({c.name for c in table.columns}),
        seed=seed,
    )


def _without(recipe: Recipe, exclusions: Sequence[Exclusion]) -> Recipe:
    """Return a recipe that also leaves out the excluded columns, at its end.

    Of a further table a column is named as `table.column`.
    """
    steps = recipe.transforms if isinstance(recipe, TableRecipe | LinksRecipe) else ()
    gone = {name for step in steps if isinstance(step, DropColumns) for name in step.columns}
    more = tuple(dict.fromkeys(e.column for e in exclusions if e.column not in gone))
    if not more:
        return recipe
    if not isinstance(recipe, TableRecipe | LinksRecipe):
        raise GenerationError(f"a recipe of kind {recipe.kind!r} can not leave out {more[0]!r}")
    sides = tuple(_side_without(side, more) for side in recipe.tables)
    prefixes = tuple(f"{side.name}." for side in recipe.tables)
    own = tuple(name for name in more if not name.startswith(prefixes)) if prefixes else more
    transforms = (*steps, DropColumns(columns=own)) if own else steps
    return recipe.model_copy(update={"transforms": transforms, "tables": sides})


def _side_without(side: SideTable, columns: Sequence[str]) -> SideTable:
    """Return a further table without those of the columns that are its own."""
    prefix = f"{side.name}."
    own = tuple(name.removeprefix(prefix) for name in columns if name.startswith(prefix))
    if not own:
        return side
    return side.model_copy(update={"transforms": (*side.transforms, DropColumns(columns=own))})


def _form(idea: Idea, recipe: Recipe, folder: Path) -> SubmissionForm:
    kind = _kind(idea)
    if kind == "number":
        return SubmissionForm(
            id_column=recipe.id_column, columns=(recipe.target,), kind=kind, rows=1
        )
    if not isinstance(recipe, TableRecipe):
        raise GenerationError(f"an idea with a {recipe.kind} recipe has to bring its own form")
    frame = recipe_table(recipe, folder)
    counts = Counter(str(value) for value in frame[recipe.target].dropna())
    if len(counts) < 2:
        raise GenerationError(f"{recipe.target!r} has one class only after preparation")
    if idea.objective in ("binary", "anomaly") and len(counts) != 2:
        raise GenerationError(f"{recipe.target!r} has {len(counts)} classes, not two")
    rarest, rows = min(counts.items(), key=lambda pair: pair[1])
    if rows < SMALLEST_CLASS:
        raise GenerationError(
            f"the class {rarest!r} of {recipe.target!r} has {rows} row(s): too few to hold out"
        )
    classes = order_classes(counts, _declared_order(recipe))
    columns = classes if kind == "probabilities" else (recipe.target,)
    if recipe.id_column in columns:
        raise GenerationError(f"a class is called like the id column {recipe.id_column!r}")
    return SubmissionForm(
        id_column=recipe.id_column, columns=columns, kind=kind, classes=classes, rows=1
    )


def order_classes(counts: Counter[str], declared: Sequence[str] = ()) -> tuple[str, ...]:
    """Return class labels in their natural order; of two, the second is the positive one.

    Declared labels (of bins) keep their order, numbers go up, words go by alphabet. Of two classes
    the positive is the one that says so, else the rarer.
    """
    if declared and set(declared) >= counts.keys():
        return tuple(label for label in declared if label in counts)
    if len(counts) == 2:
        return positive_last(counts)
    try:
        return tuple(sorted(counts, key=float))
    except ValueError:
        return tuple(sorted(counts))


def _declared_order(recipe: TableRecipe) -> tuple[str, ...]:
    for transform in reversed(recipe.transforms):
        if isinstance(transform, Bin) and transform.into == recipe.target:
            return transform.labels
        if isinstance(transform, MapValues) and transform.into == recipe.target:
            named = tuple(dict.fromkeys(transform.values.values()))
            if transform.other is None:
                return named
            # One class against the rest: that class is the positive one, and stands second.
            return (transform.other, *named) if len(named) == 1 else (*named, transform.other)
    return ()


def _kind(idea: Idea) -> PredictionKind:
    metric = get_metric(idea.metric)
    for kind in FITTING[idea.objective]:
        if kind in metric.kinds:
            return kind
    raise GenerationError(f"{metric.name} takes no predictions of a {idea.objective} task")


def _limits(table: TableProfile | None) -> Limits:
    if table is None:
        return Limits(step_timeout_s=120.0)
    cells = min(table.rows, MAX_ROWS) * len(table.columns)
    return Limits(step_timeout_s=60.0 if cells < 2_000_000 else 180.0)


def _names_in(recipe: Recipe) -> set[str]:
    """Return the columns that a recipe can not do without, beside the truth."""
    names = {recipe.holdout.column, recipe.holdout.group}
    if isinstance(recipe, TableRecipe):
        names.update(media.column for media in recipe.media)
    if isinstance(recipe, LinksRecipe):
        names.update(recipe.ends)
    return {name for name in names if name}


def free_id(taken: set[str]) -> str:
    """Return a name for the id column that no column of the data has."""
    lowered, name = {other.lower() for other in taken}, "id"
    while name in lowered:
        name = f"row_{name}"
    return name
