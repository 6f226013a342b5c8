"""Preparation by recipe: the one place that knows which kind of recipe is carried out by what."""

from __future__ import annotations

from pathlib import Path

from mlesmith_env.errors import UnsupportedTaskError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.interactions import INTERACTIONS, prepare_interactions
from mlesmith_env.recipes.links import EDGES, prepare_links
from mlesmith_env.recipes.model import InteractionsRecipe, LinksRecipe, Recipe, TableRecipe
from mlesmith_env.recipes.output import Output
from mlesmith_env.recipes.table import prepare_table, write_side_tables


def prepare(
    recipe: Recipe, form: SubmissionForm, raw: Path, *, description: str, into: Path
) -> dict[str, str]:
    """Write the files of a task and return their SHA-256 by path, as `manifest.prepared` pins them.

    `public/` gets `description.md`, `train.csv`, `test.csv`, `sample_submission.csv` and what
    `further_files` names; `private/` gets `answers.csv`. See `write_examples`.

    Args:
        recipe: What to do; all kinds but `script`.
        form: What a submission looks like. How many rows it announces is not looked at.
        raw: The folder with the raw files.
        description: Text of `description.md`.
        into: The folder to write into.

    Raises:
        ReadError: A raw file can not be read as declared.
        RecipeError: The recipe does not fit the data.
        UnsupportedTaskError: It is a script, which is not run here.
    """
    output = Output(into)
    output.text("public/description.md", description)
    if isinstance(recipe, TableRecipe):
        prepare_table(recipe, form, raw, output)
    elif isinstance(recipe, LinksRecipe):
        prepare_links(recipe, form, raw, output)
    elif isinstance(recipe, InteractionsRecipe):
        prepare_interactions(recipe, form, raw, output)
    else:
        raise UnsupportedTaskError("a script is run in a sandbox of its own, by `Task.make`")
    write_side_tables(recipe.tables, raw, output, seed=recipe.seed)
    return output.digests()


def further_files(recipe: Recipe) -> tuple[str, ...]:
    """Return what a recipe gives beside the files of every task, as `manifest.prepared` names it.

    A folder of raw files ends in `/`. Of a script nothing is known before it has run.
    """
    if isinstance(recipe, TableRecipe):
        own = tuple(f"public/{media.folder}/" for media in recipe.media)
    elif isinstance(recipe, LinksRecipe):
        own = (EDGES,)
    elif isinstance(recipe, InteractionsRecipe):
        own = (INTERACTIONS,)
    else:
        return ()
    return (*own, *(f"public/{side.name}.csv" for side in recipe.tables))
