"""The table of columns: one row each, numbered families and long lists in one row together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.measure import ColumnFacts
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.values import (
    meaning_cell,
    missing_cell,
    number_in,
    type_cell,
    values_cell,
)
from mlesmith_generator.profiler.words import words

HEADER = ("column", "type", "values", "missing", "meaning")
MOST_ROWS = 60
"""Columns up to which each has its own row."""
_FAMILY = 4
_LIST_BYTES = 900
_TABLE_BYTES = 6_500

Cells = tuple[str, str, str, str, str]


def column_table(page: Page) -> str:
    """Return the table of every column of `train.csv`."""
    facts = page.facts
    id_row: Cells = (
        page.code(page.form.id_column),
        "identifier",
        "unique",
        "none",
        "names the row, says nothing",
    )
    target_row: Cells = (
        page.code(facts.target.name), type_cell(facts.target), values_cell(facts.target),
        missing_cell(facts.target), "the target, in `train.csv` only",
    )  # fmt: skip
    if len(facts.features) <= MOST_ROWS - 2:
        rows = [_single(page, column) for column in facts.features]
        if _size(rows) > _TABLE_BYTES:
            rows = [_shortened(cells) for cells in rows]
    else:
        rows = _grouped(page, facts.features)
    return md.table(HEADER, [id_row, *rows, target_row])


def uncovered(description: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the column names that a description neither shows nor covers by `a1` to `a9`."""
    spans = [
        (first, last)
        for first, last in re.findall(r"`([^`\n]+)` to `([^`\n]+)`", description)
        if number_in(first) and number_in(last)
    ]
    return tuple(
        name
        for name in names
        if md.code(name) not in description
        and md.cell(md.code(name)) not in description
        and not any(_between(name, first, last) for first, last in spans)
    )


def _between(name: str, first: str, last: str) -> bool:
    found, low, high = number_in(name), number_in(first), number_in(last)
    if found is None or low is None or high is None:
        return False
    same = (found[0], found[2]) == (low[0], low[2]) == (high[0], high[2])
    return same and int(low[1]) <= int(found[1]) <= int(high[1])


def _single(page: Page, column: ColumnFacts) -> Cells:
    return (
        page.code(column.name),
        type_cell(column),
        values_cell(column),
        missing_cell(column),
        meaning_cell(page, column),
    )


def _shortened(cells: Cells) -> Cells:
    name, kind, values, missing, meaning = cells
    return name, kind, values, missing, meaning.split(";")[0][:60]


def _grouped(page: Page, columns: Sequence[ColumnFacts]) -> list[Cells]:
    """Rows for many columns: numbered families, shared first words, single ones while they fit."""
    rows: list[Cells] = []
    families = _families(columns)
    member = {name: key for key, names in families.items() for name in names}
    by_name = {column.name: column for column in columns}
    done: set[tuple[str, ...]] = set()
    loose: list[ColumnFacts] = []
    for column in columns:
        key = member.get(column.name)
        if key is None:
            loose.append(column)
        elif key not in done:
            done.add(key)
            members = [by_name[name] for name in families[key]]
            rows.extend(_family_rows(members, _runs(members), "one numbered series"))
    if len(rows) + len(loose) > MOST_ROWS:
        loose, listed = _listed(page, loose)
        rows.extend(listed)
    singles = [_single(page, column) for column in loose]
    budget = _TABLE_BYTES - _size(rows)
    if _size(singles) > budget:
        singles = [_shortened(cells) for cells in singles]
    shown: list[Cells] = []
    for cells in singles:
        budget -= _size([cells])
        if budget < 0:
            break
        shown.append(cells)
    left = len(singles) - len(shown)
    if left:
        note = f"{nu.counted(left, 'further column')}, named in the header of `train.csv`"
        rows.append(("…", "various", "", "", note))
    return [*shown, *rows]


def _families(columns: Sequence[ColumnFacts]) -> dict[tuple[str, ...], list[str]]:
    """Columns that differ in one number only, at least `_FAMILY` of a kind together."""
    found: dict[tuple[str, ...], list[str]] = {}
    for column in columns:
        parts = number_in(column.name)
        if parts is not None and md.plain(column.name) == column.name and "`" not in column.name:
            found.setdefault((parts[0], parts[2], _broad(column)), []).append(column.name)
    return {key: names for key, names in found.items() if len(names) >= _FAMILY}


def _runs(members: Sequence[ColumnFacts]) -> list[str]:
    """Names as spans `x1` to `x9` of consecutive numbers, in order."""
    pairs = sorted((int(_digits(each.name)), each.name) for each in members)
    runs: list[list[tuple[int, str]]] = []
    for pair in pairs:
        if runs and pair[0] - runs[-1][-1][0] <= 1:
            runs[-1].append(pair)
        else:
            runs.append([pair])
    told: list[str] = []
    for run in runs:
        if len(run) > 2:
            told.append(f"{md.code(run[0][1])} to {md.code(run[-1][1])}")
        else:
            told.extend(md.code(name) for _, name in run)
    return told


def _digits(name: str) -> str:
    parts = number_in(name)
    return parts[1] if parts else "0"


def _listed(page: Page, columns: Sequence[ColumnFacts]) -> tuple[list[ColumnFacts], list[Cells]]:
    """Take columns that share their first word and kind together, then those of one kind."""
    shared: dict[tuple[str, str], list[ColumnFacts]] = {}
    for column in columns:
        parts = words(column.name)
        shared.setdefault((parts[0] if parts else "", _broad(column)), []).append(column)
    rows: list[Cells] = []
    loose: list[ColumnFacts] = []
    for (first, _), members in shared.items():
        if first and len(members) >= _FAMILY:
            note = f"names that begin with {md.code(first)}"
            rows.extend(_family_rows(members, [page.code(each.name) for each in members], note))
        else:
            loose.extend(members)
    if len(loose) + len(rows) <= MOST_ROWS:
        return loose, rows
    kinds: dict[str, list[ColumnFacts]] = {}
    for column in loose:
        kinds.setdefault(_broad(column), []).append(column)
    for members in kinds.values():
        names = [page.code(each.name) for each in members]
        rows.extend(_family_rows(members, names, "listed by type"))
    return [], rows


def _family_rows(
    members: Sequence[ColumnFacts], names: Sequence[str], note: str
) -> Iterable[Cells]:
    """Rows for columns told together: as many as their names need, at most `_TABLE_BYTES`."""
    kinds = sorted({type_cell(each) for each in members})
    missing = max(each.missing_share for each in members)
    told = "none" if missing == 0 else f"up to {nu.percent(missing)}"
    values, text, used, count = _common_values(members), "", 0, 0
    chunks: list[str] = []
    for name in names:
        if used + len(name.encode()) > _TABLE_BYTES // 2:
            break
        used += len(name.encode()) + 2
        count += 1
        if text and len(text.encode()) + len(name.encode()) > _LIST_BYTES:
            chunks.append(text)
            text = ""
        text += (", " if text else "") + name
    chunks.append(text)
    if count < len(names):
        chunks[-1] += f" and {nu.count(len(names) - count)} more"
    for index, chunk in enumerate(chunks):
        meaning = f"{nu.counted(len(members), 'column')}, {note}" if index == 0 else "continued"
        yield chunk, " or ".join(kinds), values, told, meaning


def _common_values(members: Sequence[ColumnFacts]) -> str:
    numeric = [each for each in members if each.numeric]
    if len(numeric) == len(members):
        low = min(each.minimum or 0.0 for each in numeric)
        high = max(each.maximum or 0.0 for each in numeric)
        return f"{nu.amount(low, 6)} to {nu.amount(high, 6)}"
    levels = {value for each in members for value, _ in each.top}
    if len(levels) <= 6 and all(each.distinct <= 6 for each in members):
        return ", ".join(md.code(value, 30) for value in sorted(levels))
    most = max(each.distinct for each in members)
    return f"up to {nu.count(most)} different values each"


def _broad(column: ColumnFacts) -> str:
    return (
        "number"
        if column.kind in ("number", "constant") and column.minimum is not None
        else ("category" if column.kind in ("category", "boolean", "constant") else column.kind)
    )


def _size(rows: Iterable[Cells]) -> int:
    return sum(len(md.row(cells).encode()) + 1 for cells in rows)
