"""What is asked of tasks with scripts beyond all else: both scripts are put to the test.

A recipe and a metric of the catalogue are known to be deterministic and to mean what they say. A
script is a stranger's program: it is run again under other circumstances, and its scores are asked
for in ways that an honest metric does not notice.
"""

from __future__ import annotations

import math
import re
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import InvalidSubmissionError, ScriptError
from mlesmith_env.grading import Grader
from mlesmith_env.manifest import METRIC, PREPARE, Part
from mlesmith_env.metrics.cases import Case
from mlesmith_env.scripts.preparation import Circumstances
from mlesmith_env.scripts.scoring import ScriptScorer
from mlesmith_env.task import Task
from mlesmith_generator.gates.favours import scan_magic
from mlesmith_generator.gates.verdict import Finding, Scan

PARTS: tuple[Part, ...] = ("public", "private")
_OTHER_SEED, _OTHER_DATE_S = 4711, 400 * 86400.0
_DEALS = 5
_SURE = 0.05
"""How far probabilities that say the truth stay from 0 and 1, so that no logarithm explodes."""
_SLACK = 0.05
"""Share of the span by which a worse guess may score better, by chance."""
_JUMP = 0.25
"""Share of the span by which a change that nobody can see may change a score."""
_IN_A_ROW = 5
"""True values in their order from which on an output tells answers."""


def scan_repetition(task: Task) -> Scan:
    """Run `prepare.py` again, under another hash seed and at another date."""
    name = "preparation-again"
    try:
        try:
            made = _made(task, Circumstances(_OTHER_SEED, _OTHER_DATE_S))
        except ScriptError:
            # Perhaps it does not bear the moved date, which is no fault by itself.
            made = _made(task, Circumstances(_OTHER_SEED))
    except ScriptError as error:
        evidence = f"{PREPARE} fails when it is run again: {error}"
        return Scan(name, "", (Finding("preparation-differs", evidence, "refactor"),))
    pinned = dict(task.manifest.prepared)
    wrong = sorted(file for file in {*made, *pinned} if made.get(file) != pinned.get(file))
    if wrong:
        evidence = (
            f"{PREPARE} gives other bytes for {', '.join(wrong[:5])} under another hash seed and "
            "at another date"
        )
        return Scan(name, "", (Finding("preparation-differs", evidence, "refactor"),))
    return Scan(name, f"{len(made)} files the same under another hash seed and date")


def _made(task: Task, circumstances: Circumstances) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="mlesmith-again-") as folder:
        return task.make(Path(folder), circumstances)


def scan_metric_script(grader: Grader, scorer: ScriptScorer, sample: pd.DataFrame) -> list[Scan]:
    """Ask `metric.py` for scores in ways that an honest metric does not notice.

    Args:
        grader: The grader.
        scorer: What runs its script.
        sample: The sample submission as text.

    Raises:
        MetricError: It gives no score at all on the truth.
    """
    truth = _as_predictions(grader)
    scans = [_scan_steadiness(grader, truth), _scan_output(grader, scorer, truth)]
    try:
        told = grader.predictions(sample)
    except InvalidSubmissionError:
        return scans  # That is told by another scan.
    return [*scans, _scan_favours(grader, truth, told), scan_magic(grader, scorer, truth, told)]


def _scan_steadiness(grader: Grader, truth: NDArray[Any]) -> Scan:
    """Check that a score depends on the rows, and not on their order or on earlier scores."""
    random = np.random.default_rng(0)
    findings: list[Finding] = []
    for part in PARTS:
        rows = np.flatnonzero(grader.mask(part))
        guess = _spoilt(truth[rows], 0.4, random)
        first = grader.score_cases([(rows, guess)])
        order = random.permutation(len(rows))
        again = grader.score_cases([(rows, guess), (rows[order], guess[order]), (rows, guess)])
        scores = [float(first[0]), *again.tolist()]
        if not all(map(math.isfinite, scores)):
            evidence = f"{part}: {METRIC} gives no score to the truth with some rows exchanged"
            findings.append(Finding("metric-undefined", evidence))
        elif not _equal(scores[0], scores[1]) or not _equal(scores[1], scores[3]):
            evidence = (
                f"{part}: the same predictions score {scores[0]:.6g}, then {scores[1]:.6g}, then "
                f"{scores[3]:.6g}"
            )
            findings.append(Finding("metric-not-deterministic", evidence))
        elif not _equal(scores[0], scores[2]):
            evidence = (
                f"{part}: the same rows in another order score {scores[2]:.6g}, before "
                f"{scores[0]:.6g}"
            )
            findings.append(Finding("metric-order-dependent", evidence))
    return Scan("metric-steady", "the same rows score the same in any order", tuple(findings))


def _scan_output(grader: Grader, scorer: ScriptScorer, truth: NDArray[Any]) -> Scan:
    """Check that the script prints no answers: what it prints may end in somebody's log."""
    rows = np.flatnonzero(grader.mask("private"))
    _, output = scorer.observed(grader.answers, rows, truth[rows])
    if not output.strip():
        return Scan("metric-output", "nothing is printed")
    ids = [grader.ids[row] for row in rows]
    true = _spelt(grader, rows)
    lines = [_words(line) for line in output.splitlines()]
    known = dict(zip(ids, true, strict=True))
    beside = sum(
        any(word in known and known[word] in line[place + 1 :] for place, word in enumerate(line))
        for line in lines
    )
    sequence = [word for line in lines for word in line]
    if beside >= 3 or _longest_run(sequence, true) >= _IN_A_ROW:
        evidence = f"{METRIC} prints answers ({beside} ids with theirs, or many in a row)"
        return Scan("metric-output", "", (Finding("metric-prints-answers", evidence),))
    return Scan("metric-output", f"{len(output)} characters are printed, no answers among them")


def _words(line: str) -> list[str]:
    return [_canonical(word) for word in re.findall(r"[^\s,;|\"'{}\[\]:=<>()]+", line)]


def _canonical(word: str) -> str:
    """Numbers in one spelling, rounded as tables are printed."""
    try:
        return f"{float(word):.5g}"
    except ValueError:
        return word


def _spelt(grader: Grader, rows: NDArray[np.intp]) -> list[str]:
    form = grader.manifest.submission
    if form.classes:
        return [_canonical(form.classes[code]) for code in grader.truth()[rows].tolist()]
    told = grader.kind.written(grader.kind.perfect(grader.truth()[rows], form), form)[0]
    return [_canonical(str(value)) for value in list(told)]


def _longest_run(words: list[str], true: list[str]) -> int:
    """Length of the longest run of true values in their order, if they are not all the same."""
    longest, lengths = 0, [0] * (len(true) + 1)
    for word in words[:5000]:
        fresh = [0] * (len(true) + 1)
        for place, value in enumerate(true):
            if value == word:
                fresh[place + 1] = length = lengths[place] + 1
                # A run of one class is told by any list of classes.
                varied = len(set(true[place + 1 - length : place + 1])) > 1
                longest = max(longest, length if varied else 0)
        lengths = fresh
    return longest


def _scan_favours(grader: Grader, truth: NDArray[Any], sample: NDArray[Any]) -> Scan:
    """Check that nothing empty is favoured: no sample submission beats nearly all of the truth."""
    metric = grader.metric
    findings: list[Finding] = []
    told: list[str] = []
    for part in PARTS:
        rows = np.flatnonzero(grader.mask(part))
        random = np.random.default_rng(1)
        own, right = sample[rows], truth[rows]
        empty = [own, *(own[random.permutation(len(rows))] for _ in range(3))]
        moved = _nudged(grader, own, right)
        guesses = [
            _spoilt(right, share, random) for share in (0.1, 0.4, 1.0) for _ in range(_DEALS)
        ]
        cases: list[Case] = [(rows, guess) for guess in (*empty, moved, right, *guesses)]
        scores = grader.score_cases(cases)
        if not np.isfinite(scores).all():
            evidence = f"{part}: {METRIC} gives no score to some valid submissions"
            findings.append(Finding("metric-undefined", evidence))
            continue
        best = metric.sign * float(max(metric.sign * scores[:4]))
        nearly, half, none = scores[6:].reshape(3, _DEALS).mean(axis=1).tolist()
        span = metric.sign * (float(scores[5]) - none)
        told.append(f"{part}: sample {best:.6g}, truth with a tenth of the rows dealt {nearly:.6g}")
        if span <= 0:
            code = "constant-metric" if _equal(float(scores[5]), none) else "inverted-metric"
            evidence = f"{part}: the truth scores {scores[5]:.6g}, dealt out anew {none:.6g}"
            findings.append(Finding(code, evidence))
            continue
        if metric.better(best, nearly):
            evidence = f"{told[-1]}: the sample submission is favoured"
            findings.append(Finding("metric-favours-sample", evidence))
        elif metric.sign * (float(scores[0]) - float(scores[4])) > _JUMP * span:
            evidence = (
                f"{part}: the sample submission scores {scores[0]:.6g}, with a change that nobody "
                f"can see {scores[4]:.6g}: it is favoured"
            )
            findings.append(Finding("metric-favours-sample", evidence))
        if metric.sign * (half - nearly) > _SLACK * span:
            evidence = f"{part}: with more of the truth spoilt {half:.6g}, with less {nearly:.6g}"
            findings.append(Finding("inverted-metric", evidence))
    return Scan("metric-favours", "; ".join(told), tuple(findings))


def _nudged(grader: Grader, own: NDArray[Any], right: NDArray[Any]) -> NDArray[Any]:
    """Return predictions changed by next to nothing; as they are where that could mean much."""
    kind = grader.manifest.submission.kind
    if own.dtype.kind != "f" or (kind == "number" and bool((own == right).any())):
        return own
    if kind not in ("probability", "probabilities", "multilabel"):
        return own + 1e-7 * max(float(np.std(right)), 1e-9)
    nudged = own + 1e-7 * np.where(own > 0.5, -1.0, 1.0)
    return nudged / nudged.sum(axis=1, keepdims=True) if kind == "probabilities" else nudged


def _as_predictions(grader: Grader) -> NDArray[Any]:
    """Return the truth as predictions for all hidden rows; probabilities a little less sure."""
    form, perfect = grader.manifest.submission, grader.perfect_predictions()
    if form.kind == "probabilities":
        return perfect * (1 - _SURE) + _SURE / len(form.classes)
    if form.kind in ("probability", "multilabel"):
        return perfect * (1 - 2 * _SURE) + _SURE
    return perfect


def _spoilt(right: NDArray[Any], share: float, random: np.random.Generator) -> NDArray[Any]:
    """Return predictions, a share of the rows dealt out anew among them."""
    guess = right.copy()
    rows = random.permutation(len(right))[: max(2, round(share * len(right)))]
    guess[rows] = right[random.permutation(rows)]
    return guess


def _equal(a: float, b: float) -> bool:
    return math.isclose(a, b, rel_tol=1e-6, abs_tol=1e-9)
