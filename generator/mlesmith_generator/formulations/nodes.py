"""Nodes: a number or a class of the nodes of a graph, whose links are known."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from mlesmith_env.manifest import AMOUNTS, CLASSED, Manifest
from mlesmith_env.recipes.model import (
    DropColumns,
    RenameColumns,
    RequireValue,
    SideTable,
    TableRecipe,
    Transform,
)
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.twins import twin_codes
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import features, holdouts, probe
from mlesmith_generator.brainstorm.judging import Bench, Scored, judge
from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.describe import nodes as wording
from mlesmith_generator.describe.naming import readable
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.graphs import Graph, graphs, matrix, structure
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.relations import widen
from mlesmith_generator.formulations.table import MODELS, TARGETS
from mlesmith_generator.gates.aspects import aspects_of
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.singles import scan_singles
from mlesmith_generator.gates.twins import scan_twins
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.pairing import MOST_NODES, NEIGHBOUR, NODE
from mlesmith_generator.profiler.table import Measured, measure_table, profile_table
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable, type_column
from mlesmith_generator.records import DatasetProfile, TableProfile

EDGES = "edges"
"""Name of the further table of links."""
SMALLEST = 200
LIKELY = 0.3
"""Merit that a column must have as a target."""
COVERED = 0.9
"""Share of the nodes that have to stand in the table, and of its rows that have to be nodes."""
FOLLOWS = 0.08
"""Skill of the links alone from which a question is one of a graph."""
HEARD = "neighbours' answers"
_HIDDEN = 0.3
_MOST_FURTHER = 6
_ROWS_SEEN = 4_000
_BONUS = 0.5
"""What the links add to the score of an idea."""
_TRIED = 4

_GRAPH = (*MODELS, "nodes/graph")
PROGRAMS = (
    SAMPLE,
    Program("constant", TARGETS, trivial=True),
    Program("random_draw", TARGETS, trivial=True, kinds=("label",)),
    Program("typical", TARGETS, trivial=True, kinds=("number", "probability", "probabilities")),
    Program("degrees", _GRAPH, family="nodes"),
    Program("neighbours", _GRAPH, family="nodes"),
    Program("propagation", _GRAPH, family="nodes"),
    Program("directions", _GRAPH, family="nodes"),
    Program("forest", _GRAPH, family="nodes"),
    Program("boosting", _GRAPH, family="nodes"),
    Program("blend", _GRAPH, family="nodes"),
)
"""The ladder, from the foot up."""


class Nodes:
    """A number or a class for each node; all links are shown, only answers are hidden."""

    name = "nodes"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for nodes of a graph."""
        recipe = manifest.recipe
        return (
            manifest.modality == "graph"
            and manifest.objective in AMOUNTS | CLASSED
            and isinstance(recipe, TableRecipe)
            and any(side.name == EDGES for side in recipe.tables)
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return ideas for the columns of tables whose rows are the nodes of a graph."""
        if len(profile.tables) < 2:
            return []
        found: list[Proposal] = []
        for graph in list(graphs(profile, folder, seed))[:2]:
            for table in profile.tables:
                usable = SMALLEST <= table.rows <= MOST_NODES and len(table.columns) >= 2
                if table.name == graph.table.name or not usable:
                    continue
                frame = read_table(table.reader, folder)
                key = _key(table, frame, graph)
                if key is not None:
                    found += _ideas(profile, table, frame, key, graph, seed)
        return sorted(found, key=lambda proposal: -proposal.score)[: min(limit, 3)]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return what the ends of a link are called."""
        return {"NODE": NODE, "NEIGHBOUR": NEIGHBOUR}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for links that give the answer away, and for nodes that have none."""
        path = prepared.public_dir / f"{EDGES}.csv"
        edges = pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""])
        return [
            _scan_links(task.manifest, tables, edges),
            _scan_alone(tables, edges),
            scan_twins(task.manifest, tables, edges),
        ]

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context and holdout speak of nodes and their links."""
        return {"Context": wording.context_section, "Holdout": wording.holdout_section}


def _key(table: TableProfile, frame: pd.DataFrame, graph: Graph) -> str | None:
    """Return the column that names the node of each row, None where rows are no nodes."""
    nodes = set(graph.names)
    for column in table.columns[:3]:
        if column.distinct != table.rows or column.type == "date":
            continue
        met = len(nodes & set(frame[column.name].dropna().astype(str)))
        others = {other.name for other in table.columns if other.name != column.name}
        if met >= COVERED * max(len(nodes), table.rows) and not {NODE, NEIGHBOUR} & others:
            return column.name
    return None


def _ideas(
    profile: DatasetProfile,
    table: TableProfile,
    frame: pd.DataFrame,
    key: str,
    graph: Graph,
    seed: int,
) -> Iterator[Proposal]:
    own = measure_table(frame, seed=seed)
    place = pd.Series(range(len(graph.names)), index=list(graph.names))
    rows = place.reindex(frame[key].astype(str)).to_numpy(dtype=float)
    met = np.isfinite(rows)
    where = np.where(met, rows, 0).astype(np.int64)
    told = structure(graph.codes, len(graph.names), seed)
    seen = pd.DataFrame(
        {name: np.where(met, values[where], np.nan) for name, values in told.items()}
    )
    linked = measure_table(seen.round(9).astype(str).where(seen.notna(), None), seed=seed)
    links = matrix(graph.codes, len(graph.names))
    subject = f"{profile.dataset} {table.name}"
    twins = _has_twins(frame, key, graph)
    found = 0
    for tried, merit in enumerate(merits(table, own, subject)):
        if merit.score < LIKELY or tried >= _TRIED or found >= 2:
            break
        made = None if merit.column == key else primary(own[merit.column])
        if made is None or made.rows < SMALLEST:
            continue
        heard = _heard(made, graph, links, where, met, seed)
        columns = (*own.columns, *linked.columns, *heard)
        wide = TypedTable(columns, own.rows)
        alone = TypedTable((own[made.source], *linked.columns, *heard), own.rows)
        if _skill(alone, made, seed) < FOLLOWS:
            continue
        measured = Measured(wide, own.rows, 0)
        whole = profile_table(table.name, table.reader, measured)
        bench = Bench(profile.dataset, whole, wide, 1.0, seed, subject)
        scored = judge(bench, made, holdouts.plain(made, made.rows), merit)
        if (
            scored is None
            or scored.by_time
            or {each.column for each in scored.idea.exclusions} & _given(bench)
        ):
            continue  # What the links tell by themselves is no question.
        found += 1
        yield _proposal(table, own, key, graph, scored, seed, twins=twins)


def _has_twins(frame: pd.DataFrame, key: str, graph: Graph) -> bool:
    """Whether some nodes are linked to the very same others."""
    nodes = pd.DataFrame({NODE: frame[key].astype(str)})
    links = pd.DataFrame(np.array(graph.names)[graph.codes], columns=[NODE, NEIGHBOUR])
    return any(bool((codes >= 0).any()) for codes in twin_codes(nodes, links))


def _given(bench: Bench) -> set[str]:
    """Return columns that come from the links, less those that tell nothing."""
    telling = {each.name for each in bench.profile.columns if each.type == "number"}
    return {name for name in telling if name.startswith(("links", "direction ", HEARD))}


def _heard(
    made: Target,
    graph: Graph,
    links: sparse.csr_matrix,
    where: NDArray[np.int64],
    met: NDArray[np.bool_],
    seed: int,
) -> tuple[TypedColumn, ...]:
    """Return what the known answers around each node say, where some are hidden by chance."""
    size = len(graph.names)
    known = np.isfinite(made.truth) & met
    known &= np.random.default_rng(seed).random(len(known)) > _HIDDEN
    truth = np.nan_to_num(made.truth)
    parts = [truth] if made.amount else [truth == code for code in range(len(made.classes))][:4]
    count = np.zeros(size)
    count[where[known]] = 1.0
    around = np.asarray(links @ count).ravel()
    columns: list[TypedColumn] = []
    for number, part in enumerate(parts):
        told = np.zeros(size)
        told[where[known]] = np.asarray(part, dtype=np.float64)[known]
        middle = told[where[known]].mean()
        mean = (np.asarray(links @ told).ravel() + middle) / (around + 1.0)
        text = pd.Series(np.where(met, mean[where], middle)).round(9).astype(str)
        columns.append(type_column(f"{HEARD} {number}", text))
    return tuple(columns)


def _skill(table: TypedTable, made: Target, seed: int) -> float:
    """Return the skill of a quick model on what the links tell."""
    good = np.flatnonzero(np.isfinite(made.truth))
    if len(good) > probe.ROWS:
        good = np.sort(np.random.default_rng(seed).choice(good, probe.ROWS, replace=False))
    built = features.build(table, good, {made.source})
    if not built.width:
        return 0.0
    folds = holdouts.folds(holdouts.plain(made, len(good)), made, table, good, seed)
    return probe.measure(made.truth[good], len(made.classes), built, folds, seed=seed).skill


def _proposal(
    table: TableProfile,
    own: TypedTable,
    key: str,
    graph: Graph,
    scored: Scored,
    seed: int,
    *,
    twins: bool,
) -> Proposal:
    idea = scored.idea
    names = {column.name for column in own.columns}
    exclusions = tuple(
        each for each in idea.exclusions if each.column in names and each.column != key
    )
    transforms: list[Transform] = [] if key == NODE else [RenameColumns(names={key: NODE})]
    transforms += [*idea.transforms, RequireValue(column=idea.target)]
    if exclusions:
        transforms.append(DropColumns(columns=tuple(each.column for each in exclusions)))
    further = tuple(
        column.name
        for column in graph.others
        if column.type in ("number", "category", "boolean", "date") and column.name not in names
    )[:_MOST_FURTHER]
    recipe = TableRecipe(
        reader=table.reader,
        transforms=tuple(transforms),
        target=idea.target,
        holdout=idea.holdout.model_copy(update={"twins": EDGES if twins else None}),
        id_column=free_id({*(names - {key}), NODE}),
        seed=seed,
        tables=(
            SideTable(
                name=EDGES, reader=graph.table.reader, transforms=graph.steps(further=further)
            ),
        ),
    )
    told = (
        f"{graph.table.name!r} links the {len(graph.names)} nodes {len(graph.codes)} times, and "
        "what is known of the nodes around one says something about it."
    )
    degree = np.bincount(graph.codes.ravel(), minlength=len(graph.names))
    made = idea.model_copy(
        update={
            "formulation": "nodes",
            "modality": "graph",
            "recipe": recipe,
            "holdout": recipe.holdout,
            "exclusions": exclusions,
            "transforms": (),
            "topic": f"{idea.target} of nodes",
            "question": f"predict {readable(idea.target)} of nodes",
            "justification": f"{idea.justification} {told}",
            "measured": {
                "median": str(int(np.median(degree))),
                "most": str(int(degree.max())),
                "hub": graph.names[int(degree.argmax())],
            },
        }
    )
    return Proposal(made, scored.score + _BONUS)


def _scan_links(manifest: Manifest, tables: Tables, edges: pd.DataFrame) -> Scan:
    """Look for what is told of links and, put together for each node, gives the answer away."""
    turned = edges.rename(columns={NODE: NEIGHBOUR, NEIGHBOUR: NODE})
    both = pd.concat([edges, turned], ignore_index=True)
    sides = {"from": edges, "to": turned, "all": both}
    shown = {name: side.drop(columns=NEIGHBOUR) for name, side in sides.items()}
    own = set(tables.test.columns)
    wide = Tables(
        widen(tables.train, shown), widen(tables.test, shown), tables.sample, tables.answers
    )
    findings: list[Finding] = []
    looked = 0
    for rows in aspects_of(wide, manifest):
        further = tuple(column.name for column in rows.columns if column.name not in own)
        looked += len(further)
        scan = scan_singles(rows.select(rows.part >= 0, further).sample(_ROWS_SEEN))
        findings += [
            Finding(f"further-{each.code}", each.evidence, each.stage, warning=each.warning)
            for each in scan.findings
        ]
    told = f"{looked} columns of {EDGES}.csv, put together for each node"
    return Scan("links", told, tuple(findings))


def _scan_alone(tables: Tables, edges: pd.DataFrame) -> Scan:
    """Refuse a graph that most hidden nodes are not part of."""
    linked = {*edges[NODE].dropna(), *edges[NEIGHBOUR].dropna()}
    asked: list[str] = tables.test[NODE].tolist()
    alone = sum(node not in linked for node in asked) / max(1, len(asked))
    told = f"{alone:.1%} of the hidden nodes have no link in {EDGES}.csv"
    findings = (Finding("links-missing", told, "refactor"),) if alone > 1 - COVERED / 2 else ()
    return Scan("nodes-alone", told, findings)


NODES = Nodes()
