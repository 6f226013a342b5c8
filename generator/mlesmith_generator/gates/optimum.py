"""Does the optimum of a synthetic task stand where it must: above everything that was learnt?"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from mlesmith_env.task import Task
from mlesmith_generator.gates.resampling import resample
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.ladder import OPTIMUM, LadderResult

LUCK = 3.0
"""Standard errors by which a rung may score better than the optimum: rows are a sample."""


def scan_optimum(
    task: Task, ladder: LadderResult, groups: NDArray[Any] | None, seed: int
) -> Scan | None:
    """Check that no rung beats the optimum by more than luck, and that one learns something.

    Returns None where no optimum is known.
    """
    best = ladder.rung(OPTIMUM)
    if best is None or best.predictions is None:
        return None
    mask = task.grader.mask("private")
    rungs = [rung for rung in ladder.worked if rung.predictions is not None and rung is not best]
    rows = [rung.predictions[mask] for rung in rungs if rung.predictions is not None]
    bootstrap = resample(
        task.grader.scoring("private"),
        int(mask.sum()),
        [best.predictions[mask], *rows],
        groups=None if groups is None else groups[mask],
        seed=seed,
    )
    sign, score = ladder.metric.sign, best.scores["private"]
    findings = [
        Finding("optimum-beaten", f"{rung.name} scores {rung.scores['private']:.6g}", "brainstorm")
        for place, rung in enumerate(rungs, 1)
        if sign * (rung.scores["private"] - score) > LUCK * bootstrap.error_of_difference(place, 0)
    ]
    nearest = max(rungs, key=lambda rung: sign * rung.scores["private"])
    if nearest.trivial:
        evidence = f"no program that looks at the rows is better than {nearest.name}"
        findings.append(Finding("no-headroom", evidence, "brainstorm"))
    told = f"optimum {score:.6g}, next {nearest.name} {nearest.scores['private']:.6g}"
    return Scan("optimum", told, tuple(findings))
