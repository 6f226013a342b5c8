"""Kinds with several numbers a row, in the truth or in the prediction."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.forms.cells import FlagCell, GroupCell, NumberCell
from mlesmith_env.forms.kind import Floats, Misfit, Predictions, Sheet, repeated
from mlesmith_env.forms.scalars import (
    ScalarKind,
    mean_of,
    no_numbers,
    no_probabilities,
    number_column,
    unit_columns,
)
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.metrics.domain import Domain

LOWER, UPPER = "lower", "upper"
"""Columns of an interval."""
_ENDS = (0.1, 0.9)
"""Quantiles of the training target between which the sample interval lies."""


@dataclass(frozen=True)
class NumbersKind(ScalarKind):
    """A number for each of several targets; prediction columns are called like the targets."""

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        if len(form.columns) < 2 or form.columns != form.truth:
            return f"prediction columns {form.columns} and truth columns {form.truth}"
        return ""

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return floats (n, k)."""
        return np.column_stack([sheet.floats(column, domain) for column in form.columns])

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return floats (n, k)."""
        return np.column_stack([number_column(texts, at) for at, texts in enumerate(columns)])

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return the truth."""
        return truth.astype(np.float64)

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return a column a target."""
        return list(predictions.T)

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return the mean of each training target."""
        return repeated([mean_of(texts) for texts in train], len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what is no number."""
        yield from no_numbers()


@dataclass(frozen=True)
class IntervalKind(ScalarKind):
    """Lower and upper end of an interval for one number."""

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        if form.columns != (LOWER, UPPER) or len(form.truth) > 1:
            return f"prediction columns {form.columns} rather than {(LOWER, UPPER)}"
        return ""

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return floats (n, 2), the lower end first."""
        values = np.column_stack([sheet.floats(column) for column in form.columns])
        wrong = np.flatnonzero(values[:, 0] > values[:, 1])
        if len(wrong):
            low, high = values[wrong[0]]
            what = f"the lower end {low:g} lies above the upper end {high:g}"
            sheet.refuse(LOWER, wrong, what, "write the smaller number into the lower end")
        return values

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return floats (n,)."""
        return number_column(columns[0], 0)

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return intervals without width."""
        return np.column_stack([truth, truth]).astype(np.float64)

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return both ends."""
        return list(predictions.T)

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return the interval that holds the middle four fifths of the training target."""
        values = np.sort(NumberCell().parse(train[0])[0])
        ends = [values[round(share * (len(values) - 1))] for share in _ENDS]
        return repeated([repr(float(end)) for end in ends], len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what is no number, or lies above every upper end."""
        yield from no_numbers()
        yield "with ends in the wrong order", 1e300


@dataclass(frozen=True)
class MultilabelKind(ScalarKind):
    """A probability for each of several labels that may hold at once.

    A label that is missing in the truth is unknown there, and not scored.
    """

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        if len(form.columns) < 2 or form.columns != form.truth:
            return f"prediction columns {form.columns} and truth columns {form.truth}"
        return ""

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return floats (n, k) in [0, 1]."""
        return unit_columns(sheet, form.columns)

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return floats (n, k) of 0, 1 and NaN for unknown."""
        cell = FlagCell(optional=True)
        table: list[Floats] = []
        for place, texts in enumerate(columns):
            values, wrong = cell.parse(texts)
            if len(wrong):
                row = int(wrong[0])
                raise Misfit(row, place, f"{texts[row]!r}, which is neither 0 nor 1 nor empty")
            table.append(values)
        return np.column_stack(table)

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return the truth, with even chances where it is unknown."""
        return np.where(np.isnan(truth), 0.5, truth)

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return a column a label."""
        return list(predictions.T)

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return even chances."""
        return repeated(["0.5"] * len(form.columns), len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what is no probability."""
        yield from no_probabilities()


@dataclass(frozen=True)
class RankingKind(ScalarKind):
    """A score by which the rows of each group are put in order, the highest first.

    Truth columns are the relevance and the name of the group.
    """

    def public_truth(self, form: SubmissionForm) -> tuple[str, ...]:
        """Return the column of the group, which solvers need."""
        return form.truth[1:]

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        return _one_of_two(form, "relevance and group")

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return floats (n,)."""
        return sheet.floats(form.columns[0])

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return floats (n, 2): relevance and the code of the group."""
        groups, wrong = GroupCell().parse(columns[1])
        if len(wrong):
            raise Misfit(int(wrong[0]), 1, "no name of a group")
        return np.column_stack([number_column(columns[0], 0), groups])

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return the relevance."""
        return truth[:, 0].astype(np.float64)

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return the one column."""
        return [predictions]

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return the same score for every row."""
        return repeated(["0.0"], len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what is no number."""
        yield from no_numbers()


@dataclass(frozen=True)
class SurvivalKind(ScalarKind):
    """A risk: the higher, the earlier the event is expected.

    Truth columns are the time and whether the event was observed then (1) or not yet (0).
    """

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        return _one_of_two(form, "time and event")

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return floats (n,)."""
        return sheet.floats(form.columns[0])

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return floats (n, 2): time and event."""
        events, wrong = FlagCell().parse(columns[1])
        if len(wrong):
            row = int(wrong[0])
            raise Misfit(row, 1, f"{columns[1][row]!r}, which is neither 0 nor 1")
        return np.column_stack([number_column(columns[0], 0), events])

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return risks in the order of the times, an event before who is censored then."""
        order = np.unique(np.column_stack([truth[:, 0], 1 - truth[:, 1]]), axis=0)
        keys = {(time, late): -float(place) for place, (time, late) in enumerate(order.tolist())}
        risks = [keys[time, 1 - event] for time, event in truth.tolist()]
        return np.array(risks, dtype=np.float64)

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return the one column."""
        return [predictions]

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return the same risk for every row."""
        return repeated(["0.0"], len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what is no number."""
        yield from no_numbers()


NUMBERS = NumbersKind("numbers", "a finite number for each target in every row")
INTERVAL = IntervalKind("interval", "the lower and the upper end of an interval in every row")
MULTILABEL = MultilabelKind(
    "multilabel",
    "the probability of each label, between 0 and 1, in every row; several labels may hold at once",
    may_miss=True,
)
RANKING = RankingKind("ranking", "a finite number in every row, higher for what comes first")
SURVIVAL = SurvivalKind("survival", "a finite number in every row, higher for an earlier event")


def _one_of_two(form: SubmissionForm, what: str) -> str:
    if len(form.columns) == 1 and len(form.truth) == 2:
        return ""
    return (
        f"{len(form.columns)} prediction column(s) and the truth columns {form.truth}: it needs "
        f"one and the two of {what}"
    )
