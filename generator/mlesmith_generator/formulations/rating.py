"""Ratings: what a user would give an item."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.recipes.model import DropColumns, Holdout, RequireValue, SampleRows, TableRecipe
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm.amounts import amount
from mlesmith_generator.brainstorm.leaks import giveaways
from mlesmith_generator.describe import ratings as wording
from mlesmith_generator.designer import MAX_ROWS, free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import chosen, tables_of, useless
from mlesmith_generator.formulations.table import MODELS, TARGETS
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

FEWEST_ROWS = 1000
FEWEST = 20
"""Users, and items."""
EACH = 3.0
"""Ratings of a user, and of an item, on average."""
ONCE = 0.9
"""Share of the ratings whose pair of user and item stands once."""
FILLED = 0.9
LEAST_CROSSING, SAME = 0.01, 0.8
"""Share of the hidden pairs that stand in training beyond what is usual, and of equal ratings."""
"""Share of all pairs that are rated from which it is a full table of measurements."""
_RATINGS = frozenset(
    "rating ratings score stars star grade note vote bewertung puntuacion y".split()
)
_USERS = frozenset(
    "user users userid uid customer reviewer rater member student person judge respondent critic "
    "taster reader viewer listener voter consumer client s subject nutzer usuario".split()
)
_ITEMS = frozenset(
    "item items itemid movie movies film book isbn product song track album artist restaurant "
    "lecturer course beer wine recipe game joke business hotel place anime paper d asin".split()
)

_PARTS = ("ratings/matrix",)
PROGRAMS = (
    SAMPLE,
    Program("constant", TARGETS, trivial=True),
    Program("user_mean", _PARTS, family="ratings"),
    Program("item_mean", _PARTS, family="ratings"),
    Program("both_biases", _PARTS, family="ratings"),
    Program("item_neighbours", _PARTS, family="ratings"),
    Program("factorisation", _PARTS, family="ratings"),
    Program("boosting", MODELS, family="ratings"),
    Program("blend", ("scores", *_PARTS), family="ratings"),
)
"""The ladder, from the foot up."""


class Rating:
    """The rating that a user gives an item."""

    name = "rating"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for ratings, and its recipe says by whom and of what."""
        return manifest.objective == "rating" and len(_named(manifest)) == 2

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table of who rated what and how."""
        found: list[Proposal] = []
        for table, typed in tables_of(profile, folder, seed):
            for user, item, rating, score in _triples(table, typed):
                proposal = _idea(profile, table, typed, (user, item, rating), score, seed)
                if proposal is not None:
                    found.append(proposal)
                    break
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the columns of user and item."""
        user, item = _named(manifest)
        return {"USER": user, "ITEM": item}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for hidden pairs of user and item that training has."""
        return [_scan_pairs(_named(task.manifest), task.manifest, tables)]

    @property
    def sections(self) -> Mapping[str, Section]:
        """The context tells of users and items."""
        return {"Context": wording.context_section}


def _scan_pairs(names: tuple[str, ...], manifest: Manifest, tables: Tables) -> Scan:
    """Compare how often hidden pairs stand in training with how often those of training repeat."""
    if not set(names) <= set(tables.test.columns):
        return Scan("pairs-across-the-holdout", "no pairs of user and item")
    target, key = manifest.recipe.target, manifest.submission.id_column
    pairs = _pairs(tables.train, names)
    asked = _pairs(tables.test, names)
    crossing = asked.isin(pairs)
    usual = float(pairs.duplicated(keep=False).mean())
    share = float(crossing.mean())
    known: dict[object, object] = {}
    for pair, value in zip(pairs.tolist(), tables.train[target].tolist(), strict=True):
        known.setdefault(pair, value)
    truth = tables.answers.drop_duplicates(key).set_index(key)[target]
    told = truth.reindex(tables.test[key]).to_numpy()[crossing]
    shown = [known[p] for p, both in zip(asked.tolist(), crossing.tolist(), strict=True) if both]
    same = float((told == np.array(shown, dtype=object)).mean()) if share else 0.0
    measured = (
        f"{share:.1%} of the hidden pairs of {names[0]!r} and {names[1]!r} stand in training, "
        f"{same:.0%} of them with the same {target!r}; {usual:.1%} of the training pairs repeat"
    )
    excess = share - usual - 4 * float(np.sqrt(max(usual, 0.002) / len(asked)))
    refused = excess >= LEAST_CROSSING and same >= SAME
    warned = share >= LEAST_CROSSING and same >= SAME
    findings = (Finding("pairs-crossing", measured, warning=not refused),) if warned else ()
    return Scan("pairs-across-the-holdout", measured, findings)


def _pairs(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(cast("pd.DataFrame", frame[list(names)]))


def _named(manifest: Manifest) -> tuple[str, ...]:
    """Return the columns of user and item: those that the recipe asks every row to have first."""
    recipe = manifest.recipe
    if not isinstance(recipe, TableRecipe):
        return ()
    needed = [step.column for step in recipe.transforms if isinstance(step, RequireValue)]
    return tuple(name for name in needed if name != recipe.target)[:2]


def _triples(
    table: TableProfile, typed: TypedTable
) -> Iterator[tuple[TypedColumn, TypedColumn, TypedColumn, float]]:
    for rating in typed.columns:
        if not (_RATINGS & set(words(rating.name)[-1:]) and is_scale(rating)):
            continue
        for user, item in pairs_of(table, typed):
            if rating not in (user, item):
                yield user, item, rating, 5.0


def pairs_of(table: TableProfile, typed: TypedTable) -> Iterator[tuple[TypedColumn, TypedColumn]]:
    """Yield columns of users and of items that users meet, by names and by how they repeat."""
    scale = table.rows / max(1, typed.rows)
    entities = [column for column in typed.columns if _repeats(column, table)]
    for user in entities:
        for item in entities:
            named = _USERS & set(words(user.name)) and _ITEMS & set(words(item.name))
            if user is not item and named and _crossed(user, item, scale):
                yield user, item


def _repeats(column: TypedColumn, table: TableProfile) -> bool:
    profile = column.profile
    nominal = profile.type in ("category", "identifier", "text") or profile.integer
    return nominal and profile.distinct >= FEWEST and table.rows >= EACH * profile.distinct


def is_scale(column: TypedColumn) -> bool:
    """Return whether a column holds a few steps of a scale, such as one to five stars."""
    profile = column.profile
    if profile.type != "number" or not 3 <= profile.distinct <= 25 or profile.missing > 0.5:
        return False
    low, high = profile.minimum or 0.0, profile.maximum or 0.0
    halves = column.numbers[np.isfinite(column.numbers)] * 2
    return low >= -10 and high <= 100 and bool(np.allclose(halves, np.round(halves)))


def _crossed(user: TypedColumn, item: TypedColumn, scale: float) -> bool:
    """Whether users meet several items and items several users, each pair once."""
    pairs = user.codes * len(item.values) + item.codes
    known = (user.codes >= 0) & (item.codes >= 0)
    if known.sum() * scale < FEWEST_ROWS:
        return False
    once = len(np.unique(pairs[known])) / int(known.sum())
    full = known.sum() * scale / (len(user.values) * len(item.values))
    return once >= ONCE and full < FILLED


def _idea(
    profile: DatasetProfile,
    table: TableProfile,
    typed: TypedTable,
    triple: tuple[TypedColumn, TypedColumn, TypedColumn],
    score: float,
    seed: int,
) -> Proposal | None:
    user, item, rating = triple
    made = amount(rating)
    if made is None or made.classes:
        return None
    names = (user.name, item.name, rating.name)
    told = giveaways(made, typed, table.relations, seed=seed)
    exclusions = [each for each in told if each.column not in names]
    known = {*names, *(each.column for each in exclusions)}
    exclusions += list[Exclusion](useless(table, known))
    holdout = Holdout(kind="random", test_fraction=0.25, private_fraction=0.6)
    id_column = free_id({column.name for column in table.columns})
    drop = [DropColumns(columns=tuple(e.column for e in exclusions))] if exclusions else []
    sample = [SampleRows(rows=MAX_ROWS)] if table.rows > MAX_ROWS else []
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=rating.name,
        target_source=rating.name,
        objective="rating",
        metric=MetricSpec(name=chosen(("rmse", "mae"), profile.dataset, rating.name)),
        holdout=holdout,
        exclusions=tuple(exclusions),
        justification=(
            f"{len(user.values)} values of {user.name!r} rate {len(item.values)} of "
            f"{item.name!r}, each pair once: ratings with users and items known from others."
        ),
        formulation="rating",
        modality="ratings",
        recipe=TableRecipe(
            reader=table.reader,
            transforms=(*(RequireValue(column=name) for name in names), *drop, *sample),
            target=rating.name,
            holdout=holdout,
            id_column=id_column,
            seed=seed,
        ),
        form=SubmissionForm(id_column=id_column, columns=(rating.name,), kind="number", rows=1),
        topic=f"{rating.name} by {user.name} and {item.name}",
        question=f"predict the {rating.name} that each {user.name} gives each {item.name}",
    )
    return Proposal(idea, score)


RATING = Rating()
