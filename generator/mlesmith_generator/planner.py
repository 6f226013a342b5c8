"""Who plans: the stages before the gates, by rules or by somebody else in their place.

A planner has ideas and follows each of them as a pursuit: it gives candidates, and mends what the
gates find. The gates are the same for all planners; one may add judges of its own to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Provenance
from mlesmith_env.task import Task
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.dataset import Dataset
from mlesmith_generator.designer import design, redesign
from mlesmith_generator.ladder import LadderResult
from mlesmith_generator.records import DatasetProfile, Defect, GateReport, Idea
from mlesmith_generator.refactor import Names, refactor
from mlesmith_generator.wished import idea_of


@dataclass(frozen=True)
class Assignment:
    """What a planner works on.

    Attributes:
        source: What the command line calls the dataset.
        dataset: Its raw files.
        profile: What was measured about them.
        names: Hands out slugs.
        ideas: How many ideas at most.
        seed: Seed of everything drawn.
        sandbox: Backend in which programs run.
    """

    source: str
    dataset: Dataset
    profile: DatasetProfile
    names: Names
    ideas: int
    seed: int
    sandbox: str = "local"


@dataclass(frozen=True)
class Expense:
    """What an idea took of models.

    Attributes:
        tokens: Tokens read and written, those of answers that were known already included.
        usd: Their price in dollars; None where a price is not known.
    """

    tokens: int = 0
    usd: float | None = 0.0


class Pursuit(Protocol):
    """One idea on its way to a task."""

    @property
    def rounds(self) -> int:
        """How many times it came back from the gates."""
        ...

    def candidate(self, workshop: Path) -> Task:
        """Write a candidate package into a workshop folder and return it as a task."""
        ...

    def mend(self, defects: Sequence[Defect]) -> None:
        """Mend the draft; raises GenerationError where that can not be done."""
        ...


class Planner(Protocol):
    """Has ideas for one dataset and follows them."""

    @property
    def expense(self) -> Expense:
        """What the idea that is pursued now has taken of models so far."""
        ...

    def ideas(self) -> Sequence[Idea]:
        """Return the ideas, best first; raises GenerationError where there is none."""
        ...

    def pursue(self, idea: Idea) -> Pursuit:
        """Work an idea out; raises GenerationError where it can not be carried out."""
        ...

    def judging(self) -> AbstractContextManager[None]:
        """Return a context for judging: what is raised out of it is an error of ours, or a bug."""
        ...

    def review(self, task: Task) -> GateReport | None:
        """Return a judgement on top of the written rules', or None where there is none."""
        ...

    def play(self, task: Task, ladder: LadderResult) -> GateReport | None:
        """Return what came of playing a task whose ladder is known, or None if nobody played."""
        ...

    def signed(self, provenance: Provenance) -> Provenance:
        """Return the provenance of the last candidate, with who played which stage."""
        ...

    def close(self) -> None:
        """Let go of everything that was started. May be called more than once."""
        ...


class RulePursuit:
    """An idea worked out by the rules of Designer and Refactor."""

    def __init__(self, idea: Idea, assignment: Assignment) -> None:
        """Work the idea out."""
        self._assignment = assignment
        self._draft = design(
            idea, assignment.profile, assignment.dataset.folder, seed=assignment.seed
        )

    @property
    def rounds(self) -> int:
        """How many times it came back from the gates."""
        return self._draft.rounds

    def candidate(self, workshop: Path) -> Task:
        """Write the candidate by the rules of the Refactor."""
        given = self._assignment
        return refactor(self._draft, given.dataset, given.names, workshop, seed=given.seed)

    def mend(self, defects: Sequence[Defect]) -> None:
        """Leave out the columns that the defects name."""
        blocked = [defect for defect in defects if defect.stage != "design"]
        if blocked:
            raise GenerationError(f"{blocked[0].code}: {blocked[0].evidence}")
        self._draft = redesign(self._draft, defects, seed=self._assignment.seed)


class RulePlanner:
    """Plans by rules alone.

    Args:
        assignment: What it works on.
    """

    def __init__(self, assignment: Assignment) -> None:
        """Remember what to work on."""
        self._assignment = assignment

    @property
    def expense(self) -> Expense:
        """Rules take nothing of models."""
        return Expense()

    def ideas(self) -> Sequence[Idea]:
        """Return what a synthetic dataset was made for, or else the ideas of all formulations."""
        given = self._assignment
        if given.dataset.wish is not None:
            wish, folder = given.dataset.wish, given.dataset.folder
            return (idea_of(wish, given.source, given.profile, folder, seed=given.seed),)
        return ideas_for(given.profile, given.dataset.folder, limit=given.ideas, seed=given.seed)

    def pursue(self, idea: Idea) -> Pursuit:
        """Work an idea out by the rules of Designer and Refactor."""
        return RulePursuit(idea, self._assignment)

    def judging(self) -> AbstractContextManager[None]:
        """Return a context that changes nothing: whatever trips over a rule's draft is a bug."""
        return nullcontext()

    def review(self, task: Task) -> GateReport | None:
        """The written rules are the review gate itself: nothing comes on top."""
        del task

    def play(self, task: Task, ladder: LadderResult) -> GateReport | None:
        """The ladder has played already: nothing comes on top."""
        del task, ladder

    def signed(self, provenance: Provenance) -> Provenance:
        """Return it as it is."""
        return provenance

    def close(self) -> None:
        """There is nothing to let go of."""
