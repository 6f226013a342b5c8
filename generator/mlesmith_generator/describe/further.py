"""Further tables that come with a task: what is in them, and how they hang together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast

import pandas as pd

from mlesmith_env.recipes.model import InteractionsRecipe, LinksRecipe
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu

if TYPE_CHECKING:
    from mlesmith_generator.describe.page import Page

_FEWEST = 20
"""Different values from which a column that holds them all is taken for their key."""
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
        towards: Those of the keys that lead to `train.csv`, or to a table nearer to it.
        single: Those of the keys that no two of its rows share.
        constant: Its columns with one value in every row, each with that.
        named_apart: Without any key: its columns that hold all values of columns of `train.csv`
            under another name, each with those.
        met: For a key that leads to `train.csv` by itself, the share of the rows of both files that
            have it in this table.
    """

    name: str
    rows: int
    columns: tuple[str, ...]
    keys: tuple[tuple[str, tuple[str, ...]], ...]
    towards: tuple[str, ...]
    single: tuple[str, ...]
    constant: Mapping[str, str] = field(default_factory=dict[str, str])
    named_apart: tuple[tuple[str, tuple[str, ...]], ...] = ()
    met: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def many(self) -> bool:
        """Whether several of its rows belong to one row on the way to `train.csv`."""
        return bool(self.towards) and not {*self.towards} & {*self.single}


def further_tables(
    test: pd.DataFrame, further: Mapping[str, pd.DataFrame], train: pd.DataFrame | None = None
) -> tuple[FurtherTable, ...]:
    """Return the facts of further tables.

    Args:
        test: The rows of `test.csv`.
        further: Each further table by its name.
        train: The rows of `train.csv`, where those with a match are to be counted there as well.
    """
    holders: dict[str, Sequence[str]] = {"train": [str(name) for name in test.columns]}
    holders |= {name: [str(column) for column in frame.columns] for name, frame in further.items()}
    steps = _steps(holders)
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
        towards = tuple(
            column
            for column, others in keys
            if any(steps.get(other, len(steps)) < steps.get(name, 0) for other in others)
        )
        apart = () if keys else _named_apart(test, frame)
        constant = dict(_constants(frame))
        direct = [column for column, others in keys if "train" in others]
        alone = direct if len(direct) == 1 else [each for each in direct if each in single]
        rows = test if train is None else pd.concat([train[alone], test[alone]])
        met = {
            column: _share_met(cast("pd.Series", rows[column]), cast("pd.Series", frame[column]))
            for column in alone
        }
        found.append(
            FurtherTable(name, len(frame), columns, keys, towards, single, constant, apart, met)
        )
    return tuple(found)


def _share_met(asked: pd.Series, held: pd.Series) -> float:
    """Return the share of rows whose key the other table holds; one without a key has no match.

    Numbers are compared as such: a column with gaps is often written with a `.0` behind each.
    """
    numbers = [cast("pd.Series", pd.to_numeric(each, errors="coerce")) for each in (asked, held)]
    if all(n.notna().equals(t.notna()) for n, t in zip(numbers, (asked, held), strict=True)):
        asked, held = numbers
    known = asked.notna() & asked.isin(held.dropna().unique())
    return float(known.mean()) if len(asked) else 1.0


def _constants(frame: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Yield the columns that have one and the same value in every row, with it."""
    for name in frame.columns:
        values = cast("pd.Series", frame[name])
        if len(values) > 1 and values.notna().all() and values.nunique() == 1:
            yield str(name), str(values.iloc[0])


def _named_apart(
    test: pd.DataFrame, frame: pd.DataFrame
) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return columns that no two rows share and that hold all values of columns of `test.csv`."""
    asked = {str(name): {*cast("pd.Series", test[name].dropna())} for name in test.columns}
    found: list[tuple[str, tuple[str, ...]]] = []
    for name in frame.columns:
        series = cast("pd.Series", frame[name].dropna())
        held = {*series} if series.is_unique else set[object]()
        alike = [other for other, own in asked.items() if len(own) >= _FEWEST and own <= held]
        if alike:
            found.append((str(name), tuple(alike)))
    return tuple(found)


def _steps(holders: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return by how many joins each table that can be reached from the rows is reached."""
    steps, front = {"train": 0}, ["train"]
    while front:
        nearer = front.pop(0)
        for name, columns in holders.items():
            if name not in steps and {*columns} & {*holders[nearer]}:
                steps[name] = steps[nearer] + 1
                front.append(name)
    return steps


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
    names = md.listing([page.code(column) for column in table.towards])
    if not names:
        return "a further table"
    alone = [column for column in table.towards if column in table.single]
    if alone:
        whole = table.met.get(alone[0], 1.0) == 1
        told = page.code(alone[0])
        return f"a row for each {told}" if whole else f"a row for each {told} that it knows"
    return f"a further table, joined by {names}"


def further_columns(page: Page) -> str:
    """Return what stands in the further tables, and by what they are joined."""
    if not page.facts.further:
        return ""
    rows = [
        (f"`{table.name}.csv`", _joined(page, table), _listed(page, table.columns, table))
        for table in page.facts.further
    ]
    return _wholeness(page) + "\n\n" + md.table(("file", "joined by", "holds"), rows)


def _wholeness(page: Page) -> str:
    """Say which tables are whole, what is missing from one that is not, and how keys are named."""
    recipe, further = page.recipe, page.facts.further
    keys = "keys alike" if all(table.keys for table in further) else "keys apart"
    lacking = _lacking(page)
    if not lacking:
        whole = "further whole" if len(further) > 1 else "further whole one"
        return f"{page.voice.say(whole)} {page.voice.say(keys)}"
    fields = {"file": f"`{lacking}.csv`"}
    if isinstance(recipe, LinksRecipe):
        fields |= {"a": page.code(recipe.ends[0]), "b": page.code(recipe.ends[1])}
        return page.voice.say("further links", **fields)
    return page.voice.say("further items", **fields)


def _lacking(page: Page) -> str:
    """Return the name of the table from which what is asked for was taken away, or nothing."""
    if isinstance(page.recipe, LinksRecipe):
        return "edges"
    return "interactions" if isinstance(page.recipe, InteractionsRecipe) else ""


def _joined(page: Page, table: FurtherTable) -> str:
    recipe = page.recipe
    if isinstance(recipe, LinksRecipe) and table.name == _lacking(page):
        return f"nodes, under {md.listing([*map(page.code, recipe.ends)])}"
    told = [
        f"{page.code(column)} of {md.listing([f'`{name}.csv`' for name in holders])}"
        + (", one row each" if column in table.single else "")
        + _matched(table.met.get(column, 1.0))
        for column, holders in table.keys
    ]
    for column, others in table.named_apart:
        told.append(
            f"{page.code(column)} has the values of {md.listing([*map(page.code, others)])}"
        )
    return "; ".join(told) or "none"


def _matched(share: float) -> str:
    """Say for how many rows of both files there is a match, where not for all."""
    return "" if share == 1 else f" (for {nu.percent(share)} of train and test rows)"


def _listed(page: Page, columns: Sequence[str], table: FurtherTable) -> str:
    keys = {column for column, _ in table.keys}
    names = [
        page.code(column)
        + (f" (always {md.code(table.constant[column], 30)})" if column in table.constant else "")
        for column in columns
        if column not in keys
    ]
    more = len(names) - _NAMED
    shown = names[:_NAMED]
    if not shown:
        return "nothing else"
    return ", ".join(shown) + (f" and {nu.word(more)} more" if more > 0 else "")
