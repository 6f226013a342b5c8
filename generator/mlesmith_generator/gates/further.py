"""Do further tables belong to the rows that ask: by their keys, and by when things happened?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env import sources
from mlesmith_env.recipes.model import DropColumns, TableRecipe
from mlesmith_env.recipes.table import recipe_table
from mlesmith_env.task import Task
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.rows import Column
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.recurrence import FEWEST, recurrence

LATER = 0.05
"""Share of the rows of a further table that may lie after the row that they belong to."""
RECURS = 0.3
"""Share of the rows, beyond chance, whose left-out value stands among those of their key."""
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


def scan_returns(task: Task, recipe: TableRecipe, sides: Mapping[str, pd.DataFrame]) -> Scan:
    """Look for what is left out of the rows that ask, and for answers, in further tables.

    Args:
        task: The task.
        recipe: Its recipe.
        sides: The further tables, text, keys under the names that they have in the other tables.
    """
    drops = [step for step in recipe.transforms if isinstance(step, DropColumns)]
    kept = tuple(step for step in recipe.transforms if not isinstance(step, DropColumns))
    with sources.raw_files(task.source) as raw:
        main = recipe_table(recipe.model_copy(update={"transforms": kept}), raw)
    asked = {recipe.target, *(name for step in drops for name in step.columns)}
    asked &= {str(name) for name in main.columns}
    findings = [
        Finding(
            "further-returns",
            f"{column!r} of {name}.csv holds the value of {one!r} under its key in {share:.0%} of "
            "the rows beyond chance",
            columns=(f"{name}.{column}",),
        )
        for name, side in sides.items()
        for column, (one, share) in _returned(main, asked, side)
    ]
    told = f"{len(asked)} columns that are not shown do not come back in further tables"
    return Scan("further-returns", told, tuple(findings))


def _returned(
    main: pd.DataFrame, asked: set[str], side: pd.DataFrame
) -> Iterator[tuple[str, tuple[str, float]]]:
    """Yield the columns of a table with many rows a key in which a column comes back, and which."""
    shared = [_column(side, str(name)) for name in side.columns if name in main.columns]
    if not shared:
        return
    key = max(shared, key=lambda column: column.distinct)
    if key.distinct == len(side):
        return
    keys = _column(main, key.name).text
    wanted = _telling(main, asked - {key.name})
    for column in _telling(side, {str(name) for name in side.columns} - {key.name}):
        shares = {one.name: recurrence(keys, one.text, key.text, column.text) for one in wanted}
        found = max(shares.items(), key=lambda pair: pair[1], default=("", 0.0))
        if found[1] >= RECURS:
            yield column.name, found


def _telling(frame: pd.DataFrame, names: set[str]) -> list[Column]:
    """Return the columns with values enough to tell rows by them."""
    columns = [_column(frame, name) for name in sorted(names)]
    return [column for column in columns if column.distinct >= FEWEST]


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
