"""Rows of the column table for many columns: numbered series and lists instead of single rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.measure import ColumnFacts
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.values import missing_cell, number_in, type_cell
from mlesmith_generator.profiler.words import words

Cells = tuple[str, str, str, str, str]
"""Column, type, values, missing, notes."""

_FAMILY = 4
"""Columns that make a series or a list."""
_MANY = 12
"""Columns from which a family whose values are alike is told together in any case."""
_LEVELS = 12
"""Different values that columns of one scale share."""
_SIZES = 100
"""How many times larger than another the numbers of one series may be."""
_BEGINNING = 20
"""Letters of a common beginning from which it is told once."""
_GLOSS = 28
"""Characters of a publisher's meaning behind a name in a list."""
_LIST_BYTES = 900
"""Bytes of names in one cell."""


def stages(
    page: Page, columns: Sequence[ColumnFacts], budget: int
) -> Iterator[tuple[list[ColumnFacts], list[Cells]]]:
    """Yield ever shorter ways to tell columns: those told one by one, and rows for the others.

    First numbered series are taken together, then columns whose names begin alike, then all of
    one type. What a publisher explains column by column stays in rows of its own as long as these
    fit beside the others, and after that in a few words behind each name.

    Args:
        page: The page.
        columns: The columns, in order.
        budget: Bytes that the rows may have together.
    """
    free = [column for column in columns if not page.quoted(column.name)]
    if 0 < len(free) < len(columns):
        for loose, rows in _ways(page, free, budget):
            taken = {column.name for column in free} - {column.name for column in loose}
            yield [column for column in columns if column.name not in taken], rows
    quoting = _ways(page, columns, budget, quoting=True)
    for pair in zip(quoting, _ways(page, columns, budget), strict=True):
        yield from pair


def _ways(
    page: Page, columns: Sequence[ColumnFacts], budget: int, *, quoting: bool = False
) -> Iterator[tuple[list[ColumnFacts], list[Cells]]]:
    families = _families(columns)
    rows: list[Cells] = []
    for members in families:
        rows.extend(_rows(members, _runs(members), "one numbered series", budget // 2))
    member = {each.name for members in families for each in members}
    loose = [column for column in columns if column.name not in member]
    yield loose, list(rows)
    lists, loose = _prefixed(loose, 1)
    for first, members in lists:
        note = f"names that begin with {md.code(first)}"
        rows.extend(_rows(members, _names(page, members, quoting=quoting), note, budget // 2))
    yield loose, list(rows)
    for members in _by_kind(loose):
        told = _names(page, members, quoting=quoting)
        rows.extend(_rows(members, told, "listed by type", budget // 2))
    yield [], rows


def together(
    page: Page, columns: Sequence[ColumnFacts], budget: int
) -> tuple[list[ColumnFacts], list[Cells]]:
    """Return the columns to be told one by one, and rows for large families of like values.

    Such a family is a numbered series, or measures of one kind whose names begin alike. What a
    publisher explains column by column stays in rows of its own.

    Args:
        page: The page.
        columns: The columns, in order.
        budget: Bytes that a family may have.
    """
    rows: list[Cells] = []
    told: set[str] = set()
    free = [column for column in columns if not page.quoted(column.name)]
    for members in _families(free):
        if len(members) >= _MANY and _alike(members):
            rows.extend(_rows(members, _runs(members), "one numbered series", budget))
            told.update(each.name for each in members)
    loose = [column for column in free if column.name not in told]
    for first, members in _prefixed(loose, 2)[0]:
        if len(members) >= _MANY and _alike(members):
            rows.extend(_items(page, first, members, budget))
            told.update(each.name for each in members)
    return [column for column in columns if column.name not in told], rows


def _items(page: Page, first: str, members: Sequence[ColumnFacts], budget: int) -> Iterator[Cells]:
    """Yield rows for the items of one scale; a long beginning is told once, then the endings."""
    ends = [each.name.removeprefix(first) for each in members]
    if len(first) < _BEGINNING or not all(end.strip() for end in ends):
        note = f"names that begin with {md.code(first.strip())}"
        yield from _rows(members, _names(page, members), note, budget)
        return
    note = "each name is the beginning, then one of the endings"
    rows = _rows(members, [md.code(end, len(end)) for end in ends], note, budget)
    for names, kinds, values, gaps, notes in rows:
        yield f"{md.code(first.strip(), len(first))} … {names}", kinds, values, gaps, notes


def _alike(members: Sequence[ColumnFacts]) -> bool:
    """Whether the members have the same levels, or numbers of one order of size."""
    if not all(each.numeric for each in members):
        return _levels(members) <= _LEVELS
    sizes = [max(abs(each.minimum or 0.0), abs(each.maximum or 0.0)) for each in members]
    return len({each.integer for each in members}) == 1 and max(sizes) <= _SIZES * min(sizes)


def _levels(members: Sequence[ColumnFacts]) -> int:
    """Return how many different values the members have together, or more than `_LEVELS`."""
    if any(each.distinct > _LEVELS for each in members):
        return _LEVELS + 1
    return len({value for each in members for value, _ in each.top})


def size_of(rows: Sequence[Cells]) -> int:
    """Return the bytes of rows in a table."""
    return sum(len(md.row(cells).encode()) + 1 for cells in rows)


def _names(page: Page, members: Sequence[ColumnFacts], *, quoting: bool = False) -> list[str]:
    names = [each.name for each in members]
    said = [page.quoted(name, _GLOSS) if quoting else "" for name in names]
    return [f"{page.code(name)} {gloss}".strip() for name, gloss in zip(names, said, strict=True)]


def _families(columns: Sequence[ColumnFacts]) -> list[list[ColumnFacts]]:
    """Columns that differ in one number only, at least `_FAMILY` of a kind together."""
    found: dict[tuple[str, str, str], list[ColumnFacts]] = {}
    for column in columns:
        parts = number_in(column.name)
        if parts is not None and md.plain(column.name) == column.name and "`" not in column.name:
            found.setdefault((parts[0], parts[2], _broad(column)), []).append(column)
    return [members for members in found.values() if len(members) >= _FAMILY]


def _runs(members: Sequence[ColumnFacts]) -> list[str]:
    """Names as spans `x1` to `x9` of consecutive numbers, in order."""
    numbered = [(int(parts[1]), each.name) for each in members if (parts := number_in(each.name))]
    runs: list[list[tuple[int, str]]] = []
    for pair in sorted(numbered):
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


def _prefixed(
    columns: Sequence[ColumnFacts], length: int
) -> tuple[list[tuple[str, list[ColumnFacts]]], list[ColumnFacts]]:
    """Columns that share their first words and kind, under how they begin; and the others."""
    shared: dict[tuple[tuple[str, ...], str], list[ColumnFacts]] = {}
    for column in columns:
        first = words(column.name)[:length]
        if len(first) == length:
            shared.setdefault((first, _broad(column)), []).append(column)
    lists = [
        (beginning_of([each.name for each in m]) or key[0][0], m)
        for key, m in shared.items()
        if len(m) >= _FAMILY
    ]
    told = {each.name for _, members in lists for each in members}
    return lists, [column for column in columns if column.name not in told]


def beginning_of(names: Sequence[str]) -> str:
    """Return the letters with which all names begin."""
    pairs = zip(min(names), max(names), strict=False)
    return "".join(one for one, _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _by_kind(columns: Sequence[ColumnFacts]) -> list[list[ColumnFacts]]:
    kinds: dict[str, list[ColumnFacts]] = {}
    for column in columns:
        kinds.setdefault(_broad(column), []).append(column)
    return list(kinds.values())


def _rows(
    members: Sequence[ColumnFacts], names: Sequence[str], note: str, budget: int
) -> Iterator[Cells]:
    """Yield rows for columns told together: as many as their names need within the budget."""
    missing = sorted(each.missing_share for each in members)
    gaps = f"{nu.percent(missing[0])} to {nu.percent(missing[-1])}"
    if len({missing_cell(each) for each in members}) == 1:
        gaps = missing_cell(members[0])
    kinds = " or ".join(sorted({type_cell(each) for each in members}))
    values = _common_values(members)
    told, left = _within(names, budget)
    cells: list[str] = [""]
    for name in told:
        if cells[-1] and len((cells[-1] + name).encode()) > _LIST_BYTES:
            cells.append("")
        cells[-1] += (", " if cells[-1] else "") + name
    if left:
        cells[-1] += f" and {nu.count(left)} more"
    for index, cell in enumerate(cells):
        notes = f"{nu.counted(len(members), 'column')}, {note}" if index == 0 else "continued"
        yield cell, kinds, values, gaps, notes


def _within(names: Sequence[str], budget: int) -> tuple[list[str], int]:
    """The names that fit into a number of bytes, and how many do not."""
    told: list[str] = []
    used = 0
    for name in names:
        used += len(name.encode()) + 2
        if used > budget:
            break
        told.append(name)
    return told, len(names) - len(told)


def _common_values(members: Sequence[ColumnFacts]) -> str:
    numeric = [each for each in members if each.numeric]
    if len(numeric) == len(members):
        low = min(each.minimum or 0.0 for each in numeric)
        high = max(each.maximum or 0.0 for each in numeric)
        return f"{nu.amount(low, 6)} to {nu.amount(high, 6)}"
    levels = {value for each in members for value, _ in each.top}
    if _levels(members) <= _LEVELS:
        return ", ".join(md.code(value, 30) for value in sorted(levels))
    most = max(each.distinct for each in members)
    return f"up to {nu.count(most)} different values each"


def _broad(column: ColumnFacts) -> str:
    """The kind of a column as far as columns told together have to agree in it."""
    if column.kind in ("number", "constant") and column.minimum is not None:
        return "number"
    return "category" if column.kind in ("category", "boolean", "constant") else column.kind
