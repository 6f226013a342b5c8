"""Does anything tell the order of the rows within each group: a column, or the place of a row?

A column may give the order of every group and still say little over all rows, where groups have
sizes or units of their own: the seconds of a long race are more than those of a short one.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Manifest
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import Column, Floats, Ints, TaskRows
from mlesmith_generator.gates.verdict import Finding, Scan

TOLD = 0.99
"""Share of the pairs of unlike rows of a group that a column puts in their order."""
NEARLY = 0.96
_PLACES, _SIGMAS = 0.15, 6.0
"""Mean rank correlation of relevance and place within groups, and its standard errors."""
_FEWEST_GROUPS = 8
_MOST_ROWS = 30_000


def scan_contests(manifest: Manifest, tables: Tables) -> Scan:
    """Look for columns that put the rows of each group in their true order, and for sorted files.

    Args:
        manifest: A ranking task; its truth is relevance and group.
        tables: Its rows.
    """
    name = "order-within-groups"
    relevance, group = manifest.truth
    rows = TaskRows.of(
        tables.train,
        tables.test,
        tables.answers.drop(columns=group),
        target=relevance,
        objective="regression",
        holdout=manifest.recipe.holdout,
        id_column=manifest.submission.id_column,
    )
    if not rows.usable or group not in rows.features.columns:
        return Scan(name, "no groups")
    groups = Column(group, cast("pd.Series", rows.features[group])).codes
    findings: list[Finding] = []
    best = 0.5
    for column in rows.columns:
        if column.name == group or not column.numeric or column.distinct < 2:
            continue
        share = _agreement(rows.y, column.numbers, groups)
        best = max(best, share, 1 - share)
        if max(share, 1 - share) >= NEARLY:
            evidence = (
                f"column {column.name!r} puts {max(share, 1 - share):.2%} of the pairs of unlike "
                f"rows of a {group!r} in their order"
            )
            findings.append(
                Finding(
                    "order-told",
                    evidence,
                    columns=(column.name,),
                    warning=max(share, 1 - share) < TOLD,
                )
            )
    hidden = np.flatnonzero(rows.hidden)
    mean, error = _tau(rows.y[hidden], rows.position[hidden].astype(np.float64), groups[hidden])
    if abs(mean) >= _PLACES and abs(mean) >= _SIGMAS * error:
        evidence = (
            f"the rows of a {group!r} stand in the test file in the order of {relevance!r}: rank "
            f"correlation {mean:.2f}, standard error {error:.2f}"
        )
        findings.append(Finding("order-leak", evidence, "refactor"))
    told = f"the best column puts {best:.1%} of the pairs of a {group!r} in their order"
    return Scan(name, told, tuple(findings))


def _pairs(groups: Ints) -> tuple[Ints, Ints]:
    """Return the places of both rows of every pair of rows of one group."""
    order = np.argsort(groups, kind="stable")[:_MOST_ROWS]
    order = order[groups[order] >= 0]
    starts = np.flatnonzero(np.r_[True, np.diff(groups[order]) != 0])
    one: list[Ints] = []
    other: list[Ints] = []
    for part in np.split(order, starts[1:]):
        left, right = np.triu_indices(min(len(part), 60), 1)
        one.append(part[left])
        other.append(part[right])
    return np.concatenate(one), np.concatenate(other)


def _agreement(y: Floats, x: Floats, groups: Ints) -> float:
    """Return the share of pairs with unlike truths that x puts in their order; equals are half."""
    one, other = _pairs(groups)
    truth = np.sign(y[one] - y[other])
    told = np.sign(x[one] - x[other])
    used = (truth != 0) & np.isfinite(told)
    if used.sum() < 0.5 * (truth != 0).sum() or not used.any():
        return 0.5
    return float((1 + truth[used] * told[used]).mean() / 2)


def _tau(y: Floats, x: Floats, groups: Ints) -> tuple[float, float]:
    """Return the mean of Kendall's tau over groups, and its standard error."""
    one, other = _pairs(groups)
    truth, told = np.sign(y[one] - y[other]), np.sign(x[one] - x[other])
    used = truth != 0
    size = np.bincount(groups[one][used])
    total = np.bincount(groups[one][used], weights=(truth * told)[used])
    means = total[size > 0] / size[size > 0]
    if len(means) < _FEWEST_GROUPS:
        return 0.0, 1.0
    return float(means.mean()), float(means.std(ddof=1)) / float(np.sqrt(len(means))) + 1e-9
