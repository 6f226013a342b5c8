"""Recommendation: which items a user meets next."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.recipes.interactions import INTERACTIONS
from mlesmith_env.recipes.model import (
    Holdout,
    InteractionsRecipe,
    KeepValues,
    OneWord,
    Select,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.describe import items as wording
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.rating import is_scale, pairs_of
from mlesmith_generator.formulations.several import chosen, tables_of
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.typed import TypedColumn
from mlesmith_generator.records import DatasetProfile, Idea, TableProfile

FEWEST_USERS, FEWEST_ITEMS = 150, 40
MOST_USERS, MOST_ITEMS = 20_000, 4_000
"""Beyond, the ladder's tables of items by items grow too large."""
HELD, LEAST = 5, 6
_LIKED = 0.6
"""Share of a scale from which on a rating says that the item was liked."""

TOLD_ITEMS = 0.2
"""How much oftener than by chance a column may name a hidden item of its row."""
_ITEM = re.compile(r"[^\s,;|\[\]\"']+")

_ORDERED = ("ISO8601", "%Y-%m-%d", "%Y%m%d")
"""Formats of dates that are in order as they stand."""

_PARTS = ("items/lists",)
PROGRAMS = (
    SAMPLE,
    Program("popular", _PARTS, trivial=True, family="items"),
    Program("popular_and_new", _PARTS, family="items"),
    Program("co_occurrence", _PARTS, family="items"),
    Program("user_neighbours", _PARTS, family="items"),
    Program("directions", _PARTS, family="items"),
    Program("regression", _PARTS, family="items"),
    Program("blend", _PARTS, family="items"),
)
"""The ladder, from the foot up."""


class Recommendation:
    """A list of items for each user."""

    name = "recommendation"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for lists of items."""
        return manifest.objective == "recommendation"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table of users and the items that they met."""
        found: list[Proposal] = []
        for table, typed in tables_of(profile, folder, seed):
            if typed.rows < table.rows:
                continue  # How many items a user has is not known from a sample.
            for user, item in pairs_of(table, typed):
                rating = next((each for each in typed.columns if is_scale(each)), None)
                liked = None if rating in (user, item) else rating
                if _enough(user, item, liked):
                    found.append(_idea(profile, table, user, item, liked, seed))
                    break
        return found[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the columns of users and items."""
        recipe = manifest.recipe
        if not isinstance(recipe, InteractionsRecipe):
            return {}
        return {"USER": recipe.user, "ITEM": recipe.item}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for hidden pairs among the public interactions."""
        recipe = task.manifest.recipe
        if not isinstance(recipe, InteractionsRecipe):
            return []
        known = pd.read_csv(
            prepared.public_dir / Path(INTERACTIONS).name, dtype=str, keep_default_na=False
        )
        pairs = set(zip(known[recipe.user].tolist(), known[recipe.item].tolist(), strict=True))
        id_column = task.manifest.submission.id_column
        user_of = dict(
            zip(tables.test[id_column].tolist(), tables.test[recipe.user].tolist(), strict=True)
        )
        hidden = [
            (user_of.get(name, ""), item)
            for name, cell in zip(
                tables.answers[id_column].tolist(),
                tables.answers[recipe.target].tolist(),
                strict=True,
            )
            for item in str(cell).split()
        ]
        crossing = [pair for pair in hidden if pair in pairs]
        findings = (
            (
                Finding(
                    "interaction-exposed",
                    f"{len(crossing)} hidden pairs of user and item stand "
                    f"in interactions.csv, such as {crossing[0]}",
                ),
            )
            if crossing
            else ()
        )
        told = f"none of {len(hidden)} hidden pairs is among {len(pairs)} public ones"
        return [Scan("interactions", told, findings), _scan_items(task.manifest, tables)]

    @property
    def sections(self) -> Mapping[str, Section]:
        """All that speaks of rows speaks of users."""
        return {
            "Context": wording.context_section,
            "Target": wording.target_section,
            "Metric": wording.metric_section,
            "Holdout": wording.holdout_section,
        }


def _scan_items(manifest: Manifest, tables: Tables) -> Scan:
    """Look for hidden items in the public columns of their rows, and for users on both sides."""
    recipe, key = manifest.recipe, manifest.submission.id_column
    truth = tables.answers.drop_duplicates(key).set_index(key)[recipe.target]
    hidden = [set(str(cell).split()) for cell in truth.reindex(tables.test[key]).fillna("")]
    findings: list[Finding] = []
    for name in tables.test.columns:
        if name in (key, recipe.target):
            continue
        cells = tables.test[name].fillna("").astype(str)
        words = [set(_ITEM.findall(cell)) for cell in cells]
        share = _held_share(hidden, words)
        turned = _held_share(hidden, words[1:] + words[:1])
        if share >= turned + TOLD_ITEMS:
            evidence = (
                f"column {name!r} names a hidden item of {share:.0%} of the rows; that of another "
                f"row would of {turned:.0%}"
            )
            findings.append(Finding("items-told", evidence, columns=(str(name),)))
    user = recipe.user if isinstance(recipe, InteractionsRecipe) else key
    both = len(set(tables.test[user].tolist()) & set(tables.train[user].tolist()))
    if both:
        evidence = f"{both} asked values of {user!r} stand in train.csv with their hidden items"
        findings.append(Finding("user-crossing", evidence))
    told = f"no column names the hidden items of {len(hidden)} rows"
    return Scan("items-told", told, tuple(findings))


def _held_share(hidden: Sequence[set[str]], words: Sequence[set[str]]) -> float:
    """Return the share of the rows of which some hidden item is among the words."""
    return float(np.mean([bool(a & b) for a, b in zip(hidden, words, strict=True)]))


def _enough(user: TypedColumn, item: TypedColumn, rating: TypedColumn | None) -> bool:
    kept = (user.codes >= 0) & (item.codes >= 0)
    if rating is not None:
        kept &= rating.numeric() >= _bar(rating)
    users = np.bincount(user.codes[kept], minlength=1)
    items = np.unique(item.codes[kept])
    return (
        int((users >= LEAST).sum()) >= FEWEST_USERS
        and len(users) <= MOST_USERS
        and FEWEST_ITEMS <= len(items) <= MOST_ITEMS
    )


def _bar(rating: TypedColumn) -> float:
    low, high = rating.profile.minimum or 0.0, rating.profile.maximum or 0.0
    return low + _LIKED * (high - low)


def _idea(
    profile: DatasetProfile,
    table: TableProfile,
    user: TypedColumn,
    item: TypedColumn,
    rating: TypedColumn | None,
    seed: int,
) -> Proposal:
    steps: list[Transform] = []
    if rating is not None:
        bar = _bar(rating)
        pairs = zip(rating.values, rating.numbers.tolist(), strict=True)
        steps.append(
            KeepValues(
                column=rating.name, values=tuple(sorted(text for text, n in pairs if n >= bar))
            )
        )
    if any(len(value.split()) != 1 for value in item.values):
        steps.append(OneWord(column=item.name, into=item.name))
    orders = [name for name in table.times if _orders(table, name)]
    time = orders[0] if orders else None
    steps.append(Select(columns=(user.name, item.name, *([time] if time else []))))
    names = {column.name for column in table.columns}
    id_column = free_id(names)
    target = "items" if "items" not in names else "next_items"
    holdout = Holdout(kind="random", test_fraction=0.5, private_fraction=0.6)
    recipe = InteractionsRecipe(
        reader=table.reader,
        transforms=tuple(steps),
        user=user.name,
        item=item.name,
        time=time,
        held=HELD,
        least=LEAST,
        target=target,
        holdout=holdout,
        id_column=id_column,
        seed=seed,
    )
    metric = chosen(("map_at_k", "ndcg_at_k", "recall_at_k"), profile.dataset, table.name)
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=target,
        target_source=item.name,
        objective="recommendation",
        metric=MetricSpec(name=metric),
        holdout=holdout,
        justification=(
            f"{len(user.values)} values of {user.name!r} meet {len(item.values)} of "
            f"{item.name!r} again and again: some of what each met can be hidden."
        ),
        formulation="recommendation",
        modality="ratings",
        recipe=recipe,
        form=SubmissionForm(id_column=id_column, columns=(target,), kind="items", rows=1),
        topic=f"{item.name} for {user.name}",
        question=f"recommend {item.name} to each {user.name}",
    )
    return Proposal(idea, 4.0)


def _orders(table: TableProfile, name: str) -> bool:
    """Whether a column orders the interactions as it stands: numbers, or dates in ISO."""
    column = table.column(name)
    return (
        column.missing == 0
        and column.distinct > 20
        and (column.type == "number" or column.date_format in _ORDERED)
    )


RECOMMENDATION = Recommendation()
