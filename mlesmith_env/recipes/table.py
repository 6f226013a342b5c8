"""The table recipe: from raw files to `public/` and `private/`, the same bytes every time."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from mlesmith_env.errors import RecipeError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.examples import check_examples, example_ids, write_examples
from mlesmith_env.recipes.holdout import split_rows
from mlesmith_env.recipes.media import find_media
from mlesmith_env.recipes.model import (
    InteractionsRecipe,
    LinksRecipe,
    SideTable,
    TableRecipe,
)
from mlesmith_env.recipes.output import Output, rows_of
from mlesmith_env.recipes.transforms import transformed_table
from mlesmith_env.recipes.twins import twin_codes


def recipe_table(recipe: TableRecipe | LinksRecipe | InteractionsRecipe, raw: Path) -> pd.DataFrame:
    """Return the table of a recipe, read from the raw files, after the transforms.

    Raises:
        ReadError: A raw file can not be read as declared.
        RecipeError: A transform does not fit the data.
    """
    return transformed_table(recipe.reader, recipe.transforms, seed=recipe.seed, raw=raw)


def prepare_table(recipe: TableRecipe, form: SubmissionForm, raw: Path, output: Output) -> None:
    """Write the rows of a table as a task.

    Raises:
        ReadError: A raw file can not be read as declared.
        RecipeError: The recipe does not fit the data.
    """
    frame = recipe_table(recipe, raw)
    truth = form.truth or (recipe.target,)
    check_examples(frame, truth, form)
    folders = [media.folder for media in recipe.media]
    if len(set(folders)) < len(folders):
        raise RecipeError(f"media: two columns share one of the folders {', '.join(folders)}")
    files = [find_media(frame, media, raw) for media in recipe.media]
    contents = [found.contents for found in files]
    if recipe.holdout.twins is not None:
        contents += twin_codes(frame, _further(recipe, recipe.holdout.twins, raw))
    parts = split_rows(frame, recipe, truth, contents)
    ids = example_ids(recipe.seed, len(frame))
    for found in files:
        frame[found.media.column] = found.copied(output, ids)
    if recipe.holdout.drop_column and recipe.holdout.column is not None:
        frame = frame.drop(columns=[recipe.holdout.column])
    write_examples(output, frame, parts, truth, form, seed=recipe.seed)


def _further(recipe: TableRecipe, name: str, raw: Path) -> pd.DataFrame:
    for side in recipe.tables:
        if side.name == name:
            return transformed_table(side.reader, side.transforms, seed=recipe.seed, raw=raw)
    raise RecipeError(f"twins: there is no further table {name!r} of links")


def write_side_tables(tables: Sequence[SideTable], raw: Path, output: Output, *, seed: int) -> None:
    """Write further tables whole, as `public/<name>.csv`, their rows in the order of the files.

    Raises:
        ReadError: A raw file can not be read as declared.
        RecipeError: A transform does not fit the data, or two tables have one name.
    """
    for side in tables:
        table = transformed_table(side.reader, side.transforms, seed=seed, raw=raw)
        output.table(f"public/{side.name}.csv", rows_of(table))
