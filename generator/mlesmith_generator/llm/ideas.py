"""Ideas of a model, brought into the records that the rules' Designer works with."""

from __future__ import annotations

from mlesmith_env.errors import GenerationError, MlesmithError
from mlesmith_env.forms import FITTING
from mlesmith_env.manifest import MetricSpec
from mlesmith_env.metrics import get_metric
from mlesmith_env.recipes.model import Holdout
from mlesmith_generator.llm.answers import ProposedIdea, ProposedIdeas
from mlesmith_generator.llm.conversation import Conversation
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea

_ROUNDS = 2
"""How often ideas may come back because they name what there is not."""


def ask_for_ideas(
    talk: Conversation, question: str, profile: DatasetProfile, limit: int
) -> tuple[Idea, ...]:
    """Return the ideas of a model that can be carried out, best first.

    What names a table, column or metric that there is not goes back with the reason; what still
    does is left out.

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
                good.append(idea_from(proposed, profile))
            except MlesmithError as error:
                wrong.append(f"{proposed.target}: {error}")
        if not wrong:
            break
        question = (
            "Some of your ideas can not be carried out: " + "; ".join(wrong) + ". Answer again with "
            "all ideas, these mended or replaced."
        )
    if not good:
        raise GenerationError("; ".join(wrong))
    return tuple(good)


def idea_from(proposed: ProposedIdea, profile: DatasetProfile) -> Idea:
    """Return an idea as a record.

    Raises:
        GenerationError: It names a table or column that there is not, or a holdout that lacks one.
        MetricError: There is no such metric, or it does not fit the objective.
    """
    tables = {table.name: table for table in profile.tables}
    if proposed.table not in tables:
        raise GenerationError(f"there is no table {proposed.table!r}; there are {[*tables]}")
    columns = [column.name for column in tables[proposed.table].columns]
    holdout = proposed.holdout
    named = [proposed.target, holdout.column, holdout.group, *(e.column for e in proposed.excluded)]
    for name in named:
        if name is not None and name not in columns:
            raise GenerationError(f"{proposed.table!r} has no column {name!r}; it has {columns[:60]}")
    if holdout.kind in ("group", "time", "last") and holdout.column is None:
        raise GenerationError(f"a holdout of kind {holdout.kind!r} needs a column")
    spec = MetricSpec(name=proposed.metric, params=proposed.metric_params)
    metric = get_metric(spec)
    if not set(FITTING[proposed.objective]) & set(metric.kinds):
        raise GenerationError(
            f"{metric.name} takes {', '.join(metric.kinds)}, not what a {proposed.objective} task asks"
        )
    return Idea(
        dataset=profile.dataset,
        table=proposed.table,
        target=proposed.target,
        target_source=proposed.target,
        objective=proposed.objective,
        metric=spec,
        holdout=Holdout(
            kind=holdout.kind, column=holdout.column, group=holdout.group, horizon=holdout.horizon
        ),
        exclusions=tuple(
            Exclusion(column=each.column, reason=each.reason)
            for each in proposed.excluded
            if each.column != proposed.target
        ),
        justification=proposed.justification,
    )
