"""Measuring the quality of a task from its ladder and from what the execution gate saw."""

from __future__ import annotations

from collections.abc import Sequence

from mlesmith_env.manifest import Manifest
from mlesmith_env.quality import Quality
from mlesmith_env.sources import SourceRecord
from mlesmith_generator.contamination import contaminated_by
from mlesmith_generator.ladder import LadderResult
from mlesmith_generator.records import GateReport


def measure_quality(
    manifest: Manifest, source: SourceRecord, ladder: LadderResult, reports: Sequence[GateReport]
) -> Quality:
    """Return the quality of a task.

    Args:
        manifest: The sealed manifest.
        source: The record of its dataset.
        ladder: What its reference programs scored.
        reports: Verdicts of the gates; headroom and discrimination are those of the execution
            gate.
    """
    values = {
        check.name: check.value
        for report in reports
        if report.gate == "execution"
        for check in report.checks
    }
    return Quality(
        digest=manifest.digest,
        headroom=_rounded(values.get("headroom")),
        discrimination=_rounded(values.get("discrimination")),
        difficulty=_rounded(difficulty_of(ladder)),
        seconds=round(ladder.seconds, 1),
        contaminated_by=contaminated_by(manifest, source),
    )


def difficulty_of(ladder: LadderResult) -> float | None:
    """Return how difficult a task is, between 0 and 1, from its ladder alone.

    Two shares, on private rows, with equal weight: how far the best of the simple rungs stays
    below the ceiling, as a share of the way from floor to ceiling; and how far the ceiling stays
    below the perfect score, as a share of the way from floor to perfect. Simple is the lower half
    (rounded down) of the rungs that are not trivial. So a task is easy when a simple program gets
    everywhere, hard when only strong programs gain and even they stay far from perfect.

    Returns:
        The difficulty, or None where the ladder has no scale.
    """
    strong = [rung for rung in ladder.worked if not rung.trivial]
    if not strong or len(strong) == len(ladder.worked) or ladder.gap("private") <= 0:
        return None
    floor = ladder.floor_rung("private").scores["private"]
    ceiling = ladder.ceiling_rung("private").scores["private"]
    simple = strong[: max(1, len(strong) // 2)]
    reached = max((rung.scores["private"] - floor) / (ceiling - floor) for rung in simple)
    solved = (ceiling - floor) / (ladder.metric.perfect - floor)
    return 1 - (min(max(reached, 0.0), 1.0) + min(max(solved, 0.0), 1.0)) / 2


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)
