"""The review gate by written rules: what a careful reader would ask of a task.

Is the description complete and true, does the metric fit, is the target worth predicting, is there
a shortcut. Each finding carries its evidence. An LLM may judge the same questions where there is
one; these rules stand alone where there is none.
"""

from __future__ import annotations

import re
import time

from mlesmith_env.errors import DataUnavailableError, MlesmithError, SandboxError
from mlesmith_env.task import PreparedTask, Task
from mlesmith_generator.gates.completeness import (
    scan_classes_told,
    scan_columns_told,
    scan_metric_told,
    scan_topics,
)
from mlesmith_generator.gates.contents import read_tables, refused
from mlesmith_generator.gates.courses import scan_lengths_told
from mlesmith_generator.gates.disclosures import scan_disclosures
from mlesmith_generator.gates.files import scan_files_told
from mlesmith_generator.gates.instructions import scan_instructions
from mlesmith_generator.gates.levels import scan_levels_told
from mlesmith_generator.gates.page import Page
from mlesmith_generator.gates.rarest import scan_rarest_class
from mlesmith_generator.gates.shares import scan_shares_told
from mlesmith_generator.gates.targets import scan_targets_told
from mlesmith_generator.gates.truthfulness import (
    Facts,
    scan_column_table,
    scan_counts,
    scan_example,
    scan_holdout_told,
    scan_horizon_told,
    scan_positive_told,
    scan_target_told,
)
from mlesmith_generator.gates.verdict import Finding, Scan, report
from mlesmith_generator.gates.worth import scan_metric_fit, scan_naming, scan_target_worth
from mlesmith_generator.records import DatasetProfile, GateReport


def review_gate(
    task: Task, profile: DatasetProfile | None = None, prepared: PreparedTask | None = None
) -> GateReport:
    """Review a task by written rules.

    Args:
        task: The task.
        profile: What was measured about its dataset, where that is known.
        prepared: The prepared data to judge, where they are not those of `task.prepare()`.

    Raises:
        DataUnavailableError: The raw bytes are not at hand, so nothing can be said.
    """
    began = time.monotonic()
    try:
        scans = _scans(task, profile, prepared)
    except (DataUnavailableError, SandboxError):
        raise
    except MlesmithError as error:
        scans = [refused("preparation", "preparation-fails", error)]
    return report("review", scans, time.monotonic() - began)


def _scans(task: Task, profile: DatasetProfile | None, prepared: PreparedTask | None) -> list[Scan]:
    page, manifest = Page(task.description), task.manifest
    where = prepared or task.prepare()
    facts = Facts(read_tables(where), manifest)
    known = (manifest.submission.id_column, *manifest.truth)
    features = [str(name) for name in facts.tables.test.columns if name not in known]
    return [
        scan_topics(page),
        scan_columns_told(page, manifest, features),
        scan_classes_told(page, manifest),
        scan_metric_told(page, manifest),
        scan_column_table(page, facts),
        scan_counts(page, facts),
        scan_files_told(page, where),
        scan_target_told(page, facts),
        scan_targets_told(page, facts),
        scan_levels_told(page, facts),
        scan_example(page, facts),
        scan_positive_told(page, facts),
        scan_holdout_told(page, facts),
        scan_shares_told(page, facts),
        scan_horizon_told(page, facts),
        scan_lengths_told(page, facts.tables.train),
        scan_disclosures(page, facts),
        scan_instructions(page, facts),
        scan_metric_fit(facts),
        scan_rarest_class(facts),
        scan_target_worth(facts, profile),
        _scan_names_alike(manifest.recipe.target, features),
        scan_naming(task),
    ]


def _scan_names_alike(target: str, features: list[str]) -> Scan:
    """Tell of features whose names hold the target's; the leak scans judge their values."""
    words = set(re.findall(r"[a-z0-9]+", target.casefold()))
    alike = [
        name
        for name in features
        if len(words & set(re.findall(r"[a-z0-9]+", name.casefold()))) == len(words) and words
    ]
    findings = tuple(
        Finding(
            "named-like-target",
            f"column {name!r} is named like the target {target!r}",
            columns=(name,),
            warning=True,
        )
        for name in alike[:5]
    )
    return Scan("shortcuts", "no feature is named like the target", findings)
