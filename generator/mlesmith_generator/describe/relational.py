"""The sections of pages about several tables."""

from __future__ import annotations

from mlesmith_generator.describe import context
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.page import Page


def context_section(page: Page) -> str:
    """Return the usual context, after what is said of the tables."""
    further = page.facts.further
    several = [table for table in further if table.many]
    fields = {
        "c": nu.word(len(further) + 1),
        "tables": md.listing([f"`{table.name}.csv`" for table in further]),
        "rows": nu.count(sum(table.rows for table in further)),
    }
    told = [page.voice.say("several tables", **fields)]
    if several:
        largest = max(several, key=lambda table: table.rows)
        fields = {"file": f"`{largest.name}.csv`", "rows": nu.count(largest.rows)}
        told.append(page.voice.say("many to a key", **fields))
    opening, _, rest = context.context_section(page).partition("\n\n")
    return "\n\n".join(part for part in (f"{opening} {' '.join(told)}", rest) if part)
