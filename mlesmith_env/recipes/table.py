"""The table recipe: from raw files to `public/` and `private/`, the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.forms import Misfit, kind_of
from mlesmith_env.manifest import USAGE, SubmissionForm
from mlesmith_env.recipes.draws import order
from mlesmith_env.recipes.holdout import split_rows
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import column_of, require_column, text_array, values_or_none
from mlesmith_env.recipes.transforms import apply_transforms

_ROWS_AT_ONCE = 2**15


def prepare(
    recipe: TableRecipe, form: SubmissionForm, raw: Path, *, description: str, into: Path
) -> dict[str, str]:
    """Write the files of a task and return their SHA-256 by path.

    `public/` gets `description.md`, `train.csv` (id, features, truth), `test.csv` (id, features)
    and `sample_submission.csv` (a constant, such as the mean of the training target, its most
    frequent class, or even chances); `private/` gets `answers.csv` (id, truth, `Usage`). The rows
    of every file are shuffled, and ids are numbers that say nothing about a row. How many rows
    `form` announces is not looked at.

    Args:
        recipe: What to do.
        form: What a submission looks like.
        raw: The folder with the raw files.
        description: Text of `description.md`.
        into: The folder to write into.

    Raises:
        ReadError: A raw file can not be read as declared.
        RecipeError: The recipe does not fit the data.
    """
    frame = apply_transforms(
        read_table(recipe.reader, raw), recipe.transforms, seed=recipe.seed, raw=raw
    )
    kind, truth = kind_of(form), form.truth or (recipe.target,)
    _check(frame, truth, recipe, form)
    parts = split_rows(frame, recipe)
    if recipe.holdout.drop_column and recipe.holdout.column is not None:
        frame = frame.drop(columns=[recipe.holdout.column])
    told = kind.public_truth(form)
    features = [str(name) for name in frame.columns if name not in truth or name in told]
    hidden = [name for name in truth if name not in told]
    if not features:
        raise RecipeError(f"no column is left to predict {recipe.target!r} from")
    ids = order(recipe.seed, "ids", len(frame))
    frame.insert(0, form.id_column, text_array(map(str, ids.tolist())))
    shuffled = order(recipe.seed, "shuffle", len(frame))
    train = shuffled[parts[shuffled] == "train"]
    test = shuffled[parts[shuffled] != "train"]
    answers = frame[[form.id_column, *truth]].iloc[test]
    usage = np.char.capitalize(parts[test]).tolist()
    columns = [form.id_column, *features]
    sample = kind.sample(_texts(frame, truth, train), _texts(frame, truth, test), form)
    files: dict[str, Iterator[Sequence[str | None]]] = {
        "public/train.csv": _rows(frame.loc[:, [*columns, *hidden]], train),
        "public/test.csv": _rows(frame.loc[:, columns], test),
        "public/sample_submission.csv": _submission(frame, test, form, sample),
        "private/answers.csv": _answers(answers, usage),
    }
    digests = {"public/description.md": _write_text(into / "public/description.md", description)}
    for name, rows in files.items():
        digests[name] = _write_csv(into / name, rows)
    return dict(sorted(digests.items()))


def _check(
    frame: pd.DataFrame, truth: Sequence[str], recipe: TableRecipe, form: SubmissionForm
) -> None:
    if frame.empty:
        raise RecipeError("no rows are left after the transforms")
    if form.id_column in frame.columns:
        raise RecipeError(f"the data have a column {form.id_column!r}; give the ids another name")
    kind = kind_of(form)
    for name in truth:
        column = require_column(frame, name, "target")
        if name == USAGE:
            raise RecipeError(f"a target can not be called {USAGE!r}; rename it")
        missing = int(column.isna().sum())
        if missing and not kind.may_miss:
            raise RecipeError(
                f"the target {name!r} is missing in {missing} of {len(column)} rows; "
                "add a `require` transform for it"
            )
    try:
        kind.truth(_texts(frame, truth, np.arange(len(frame))), form)
    except Misfit as misfit:
        remedy = f"; {misfit.remedy}" if misfit.remedy else ""
        raise RecipeError(
            f"the target {truth[misfit.column]!r} holds {misfit.what}{remedy}"
        ) from misfit


def _texts(
    frame: pd.DataFrame, names: Sequence[str], positions: NDArray[np.int64]
) -> list[list[str]]:
    """Return columns as text, empty where missing."""
    part = frame.iloc[positions]
    return [[text or "" for text in values_or_none(column_of(part, name))] for name in names]


def _rows(frame: pd.DataFrame, positions: NDArray[np.int64]) -> Iterator[Sequence[str | None]]:
    yield [str(name) for name in frame.columns]
    for start in range(0, len(positions), _ROWS_AT_ONCE):
        part = frame.iloc[positions[start : start + _ROWS_AT_ONCE]]
        columns = [values_or_none(column_of(part, name)) for name in part.columns]
        yield from zip(*columns, strict=True)


def _answers(frame: pd.DataFrame, usage: Sequence[str]) -> Iterator[Sequence[str | None]]:
    rows = _rows(frame, np.arange(len(frame)))
    yield [*next(rows), USAGE]
    for row, part in zip(rows, usage, strict=True):
        yield [*row, part]


def _submission(
    frame: pd.DataFrame, test: NDArray[np.int64], form: SubmissionForm, sample: list[list[str]]
) -> Iterator[Sequence[str | None]]:
    yield [form.id_column, *form.columns]
    ids = values_or_none(column_of(frame, form.id_column).iloc[test])
    yield from zip(ids, *sample, strict=True)


def _write_csv(path: Path, rows: Iterator[Sequence[str | None]]) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    return _finish(part, path)


def _write_text(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_bytes(text.encode())
    return _finish(part, path)


def _finish(part: Path, path: Path) -> str:
    with part.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    part.replace(path)
    return digest
