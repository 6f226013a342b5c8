"""The section on columns: what was left out, then the table."""

from __future__ import annotations

from mlesmith_env.recipes.model import DropColumns
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.columns import column_table
from mlesmith_generator.describe.page import Page

_NAMED = 12
_DROPPED = (
    "[Left out|Not included|Removed]: {names}{why}.",
    "{names} [of the raw table|from the source table] [{is} not in the files|{was} left out]{why}.",
    "The raw table also [has|holds] {names}, [left out|not used] here{why}.",
    "[Do not look for|You will not find] {names}: [{was} removed|{is} not part of the task]{why}.",
    "[Gone from|Dropped from|Taken out of] the raw table: {names}{why}.",
)


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
    one = len(dropped) == 1
    names = md.codes(dropped[:_NAMED])
    if len(dropped) > _NAMED:
        names = f"{', '.join(md.code(n) for n in dropped[:_NAMED])} and " + nu.counted(
            len(dropped) - _NAMED, "other column"
        )
    reasons = {each.reason for each in page.idea.exclusions if each.column in dropped}
    why = ""
    if len(reasons) == 1 and len(dropped) == len(page.idea.exclusions):
        why = f" ({md.plain(next(iter(reasons)), 90)})"
    return page.voice.say(
        "dropped",
        _DROPPED,
        names=names,
        why=why,
        **{"is": "is" if one else "are", "was": "was" if one else "were"},
    )
