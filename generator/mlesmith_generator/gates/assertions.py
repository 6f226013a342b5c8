"""The assertions gate: what can be checked about a task without judgement.

It works on a package and its prepared data alone, so that it judges any package, from anybody.
Everything is looked at before the verdict, so that one round can mend several defects; only what
needs well-formed tables is left out where they are not.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

from mlesmith_env.errors import DataUnavailableError, MlesmithError, SandboxError
from mlesmith_env.manifest import METRIC, PREPARE, USAGE, ScriptMetric
from mlesmith_env.package import LEADERBOARD
from mlesmith_env.recipes.preparation import further_files
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.formulations import formulation_of
from mlesmith_generator.gates.altered import scan_altered
from mlesmith_generator.gates.aspects import aspects_of, merged
from mlesmith_generator.gates.consistency import (
    scan_columns,
    scan_ids,
    scan_manifest,
    scan_sizes,
    scan_target,
)
from mlesmith_generator.gates.contents import (
    Tables,
    path_of,
    read_tables,
    refused,
    scan_bytes,
    scan_files,
)
from mlesmith_generator.gates.leaks import scan_leaks
from mlesmith_generator.gates.metric_source import scan_metric_source
from mlesmith_generator.gates.populations import scan_populations
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.scoring import scan_malformed, scan_perfection, scan_sample
from mlesmith_generator.gates.scripts import scan_metric_script, scan_repetition
from mlesmith_generator.gates.verdict import Scan, report
from mlesmith_generator.records import GateReport


def assertions_gate(task: Task, prepared: PreparedTask | None = None) -> GateReport:
    """Check a package and its prepared data, and scan the values for leaks.

    Args:
        task: The task.
        prepared: The prepared data to judge, where they are not those of `task.prepare()`.

    Raises:
        DataUnavailableError: The raw bytes are not at hand, so nothing can be said.
    """
    began = time.monotonic()
    final = (task.directory / LEADERBOARD).is_file()
    scans = [scan_manifest(task.manifest, task.source.representative, final=final)]
    scans += _prepared(task, prepared)
    return report("assertions", scans, time.monotonic() - began)


def _prepared(task: Task, prepared: PreparedTask | None) -> list[Scan]:
    try:
        where = prepared or task.prepare()
    except (DataUnavailableError, SandboxError):
        raise
    except MlesmithError as error:
        return [refused("preparation", "preparation-fails", error)]
    try:
        tables = read_tables(where)
    except MlesmithError as error:
        return [scan_files(task, where, None), refused("tables", "missing-file", error)]
    manifest = task.manifest
    again = _again(task, where) if PREPARE in task.scripts else []
    scans = [
        *_read(task),
        *again,
        scan_bytes(task, where),
        scan_columns(tables, manifest),
        scan_ids(tables, manifest),
    ]
    needed = (manifest.submission.id_column, *manifest.truth)
    if not {*needed, USAGE} <= set(tables.answers.columns):
        return [scan_files(task, where, None), *scans]
    scans += [scan_files(task, where, tables), scan_sizes(tables, manifest)]
    aspects: list[TaskRows] = []
    if _stackable(tables, needed):
        scans.append(scan_target(tables, manifest))
        aspects = [rows for rows in aspects_of(tables, manifest) if rows.usable]
    scans += _graded(task, where, tables, aspects)
    if aspects:
        scans.append(scan_populations(aspects[0]))
    scans += merged([scan_leaks(rows) for rows in aspects])
    if all(path_of(where, name).exists() for name in further_files(manifest.recipe)):
        scans += formulation_of(manifest).scans(task, where, tables)
    return scans


def _again(task: Task, prepared: PreparedTask) -> list[Scan]:
    """What `prepare.py` gives under other circumstances, and of other answers."""
    scan = scan_repetition(task)
    # Of a script that gives something else each time, nothing can be told by what changes.
    return [scan, scan_altered(task, prepared)] if scan.passed else [scan]


def _read(task: Task) -> list[Scan]:
    """What the source of a `metric.py` says, before it is run."""
    metric = task.manifest.metric
    if not isinstance(metric, ScriptMetric):
        return []
    return [scan_metric_source(task.scripts[METRIC], metric.perfect)]


def _stackable(tables: Tables, needed: tuple[str, ...]) -> bool:
    unique = tables.train.columns.is_unique and tables.test.columns.is_unique
    return unique and set(needed) <= set(tables.train.columns) and needed[0] in tables.test.columns


def _graded(
    task: Task, prepared: PreparedTask, tables: Tables, aspects: Sequence[TaskRows]
) -> list[Scan]:
    try:
        grader = task.grader_of(prepared)
    except MlesmithError as error:
        return [refused("grading", "grading-fails", error)]
    scans: list[Scan] = []
    try:
        scans.append(scan_perfection(grader))
        scans += [scan_sample(grader, tables.sample, aspects), scan_malformed(grader)]
        if grader.scorer is not None and all(scan.passed for scan in scans):
            scans += scan_metric_script(grader, grader.scorer, tables.sample)
    except SandboxError:
        raise
    except MlesmithError as error:
        scans.append(refused("grading", "grading-fails", error))
    finally:
        grader.close()
    return scans
