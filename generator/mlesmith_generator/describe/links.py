"""The sections of pages that ask which nodes of a graph are linked."""

from __future__ import annotations

from mlesmith_env.recipes.model import LinksRecipe
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.holdout import public_share
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.scoring import metric_told


def context_section(page: Page) -> str:
    """Return what is asked of which graph."""
    parts = [
        page.voice.say("opening links", **_fields(page)),
        page.voice.say("links known", **_fields(page)),
    ]
    if len(page.facts.further) > 1:
        nodes = next(table for table in page.facts.further if table.name != "edges")
        key = next((name for name in nodes.columns if name.startswith(("node", "key"))), "")
        parts.append(page.voice.say("links nodes", file=f"`{nodes.name}.csv`", key=page.code(key)))
    return " ".join(parts)


def target_section(page: Page) -> str:
    """Return what 1 and 0 stand for, and how many there are."""
    counts = dict(page.facts.classes)
    return page.voice.say(
        "links target",
        yes=nu.count(counts.get("1", 0)),
        no=nu.count(counts.get("0", 0)),
        **_fields(page),
    )


def metric_section(page: Page) -> str:
    """Return what the metric measures."""
    return metric_told(page, page.voice.say("links metric"))


def holdout_section(page: Page) -> str:
    """Return how links were hidden, and where the unlinked pairs come from."""
    return page.voice.say("links holdout", **_fields(page))


def _fields(page: Page) -> dict[str, str]:
    recipe, facts = page.recipe, page.facts
    ends = recipe.ends if isinstance(recipe, LinksRecipe) else ("", "")
    edges = next((table.rows for table in facts.further if table.name == "edges"), 0)
    return {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "a": page.code(ends[0]),
        "b": page.code(ends[1]),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "edges": nu.count(edges),
        "prv": nu.percent(1 - public_share(page)),
    }
