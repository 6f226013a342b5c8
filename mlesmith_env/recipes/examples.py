"""The four tables of every task: training and test rows, sample submission, answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.forms import Misfit, kind_of
from mlesmith_env.manifest import USAGE, SubmissionForm
from mlesmith_env.recipes.draws import order
from mlesmith_env.recipes.output import Output, Row, rows_of
from mlesmith_env.recipes.text import column_of, require_column, text_array, values_or_none


def check_examples(frame: pd.DataFrame, truth: Sequence[str], form: SubmissionForm) -> None:
    """Check that a table can become the rows of a task.

    Raises:
        RecipeError: It has no rows, lacks a truth column, has a column of a reserved name, or a
            truth that is not what the form announces.
    """
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


def example_ids(seed: int, rows: int) -> list[str]:
    """Return the id of each row: a number that says nothing about it."""
    return [*map(str, order(seed, "ids", rows).tolist())]


def write_examples(
    output: Output,
    frame: pd.DataFrame,
    parts: NDArray[np.str_],
    truth: Sequence[str],
    form: SubmissionForm,
    *,
    seed: int,
) -> None:
    """Write `train.csv`, `test.csv`, `sample_submission.csv` and `answers.csv`.

    `train.csv` has id, features, truth; `test.csv` id, features; the sample submission a constant,
    such as the mean of the training target, its most frequent class, or even chances;
    `answers.csv` id, truth, `Usage`. The rows of every file are shuffled.

    Args:
        output: Where to.
        frame: Features and truth.
        parts: `train`, `public` or `private` for each row, (rows,).
        truth: The columns that hold the truth.
        form: What a submission looks like; how many rows it announces is not looked at.
        seed: Seed of ids and order.

    Raises:
        RecipeError: No column is left to predict from.
    """
    kind = kind_of(form)
    told = kind.public_truth(form)
    features = [str(name) for name in frame.columns if name not in truth or name in told]
    hidden = [name for name in truth if name not in told]
    if not features:
        raise RecipeError(f"no column is left to predict {truth[0]!r} from")
    frame = frame.copy(deep=False)
    frame.insert(0, form.id_column, text_array(example_ids(seed, len(frame))))
    shuffled = order(seed, "shuffle", len(frame))
    train = shuffled[parts[shuffled] == "train"]
    test = shuffled[parts[shuffled] != "train"]
    columns = [form.id_column, *features]
    sample = kind.sample(_texts(frame, truth, train), _texts(frame, truth, test), form)
    output.table("public/train.csv", rows_of(frame.loc[:, [*columns, *hidden]], train))
    output.table("public/test.csv", rows_of(frame.loc[:, columns], test))
    output.table("public/sample_submission.csv", _submission(frame, test, form, sample))
    usage = np.char.capitalize(parts[test]).tolist()
    answers = rows_of(frame.loc[:, [form.id_column, *truth]], test)
    output.table("private/answers.csv", _with_usage(answers, usage))


def _texts(
    frame: pd.DataFrame, names: Sequence[str], positions: NDArray[np.int64]
) -> list[list[str]]:
    """Return columns as text, empty where missing."""
    part = frame.iloc[positions]
    return [[text or "" for text in values_or_none(column_of(part, name))] for name in names]


def _with_usage(rows: Iterator[Row], usage: Sequence[str]) -> Iterator[Row]:
    yield [*next(rows), USAGE]
    for row, part in zip(rows, usage, strict=True):
        yield [*row, part]


def _submission(
    frame: pd.DataFrame, test: NDArray[np.int64], form: SubmissionForm, sample: list[list[str]]
) -> Iterator[Row]:
    yield [form.id_column, *form.columns]
    ids = values_or_none(column_of(frame, form.id_column).iloc[test])
    yield from zip(ids, *sample, strict=True)
