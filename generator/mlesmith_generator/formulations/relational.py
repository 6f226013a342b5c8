"""Several tables: a column of one predicted with the help of the tables that hang on it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import pandas as pd

from mlesmith_env.errors import ReadError
from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.model import Combine, DropColumns, RequireValue, TableRecipe, Transform
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import holdouts
from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.judging import Bench, Scored, judge
from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.describe import relational as wording
from mlesmith_generator.describe.naming import readable
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.relations import (
    Edge,
    Store,
    edges_of,
    plain,
    shared_names,
    side_tables,
    widen,
)
from mlesmith_generator.formulations.table import TABLES, TARGETS
from mlesmith_generator.formulations.usefulness import gains, useful_edges
from mlesmith_generator.gates.aspects import aspects_of
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.further import scan_further, scan_returns
from mlesmith_generator.gates.joins import scan_joins
from mlesmith_generator.gates.ledgers import scan_ledgers, telling_totals
from mlesmith_generator.gates.singles import scan_singles
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.table import Measured, measure_table, profile_table
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Exclusion, TableProfile

SMALLEST = 100
MOST_MAIN = 60_000
"""Rows of a main table: all its tables are joined to judge a target."""
TRIED = 3
"""Targets of a table that are judged."""
_MAIN_TABLES = 5
_ROWS_SEEN = 4_000
_BONUS = 0.35
"""What the further tables add to the score of an idea."""

_JOINED = (*TABLES, "features", "models", "relational/joins")
PROGRAMS = (
    SAMPLE,
    Program("constant", TARGETS, trivial=True),
    Program("random_draw", TARGETS, trivial=True, kinds=("label",)),
    Program("typical", TARGETS, trivial=True, kinds=("number", "probability", "probabilities")),
    Program("main_linear", (*TABLES, "features", "models"), family="relational"),
    Program("main_boosting", (*TABLES, "features", "models"), family="relational"),
    Program(
        "parents_boosting",
        _JOINED,
        family="relational",
        repeats=("main_boosting", "boosting_on_all"),
    ),
    Program("linear_on_all", _JOINED, family="relational"),
    Program("forest_on_all", _JOINED, family="relational"),
    Program("boosting_on_all", _JOINED, family="relational"),
    Program("blend_on_all", _JOINED, family="relational"),
)
"""The ladder: what the main table alone gives, then what joining adds."""


class Relational:
    """One column of a main table, with further tables beside it."""

    name = "relational"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for one number or class and brings further tables."""
        return manifest.modality == "relational" and isinstance(manifest.recipe, TableRecipe)

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas for tables that others hang on by their keys."""
        if len(profile.tables) < 2:
            return []
        store = Store(profile, folder)
        found: list[Proposal] = []
        large = [
            table
            for table in profile.tables
            if SMALLEST <= table.rows <= MOST_MAIN and len(table.columns) >= 3
        ]
        large.sort(key=lambda table: -table.rows * min(len(table.columns), 20))
        for table in large[: 2 * _MAIN_TABLES]:
            try:
                edges = useful_edges(store, table, edges_of(store, table))
            except ReadError:
                continue  # The profile has told of it.
            if edges:
                found += _ideas(store, table, edges, seed)
            if len(found) >= 2 * limit:
                break
        return sorted(found, key=lambda proposal: -proposal.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the names of the further tables."""
        recipe = manifest.recipe
        sides = recipe.tables if isinstance(recipe, TableRecipe) else ()
        return {"SIDES": [side.name for side in sides]}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for columns of the further tables that give the target away."""
        recipe = task.manifest.recipe
        if not isinstance(recipe, TableRecipe):
            return []
        sides = {
            side.name: _read(prepared.public_dir / f"{side.name}.csv") for side in recipe.tables
        }
        own = set(tables.test.columns)
        wide = Tables(
            widen(tables.train, sides), widen(tables.test, sides), tables.sample, tables.answers
        )
        findings: list[Finding] = []
        looked = 0
        for rows in aspects_of(wide, task.manifest):
            further = tuple(column.name for column in rows.columns if column.name not in own)
            looked += len(further)
            scan = scan_singles(rows.select(rows.part >= 0, further).sample(_ROWS_SEEN))
            findings += [_in_words(finding) for finding in scan.findings]
        told = f"{looked} columns of {len(sides)} further tables, joined by their keys"
        return [
            Scan("further-tables", told, tuple(findings)),
            scan_further(recipe, tables, sides),
            scan_returns(task, recipe, sides),
            scan_joins(task.manifest, tables, sides),
            _scan_totals(task, wide, sides),
        ]

    @property
    def sections(self) -> Mapping[str, Section]:
        """The context tells of all tables."""
        return {"Context": wording.context_section}


def _scan_totals(task: Task, wide: Tables, sides: Mapping[str, pd.DataFrame]) -> Scan:
    """Look for totals of the answers in further tables, over training and hidden rows."""
    key, truth = task.manifest.submission.id_column, task.manifest.truth
    answers = wide.answers.set_index(key).reindex(wide.test[key].to_numpy())
    asked = {
        name: pd.Series([*wide.train[name], *answers[name]], name=name, dtype=object)
        for name in truth
    }
    rows = pd.concat([wide.train, wide.test], ignore_index=True)
    return scan_ledgers(rows.drop(columns=[key, *truth], errors="ignore"), sides, asked)


def _in_words(finding: Finding) -> Finding:
    """Return a finding about a joined column, which no column of the main table mends."""
    return Finding(
        f"further-{finding.code}", finding.evidence, finding.stage, warning=finding.warning
    )


def _read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])


def _ideas(store: Store, main: TableProfile, edges: list[Edge], seed: int) -> list[Proposal]:
    frame = store.frame(main)
    names = shared_names([column.name for column in main.columns], edges)
    sides = {
        plain(edge.table.name): store.frame(edge.table).rename(columns=names[edge.table.name])
        for edge in edges
    }
    wide = widen(frame, sides)
    typed = measure_table(wide, seed=seed)
    measured = Measured(typed, len(wide), 0)
    profile = profile_table(main.name, main.reader, measured)
    bench = Bench(store.profile.dataset, profile, typed, len(wide) / max(1, typed.rows), seed)
    own = TypedTable(typed.columns[: len(main.columns)], typed.rows)
    keys = _keys(main, edges)
    found: list[Proposal] = []
    ranked = merits(main, own, f"{store.profile.dataset} {main.name}")
    for merit in ranked[: 3 * TRIED]:
        if len(found) >= TRIED or merit.score < 0:
            break
        made = None if merit.column in keys else primary(own[merit.column])
        if made is None or bench.rows_of(made) < SMALLEST:
            continue
        totals = telling_totals(wide, sides, cast("pd.Series", wide[made.source]))
        honest = _without(bench, totals)
        for plan in _plans(bench, made, main):
            scored = judge(honest, made, plan, merit)
            if scored is not None and not gains(bench, own, scored):
                continue  # What the main table tells alone is no question of several.
            if scored is not None:
                scored = _leaving_out(scored, totals)
                proposal = _proposal(store, main, edges, names, keys, scored, seed)
                found += [proposal] if proposal is not None else []
                break
    return found


def _without(bench: Bench, names: Mapping[str, str]) -> Bench:
    """Return the bench without some columns of further tables."""
    if not names:
        return bench
    columns = tuple(column for column in bench.table.columns if column.name not in names)
    table = TypedTable(columns, bench.table.rows)
    measured = Measured(table, bench.profile.rows, 0)
    profile = profile_table(bench.profile.name, bench.profile.reader, measured)
    return replace(bench, profile=profile, table=table)


def _leaving_out(scored: Scored, totals: Mapping[str, str]) -> Scored:
    """Return an idea that leaves out totals of what it asks for."""
    told = tuple(Exclusion(column=name, reason=words) for name, words in totals.items())
    idea = scored.idea
    return replace(scored, idea=idea.model_copy(update={"exclusions": (*idea.exclusions, *told)}))


def _plans(bench: Bench, made: Target, main: TableProfile) -> list[Plan]:
    rows = bench.rows_of(made)
    plans: list[Plan | None] = []
    entity, shared = holdouts.owner(made, main, bench.table)
    if entity is not None and shared >= holdouts.SHARED:
        plans.append(holdouts.by_group(made, entity, bench.table, rows))
    if shared < holdouts.FIXED or plans == [None]:
        plans.append(holdouts.plain(made, rows))
    return [plan for plan in plans if plan is not None]


def _keys(main: TableProfile, edges: Sequence[Edge]) -> set[str]:
    columns = {column.name for column in main.columns}
    return {edge.onto for edge in edges if edge.onto in columns}


def _proposal(
    store: Store,
    main: TableProfile,
    edges: list[Edge],
    names: Mapping[str, Mapping[str, str]],
    keys: set[str],
    scored: Scored,
    seed: int,
) -> Proposal | None:
    idea, own = scored.idea, {column.name for column in main.columns}
    exclusions = [
        each for each in idea.exclusions if each.column in own and each.column not in keys
    ]
    known = {each.column for each in exclusions}
    exclusions += [
        Exclusion(column=column.name, reason=f"it tells rows apart ({column.note or 'a key'})")
        for column in main.columns
        if column.type == "identifier" and column.name not in {*keys, *known, scored.made.source}
    ]
    gone = _gone(edges, names, idea.exclusions)
    edges = _attached(edges, names, gone, own - {each.column for each in exclusions})
    if not edges:
        return None
    holdout = idea.holdout
    if scored.by_time and not {holdout.column, *_taken_up(scored)} - _made_by(scored) <= own:
        return None  # Another table tells when its rows were.
    if holdout.column in keys:
        holdout = holdout.model_copy(update={"drop_column": False})
    transforms: list[Transform] = list(idea.transforms)
    if not any(isinstance(t, RequireValue) and t.column == idea.target for t in transforms):
        transforms.append(RequireValue(column=idea.target))
    dropped = tuple(each.column for each in exclusions if each.column != holdout.column)
    if dropped:
        transforms.append(DropColumns(columns=dropped))
    recipe = TableRecipe(
        reader=main.reader,
        transforms=tuple(transforms),
        target=idea.target,
        holdout=holdout,
        id_column=free_id({*own, *(n for each in names.values() for n in each.values())}),
        seed=seed,
        tables=side_tables(edges, names, gone),
    )
    children = sum(not edge.single for edge in edges)
    told = (
        f"{len(edges)} further tables hang on it by {', '.join(sorted(map(repr, keys)))}, "
        f"{children} of them with many rows to a key"
    )
    made = idea.model_copy(
        update={
            "formulation": "relational",
            "modality": "relational",
            "recipe": recipe,
            "holdout": holdout,
            "exclusions": tuple(exclusions),
            "table": main.name,
            "topic": f"{idea.target} across tables",
            "question": f"predict {readable(idea.target)} across {len(edges) + 1} tables",
            "justification": f"{idea.justification} {told}.",
        }
    )
    return Proposal(made, scored.score + _BONUS)


def _taken_up(scored: Scored) -> set[str]:
    """Return the columns of which those are put together that order the rows in time."""
    steps = scored.plan.repairs
    return {name for step in steps if isinstance(step, Combine) for name in step.columns}


def _made_by(scored: Scored) -> set[str]:
    return {step.into for step in scored.plan.repairs if isinstance(step, Combine)}


def _attached(
    edges: Sequence[Edge],
    names: Mapping[str, Mapping[str, str]],
    gone: Mapping[str, Sequence[str]],
    main: set[str],
) -> list[Edge]:
    """Return the further tables that still hang on what is shown, and still tell something."""
    reached = set(main)
    kept: dict[str, Edge] = {}
    while True:
        more = [edge for edge in edges if edge.table.name not in kept and edge.onto in reached]
        for edge in more:
            kept[edge.table.name] = edge
            new = names[edge.table.name]
            reached |= {
                new.get(column.name, column.name)
                for column in edge.table.columns
                if column.name not in gone.get(edge.table.name, ())
            }
        if not more:
            break
    leading = {edge.onto for edge in kept.values()} - main
    useful: list[Edge] = []
    for edge in edges:
        if edge.table.name not in kept:
            continue
        shown = {c.name for c in edge.table.columns} - set(gone.get(edge.table.name, ()))
        telling = {
            name for name in shown - {edge.column} if not {"id", "key"} & set(words(name)[-1:])
        }
        if telling or shown & leading:
            useful.append(edge)
    return useful


def _gone(
    edges: Sequence[Edge],
    names: Mapping[str, Mapping[str, str]],
    exclusions: Sequence[Exclusion],
) -> dict[str, list[str]]:
    """Return the columns of further tables that would give the target away, by table."""
    gone: dict[str, list[str]] = defaultdict(list)
    for edge in edges:
        prefix = f"{plain(edge.table.name)}."
        told = {
            each.column.removeprefix(prefix)
            for each in exclusions
            if each.column.startswith(prefix)
            and not each.reason.startswith(("it tells rows apart", "it has no more"))
        }
        for column in edge.table.columns:
            new = names[edge.table.name].get(column.name, column.name)
            empty = column.type == "constant" and column.name != edge.column
            mine = any(
                t == new or re.sub(r" (mean|sum|max|first|is .*)$", "", t) == new for t in told
            )
            if column.name != edge.column and (mine or empty):
                gone[edge.table.name].append(column.name)
    return gone


RELATIONAL = Relational()
