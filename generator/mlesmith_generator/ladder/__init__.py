"""The ladder: reference programs from a constant to a blend of models, and what they measure."""

from __future__ import annotations

from mlesmith_generator.ladder.result import LadderResult, RungResult, anchors_from
from mlesmith_generator.ladder.run import run_ladder
from mlesmith_generator.ladder.rungs import PROGRAMS, Rung, ladder_for

__all__ = [
    "PROGRAMS",
    "LadderResult",
    "Rung",
    "RungResult",
    "anchors_from",
    "ladder_for",
    "run_ladder",
]
