"""The idea behind a synthetic dataset: what it was made for is what is asked of it."""

from __future__ import annotations

from mlesmith_env import synthetic
from mlesmith_env.errors import GenerationError
from mlesmith_env.forms import FITTING
from mlesmith_env.manifest import PredictionKind, SubmissionForm
from mlesmith_env.metrics import get_metric
from mlesmith_env.synthetic import Wish
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations import FORMULATIONS
from mlesmith_generator.records import DatasetProfile, Idea


def idea_of(wish: Wish, address: str, profile: DatasetProfile) -> Idea:
    """Return the idea that a synthetic dataset was made for.

    Args:
        wish: What is asked.
        address: `synthetic:…`, whose seed tells tasks of one domain apart.
        profile: What was measured about its table.

    Raises:
        GenerationError: Its table was not read as it was written.
    """
    if len(profile.tables) != 1 or not any(
        column.name == wish.target for column in profile.tables[0].columns
    ):
        raise GenerationError(f"{address} was not read as the one table with {wish.target!r}")
    seed = synthetic.parse(address).seed
    names = {column.name for column in profile.tables[0].columns}
    # Which formulation asks it, a manifest would tell; here its objective has to do.
    named = [each.name for each in FORMULATIONS if each.name == wish.objective]
    return Idea(
        dataset=profile.dataset,
        table=profile.tables[0].name,
        target=wish.target,
        target_source=wish.target,
        objective=wish.objective,
        metric=wish.metric,
        holdout=wish.holdout,
        signal=0.5,
        justification=f"{wish.target!r} follows a rule that is known, so its optimum is, too.",
        formulation=named[0] if named else "table",
        modality=wish.modality,
        topic=f"{wish.target} {seed}",
        question=wish.question,
        story=wish.story,
        domain=wish.domain,
        form=_form(wish, free_id(names)),
    )


def _form(wish: Wish, id_column: str) -> SubmissionForm:
    """Return the form with the classes in the order in which the rule knows them."""
    accepted = get_metric(wish.metric).kinds
    kind: PredictionKind = next(each for each in FITTING[wish.objective] if each in accepted)
    columns = wish.classes if kind == "probabilities" else (wish.target,)
    return SubmissionForm(
        id_column=id_column, columns=columns, kind=kind, classes=wish.classes, rows=1
    )
