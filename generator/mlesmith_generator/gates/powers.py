"""Is the target a product of powers of more than two columns, as a count is of size and shares?"""

from __future__ import annotations

import numpy as np

from mlesmith_generator.gates.arithmetic import written_unit
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.powers import telling


def scan_powers(rows: TaskRows) -> Scan:
    """Look for a product of whole or half powers of columns that is the number which is asked for.

    The finding names the fewest columns without which there is none.
    """
    name = "target-by-product"
    numeric = [column for column in rows.columns if column.numeric and column.distinct > 1]
    measured = f"no product of powers of {len(numeric)} numeric columns is {rows.target_name!r}"
    if not rows.regression or len(numeric) < 2:
        return Scan(name, measured)
    table = np.stack([column.numbers for column in numeric], axis=1)
    units = np.array([written_unit(column) for column in numeric])
    found, places = telling(table, rows.y, units, written_unit(rows.truth))
    if found is None:
        return Scan(name, measured)
    names = [column.name for column in numeric]
    evidence = f"{rows.target_name} = {found.told(names)} on {found.share:.2%} of the rows"
    columns = tuple(names[place] for place in places)
    finding = Finding("target-arithmetic", evidence, "design", columns)
    return Scan(name, measured, (finding,), found.share)
