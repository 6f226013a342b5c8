"""The sections of pages that ask for the weights of links."""

from __future__ import annotations

import pandas as pd

from mlesmith_generator.describe import context
from mlesmith_generator.describe import holdout as usual
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.page import Page


def context_section(page: Page) -> str:
    """Return the usual context, after what a row is and which node has most links."""
    opening, _, rest = context.context_section(page).partition("\n\n")
    told = page.voice.say("weight links", **_fields(page))
    return "\n\n".join(part for part in (f"{opening} {told}", rest) if part)


def holdout_section(page: Page) -> str:
    """Return how links were hidden, and that their ends are shown."""
    return f"{usual.holdout_section(page)} {page.voice.say('weight holdout', **_fields(page))}"


def _fields(page: Page) -> dict[str, str]:
    ends = pd.concat([page.train["node"], page.train["neighbour"]]).value_counts()
    return {
        "target": page.code(page.target),
        "nodes": nu.count(int(page.idea.measured.get("nodes", "0"))),
        "links": nu.count(page.facts.train_rows + page.facts.test_rows),
        "hub": md.code(str(ends.index[0]), 40),
        "most": nu.count(int(ends.iloc[0])),
    }
