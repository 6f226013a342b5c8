"""The ladder: reference programs from a constant to a blend of models."""

from __future__ import annotations

from mlesmith_generator.ladder.rungs import Rung, ladder_for

__all__ = ["Rung", "ladder_for"]
