"""Preparation by recipe: the one place that knows which kind of recipe is carried out by what."""

from __future__ import annotations

from pathlib import Path

from mlesmith_env.errors import UnsupportedTaskError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes import table
from mlesmith_env.recipes.model import Recipe, TableRecipe


def prepare(
    recipe: Recipe, form: SubmissionForm, raw: Path, *, description: str, into: Path
) -> dict[str, str]:
    """Write the files of a task and return their SHA-256 by path, as `manifest.prepared` pins them.

    Args:
        recipe: What to do; all kinds but `script`.
        form: What a submission looks like.
        raw: The folder with the raw files.
        description: Text of `description.md`.
        into: The folder to write into.

    Raises:
        ReadError: A raw file can not be read as declared.
        RecipeError: The recipe does not fit the data.
        UnsupportedTaskError: A recipe of that kind is not carried out here.
    """
    if isinstance(recipe, TableRecipe):
        return table.prepare(recipe, form, raw, description=description, into=into)
    raise UnsupportedTaskError(f"a recipe of kind {recipe.kind!r} is not carried out here")
