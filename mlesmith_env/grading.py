"""Grading: what a submission is worth on the public and on the private rows."""

from __future__ import annotations

import math
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.answers import USAGES, Answers, read_answers
from mlesmith_env.errors import InvalidSubmissionError, ManifestError, MetricError
from mlesmith_env.forms import Kind, kind_of
from mlesmith_env.leaderboard import Leaderboard, read_leaderboard
from mlesmith_env.manifest import Anchors, Manifest, Part, Record
from mlesmith_env.metrics import Metric, get_metric
from mlesmith_env.metrics.cases import Case, ScoreCases, scoring_by
from mlesmith_env.submission import Predictions, check_form, read_submission

if TYPE_CHECKING:
    from pandas import DataFrame

    from mlesmith_env.scripts.scoring import ScriptScorer

Medal = Literal["gold", "silver", "bronze"]
_NEARLY = 1e-12
"""How near to the bound of its domain a number is predicted that lies on it."""
MEDALS: tuple[Medal, ...] = ("gold", "silver", "bronze")


class Grade(Record):
    """What a submission is worth on one part of the hidden rows."""

    valid: bool
    """Whether it could be scored. Where not, everything but `error` is None."""
    score: float | None = None
    """The metric's value."""
    progress: float | None = None
    """Where the score stands between floor (0) and ceiling (1), unclipped."""
    rank: int | None = None
    """Place on the task's leaderboard: 1 plus the entries that are strictly better. None where
    the task has no leaderboard."""
    medal: Medal | None = None
    """The best medal whose threshold is reached; reaching it exactly is enough."""
    error: str = ""
    """Why it could not be scored and what to change; empty where it could."""


def progress(score: float, anchors: Anchors) -> float:
    """Return where a score stands between floor (0) and ceiling (1), whichever way is better.

    It is not clipped, but always finite.

    Raises:
        ManifestError: Floor and ceiling are equal or too far apart: there is no scale.
    """
    span = anchors.ceiling - anchors.floor
    if span == 0 or math.isinf(span):
        raise ManifestError(
            f"floor {anchors.floor!r} and ceiling {anchors.ceiling!r} make no scale"
        )
    value = (score - anchors.floor) / span
    return min(max(value, -sys.float_info.max), sys.float_info.max)


class Grader:
    """Scores submissions of one task.

    Reads the answers once, on first use; may be used from any number of threads at once.

    Attributes:
        manifest: The manifest of the task.
        metric: Its metric with its parameters.
    """

    def __init__(
        self,
        manifest: Manifest,
        answers_csv: Path,
        leaderboard_csv: Path | None = None,
        scorer: ScriptScorer | None = None,
    ) -> None:
        """Take the files; they are read when first needed.

        Args:
            manifest: The manifest of the task.
            answers_csv: The hidden truth.
            leaderboard_csv: The ladder, where there is one.
            scorer: What runs the task's `metric.py`, where its metric is a script.

        Raises:
            MetricError: There is no such metric, or it does not take this kind of prediction.
            ManifestError: The submission form contradicts itself.
        """
        self.manifest = manifest
        self.metric: Metric = get_metric(manifest.metric)
        form = manifest.submission
        check_form(form)
        if form.kind not in self.metric.kinds:
            raise MetricError(
                f"metric {self.metric.name!r} takes {' or '.join(self.metric.kinds)}, but "
                f"submissions of {manifest.id} hold {form.kind}; choose another metric"
            )
        self._answers_csv = answers_csv
        self._leaderboard_csv = leaderboard_csv
        self._scorer = scorer
        self._lock = threading.Lock()
        self._answers: Answers | None = None
        self._leaderboard: Leaderboard | None = None

    @property
    def scorer(self) -> ScriptScorer | None:
        """What runs the task's `metric.py`; None for a metric of the catalogue."""
        return self._scorer

    def start(self) -> None:
        """Read the answers and start what scores, so that no score is charged for it.

        Raises:
            SandboxUnavailableError: This machine can not confine the task's `metric.py`.
        """
        self._known()
        if self._scorer is not None:
            self._scorer.start()

    def close(self) -> None:
        """End the sandbox of a `metric.py`; the next score makes a new one."""
        if self._scorer is not None:
            self._scorer.close()

    @property
    def kind(self) -> Kind:
        """The kind of prediction that is asked for."""
        return kind_of(self.manifest.submission)

    def perfect_predictions(self) -> Predictions:
        """Return the predictions that say the truth; numbers stay inside the metric's domain."""
        told = self.kind.perfect(self.truth(), self.manifest.submission)
        domain = self.metric.domain
        if self.manifest.submission.kind != "number" or domain.contains_all(told):
            return told
        # A count may be 0 where only what is above 0 can be predicted.
        return np.where(domain.contains(told), told, max(domain.low, 0.0) + _NEARLY)

    @property
    def answers(self) -> Answers:
        """The hidden truth."""
        return self._known()

    @property
    def ids(self) -> tuple[str, ...]:
        """The ids of the hidden rows, in the order of every array here."""
        return self._known().ids.texts

    @property
    def usage(self) -> NDArray[np.str_]:
        """`Public` or `Private` for every hidden row, shape (n,)."""
        return self._known().usage

    def mask(self, part: Part) -> NDArray[np.bool_]:
        """Return which hidden rows belong to a part, shape (n,)."""
        if part not in USAGES:
            raise MetricError(f"there is no part {part!r}; it is 'public' or 'private'")
        return self._known().usage == USAGES[part]

    def truth(self, part: Part | None = None) -> NDArray[Any]:
        """Return the truth of a part, or of all hidden rows, as the metric takes it."""
        truth = self._known().truth
        return truth if part is None else truth[self.mask(part)]

    def predictions(self, source: Path | str | DataFrame) -> Predictions:
        """Return the predictions of a submission for all hidden rows, in the order of `ids`.

        Raises:
            InvalidSubmissionError: It can not be scored; the message says what to change.
        """
        known = self._known()
        found = read_submission(
            source,
            self.manifest.submission,
            known.ids,
            max_bytes=self.manifest.limits.submission_bytes,
            domain=self.metric.domain,
        )
        self.kind.conform(found, known.truth, known.ids.texts)
        return found

    def score(self, source: Path | str | DataFrame, part: Part = "private") -> float:
        """Return the score on a part; raises InvalidSubmissionError."""
        return self.score_predictions(self.predictions(source), part)

    def scores(self, source: Path | str | DataFrame) -> dict[Part, float]:
        """Return the scores on both parts, reading once; raises InvalidSubmissionError."""
        predictions = self.predictions(source)
        return {part: self.score_predictions(predictions, part) for part in USAGES}

    def score_predictions(self, predictions: Predictions, part: Part = "private") -> float:
        """Return the score on a part of predictions that `predictions()` gave.

        Raises:
            MetricError: The metric gives none, which is the task's fault.
            SandboxError: The task's `metric.py` can not be run.
        """
        mask = self.mask(part)
        if not mask.any():
            raise MetricError(f"{self.manifest.id} has no {part} rows to score on")
        if self._scorer is not None:
            rows = np.flatnonzero(mask)
            return self._scorer.score(self._known(), rows, predictions[rows])
        return self.metric(self.truth()[mask], predictions[mask])

    def score_cases(self, cases: Sequence[Case]) -> NDArray[np.float64]:
        """Return the scores of many cases over the hidden rows, NaN where the metric gives none.

        Raises:
            MetricError: The task's `metric.py` failed as a whole.
            SandboxError: It can not be run.
        """
        if self._scorer is not None:
            return self._scorer.scores(self._known(), cases)
        return scoring_by(self.metric, self.truth())(cases)

    def scoring(self, part: Part) -> ScoreCases:
        """Return what scores cases over the rows of a part, in the order of `truth(part)`."""
        places = np.flatnonzero(self.mask(part))
        # What single rows gave is remembered from call to call.
        scripted = self._scorer is not None
        score = self.score_cases if scripted else scoring_by(self.metric, self.truth())
        return lambda cases: score([(places[rows], told) for rows, told in cases])

    def grade(self, source: Path | str | DataFrame, part: Part = "private") -> Grade:
        """Return the grade of a submission; one that can not be scored is a grade, too."""
        try:
            predictions = self.predictions(source)
        except InvalidSubmissionError as error:
            return Grade(valid=False, error=str(error))
        return self.grade_score(self.score_predictions(predictions, part), part)

    def grade_score(self, score: float, part: Part = "private") -> Grade:
        """Return the grade that a score on a part earns."""
        anchors = self._anchors(part)
        return Grade(
            valid=True,
            score=score,
            progress=progress(score, anchors),
            rank=self._rank(score, part),
            medal=self._medal(score, anchors),
        )

    def perfect_submission(self) -> DataFrame:
        """Return the submission that equals the truth."""
        from pandas import DataFrame

        form, kind = self.manifest.submission, self.kind
        columns = kind.written(kind.perfect(self.truth(), form), form)
        ids: dict[str, Any] = {form.id_column: list(self.ids)}
        return DataFrame({**ids, **dict(zip(form.columns, columns, strict=True))})

    def _anchors(self, part: Part) -> Anchors:
        if part not in USAGES:
            raise MetricError(f"there is no part {part!r}; it is 'public' or 'private'")
        reference = self.manifest.reference
        return reference.public if part == "public" else reference.private

    def _medal(self, score: float, anchors: Anchors) -> Medal | None:
        thresholds = anchors.thresholds.model_dump()
        for medal in MEDALS:
            if self.metric.better(score, thresholds[medal]) or _same(score, thresholds[medal]):
                return medal
        return None

    def _rank(self, score: float, part: Part) -> int | None:
        board = self._board()
        if board is None:
            return None
        scores = [entry.score(part) for entry in board.entries]
        return 1 + sum(self.metric.better(s, score) and not _same(s, score) for s in scores)

    def _board(self) -> Leaderboard | None:
        if self._leaderboard_csv is None:
            return None
        with self._lock:
            if self._leaderboard is None:
                digest = self.manifest.digest
                self._leaderboard = read_leaderboard(self._leaderboard_csv, digest=digest)
            return self._leaderboard

    def _known(self) -> Answers:
        with self._lock:
            if self._answers is None:
                self._answers = read_answers(self.manifest, self._answers_csv, self.metric)
            return self._answers


def _same(a: float, b: float) -> bool:
    """Return whether two scores are equal but for the order in which their sums were taken."""
    return math.isclose(a, b, rel_tol=1e-9, abs_tol=1e-12)
