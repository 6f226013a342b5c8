"""The planner whose stages are played by models, each of them or some."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from mlesmith_env.errors import GenerationError
from mlesmith_env.manifest import Provenance
from mlesmith_env.task import Task
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.ladder import LadderResult
from mlesmith_generator.ledger import Ledger
from mlesmith_generator.llm.answers import ProposedIdea
from mlesmith_generator.llm.conversation import Conversation
from mlesmith_generator.llm.faults import BudgetError, of_the_draft
from mlesmith_generator.llm.ideas import ask_for_ideas, asked_in, idea_by_rules, idea_from
from mlesmith_generator.llm.meter import Meter
from mlesmith_generator.llm.profile_words import profile_told
from mlesmith_generator.llm.pursuing import ModelPursuit
from mlesmith_generator.llm.reviewing import reviewed
from mlesmith_generator.llm.roles import Role, version_of
from mlesmith_generator.llm.settings import ModelSettings
from mlesmith_generator.llm.solving import played
from mlesmith_generator.llm.staffing import RULES
from mlesmith_generator.llm.studio import Studio
from mlesmith_generator.llm.toolbox import fenced
from mlesmith_generator.llm.transcript import Transcript
from mlesmith_generator.llm.writing import WrittenPursuit
from mlesmith_generator.planner import Assignment, Expense, Planner, Pursuit, RulePlanner
from mlesmith_generator.records import Defect, GateReport, Idea

_MEASURED = 4
"""Ideas of the rules that are shown beyond those that are wanted."""


def hire(
    models: ModelSettings,
    assignment: Assignment,
    rules: RulePlanner,
    registry: Path,
    ledger: Ledger,
) -> Planner:
    """Return a planner with models where the settings name one.

    Args:
        models: Who plays which stage, where, and for how much.
        assignment: What to work on.
        rules: Plays the other stages.
        registry: Root in which transcripts and the purse lie.
        ledger: Records what is called and what it costs.
    """
    meter = Meter(ledger.record, models.bounds)
    transcript = Transcript(registry, assignment.dataset.slug, ledger.run)
    calls = models.calls(registry, meter.tell)
    studio = Studio(assignment, models.staffing, calls, meter, transcript, models.answer_tokens)
    return ModelPlanner(studio, rules)


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
        self._pursuit: Pursuit | None = None
        self._measured: tuple[Idea, ...] = ()
        self._pursued = 0
        self._taken: set[tuple[str, str, str]] = set()
        self._spent = False
        self._credits: dict[Role, str] = {}

    @property
    def expense(self) -> Expense:
        """What the idea that is pursued now has taken of models so far."""
        return self._studio.meter.expense

    def ideas(self) -> Sequence[Idea]:
        """Return ideas of the model, or of the rules."""
        given = self._studio.assignment
        if given.dataset.wish is not None or not self._plays("brainstormer"):
            return self._rules.ideas()
        try:
            found = self._asked()
        except BudgetError as error:
            self._let_rules(error)
            return self._rules.ideas()
        self._credits["brainstormer"] = self._studio.staffing.model("brainstormer")
        return found

    def pursue(self, idea: Idea) -> Pursuit:
        """Work an idea out with the model as Designer, or by rules."""
        self._pursued += 1
        self._taken.add(asked_in(idea))
        self._studio.meter.start(self._pursued)
        self._pursuit = None
        if self._plays("designer") and self._studio.assignment.dataset.wish is None:
            self._pursuit = ModelPursuit(idea, self._studio, self._pursued, self._amend)
            return self._pursuit
        made = self._rules.pursue(idea)
        if self._plays("writer"):
            self._pursuit = WrittenPursuit(made, self._studio, self._pursued, self._let_rules)
            return self._pursuit
        return made

    def judging(self) -> AbstractContextManager[None]:
        """Return a context in which what trips over a model's draft is an error of the draft."""
        return of_the_draft() if isinstance(self._pursuit, ModelPursuit) else nullcontext()

    def review(self, task: Task) -> GateReport | None:
        """Return the Reviewer's verdict; without one nothing is admitted."""
        self._credits.pop("reviewer", None)
        if not self._plays("reviewer"):
            return None
        try:
            report = reviewed(task, self._studio)
        except BudgetError as error:
            self._let_rules(error)
            return None
        self._credits["reviewer"] = self._studio.staffing.model("reviewer")
        return report

    def play(self, task: Task, ladder: LadderResult) -> GateReport | None:
        """Return what came of a model's play, where one is to be a witness."""
        self._credits.pop("solver", None)
        if not self._plays("solver"):
            return None
        try:
            report = played(task, ladder, self._studio)
        except BudgetError as error:
            self._let_rules(error)
            return None
        self._credits["solver"] = self._studio.staffing.model("solver")
        return report

    def signed(self, provenance: Provenance) -> Provenance:
        """Return the provenance with who played which stage of the last candidate."""
        own = self._pursuit.players if isinstance(self._pursuit, _SIGNING) else {}
        playing: dict[Role, str] = {**self._credits, **own}
        if not playing:
            return provenance
        stages: tuple[Role, ...] = ("brainstormer", "designer", "refactor", "writer", "reviewer")
        told = {stage: playing.get(stage, RULES) for stage in stages}
        if "designer" in playing:
            told["writer"] = playing["designer"]  # Who designs writes the page as well.
        told |= {"solver": playing["solver"]} if "solver" in playing else {}
        return provenance.model_copy(
            update={
                "planner": self._studio.staffing.planner,
                "stages": told,
                "prompts": {stage: version_of(stage) for stage in playing},
            }
        )

    def close(self) -> None:
        """End what was started."""
        self._studio.close()

    def _asked(self) -> tuple[Idea, ...]:
        given = self._studio.assignment
        self._brainstormer = self._studio.talk("brainstormer", "ideas")
        question = (
            "This is what was measured about the dataset. Explore it, then answer with at most "
            f"{given.ideas} ideas.\n\n{fenced(profile_told(given.profile))}"
        )
        if not self._studio.staffing.model("designer"):
            self._measured = self._ideas_of_rules()
            question += f"\n\n{_measured_told(self._measured)}"
        return ask_for_ideas(self._brainstormer, question, self._brought, given.ideas)

    def _ideas_of_rules(self) -> tuple[Idea, ...]:
        given = self._studio.assignment
        try:
            return ideas_for(
                given.profile,
                given.dataset.folder,
                limit=given.ideas + _MEASURED,
                seed=given.seed,
            )
        except GenerationError:
            return ()  # The model may see what the rules do not.

    def _brought(self, proposed: ProposedIdea) -> Idea:
        given = self._studio.assignment
        if self._studio.staffing.model("designer"):
            return idea_from(proposed, given.profile)
        return idea_by_rules(proposed, given, self._measured)

    def _plays(self, stage: Role) -> bool:
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
            f"An idea did not pass:\n{fenced(f'to ask for {idea.target!r}: {told}')}\nAnswer with "
            "one idea: this one mended, or another that you have not proposed yet."
        )
        taken = self._taken - {asked_in(idea)}
        (mended, *_) = ask_for_ideas(self._brainstormer, question, self._brought, 1, taken)
        self._taken.add(asked_in(mended))
        return mended


_SIGNING = (ModelPursuit, WrittenPursuit)


def _measured_told(ideas: Sequence[Idea]) -> str:
    """Return the ideas of the rules, by number."""
    if not ideas:
        return "The rules found no idea of their own."
    lines = [
        f"{number}. {idea.formulation}: {idea.question or 'predict'} {idea.target!r} of "
        f"{idea.table!r}; {idea.objective}, {idea.metric.name}, holdout {idea.holdout.kind}. "
        f"{idea.justification}"
        for number, idea in enumerate(ideas, 1)
    ]
    return (
        "Rules have measured these ideas; each can be carried out as it stands. Take over by "
        "`adopts` those that somebody would want, in your order and with your reasons; propose "
        "others where they miss something: a column of a table, asked for as a number or classes. "
        "\n" + fenced("\n".join(lines))
    )
