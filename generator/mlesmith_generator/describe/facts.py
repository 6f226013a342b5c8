"""What is striking about the prepared rows, measured on the training file.

From the test file only its number of rows and, where it shows them, its number of groups are
taken, which everybody can see in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.manifest import Objective, SubmissionForm
from mlesmith_env.recipes.model import Holdout, TableRecipe
from mlesmith_generator.describe.association import (
    LEVELS,
    Association,
    correlation_ratio,
    cramer,
    spearman,
)
from mlesmith_generator.describe.measure import (
    ColumnFacts,
    as_numbers,
    as_text,
    frequencies,
    measure_column,
)
from mlesmith_generator.records import TableProfile

_CELLS = 4_000_000
"""Cells on which associations are measured; larger files are sampled evenly."""
_SHOWN = 3
"""Rows of the sample submission that are shown."""
_PAIRS = 60
"""Numeric columns among which the closest pair is looked for."""


@dataclass(frozen=True)
class Contrast:
    """Two values of a nominal feature between which the target differs most.

    Attributes:
        column: The feature.
        high: The value with the most, its rows and its mean (or its share of the positive class).
        low: The value with the least.
    """

    column: str
    high: tuple[str, int, float]
    low: tuple[str, int, float]


@dataclass(frozen=True)
class Groups:
    """Entities with several rows each.

    Attributes:
        column: Their column.
        train: Entities in the training rows.
        test: Entities in the test rows, 0 where the files do not show them.
        largest: Rows of the entity with most training rows.
        median: Median number of training rows of an entity.
    """

    column: str
    train: int
    test: int
    largest: int
    median: float


@dataclass(frozen=True)
class Facts:
    """Measured facts of one task.

    Attributes:
        train_rows: Rows of `train.csv`.
        test_rows: Rows of `test.csv`.
        features: The columns of both files, in order, without the id.
        target: The target in the training rows.
        classes: Training rows of each class, in the order of the submission form.
        associations: Features by the strength of their association with the target.
        closest: The two numeric features with the highest rank correlation, and that.
        contrast: Where a nominal feature splits the target.
        groups: For a group holdout whose column the files show.
        complete: Training rows without any missing value.
        sampled: Whether associations were measured on a sample.
        example: Header and first rows of the sample submission.
    """

    train_rows: int
    test_rows: int
    features: tuple[ColumnFacts, ...]
    target: ColumnFacts
    classes: tuple[tuple[str, int], ...]
    associations: tuple[Association, ...]
    closest: tuple[str, str, float] | None
    contrast: Contrast | None
    groups: Groups | None
    complete: int
    sampled: bool
    example: tuple[tuple[str, ...], ...]

    def feature(self, name: str) -> ColumnFacts | None:
        """Return the facts of the named feature, None where the files do not show it."""
        return next((column for column in self.features if column.name == name), None)


def facts_of(
    train: pd.DataFrame,
    test: pd.DataFrame,
    sample: pd.DataFrame,
    *,
    recipe: TableRecipe,
    form: SubmissionForm,
    table: TableProfile | None = None,
) -> Facts:
    """Return the facts of prepared rows.

    Args:
        train: Rows of `train.csv`, as text: id column, features, target.
        test: Rows of `test.csv`: id column and features.
        sample: Rows of `sample_submission.csv`; the first few are shown as they stand.
        recipe: What made the rows: its target and holdout.
        form: What is asked, with the classes in order.
        table: Profile of the raw table, whose column types are taken as hints.
    """
    target, classes, holdout = recipe.target, form.classes, recipe.holdout
    objective = objective_of(form)
    id_column = form.id_column
    hints = {column.name: column for column in table.columns} if table is not None else {}
    names = [str(name) for name in train.columns if name not in (target, id_column)]
    texts = {name: as_text(train, name) for name in names}
    answer = as_text(train, target)
    features = tuple(measure_column(name, texts[name], hints.get(name)) for name in names)
    aim = measure_column(target, answer, None if objective == "regression" else hints.get(target))
    step = max(1, len(train) * max(1, len(names)) // _CELLS)
    chosen = np.arange(0, len(train), step)
    encoded = {column.name: _encode(column, texts[column.name].iloc[chosen]) for column in features}
    truth = (
        as_numbers(answer.iloc[chosen])
        if objective == "regression"
        else _codes(answer.iloc[chosen], tuple(classes))
    )
    counts = dict(frequencies(answer))
    order = classes or tuple(sorted(counts))
    associations = _associations(features, encoded, truth, objective)
    return Facts(
        train_rows=len(train),
        test_rows=len(test),
        features=features,
        target=aim,
        classes=()
        if objective == "regression"
        else tuple((label, counts.get(label, 0)) for label in order),
        associations=associations,
        closest=_closest(features, encoded),
        contrast=_contrast(associations, features, texts, answer, objective, order),
        groups=_groups(train, test, holdout),
        complete=int(np.all([texts[name].notna() for name in names], axis=0).sum())
        if names
        else len(train),
        sampled=step > 1,
        example=_example(sample),
    )


def objective_of(form: SubmissionForm) -> Objective:
    """Return what a submission form asks for."""
    if form.kind == "number":
        return "regression"
    return "binary" if len(form.classes) == 2 else "multiclass"


def _example(sample: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    rows = [as_text(sample.head(_SHOWN), str(name)).tolist() for name in sample.columns]
    lines = [
        tuple("" if value is None else str(value) for value in row)
        for row in zip(*rows, strict=True)
    ]
    return (tuple(str(name) for name in sample.columns), *lines)


def _encode(column: ColumnFacts, text: pd.Series) -> NDArray[np.float64] | NDArray[np.int64] | None:
    if column.numeric:
        return as_numbers(text)
    if column.kind in ("category", "boolean") and column.distinct <= LEVELS:
        return pd.factorize(text)[0].astype(np.int64)
    return None


def _codes(text: pd.Series, classes: tuple[str, ...]) -> NDArray[np.int64]:
    if not classes:
        return pd.factorize(text)[0].astype(np.int64)
    place = {label: index for index, label in enumerate(classes)}
    return np.array([place.get(str(value), -1) for value in text], dtype=np.int64)


def _associations(
    features: tuple[ColumnFacts, ...],
    encoded: dict[str, NDArray[np.float64] | NDArray[np.int64] | None],
    truth: NDArray[np.float64] | NDArray[np.int64],
    objective: Objective,
) -> tuple[Association, ...]:
    found: list[Association] = []
    for column in features:
        values = encoded[column.name]
        if values is None:
            continue
        if column.numeric and objective == "regression":
            value = spearman(np.asarray(values, float), np.asarray(truth, float))
            found.append(Association(column.name, abs(value), 1 if value >= 0 else -1, "rank"))
        elif column.numeric:
            value = correlation_ratio(np.asarray(truth, np.int64), np.asarray(values, float))
            found.append(Association(column.name, value, 0, "ratio"))
        elif objective == "regression":
            value = correlation_ratio(np.asarray(values, np.int64), np.asarray(truth, float))
            found.append(Association(column.name, value, 0, "ratio"))
        else:
            value = cramer(np.asarray(values, np.int64), np.asarray(truth, np.int64))
            found.append(Association(column.name, value, 0, "cramer"))
    return tuple(sorted(found, key=lambda each: (-each.strength, each.column)))


def _closest(
    features: tuple[ColumnFacts, ...],
    encoded: dict[str, NDArray[np.float64] | NDArray[np.int64] | None],
) -> tuple[str, str, float] | None:
    columns = [column.name for column in features if column.numeric and column.distinct > 4]
    columns = columns[:_PAIRS]
    if len(columns) < 2:
        return None
    frame = pd.DataFrame({index: encoded[name] for index, name in enumerate(columns)})
    matrix = frame.rank().corr(min_periods=20).to_numpy(dtype=float, copy=True)
    matrix[np.tril_indices(len(columns))] = 0.0
    matrix = np.nan_to_num(matrix)
    left, right = np.unravel_index(int(np.argmax(np.abs(matrix))), matrix.shape)
    return columns[int(left)], columns[int(right)], float(matrix[left, right])


def _contrast(
    associations: tuple[Association, ...],
    features: tuple[ColumnFacts, ...],
    texts: dict[str, pd.Series],
    answer: pd.Series,
    objective: Objective,
    classes: tuple[str, ...],
) -> Contrast | None:
    kinds = {column.name: column for column in features}
    if objective == "multiclass":
        return None
    nominal = [
        each.column
        for each in associations
        if not kinds[each.column].numeric and each.strength > 0.08
    ]
    if not nominal:
        return None
    if objective == "binary":
        values = (answer == classes[-1]).to_numpy(dtype=float)
    else:
        values = as_numbers(answer)
    levels = texts[nominal[0]]
    means: list[tuple[float, str, int]] = []
    for value, _ in frequencies(levels)[:LEVELS]:
        told = values[(levels == value).to_numpy(dtype=bool)]
        told = told[np.isfinite(told)]
        if told.size >= max(10, 0.02 * len(answer)):
            means.append((float(told.mean()), value, told.size))
    if len(means) < 2:
        return None
    low, high = min(means), max(means)
    return Contrast(nominal[0], (high[1], high[2], high[0]), (low[1], low[2], low[0]))


def _groups(train: pd.DataFrame, test: pd.DataFrame, holdout: Holdout) -> Groups | None:
    column = holdout.column
    if holdout.kind != "group" or column is None or column not in train.columns:
        return None
    sizes = frequencies(as_text(train, column))
    if not sizes:
        return None
    return Groups(
        column=column,
        train=len(sizes),
        test=int(as_text(test, column).nunique()) if column in test.columns else 0,
        largest=sizes[0][1],
        median=float(np.median([rows for _, rows in sizes])),
    )
