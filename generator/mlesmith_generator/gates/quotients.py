"""Is the target the quotient of two sums of columns, as a share of a total is of its parts?"""

from __future__ import annotations

from mlesmith_generator.gates.arithmetic import written_numbers, written_unit
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
    if not rows.regression:
        return Scan(name, "only numbers are a quotient of sums")
    names, table, units = written_numbers(rows)
    measured = f"no quotient of sums of {len(names)} numeric columns is {rows.target_name!r}"
    if len(names) < 2:
        return Scan(name, measured)
    found = quotient(table, rows.y, units, written_unit(rows.truth))
    if found is None:
        return Scan(name, measured)
    telling = tuple(names[place] for place in found.telling)
    enough = len(rows.columns) - len(telling) >= _LEFT
    evidence = f"{rows.target_name} = {found.told(names)} on {found.share:.2%} of the rows"
    finding = Finding("target-arithmetic", evidence, "design", telling if enough else telling[:1])
    return Scan(name, measured, (finding,), found.share)
