"""`private/answers.csv`: the hidden truth, read with the same suspicion as a submission."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env import cells
from mlesmith_env.errors import InvalidSubmissionError, MetricError, ReadError
from mlesmith_env.forms import Misfit, kind_of
from mlesmith_env.manifest import USAGE, Manifest, Part
from mlesmith_env.metrics import Metric
from mlesmith_env.spelling import Spellings
from mlesmith_env.submission import longest_marks

USAGES: dict[Part, str] = {"public": "Public", "private": "Private"}
"""What stands in the column `Usage` for the rows of each part."""

_LARGEST_ANSWERS = 4 * 1024**3


@dataclass(frozen=True)
class Answers:
    """The hidden truth of a task; its arrays are read-only.

    Attributes:
        ids: The ids of the hidden rows.
        truth: The truth as the metric takes it, (n,) or (n, k); see `metrics.Metric`.
        texts: The truth columns as they are spelt in the file.
        usage: `Public` or `Private`, shape (n,).
        extra: Further columns as text, where a `metric.py` may use them, for instance weights.
    """

    ids: Spellings
    truth: NDArray[Any]
    texts: tuple[list[str], ...]
    usage: NDArray[np.str_]
    extra: Mapping[str, list[str]] = field(default_factory=dict[str, list[str]])


def read_answers(manifest: Manifest, path: Path, metric: Metric) -> Answers:
    """Read the answers of a task.

    Raises:
        ReadError: The file is missing or corrupt; the message names the line.
        MetricError: The truth lies outside the domain of the metric.
    """
    form, told = manifest.submission, manifest.truth
    columns = (form.id_column, *told, USAGE)
    try:
        text = cells.decode(cells.read_bytes(path, max_bytes=_LARGEST_ANSWERS))
        further = _further(text, columns) if manifest.scripts else ()
        columns = (*columns, *further)
        table = cells.parse(text, columns, rows=form.rows, marks=longest_marks(form))
    except InvalidSubmissionError as error:
        raise _corrupt(path, str(error)) from error
    if table.rows != form.rows:
        raise _corrupt(path, f"it has {table.rows} rows, the manifest says {form.rows}")
    try:
        ids = Spellings(table.text(form.id_column))
    except ValueError as error:
        raise _corrupt(path, f"the id {error}") from error
    usage = np.array(table.text(USAGE))
    strange = np.flatnonzero(~np.isin(usage, list(USAGES.values())))
    if len(strange):
        row = int(strange[0])
        raise _corrupt(path, f"{table.locate(row)} has the {USAGE} {cells.shown(usage[row])}")
    try:
        texts = tuple(table.text(name) for name in told)
        truth = kind_of(form).truth(texts, form)
    except Misfit as misfit:
        where = f"{table.locate(misfit.row)} has in {cells.shown(told[misfit.column])}"
        raise _corrupt(path, f"{where} {misfit.what}") from misfit
    if form.kind == "number" and not (inside := metric.truth_domain.contains(truth)).all():
        row = int(np.flatnonzero(~inside)[0])
        value = table.text(told[0])[row]
        raise MetricError(
            f"{manifest.id}: the truth of row {ids.texts[row]!r} is {value}, but metric "
            f"{metric.name!r} needs it to be {metric.truth_domain}; choose another metric"
        )
    truth.flags.writeable = usage.flags.writeable = False  # Graders hand them out.
    return Answers(ids, truth, texts, usage, {name: table.text(name) for name in further})


def _further(text: str, known: tuple[str, ...]) -> tuple[str, ...]:
    """Return the columns of a table beside the known ones."""
    header = next(csv.reader(text.splitlines()[:1]), [])
    return tuple(dict.fromkeys(name for name in header if name not in known))


def _corrupt(path: Path, what: str) -> ReadError:
    return ReadError(
        f"{path} is not the answers file of this task: {what}; delete its cache entry "
        "(`mlesmith cache prune`) and prepare the task again"
    )
