"""What is striking about the prepared rows, measured on the training file.

From the test file only its number of rows and, where it shows them, its number of groups are
taken, and whether its columns vary and have gaps where those for training do not, which everybody
can see in it; from the answers only whether each class has its share and how many rows are public.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.manifest import Objective, SubmissionForm
from mlesmith_env.recipes.model import Holdout, Recipe
from mlesmith_generator.describe.association import Association, spearman
from mlesmith_generator.describe.beyond import with_test
from mlesmith_generator.describe.encoded import Encoded
from mlesmith_generator.describe.further import FurtherTable, further_tables
from mlesmith_generator.describe.measure import ColumnFacts, as_text, measure_column
from mlesmith_generator.describe.relations import (
    Contrast,
    are_equal,
    associate,
    closest_pair,
    contrast_of,
)
from mlesmith_generator.describe.repeats import Repeat, repeats_of
from mlesmith_generator.describe.scales import Scales, scales_of
from mlesmith_generator.describe.zeros import with_counts
from mlesmith_generator.profiler.shares import are_alike
from mlesmith_generator.records import TableProfile

_SHOWN = 3
"""Rows of the sample submission that are shown."""


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
        targets: Every column that training shows and test hides.
        together: The two targets with the highest rank correlation, and that.
        classes: Training rows of each class, in the order of the submission form.
        associations: Features that can be measured, by the strength of their association with the
            target.
        closest: The two numeric features with the highest rank correlation, and that.
        copied: Whether these two are equal in every row.
        repeats: For features that follow from an earlier one, how they do.
        contrast: Where a nominal feature splits the target.
        groups: For a group holdout whose column the files show.
        further: The further tables that come with the task.
        alike: Whether every class has about the same share in both files.
        scales: A feature of numbers that another one sorts into scales.
        complete: Training rows without any missing value.
        sampled: Whether associations were measured on a sample.
        public_share: Counted share of the answers that are public, None where they are not at hand.
        example: Header and first rows of the sample submission.
    """

    train_rows: int
    test_rows: int
    features: tuple[ColumnFacts, ...]
    target: ColumnFacts
    targets: tuple[ColumnFacts, ...]
    together: tuple[str, str, float] | None
    classes: tuple[tuple[str, int], ...]
    associations: tuple[Association, ...]
    closest: tuple[str, str, float] | None
    copied: bool
    repeats: Mapping[str, Repeat]
    contrast: Contrast | None
    groups: Groups | None
    further: tuple[FurtherTable, ...]
    complete: int
    sampled: bool
    example: tuple[tuple[str, ...], ...]
    alike: bool = True
    public_share: float | None = None
    scales: Scales | None = None

    def feature(self, name: str) -> ColumnFacts | None:
        """Return the facts of the named feature, None where the files do not show it."""
        return next((column for column in self.features if column.name == name), None)


def facts_of(
    train: pd.DataFrame,
    test: pd.DataFrame,
    sample: pd.DataFrame,
    *,
    recipe: Recipe,
    form: SubmissionForm,
    table: TableProfile | None = None,
    further: Mapping[str, pd.DataFrame] | None = None,
    answers: pd.DataFrame | None = None,
) -> Facts:
    """Return the facts of prepared rows.

    Args:
        train: Rows of `train.csv`, as text: id column, features, target.
        test: Rows of `test.csv`: id column and features.
        sample: Rows of `sample_submission.csv`; the first few are shown as they stand.
        recipe: What made the rows: its target and holdout.
        form: What is asked, with the classes in order.
        table: Profile of the raw table, whose column types are taken as hints.
        further: Further tables of the task, by name.
        answers: Rows of `answers.csv`, of which only the sizes of the classes and of the
            public part are looked at.
    """
    target, classes, holdout = recipe.target, form.classes, recipe.holdout
    objective = objective_of(form)
    id_column = form.id_column
    hints = {column.name: column for column in table.columns} if table is not None else {}
    hidden = [name for name in (form.truth or (target,)) if name not in test.columns]
    names = [str(name) for name in train.columns if name not in {*hidden, id_column}]
    texts = {name: as_text(train, name) for name in names}
    answer = as_text(train, target)
    measured = [measure_column(name, texts[name], hints.get(name)) for name in names]
    features = with_test(with_counts(measured, texts), test)
    aim = measure_column(target, answer, None if objective == "regression" else hints.get(target))
    others = {name: measure_column(name, as_text(train, name), None) for name in hidden}
    counts = dict(zip(answer.values, answer.counts.tolist(), strict=True))
    order = classes or tuple(sorted(counts))
    data = Encoded.of(
        features,
        texts,
        answer,
        () if objective == "regression" else order,
        formats={name: hint.date_format for name, hint in hints.items()},
        test=None if holdout.kind in ("random", "stratified") else test,
    )
    associations = associate(data)
    closest = closest_pair(data)
    gaps = np.zeros(len(train), dtype=bool)
    for text in texts.values():
        gaps |= text.codes < 0
    return Facts(
        train_rows=len(train),
        test_rows=len(test),
        features=features,
        target=aim,
        targets=tuple(({**others, target: aim} if target in others else others).values()),
        together=_together({name: as_text(train, name).numbers for name in hidden}),
        classes=()
        if objective == "regression"
        else tuple((label, counts.get(label, 0)) for label in order),
        associations=associations,
        closest=closest,
        copied=closest is not None and are_equal(data, *closest[:2]),
        repeats=repeats_of(features, texts),
        contrast=contrast_of(data, associations, texts),
        groups=_groups(train, test, holdout),
        further=further_tables(test.drop(columns=[id_column]), further or {}, train),
        complete=int((~gaps).sum()),
        sampled=data.step > 1,
        example=_example(sample),
        scales=scales_of(features, texts),
        public_share=_public_share(answers, id_column),
        alike=objective == "regression" or _are_alike(counts, answers, target),
    )


def _public_share(answers: pd.DataFrame | None, id_column: str) -> float | None:
    """Return the public share of the ids, None where the answers are not at hand."""
    if answers is None or not {"Usage", id_column} <= {*answers.columns} or answers.empty:
        return None
    usage = answers.drop_duplicates(id_column)["Usage"].to_numpy(dtype=object)
    return float(np.mean(usage == "Public"))


def _are_alike(counts: dict[str, int], answers: pd.DataFrame | None, target: str) -> bool:
    if answers is None or target not in answers.columns:
        return True
    hidden = as_text(answers, target)
    return are_alike(counts, dict(zip(hidden.values, hidden.counts.tolist(), strict=True)))


def _together(targets: dict[str, NDArray[np.float64]]) -> tuple[str, str, float] | None:
    """Return the two targets that rank the rows most alike, or most against each other."""
    pairs = [
        (one, other, spearman(targets[one], targets[other]))
        for one, other in itertools.combinations(targets, 2)
    ]
    return max(pairs, key=lambda pair: abs(pair[2])) if pairs else None


def objective_of(form: SubmissionForm) -> Objective:
    """Return what a submission form asks for: a number, where it is not classes."""
    if not form.classes:
        return "regression"
    return "binary" if len(form.classes) == 2 else "multiclass"


def _example(sample: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    head = sample.head(_SHOWN)
    columns = [as_text(head, str(name)) for name in head.columns]
    lines = [
        tuple(text.values[text.codes[row]] if text.codes[row] >= 0 else "" for text in columns)
        for row in range(len(head))
    ]
    return (tuple(str(name) for name in sample.columns), *lines)


def _groups(train: pd.DataFrame, test: pd.DataFrame, holdout: Holdout) -> Groups | None:
    column = holdout.column
    if holdout.kind != "group" or column is None or column not in train.columns:
        return None
    text = as_text(train, column)
    if not text.values:
        return None
    return Groups(
        column=column,
        train=len(text.values),
        test=len(as_text(test, column).values) if column in test.columns else 0,
        largest=int(text.counts.max()),
        median=float(np.median(text.counts)),
    )
