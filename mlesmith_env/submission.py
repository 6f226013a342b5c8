"""Reading submissions: a file or frame in, predictions aligned with the hidden rows out.

Rows are matched by id, never by order; columns by name. A prediction that is not plainly what the
form asks for is refused, with column, row and remedy in the message. Two tolerances:

- a probability may leave [0, 1] by 1e-6, and the probabilities of a row may sum to something that
  is 1e-3 away from 1: both are rounding, and are clipped and scaled away;
- an id or label may be spelt as another program writes the same number or truth value, as
  `spelling` says.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from numpy.typing import NDArray

from mlesmith_env import cells
from mlesmith_env.cells import Cells, listed, shown
from mlesmith_env.errors import InvalidSubmissionError, ManifestError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.metrics import REAL, SIMPLEX_TOLERANCE, Domain
from mlesmith_env.spelling import Spellings

if TYPE_CHECKING:
    from pandas import DataFrame

Floats = NDArray[np.float64]
Predictions = NDArray[Any]
"""Class codes (n,) as integers, or floats (n,) or (n, k); see `metrics.Metric`."""

MAX_BYTES = 64 * 1024**2
UNIT_TOLERANCE = 1e-6
"""How far a probability may lie outside [0, 1]."""

_NUMBERS = re.compile(r"[0-9+\-.eE \n]*")
_NUMBER = re.compile(r" *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *")
_LONGEST_NUMBER = 400


def read_submission(
    source: Path | str | DataFrame,
    form: SubmissionForm,
    ids: Sequence[str] | Spellings,
    *,
    max_bytes: int = MAX_BYTES,
    domain: Domain = REAL,
) -> Predictions:
    """Return the predictions of a submission in the order of `ids`.

    Args:
        source: Path of a CSV file, or a DataFrame.
        form: What the submission has to look like.
        ids: The ids of the hidden rows, all different.
        max_bytes: Largest file that is read.
        domain: Where predicted numbers must lie for the metric to be defined.

    Returns:
        Class codes (n,) for `label`, floats (n,) for `number` and `probability`, floats (n, k) with
        rows that sum to 1 for `probabilities`.

    Raises:
        InvalidSubmissionError: It can not be scored; the message says what to change.
        ManifestError: The form contradicts itself.
        ReadError: The file system failed.
    """
    check_form(form)
    known = ids if isinstance(ids, Spellings) else Spellings(ids)
    columns = (form.id_column, *form.columns)
    if isinstance(source, str | Path):
        data = cells.read_bytes(Path(source), max_bytes=max_bytes)
        text = cells.decode(data)
        marks = longest_marks(form.classes)
        found = cells.parse(text, columns, rows=len(known), marks=marks)
    else:
        numeric = () if form.kind == "label" else form.columns
        found = cells.of_frame(source, columns, numeric)
    order = _match(found, form.id_column, known)
    sheet = _Sheet(found, form.id_column)
    if form.kind == "label":
        return sheet.labels(form.columns[0], form.classes)[order]
    if form.kind == "number":
        return sheet.numbers(form.columns[0], domain)[order]
    if form.kind == "probability":
        return sheet.probabilities(form.columns)[:, 0][order]
    return sheet.simplex(form.columns)[order]


def longest_marks(classes: Sequence[str]) -> int:
    """Return how many commas and line ends the class with most of them holds."""
    return max((sum(map(name.count, ",\r\n")) for name in classes), default=0)


def check_form(form: SubmissionForm) -> None:
    """Return where columns, kind and classes of a form belong together; raises ManifestError."""
    asked = len(form.classes) if form.kind == "probabilities" else 1
    classes = {"number": (0, 10**9), "probability": (2, 2)}.get(form.kind, (2, 10**9))
    if len(form.columns) != asked or not classes[0] <= len(form.classes) <= classes[1]:
        raise ManifestError(
            f"a submission of kind {form.kind!r} can not have {len(form.columns)} prediction "
            f"column(s) and {len(form.classes)} classes; mend `submission` in the manifest"
        )
    names = (form.id_column, *form.columns)
    if len(set(names)) < len(names) or len(set(form.classes)) < len(form.classes):
        raise ManifestError(
            f"the columns {listed(names)} or the classes {listed(form.classes)} of the submission "
            "are not all different; mend `submission` in the manifest"
        )


def _match(found: Cells, id_column: str, known: Spellings) -> NDArray[np.int64]:
    """Return for every known id the row that has it; every id must stand in exactly one row."""
    texts = found.text(id_column)
    positions = known.find(texts)
    strange = np.flatnonzero(positions < 0)
    if len(strange):
        row = int(strange[0])
        what = (
            f"id {shown(texts[row])} is not one of the test ids"
            if texts[row]
            else "the id is empty"
        )
        raise InvalidSubmissionError(
            f"column {shown(id_column)}, {found.locate(row)}: {what} ({len(strange):,} such rows); "
            f"copy the ids from the test file, such as {listed(known.texts, 2)}"
        )
    counts = np.bincount(positions, minlength=len(known))
    twice = np.flatnonzero(counts > 1)
    if len(twice):
        first, second = np.flatnonzero(positions == twice[0])[:2]
        raise InvalidSubmissionError(
            f"column {shown(id_column)}: id {shown(known.texts[twice[0]])} stands in "
            f"{found.locate(int(first))} and again in {found.locate(int(second))} "
            f"({len(twice):,} ids repeat); write one row an id"
        )
    missing = np.flatnonzero(counts == 0)
    if len(missing):
        examples = listed([known.texts[i] for i in missing[:3]])
        raise InvalidSubmissionError(
            f"column {shown(id_column)}: {len(missing):,} of {len(known):,} ids have no row, such "
            f"as {examples}; predict every row of the test file"
        )
    order = np.empty(len(known), dtype=np.int64)
    order[positions] = np.arange(found.rows)
    return order


@dataclass(frozen=True)
class _Sheet:
    """The cells of a submission, turned into predictions in the order of its own rows."""

    cells: Cells
    id_column: str

    def labels(self, column: str, classes: Sequence[str]) -> NDArray[np.int64]:
        texts = self.cells.text(column)
        codes = Spellings(classes).find(texts)
        wrong = np.flatnonzero(codes < 0)
        if len(wrong):
            text = texts[int(wrong[0])]
            what = f"{shown(text)} is not one of the classes" if text else "the label is empty"
            self._refuse(column, wrong, what, f"write one of {listed(classes, 20)}")
        return codes

    def numbers(self, column: str, domain: Domain = REAL) -> Floats:
        values = self._floats(column)
        wrong = np.flatnonzero(~domain.contains(values))
        if len(wrong):
            what = f"{values[wrong[0]]:g} is outside the domain of the metric"
            self._refuse(column, wrong, what, f"predictions must be {domain}; clip them")
        return values

    def probabilities(self, columns: Sequence[str]) -> Floats:
        """Return the probabilities (n, columns), each clipped to [0, 1]."""
        values = np.column_stack([self._floats(column) for column in columns])
        far = (values < -UNIT_TOLERANCE) | (values > 1 + UNIT_TOLERANCE)
        if far.any():
            at = int(np.flatnonzero(far.any(axis=0))[0])
            wrong = np.flatnonzero(far[:, at])
            what = f"{values[wrong[0], at]:g} is not a probability"
            self._refuse(columns[at], wrong, what, "write numbers between 0 and 1")
        return np.clip(values, 0.0, 1.0)

    def simplex(self, columns: Sequence[str]) -> Floats:
        """Return the probabilities (n, k), each row scaled to sum to 1."""
        values = self.probabilities(columns)
        sums = values.sum(axis=1)
        wrong = np.flatnonzero(np.abs(sums - 1.0) > SIMPLEX_TOLERANCE)
        if len(wrong):
            names = f"{columns[0]} … {columns[-1]}"
            what = f"the probabilities sum to {sums[wrong[0]]:.6g}, not to 1"
            self._refuse(names, wrong, what, "divide every row by its sum")
        return values / sums[:, None]

    def _floats(self, column: str) -> Floats:
        """Return finite numbers, one a row."""
        found = self.cells.columns[column]
        values = parse_numbers(found) if isinstance(found, list) else found
        wrong = np.flatnonzero(~np.isfinite(values))
        if len(wrong):
            what = _fault(self.cells.text(column)[int(wrong[0])])
            self._refuse(column, wrong, what, "write a plain decimal number such as 0.25")
        return values

    def _refuse(self, column: str, wrong: NDArray[np.intp], what: str, remedy: str) -> NoReturn:
        row = int(wrong[0])
        more = f" ({len(wrong):,} such rows)" if len(wrong) > 1 else ""
        raise InvalidSubmissionError(
            f"column {shown(column)}, {self.cells.locate(row)} "
            f"(id {shown(self.cells.text(self.id_column)[row])}): {what}{more}; {remedy}"
        )


def parse_numbers(texts: list[str]) -> Floats:
    """Return the numbers that the texts spell, NaN for those that spell none."""
    # One look at all cells at once: with these characters alone `float` takes decimal numbers only.
    joined = "\n".join(texts)
    plain = joined.count("\n") < max(len(texts), 1) and _NUMBERS.fullmatch(joined)
    if plain and max(map(len, texts), default=0) <= _LONGEST_NUMBER:
        try:
            return np.fromiter(map(float, texts), dtype=np.float64, count=len(texts))
        except ValueError:
            pass  # Some cell is like '1e' or '': look at each below.
    each = [
        float(text) if len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) else np.nan
        for text in texts
    ]
    return np.array(each, dtype=np.float64)


def _fault(text: str) -> str:
    """Return why a text is not a finite number."""
    bare = text.strip().lower().lstrip("+-")
    if not bare:
        return "the value is empty"
    if bare in ("nan", "na", "n/a", "null", "none", "<na>"):
        return f"{shown(text)} is a missing value"
    if bare in ("inf", "infinity") or (
        len(text) <= _LONGEST_NUMBER and _NUMBER.fullmatch(text) is not None
    ):
        return f"{shown(text)} is infinite or too large"
    return f"{shown(text)} is not a number"
