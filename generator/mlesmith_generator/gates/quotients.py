"""Is the target the quotient of two sums of columns, as a share of a total is of its parts?"""

from __future__ import annotations

import numpy as np

from mlesmith_generator.gates.arithmetic import written_unit
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.quotients import quotient

_LEFT = 2
"""Columns that must be left to learn from where those of a quotient are left out."""


def scan_quotients(rows: TaskRows) -> Scan:
    """Look for sums of columns whose quotient is the number that is asked for.

    It is refused from 95 % of the rows on, half of which no weight was fitted on; the finding names
    the fewest columns that give it.
    """
    name = "target-by-quotient"
    numeric = [column for column in rows.columns if column.numeric and column.distinct > 1]
    measured = f"no quotient of sums of {len(numeric)} numeric columns is {rows.target_name!r}"
    if not rows.regression or len(numeric) < 2:
        return Scan(name, measured)
    table = np.stack([column.numbers for column in numeric], axis=1)
    units = np.array([written_unit(column) for column in numeric])
    found = quotient(table, rows.y, units, written_unit(rows.truth))
    if found is None:
        return Scan(name, measured)
    names = [column.name for column in numeric]
    telling = tuple(names[place] for place in found.telling)
    enough = len(rows.columns) - len(telling) >= _LEFT
    evidence = f"{rows.target_name} = {found.told(names)} on {found.share:.2%} of the rows"
    finding = Finding("target-arithmetic", evidence, "design", telling if enough else telling[:1])
    return Scan(name, measured, (finding,), found.share)
