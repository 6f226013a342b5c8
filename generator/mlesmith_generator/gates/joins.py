"""Do further tables hang on a key, or on a column that merely has the same values?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pandas as pd

from mlesmith_env.manifest import Manifest
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.verdict import Finding, Scan

_UNIQUE = 0.98
"""Share of the rows of a table whose values of a key are different."""
_MET = 0.8
"""Share of the values of a key that a table which lists them has."""


def scan_joins(manifest: Manifest, tables: Tables, sides: Mapping[str, pd.DataFrame]) -> Scan:
    """Refuse a further table that shares no key with another: a column that some table lists.

    Rows that share a count of laps, a state or a season belong to nobody in common, and what is
    joined by them is every row with every other.
    """
    main = pd.concat([tables.train, tables.test], ignore_index=True)
    gone = [manifest.submission.id_column, *manifest.truth]
    every = {"": main.drop(columns=gone, errors="ignore"), **sides}
    unkeyed = [name for name in sides if not _has_key(name, every)]
    told = (
        f"{len(sides) - len(unkeyed)} of {len(sides)} further tables share a key with another: "
        "a column of which a table has each value once"
    )
    evidence = f"{', '.join(unkeyed)}: {told}"
    findings = (Finding("further-unkeyed", evidence),) if unkeyed else ()
    return Scan("further-keys", told, findings)


def _has_key(name: str, every: Mapping[str, pd.DataFrame]) -> bool:
    shared = {
        str(column)
        for column in every[name].columns
        if any(column in table.columns for other, table in every.items() if other != name)
    }
    return any(_is_listed(column, every, name) for column in sorted(shared))


def _is_listed(column: str, every: Mapping[str, pd.DataFrame], name: str) -> bool:
    """Whether a table has nearly each value of a column of another once."""
    wanted = set(every[name][column].dropna())
    for table in every.values():
        if column not in table.columns:
            continue
        values = cast("pd.Series", table[column]).dropna()
        different = set(values)
        met = len(wanted & different) >= _MET * min(len(wanted), len(different))
        if met and len(different) > 1 and len(different) >= _UNIQUE * len(values):
            return True
    return False
