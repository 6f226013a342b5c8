"""The plain kinds: a number, a label, a probability, or one probability a class."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.forms.cells import ClassCell, NumberCell
from mlesmith_env.forms.kind import Floats, Misfit, Predictions, Sheet, repeated
from mlesmith_env.manifest import PredictionKind, SubmissionForm
from mlesmith_env.metrics.arrays import SIMPLEX_TOLERANCE
from mlesmith_env.metrics.domain import Domain

UNIT_TOLERANCE = 1e-6
"""How far a probability may lie outside [0, 1]."""


@dataclass(frozen=True)
class ScalarKind:
    """What the plain kinds share: one column of truth, and nothing to check between rows."""

    name: PredictionKind
    told: str
    numeric: bool = True
    may_miss: bool = False

    def public_truth(self, form: SubmissionForm) -> tuple[str, ...]:
        """Return no column: all of the truth is hidden."""
        return ()

    def conform(self, predictions: Predictions, truth: NDArray[Any], ids: Sequence[str]) -> None:
        """Accept everything: nothing is known of a row beside its id."""


@dataclass(frozen=True)
class NumberKind(ScalarKind):
    """A number a row."""

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        return _fault(form, columns=1, fewest=0, most=10**9)

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return floats (n,)."""
        return sheet.floats(form.columns[0], domain)

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return floats (n,)."""
        return number_column(columns[0], 0)

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return the truth."""
        return truth.astype(np.float64)

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return the one column."""
        return [predictions]

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return the mean of the training target."""
        return repeated([mean_of(train[0])], len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what is no number."""
        yield from no_numbers()


@dataclass(frozen=True)
class LabelKind(ScalarKind):
    """A class a row."""

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        return _fault(form, columns=1, fewest=2, most=10**9)

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return class codes (n,)."""
        return sheet.values(form.columns[0], ClassCell(form.classes))

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return class codes (n,)."""
        return class_column(columns[0], form)

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return the truth."""
        return truth

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return the labels."""
        return [[form.classes[code] for code in predictions.tolist()]]

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return the most frequent class of training."""
        counts = Counter(train[0])
        likeliest = max(form.classes, key=lambda label: counts[label])
        return repeated([likeliest], len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what is no class."""
        yield "with a missing value", None
        yield "with the word 'abc'", "abc"


@dataclass(frozen=True)
class ProbabilityKind(ScalarKind):
    """The probability of the second of two classes."""

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        return _fault(form, columns=1, fewest=2, most=2)

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return floats (n,) in [0, 1]."""
        return unit_columns(sheet, form.columns)[:, 0]

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return class codes (n,), 0 or 1."""
        return class_column(columns[0], form)

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return the truth as certainties."""
        return truth.astype(np.float64)

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return the one column."""
        return [predictions]

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return even chances."""
        return repeated(["0.5"], len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what is no probability."""
        yield from no_probabilities()


@dataclass(frozen=True)
class ProbabilitiesKind(ScalarKind):
    """A probability for each class."""

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        return _fault(form, columns=len(form.classes), fewest=2, most=10**9)

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return floats (n, k), each row scaled to sum to 1."""
        columns = form.columns
        values = unit_columns(sheet, columns)
        sums = values.sum(axis=1)
        wrong = np.flatnonzero(np.abs(sums - 1.0) > SIMPLEX_TOLERANCE)
        if len(wrong):
            names = f"{columns[0]} … {columns[-1]}"
            what = f"the probabilities sum to {sums[wrong[0]]:.6g}, not to 1"
            sheet.refuse(names, wrong, what, "divide every row by its sum")
        return values / sums[:, None]

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return class codes (n,)."""
        return class_column(columns[0], form)

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return certainties (n, k)."""
        return np.eye(len(form.classes))[truth]

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return a column a class."""
        return list(predictions.T)

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return even chances."""
        even = repr(1.0 / len(form.columns))
        return repeated([even] * len(form.columns), len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what is no probability, or makes the row sum to something else."""
        yield from no_probabilities()
        yield "with probabilities that do not sum to 1", 0.3137


NUMBER = NumberKind("number", "a finite number in every row")
LABEL = LabelKind("label", "one of the class labels in every row", numeric=False)
PROBABILITY = ProbabilityKind(
    "probability", "the probability of the second class, between 0 and 1, in every row"
)
PROBABILITIES = ProbabilitiesKind(
    "probabilities", "the probability of each class, each row summing to 1"
)


def number_column(texts: list[str], place: int) -> Floats:
    """Return the numbers of a truth column; raises Misfit."""
    cell = NumberCell()
    values, wrong = cell.parse(texts)
    if len(wrong):
        row = int(wrong[0])
        remedy = "add a `parse_number` or `exclude` transform"
        raise Misfit(row, place, f"{texts[row]!r}, which is not a number", remedy)
    return values


def class_column(texts: list[str], form: SubmissionForm) -> NDArray[np.int64]:
    """Return the class codes of a truth column; raises Misfit."""
    cell = ClassCell(form.classes, exact=True)
    codes, wrong = cell.parse(texts)
    if len(wrong):
        row = int(wrong[0])
        classes = ", ".join(map(repr, form.classes[:6]))
        raise Misfit(row, 0, f"{texts[row]!r}, which is none of the classes {classes}")
    return codes


def unit_columns(sheet: Sheet, columns: Sequence[str]) -> Floats:
    """Return the probabilities (n, columns), each clipped to [0, 1]."""
    values = np.column_stack([sheet.floats(column) for column in columns])
    far = (values < -UNIT_TOLERANCE) | (values > 1 + UNIT_TOLERANCE)
    if far.any():
        at = int(np.flatnonzero(far.any(axis=0))[0])
        wrong = np.flatnonzero(far[:, at])
        what = f"{values[wrong[0], at]:g} is not a probability"
        sheet.refuse(columns[at], wrong, what, "write numbers between 0 and 1")
    return np.clip(values, 0.0, 1.0)


def mean_of(texts: list[str]) -> str:
    """Return the mean of numbers as text of six digits, the same on every machine."""
    values = NumberCell().parse(texts)[0]
    return repr(float(f"{math.fsum(values.tolist()) / len(values):.6g}"))


def no_numbers() -> Iterator[tuple[str, object]]:
    """Yield what is no number."""
    yield "with a missing value", None
    yield "with the word 'abc'", "abc"
    yield "with an infinite value", math.inf


def no_probabilities() -> Iterator[tuple[str, object]]:
    """Yield what is no probability."""
    yield from no_numbers()
    yield "with a probability above 1", 1.5
    yield "with a probability below 0", -0.5


def _fault(form: SubmissionForm, *, columns: int, fewest: int, most: int) -> str:
    """Return what is wrong with the numbers of columns, classes and truth columns."""
    if len(form.columns) == columns and fewest <= len(form.classes) <= most:
        return "" if len(form.truth) <= 1 else f"{len(form.truth)} columns of truth"
    return f"{len(form.columns)} prediction column(s) and {len(form.classes)} classes"
