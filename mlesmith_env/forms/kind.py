"""What every kind of prediction can do, and the sheet that submissions are read from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, Protocol

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.cells import Cells, shown
from mlesmith_env.errors import InvalidSubmissionError
from mlesmith_env.forms.cells import Cell, parse_numbers
from mlesmith_env.manifest import PredictionKind, SubmissionForm
from mlesmith_env.metrics.domain import Domain

Floats = NDArray[np.float64]
Predictions = NDArray[Any]
"""One entry a row, in the shape and type that the kind says; see `metrics.Metric`."""


class Misfit(Exception):  # noqa: N818  it is caught and told in the words of its place
    """A truth that does not fit the form.

    Attributes:
        row: Where, from 0.
        column: Which of the truth columns, from 0.
        what: What stands there, in words.
        remedy: Transform that mends it, or empty.
    """

    def __init__(self, row: int, column: int, what: str, remedy: str = "") -> None:
        """Say what is wrong where."""
        super().__init__(what)
        self.row = row
        self.column = column
        self.what = what
        self.remedy = remedy


@dataclass(frozen=True)
class Sheet:
    """The cells of a submission, turned into predictions in the order of its own rows."""

    cells: Cells
    id_column: str

    def values(self, column: str, cell: Cell) -> NDArray[Any]:
        """Return the values of a column; raises InvalidSubmissionError at the first misfit."""
        values, wrong = cell.parse(self.cells.text(column))
        if len(wrong):
            what = cell.fault(self.cells.text(column)[int(wrong[0])])
            self.refuse(column, wrong, what, cell.remedy)
        return values

    def floats(self, column: str, domain: Domain | None = None) -> Floats:
        """Return finite numbers inside a domain, one a row; raises InvalidSubmissionError."""
        found = self.cells.columns[column]
        values = parse_numbers(found) if isinstance(found, list) else found
        wrong = np.flatnonzero(~np.isfinite(values))
        if len(wrong):
            what = number_fault(self.cells.text(column)[int(wrong[0])])
            self.refuse(column, wrong, what, "write a plain decimal number such as 0.25")
        if domain is not None and len(wrong := np.flatnonzero(~domain.contains(values))):
            what = f"{values[wrong[0]]:g} is outside the domain of the metric"
            self.refuse(column, wrong, what, f"predictions must be {domain}; clip them")
        return values

    def refuse(self, column: str, wrong: NDArray[np.intp], what: str, remedy: str) -> NoReturn:
        """Raise InvalidSubmissionError for the rows that are wrong."""
        row = int(wrong[0])
        more = f" ({len(wrong):,} such rows)" if len(wrong) > 1 else ""
        raise InvalidSubmissionError(
            f"column {shown(column)}, {self.cells.locate(row)} "
            f"(id {shown(self.cells.text(self.id_column)[row])}): {what}{more}; {remedy}"
        )


class Kind(Protocol):
    """One kind of prediction."""

    @property
    def name(self) -> PredictionKind:
        """Its name in the manifest."""
        ...

    @property
    def told(self) -> str:
        """What a submission holds, to end the sentence `It holds …`."""
        ...

    @property
    def numeric(self) -> bool:
        """Whether all prediction columns hold plain numbers."""
        ...

    @property
    def may_miss(self) -> bool:
        """Whether a truth cell may be empty: nothing there, or not known."""
        ...

    def public_truth(self, form: SubmissionForm) -> tuple[str, ...]:
        """Return the truth columns that solvers see in the test file too, such as the group."""
        ...

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form, or nothing."""
        ...

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return the predictions of a submission in its own order.

        Raises:
            InvalidSubmissionError: A cell is not what the form asks for.
        """
        ...

    def conform(self, predictions: Predictions, truth: NDArray[Any], ids: Sequence[str]) -> None:
        """Check predictions against what is publicly known of each row, such as its length.

        Raises:
            InvalidSubmissionError: They do not belong together.
        """
        ...

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return the truth as metrics take it, from the text of the truth columns.

        Raises:
            Misfit: A cell is not what the form says.
        """
        ...

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return the predictions that say the truth, as nearly as the kind can."""
        ...

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return the prediction columns as they stand in a submission."""
        ...

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return the prediction columns of the sample submission: a constant answer.

        Args:
            train: Text of the truth columns in training.
            hidden: The same of the hidden rows, of which only what is public, such as a length,
                may be used.
            form: What is asked.
        """
        ...

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield values that a first prediction column may not hold, each with its name."""
        ...


def number_fault(text: str) -> str:
    """Return why a text is not a finite number."""
    bare = text.strip().lower().lstrip("+-")
    if not bare:
        return "the value is empty"
    if bare in ("nan", "na", "n/a", "null", "none", "<na>"):
        return f"{shown(text)} is a missing value"
    if bare in ("inf", "infinity") or np.isinf(parse_numbers([text])[0]):
        return f"{shown(text)} is infinite or too large"
    return f"{shown(text)} is not a number"


def repeated(values: Sequence[str], rows: int) -> list[list[str]]:
    """Return columns that hold one value each in every row."""
    return [[value] * rows for value in values]
