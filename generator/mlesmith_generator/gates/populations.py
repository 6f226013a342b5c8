"""Do training and hidden rows come from one population, as a drawn holdout promises?

A holdout by time or group may differ honestly. One that was drawn by chance may not: where a
column tells on which side a row stands, the files were not made by drawing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from mlesmith_generator.gates.duplicates import row_keys
from mlesmith_generator.gates.order import association
from mlesmith_generator.gates.rows import PRIVATE, Ints, TaskRows
from mlesmith_generator.gates.strength import quantile_codes
from mlesmith_generator.gates.verdict import Finding, Scan

_ROWS = 20_000
_SIGMAS = 12.0
_EFFECT = 0.1
_OFTEN = 10


def scan_populations(rows: TaskRows) -> Scan:
    """Look for columns (and a target) that differ between training, public and private rows.

    Rows with equal features stay together by the rules of a recipe, so each counts once.
    """
    keys = row_keys(rows)
    sample = rows.select(np.unique(keys, return_index=True)[1]).sample(_ROWS)
    drawn = rows.holdout.kind in ("random", "stratified")
    findings: list[Finding] = []
    largest = 0.0
    for words, side, among in (
        ("training from hidden rows", sample.hidden, sample.part >= 0),
        ("public from private rows", sample.part == PRIVATE, sample.hidden),
    ):
        part = sample.select(among)
        if len(part) < 60:
            continue
        sides = replace(
            part,
            target=pd.Series(np.where(side[among], "one", "other")),
            objective="binary",
            target_name="side",
        )
        for column in (*part.columns, part.truth):
            numeric = column.numeric
            groups = quantile_codes(column.numbers, 20) if numeric else _largest(column.codes)
            effect, sigmas = association(groups, sides)
            largest = max(largest, effect)
            if sigmas >= _SIGMAS and effect >= _EFFECT:
                evidence = (
                    f"column {column.name!r} tells {words} ({effect:.1%} of it, {sigmas:.0f} "
                    "standard deviations beyond chance)"
                )
                findings.append(Finding("parts-differ", evidence, warning=not drawn))
    measured = f"no column tells on which side a row stands; at most {largest:.1%}"
    return Scan("one-population", measured, tuple(findings))


def _largest(codes: Ints) -> Ints:
    """Codes of the 50 most frequent values that stand there often, all others together. (rows,)."""
    counts = np.bincount(codes + 1)
    kept = np.argsort(-counts, kind="stable")[:50]
    kept = kept[counts[kept] >= _OFTEN]
    table = np.full(len(counts), len(kept), dtype=np.int64)
    table[kept] = np.arange(len(kept))
    return table[codes + 1]
