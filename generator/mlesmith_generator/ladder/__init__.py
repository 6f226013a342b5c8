"""The ladder: reference programs from a constant to a blend of models, and what they measure."""

from __future__ import annotations

from mlesmith_generator.ladder.result import OPTIMUM, LadderResult, RungResult, anchors_from
from mlesmith_generator.ladder.run import run_ladder
from mlesmith_generator.ladder.rungs import Rung, ladder_for

__all__ = [
    "OPTIMUM",
    "LadderResult",
    "Rung",
    "RungResult",
    "anchors_from",
    "ladder_for",
    "run_ladder",
]
