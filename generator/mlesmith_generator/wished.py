"""The idea behind a synthetic dataset: what it was made for is what is asked of it."""

from __future__ import annotations

from pathlib import Path

from mlesmith_env import synthetic
from mlesmith_env.errors import GenerationError
from mlesmith_env.forms import FITTING
from mlesmith_env.manifest import PredictionKind, SubmissionForm
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import Media, RequireValue, SideTable, TableRecipe
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.synthetic import PATH, Wish
from mlesmith_generator.brainstorm.outlook import Outlook
from mlesmith_generator.brainstorm.portrait import portrait
from mlesmith_generator.brainstorm.series import layouts, matrix
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.media.files import NOUNS
from mlesmith_generator.formulations.nodes import EDGES
from mlesmith_generator.records import DatasetProfile, Idea, TableProfile


def idea_of(
    wish: Wish, address: str, profile: DatasetProfile, folder: Path, *, seed: int = 0
) -> Idea:
    """Return the idea that a synthetic dataset was made for.

    Args:
        wish: What is asked.
        address: `synthetic:…`, whose seed tells tasks of one domain apart.
        profile: What was measured about its table.
        folder: Its files.
        seed: Seed of the recipe, where the wish is about files.

    Raises:
        GenerationError: Its table or its files were not read as they were written.
    """
    tables = [
        table
        for table in profile.tables
        if any(column.name == wish.target for column in table.columns)
    ]
    if len(tables) != 1 or len(profile.tables) != 1 + (wish.modality == "graph"):
        raise GenerationError(f"{address} was not read as the one table with {wish.target!r}")
    (table,) = tables
    seed = synthetic.parse(address).seed
    names = {column.name for column in table.columns}
    form = _form(wish, free_id(names))
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=wish.target,
        target_source=wish.target,
        objective=wish.objective,
        metric=wish.metric,
        holdout=wish.holdout,
        signal=0.5,
        justification=f"{wish.target!r} follows a rule that is known, so its optimum is, too.",
        formulation="table",
        modality=wish.modality,
        topic=f"{wish.target} {seed}",
        question=wish.question,
        story=wish.story,
        domain=wish.domain,
        form=form,
    )
    recipe = _recipe(wish, table, form, seed)
    if wish.objective == "forecasting":
        measured = _portrait(wish, table, folder, address)
        return idea.model_copy(
            update={"formulation": "forecasting", "measured": measured, "recipe": recipe}
        )
    if wish.objective == "rating":
        rated = [column.name for column in table.columns if column.name != wish.target]
        needed = tuple(RequireValue(column=name) for name in (*rated, wish.target))
        update = {"recipe": recipe.model_copy(update={"transforms": needed})}
        return idea.model_copy(update={"formulation": "rating", **update})
    if wish.modality == "graph":
        (links,) = (other for other in profile.tables if other is not table)
        sides = (SideTable(name=EDGES, reader=links.reader),)
        recipe = recipe.model_copy(update={"tables": sides})
        return idea.model_copy(update={"formulation": "nodes", "recipe": recipe})
    if wish.modality not in NOUNS:
        return idea
    if not profile.collections:
        raise GenerationError(f"{address} was not read with its files")
    update = {
        "table": profile.collections[0].name,
        "formulation": "files",
        "recipe": recipe,
    }
    return idea.model_copy(update=update)


def _portrait(wish: Wish, table: TableProfile, folder: Path, address: str) -> dict[str, str]:
    """Return what the past of the series shows, as for series of real data.

    Raises:
        GenerationError: The table was not read as series.
    """
    frame, horizon = read_table(table.reader, folder), wish.holdout.horizon or 1
    for layout in layouts(table, frame):
        if layout.series == wish.holdout.group:
            every = tuple(range(len(layout.names)))
            values = matrix(layout, wish.target, every)
            return portrait(layout, Outlook(wish.target, every, values, horizon))
    raise GenerationError(f"{address} was not read as series by {wish.holdout.group!r}")


def _recipe(wish: Wish, table: TableProfile, form: SubmissionForm, seed: int) -> TableRecipe:
    """Return the recipe of a table, which may name a file in each row."""
    noun = NOUNS.get(wish.modality)
    return TableRecipe(
        reader=table.reader,
        transforms=(RequireValue(column=wish.target),),
        target=wish.target,
        holdout=wish.holdout,
        id_column=form.id_column,
        seed=seed,
        media=(Media(column=PATH, folder=noun),) if noun else (),
    )


def _form(wish: Wish, id_column: str) -> SubmissionForm:
    """Return the form with the classes in the order in which the rule knows them."""
    accepted = get_metric(wish.metric).kinds
    kind: PredictionKind = next(each for each in FITTING[wish.objective] if each in accepted)
    columns = wish.classes if kind == "probabilities" else (wish.target,)
    return SubmissionForm(
        id_column=id_column, columns=columns, kind=kind, classes=wish.classes, rows=1
    )
