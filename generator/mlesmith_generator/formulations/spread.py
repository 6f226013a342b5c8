"""How far a number may lie: an interval that holds it mostly, or a quantile of it.

Both are asked of numbers that a table would be asked for anyway, where the other columns tell
something of them and leave much open.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from mlesmith_env.manifest import Manifest, MetricSpec, SubmissionForm
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm.ideas import best_plan
from mlesmith_generator.brainstorm.judging import Bench, Scored
from mlesmith_generator.brainstorm.merit import merits
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.describe import spread as wording
from mlesmith_generator.designer import free_id
from mlesmith_generator.formulations.formulation import Proposal, Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.formulations.several import tables_of
from mlesmith_generator.formulations.table import PROGRAMS as TABLE_PROGRAMS
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Idea

_TARGETS = ("answers", "spread/ends")
_MODELS = ("answers", "tables", "features", "spread/ends")

PROGRAMS = (
    SAMPLE,
    Program("constant", _TARGETS, trivial=True, family="spread"),
    Program("best_column", _MODELS, family="spread"),
    Program("nearest_neighbours", _MODELS, family="spread"),
    Program("linear", _MODELS, family="spread"),
    Program("boosting", _MODELS, family="spread"),
    Program("conformal", _MODELS, family="spread"),
    Program("residuals", _MODELS, family="spread"),
    Program("blend", _MODELS, family="spread"),
)
"""The ladder of intervals, from the foot up; a quantile is a number, and has that of tables."""
SMALLEST = 400
"""Rows below which the ends of a distribution are not to be learnt."""
OPEN, SOME = 0.93, 0.08
"""Skill of a quick model between which there is something to learn and something left open."""
LIKELY = 1.2
"""Merit from which a number is one that people ask for."""
BEHIND = 0.4
"""What such a question loses against the plain one, beyond what any second question loses."""
_TRIED = 3
_TAIL = 3.0
_MONEY = re.compile(
    r"price|cost|charge|fare|fee|salar|wage|income|revenue|sales|profit|claim|loss|damage|spend|"
    r"expend|amount|rent|budget|gross|delay|wait|duration|demand|load|consum|preis|prix|precio|"
    r"prezzo|preço|kosten|coût|costo|custo|umsatz|gehalt|lohn"
)
"""Names of what people insure against, stock up for or haggle over."""


class SpreadFormulation:
    """An interval for a number, or a quantile of it."""

    name = "spread"

    def covers(self, manifest: Manifest) -> bool:
        """Return whether a task asks for an interval or a quantile."""
        return manifest.objective in ("interval", "quantile")

    def propose(
        self, profile: DatasetProfile, folder: Path, *, limit: int, seed: int
    ) -> Sequence[Proposal]:
        """Return at most one quantile and one interval, of different numbers where there are."""
        found = sorted(_numbers(profile, folder, seed), key=lambda scored: -scored.score)
        heavy = next((scored for scored in found if _asks_for_quantile(scored)), None)
        proposals: list[Proposal] = []
        if heavy is not None:
            proposals.append(Proposal(_quantile(heavy), heavy.score - BEHIND))
        rest = [scored for scored in found if scored is not heavy] or found
        if rest:
            idea = _interval(rest[0], free_id(_columns(profile, rest[0])))
            proposals.append(Proposal(idea, rest[0].score - BEHIND))
        return sorted(proposals, key=lambda each: -each.score)[:limit]

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS if manifest.objective == "interval" else TABLE_PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return the share of rows that may lie outside an interval."""
        if manifest.objective != "interval":
            return {}
        return {"ALPHA": manifest.metric.params.get("alpha", 0.2)}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Return none: the scans over columns look at the number."""
        return []

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, target and metric speak of ends and quantiles."""
        return {
            "Context": wording.context_section,
            "Target": wording.target_section,
            "Metric": wording.metric_section,
        }


def _columns(profile: DatasetProfile, scored: Scored) -> set[str]:
    return {
        column.name
        for table in profile.tables
        if table.name == scored.idea.table
        for column in table.columns
    }


def _numbers(profile: DatasetProfile, folder: Path, seed: int) -> Iterator[Scored]:
    """Yield the likely numbers of the larger tables, judged as such."""
    for table, typed in tables_of(profile, folder, seed)[:2]:
        if table.rows < SMALLEST:
            continue
        subject = f"{re.split('__|--', profile.dataset)[-1]} {table.name}"
        scale = table.rows / max(1, typed.rows)
        bench = Bench(profile.dataset, table, typed, scale, seed, subject)
        tried = 0
        for merit in merits(table, typed, subject):
            made = primary(typed[merit.column])
            if merit.score < LIKELY or tried >= _TRIED:
                break
            if made is None or not made.amount or made.kind == "contest":
                continue
            if bench.rows_of(made) < SMALLEST or typed[merit.column].profile.distinct < 25:
                continue
            tried += 1
            scored = best_plan(bench, made, merit)
            if scored is not None and scored.clear and SOME <= scored.idea.signal <= OPEN:
                yield scored


def _asks_for_quantile(scored: Scored) -> bool:
    good = scored.made.truth[np.isfinite(scored.made.truth)]
    low, middle, high = np.quantile(good, (0.01, 0.5, 0.99))
    tailed = (high - middle) > _TAIL * max(middle - low, 1e-12)
    costly = _MONEY.search(" ".join(words(scored.made.source))) is not None
    return bool(tailed and (costly or good.min() >= 0)) or costly


def _quantile(scored: Scored) -> Idea:
    alpha = (0.9, 0.75, 0.9, 0.1, 0.95)[_mark(scored, "quantile") % 5]
    name = _called(scored)
    return scored.idea.model_copy(
        update={
            "objective": "quantile",
            "metric": MetricSpec(name="pinball", params={"alpha": alpha}),
            "formulation": "spread",
            "topic": f"{name} quantile",
            "question": f"estimate the {100 * alpha:g} % quantile of {name}{_whom(scored)}",
            "justification": f"{scored.idea.justification} Its high and low values matter apart.",
        }
    )


def _interval(scored: Scored, id_column: str) -> Idea:
    alpha = (0.2, 0.1, 0.2)[_mark(scored, "interval") % 3]
    name = _called(scored)
    form = SubmissionForm(id_column=id_column, columns=("lower", "upper"), kind="interval", rows=1)
    return scored.idea.model_copy(
        update={
            "objective": "interval",
            "metric": MetricSpec(name="interval_score", params={"alpha": alpha}),
            "form": form,
            "formulation": "spread",
            "topic": f"{name} interval",
            "question": f"give {100 * (1 - alpha):g} % intervals for {name}{_whom(scored)}",
            "justification": f"{scored.idea.justification} What is left open differs by row.",
        }
    )


def _called(scored: Scored) -> str:
    return " ".join(words(scored.made.target)) or "the number"


def _whom(scored: Scored) -> str:
    kind = scored.plan.holdout.kind
    return {"group": " in unseen groups", "time": " at later times"}.get(kind, "")


def _mark(scored: Scored, purpose: str) -> int:
    text = f"{scored.idea.dataset}/{scored.made.target}/{purpose}"
    return hashlib.sha256(text.encode()).digest()[0]


SPREAD = SpreadFormulation()
