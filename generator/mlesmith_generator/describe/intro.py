"""The section on columns: what was left out, then the table."""

from __future__ import annotations

import re

from mlesmith_env.recipes.model import DropColumns
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.columns import column_table
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.phrases import banks

_NAMED = 12
"""Columns that were left out and are told by name."""


def columns_section(page: Page) -> str:
    """Return what was left out of the raw table, and the table of columns."""
    parts = [_dropped(page), column_table(page)]
    return "\n\n".join(part for part in parts if part)


def _dropped(page: Page) -> str:
    dropped = [
        name
        for transform in page.recipe.transforms
        if isinstance(transform, DropColumns)
        for name in transform.columns
    ]
    if not dropped:
        return ""
    reasons = {each.column: _clause(each.reason) for each in page.idea.exclusions}
    told: dict[str, list[str]] = {}
    for name in dropped[:_NAMED]:
        told.setdefault(reasons.get(name, ""), []).append(page.code(name))
    parts = [_group(page, names, reason) for reason, names in told.items()]
    if len(dropped) > _NAMED:
        parts.append(nu.counted(len(dropped) - _NAMED, "other column"))
    return page.voice.say("dropped", names=md.listing(parts))


def _group(page: Page, names: list[str], reason: str) -> str:
    if not reason:
        return md.listing(names)
    bank = f"reason {reason}"
    if bank in banks():
        said = page.voice.say(bank)
        reason = said[:1].lower() + said[1:]
    return f"{md.listing(names)} ({'each ' if len(names) > 1 else ''}{reason})"


def _clause(reason: str) -> str:
    """Return a reason as a clause: `it is a key (row number)` gives `is a key`."""
    clause = re.sub(r"\s*\([^()]*\)\s*$", "", md.plain(reason, 90)).rstrip(".")
    return clause.removeprefix("it ")
