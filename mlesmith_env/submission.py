"""Reading submissions: a file or frame in, predictions aligned with the hidden rows out.

Rows are matched by id, never by order; columns by name. A prediction that is not plainly what the
form asks for is refused, with column, row and remedy in the message. Two tolerances:

- a probability may leave [0, 1] by 1e-6, and the probabilities of a row may sum to something that
  is 1e-3 away from 1: both are rounding, and are clipped and scaled away;
- an id or label may be spelt as another program writes the same number or truth value, as
  `spelling` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from mlesmith_env import cells
from mlesmith_env.cells import Cells, listed, shown
from mlesmith_env.errors import InvalidSubmissionError, ManifestError
from mlesmith_env.forms import Sheet, kind_of
from mlesmith_env.forms.kind import Predictions
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.metrics import REAL, Domain
from mlesmith_env.spelling import Spellings

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["MAX_BYTES", "Predictions", "check_form", "longest_marks", "read_submission"]

MAX_BYTES = 64 * 1024**2
_TEXT_MARKS = 1_000
"""Commas and line ends that a cell of free text may hold."""


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
        One entry a row in the type of the form's kind, as `metrics.Metric` lists them.

    Raises:
        InvalidSubmissionError: It can not be scored; the message says what to change.
        ManifestError: The form contradicts itself.
        ReadError: The file system failed.
    """
    check_form(form)
    kind = kind_of(form)
    known = ids if isinstance(ids, Spellings) else Spellings(ids)
    columns = (form.id_column, *form.columns)
    if isinstance(source, str | Path):
        data = cells.read_bytes(Path(source), max_bytes=max_bytes)
        text = cells.decode(data)
        found = cells.parse(text, columns, rows=len(known), marks=longest_marks(form))
    else:
        found = cells.of_frame(source, columns, form.columns if kind.numeric else ())
    order = _match(found, form.id_column, known)
    return kind.read(Sheet(found, form.id_column), form, domain)[order]


def longest_marks(form: SubmissionForm) -> int:
    """Return how many commas and line ends one cell of a submission or of its truth may hold."""
    if form.kind in ("span", "items", "tags"):
        return _TEXT_MARKS
    return max((sum(map(name.count, ",\r\n")) for name in form.classes), default=0)


def check_form(form: SubmissionForm) -> None:
    """Return where columns, kind and classes of a form belong together; raises ManifestError."""
    fault = kind_of(form).fault(form)
    if fault:
        raise ManifestError(
            f"a submission of kind {form.kind!r} can not have {fault}; mend `submission` in the "
            "manifest"
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
