"""A program of a ladder, before it is written out for a task."""

from __future__ import annotations

from dataclasses import dataclass

from mlesmith_env.manifest import PredictionKind


@dataclass(frozen=True)
class Program:
    """One reference program.

    Attributes:
        name: Name on the leaderboard, and stem of its file.
        parts: Paths of shared parts below `ladder/programs/parts/`, without ending, in order.
        trivial: Whether it looks at no feature at all.
        kinds: Kinds of prediction that it is for; all where empty.
        family: Folder of its file below `ladder/programs/`, empty for those of tables.
        repeats: Programs that it comes to on some data; it is left out where it predicts alike.
    """

    name: str
    parts: tuple[str, ...] = ()
    trivial: bool = False
    kinds: tuple[PredictionKind, ...] = ()
    family: str = ""
    repeats: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Path of its file below `ladder/programs/`."""
        return f"{self.family}/{self.name}.py" if self.family else f"{self.name}.py"


SAMPLE = Program("sample_submission", trivial=True)
"""Hands in the sample submission: the foot of every ladder."""
