"""Ranking: the order of the rows of a group, such as the finish of a race."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.recipes.model import (
    Combine,
    DropColumns,
    Holdout,
    MapValues,
    RequireValue,
    TableRecipe,
    Transform,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm.amounts import amount
from mlesmith_generator.brainstorm.leaks import giveaways
from mlesmith_generator.describe import ranking as wording
from mlesmith_generator.designer import MAX_ROWS, free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import tables_of, useless
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.contests import scan_contests
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

FEWEST_GROUPS = 40
SMALLEST, LARGEST = 4, 60
"""Rows of a group on average."""
MOST_PLACES = 60
_PLACES = frozenset("position place rank finish finishing placing classement platz puesto".split())
_GRADES = frozenset("relevance relevancy rel grade".split())
_CONTESTS = frozenset(
    "race track event round competition contest query qid heat session gp tournament stage meet "
    "search topic season match prix course".split()
)
_AFTERWARDS = frozenset(
    "time points laps fastest finish finished finishing result status retired gap margin prize "
    "winner won win lap score medal record speed total diff behind bonus".split()
)
"""Words of what is known of a contest only when it is over."""

_ANSWERS = ("answers", "tables", "features", "ranking/groups")
PROGRAMS = (
    SAMPLE,
    Program("random_order", _ANSWERS, trivial=True, family="ranking"),
    Program("best_single", _ANSWERS, family="ranking"),
    Program("pointwise_ridge", _ANSWERS, family="ranking"),
    Program("pairwise_linear", _ANSWERS, family="ranking"),
    Program("pointwise_boosting", _ANSWERS, family="ranking"),
    Program("group_boosting", _ANSWERS, family="ranking"),
    Program("blend", _ANSWERS, family="ranking"),
)
"""The ladder, from the foot up."""


class Ranking:
    """The order of the rows within each of many groups."""

    name = "ranking"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for an order within groups."""
        return manifest.objective == "ranking"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table of contests, or of graded answers to queries."""
        found: list[Proposal] = []
        for table, typed in tables_of(profile, folder, seed):
            if typed.rows < table.rows or table.rows > MAX_ROWS:
                continue
            for goal in typed.columns:
                parts = set(words(goal.name))
                placed, graded = bool(parts & _PLACES), bool(parts & _GRADES)
                if not (placed or graded):
                    continue
                group = next(_groups(table, typed, goal, placed=placed), None)
                if group is not None:
                    proposal = _idea(profile, table, typed, goal, group, placed, seed)
                    found += [proposal] if proposal is not None else []
                    break
        return found[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return nothing more: the truth is relevance and group."""
        return {}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for columns, and for an order of rows, that tell the order within groups."""
        return [scan_contests(task.manifest, tables)]

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, target and metric speak of orders within groups."""
        return {
            "Context": wording.context_section,
            "Target": wording.target_section,
            "Metric": wording.metric_section,
        }


def _groups(
    table: TableProfile, typed: TypedTable, goal: TypedColumn, *, placed: bool
) -> Iterator[list[str]]:
    """Yield columns that together name a group in which the goal orders the rows."""
    named = [
        column
        for column in typed.columns
        if _CONTESTS & set(words(column.name))
        and column is not goal
        and column.profile.distinct > 3
    ]
    apart = [
        column
        for column in typed.columns
        if column.name == table.reader.file_column
        or {"year", "season", "date"} & set(words(column.name))
    ]
    for column in named:
        for with_it in ((), *((other,) for other in apart if other is not column)):
            codes = _joint([column, *with_it])
            if _is_grouping(codes, goal.numeric(), placed=placed):
                yield [each.name for each in (column, *with_it)]


def _joint(columns: Sequence[TypedColumn]) -> NDArray[np.int64]:
    table = np.column_stack([column.codes for column in columns])
    return np.unique(table, axis=0, return_inverse=True)[1].reshape(-1).astype(np.int64)


def _is_grouping(codes: NDArray[np.int64], goal: NDArray[np.float64], *, placed: bool) -> bool:
    known = np.isfinite(goal)
    sizes = np.bincount(codes[known])
    sizes = sizes[sizes > 0]
    if len(sizes) < FEWEST_GROUPS or not SMALLEST <= sizes.mean() <= LARGEST:
        return False
    pairs = np.unique(np.column_stack((codes[known], goal[known])), axis=0)
    once = len(pairs) / int(known.sum())
    if placed:  # Every place once in each contest, and from the first on.
        firsts = np.unique(codes[known & (goal == 1)])
        return once >= 0.95 and len(firsts) >= 0.9 * len(sizes)
    varied = np.bincount(pairs[:, 0].astype(np.int64))
    return bool((varied[varied > 0] >= 2).mean() >= 0.5) and goal[known].min() >= 0


def _idea(
    profile: DatasetProfile,
    table: TableProfile,
    typed: TypedTable,
    goal: TypedColumn,
    group: list[str],
    placed: bool,
    seed: int,
) -> Proposal | None:
    made = amount(goal)
    if made is None or made.classes:
        return None
    names = {column.name for column in typed.columns}
    known = {goal.name, *group}
    exclusions = {
        each.column: each.reason
        for each in giveaways(made, typed, table.relations, seed=seed)
        if each.column not in known
    }
    for column in typed.columns:
        if column.name in known or column.name in exclusions:
            continue
        later = placed and _AFTERWARDS & set(words(column.name))
        if later and not {"start", "starting", "grid", "previous", "qualifying"} & set(
            words(column.name)
        ):
            exclusions[column.name] = "it is known only when the contest is over"
    exclusions |= {each.column: each.reason for each in useless(table, known | set(exclusions))}
    features = names - known - set(exclusions)
    if not features:
        return None
    target, steps = goal.name, list[Transform]()
    if placed:
        target = _free("relevance", names)
        most = int(np.nanmax(goal.numeric()))
        if most > MOST_PLACES:
            return None
        values = {
            text: str(max(0, 11 - int(number)))
            for text, number in zip(goal.values, goal.numbers.tolist(), strict=True)
            if np.isfinite(number)
        }
        steps.append(MapValues(column=goal.name, into=target, values=values, other="0"))
        exclusions[goal.name] = "the relevance is made from it"
    whole = group[0]
    if len(group) > 1:
        whole = _free("group", names | {target})
        steps.append(Combine(columns=tuple(group), into=whole, separator=" / "))
    steps += [RequireValue(column=target), RequireValue(column=whole)]
    dropped = tuple(name for name in exclusions if name != whole)
    if dropped:
        steps.append(DropColumns(columns=dropped))
    id_column = free_id(names)
    holdout = Holdout(kind="group", column=whole, test_fraction=0.35, private_fraction=0.62)
    what = " ".join(words(goal.name)) or goal.name
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=target,
        target_source=goal.name,
        objective="ranking",
        metric=MetricSpec(name="group_ndcg"),
        holdout=holdout,
        exclusions=tuple(Exclusion(column=c, reason=r) for c, r in exclusions.items()),
        justification=(
            f"{goal.name!r} orders the rows of each {' and '.join(map(repr, group))}; whole groups "
            "are held out, and what is known only afterwards is left out."
        ),
        formulation="ranking",
        modality="tabular",
        recipe=TableRecipe(
            reader=table.reader,
            transforms=tuple(steps),
            target=target,
            holdout=holdout,
            id_column=id_column,
            seed=seed,
        ),
        form=SubmissionForm(
            id_column=id_column, columns=("score",), kind="ranking", rows=1, truth=(target, whole)
        ),
        topic=f"{what} order",
        question=f"rank by {what} within each {' '.join(words(group[0]))}",
    )
    return Proposal(idea, 3.4)


def _free(name: str, taken: set[str]) -> str:
    lowered = {other.lower() for other in taken}
    while name in lowered:
        name += "_"
    return name


RANKING = Ranking()
