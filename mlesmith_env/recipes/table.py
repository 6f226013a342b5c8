"""The table recipe: from raw files to `public/` and `private/`, the same bytes every time."""

from __future__ import annotations

import csv
import hashlib
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.recipes.draws import order
from mlesmith_env.recipes.holdout import split_rows
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import column_of, factors, numbers, text_array, values_or_none
from mlesmith_env.recipes.transforms import apply_transforms, require_column

USAGE = "Usage"
"""Column of `answers.csv` that tells public from private rows."""

_ROWS_AT_ONCE = 2**15


def prepare(
    recipe: TableRecipe, form: SubmissionForm, raw: Path, *, description: str, into: Path
) -> dict[str, str]:
    """Write the files of a task and return their SHA-256 by path.

    `public/` gets `description.md`, `train.csv` (id, features, target), `test.csv` (id, features)
    and `sample_submission.csv` (a constant: the mean of the training target, its most frequent
    class, or even probabilities); `private/` gets `answers.csv` (id, target, `Usage`). The rows
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
    frame = apply_transforms(read_table(recipe.reader, raw), recipe.transforms, seed=recipe.seed)
    target = require_column(frame, recipe.target, "target")
    _check(frame, target, recipe, form)
    parts = split_rows(frame, recipe)
    if recipe.holdout.drop_column and recipe.holdout.column is not None:
        frame = frame.drop(columns=[recipe.holdout.column])
    features = [str(name) for name in frame.columns if name != recipe.target]
    if not features:
        raise RecipeError(f"no column is left to predict {recipe.target!r} from")
    ids = order(recipe.seed, "ids", len(frame))
    frame.insert(0, form.id_column, text_array(map(str, ids.tolist())))
    shuffled = order(recipe.seed, "shuffle", len(frame))
    train = shuffled[parts[shuffled] == "train"]
    test = shuffled[parts[shuffled] != "train"]
    answers = frame[[form.id_column, recipe.target]].iloc[test]
    usage = np.char.capitalize(parts[test]).tolist()
    columns = [form.id_column, *features]
    sample = _sample(column_of(frame, recipe.target).iloc[train], form)
    files: dict[str, Iterator[Sequence[str | None]]] = {
        "public/train.csv": _rows(frame.loc[:, [*columns, recipe.target]], train),
        "public/test.csv": _rows(frame.loc[:, columns], test),
        "public/sample_submission.csv": _constant(frame, test, form, sample),
        "private/answers.csv": _answers(answers, usage),
    }
    digests = {"public/description.md": _write_text(into / "public/description.md", description)}
    for name, rows in files.items():
        digests[name] = _write_csv(into / name, rows)
    return dict(sorted(digests.items()))


def _check(
    frame: pd.DataFrame, target: pd.Series, recipe: TableRecipe, form: SubmissionForm
) -> None:
    if frame.empty:
        raise RecipeError("no rows are left after the transforms")
    if form.id_column in frame.columns:
        raise RecipeError(f"the data have a column {form.id_column!r}; give the ids another name")
    if recipe.target == USAGE:
        raise RecipeError(f"a target can not be called {USAGE!r}; rename it")
    codes, values = factors(target)
    missing = int((codes < 0).sum())
    if missing:
        raise RecipeError(
            f"the target {recipe.target!r} is missing in {missing} of {len(target)} rows; "
            "add a `require` transform for it"
        )
    if form.kind == "number":
        bad = [value for value, n in zip(values, numbers(pd.Series(values)), strict=True) if n != n]
        if bad:
            raise RecipeError(
                f"the target {recipe.target!r} holds {bad[0]!r}, which is not a number "
                f"({len(bad)} such values); add a `parse_number` or `exclude` transform"
            )
        return
    strange = sorted(set(values) - set(form.classes))
    if strange:
        raise RecipeError(
            f"the target {recipe.target!r} holds {strange[0]!r}, which is none of the classes "
            f"{', '.join(map(repr, form.classes[:6]))} ({len(strange)} such values)"
        )


def _sample(train: pd.Series, form: SubmissionForm) -> tuple[str, ...]:
    """Return the constant prediction, a value for each prediction column."""
    if form.kind == "number":
        mean = math.fsum(numbers(train).tolist()) / len(train)
        return (repr(float(f"{mean:.6g}")),)
    if form.kind == "label":
        counts = Counter(values_or_none(train))
        return (max(form.classes, key=lambda label: counts[label]),)
    if form.kind == "probability":
        return ("0.5",)
    return (repr(1.0 / len(form.columns)),) * len(form.columns)


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


def _constant(
    frame: pd.DataFrame, test: NDArray[np.int64], form: SubmissionForm, sample: tuple[str, ...]
) -> Iterator[Sequence[str | None]]:
    yield [form.id_column, *form.columns]
    for name in values_or_none(column_of(frame, form.id_column).iloc[test]):
        yield [name, *sample]


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
