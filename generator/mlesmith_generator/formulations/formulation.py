"""What every formulation brings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from mlesmith_env.manifest import Manifest
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.formulations.program import Program
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.records import DatasetProfile, Idea

if TYPE_CHECKING:
    from mlesmith_generator.describe.page import Page

Section = Callable[["Page"], str]
"""Writes the text below one heading of a description."""


@dataclass(frozen=True)
class Proposal:
    """An idea with the score by which ideas of all formulations are ranked.

    A score is in the units of the tables' ideas: 1.3 and above for what a practitioner would
    choose to ask of the data, 3 for the obvious question, below 0.5 for a last resort.
    """

    idea: Idea
    score: float


class Formulation(Protocol):
    """One way of asking, over one kind of data."""

    @property
    def name(self) -> str:
        """Its name in the ledger, for instance `survival`."""
        ...

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task is of this formulation, from what its manifest says."""
        ...

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas, best first; none where the data do not afford it.

        Args:
            profile: What was measured about the dataset.
            folder: Its raw files.
            limit: How many ideas are of use.
            seed: Seed of samples and quick models.

        Raises:
            GenerationError: There is none, and the message says why.
        """
        ...

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder of a task, from the foot up."""
        ...

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return further constants that its programs are given, beside those of every task."""
        ...

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return leak scans of its own, beside those over the columns of tables."""
        ...

    @property
    def sections(self) -> Mapping[str, Section]:
        """The sections of a description that it words itself, by heading."""
        ...
