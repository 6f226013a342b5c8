"""The sections of pages that ask for something about the nodes of a graph."""

from __future__ import annotations

import numpy as np

from mlesmith_generator.describe import context
from mlesmith_generator.describe import holdout as usual
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.page import Page


def context_section(page: Page) -> str:
    """Return the usual context, after what is said of the links."""
    opening, _, rest = context.context_section(page).partition("\n\n")
    told = page.voice.say("node links", **_fields(page))
    if page.idea.measured:
        told += f" {page.voice.say('node hub', **_fields(page))}"
    return "\n\n".join(part for part in (f"{opening} {told}", rest) if part)


def holdout_section(page: Page) -> str:
    """Return how nodes were hidden: by their answer alone, twins together."""
    twins = page.recipe.holdout.twins is not None
    told = [
        usual.holdout_section(page, validation=not twins),
        page.voice.say("node holdout", **_fields(page)),
        *([page.voice.say("node twins")] if twins else []),
    ]
    return " ".join(told)


def _fields(page: Page) -> dict[str, str]:
    edges = next((table for table in page.facts.further if table.name == "edges"), None)
    rows = edges.rows if edges is not None else 0
    nodes = page.facts.train_rows + page.facts.test_rows
    measured = page.idea.measured
    return {
        "half": nu.count(int(measured.get("median", "0"))),
        "most": nu.count(int(measured.get("most", "0"))),
        "hub": md.code(measured.get("hub", ""), 40),
        "target": page.code(page.target),
        "edges": nu.count(rows),
        "nodes": nu.count(nodes),
        "each": nu.amount(float(np.round(2 * rows / max(1, nodes), 1)), 3),
    }
