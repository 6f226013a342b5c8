"""Do further tables belong to the rows that ask: by their keys, and by when things happened?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.recipes.model import DropColumns, TableRecipe
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import Column
from mlesmith_generator.gates.verdict import Finding, Scan

LATER = 0.05
"""Share of the rows of a further table that may lie after the row that they belong to."""
MET = 0.05
"""Share of the keys of a row's table, or of a further one, that a table has to know."""
_DATED = re.compile(r"date|datum|fecha|day|time|year", re.IGNORECASE)


def scan_further(recipe: TableRecipe, tables: Tables, sides: Mapping[str, pd.DataFrame]) -> Scan:
    """Look for further tables that no key leads to, and for rows of a later time.

    Args:
        recipe: The recipe; where it leaves a column out that may be a date, times are not judged.
        tables: The rows that ask.
        sides: The further tables, text, keys under the names that they have in the other tables.
    """
    main = pd.concat([tables.train, tables.test], ignore_index=True)
    findings = list(_strangers(main, sides))
    dropped = [
        name
        for step in recipe.transforms
        if isinstance(step, DropColumns)
        for name in step.columns
        if _DATED.search(name)
    ]
    told = "a date was left out of the rows that ask"
    if not dropped:
        shares = dict(_later(main, sides))
        told = "; ".join(f"{share:.0%} of {name} lie later" for name, share in shares.items())
        findings += [
            Finding(
                "further-rows-later",
                f"{share:.0%} of the rows of {name}.csv lie after the row that they belong to",
            )
            for name, share in shares.items()
            if share > LATER
        ]
    return Scan("further-tables-belong", told or "no dates on both sides", tuple(findings))


def _strangers(main: pd.DataFrame, sides: Mapping[str, pd.DataFrame]) -> Iterator[Finding]:
    """Tables whose keys are met nowhere; one that shares no column is of no use, and no harm."""
    for name, side in sides.items():
        others = [main, *(frame for other, frame in sides.items() if other != name)]
        shares = [
            _met(cast("pd.Series", other[column]), cast("pd.Series", side[column]))
            for other in others
            for column in side.columns
            if column in other.columns
        ]
        if max(shares, default=0.0) < MET:
            evidence = f"the keys of {name}.csv are met in {max(shares, default=0.0):.0%} of them"
            yield Finding("keys-apart", evidence, warning=not shares)


def _met(keys: pd.Series, known: pd.Series) -> float:
    mine = pd.unique(keys.dropna())
    return float(np.isin(mine.astype(str), pd.unique(known.dropna()).astype(str)).mean())


def _later(main: pd.DataFrame, sides: Mapping[str, pd.DataFrame]) -> Iterator[tuple[str, float]]:
    """Yield the share of rows later than the rows that ask, of tables that have dates as well."""
    asked = _days(main)
    if asked is None:
        return
    for name, side in sides.items():
        theirs = _days(side)
        shared = [column for column in side.columns if column in main.columns]
        if theirs is None or not shared:
            continue
        keys = max((_column(side, column) for column in shared), key=lambda column: column.distinct)
        rows = pd.DataFrame({"day": asked, "key": main[keys.name]})
        first = cast("pd.Series", rows.groupby("key")["day"].min())
        gap = theirs - first.reindex(keys.text).to_numpy(dtype=np.float64)
        known = np.isfinite(gap)
        if known.any() and keys.distinct < len(side):
            yield name, float((gap[known] > 0).mean())


def _days(frame: pd.DataFrame) -> np.ndarray | None:
    for name in frame.columns:
        column = _column(frame, str(name))
        if not column.numeric and column.distinct > 2 and column.days is not None:
            return column.days
    return None


def _column(frame: pd.DataFrame, name: str) -> Column:
    return Column(name, cast("pd.Series", frame[name]))
