"""Ideas of a model, brought into the records that whoever works them out goes by."""

from __future__ import annotations

from collections.abc import Callable, Collection

from pydantic import ValidationError

from mlesmith_env.errors import GenerationError, MlesmithError
from mlesmith_env.forms import FITTING
from mlesmith_env.manifest import MetricSpec
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import Holdout
from mlesmith_generator.brainstorm.wanted import wanted
from mlesmith_generator.llm.answers import ProposedIdea, ProposedIdeas
from mlesmith_generator.llm.conversation import Conversation
from mlesmith_generator.llm.toolbox import fenced, told
from mlesmith_generator.planner import Assignment
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea

Brought = Callable[[ProposedIdea], Idea]
"""Brings a proposal into a record; raises MlesmithError where it can not be carried out."""

_ROUNDS = 2
"""How often ideas may come back because they name what there is not."""


def asked_in(idea: Idea) -> tuple[str, str, str]:
    """Return what two ideas must not share: table, target and objective."""
    return idea.table, idea.target, idea.objective


def ask_for_ideas(
    talk: Conversation,
    question: str,
    brought: Brought,
    limit: int,
    taken: Collection[tuple[str, str, str]] = (),
) -> tuple[Idea, ...]:
    """Return the ideas of a model that can be carried out, best first.

    What names a table, column or metric that there is not, or asks what was asked already, goes
    back with the reason; what still does is left out.

    Args:
        talk: The conversation with whoever has ideas.
        question: What to ask.
        brought: Brings a proposal into a record.
        limit: Ideas at most.
        taken: What was asked already, as `asked_in` tells.

    Raises:
        GenerationError: No idea is left; the message says why.
        ProviderError: The model gave no usable answer.
        BudgetError: What may be spent is spent.
    """
    good: list[Idea] = []
    wrong: list[str] = []
    for _ in range(_ROUNDS + 1):
        answer = talk.ask(question, ProposedIdeas)
        if not answer.ideas:
            raise GenerationError(answer.why_none or "the model has no idea for these data")
        good, wrong = [], []
        for proposed in answer.ideas[:limit]:
            try:
                idea = brought(proposed)
            except MlesmithError as error:
                wrong.append(f"{proposed.target}: {error}")
                continue
            if asked_in(idea) in [*taken, *map(asked_in, good)]:
                wrong.append(f"{proposed.target}: it is asked for in the same way already")
            else:
                good.append(idea)
        if not wrong:
            break
        question = (
            f"Some of your ideas can not be carried out:\n{fenced('; '.join(wrong))}\nAnswer again "
            "with all ideas, these mended or replaced."
        )
    if not good:
        raise GenerationError("; ".join(wrong))
    return tuple(good)


def idea_from(proposed: ProposedIdea, profile: DatasetProfile) -> Idea:
    """Return an idea as a record, for a model to work out.

    Raises:
        GenerationError: It names a table or column that there is not, or a holdout that lacks one.
        MetricError: There is no such metric, or it does not fit the objective.
    """
    tables = {table.name: table for table in profile.tables}
    collections = {each.name for each in profile.collections}
    if proposed.table not in tables and proposed.table not in collections:
        known = [*tables, *collections]
        raise GenerationError(f"there is no table {proposed.table!r}; there are {known}")
    holdout = proposed.holdout
    if proposed.table in tables:
        columns = [column.name for column in tables[proposed.table].columns]
        named = [holdout.column, holdout.group, *(each.column for each in proposed.excluded)]
        for name in (proposed.target, *named):
            if name is not None and name not in columns:
                raise GenerationError(
                    f"{proposed.table!r} has no column {name!r}; it has {columns[:60]}"
                )
    if holdout.kind in ("group", "time", "last") and holdout.column is None:
        raise GenerationError(f"a holdout of kind {holdout.kind!r} needs a column")
    return Idea(
        dataset=profile.dataset,
        table=proposed.table,
        target=proposed.target,
        target_source=proposed.target,
        objective=proposed.objective,
        metric=_metric(proposed),
        holdout=Holdout.model_validate(holdout.model_dump()),
        exclusions=_excluded(proposed),
        justification=proposed.justification,
    )


def idea_by_rules(proposed: ProposedIdea, assignment: Assignment, known: tuple[Idea, ...]) -> Idea:
    """Return an idea as a record whose form, holdout and exclusions rules have worked out.

    Args:
        proposed: What the model proposed: an idea of the rules by its number, or one of its own.
        assignment: What is worked on.
        known: The ideas of the rules.

    Raises:
        GenerationError: It can not be carried out by rules; the message says why.
        MetricError: There is no such metric, or it does not fit the objective.
    """
    if proposed.adopts is not None:
        if not 1 <= proposed.adopts <= len(known):
            raise GenerationError(f"there is no idea {proposed.adopts}; there are {len(known)}")
        adopted = known[proposed.adopts - 1]
        return adopted.model_copy(update={"justification": proposed.justification})
    checked = idea_from(proposed, assignment.profile)
    made = wanted(
        assignment.profile,
        assignment.dataset.folder,
        checked.table,
        checked.target,
        checked.objective,
        seed=assignment.seed,
    )
    known_columns = {each.column for each in made.exclusions}
    more = tuple(each for each in checked.exclusions if each.column not in known_columns)
    plainer = checked.holdout.kind in ("random", "stratified")
    return made.model_copy(
        update={
            "metric": checked.metric,
            "holdout": made.holdout if plainer else checked.holdout,
            "exclusions": (*made.exclusions, *more),
            "justification": checked.justification,
        }
    )


def _metric(proposed: ProposedIdea) -> MetricSpec:
    try:
        spec = MetricSpec(name=proposed.metric, params=proposed.metric_params)
    except ValidationError as error:
        raise GenerationError(f"no such metric: {told(error)}") from error
    metric = get_metric(spec)
    if not set(FITTING[proposed.objective]) & set(metric.kinds):
        raise GenerationError(
            f"{metric.name} takes {', '.join(metric.kinds)}, not what a {proposed.objective} task "
            "asks"
        )
    return spec


def _excluded(proposed: ProposedIdea) -> tuple[Exclusion, ...]:
    return tuple(
        Exclusion(column=each.column, reason=each.reason)
        for each in proposed.excluded
        if each.column != proposed.target
    )
