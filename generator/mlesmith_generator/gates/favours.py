"""Does a `metric.py` favour a magic submission? Found by trying, and by turning its conditions."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.errors import MetricError
from mlesmith_env.grading import Grader
from mlesmith_env.manifest import Part
from mlesmith_env.scripts.scoring import ScriptScorer
from mlesmith_generator.gates.conditions import Condition, conditions_of, turning
from mlesmith_generator.gates.literals import Constants
from mlesmith_generator.gates.probes import Bench, Probe, Rows, probes_of
from mlesmith_generator.gates.verdict import Finding, Scan

PARTS: tuple[Part, ...] = ("private", "public")
WHOLE, FEW = 0.10, 0.03
"""Shares of the way from a dealt-out truth to the truth by which a score may be better than what
is ordinary: of a whole submission, and of a few changed rows."""
TURNED = 0.8
"""Share of the way from a constant guess to the perfect score that no single condition may give."""
_DEALS = 3
_TOLD = 5


@dataclass(frozen=True)
class _Scale:
    """Scores of one part to compare with, all of them higher for better.

    Attributes:
        part: The part.
        rows: Its rows.
        base: Score of a guess that knows nothing.
        ordinary: Best score of ordinary constants.
        span: How far the truth is above the truth dealt out anew.
    """

    part: Part
    rows: Rows
    base: float
    ordinary: float
    span: float


def scan_magic(
    grader: Grader, scorer: ScriptScorer, truth: NDArray[Any], base: NDArray[Any]
) -> Scan:
    """Try what an honest metric has no reason to like.

    Args:
        grader: The grader of a task with a `metric.py`.
        scorer: What runs it.
        truth: The truth as predictions.
        base: The predictions of the sample submission.

    Raises:
        MetricError: The script fails as a whole.
        SandboxError: It can not be run.
    """
    name = "metric-magic"
    try:
        tree = ast.parse(scorer.source)
        constants = Constants(tree)
        literals = constants.literals
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Scan(name, "not looked for: the source can not be read")  # That is told elsewhere.
    parts = {part: np.flatnonzero(grader.mask(part)) for part in PARTS}
    bench = Bench(grader, truth, base, tuple(parts.values()))
    probes, refused = probes_of(bench, literals)
    findings: dict[str, Finding] = {}
    scales = [scale for part in PARTS if (scale := _scale(bench, part, parts[part])) is not None]
    for scale in scales:
        for probe, evidence in _favoured(bench, scale, probes):
            findings.setdefault(probe.told, Finding("metric-magic", evidence))
    turned = conditions_of(tree, constants, scorer.spec)
    for finding in _turned(bench, scorer, scales[:1], turned):
        findings.setdefault(finding.evidence, finding)
    told = (
        f"{len(probes)} submissions of {len(literals)} constants tried, {refused} values are no "
        f"valid prediction, {len(turned)} conditions turned"
    )
    return Scan(name, told, tuple(findings.values())[:_TOLD])


def _scale(bench: Bench, part: Part, rows: Rows) -> _Scale | None:
    """Return what scores are compared with; None where the metric has no scale there."""
    sign, random = bench.grader.metric.sign, np.random.default_rng(2)
    dealt = [bench.truth[random.permutation(rows)] for _ in range(_DEALS)]
    constants = [bench.whole(np.stack([value])) for value in bench.ordinary]
    usual = [one[rows] for one in constants if bench.valid(one)]
    cases = [(rows, guess) for guess in (bench.truth[rows], bench.base[rows], *dealt, *usual)]
    scores = sign * bench.grader.score_cases(cases)
    right, base, dealt_out = scores[0], scores[1], float(np.mean(scores[2 : 2 + _DEALS]))
    span = right - dealt_out
    if not np.isfinite([right, base, span]).all() or span <= 0:
        return None
    best = np.nanmax(scores[2 + _DEALS :]) if np.isfinite(scores[2 + _DEALS :]).any() else base
    return _Scale(part, rows, float(base), float(max(base, best)), float(span))


def _favoured(bench: Bench, scale: _Scale, probes: list[Probe]) -> list[tuple[Probe, str]]:
    """Return the probes that score what nobody can have earned, with the evidence."""
    sign, rows = bench.grader.metric.sign, scale.rows
    scores = sign * bench.grader.score_cases([(rows, probe.predictions[rows]) for probe in probes])
    found: list[tuple[Probe, str]] = []
    for probe, score in zip(probes, scores.tolist(), strict=True):
        share = FEW if probe.others else WHOLE
        if not score - scale.base > share * scale.span:
            continue  # No better than a constant guess, or no score at all.
        half = np.random.default_rng(11).permutation(rows)[: len(rows) // 2]
        own = np.intersect1d(probe.marked, rows)
        ways = [own] if probe.others else [own, half]
        mended = [bench.mended(probe.predictions, way) for way in ways]
        cases = [(rows, one[rows]) for one in (*mended, *probe.others)]
        compared = sign * bench.grader.score_cases(cases)
        if not np.isfinite(compared).any():
            continue
        # In a few rows nothing ordinary may come near; a whole submission has to bear each mending.
        rival = float(np.nanmax(compared) if probe.others else np.nanmin(compared))
        words = (
            "ordinary values in the same rows score"
            if probe.others
            else "with a row mended it scores"
        )
        if not probe.others and probe.lone:
            rival, words = min(rival, scale.ordinary), "other constants, or a row mended, score"
        if score - rival > share * scale.span:
            evidence = (
                f"{scale.part}: {probe.told} scores {sign * score:.6g}, {words} "
                f"{sign * rival:.6g}, a constant guess {sign * scale.base:.6g}"
            )
            found.append((probe, evidence))
    return found


def _turned(
    bench: Bench, scorer: ScriptScorer, scales: list[_Scale], conditions: list[Condition]
) -> list[Finding]:
    """Return the conditions that give a guess that knows nothing nearly the perfect score."""
    if not scales or not conditions:
        return []
    scale, sign = scales[0], bench.grader.metric.sign
    perfect = sign * bench.grader.metric.perfect
    found: list[Finding] = []
    for condition, score in zip(conditions, _scores(bench, scorer, scale, conditions), strict=True):
        where = f"line {condition.line}, `{condition.text}`"
        if score is None:
            evidence = f"{where}: where that turns out otherwise, the script does not end properly"
            found.append(Finding("metric-oversteps", evidence))
        elif sign * score - scale.base > TURNED * (perfect - scale.base) > 0:
            evidence = (
                f"{where}: a constant guess scores {sign * scale.base:.6g}, and {score:.6g} where "
                "that turns out otherwise"
            )
            code = "metric-unreached" if condition.degenerate else "metric-magic"
            found.append(Finding(code, evidence, warning=condition.degenerate))
    return found


def _scores(
    bench: Bench, scorer: ScriptScorer, scale: _Scale, conditions: list[Condition]
) -> list[float | None]:
    """Return the score of a constant guess with each condition turned; None: it does not end."""
    other = scorer.of_source(turning(scorer.source, conditions))
    case = (scale.rows, bench.base[scale.rows])
    try:
        return other.scores(bench.grader.answers, [case] * (1 + len(conditions))).tolist()[1:]
    except MetricError:
        pass  # One of them ends all: looked for below.
    finally:
        other.close()
    if len(conditions) == 1:
        return [None]
    half = len(conditions) // 2
    return [
        score
        for part in (conditions[:half], conditions[half:])
        for score in _scores(bench, scorer, scale, part)
    ]
