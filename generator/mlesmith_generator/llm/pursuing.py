"""One idea in the hands of models: drafted, brought into form, mended where gates complain."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import cast

from mlesmith_env.errors import GenerationError, MlesmithError, SandboxError
from mlesmith_env.task import Task
from mlesmith_generator.llm.answers import ProposedDraft
from mlesmith_generator.llm.conversation import Conversation
from mlesmith_generator.llm.drafting import candidate_of
from mlesmith_generator.llm.faults import BudgetError, ProviderError
from mlesmith_generator.llm.profile_words import defects_told, idea_told, profile_told
from mlesmith_generator.llm.roles import Role
from mlesmith_generator.llm.studio import Studio
from mlesmith_generator.llm.toolbox import as_json, fenced
from mlesmith_generator.records import Defect, Idea

Amend = Callable[[Idea, Sequence[Defect]], Idea]
"""Has an idea mended by whoever had it; raises GenerationError where it can not be."""

_BUILDS = 3
"""How often a draft that can not be built may come back."""


class ModelPursuit:
    """Follows an idea with models as Designer and Refactor.

    Args:
        idea: What the Brainstormer proposed.
        studio: Where the models work.
        number: Number of the idea.
        amend: Mends the idea itself.
    """

    def __init__(self, idea: Idea, studio: Studio, number: int, amend: Amend) -> None:
        """Have the idea worked out."""
        self._idea = idea
        self._studio = studio
        self._amend = amend
        self._rounds = 0
        self._about = f"idea {number}"
        self._tools = studio.drafting_tools(idea)
        self._designer = studio.talk("designer", self._about, self._tools)
        self._refactor: Conversation | None = None
        profile = fenced(profile_told(studio.assignment.profile))
        question = (
            f"Work out this idea:\n{fenced(idea_told(idea))}\n\n"
            f"What was measured about the dataset:\n{profile}"
        )
        self._draft = self._formed(self._designed(question))

    @property
    def rounds(self) -> int:
        """How many times it came back from the gates."""
        return self._rounds

    @property
    def players(self) -> Mapping[Role, str]:
        """The models that worked on the last candidate."""
        named = {"designer": self._studio.staffing.model("designer")}
        if self._refactor is not None:
            named["refactor"] = self._studio.staffing.model("refactor")
        return cast("Mapping[Role, str]", named)

    def candidate(self, workshop: Path) -> Task:
        """Build the draft; what can not be built goes back to the Designer, a few times."""
        for build in range(_BUILDS + 1):
            try:
                return self._built(workshop / str(build))
            except (SandboxError, ProviderError, BudgetError):
                raise
            except MlesmithError as error:
                if build == _BUILDS:
                    raise
                question = (
                    f"The draft can not be built:\n{fenced(str(error))}\nMend it, and answer with "
                    "all of it."
                )
                drafted = self._designed(self._with_draft(question))
                self._draft = self._formed(drafted, f"could not be built:\n{fenced(str(error))}")
        raise AssertionError("the last build returns or raises")

    def mend(self, defects: Sequence[Defect]) -> None:
        """Send each defect, with its evidence, to the stage that has to mend it."""
        self._rounds += 1
        self._studio.meter.check()
        before = self._draft
        by_stage = {
            stage: [defect for defect in defects if defect.stage == stage]
            for stage in ("brainstorm", "design", "refactor")
        }
        if by_stage["brainstorm"]:
            self._idea = self._amend(self._idea, by_stage["brainstorm"])
            question = (
                "The idea was changed, because of\n"
                f"{fenced(defects_told(by_stage['brainstorm']))}\n"
                f"Work it out as it is now:\n{fenced(idea_told(self._idea))}"
            )
            self._draft = self._formed(self._designed(question))
        elif by_stage["design"] or not self._studio.staffing.model("refactor"):
            found = [*by_stage["design"], *by_stage["refactor"]]
            drafted = self._designed(self._with_draft(_to_mend(found)))
            told = f"was refused by the gates:\n{fenced(defects_told(found))}"
            self._draft = self._formed(drafted, told)
        else:
            self._draft = self._refactored(self._with_draft(_to_mend(by_stage["refactor"]), True))
        if self._draft == before:
            raise GenerationError(
                f"{defects[0].code}: the draft came back as it was: {defects[0].evidence}"
            )

    def _with_draft(self, question: str, always: bool = False) -> str:
        """Return a question with the draft as it stands, where somebody else worked on it last."""
        if not always and self._refactor is None:
            return question
        return f"{question} The draft as it stands:\n{_draft_told(self._draft)}"

    def _designed(self, question: str) -> ProposedDraft:
        draft = self._designer.ask(question, ProposedDraft)
        if draft.given_up:
            raise GenerationError(f"the Designer gave up: {draft.given_up}")
        return draft

    def _formed(self, draft: ProposedDraft, fate: str = "") -> ProposedDraft:
        """Return a draft in the one layout; drafts without scripts are in it already.

        Args:
            draft: The Designer's.
            fate: What became of the last draft, for a Refactor that had it in hand.
        """
        scripted = draft.prepare_py or draft.metric_py
        if not scripted or not self._studio.staffing.model("refactor"):
            return draft
        before = f"The draft that you gave {fate}\n\n" if fate and self._refactor else ""
        question = f"{before}Bring this draft into the one layout:\n{_draft_told(draft)}"
        return self._refactored(question)

    def _refactored(self, question: str) -> ProposedDraft:
        if self._refactor is None:
            self._refactor = self._studio.talk("refactor", self._about, self._tools)
        draft = self._refactor.ask(question, ProposedDraft)
        if draft.given_up:
            raise GenerationError(f"the Refactor gave up: {draft.given_up}")
        return draft

    def _built(self, workshop: Path) -> Task:
        given = self._studio.assignment
        workshop.mkdir(parents=True)
        return candidate_of(
            self._draft,
            given.dataset,
            given.profile,
            given.names,
            workshop,
            seed=given.seed,
        )


def _to_mend(defects: Sequence[Defect]) -> str:
    return (
        f"The gates found defects:\n{fenced(defects_told(defects))}\nMend their cause, and answer "
        "with the whole draft."
    )


def _draft_told(draft: ProposedDraft) -> str:
    return fenced(as_json(draft.model_dump(mode="json")))
