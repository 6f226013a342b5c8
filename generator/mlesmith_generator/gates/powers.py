"""Is the target a product of powers of more than two columns, as a count is of size and shares?"""

from __future__ import annotations

from mlesmith_generator.gates.arithmetic import written_numbers, written_unit
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.powers import telling


def scan_powers(rows: TaskRows) -> Scan:
    """Look for a product of whole or half powers of columns that is the number which is asked for.

    The finding names the fewest columns without which there is none.
    """
    name = "target-by-product"
    if not rows.regression:
        return Scan(name, "only numbers are a product of powers")
    names, table, units = written_numbers(rows)
    measured = f"no product of powers of {len(names)} numeric columns is {rows.target_name!r}"
    if len(names) < 2:
        return Scan(name, measured)
    found, places = telling(table, rows.y, units, written_unit(rows.truth))
    if found is None:
        return Scan(name, measured)
    evidence = f"{rows.target_name} = {found.told(names)} on {found.share:.2%} of the rows"
    columns = tuple(names[place] for place in places)
    finding = Finding("target-arithmetic", evidence, "design", columns)
    return Scan(name, measured, (finding,), found.share)
