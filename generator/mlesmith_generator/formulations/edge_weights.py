"""Weights of links: how strong the tie between two nodes of a graph is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.manifest import AMOUNTS, Manifest
from mlesmith_env.recipes.model import DropColumns, RequireValue, TableRecipe, Transform
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import holdouts
from mlesmith_generator.brainstorm.judging import Bench, Scored, judge
from mlesmith_generator.brainstorm.merit import Merit
from mlesmith_generator.brainstorm.naming import name_weight
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.describe import edge_weights as wording
from mlesmith_generator.describe.naming import readable
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.graphs import Graph, graphs, matrix, names_ends
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.table import MODELS, TARGETS
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.pairing import NEIGHBOUR, NODE
from mlesmith_generator.profiler.table import Measured, measure_table, profile_table
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile

_WEIGHTS = frozenset(
    {"weight", "weights", "count", "counts", "value", "amount", "volume", "flow", "traffic",
     "trips", "interactions", "strength", "frequency", "messages", "calls", "meetings", "contacts",
     "passengers", "flights", "trade", "distance", "duration", "similarity", "times", "shared",
     "gewicht", "anzahl", "poids", "nombre", "peso", "cantidad", "вес"}
)  # fmt: skip
"""Words for how strong a tie is."""
REPEATED = 0.02
"""Share of the links that stand in the table a second time from which it tells of events."""
TURNED = 0.6
"""Share of equal weights among links that stand there both ways: there is but one of them."""
_AROUND = "around "
_HIDDEN = 0.3
_MERIT = 2.2
_BONUS = 2.0
"""What a weight of links asked for as such is better than one asked for as a column of a table."""

_PAIRS = (*MODELS, "edge_weights/pairs")
PROGRAMS = (
    SAMPLE,
    Program("constant", TARGETS, trivial=True),
    Program("typical", TARGETS, trivial=True),
    Program("end_means", _PAIRS, family="edge_weights"),
    Program("factorisation", _PAIRS, family="edge_weights"),
    Program("linear", _PAIRS, family="edge_weights"),
    Program("forest", _PAIRS, family="edge_weights"),
    Program("boosting", _PAIRS, family="edge_weights"),
    Program("blend", _PAIRS, family="edge_weights"),
)
"""The ladder, from the foot up."""


class EdgeWeights:
    """A number for each link; which nodes are linked is shown."""

    name = "edge_weights"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for the weights of links."""
        recipe = manifest.recipe
        return (
            manifest.modality == "graph"
            and manifest.objective in AMOUNTS
            and isinstance(recipe, TableRecipe)
            and not recipe.tables
            and names_ends(recipe)
        )

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return an idea for each table of links of which one column is a weight."""
        found: list[Proposal] = []
        for graph in graphs(profile, folder, seed):
            if _tells_of_events(graph):
                continue
            for column in graph.others:
                if column.type == "number" and _WEIGHTS & set(words(column.name)):
                    proposal = _idea(profile, graph, column.name, seed)
                    found += [] if proposal is None else [proposal]
        return sorted(found, key=lambda proposal: -proposal.score)[: min(limit, 2)]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return what the ends of a link are called."""
        return {"NODE": NODE, "NEIGHBOUR": NEIGHBOUR}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for hidden links that training shows as well, the same way or turned."""
        return [_scan_pairs(tables, task.manifest.recipe.target)]

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context and holdout speak of links."""
        return {"Context": wording.context_section, "Holdout": wording.holdout_section}


def _tells_of_events(graph: Graph) -> bool:
    """Return whether links come again and again, or at a time: rows are events, not ties."""
    pairs = pd.DataFrame(graph.codes)
    return bool(pairs.duplicated().mean() > REPEATED) or any(
        column.type == "date" for column in graph.others
    )


def _idea(profile: DatasetProfile, graph: Graph, name: str, seed: int) -> Proposal | None:
    kept = [name, *(each.name for each in graph.others if each.name != name)]
    typed = measure_table(graph.frame.reindex(columns=kept), seed=seed)
    made = primary(typed[name])
    if made is None or not made.amount or _is_told_twice(graph, made.truth):
        return None
    around = pd.DataFrame(_around(graph, made.truth, seed)).round(9).astype(str)
    wide = TypedTable((*typed.columns, *measure_table(around, seed=seed).columns), typed.rows)
    measured = Measured(wide, typed.rows, 0)
    whole = profile_table(graph.table.name, graph.table.reader, measured)
    subject = f"{profile.dataset} {graph.table.name}"
    bench = Bench(profile.dataset, whole, wide, 1.0, seed, subject)
    merit = Merit(name, max(_MERIT, name_weight(name)), ("it weighs the links of a graph",))
    scored = judge(bench, made, holdouts.plain(made, made.rows), merit)
    if (
        scored is None
        or scored.by_time
        or any(
            each.column.startswith(_AROUND) and each.column in around.columns
            for each in scored.idea.exclusions
        )
    ):
        return None
    return _proposal(graph, made, kept, scored, seed)


def _is_told_twice(graph: Graph, truth: NDArray[np.float64]) -> bool:
    """Return whether links stand in the table both ways with one weight."""
    one, two = graph.codes.T
    size = len(graph.names)
    there, back = one * size + two, two * size + one
    weights = pd.Series(truth, index=there).groupby(level=0).first()
    turned = weights.reindex(back).to_numpy(dtype=float)
    both = np.isfinite(turned) & np.isfinite(truth) & (one != two)
    return bool(both.sum() >= 20 and np.mean(turned[both] == truth[both]) >= TURNED)


def _around(graph: Graph, truth: NDArray[np.float64], seed: int) -> dict[str, NDArray[np.float64]]:
    """Return what the other links of both ends say of each, where some weights are hidden."""
    known = np.isfinite(truth)
    shown = known & (np.random.default_rng(seed).random(len(truth)) > _HIDDEN)
    value = np.log1p(truth) if np.nanmin(truth) >= 0 else truth
    value = np.where(shown, np.nan_to_num(value), 0.0)
    middle = value[shown].mean()
    one, two = graph.codes.T
    size = len(graph.names)
    total = np.bincount(one, value, size) + np.bincount(two, value, size)
    count = np.bincount(one[shown], minlength=size) + np.bincount(two[shown], minlength=size)
    links = matrix(graph.codes, size)
    degree = np.asarray(links.sum(axis=1), dtype=np.float64).ravel()
    common = np.asarray(links[one].multiply(links[two]).sum(axis=1), dtype=np.float64).ravel()
    means = [(total[end] - value + middle) / (count[end] - shown + 1.0) for end in (one, two)]
    return {
        f"{_AROUND}one": means[0],
        f"{_AROUND}other": means[1],
        f"{_AROUND}links of one": degree[one],
        f"{_AROUND}links of other": degree[two],
        f"{_AROUND}shared": common,
    }


def _proposal(
    graph: Graph, made: Target, kept: Sequence[str], scored: Scored, seed: int
) -> Proposal:
    idea = scored.idea
    gone = {each.column for each in idea.exclusions} | {made.source}
    further = tuple(name for name in kept if name not in gone and name != idea.target)
    left_out = tuple(each.column for each in idea.exclusions)
    transforms: list[Transform] = [
        *idea.transforms,
        *((DropColumns(columns=left_out),) if left_out else ()),
        *graph.steps(further=(idea.target, *further)),
        RequireValue(column=idea.target),
    ]
    recipe = TableRecipe(
        reader=graph.table.reader,
        transforms=tuple(transforms),
        target=idea.target,
        holdout=idea.holdout,
        id_column=free_id({NODE, NEIGHBOUR, idea.target, *further}),
        seed=seed,
    )
    update = {
        "formulation": "edge_weights",
        "modality": "graph",
        "recipe": recipe,
        "transforms": (),
        "topic": f"{idea.target} of links",
        "question": f"predict {readable(idea.target)} of links between {len(graph.names):,} nodes",
        "measured": {"nodes": str(len(graph.names))},
    }
    return Proposal(idea.model_copy(update=update), scored.score + _BONUS)


def _scan_pairs(tables: Tables, target: str) -> Scan:
    """Refuse a task in which training tells the weight of hidden links: there, or turned."""
    name = "pairs"
    told: dict[tuple[str, str], str] = {}
    for one, two, weight in tables.train[[NODE, NEIGHBOUR, target]].itertuples(index=False):
        told[one, two] = told[two, one] = weight
    asked = tables.test.merge(tables.answers, on=[str(tables.answers.columns[0])])
    rows = list(asked[[NODE, NEIGHBOUR, target]].itertuples(index=False))
    known = [(told[one, two], weight) for one, two, weight in rows if (one, two) in told]
    equal = sum(shown == hidden for shown, hidden in known)
    measured = (
        f"{len(known)} of {len(rows)} hidden links stand in train.csv as well, there or turned; "
        f"{equal} of them with the same weight"
    )
    leaking = len(known) >= 0.05 * len(rows) and equal >= TURNED * len(known)
    return Scan(name, measured, (Finding("pair-crossing", measured),) if leaking else ())


EDGE_WEIGHTS = EdgeWeights()
