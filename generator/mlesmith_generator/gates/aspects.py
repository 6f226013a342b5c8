"""What can leak of a task: each column of truth is a target of its own for the scans of columns."""

from __future__ import annotations

from mlesmith_env.manifest import AMOUNTS, CLASSED, Manifest, Objective
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.verdict import Finding, Scan

MOST = 6
"""Truth columns that are looked at; of more, evenly many from first to last."""

_OBJECTIVES: dict[str, tuple[Objective, ...]] = {
    "interval": ("regression",),
    "ranking": ("regression",),
    "survival": ("regression", "binary"),
}
"""What the truth columns of a kind amount to, in their order."""


def aspects_of(tables: Tables, manifest: Manifest) -> list[TaskRows]:
    """Return the rows of a task once for each truth column that is a number or a class."""
    names = _columns(manifest)
    if len(names) > MOST:
        names = [names[round(at * (len(names) - 1) / (MOST - 1))] for at in range(MOST)]
    return [
        TaskRows.of(
            tables.train,
            tables.test,
            tables.answers,
            target=name,
            objective=objective,
            holdout=manifest.recipe.holdout,
            id_column=manifest.submission.id_column,
        )
        for name, objective in names
    ]


def merged(looks: list[list[Scan]]) -> list[Scan]:
    """Return one scan a name: what all aspects measured, and everything that they found."""
    if len(looks) < 2:
        return looks[0] if looks else []
    by_name: dict[str, list[Scan]] = {}
    for scans in looks:
        for scan in scans:
            by_name.setdefault(scan.name, []).append(scan)
    result: list[Scan] = []
    for name, scans in by_name.items():
        findings: dict[tuple[str, tuple[str, ...]], Finding] = {}
        for finding in (finding for scan in scans for finding in scan.findings):
            known = findings.setdefault((finding.code, finding.columns), finding)
            if known.warning and not finding.warning:
                findings[finding.code, finding.columns] = finding
        told = "; ".join(dict.fromkeys(scan.measured for scan in scans if scan.measured))
        result.append(Scan(name, told, tuple(findings.values())))
    return result


def _columns(manifest: Manifest) -> list[tuple[str, Objective]]:
    objective, kind, truth = manifest.objective, manifest.submission.kind, manifest.truth
    if objective in AMOUNTS | CLASSED:
        return [(manifest.recipe.target, objective)]
    if kind == "numbers":
        return [(name, "regression") for name in truth]
    if kind == "multilabel":
        return [(name, "binary") for name in truth]
    if kind == "probability":
        return [(manifest.recipe.target, "binary")]
    return list(zip(truth, _OBJECTIVES.get(kind, ()), strict=False))
