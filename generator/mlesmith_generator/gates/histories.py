"""Are columns counts of the classes, by somebody whose row is among those counted?"""

from __future__ import annotations

from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.histories import FEWEST, counts_of_classes


def scan_histories(rows: TaskRows) -> Scan:
    """Look for a column to most of the classes whose zeros rule out that class and no other."""
    name = "classes-counted"
    numeric = [column for column in rows.columns if column.numeric]
    measured = f"no zeros of {len(numeric)} numeric columns rule out one class each"
    if rows.regression or rows.classes < FEWEST:
        return Scan(name, measured)
    found = counts_of_classes([column.numbers for column in numeric], rows.truth.codes)
    if not found:
        return Scan(name, measured)
    names = tuple(numeric[place].name for place in found)
    told = "; ".join(
        f"{numeric[place].name!r} is never 0 for {rows.truth.values[label]!r}"
        for place, label in found.items()
    )
    evidence = f"{told}: they count the classes, the row's own among them"
    return Scan(name, measured, (Finding("target-statistics", evidence, columns=names),))
