"""Several numbers that are measured together, predicted together."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.recipes.model import DropColumns, RequireValue, TableRecipe
from mlesmith_generator.brainstorm.amounts import amount
from mlesmith_generator.brainstorm.judging import Bench
from mlesmith_generator.brainstorm.leaks import giveaways
from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstorm.naming import name_weight
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.describe.association import spearman
from mlesmith_generator.designer import MAX_ROWS, free_id
from mlesmith_generator.formulations.formulation import Proposal
from mlesmith_generator.formulations.several import (
    SMALLEST,
    SeveralAnswers,
    chosen,
    holdout_of,
    in_time,
    tables_of,
    useless,
)
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

MOST, FEWEST = 6, 2
ALIKE, APART = 0.1, 0.97
"""Rank correlations between which two numbers are kin and yet not the same."""
OUTCOME = 0.6
"""Merit that each of them must have as a target of its own."""
PLAIN, LEAD = 1.3, 0.3
"""Mean merit that they need together, and by how much another column may be the better target."""
_STEM = 5
"""Letters of a common beginning or end that make two names kin."""


class MultiRegression(SeveralAnswers):
    """Two to six numbers of one kind."""

    name = "multi_regression"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for several numbers of a table."""
        return manifest.objective == "multi_regression" and not getattr(
            manifest.recipe, "media", ()
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas for numbers of one kind that are outcomes of the same rows."""
        found: list[Proposal] = []
        for table, typed in tables_of(profile, folder, seed):
            for members, score in _kin(profile.dataset, table, typed):
                proposal = _idea(profile, table, typed, members, score, seed)
                if proposal is not None:
                    found.append(proposal)
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]


def _kin(
    dataset: str, table: TableProfile, typed: TypedTable
) -> list[tuple[list[TypedColumn], float]]:
    """Return sets of numbers that belong together, each with the score of asking for it."""
    numbers = [column for column in typed.columns if _is_amount(column)]
    texts = [column for column in typed.columns if column.profile.type == "text"]
    scales = [column for column in numbers if _on_one_scale(column, numbers[0])]
    if texts and FEWEST <= len(scales) == len(numbers) <= MOST:
        return [(scales, 2.9)]  # Ratings of a text on several scales.
    merit = {each.column: each.score for each in merits(table, typed, dataset)}
    likely = [column for column in numbers if merit.get(column.name, -9.0) >= OUTCOME]
    families: dict[str, list[TypedColumn]] = defaultdict(list)
    for column in likely:
        for stem in _stems(column.name, [other.name for other in likely]):
            families[stem].append(column)
    found: dict[tuple[str, ...], tuple[list[TypedColumn], float]] = {}
    for members in families.values():
        names = tuple(column.name for column in members)
        others = sum(
            column.profile.type not in ("constant", "identifier") for column in typed.columns
        ) - len(members)
        inside = [merit[name] for name in names]
        outside = max((merit[name] for name in merit if name not in names), default=-9.0)
        asked = float(np.mean(inside)) >= PLAIN and outside <= max(inside) + LEAD
        if FEWEST <= len(members) <= MOST and others >= 3 and asked:
            found[names] = members, min(1.2 + 0.5 * float(np.mean(inside)), 2.8)
    return list(found.values())[:2]


def _is_amount(column: TypedColumn) -> bool:
    profile = column.profile
    return profile.type == "number" and profile.distinct >= 8 and not profile.number_text


def _on_one_scale(column: TypedColumn, other: TypedColumn) -> bool:
    """Whether two columns are answers on one scale, as from 1 to 5."""
    one, two = column.profile, other.profile
    low, high = two.minimum or 0.0, two.maximum or 0.0
    span = max(high - low, 1e-12)
    near = abs((one.minimum or 0.0) - low) + abs((one.maximum or 0.0) - high) <= 0.35 * span
    return near and span <= 100 and abs((one.mean or 0.0) - (two.mean or 0.0)) <= 0.5 * span


def _stems(name: str, others: Sequence[str]) -> set[str]:
    """Return what a name shares with others: a word of an outcome, or a long beginning or end."""
    parts = [part for part in words(name) if not part.isdigit() and len(part) > 1]
    found = {part for part in parts if name_weight(part) >= 0.8}
    whole = "".join(words(name))
    if len(whole) == 2 and whole[0] == "y" and whole[1].isdigit():
        found.add("y")
    for other in others:
        theirs = "".join(words(other))
        if other == name or any(sign.isdigit() for sign in whole + theirs):
            continue
        end = _common(whole[::-1], theirs[::-1])[::-1]
        if len(end) >= _STEM and len(end) < max(len(whole), len(theirs)):
            found.add("…" + end[-_STEM:])
    return found


def _common(one: str, other: str) -> str:
    pairs = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False))
    return "".join(letter for letter, _ in pairs)


def _idea(
    profile: DatasetProfile,
    table: TableProfile,
    typed: TypedTable,
    members: list[TypedColumn],
    score: float,
    seed: int,
) -> Proposal | None:
    values = np.column_stack([column.numeric() for column in members])
    full = np.isfinite(values).all(axis=1)
    scale = table.rows / max(1, typed.rows)
    if full.sum() * scale < SMALLEST or full.mean() < 0.5 or table.rows > MAX_ROWS:
        return None
    names = [column.name for column in members]
    if not _together(values[full]) or _calculated(table, names):
        return None
    exclusions: dict[str, str] = {}
    asked: list[Target] = []
    for column in members:
        made = amount(column)
        if made is None or made.classes:
            return None
        asked.append(made)
        for each in giveaways(made, typed, table.relations, seed=seed):
            if each.column in names:
                return None  # One tells the other: not two questions.
            exclusions.setdefault(each.column, each.reason)
    known = {*names, *exclusions}
    exclusions |= {each.column: each.reason for each in useless(table, known)}
    features = [c for c in typed.columns if c.name not in exclusions and c.name not in names]
    if not features:
        return None
    holdout, held = holdout_of(table, names)
    left = [Exclusion(column=c, reason=r) for c, r in exclusions.items()]
    left += [Exclusion(column=name, reason="it is asked for, too") for name in names]
    bench = Bench(profile.dataset, table, typed, scale, seed)
    timely = in_time(bench, asked, holdout, left)
    if timely is None:
        return None
    if timely[0] != holdout:
        holdout, held = timely[0], f"the latest rows by {timely[0].column!r} are held out"
    id_column = free_id({column.name for column in table.columns})
    gaps = [RequireValue(column=name) for name in names]
    drop = (DropColumns(columns=tuple(exclusions)),) if exclusions else ()
    spreads = values[full].std(axis=0)
    uneven = spreads.max() > 2 * spreads.min()
    options = ("mean_r2",) if uneven else ("mcrmse", "mean_r2", "mcmae")
    texts = sum(column.profile.type == "text" for column in features)
    modality = "tabular" if not texts else "text" if texts >= len(features) - 1 else "mixed"
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=names[0],
        target_source=names[0],
        objective="multi_regression",
        metric=MetricSpec(name=chosen(options, profile.dataset, *names)),
        holdout=holdout,
        exclusions=tuple(Exclusion(column=c, reason=r) for c, r in exclusions.items()),
        justification=(
            f"{len(names)} numbers of one kind are known of every row, go together without one "
            f"giving the other, and are outcomes by their names; {held}."
        ),
        formulation="multi_regression",
        modality=modality,
        recipe=TableRecipe(
            reader=table.reader,
            transforms=(*timely[1], *gaps, *drop),
            target=names[0],
            holdout=holdout,
            id_column=id_column,
            seed=seed,
        ),
        form=SubmissionForm(
            id_column=id_column, columns=tuple(names), kind="numbers", rows=1, truth=tuple(names)
        ),
        topic=" ".join(dict.fromkeys(part for name in names for part in words(name)))[:40],
        question=f"predict {_listed(names)} together",
    )
    return Proposal(idea, score)


def _listed(names: Sequence[str]) -> str:
    told = [" ".join(words(name)) or name for name in names]
    return f"{', '.join(told[:-1])} and {told[-1]}"


def _together(values: NDArray[np.float64]) -> bool:
    """Whether each goes along with another, and none repeats one."""
    pairs = [
        abs(spearman(values[:, a], values[:, b]))
        for a, b in itertools.combinations(range(values.shape[1]), 2)
    ]
    return max(pairs) >= ALIKE and max(pairs) <= APART


def _calculated(table: TableProfile, names: Sequence[str]) -> bool:
    """Whether one of them is given by others."""
    return any(
        len({relation.target, *relation.columns} & set(names)) >= 2
        for relation in table.relations
        if relation.kind != "determines"
    )


MULTI_REGRESSION = MultiRegression()
