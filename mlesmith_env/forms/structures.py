"""Kinds whose cells hold a structure: lists, tags, spans of text, boxes and masks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from numpy.typing import NDArray

from mlesmith_env.cells import shown
from mlesmith_env.errors import InvalidSubmissionError
from mlesmith_env.forms.cells import (
    ObjectCell,
    boxes_of,
    detections_of,
    items_of,
    objects,
    runs_of,
    tags_of,
)
from mlesmith_env.forms.kind import Floats, Misfit, Predictions, Sheet, repeated
from mlesmith_env.manifest import PredictionKind, SubmissionForm
from mlesmith_env.metrics.domain import Domain

Text = Callable[[Any], str]


@dataclass(frozen=True)
class StructureKind:
    """One structured cell a row; what it holds are Python objects.

    Attributes:
        name: Name in the manifest.
        told: What a submission holds.
        cell: How a prediction is read.
        true_cell: How a truth is read.
        as_prediction: Gives the prediction that says a truth.
        text: Spells a prediction.
        constant: Gives the constant answer of the sample submission from the training truths.
        wrong: Texts that are refused, by name; a missing value is refused where it is among them.
    """

    name: PredictionKind
    told: str
    cell: ObjectCell
    true_cell: ObjectCell
    as_prediction: Callable[[Any], Any]
    text: Text
    constant: Callable[[Sequence[Any]], Any]
    wrong: tuple[tuple[str, object], ...]
    numeric: bool = False
    may_miss: bool = False

    def public_truth(self, form: SubmissionForm) -> tuple[str, ...]:
        """Return no column: all of the truth is hidden."""
        return ()

    def fault(self, form: SubmissionForm) -> str:
        """Return what contradicts itself in a form."""
        if len(form.columns) != 1 or len(form.truth) > 1:
            return f"{len(form.columns)} prediction column(s) and {len(form.truth)} of truth"
        return ""

    def read(self, sheet: Sheet, form: SubmissionForm, domain: Domain) -> Predictions:
        """Return objects (n,)."""
        return sheet.values(form.columns[0], self.cell)

    def conform(self, predictions: Predictions, truth: NDArray[Any], ids: Sequence[str]) -> None:
        """Accept everything: no two cells have to agree."""

    def truth(self, columns: Sequence[list[str]], form: SubmissionForm) -> NDArray[Any]:
        """Return objects (n,)."""
        values, wrong = self.true_cell.parse(columns[0])
        if len(wrong):
            row = int(wrong[0])
            raise Misfit(
                row, 0, f"a cell that is no truth: {self.true_cell.fault(columns[0][row])}"
            )
        return values

    def perfect(self, truth: NDArray[Any], form: SubmissionForm) -> Predictions:
        """Return the truth as predictions."""
        return objects([self.as_prediction(value) for value in truth.tolist()])

    def written(
        self, predictions: Predictions, form: SubmissionForm
    ) -> list[Sequence[str] | Floats]:
        """Return the one column as text."""
        return [[self.text(value) for value in predictions.tolist()]]

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return the constant answer."""
        constant = self.constant(self.truth([train[0]], form).tolist())
        return repeated([self.text(constant)], len(hidden[0]))

    def wrong_values(self) -> Iterator[tuple[str, object]]:
        """Yield what the column may not hold."""
        yield from self.wrong


@dataclass(frozen=True)
class TagsKind(StructureKind):
    """A tag for each token of a row."""

    def conform(self, predictions: Predictions, truth: NDArray[Any], ids: Sequence[str]) -> None:
        """Check that every row has as many tags as tokens."""
        for told, true, name in zip(predictions.tolist(), truth.tolist(), ids, strict=True):
            if len(told) != len(true):
                raise InvalidSubmissionError(
                    f"id {shown(name)} has {len(told)} tag(s) for {len(true)} token(s); write one "
                    "tag a token, separated by single blanks"
                )

    def sample(
        self, train: Sequence[list[str]], hidden: Sequence[list[str]], form: SubmissionForm
    ) -> list[list[str]]:
        """Return the most frequent tag, once for each token."""
        tag = self.constant(self.truth([train[0]], form).tolist())[0]
        return [[" ".join([tag] * len(text.split())) for text in hidden[0]]]


def _most_frequent(rows: Sequence[tuple[str, ...]]) -> tuple[str, ...]:
    counts = Counter(part for row in rows for part in row)
    return (min(counts, key=lambda part: (-counts[part], part)),)


def _joined(parts: tuple[str, ...]) -> str:
    return " ".join(parts)


def _numbers(parts: Sequence[float]) -> str:
    return " ".join(f"{value:.10g}" for value in parts)


def _detections(found: Sequence[tuple[Any, ...]]) -> str:
    return " ".join(f"{label} {_numbers(numbers)}" for label, *numbers in found)


def _runs(found: Sequence[tuple[int, int]]) -> str:
    return " ".join(f"{start} {length}" for start, length in found)


def _sure(boxes: Sequence[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    return tuple((label, 1.0, *place) for label, *place in boxes)


def _same(value: Any) -> Any:
    return value


def _empty(rows: Sequence[object]) -> tuple[()]:
    return ()


def _no_text(rows: Sequence[str]) -> str:
    return ""


_ITEMS = ObjectCell(items_of, "write different items, the best first, separated by blanks")
_TAGS = ObjectCell(tags_of, "write one tag a token, separated by single blanks")
_SPAN = ObjectCell(str, "write the text")
_BOXES = ObjectCell(boxes_of, "write `label x y width height` for each box")
_DETECTIONS = ObjectCell(
    detections_of,
    "write `label confidence x y width height` for each box, all separated by blanks, or nothing",
)
_RUNS = ObjectCell(
    runs_of,
    "write `start length` for each run of pixels, in order and apart from each other, or nothing",
)

ITEMS = StructureKind(
    "items",
    "a list of items in every row, the best first, separated by blanks",
    cell=_ITEMS,
    true_cell=_ITEMS,
    as_prediction=_same,
    text=_joined,
    constant=_most_frequent,
    wrong=(("with a missing value", None), ("with an item twice", "a b a")),
)
TAGS = TagsKind(
    "tags",
    "a tag for each token in every row, separated by blanks",
    cell=_TAGS,
    true_cell=_TAGS,
    as_prediction=_same,
    text=_joined,
    constant=_most_frequent,
    wrong=(("with a missing value", None), ("with too many tags", " ".join(["O"] * 50_000))),
)
SPAN = StructureKind(
    "span",
    "a piece of text in every row, which may be empty",
    cell=_SPAN,
    true_cell=_SPAN,
    as_prediction=_same,
    text=_same,
    constant=_no_text,
    wrong=(),
    may_miss=True,
)
BOXES = StructureKind(
    "boxes",
    "`label confidence x y width height` for each box in every row, which may be empty",
    cell=_DETECTIONS,
    true_cell=_BOXES,
    as_prediction=_sure,
    text=_detections,
    constant=_empty,
    wrong=(
        ("with the word 'abc'", "abc"),
        ("with a box without a confidence", "thing 1 2 3 4"),
        ("with a confidence above 1", "thing 2 1 2 3 4"),
    ),
    may_miss=True,
)
MASK = StructureKind(
    "mask",
    "`start length` for each run of marked pixels in every row, which may be empty",
    cell=_RUNS,
    true_cell=_RUNS,
    as_prediction=_same,
    text=_runs,
    constant=_empty,
    wrong=(
        ("with the word 'abc'", "abc"),
        ("with a start alone", "3"),
        ("with runs that overlap", "3 4 5 6"),
    ),
    may_miss=True,
)
