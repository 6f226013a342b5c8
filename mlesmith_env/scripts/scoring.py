"""Scores by a task's `metric.py`: the script proposes, its declaration disposes.

The script sees one part of the answers, without the column that tells the parts, and predictions
that were read, checked and aligned before. What it returns counts only if it is a finite number in
the declared range; whatever goes wrong is a `MetricError`, the fault of the task.
"""

from __future__ import annotations

import csv
import io
import json
import math
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.answers import Answers
from mlesmith_env.errors import InvalidSubmissionError, MetricError, SandboxError, SandboxLostError
from mlesmith_env.forms import kind_of
from mlesmith_env.manifest import METRIC, Manifest, ScriptMetric
from mlesmith_env.metrics.cases import Case
from mlesmith_env.sandbox import ExecutionResult, SandboxLimits
from mlesmith_env.scripts.box import ScriptBox, printed, told

_RESULT = "result.json"
_RESULT_BYTES = 4 * 1024**2
_CASES_AT_ONCE = 200
_LONGEST_S = 1800.0
_NUMBERS = frozenset({"number", "numbers", "interval", "survival"})
"""Kinds of prediction whose truth columns all hold numbers; others are handed over as text."""
_ROUNDING = 1e-9
"""Share of a bound by which a score may miss it: sums are rounded, and it is put on the bound."""


class ScriptScorer:
    """Scores predictions of one task by its `metric.py`, in one sandbox that is made when needed.

    May be used from any number of threads; scores are computed one after another.

    Args:
        manifest: The manifest of the task; its metric is of kind `script`.
        source: Source of `metric.py`.
        closed: Folders that stay unreadable; see `SandboxSpec`.
    """

    def __init__(self, manifest: Manifest, source: str, closed: Iterable[Path]) -> None:
        if not isinstance(manifest.metric, ScriptMetric):
            raise MetricError(f"the metric of {manifest.id} is no script, but of the catalogue")
        self.spec = manifest.metric
        self._manifest = manifest
        self._source = source
        self._closed = tuple(closed)
        self._box: ScriptBox | None = None
        self._shown: NDArray[np.int64] | None = None
        self._lock = threading.RLock()

    def start(self) -> None:
        """Start the sandbox, so that no score is charged for it.

        Raises:
            SandboxUnavailableError: This machine can not confine the script.
        """
        with self._lock:
            self._open()

    def score(self, answers: Answers, rows: NDArray[np.int64], predictions: NDArray[Any]) -> float:
        """Return the score of predictions for some of the hidden rows.

        Raises:
            MetricError: The script gave no valid score; the message says why and holds the end of
                what it printed, which may tell answers and is for the host only.
            SandboxError: It can not be run.
        """
        return self.observed(answers, rows, predictions)[0]

    def observed(
        self, answers: Answers, rows: NDArray[np.int64], predictions: NDArray[Any]
    ) -> tuple[float, str]:
        """Return a score and the head and tail of what the script printed meanwhile."""
        outcomes, result = self._ask(answers, [(rows, predictions)])
        return self._checked(outcomes[0], result), result.output

    def scores(self, answers: Answers, cases: Sequence[Case]) -> NDArray[np.float64]:
        """Return the scores of many cases, NaN where one has none.

        Rows that stand in a case more than once get ids of their own, for this call alone.

        Raises:
            MetricError: The script failed as a whole: it crashed, took too long or too much memory.
            SandboxError: It can not be run.
        """
        found: list[float] = []
        for start in range(0, len(cases), _CASES_AT_ONCE):
            outcomes, result = self._ask(answers, cases[start : start + _CASES_AT_ONCE])
            for outcome in outcomes:
                try:
                    found.append(self._checked(outcome, result))
                except MetricError:
                    found.append(math.nan)
        return np.array(found, dtype=np.float64)

    @property
    def source(self) -> str:
        """Source of `metric.py`."""
        return self._source

    def of_source(self, source: str) -> ScriptScorer:
        """Return what scores the same task by another script under the same declaration."""
        return ScriptScorer(self._manifest, source, self._closed)

    def close(self) -> None:
        """End the sandbox; the next score makes a new one. May be called more than once."""
        with self._lock:
            box, self._box = self._box, None
            if box is not None and box.usable:
                box.close()

    def _open(self) -> ScriptBox:
        if self._box is None or not self._box.usable:
            limits = SandboxLimits(
                memory_bytes=self.spec.memory_bytes,
                workspace_bytes=64 * 1024**2,
                output_bytes=1024**2,
                processes=4,
            )
            box = ScriptBox(METRIC, self._closed, limits)
            try:
                box.put(METRIC, self._source.encode())
            except BaseException:
                box.close()
                raise
            self._box, self._shown = box, None
        return self._box

    def _ask(self, answers: Answers, cases: Sequence[Case]) -> tuple[list[Any], ExecutionResult]:
        """Have the script score cases; a sandbox that was lost is replaced once."""
        with self._lock:
            try:
                return self._run(answers, cases)
            except SandboxLostError:
                self.close()
            try:
                return self._run(answers, cases)
            except SandboxError:
                self.close()
                raise

    def _run(self, answers: Answers, cases: Sequence[Case]) -> tuple[list[Any], ExecutionResult]:
        box = self._open()
        self._write(box, answers, cases)
        timeout_s = min(self.spec.timeout_s * len(cases), max(self.spec.timeout_s, _LONGEST_S))
        result = box.run("score", timeout_s=timeout_s, seed=0)
        if result.status != "ok":
            raise MetricError(self._words(told(METRIC, result)))
        try:
            data = box.take(_RESULT, _RESULT_BYTES)
            outcomes = json.loads(data) if data is not None else None
        except (InvalidSubmissionError, ValueError, RecursionError):
            outcomes = None
        if not isinstance(outcomes, list) or len(cast("list[Any]", outcomes)) != len(cases):
            raise MetricError(self._words(f"{METRIC} ended without a result{printed(result)}"))
        return cast("list[Any]", outcomes), result

    def _write(self, box: ScriptBox, answers: Answers, cases: Sequence[Case]) -> None:
        """Put the cases, and the answers of no other rows than theirs, into the inputs."""
        form = self._manifest.submission
        rows = np.unique(np.concatenate([case[0] for case in cases]))
        if self._shown is None or not np.array_equal(rows, self._shown):
            self._shown = None
            box.put("answers.csv", self._answers_csv(answers, rows))
            self._shown = rows
        arrays: dict[str, NDArray[Any]] = {}
        for number, (chosen, predictions) in enumerate(cases):
            arrays[f"rows{number}"] = np.searchsorted(rows, chosen)
            arrays[f"predictions{number}"] = self._packed(predictions)
        packed = io.BytesIO()
        np.savez(packed, allow_pickle=False, **arrays)
        box.put("cases.npz", packed.getvalue())
        order = {
            "id": form.id_column,
            "numbers": self._manifest.truth if form.kind in _NUMBERS else (),
            "texts": (form.id_column, *self._manifest.truth),
            "columns": form.columns,
            "classes": form.classes if form.kind == "label" else (),
            "cases": len(cases),
        }
        box.put("order.json", json.dumps(order).encode())

    def _packed(self, predictions: NDArray[Any]) -> NDArray[Any]:
        """Return predictions as an array that no pickle is needed for: structures as text."""
        if predictions.dtype != object:
            return predictions
        form = self._manifest.submission
        return np.array(kind_of(form).written(predictions, form)[0], dtype=np.str_)

    def _answers_csv(self, answers: Answers, rows: NDArray[np.int64]) -> bytes:
        form = self._manifest.submission
        columns = [
            [answers.ids.texts[row] for row in rows],
            *([texts[row] for row in rows] for texts in answers.texts),
            *([values[row] for row in rows] for values in answers.extra.values()),
        ]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow([form.id_column, *self._manifest.truth, *answers.extra])
        writer.writerows(zip(*columns, strict=True))
        return text.getvalue().encode()

    def _checked(self, outcome: object, result: ExecutionResult) -> float:
        """Return the score that an outcome holds; raises `MetricError` where it holds none."""
        found = cast("dict[str, object]", outcome) if isinstance(outcome, dict) else {}
        fault, value = found.get("fault"), found.get("score")
        if fault is not None or not isinstance(value, float):
            what = str(fault)[:200] if fault is not None else "gave no score"
            raise MetricError(self._words(f"evaluate() {what}{printed(result)}"))
        if not math.isfinite(value):
            raise MetricError(self._words(f"evaluate() returned {value}, not a finite number"))
        low, high = self.spec.range
        for bound, beyond in ((low, -1), (high, 1)):
            if bound is None or beyond * (value - bound) <= 0:
                continue
            if beyond * (value - bound) <= _ROUNDING * max(1.0, abs(bound)):
                return bound
            raise MetricError(
                self._words(f"evaluate() returned {value!r}, outside {_spelt(low, high)}")
            )
        return value

    def _words(self, what: str) -> str:
        return (
            f"{self._manifest.id} can not be scored, which is the task's fault and not the "
            f"submission's: {what}"
        )


def _spelt(low: float | None, high: float | None) -> str:
    ends = ("-∞" if low is None else f"{low:g}", "∞" if high is None else f"{high:g}")
    return f"its declared range from {ends[0]} to {ends[1]}"
