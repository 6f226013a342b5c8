"""The story of an attempt at a dataset, as records: ideas, rounds, verdicts, endings, costs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from mlesmith_generator.trace.costs import Costs
from mlesmith_generator.trace.talks import Talk

Facts = tuple[tuple[str, str], ...]
"""Names and values of what an event tells beside what is told in words."""
How = Literal["admitted", "abandoned", "unjudged", "stopped", "open"]


@dataclass(frozen=True)
class Defect:
    """What a gate found.

    Attributes:
        code: Its stable name.
        stage: Who has to mend it.
        evidence: What was measured.
        columns: Columns that mending would leave out.
    """

    code: str
    stage: str
    evidence: str
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Gate:
    """The verdict of one gate on one draft.

    Attributes:
        name: Of the gate.
        passed: Whether nothing was found.
        by: Who judged: `rules`, or `model`.
        seconds: What it took, or None where the ledger does not tell.
        defects: What was found.
    """

    name: str
    passed: bool
    by: str
    seconds: float | None
    defects: tuple[Defect, ...] = ()

    @property
    def title(self) -> str:
        """The gate, and who judged where it was not the rules."""
        return self.name if self.by == "rules" else f"{self.name} by a {self.by}"


@dataclass(frozen=True)
class Round:
    """One draft of an idea, from what led to it to the verdicts on it.

    Attributes:
        number: From 0.
        drafted: Whether a draft came of it.
        slug: Of the draft.
        facts: What else the ledger says of the draft.
        mended: What was changed since the round before, where somebody told.
        work: Conversations that led to the draft.
        gates: The verdicts.
        judging: Conversations about the draft.
    """

    number: int
    drafted: bool
    slug: str = ""
    facts: Facts = ()
    mended: tuple[str, ...] = ()
    work: tuple[Talk, ...] = ()
    gates: tuple[Gate, ...] = ()
    judging: tuple[Talk, ...] = ()


@dataclass(frozen=True)
class Ending:
    """What became of an idea.

    Attributes:
        how: `admitted`; `abandoned` as defective; `unjudged`, because a provider failed; `stopped`
            with the attempt, because the budget was spent; `open`, where the ledger does not tell.
        told: The task's id, or the reason.
        seconds: What it took.
        withdrawn: Why the task was taken out again; empty where it was not.
    """

    how: How
    told: str = ""
    seconds: float | None = None
    withdrawn: str = ""

    @property
    def title(self) -> str:
        """The ending in a line."""
        took = "" if self.seconds is None else f" ({self.seconds:.1f} s)"
        if self.how == "open":
            return "not ended, as far as the ledger tells"
        if self.how == "admitted":
            gone = f", withdrawn again: {self.withdrawn}" if self.withdrawn else ""
            return f"admitted {self.told}{took}{gone}"
        meant = {"unjudged": " by a failure of the provider", "stopped": " by the budget"}
        return f"{self.how}{meant.get(self.how, '')}{took}: {self.told}"


@dataclass(frozen=True)
class IdeaStory:
    """One idea and what was made of it.

    Attributes:
        number: From 1.
        target: What is asked for.
        objective: How it is asked.
        metric: By what it is scored.
        holdout: Which rows are hidden.
        justification: Why it was proposed.
        facts: What else the ledger says of the idea.
        rounds: Its drafts in order.
        notes: Whatever else the ledger tells about it, a line each.
        ending: What became of it.
        costs: What calls of models for it came to.
    """

    number: int
    target: str
    objective: str
    metric: str
    holdout: str
    justification: str
    facts: Facts
    rounds: tuple[Round, ...]
    notes: tuple[str, ...]
    ending: Ending
    costs: Costs

    @property
    def title(self) -> str:
        """What is asked, in a line."""
        return f"{self.objective} of {self.target}, by {self.metric}, holdout {self.holdout}"


@dataclass(frozen=True)
class Table:
    """A table of the profile."""

    name: str
    rows: int
    columns: int


@dataclass(frozen=True)
class Attempt:
    """Which of the attempts at a dataset is told, and how it ended.

    Attributes:
        number: From 1, in the order in which attempts began.
        run: Name of the run that made it.
        ending: `done`, `stopped` by the budget, `failed`, or `not ended`.
        tasks: Tasks that were admitted.
        began: Seconds since the epoch, or None where the ledger does not tell.
        reason: Why it failed, or why there are no tasks.
        seconds: What it took.
    """

    number: int
    run: str
    ending: str
    tasks: int
    began: float | None
    reason: str = ""
    seconds: float | None = None

    @property
    def title(self) -> str:
        """The attempt in a line."""
        took = "" if self.seconds is None else f" after {self.seconds:.1f} s"
        reason = f": {self.reason}" if self.reason else ""
        return f"attempt {self.number}, {self.ending}{took}, {self.tasks} task(s){reason}"


@dataclass(frozen=True)
class Story:
    """Everything that is known of one attempt to make tasks of a dataset.

    Attributes:
        dataset: Its slug.
        attempt: The attempt that is told.
        others: The other attempts at the dataset.
        facts: With what the attempt began.
        tables: The tables of the profile; None where it was not made.
        problems: Files that could not be read, and why.
        notes: Events that belong to no idea, a line each.
        brainstorm: Conversations from which ideas came.
        ideas: The ideas in order.
        faults: What went wrong with providers, a line each.
        costs: By stage that asked a model.
        total: Of all of them.
        unreadable: Lines of the transcript that could not be read.
    """

    dataset: str
    attempt: Attempt
    others: tuple[Attempt, ...]
    facts: Facts
    tables: tuple[Table, ...] | None
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    brainstorm: tuple[Talk, ...]
    ideas: tuple[IdeaStory, ...]
    faults: tuple[str, ...]
    costs: tuple[Costs, ...]
    total: Costs
    unreadable: int = 0

    @property
    def profile(self) -> str:
        """What was measured, in a line."""
        if self.tables is None:
            return "not made"
        if not self.tables:
            return "no table"
        return "; ".join(
            f"{table.name}: {table.rows:,} rows, {table.columns:,} columns" for table in self.tables
        )

    @property
    def admitted(self) -> tuple[str, ...]:
        """Ids of the tasks that were admitted and not withdrawn again."""
        endings = (idea.ending for idea in self.ideas)
        return tuple(e.told for e in endings if e.how == "admitted" and not e.withdrawn)

    @property
    def drafts(self) -> int:
        """How many drafts there were."""
        return sum(each.drafted for idea in self.ideas for each in idea.rounds)


def facts_of(event: dict[str, Any], told: Iterable[str] = ()) -> Facts:
    """Return what an event says beside what is told in words; what is empty is left out."""
    known = {"event", "dataset", "run", "time", "idea", *told}
    return tuple(
        (name.replace("_", " "), _worded(value))
        for name, value in event.items()
        if name not in known and value not in (None, "", [], {})
    )


def _worded(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_worded(part) for part in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_worded(part)}" for name, part in value.items())  # pyright: ignore[reportUnknownVariableType]
    return str(value)
