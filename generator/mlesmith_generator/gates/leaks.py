"""All value-level leak scans over the rows of a task, within a bounded time.

Large tables are looked at through samples: rows for what every row shows (copies, formulas), all
rows for what only pairs of rows show (twins, groups, order).
"""

from __future__ import annotations

from dataclasses import replace

from mlesmith_generator.gates.arithmetic import scan_arithmetic
from mlesmith_generator.gates.duplicates import scan_duplicates
from mlesmith_generator.gates.groups import scan_groups
from mlesmith_generator.gates.histories import scan_histories
from mlesmith_generator.gates.kin import scan_kin
from mlesmith_generator.gates.neighbours import scan_neighbours
from mlesmith_generator.gates.order import scan_ids, scan_order
from mlesmith_generator.gates.powers import scan_powers
from mlesmith_generator.gates.quotients import scan_quotients
from mlesmith_generator.gates.rows import TaskRows
from mlesmith_generator.gates.series import scan_time
from mlesmith_generator.gates.shifts import scan_shifts
from mlesmith_generator.gates.singles import scan_singles
from mlesmith_generator.gates.statistics import scan_statistics
from mlesmith_generator.gates.verdict import Finding, Scan

_CELLS = 4_000_000
"""Cells that a scan of single columns looks at."""
_FEWEST, _MOST = 800, 20_000
"""Rows of a sample."""
_WHOLE = 8_000_000
"""Cells up to which scans of pairs of rows see every column."""


def scan_leaks(rows: TaskRows) -> list[Scan]:
    """Return every leak scan of the rows; a column is named by one finding only."""
    width = max(1, len(rows.columns))
    sample = rows.sample(max(_FEWEST, min(_MOST, _CELLS // width)))
    whole = rows
    if len(rows) * width > _WHOLE:
        names = sorted(rows.columns, key=lambda column: -column.distinct)
        kept = tuple(column.name for column in names[: max(10, _WHOLE // len(rows))])
        whole = rows.select(rows.part >= 0, kept)
    scans = [
        scan_singles(sample),
        scan_arithmetic(sample),
        scan_quotients(sample),
        scan_powers(sample),
        scan_groups(whole),
        scan_statistics(whole),
        scan_histories(whole),
        scan_shifts(whole),
        scan_time(whole),
        scan_neighbours(whole),
        scan_duplicates(rows),
        scan_kin(whole),
        scan_ids(rows.sample(_MOST)),
        scan_order(rows),
    ]
    return _each_column_once(scans)


def _each_column_once(scans: list[Scan]) -> list[Scan]:
    """Drop findings whose columns were all named before: one cure is enough."""
    named: set[str] = set()
    result: list[Scan] = []
    for scan in scans:
        kept: list[Finding] = []
        for finding in scan.findings:
            if finding.columns and not finding.warning and set(finding.columns) <= named:
                continue
            kept.append(finding)
            if not finding.warning:
                named.update(finding.columns)
        result.append(replace(scan, findings=tuple(kept)))
    return result
