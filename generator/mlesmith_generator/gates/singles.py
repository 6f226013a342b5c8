"""Is there one column that gives the target away?

The line is the project's: a column is a leak when a one-column depth-two or isotonic model comes
within 1 % of perfect; just below it the task is kept with a warning. Two things are leaks whatever
such a model says: a column that holds the target's own values wherever it holds anything, and one
that is cut out of the target (its bins), because no honest measurement follows a boundary in the
target without a single exception.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from mlesmith_generator.gates.copies import coded, copied
from mlesmith_generator.gates.readings import Reading, readings
from mlesmith_generator.gates.rows import PRIVATE, Column, Ints, TaskRows
from mlesmith_generator.gates.strength import Judge, Strength
from mlesmith_generator.gates.verdict import Finding, Scan

LEAK = 0.99
"""Share of the variance of a number."""
CLASS_LEAK = 0.98
"""Share of the trivial model's errors: of two even classes 0.98 is an accuracy of 99 %."""
KEPT = ", kept"
"""How the evidence of a warning ends, for those who refuse what it tells of."""
_BELOW = 0.03
"""How far below the line a column is told of."""
_SCREEN = 0.9
_MOST_CANDIDATES = 200
_FEWEST_ROWS = 40
_LEAST_COVERAGE = 0.25


def scan_singles(rows: TaskRows) -> Scan:
    """Look for a column that copies, encodes, or all but determines the target."""
    judge = Judge(rows)
    line = _line(rows)
    names: dict[str, Finding] = {}
    warnings: dict[str, Finding] = {}
    strongest: tuple[float, str] = (-1.0, "")
    for column in rows.columns:
        found = copied(column, rows)
        if found is not None:
            names[column.name] = found
    for reading in _candidates(rows, judge):
        if reading.column in names:
            continue
        strength = judge.strength(reading)
        strongest = max(strongest, (strength.sure, reading.column))
        if strength.sure >= line:
            names[reading.column] = _finding(reading, strength, rows)
        elif strength.sure >= line - _BELOW and reading.column not in warnings:
            warnings[reading.column] = _finding(reading, strength, rows, warning=True)
    for column in rows.columns:
        if column.name not in names:
            found = coded(column, rows) or _partial(column, rows)
            if found is not None:
                (warnings if found.warning else names)[column.name] = found
    for finding in _hidden_only(rows, judge):
        names.setdefault(finding.columns[0], finding)
    kept = [finding for name, finding in warnings.items() if name not in names]
    measured = f"{len(rows.columns)} columns, one by one"
    if strongest[0] > 0:
        measured += f"; the strongest, {strongest[1]!r}, has skill {strongest[0]:.3f}"
    return Scan("target-in-a-column", measured, (*names.values(), *kept))


def _line(rows: TaskRows) -> float:
    return LEAK if rows.regression else CLASS_LEAK


def _hidden_only(rows: TaskRows, judge: Judge) -> Iterator[Finding]:
    """Columns that tell the target among the hidden rows, and nothing like it in training.

    Models that learn from the training rows do not see such a column; whoever looks at the test
    file does.
    """
    hidden = rows.select(rows.hidden)
    if len(hidden) < 60 or not hidden.usable_target:
        return
    random = np.random.default_rng(0)
    halves = replace(hidden, part=random.integers(0, 2, len(hidden)) * PRIVATE)
    inside = Judge(halves)
    for column, whole in zip(halves.columns, rows.columns, strict=True):
        for reading in readings(column, pieces=False):
            if inside.screen(reading) < _SCREEN:
                continue
            strength = inside.strength(reading)
            if strength.sure < _line(rows):
                continue
            learnt = max((judge.seen(item) for item in readings(whole, pieces=False)), default=0.0)
            if learnt < 0.9:
                evidence = (
                    f"column {column.name!r} tells the target {rows.target_name!r} of the hidden "
                    f"rows (skill {strength.skill:.4f} among them), but not of the training rows "
                    f"({learnt:.2f})"
                )
                yield Finding("target-proxy", evidence, "design", (column.name,))


def _candidates(rows: TaskRows, judge: Judge) -> list[Reading]:
    pieces = len(rows.columns) <= 300
    screened: list[tuple[float, int, Reading]] = []
    for reading in _all_readings(rows, pieces=pieces):
        purity = judge.screen(reading)
        if purity >= _SCREEN:
            # The value itself comes before its pieces: it is the plainer reason.
            rank = -purity - (1.0 if reading.plain else 0.0)
            screened.append((rank, len(screened), reading))
    screened.sort(key=lambda entry: entry[:2])
    return [reading for _, _, reading in screened[:_MOST_CANDIDATES]]


def _all_readings(rows: TaskRows, *, pieces: bool) -> Iterator[Reading]:
    gaps = np.zeros(len(rows))
    for column in rows.columns:
        yield from readings(column, pieces=pieces)
        if 0 < column.missing.mean() < 1:
            # The value's own reading sees the gap too, but only where values repeat.
            yield Reading(column.name, "where it is missing", column.missing.astype(np.int64), None)
        gaps += column.missing
    pattern = _gap_pattern(rows)
    if pattern is not None:
        yield Reading("", "which values of a row are missing", pattern, None)
    if len(np.unique(gaps)) > 2:
        yield Reading("", "the number of missing values in a row", gaps.astype(np.int64), gaps)


def _gap_pattern(rows: TaskRows) -> Ints | None:
    """A code for each set of columns that are missing together; None where gaps say nothing."""
    random = np.random.default_rng(1)
    key = np.zeros(len(rows), dtype=np.uint64)
    for column in rows.columns:
        if column.missing.any():
            key += random.integers(1, 2**63, dtype=np.uint64) * column.missing.astype(np.uint64)
    codes = np.asarray(pd.factorize(key)[0], dtype=np.int64)
    return codes if 1 < codes.max(initial=0) + 1 <= len(rows) / 3 else None


def _finding(
    reading: Reading, strength: Strength, rows: TaskRows, *, warning: bool = False
) -> Finding:
    what = f"column {reading.column!r}" if reading.column else "every row"
    if reading.how:
        what += f", read by {reading.how}," if reading.column else f", by {reading.how},"
    code = "target-proxy"
    if reading.how == "where it is missing" or not reading.column:
        code = "target-missingness"
    elif not reading.plain:
        code = "target-in-text"
    measure = "R²" if rows.regression else "skill"
    evidence = (
        f"{what} gives the target {rows.target_name!r} by {strength.model}: {measure} "
        f"{strength.skill:.4f} on unseen rows ({strength.hidden:.4f} on the hidden ones)"
    )
    if warning:
        evidence += f"; just below the line of {_line(rows):g}{KEPT}"
    columns = (reading.column,) if reading.column else ()
    return Finding(code, evidence, "design", columns, warning)


def _partial(column: Column, rows: TaskRows) -> Finding | None:
    """A column that determines the target in the rows where it is given at all."""
    given = ~column.missing
    coverage = float(given.mean())
    if not 0.02 <= coverage <= 0.98 or given.sum() < _FEWEST_ROWS:
        return None
    part = rows.select(given, (column.name,))
    counts = np.bincount(part.truth.codes)
    spread = (counts > 0).sum() >= 2 and (rows.regression or np.sort(counts)[-2] >= 10)
    if not spread or part.hidden.sum() < 10 or not (~part.hidden).sum() >= 20:
        return None
    judge = Judge(part)
    for reading in readings(part.columns[0], pieces=False):
        if judge.screen(reading) < _SCREEN:
            continue
        strength = judge.strength(reading)
        if strength.sure >= _line(rows):
            # Few rows of a class may well be told apart by an honest column.
            few = not rows.regression and (len(part) < 300 or np.sort(counts)[-2] < 50)
            warning = few or coverage < _LEAST_COVERAGE
            found = _finding(reading, strength, part, warning=warning)
            told = f"{found.evidence}, in the {coverage:.0%} of the rows where it is given"
            return Finding(found.code, told, found.stage, found.columns, found.warning)
    return None
