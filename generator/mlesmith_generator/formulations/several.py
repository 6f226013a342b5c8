"""Several answers a row: the ladder and the wording that labels and numbers share."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Mapping, Sequence
from pathlib import Path

from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.model import Holdout, Transform
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.brainstorm import holdouts
from mlesmith_generator.brainstorm.holdouts import Plan
from mlesmith_generator.brainstorm.judging import LEAST, Bench, learnt, timely_plans
from mlesmith_generator.brainstorm.partition import REASON, divides_rows
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.describe import several as wording
from mlesmith_generator.formulations.formulation import Section
from mlesmith_generator.formulations.program import SAMPLE, Program
from mlesmith_generator.gates.combinations import scan_combinations
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.typed import TypedTable
from mlesmith_generator.records import DatasetProfile, Exclusion, TableProfile

_ANSWERS = ("several/answers",)
_TABLES = (*_ANSWERS, "tables", "features")
_MODELS = (*_TABLES, "several/models")

PROGRAMS = (
    SAMPLE,
    Program("constant", _ANSWERS, trivial=True, family="several"),
    Program("nearest_neighbours", _TABLES, family="several"),
    Program("linear", _MODELS, family="several"),
    Program("forest", _MODELS, family="several"),
    Program("boosting", _MODELS, family="several"),
    Program("chain", _MODELS, family="several"),
    Program("blend", _MODELS, family="several"),
)
"""The ladder, from the foot up."""
SMALLEST = 100
"""Rows below which a task can not tell good from lucky."""
_TABLES_SEEN = 4
_LOOKED_AT = 4
"""Answers whose neighbours in time are looked at."""


class SeveralAnswers:
    """What formulations with several answers a row have in common."""

    def programs(self, manifest: Manifest) -> Sequence[Program]:
        """Return the ladder."""
        return PROGRAMS

    def facts(self, manifest: Manifest) -> Mapping[str, object]:
        """Return nothing more."""
        return {}

    def scans(self, task: Task, prepared: PreparedTask, tables: Tables) -> list[Scan]:
        """Look for columns made of all targets; the scans over columns look at each target."""
        return [scan_combinations(task.manifest, tables)]

    @property
    def sections(self) -> Mapping[str, Section]:
        """Context, target and metric speak of several targets."""
        return {
            "Context": wording.context_section,
            "Target": wording.target_section,
            "Metric": wording.metric_section,
        }


def tables_of(
    profile: DatasetProfile, folder: Path, seed: int
) -> list[tuple[TableProfile, TypedTable]]:
    """Return the larger tables of a dataset, typed, the largest first."""
    large = [
        table for table in profile.tables if table.rows >= SMALLEST and len(table.columns) >= 3
    ]
    large.sort(key=lambda table: -table.rows * len(table.columns))
    return [
        (table, measure_file(table.reader, folder, seed=seed).table)
        for table in large[:_TABLES_SEEN]
    ]


def holdout_of(table: TableProfile, taken: Sequence[str]) -> tuple[Holdout, str]:
    """Return the holdout by chance, or by people or things that have several rows, and why."""
    test, private = holdouts.shares(table.rows)
    entity = holdouts.entity(table)
    if entity is not None and entity not in taken:
        holdout = Holdout(
            kind="group",
            column=entity,
            drop_column=True,
            test_fraction=test,
            private_fraction=private,
        )
        return holdout, f"whole values of {entity!r} are held out"
    holdout = Holdout(kind="random", test_fraction=test, private_fraction=private)
    return holdout, "rows are held out at random"


def in_time(
    bench: Bench, asked: Sequence[Target], holdout: Holdout, left: Sequence[Exclusion]
) -> tuple[Holdout, tuple[Transform, ...]] | None:
    """Return the holdout with the transforms that it needs: by time where neighbours tell answers.

    None where they do, and nothing can be learnt for later rows.

    Args:
        bench: The table.
        asked: What is asked of every row.
        holdout: How rows were to be hidden.
        left: Columns that are left out, the other answers among them.
    """
    plan = Plan(holdout, 0, 0.0, (holdout.column,) if holdout.column else ())
    for made in asked[:_LOOKED_AT]:
        plans = timely_plans(bench, made, plan, tuple(left))
        if plans[:1] == (plan,):
            continue
        for later in plans:
            if later is plan or learnt(bench, made, later, tuple(left)) >= LEAST:
                return later.holdout, later.repairs
        return None
    return holdout, ()


def useless(table: TableProfile, known: Container[str]) -> Iterator[Exclusion]:
    """Yield keys, constants, and columns that tell how somebody else divided the rows."""
    for column in table.columns:
        if column.name in known:
            continue
        if column.type == "identifier":
            reason = f"it tells rows apart ({column.note or 'a key'})"
            yield Exclusion(column=column.name, reason=reason)
        elif column.type == "constant":
            yield Exclusion(column=column.name, reason="it has no more than one value")
        elif divides_rows(column):
            yield Exclusion(column=column.name, reason=REASON)


def chosen(options: Sequence[str], *marks: str) -> str:
    """Return one of the options, always the same for the same marks."""
    digest = hashlib.sha256("/".join(marks).encode()).digest()
    return options[digest[0] % len(options)]
