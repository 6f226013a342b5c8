"""The Brainstormer: ideas of every formulation that the data afford, the best and most varied."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from mlesmith_env.errors import GenerationError
from mlesmith_generator.brainstorm.judging import LAST
from mlesmith_generator.brainstorm.weeding import weeded
from mlesmith_generator.formulations import FORMULATIONS, Proposal
from mlesmith_generator.records import DatasetProfile, Idea

_AGAIN = 0.7
"""What an idea loses for each one chosen before it that asks in the same way, beyond the first."""
_TWICE = 1.5
"""What it loses where its target was asked for already in another way."""
FORMS = 2
"""In how many forms one quantity is asked for, unless a dataset has nothing else to ask."""
_MORE = 3
"""Further ideas that are looked at, in place of third forms."""
_ONE_QUANTITY = frozenset(
    {"binary", "multiclass", "ordinal", "regression", "count", "quantile", "interval",
     "forecasting", "anomaly"}
)  # fmt: skip


def ideas_for(
    profile: DatasetProfile, folder: Path, *, limit: int = 5, seed: int = 0
) -> tuple[Idea, ...]:
    """Return up to `limit` ideas, best first, of whatever formulations the data afford.

    Each formulation gives its own ideas in order; from their heads the best is taken in turn, and
    those that ask in the same way as many before them wait, and a third form of one quantity is
    asked only where there is nothing else. Of those chosen, weak ones beside clear ones are weeded
    out at last, and nothing takes their place.

    Args:
        profile: What was measured about the dataset.
        folder: Its raw files.
        limit: How many ideas at most.
        seed: Seed of the samples and of the quick models.

    Raises:
        GenerationError: There is no idea; the message says why.
    """
    root = folder if folder.is_dir() else folder.parent
    queues: list[list[Proposal]] = []
    why: list[str] = []
    for formulation in FORMULATIONS:
        try:
            found = list(formulation.propose(profile, root, limit=limit + _MORE, seed=seed))
        except GenerationError as error:
            why.append(str(error))
            continue
        if found:
            queues.append(found)
    if not queues:
        raise GenerationError(
            "; ".join(why) or f"no task can be made of {profile.dataset}: nothing in it is data"
        )
    queues = _but_last_resorts(_apart_in_space(queues))
    chosen: list[Idea] = []
    again: list[Idea] = []
    asked: Counter[tuple[str, str]] = Counter()
    forms: Counter[tuple[str, str]] = Counter()
    while queues and len(chosen) < limit:
        queue = max(queues, key=lambda each: each[0].score - _loss(asked, chosen, each[0].idea))
        idea = queue.pop(0).idea
        queues = [each for each in queues if each]
        quantity = _quantity(idea)
        if idea.objective in _ONE_QUANTITY:
            told = forms[quantity] + (_is_cut(idea) and _waiting(quantity, queues))
            if told >= FORMS:
                again.append(idea)
                continue
            forms[quantity] += 1
        chosen.append(idea)
        asked[idea.formulation, idea.objective] += 1
    chosen = chosen if len(forms) > 1 or len(chosen) > FORMS else [*chosen, *again[:1]]
    return tuple(weeded(chosen, profile, root, seed=seed))


def _but_last_resorts(queues: list[list[Proposal]]) -> list[list[Proposal]]:
    """Leave out what nobody asks, unless there is nothing else."""
    better = [[each for each in queue if each.score > LAST] for queue in queues]
    return [queue for queue in better if queue] or queues


def _apart_in_space(queues: list[list[Proposal]]) -> list[list[Proposal]]:
    """Leave out random holdouts of what is asked for at places: neighbours would be told."""
    placed = {
        _quantity(each.idea)
        for queue in queues
        for each in queue
        if each.idea.formulation == "geospatial"
    }
    kept = [
        [
            each
            for each in queue
            if each.idea.objective not in _ONE_QUANTITY
            or each.idea.holdout.kind not in ("random", "stratified")
            or _quantity(each.idea) not in placed
        ]
        for queue in queues
    ]
    return [queue for queue in kept if queue]


def _quantity(idea: Idea) -> tuple[str, str]:
    return idea.table, idea.target_source or idea.target


def _is_cut(idea: Idea) -> bool:
    """Return whether an idea asks for a band or a class of what is asked for as it is."""
    return idea.formulation == "table" and idea.target != idea.target_source


def _waiting(quantity: tuple[str, str], queues: list[list[Proposal]]) -> bool:
    """Return whether a quantity waits to be asked for in a form that is more than a cut of it."""
    return any(
        _quantity(each.idea) == quantity
        and each.idea.objective in _ONE_QUANTITY
        and each.idea.formulation != "table"
        for queue in queues
        for each in queue
    )


def _loss(asked: Counter[tuple[str, str]], chosen: list[Idea], idea: Idea) -> float:
    """Return what an idea loses because of those chosen before it."""
    same = any(
        (other.table, other.target_source) == (idea.table, idea.target_source)
        and other.formulation != idea.formulation
        for other in chosen
    )
    return _AGAIN * _before(asked, idea) + _TWICE * same


def _before(asked: Counter[tuple[str, str]], idea: Idea) -> int:
    """Return how many ideas like this one were chosen beyond the first."""
    return max(0, asked[idea.formulation, idea.objective] - 1)
