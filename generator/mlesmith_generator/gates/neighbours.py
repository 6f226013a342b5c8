"""Hidden rows between training rows in time: do those next to them tell the answer?

What leaves a column out does not end it, as moments can be told from more than one, and what is
left without any would be a course whose order was thrown away. So the idea ends: such rows are to
be hidden from a day on.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd

from mlesmith_generator.brainstorm import features, probe
from mlesmith_generator.brainstorm.moments import moments_of
from mlesmith_generator.brainstorm.neighbours import Hearsay, hearsay, outside_time
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.typed import TypedTable, type_column

_MOST_ROWS = 50_000
_MOST_COLUMNS = 200
_MOST_CLASSES = 100
_LEARNT = 4_000
"""Rows that the model sees."""


def scan_neighbours(rows: TaskRows) -> Scan:
    """Look for a drawn holdout whose hidden answers are read off between neighbours in time."""
    name = "neighbours-in-time"
    drawn = rows.holdout.kind in ("random", "stratified", "group")
    if not drawn or (rows.classes > _MOST_CLASSES and not rows.regression):
        return Scan(name, f"{rows.holdout.kind} holdout")
    rows = rows.sample(_MOST_ROWS)
    table = _typed(rows)
    told = moments_of(table)
    classes = 0 if rows.regression else rows.classes
    heard = hearsay(rows.y, classes, table, told, rows.hidden) if told else None
    if heard is None:
        return Scan(name, "no column tells when rows were")
    by = f"{' and '.join(map(repr, heard.moments.clock.parts))}"
    by += f" within {heard.series!r}" if heard.series else ""
    measured = f"neighbours by {by} take {heard.skill:.1%} off the error of one guess"
    if not heard.clear():
        return Scan(name, measured, value=heard.skill)
    addressed = heard.addressed and rows.holdout.kind != "group"
    model = _model(rows, table, heard, addressed=addressed)
    measured += f", a quick model on the other columns {model:.1%}"
    if not heard.telling(model, addressed=addressed):
        return Scan(name, measured, value=heard.skill)
    evidence = (
        f"rows are hidden between others in time, and those next to them tell the target "
        f"{rows.target_name!r}: {measured}; hide the latest rows instead"
    )
    finding = Finding(name, evidence, "brainstorm")
    return Scan(name, measured, (finding,), heard.skill)


def _typed(rows: TaskRows) -> TypedTable:
    frame = rows.features
    columns = tuple(
        type_column(str(name), cast("pd.Series", frame.iloc[:, place]))
        for place, name in enumerate(frame.columns[:_MOST_COLUMNS])
    )
    return TypedTable(columns, len(frame))


def _model(rows: TaskRows, table: TypedTable, heard: Hearsay, *, addressed: bool) -> float:
    """Return the skill of a quick model that learns from training rows alone.

    The date of a moment is its neighbours' address, so it is not among the features; that of a
    thing of its own may be learnt as what it is.
    """
    draws = np.random.default_rng(len(rows))
    seen, asked = np.flatnonzero(~rows.hidden), np.flatnonzero(rows.hidden)
    parts = [draws.permutation(part)[: _LEARNT // 2] for part in (seen, asked)]
    good = np.sort(np.concatenate(parts))
    without = outside_time(table, (heard.moments,)) if addressed else set[str]()
    built = features.build(table, good, without)
    if not built.width:
        return 0.0
    folds = np.where(rows.hidden[good], 0, -1)
    classes = 0 if rows.regression else rows.classes
    return probe.measure(rows.y[good], classes, built, folds).skill
