"""Rows of the raw table that are in neither file for what stands in one of their columns."""

from __future__ import annotations

from collections.abc import Sequence

from mlesmith_env.recipes.model import (
    ExcludeValues,
    KeepFrequent,
    KeepValues,
    MapValues,
    RequireValue,
    Transform,
)
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.page import Page
from mlesmith_generator.records import ColumnProfile

_NAMED = 6
"""Values that are told by name."""


def left_out(page: Page, transform: Transform) -> str:
    """Return which rows a transform leaves out by their values, and how many where that is known.

    A map of the target leaves out the rows whose value it does not name, unless these have a class
    of their own. The text is empty where no row is left out by a value.
    """
    if isinstance(transform, ExcludeValues):
        return _told(page, transform.column, transform.values)
    if isinstance(transform, KeepValues):
        values = _listed(transform.values)
        return page.voice.say("kept", source=page.code(transform.column), values=values)
    if isinstance(transform, KeepFrequent):
        rows = nu.counted(transform.rows, "row")
        return page.voice.say("kept frequent", source=page.code(transform.column), rows=rows)
    if isinstance(transform, MapValues) and transform.into == page.target:
        return _told(page, transform.column, _unmapped(page, transform))
    return ""


def is_thinned(page: Page, column: str) -> bool:
    """Return whether rows were left out by the values of a column."""
    return any(
        isinstance(each, ExcludeValues | KeepValues | KeepFrequent) and each.column == column
        for each in page.transforms
    )


def _told(page: Page, column: str, values: Sequence[str]) -> str:
    if not values:
        return ""
    fields = {"source": page.code(column), "values": _listed(values)}
    rows = _rows(page, column, values)
    if rows:
        return page.voice.say("excluded counted", rows=nu.counted(rows, "raw row"), **fields)
    return page.voice.say("excluded", **fields)


def _listed(values: Sequence[str]) -> str:
    told = [md.code(value, 40) for value in values[:_NAMED]]
    if len(values) > _NAMED:
        told.append(nu.counted(len(values) - _NAMED, "more value"))
    return md.listing(told, "or")


def _rows(page: Page, column: str, values: Sequence[str]) -> int:
    """Return the rows of the raw table with one of the values, 0 where that is not known."""
    raw = _raw(page, column)
    counts = dict(raw.top) if raw is not None else {}
    known = all(value in counts for value in values)
    return sum(counts[value] for value in values) if known else 0


def _unmapped(page: Page, made: MapValues) -> tuple[str, ...]:
    """Return the values of the raw column that a map without a rest leaves without an answer."""
    required = any(isinstance(t, RequireValue) and t.column == made.into for t in page.transforms)
    raw = _raw(page, made.column)
    if made.other is not None or not required or raw is None or raw.distinct > len(raw.top):
        return ()
    gone = {
        value
        for each in page.transforms
        if isinstance(each, ExcludeValues) and each.column == made.column
        for value in each.values
    }
    return tuple(value for value, _ in raw.top if value not in made.values and value not in gone)


def _raw(page: Page, column: str) -> ColumnProfile | None:
    """Return the whole raw column, None where it was made, changed before or seen in part."""
    made = any(getattr(each, "into", None) == column for each in _before(page, column))
    if page.table is None or page.table.sampled or made:
        return None
    return next((each for each in page.table.columns if each.name == column), None)


def _before(page: Page, column: str) -> list[Transform]:
    """Return the transforms before the first one that looks at the values of a column."""
    before: list[Transform] = []
    for each in page.transforms:
        looks = isinstance(each, ExcludeValues | KeepValues | KeepFrequent | MapValues)
        if looks and each.column == column:
            break
        before.append(each)
    return before
