"""Rows in an order of their own (time, counters): what neighbours in it give away.

Three leaks live there: hidden rows that are not later than the training rows although the recipe
says so; a target so smooth that hidden rows are read off between their training neighbours; and a
column that holds the target of another moment, its change, its running sum or its moving mean.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mlesmith_generator.gates.rows import TRAIN, Column, Floats, TaskRows, ranks
from mlesmith_generator.gates.verdict import Finding, Scan

_SMOOTH = 0.99
_SHIFTED = 0.9
_SHIFTS = (1, -1, 2, -2, 3, -3, 7, -7, 12, -12)
_WINDOWS = (2, 3, 5, 7)
_MOST_ORDERS = 6
_MOST_COLUMNS = 500


def moments(column: Column) -> Floats | None:
    """Return the column as points on a line if it holds dates or numbers; NaN where missing."""
    if column.distinct < 3:
        return None
    return column.numbers if column.numeric else column.days


def dated_columns(rows: TaskRows) -> list[Column]:
    """Return columns of dates as columns of days, for arithmetic: a stay is end less begin."""
    found: list[Column] = []
    for column in rows.columns:
        if not column.numeric and column.distinct > 2 and column.days is not None:
            dated = Column(column.name, column.text)
            dated.numbers = column.days
            found.append(dated)
    return found


def scan_time(rows: TaskRows) -> Scan:
    """Check a declared time holdout, and any other for targets that are read between neighbours."""
    findings: list[Finding] = []
    holdout = rows.holdout
    told = f"{holdout.kind} holdout"
    columns = {item.name: item for item in rows.columns}
    column = columns.get(holdout.column or "")
    if column is not None and holdout.kind in ("time", "last"):
        if holdout.kind == "time":
            finding, told = _declared(column, rows)
        else:
            finding, told = _declared_of_series(column, columns.get(holdout.group or ""), rows)
        findings += [finding] if finding is not None else []
    if holdout.kind not in ("time", "last"):
        if rows.objective == "forecasting":
            evidence = (
                f"the future is asked for, but the holdout is {holdout.kind}: hidden moments lie "
                "between those of training"
            )
            findings.append(Finding("time-crossing", evidence))
        for column in _counters(rows):
            finding = _interpolated(column, rows)
            findings += [finding] if finding is not None else []
    return Scan("time-across-the-holdout", told, tuple(findings))


def _declared(column: Column, rows: TaskRows) -> tuple[Finding | None, str]:
    time = moments(column)
    if time is None:
        evidence = f"the holdout goes by time, but {column.name!r} holds neither dates nor numbers"
        return Finding("time-crossing", evidence), evidence
    train, hidden = time[rows.part == TRAIN], time[rows.hidden]
    latest = float(np.nanmax(train)) if np.isfinite(train).any() else -np.inf
    early = float((hidden < latest).mean())
    late = float((train > np.nanmin(hidden)).mean()) if np.isfinite(hidden).any() else 0.0
    told = (
        f"{early:.1%} of the hidden rows are earlier than the latest training row by "
        f"{column.name!r}, {late:.1%} of the training rows later than the earliest hidden one"
    )
    return (Finding("time-crossing", told) if early > 0 else None), told


def _declared_of_series(
    column: Column, group: Column | None, rows: TaskRows
) -> tuple[Finding | None, str]:
    """Check that no hidden row is earlier than a training row of its own series."""
    time = moments(column)
    if time is None:
        evidence = f"the holdout goes by time, but {column.name!r} holds neither dates nor numbers"
        return Finding("time-crossing", evidence), evidence
    series = np.zeros(len(rows), dtype=np.int64) if group is None else group.codes + 1
    seen = (rows.part == TRAIN) & np.isfinite(time)
    latest = np.full(int(series.max()) + 1, -np.inf)
    np.maximum.at(latest, series[seen], time[seen])
    early = float((time < latest[series])[rows.hidden].mean())
    told = (
        f"{early:.1%} of the hidden rows are earlier than the latest training row of their series "
        f"by {column.name!r}"
    )
    return (Finding("time-crossing", told) if early > 0 else None), told


def _counters(rows: TaskRows) -> Iterator[Column]:
    """Columns that put nearly every row at a place of its own: dates, and evenly spaced numbers."""
    for column in rows.columns:
        if column.distinct < 0.9 * len(rows):
            continue
        if column.numeric:
            steps = np.diff(np.unique(column.numbers[np.isfinite(column.numbers)]))
            even = len(steps) > 0 and float((steps == np.median(steps)).mean()) >= 0.8
            if not even:
                continue
        yield column


def _interpolated(column: Column, rows: TaskRows) -> Finding | None:
    time = moments(column)
    if time is None:
        return None
    known = (rows.part == TRAIN) & np.isfinite(time)
    asked = rows.hidden & np.isfinite(time)
    if known.sum() < 20 or asked.sum() < 10:
        return None
    order = np.argsort(time[known], kind="stable")
    x, y = time[known][order], rows.y[known][order]
    if rows.regression:
        guess = np.interp(time[asked], x, y)
        skill = min(_r2(rows.y[asked], guess), _r2(ranks(rows.y[asked]), ranks(guess)) + 0.02)
    else:
        near = np.clip(np.searchsorted(x, time[asked]), 1, len(x) - 1)
        near -= np.abs(x[near - 1] - time[asked]) <= np.abs(x[near] - time[asked])
        shares = np.bincount(rows.y[known].astype(np.int64))
        trivial = float((rows.y[asked] != float(shares.argmax())).mean())
        wrong = float((rows.y[asked] != y[near]).mean())
        skill = 1.0 - wrong / trivial if trivial > 0 else 0.0
    if skill < _SMOOTH - 0.04:
        return None
    evidence = (
        f"hidden rows lie between training rows by {column.name!r}, and their neighbours there "
        f"tell {skill:.1%} of the target {rows.target_name!r}; hold out the latest rows instead"
    )
    return Finding("time-crossing", evidence, columns=(column.name,), warning=skill < _SMOOTH)


def _r2(y: Floats, guess: Floats) -> float:
    total = float(((y - y.mean()) ** 2).sum())
    return 1.0 - float(((y - guess) ** 2).sum()) / total if total > 0 else 0.0
