"""Is the class a threshold of a plain sum of several columns, as of the items of a score?"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mlesmith_generator.gates.rows import Column, Floats, TaskRows
from mlesmith_generator.gates.verdict import Finding
from mlesmith_generator.profiler.tallies import tally

_TOLD = 6
_LEFT = 2
"""Columns that must be left to learn from where the parts of a sum are left out."""


def tally_findings(rows: TaskRows) -> Iterator[Finding]:
    """Yield what columns add up to the class; columns of two values count as 0 and 1."""
    columns: list[Column] = []
    parts: list[Floats] = []
    for column in rows.columns:
        if column.numeric and column.distinct > 1:
            parts.append(column.numbers)
        elif column.distinct == 2:
            parts.append(np.where(column.missing, np.nan, column.codes))
        else:
            continue
        columns.append(column)
    if len(columns) < 2:
        return
    found = tally(np.stack(parts, axis=1), rows.truth.codes)
    if found is None:
        return
    names = tuple(columns[place].name for place in found.members)
    told = [
        f"{'-' if sign < 0 else '+'} {name}" for sign, name in zip(found.signs, names, strict=True)
    ]
    shown = " ".join(told[:_TOLD]).removeprefix("+ ") + (" …" if len(told) > _TOLD else "")
    evidence = (
        f"{rows.target_name} is a threshold of {shown} ({len(names)} columns) on {found.share:.2%} "
        "of the rows, exact also next to the threshold"
    )
    enough = len(rows.columns) - len(names) >= _LEFT
    yield Finding("target-arithmetic", evidence, "design", names if enough else ())
