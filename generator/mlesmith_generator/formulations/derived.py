"""Questions about a table that a recipe makes: of files, of lines that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env.errors import MlesmithError
from mlesmith_env.manifest import Modality
from mlesmith_env.recipes.model import (
    DropColumns,
    RequireValue,
    SampleRows,
    TableReader,
    TableRecipe,
    Transform,
)
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.brainstorm import holdouts
from mlesmith_generator.brainstorm.judging import Bench, Scored, judge
from mlesmith_generator.brainstorm.merit import Merit
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.designer import MAX_ROWS, free_id
from mlesmith_generator.profiler.table import Measured, measure_table, profile_table
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import TableProfile

SMALLEST = 100
"""Rows below which a task can not tell good from lucky."""


@dataclass(frozen=True)
class DerivedTable:
    """A table as it stands after the first transforms of a recipe.

    Attributes:
        dataset: Slug of the dataset.
        reader: How its files are read.
        steps: What makes it of what was read.
        profile: What was measured about it.
        typed: Its columns, typed.
        seed: Seed of samples and quick models.
    """

    dataset: str
    reader: TableReader
    steps: tuple[Transform, ...]
    profile: TableProfile
    typed: TypedTable
    seed: int


def derived_table(
    dataset: str,
    name: str,
    reader: TableReader,
    steps: Sequence[Transform],
    root: Path,
    seed: int,
) -> DerivedTable | None:
    """Return a table made of files; None where it can not be made, or is too small.

    Args:
        dataset: Slug of the dataset.
        name: A short name for the table.
        reader: How its files are read.
        steps: What is done to it.
        root: The raw files.
        seed: Seed of samples and quick models.
    """
    try:
        frame = apply_transforms(read_table(reader, root), tuple(steps), seed=seed, raw=root)
    except MlesmithError:
        return None  # What looked as if it belonged together does not.
    if len(frame) < SMALLEST:
        return None
    typed = measure_table(frame, seed=seed)
    measured = Measured(typed, len(frame), int(frame.duplicated().sum()))
    profile = profile_table(name, reader, measured)
    return DerivedTable(dataset, reader, tuple(steps), profile, typed, seed)


def asked_for(
    table: DerivedTable,
    target: str,
    merit: float,
    why: str,
    *,
    formulation: str,
    group: str | None = None,
    modality: Modality = "text",
    topic: str = "",
    question: str = "",
) -> Scored | None:
    """Return the idea to predict a column from the others; None where it can not be learnt.

    Args:
        table: The table.
        target: The column.
        merit: How much one would want to predict it, see `Merit`.
        why: What speaks for it, in words.
        formulation: Name of the formulation that asks.
        group: Column of things with several rows each, which are held out whole.
        modality: What the other columns are.
        topic: Words for the slug.
        question: The title's words behind the subject.
    """
    scale = table.profile.rows / max(1, table.typed.rows)
    bench = Bench(table.dataset, table.profile, table.typed, scale, table.seed, table.dataset)
    made = primary(table.typed[target])
    if made is None or bench.rows_of(made) < SMALLEST:
        return None
    rows = bench.rows_of(made)
    plan = holdouts.by_group(made, group, table.typed, rows) if group is not None else None
    plan = plan or holdouts.plain(made, rows)
    scored = judge(bench, made, plan, Merit(target, merit, (why,)))
    if scored is None:
        return None
    idea, plan = scored.idea, scored.plan
    gone = tuple(
        each.column for each in idea.exclusions if each.column not in (idea.target, *plan.hidden)
    )
    transforms: list[Transform] = [*table.steps, *idea.transforms, RequireValue(column=idea.target)]
    if gone:
        transforms.append(DropColumns(columns=gone))
    if table.profile.rows > MAX_ROWS:
        transforms.append(SampleRows(rows=MAX_ROWS))
    recipe = TableRecipe(
        reader=table.reader,
        transforms=tuple(transforms),
        target=idea.target,
        holdout=idea.holdout,
        id_column=free_id({column.name for column in table.profile.columns}),
        seed=table.seed,
    )
    update = {
        "formulation": formulation,
        "modality": modality,
        "recipe": recipe,
        "topic": topic,
        "question": question,
    }
    return Scored(
        idea.model_copy(update=update), made, plan, scored.score, scored.merit, scored.clear
    )
