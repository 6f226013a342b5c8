"""Link prediction: which pairs of nodes of a graph are linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.recipes.links import EDGES
from mlesmith_env.recipes.model import Holdout, LinksRecipe, RenameColumns, SideTable
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.describe import links as wording
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import chosen
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile, DatasetProfile, Idea, TableProfile

FEWEST_EDGES, FEWEST_NODES = 400, 60
MOST_EDGES, MOST_NODES = 200_000, 30_000
DENSE = 0.2
"""Share of all pairs that are linked from which nothing is left to ask."""
SHARED = 0.25
"""Share of the nodes of the smaller end that stand at the other end as well."""
_ENDS = (
    ("source", "target"), ("from", "to"), ("src", "dst"), ("src", "dest"), ("sender", "receiver"),
    ("node1", "node2"), ("id1", "id2"), ("user1", "user2"), ("person1", "person2"), ("a", "b"),
    ("head", "tail"), ("follower", "followee"), ("citing", "cited"), ("u", "v"), ("i", "j"),
    ("von", "nach"), ("de", "vers"), ("origen", "destino"), ("quelle", "ziel"),
)  # fmt: skip

_PARTS = ("links/graph",)
PROGRAMS = (
    SAMPLE,
    Program("half", _PARTS, trivial=True, family="links"),
    Program("preferential_attachment", _PARTS, family="links"),
    Program("common_neighbours", _PARTS, family="links"),
    Program("adamic_adar", _PARTS, family="links"),
    Program("directions", _PARTS, family="links"),
    Program("logistic", _PARTS, family="links"),
    Program("boosting", _PARTS, family="links"),
    Program("blend", _PARTS, family="links"),
)
"""The ladder, from the foot up."""


class LinkPrediction:
    """Pairs of nodes, half of them linked."""

    name = "link_prediction"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for links."""
        return manifest.objective == "link_prediction"

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table that lists the links of a graph."""
        found: list[Proposal] = []
        for table in profile.tables:
            ends = _ends_of(table)
            if ends is None or not FEWEST_EDGES <= table.rows <= MOST_EDGES:
                continue
            typed = measure_file(table.reader, folder, seed=seed).table
            if _is_graph(typed, ends, table.rows):
                found.append(_idea(profile, table, typed, ends, folder, seed))
        found.sort(key=lambda proposal: -proposal.score)
        return found[: min(limit, 2)]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the columns of both ends."""
        recipe = manifest.recipe
        return {"ENDS": list(recipe.ends) if isinstance(recipe, LinksRecipe) else []}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for asked pairs among the public links, in either direction."""
        recipe = task.manifest.recipe
        if not isinstance(recipe, LinksRecipe):
            return []
        ends = list(recipe.ends)
        edges = pd.read_csv(
            prepared.public_dir / Path(EDGES).name, dtype=str, keep_default_na=False
        )
        known = set(zip(*(edges[name].tolist() for name in ends), strict=True))
        turned = {(b, a) for a, b in known}
        asked = list(zip(*(tables.test[name].tolist() for name in ends), strict=True))
        crossing = [
            pair for pair in asked if pair in known or (not recipe.directed and pair in turned)
        ]
        train = set(zip(*(tables.train[name].tolist() for name in ends), strict=True))
        twice = [pair for pair in asked if pair in train or (pair[1], pair[0]) in train]
        findings: list[Finding] = []
        if crossing:
            evidence = f"{len(crossing)} asked pairs stand in edges.csv, such as {crossing[0]}"
            findings.append(Finding("link-exposed", evidence))
        if twice and not recipe.directed:
            evidence = f"{len(twice)} asked pairs stand in train.csv as well, such as {twice[0]}"
            findings.append(Finding("link-exposed", evidence))
        told = f"none of {len(asked)} asked pairs is among {len(known)} public links"
        return [Scan("links", told, tuple(findings))]

    @property
    def sections(self) -> Mapping[str, Section]:
        """All that speaks of rows speaks of pairs."""
        return {
            "Context": wording.context_section,
            "Target": wording.target_section,
            "Metric": wording.metric_section,
            "Holdout": wording.holdout_section,
        }


def _ends_of(table: TableProfile) -> tuple[str, str] | None:
    """Return the two columns that name the ends of a link, where names and types say so."""
    by_word = {"".join(words(column.name)): column for column in table.columns}
    pairs: list[tuple[ColumnProfile, ColumnProfile]] = []
    for one, two in _ENDS:
        for ending in ("", "id", "node", "name"):
            left, right = by_word.get(one + ending), by_word.get(two + ending)
            if left is not None and right is not None:
                pairs.append((left, right))
    for left, right in pairs:
        kinds = {left.type, right.type}
        nodes = kinds <= {"identifier", "category", "number", "text"}
        whole = left.integer == right.integer and (left.type != "number" or left.integer)
        if nodes and whole and min(left.distinct, right.distinct) >= FEWEST_NODES // 2:
            return left.name, right.name
    return None


def _is_graph(typed: TypedTable, ends: tuple[str, str], rows: int) -> bool:
    first, second = (set(typed[name].values) for name in ends)
    nodes = len(first | second)
    shared = len(first & second) / max(1, min(len(first), len(second)))
    enough = FEWEST_NODES <= nodes <= MOST_NODES and rows >= 1.2 * nodes
    return enough and shared >= SHARED and rows <= DENSE * nodes * (nodes - 1) / 2


def _idea(
    profile: DatasetProfile,
    table: TableProfile,
    typed: TypedTable,
    ends: tuple[str, str],
    folder: Path,
    seed: int,
) -> Proposal:
    nodes = set(typed[ends[0]].values) | set(typed[ends[1]].values)
    id_column = free_id({column.name for column in table.columns})
    target = "linked" if "linked" not in {column.name for column in table.columns} else "is_linked"
    holdout = Holdout(kind="random", test_fraction=0.2, private_fraction=0.6)
    recipe = LinksRecipe(
        reader=table.reader,
        ends=ends,
        target=target,
        holdout=holdout,
        id_column=id_column,
        seed=seed,
        tables=_nodes(profile, table, nodes, folder, seed),
    )
    metric = chosen(("roc_auc", "average_precision"), profile.dataset, table.name)
    idea = Idea(
        dataset=profile.dataset,
        table=table.name,
        target=target,
        target_source=target,
        objective="link_prediction",
        metric=MetricSpec(name=metric),
        holdout=holdout,
        justification=(
            f"{table.rows} rows of {table.name!r} link {len(nodes)} nodes, and the same nodes "
            f"stand under {ends[0]!r} and {ends[1]!r}: a graph, some of whose links can be hidden."
        ),
        formulation="link_prediction",
        modality="graph",
        recipe=recipe,
        form=SubmissionForm(
            id_column=id_column,
            columns=(target,),
            kind="probability",
            classes=("0", "1"),
            rows=1,
        ),
        topic=f"{table.name} links",
        question=f"predict missing links between {len(nodes):,} nodes",
    )
    return Proposal(idea, 2.9 + min(0.3, table.rows / 100_000))


def _nodes(
    profile: DatasetProfile, edges: TableProfile, nodes: set[str], folder: Path, seed: int
) -> tuple[SideTable, ...]:
    """Return a table with a row for each node, where there is one that tells more than names."""
    for table in profile.tables:
        if table.name == edges.name or len(table.columns) < 2 or table.rows > MOST_NODES:
            continue
        typed = measure_file(table.reader, folder, seed=seed).table
        for column in typed.columns[:2]:
            values = set(column.values)
            unique = column.profile.distinct == typed.rows
            if unique and len(values & nodes) >= 0.9 * len(nodes):
                others = {other.name for other in typed.columns if other is not column}
                key = next(
                    each for each in ("node", "node_key", "key_of_node") if each not in others
                )
                return (
                    SideTable(
                        name="nodes",
                        reader=table.reader,
                        transforms=(RenameColumns(names={column.name: key}),),
                    ),
                )
    return ()


LINK_PREDICTION = LinkPrediction()
