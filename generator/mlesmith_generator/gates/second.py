"""Whether one column is a near copy of the target, beside which no model has anything to add."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from mlesmith_env.manifest import Part
from mlesmith_env.metrics.numbers import spearman
from mlesmith_env.task import Task
from mlesmith_generator.gates.anchoring import PARTS
from mlesmith_generator.gates.resampling import resample_rungs, rows_of
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.ladder import LadderResult, RungResult

NEAR_COPY = 0.97
"""Rank correlation, on both parts, of what one column tells with the answers."""
STRONG = 0.9
"""The same from which it is worth a warning."""
ALL_BUT = 0.98
"""Share of the way from floor to ceiling from which one column counts as the ceiling."""
WITHIN = 1.0
"""Standard errors below the ceiling within which it counts as that as well."""


def scan_near_copy(
    task: Task, ladder: LadderResult, column: str, groups: NDArray[Any] | None, seed: int
) -> Scan:
    """Refuse a number that one column tells as well as the whole ladder, being nearly its copy.

    A strong column is no fault where others add to it, nor is a weak one that stands at the top
    for want of any better. What is refused is a second measurement of the target; one that tells
    less of it is warned of, as the answer may simply follow one cause.

    Args:
        task: The task.
        ladder: What was measured.
        column: The column that `best_column` chose.
        groups: Groups of the hidden rows, which are resampled together, or None.
        seed: Seed of the resampling.
    """
    name, rung = "near-copy", ladder.rung("best_column")
    if rung is None or task.manifest.submission.kind != "number":
        return Scan(name, "no number is asked for, or no column was tried alone")
    ranks = {
        part: spearman(task.grader.truth(part), rows_of(rung.predictions, task.grader.mask(part)))
        for part in PARTS
    }
    told = (
        f"what column {column!r} tells has rank correlation {ranks['private']:.3f} with the "
        f"answers on private rows, {ranks['public']:.3f} on public ones"
    )
    if min(ranks.values()) < STRONG:
        return Scan(name, told)
    if not all(_is_ceiling(task, ladder, rung, part, groups, seed) for part in PARTS):
        return Scan(name, f"{told}; others add to it")
    columns, kept = (column,) if column else (), min(ranks.values()) < NEAR_COPY
    what = "kept, as it is far from exact" if kept else "it is nearly a copy of the target"
    evidence = f"{told}, and no rung adds to it: {what}"
    finding = Finding("single-column-leak", evidence, columns=columns, warning=kept)
    return Scan(name, told, (finding,))


def _is_ceiling(
    task: Task,
    ladder: LadderResult,
    rung: RungResult,
    part: Part,
    groups: NDArray[Any] | None,
    seed: int,
) -> bool:
    """Return whether a rung is the ceiling on a part, but for a trifle or for luck."""
    ceiling, gap = ladder.ceiling_rung(part), ladder.gap(part)
    short = ladder.metric.sign * (ceiling.scores[part] - rung.scores[part])
    if short <= (1 - ALL_BUT) * gap:
        return True
    resampled = resample_rungs(task, part, (rung, ceiling), groups=groups, seed=seed)
    return short <= WITHIN * resampled.error_of_difference(1, 0)
