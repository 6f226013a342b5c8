"""Do groups cross the holdout?

A category whose rows share one target is a key to the answers as soon as the same category stands
on both sides; a strong but noisy category is an honest feature.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_generator.gates.readings import readings
from mlesmith_generator.gates.rows import (
    PRIVATE,
    PUBLIC,
    TRAIN,
    Column,
    Ints,
    Mask,
    TaskRows,
    ranks,
)
from mlesmith_generator.gates.strength import class_skill, r2
from mlesmith_generator.gates.verdict import Finding, Scan

_KEY = 0.99
_WARN = 0.97
_SMOOTH = 0.85
_FEWEST_GROUPS = 10
_LEAST_COVERAGE = 0.15


def scan_groups(rows: TaskRows) -> Scan:
    """Check a declared group holdout, and any column whose values fix the target."""
    findings: list[Finding] = []
    told = f"{rows.holdout.kind} holdout"
    declared = rows.holdout.column if rows.holdout.kind == "group" else None
    for column in rows.columns:
        if column.name == declared:
            told, finding = _declared(column, rows)
        else:
            finding = _undeclared(column, rows) or _undeclared_inside(column, rows)
        findings += [finding] if finding is not None else []
    return Scan("groups-across-the-holdout", told, tuple(findings))


def _declared(column: Column, rows: TaskRows) -> tuple[str, Finding | None]:
    def groups(part: Mask) -> set[int]:
        codes = column.codes[part]
        return {int(code) for code in np.unique(codes[codes >= 0])}

    train, hidden = groups(rows.part == TRAIN), groups(rows.hidden)
    both = train & hidden
    split = groups(rows.part == PUBLIC) & groups(rows.part == PRIVATE)
    told = (
        f"{len(both)} of {len(train | hidden)} groups by {column.name!r} stand in training and "
        f"hidden rows, {len(split)} in public and private ones"
    )
    if both or split:
        example = str(column.values[min(both or split)])
        return told, Finding("group-crossing", f"{told}, such as {example!r}")
    return told, None


def _undeclared(column: Column, rows: TaskRows) -> Finding | None:
    """A column whose value fixes the target, so that hidden rows are looked up by it."""
    repeated = _FEWEST_GROUPS <= column.distinct <= 0.7 * len(rows)
    if not repeated:
        return None
    train = (rows.part == TRAIN) & ~column.missing
    count = np.bincount(column.codes[train], minlength=column.distinct)
    covered = rows.hidden & ~column.missing
    covered &= count[column.codes] > 0
    asked = int(covered.sum())
    if asked < 15 or asked < _LEAST_COVERAGE * rows.hidden.sum():
        return None
    if len(np.unique(column.codes[covered])) < _FEWEST_GROUPS:
        return None
    skill = _lookup_skill(column.codes, train, covered, rows)
    if skill < _WARN:
        return None
    share = asked / int(rows.hidden.sum())
    evidence = (
        f"the value of {column.name!r} fixes the target {rows.target_name!r}: training rows with "
        f"the same value answer {share:.0%} of the hidden rows with skill {skill:.4f}; hold out "
        "whole groups, or leave the column out"
    )
    smooth = column.numeric and _between_values(column, train, covered, rows) >= _SMOOTH
    if smooth:
        evidence += "; neighbouring values do nearly as well, so it is a feature and is kept"
    return Finding(
        "group-crossing", evidence, columns=(column.name,), warning=smooth or skill < _KEY
    )


def _between_values(column: Column, train: Mask, asked: Mask, rows: TaskRows) -> float:
    """Skill of the training rows with the next smaller and larger value, the equal ones left out.

    High for a quantity, where near values mean near targets; low for the number of an entity.
    """
    size = column.distinct
    count = np.bincount(column.codes[train], minlength=size)
    numbers = np.full(size, np.nan)
    numbers[column.codes[asked | train]] = column.numbers[asked | train]
    used = np.flatnonzero((count > 0) & np.isfinite(numbers))
    used = used[np.argsort(numbers[used], kind="stable")]
    if len(used) < 3:
        return 0.0
    place = np.full(size, -1)
    place[used] = np.arange(len(used))
    mine = place[column.codes]
    inner = asked & (mine > 0) & (mine < len(used) - 1)
    if inner.sum() < 10:
        return 0.0
    below, above = used[mine[inner] - 1], used[mine[inner] + 1]
    if rows.regression:
        sums = np.bincount(column.codes[train], weights=rows.y[train], minlength=size)
        mean = sums / np.maximum(count, 1)
        return r2(rows.y[inner], (mean[below] + mean[above]) / 2)
    votes = np.bincount(
        column.codes[train] * rows.classes + rows.truth.codes[train], minlength=size * rows.classes
    ).reshape(size, rows.classes)
    guess = (votes[below] + votes[above]).argmax(axis=1)
    skill = class_skill(rows.truth.codes[inner], guess, rows.classes)
    return skill if np.isfinite(skill) else 0.0


def _undeclared_inside(column: Column, rows: TaskRows) -> Finding | None:
    """The same for groups that a text names in a piece of it, as `p07_scan3.png` does."""
    if column.numeric or column.distinct < 0.3 * len(rows):
        return None
    for reading in readings(column):
        if reading.codes is None or reading.plain:
            continue
        piece = Column(column.name, _as_text(reading.codes))
        finding = _undeclared(piece, rows)
        if finding is not None and not finding.warning:
            told = f"{finding.evidence} (read by {reading.how})"
            return Finding(finding.code, told, finding.stage, finding.columns)
    return None


def _as_text(codes: Ints) -> pd.Series:
    table = np.asarray([*(f"g{code}" for code in range(int(codes.max(initial=0)) + 1)), np.nan])
    return pd.Series(np.asarray(table, dtype=object)[codes]).where(codes >= 0)


def _lookup_skill(codes: Ints, train: Mask, asked: Mask, rows: TaskRows) -> float:
    size = int(codes.max()) + 1
    if rows.regression:
        best = 0.0
        for y in (rows.y, ranks(rows.y)):
            sums = np.bincount(codes[train], weights=y[train], minlength=size)
            mean = sums / np.maximum(np.bincount(codes[train], minlength=size), 1)
            best = max(best, r2(y[asked], mean[codes[asked]]))
        return best
    votes = np.bincount(
        codes[train] * rows.classes + rows.truth.codes[train], minlength=size * rows.classes
    )
    guess = votes.reshape(size, rows.classes).argmax(axis=1)
    skill = class_skill(rows.truth.codes[asked], guess[codes[asked]], rows.classes)
    return skill if np.isfinite(skill) else 0.0
