"""Link prediction: which pairs of nodes of a graph are linked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.recipes.links import EDGES
from mlesmith_env.recipes.model import (
    DropColumns,
    Holdout,
    LinksRecipe,
    RenameColumns,
    SideTable,
)
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.describe import links as wording
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.graphs import FEWEST_EDGES, MOST_EDGES
from mlesmith_generator.formulations.numbering import is_numbering, numbering_findings
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import chosen
from mlesmith_generator.gates.aspects import aspects_of
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.singles import scan_singles
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.pairing import MOST_NODES, ends_of, is_graph
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import DatasetProfile, Exclusion, Idea, TableProfile

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
            ends = ends_of(table)
            if ends is None or not FEWEST_EDGES <= table.rows <= MOST_EDGES:
                continue
            typed = measure_file(table.reader, folder, seed=seed).table
            if is_graph(typed, ends, table.rows):
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
        shortcuts = _scan_shortcuts(task.manifest, tables, edges, ends)
        return [Scan("links", told, tuple(findings)), shortcuts]

    @property
    def sections(self) -> Mapping[str, Section]:
        """All that speaks of rows speaks of pairs."""
        return {
            "Context": wording.context_section,
            "Target": wording.target_section,
            "Metric": wording.metric_section,
            "Holdout": wording.holdout_section,
        }


def _scan_shortcuts(
    manifest: Manifest, tables: Tables, edges: pd.DataFrame, ends: list[str]
) -> Scan:
    """Look for what tells links from other pairs without a look at the graph around them."""
    counts = pd.concat([edges[name] for name in ends]).value_counts()
    train, test = (
        _shape(frame, counts, ends, manifest.submission.id_column)
        for frame in (tables.train, tables.test)
    )
    target = manifest.recipe.target
    seen = Tables(train.assign(**{target: tables.train[target]}), test, test, tables.answers)
    findings = tuple(
        Finding("link-shortcut", finding.evidence, "refactor", warning=finding.warning)
        for rows in aspects_of(seen, manifest)
        if rows.usable
        for finding in scan_singles(rows).findings
    )
    numbered = numbering_findings(edges, tables.train, ends, target)
    told = (
        "neither the order of the ends nor how many links they have nor a gap among the links "
        "gives the answer"
    )
    return Scan("link-shortcuts", told, (*findings, *numbered))


def _shape(frame: pd.DataFrame, counts: pd.Series, ends: list[str], key: str) -> pd.DataFrame:
    """Return what is seen of pairs at a glance: the order of the ends, and their public links."""
    nodes = [cast("pd.Series", frame[name]) for name in ends]
    links = [counts.reindex(each).fillna(0).to_numpy(dtype=np.int64) for each in nodes]
    numbers = [np.asarray(pd.to_numeric(each, errors="coerce"), dtype=np.float64) for each in nodes]
    shown = {
        key: frame[key],
        "order of the names": frame[ends[0]] < frame[ends[1]],
        "order of the numbers": numbers[0] < numbers[1],
        "both ends have links": (links[0] > 0) & (links[1] > 0),
        f"links of {ends[0]}": links[0],
        f"links of {ends[1]}": links[1],
        "product of the links": links[0] * links[1],
    }
    return pd.DataFrame(shown).astype(str)


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
    exclusions = tuple(
        Exclusion(column=column.name, reason="it numbers the links, and hidden ones would be gaps")
        for column in table.columns
        if column.name not in ends and is_numbering(column)
    )
    dropped = tuple(each.column for each in exclusions)
    recipe = LinksRecipe(
        reader=table.reader,
        transforms=(DropColumns(columns=dropped),) if dropped else (),
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
        exclusions=exclusions,
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
