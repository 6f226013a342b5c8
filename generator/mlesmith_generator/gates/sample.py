"""Whether the sample submission tells anything about the answers."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.grading import Grader
from mlesmith_env.task import Task
from mlesmith_generator.gates.resampling import resample, rows_of
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.ladder import LadderResult

SHUFFLES = 5
AHEAD = 3.0
"""Standard errors ahead of the other trivial rungs at which a sample submission knows something."""


def scan_sample(task: Task, ladder: LadderResult, groups: NDArray[Any] | None, seed: int) -> Scan:
    """Whether the sample submission, as it is or dealt out anew, beats what is trivial."""
    name = "shuffled-sample"
    sample = ladder.rung("sample_submission")
    others = [rung for rung in ladder.worked if rung.trivial and rung is not sample]
    if sample is None or sample.predictions is None or not others:
        return Scan(name, "there is no sample submission to shuffle")
    grader, metric = task.grader, ladder.metric
    if _is_constant(sample.predictions):
        return Scan(name, "the sample submission is constant: shuffled it stays the same")
    if are_answers(sample.predictions, grader):
        evidence = "the sample submission is equal to the answers"
        return Scan(name, "", (Finding("sample-is-answers", evidence),))
    mask = grader.mask("private")
    floor = max(others, key=lambda rung: metric.sign * rung.scores["private"])
    own = rows_of(sample.predictions, mask)
    draws = np.random.default_rng(seed)
    shuffled = [draws.permutation(own) for _ in range(SHUFFLES)]
    score = grader.scoring("private")
    bootstrap = resample(
        score,
        len(own),
        [rows_of(floor.predictions, mask), own, *shuffled],
        groups=None if groups is None else groups[mask],
        seed=seed,
    )
    findings: list[Finding] = []
    told: list[str] = []
    cases = [("sample-scores", "as it is", own, 1)]
    cases += [("shuffled-sample-scores", "shuffled", one, k + 2) for k, one in enumerate(shuffled)]
    whole = np.arange(len(own))
    scores = score([(whole, prediction) for _, _, prediction, _ in cases])
    for (code, how, _, place), found in zip(cases, scores.tolist(), strict=True):
        ahead = metric.sign * (found - floor.scores["private"])
        error = bootstrap.error_of_difference(place, 0)
        told.append(f"{how} {found:.6g}")
        if ahead > AHEAD * error and ahead > 0:
            evidence = (
                f"the sample submission {how} scores {found:.6g}, the best trivial rung "
                f"({floor.name}) {floor.scores['private']:.6g}: ahead by {ahead:.3g}, "
                f"standard error {error:.3g}"
            )
            findings.append(Finding(code, evidence))
    told.append(f"best other trivial rung {floor.scores['private']:.6g}")
    return Scan(name, ", ".join(told), tuple(findings))


def are_answers(predictions: NDArray[Any], grader: Grader) -> bool:
    """Return whether predictions say the truth of every row, by the likeliest class."""
    if grader.manifest.submission.kind == "probabilities":
        return np.array_equal(predictions.argmax(axis=1), grader.truth())
    return np.array_equal(predictions, grader.perfect_predictions())


def _is_constant(predictions: NDArray[Any]) -> bool:
    return bool((predictions == predictions[:1]).all())
