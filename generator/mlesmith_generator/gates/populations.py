"""Do training and hidden rows come from one population, as a drawn holdout promises?

A holdout by time or group may differ honestly. One that was drawn by chance may not: where a
column tells on which side a row stands, the files were not made by drawing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_generator.gates.duplicates import row_keys
from mlesmith_generator.gates.order import association
from mlesmith_generator.gates.rows import Ints, TaskRows
from mlesmith_generator.gates.strength import quantile_codes
from mlesmith_generator.gates.verdict import Finding, Scan

_ROWS = 20_000
_SIGMAS = 12.0
_EFFECT = 0.1
_OFTEN = 10


def scan_populations(rows: TaskRows) -> Scan:
    """Look for columns (and a target) that differ between training and hidden rows.

    Rows with equal features stay together by the rules of a recipe, so each counts once.
    """
    keys = row_keys(rows)
    sample = rows.select(np.unique(keys, return_index=True)[1]).sample(_ROWS)
    sides = TaskRows(
        features=sample.features,
        ids=sample.ids,
        target=pd.Series(np.where(sample.hidden, "hidden", "train")),
        part=sample.part,
        position=sample.position,
        objective="binary",
        holdout=sample.holdout,
        target_name="side",
    )
    drawn = rows.holdout.kind in ("random", "stratified")
    findings: list[Finding] = []
    largest = (0.0, "")
    for column in (*sample.columns, sample.truth):
        groups = quantile_codes(column.numbers, 20) if column.numeric else _largest(column.codes)
        effect, sigmas = association(groups, sides)
        if sigmas >= _SIGMAS and effect >= _EFFECT:
            evidence = (
                f"column {column.name!r} tells training from hidden rows ({effect:.1%} of it, "
                f"{sigmas:.0f} standard deviations beyond chance)"
            )
            findings.append(Finding("parts-differ", evidence, warning=not drawn))
        largest = max(largest, (effect, column.name))
    measured = f"no column tells on which side a row stands; at most {largest[0]:.1%}"
    return Scan("one-population", measured, tuple(findings))


def _largest(codes: Ints) -> Ints:
    """Codes of the 50 most frequent values that stand there often, all others together. (rows,)."""
    counts = np.bincount(codes + 1)
    kept = np.argsort(-counts, kind="stable")[:50]
    kept = kept[counts[kept] >= _OFTEN]
    table = np.full(len(counts), len(kept), dtype=np.int64)
    table[kept] = np.arange(len(kept))
    return table[codes + 1]
