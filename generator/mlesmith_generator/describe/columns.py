"""The section on columns: what was left out of the raw table, then the table of columns."""

from __future__ import annotations

import re

from mlesmith_env.recipes.model import (
    DropColumns,
    ExcludeValues,
    Indicators,
    KeepFrequent,
    KeepValues,
    RequireValue,
    SampleRows,
)
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.families import Cells, beginning_of, size_of, stages, together
from mlesmith_generator.describe.further import further_columns
from mlesmith_generator.describe.measure import ColumnFacts
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.phrases import banks
from mlesmith_generator.describe.reading import is_opaque
from mlesmith_generator.describe.values import missing_cell, notes_cell, type_cell, values_cell

HEADER = ("column", "type", "values", "missing", "notes")
MOST_ROWS = 60
"""Columns up to which each has its own row."""
_BRIEF = 40
"""Characters of a meaning, where there are many."""
_CLAUSE = 90
"""Characters of a reason."""
_KEEPING = (DropColumns, ExcludeValues, KeepFrequent, KeepValues, RequireValue, SampleRows)
"""Transforms that make no column."""
_NAMED = 12
"""Columns that were left out and are told by name."""


def columns_section(page: Page, budget: int) -> str:
    """Return what was left out, and the table of every column of `train.csv`.

    Args:
        page: The page.
        budget: Bytes that the rows of features may have.
    """
    parts = (_dropped(page), _sources(page), _table(page, budget), further_columns(page))
    return "\n\n".join(part for part in parts if part)


def _table(page: Page, budget: int) -> str:
    targets, features = page.facts.targets, page.facts.features
    id_name = page.code(page.form.id_column)
    first: Cells = (id_name, "identifier", "unique", "none", _lower(page.voice.say("id cell")))
    last = [_target(page, column) for column in targets]
    loose, rows = together(page, features, budget)
    if len(loose) <= MOST_ROWS:
        singles = [_single(page, column) for column in loose]
        if size_of([*singles, *rows]) > budget:
            singles = [_shortened(page, column) for column in loose]
        rows = [*singles, *rows]
    if len(loose) > MOST_ROWS or size_of(rows) > budget:
        rows = _many(page, budget)
    return md.table(HEADER, [first, *rows, *last])


def _sources(page: Page) -> str:
    """Say that the file has no names, and whose words stand in quotation marks."""
    shown = (*page.facts.features, *page.facts.targets)
    told: list[str] = []
    if page.nameless:
        named = next((each.name for each in shown if each.name.startswith("column_")), "column_1")
        told.append(page.voice.say("nameless", example=page.code(named)))
    if any(page.quoted(column.name) for column in shown):
        told.append(page.voice.say("publisher"))
    return " ".join(told)


def _target(page: Page, column: ColumnFacts) -> Cells:
    said = _lower(page.voice.say("target cell"))
    source = page.idea.target_source
    if quoted := page.quoted(column.name):
        said += f"; {quoted}"
    elif quoted := page.quoted(source):
        said += f"; made of {page.code(source)}, {quoted}"
    elif is_opaque(source) and not page.nameless:
        said += f"; what {page.code(source)} stands for is not told"
    if any(isinstance(step, Indicators) for step in page.transforms):
        said = _lower(page.voice.say("label cell"))
    elif len(page.facts.targets) > 1:
        said = "; ".join(filter(None, ("to be predicted", notes_cell(page, column))))
    return (
        page.code(column.name),
        type_cell(column),
        values_cell(column, page.form.classes),
        missing_cell(column),
        said,
    )


def _many(page: Page, budget: int) -> list[Cells]:
    """Rows for many columns, in the first way that fits into the budget."""
    rows: list[Cells] = []
    for loose, rows in stages(page, page.facts.features, budget):
        singles = [_single(page, column) for column in loose]
        left = budget - size_of(rows)
        if size_of(singles) > left:
            singles = [_shortened(page, column) for column in loose]
        if size_of(singles) <= left:
            return [*singles, *rows]
    return rows


def _single(page: Page, column: ColumnFacts) -> Cells:
    return (
        page.code(column.name),
        type_cell(column),
        values_cell(column),
        missing_cell(column),
        notes_cell(page, column),
    )


def _shortened(page: Page, column: ColumnFacts) -> Cells:
    """The same row in fewer words: the reading of the name alone, values without examples."""
    name, kind, values, missing, notes = _single(page, column)
    said = _briefly(page, column.name) or notes.split(";")[0]
    return name, kind, values.split(", such as")[0], missing, said


def _briefly(page: Page, name: str) -> str:
    """Return the beginning of what the publisher says, with the end where others begin so too."""
    said = page.quoted(name, _BRIEF)
    meanings = page.table.meanings if page.table is not None else {}
    alike = [other for other in page.begin_alike(said, _BRIEF) if other != meanings.get(name)]
    if not alike:
        return said
    common = beginning_of([meanings[name], *alike]).rpartition(" ")[0]
    rest = md.brief(meanings[name][len(common) :].strip(" -:,;"), _BRIEF // 2)
    first = md.brief(meanings[name], _BRIEF // 2).rstrip("\u2026 ")
    both = md.escaped(f"{first}\u2026 {rest}")
    return f"\u201c{both}\u201d"


def _dropped(page: Page) -> str:
    dropped = [
        name
        for transform in page.transforms
        if isinstance(transform, DropColumns)
        for name in transform.columns
    ]
    if not dropped:
        return ""
    reasons = {each.column: _clause(page, each.reason) for each in page.idea.exclusions}
    told: dict[str, list[str]] = {}
    for name in dict.fromkeys(dropped[:_NAMED]):
        reason = reasons.get(name) or ("was read into others" if _is_read(page, name) else "")
        told.setdefault(reason, []).append(page.code(name))
    parts = [_because(page, names, reason) for reason, names in told.items()]
    if len(dropped) > _NAMED:
        parts.append(nu.counted(len(dropped) - _NAMED, "other column"))
    return page.voice.say("dropped", names=md.listing(parts))


def _is_read(page: Page, name: str) -> bool:
    """Whether a transform makes other columns of a column."""
    for transform in page.transforms:
        if not isinstance(transform, _KEEPING):
            named = [value for key, value in transform if key != "into"]
            if name in named or any(isinstance(each, tuple) and name in each for each in named):
                return True
    return False


def _because(page: Page, names: list[str], reason: str) -> str:
    if not reason:
        return md.listing(names)
    bank = f"reason {reason}"
    if bank in banks():
        reason = _lower(page.voice.say(bank))
    each = "each " if len(names) > 1 and not reason.startswith(("the target ", "it ")) else ""
    return f"{md.listing(names)} ({each}{reason})"


def _clause(page: Page, reason: str) -> str:
    """Return a reason as a clause: `it is a key (row number)` gives `is a key`.

    The names of columns in it, in straight quotes, become spans of code.
    """
    clause = re.sub(r"\s*\([^()]*\)\s*$", "", reason).strip().rstrip(".")
    parts = re.split(r"'([^']+)'", md.plain(clause, _CLAUSE))
    told = [
        md.escaped(part, _CLAUSE)
        if at % 2 == 0
        else page.code(part)
        if part in page.names
        else md.escaped(f"'{part}'", _CLAUSE)
        for at, part in enumerate(parts)
    ]
    return "".join(told).removeprefix("it ")


def _lower(sentence: str) -> str:
    """Return a phrase as it stands inside a sentence or a cell."""
    return sentence[:1].lower() + sentence[1:]
