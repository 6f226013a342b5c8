"""Further tables that come with a task: what is in them, and how they hang together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pandas as pd

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu

if TYPE_CHECKING:
    from mlesmith_generator.describe.page import Page

_NAMED = 24
"""Columns of a further table that are told by name."""


@dataclass(frozen=True)
class FurtherTable:
    """A further CSV file of a task.

    Attributes:
        name: Its name without `.csv`.
        rows: Its rows.
        columns: Its columns, in order.
        keys: Columns that other tables have as well, each with those tables.
        single: Those of the keys that no two of its rows share.
    """

    name: str
    rows: int
    columns: tuple[str, ...]
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    single: tuple[str, ...]


def further_tables(
    test: pd.DataFrame, further: Mapping[str, pd.DataFrame]
) -> tuple[FurtherTable, ...]:
    """Return the facts of further tables.

    Args:
        test: The rows of `test.csv`.
        further: Each further table by its name.
    """
    holders: dict[str, Sequence[str]] = {"train": [str(name) for name in test.columns]}
    holders |= {name: [str(column) for column in frame.columns] for name, frame in further.items()}
    found: list[FurtherTable] = []
    for name, frame in further.items():
        columns = tuple(holders[name])
        keys = tuple(
            (
                column,
                tuple(other for other in holders if other != name and column in holders[other]),
            )
            for column in columns
            if any(column in holders[other] for other in holders if other != name)
        )
        single = tuple(
            column for column, _ in keys if cast("pd.Series", frame[column].dropna()).is_unique
        )
        found.append(FurtherTable(name, len(frame), columns, keys, single))
    return tuple(found)


def file_rows(page: Page) -> list[tuple[str, str, str, str]]:
    """Return a row a further table for the table of files."""
    return [
        (
            f"`{table.name}.csv`",
            nu.count(table.rows),
            str(len(table.columns)),
            _content(page, table),
        )
        for table in page.facts.further
    ]


def _content(page: Page, table: FurtherTable) -> str:
    if not table.keys:
        return "a further table"
    names = md.listing([page.code(column) for column, _ in table.keys])
    if set(table.single) >= {column for column, _ in table.keys}:
        return f"a row for each {names}"
    return f"a further table, joined by {names}"


def further_columns(page: Page) -> str:
    """Return what stands in the further tables, and by what they are joined."""
    if not page.facts.further:
        return ""
    rows = [
        (f"`{table.name}.csv`", _joined(page, table), _listed(page, table.columns, table))
        for table in page.facts.further
    ]
    return (
        page.voice.say("further tables") + "\n\n" + md.table(("file", "joined by", "holds"), rows)
    )


def _joined(page: Page, table: FurtherTable) -> str:
    told = [
        f"{page.code(column)} of {md.listing([f'`{name}.csv`' for name in holders])}"
        + (", one row each" if column in table.single else "")
        for column, holders in table.keys
    ]
    return "; ".join(told) or "no column of the same name"


def _listed(page: Page, columns: Sequence[str], table: FurtherTable) -> str:
    keys = {column for column, _ in table.keys}
    names = [page.code(column) for column in columns if column not in keys]
    more = len(names) - _NAMED
    shown = names[:_NAMED]
    return ", ".join(shown) + (f" and {nu.word(more)} more" if more > 0 else "")
