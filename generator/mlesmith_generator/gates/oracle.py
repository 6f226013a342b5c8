"""Whether the metric bites: the truth scores perfectly, and the worse the guess, the worse."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.errors import MetricError
from mlesmith_env.metrics import Metric
from mlesmith_env.metrics.cases import ScoreCases, scoring_by
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.ladder import LadderResult

SPOILT = (0.0, 0.1, 0.4, 1.0)
"""Shares of the rows whose true values are dealt out anew among them."""
DEALS = 5
SLACK = 0.02
"""Share of the whole span by which a worse guess may score better, by chance."""


def scan_oracle(
    metric: Metric,
    truth: NDArray[Any],
    oracle: NDArray[Any],
    ladder: LadderResult,
    *,
    score: ScoreCases | None = None,
    seed: int = 0,
) -> Scan:
    """Score the truth, and the truth spoilt more and more; no rung may score better than it.

    Args:
        metric: The metric.
        truth: Canonical truth of the private rows, (n,) or (n, k).
        oracle: The predictions that say it.
        ladder: The rungs.
        score: What scores cases over these rows, where it is not the metric by itself.
        seed: Seed of the dealing.
    """
    try:
        if score is None:
            metric(truth, oracle)
        scores = _spoilt_scores(score or scoring_by(metric, truth), oracle, seed)
    except MetricError as problem:
        told = f"the metric can not score the true values: {problem}"
        return Scan("metric-bites", "", (Finding("metric-undefined", told),))
    told = ", ".join(
        f"{score:.5g} with {share:.0%} of the truth spoilt"
        for share, score in zip(SPOILT, scores, strict=True)
    )
    findings: list[Finding] = []
    span = metric.sign * (scores[0] - scores[-1])
    rungs = {rung.name: rung.scores["private"] for rung in ladder.worked}
    same = len(set(rungs.values())) == 1 and len(rungs) > 1
    better = [name for name, score in rungs.items() if metric.better(score, scores[0])]
    falls = [metric.sign * (a - b) for a, b in itertools.pairwise(scores)]
    if span == 0:
        findings.append(Finding("constant-metric", f"{metric.name} does not see errors: {told}"))
    elif span < 0 or min(falls) < -SLACK * abs(span):
        findings.append(Finding("inverted-metric", f"worse guesses score better: {told}"))
    if better and span != 0:
        evidence = f"{', '.join(better)} score better than the truth itself ({scores[0]:.6g})"
        findings.append(Finding("inverted-metric", evidence))
    if same and span != 0:
        evidence = f"every rung scores {next(iter(rungs.values())):.6g} on the private rows"
        findings.append(Finding("constant-metric", evidence))
    if scores[0] != metric.perfect and not np.isclose(scores[0], metric.perfect, atol=1e-9):
        evidence = f"the truth scores {scores[0]:.6g}, but {metric.perfect:g} is declared perfect"
        findings.append(Finding("truth-not-perfect", evidence))
    return Scan("metric-bites", f"{metric.name}: {told}", tuple(findings))


def _spoilt_scores(score: ScoreCases, oracle: NDArray[Any], seed: int) -> list[float]:
    """Return the mean score of each share of `SPOILT`; raises `MetricError` where one has none."""
    draws = np.random.default_rng(seed)
    whole = np.arange(len(oracle))
    cases: list[tuple[NDArray[np.int64], NDArray[Any]]] = []
    for share in SPOILT:
        for _ in range(DEALS if share else 1):
            spoilt = oracle.copy()
            rows = draws.permutation(len(oracle))[: round(share * len(oracle))]
            spoilt[rows] = oracle[draws.permutation(rows)]
            cases.append((whole, spoilt))
    found = score(cases)
    if not np.isfinite(found).all():
        raise MetricError("it gives no score for them, or for some of them in other rows")
    return [float(found[0]), *found[1:].reshape(-1, DEALS).mean(axis=1).tolist()]
