"""What the models of one dataset share: calls, tools, transcript, and how they are introduced."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from mlesmith_env.errors import GenerationError, MlesmithError, SandboxError
from mlesmith_env.task import Task
from mlesmith_generator.byhand.measured import measured_page
from mlesmith_generator.gates.assertions import assertions_gate
from mlesmith_generator.gates.review import review_gate
from mlesmith_generator.llm.answers import LONGEST_PAGE, ProposedDraft
from mlesmith_generator.llm.calls import Calls
from mlesmith_generator.llm.conversation import Conversation, Persona
from mlesmith_generator.llm.drafting import candidate_of, hand_draft
from mlesmith_generator.llm.examples import examples_told
from mlesmith_generator.llm.exploring import Explorer
from mlesmith_generator.llm.meter import Meter
from mlesmith_generator.llm.profile_words import report_told
from mlesmith_generator.llm.recipe_words import recipe_tool
from mlesmith_generator.llm.roles import (
    Role,
    filled,
    forms_told,
    metrics_told,
    objectives_told,
)
from mlesmith_generator.llm.staffing import Staffing
from mlesmith_generator.llm.toolbox import Arguments, Tool, Toolbox
from mlesmith_generator.llm.transcript import Transcript
from mlesmith_generator.planner import Assignment
from mlesmith_generator.records import Idea

_PAGED = frozenset({"number", "label", "probability", "probabilities"})
"""Kinds of prediction for which a page of measured facts can be written."""


class _Draft(Arguments):
    draft: ProposedDraft = Field(description="The whole draft, as it would be answered.")


class Studio:
    """The room in which models work on one dataset.

    Args:
        assignment: What they work on.
        staffing: Who plays which stage.
        calls: Asks the models.
        meter: Counts what they take.
        transcript: Where everything is written down.
        answer_tokens: Most tokens that one answer may have.
    """

    def __init__(
        self,
        assignment: Assignment,
        staffing: Staffing,
        calls: Calls,
        meter: Meter,
        transcript: Transcript,
        answer_tokens: int = 16_000,
    ) -> None:
        """Lay out the tools; nothing is started before it is used."""
        self.assignment = assignment
        self.staffing = staffing
        self.meter = meter
        self._calls = calls
        self._transcript = transcript
        self._answer_tokens = answer_tokens
        self._explorer = self.explorer(assignment.dataset.folder)

    def explorer(self, folder: Path) -> Explorer:
        """Return tools that look at a folder; whoever asks has to close them."""
        return Explorer(self.assignment.profile, folder, sandbox=self.assignment.sandbox)

    def talk(
        self,
        stage: Role,
        about: str,
        tools: Sequence[Tool[Any]] = (),
        explorer: Explorer | None = None,
        *,
        looking: bool = True,
    ) -> Conversation:
        """Begin a conversation with whoever plays a stage.

        Args:
            stage: The stage.
            about: What it is about, for the transcript.
            tools: What may be called beside the tools that look at the data.
            explorer: Where these look; by default at the raw files.
            looking: Whether there are tools that look at the data.
        """
        fields = {
            "limit": str(self.assignment.ideas),
            "metrics": metrics_told(),
            "objectives": objectives_told(),
            "forms": forms_told(),
            "examples": examples_told(self.assignment.profile),
        }
        persona = Persona(
            role=stage,
            model=self.staffing.model(stage),
            prompt=filled(stage, fields),
            max_tokens=self._answer_tokens,
            seed=self.assignment.seed,
        )
        sight = (explorer or self._explorer).tools() if looking else ()
        toolbox = Toolbox([*sight, *tools])
        note = self._transcript.note(stage, about)
        return Conversation(persona, self._calls, toolbox, note=note, check=self.meter.check)

    def drafting_tools(self, idea: Idea) -> tuple[Tool[Any], ...]:
        """Return the tools of those who work an idea out: recipes, a try of a draft, its facts."""
        tried = Tool(
            "try_draft",
            "Builds a draft and tells what assertions and written review find, with evidence.",
            _Draft,
            lambda given: self._built(given.draft, self._judged),
        )
        page = Tool(
            "page_of_draft",
            "Builds a draft and gives a page of measured facts about what came of it.",
            _Draft,
            lambda given: self._built(
                given.draft, lambda task: self._page(task, given.draft, idea)
            ),
            LONGEST_PAGE,
        )
        return recipe_tool(), tried, page

    def close(self) -> None:
        """End what was started. May be called more than once."""
        self._explorer.close()
        self._transcript.close()

    def _built(self, draft: ProposedDraft, told: Callable[[Task], str]) -> str:
        """Return what is told of the task that a draft gives; nothing of it stays."""
        given = self.assignment
        with tempfile.TemporaryDirectory(prefix="mlesmith-try-") as workshop:
            try:
                task = candidate_of(
                    draft,
                    given.dataset,
                    given.profile,
                    given.names,
                    Path(workshop),
                    seed=given.seed,
                )
            except SandboxError:
                raise
            except MlesmithError as error:
                return f"it can not be built: {error}"
            try:
                return told(task)
            finally:
                task.close()

    def _judged(self, task: Task) -> str:
        reports = [assertions_gate(task)]
        if reports[-1].passed:
            reports.append(review_gate(task, self.assignment.profile))
        return report_told(reports)

    def _page(self, task: Task, proposed: ProposedDraft, idea: Idea) -> str:
        draft, _ = hand_draft(proposed)
        if draft.submission.kind not in _PAGED:
            raise GenerationError(
                f"no page of facts is written for predictions of kind {draft.submission.kind!r}; "
                "measure with run_python"
            )
        profile = self.assignment.profile
        table = next((each for each in profile.tables if each.name == idea.table), None)
        asked = {
            "target": draft.recipe.target,
            "target_source": draft.recipe.target,
            "objective": draft.objective,
            "holdout": draft.recipe.holdout,
        }
        public = task.prepare().public_dir
        return measured_page(draft, public, idea.model_copy(update=asked), profile, table)
