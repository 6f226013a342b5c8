"""The planner whose stages are played by models, each of them or some."""

from __future__ import annotations

from collections.abc import Sequence

from mlesmith_env.errors import GenerationError
from mlesmith_env.task import Task
from mlesmith_generator.llm.conversation import Conversation
from mlesmith_generator.llm.faults import BudgetError
from mlesmith_generator.llm.ideas import ask_for_ideas
from mlesmith_generator.llm.pursuing import ModelPursuit
from mlesmith_generator.llm.reviewing import Documents, judged
from mlesmith_generator.llm.staffing import PlannedStage
from mlesmith_generator.llm.studio import Studio, profile_told
from mlesmith_generator.llm.writing import WrittenPursuit
from mlesmith_generator.planner import Pursuit, RulePlanner
from mlesmith_generator.records import Defect, GateReport, Idea


class ModelPlanner:
    """Plans with models where the staffing names one, and by rules elsewhere.

    Args:
        studio: Where the models work.
        rules: Stands in for stages without a model, and for all where the budget is spent and the
            staffing says so.
    """

    def __init__(self, studio: Studio, rules: RulePlanner) -> None:
        """Remember who works where; the first call is made when ideas are asked for."""
        self._studio = studio
        self._rules = rules
        self._brainstormer: Conversation | None = None
        self._pursued = 0
        self._spent = False

    def ideas(self) -> Sequence[Idea]:
        """Return ideas of the model, or of the rules."""
        given = self._studio.assignment
        if given.dataset.wish is not None or not self._plays("brainstormer"):
            return self._rules.ideas()
        self._brainstormer = self._studio.talk("brainstormer", "ideas")
        question = (
            f"This is what was measured about the dataset. Explore it, then answer with at most "
            f"{given.ideas} ideas.\n\n{profile_told(given.profile)}"
        )
        try:
            return ask_for_ideas(self._brainstormer, question, given.profile, given.ideas)
        except BudgetError as error:
            self._let_rules(error)
            return self._rules.ideas()

    def pursue(self, idea: Idea) -> Pursuit:
        """Work an idea out with the model as Designer, or by rules."""
        self._pursued += 1
        try:
            if self._plays("designer") and self._studio.assignment.dataset.wish is None:
                return ModelPursuit(idea, self._studio, self._pursued, self._amend)
            made = self._rules.pursue(idea)
            if self._plays("writer"):
                return WrittenPursuit(made, self._studio, self._pursued)
            return made
        except BudgetError as error:
            self._let_rules(error)
            return self._rules.pursue(idea)

    def review(self, task: Task) -> GateReport | None:
        """Return the Reviewer's verdict; without one nothing is admitted."""
        if not self._plays("reviewer"):
            return None
        talk = self._studio.talk("reviewer", task.manifest.slug)
        question = (
            f"Review this candidate, {task.manifest.slug}. Its page:\n\n{task.description}\n\n"
            f"Its public files: {', '.join(sorted(task.manifest.prepared))}."
        )
        try:
            return judged(talk, question, Documents.of(task))
        except BudgetError as error:
            self._let_rules(error)
            return None

    def close(self) -> None:
        """End what was started."""
        self._studio.close()

    def _plays(self, stage: PlannedStage) -> bool:
        return not self._spent and bool(self._studio.staffing.model(stage))

    def _let_rules(self, error: BudgetError) -> None:
        """Let rules do the rest where the staffing says so; else raise what ended it."""
        if not self._studio.staffing.falls_back:
            raise error
        self._spent = True

    def _amend(self, idea: Idea, defects: Sequence[Defect]) -> Idea:
        told = "; ".join(f"{defect.code}: {defect.evidence}" for defect in defects)
        if self._brainstormer is None:
            raise GenerationError(told)
        question = (
            f"The idea to ask for {idea.target!r} did not pass: {told}. Answer with one idea: this one "
            "mended, or another that you have not proposed yet."
        )
        (mended, *_) = ask_for_ideas(
            self._brainstormer, question, self._studio.assignment.profile, 1
        )
        return mended
