"""The sections of pages that ask for lists of items."""

from __future__ import annotations

from mlesmith_env.recipes.model import InteractionsRecipe, KeepValues
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.holdout import public_share
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.scoring import metric_told


def context_section(page: Page) -> str:
    """Return for whom which items are wanted, and what is known."""
    fields = _fields(page)
    parts = [page.voice.say("opening items", **fields), page.voice.say("items known", **fields)]
    recipe = page.recipe
    steps = recipe.transforms if isinstance(recipe, InteractionsRecipe) else ()
    liked = next((step for step in steps if isinstance(step, KeepValues)), None)
    if liked is not None:
        values = md.listing([md.code(value) for value in liked.values[:12]])
        parts.append(page.voice.say("items liked", column=page.code(liked.column), values=values))
    return " ".join(parts)


def target_section(page: Page) -> str:
    """Return how the lists read."""
    return page.voice.say("items target", **_fields(page))


def metric_section(page: Page) -> str:
    """Return what the metric measures."""
    return metric_told(page, page.voice.say("items metric"))


def holdout_section(page: Page) -> str:
    """Return which interactions were hidden."""
    recipe = page.recipe
    timed = isinstance(recipe, InteractionsRecipe) and recipe.time is not None
    return page.voice.say("items holdout last" if timed else "items holdout any", **_fields(page))


def _fields(page: Page) -> dict[str, str]:
    recipe, facts = page.recipe, page.facts
    made = recipe if isinstance(recipe, InteractionsRecipe) else None
    rows = next((table.rows for table in facts.further if table.name == "interactions"), 0)
    return {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "user": page.code(made.user if made else ""),
        "item": page.code(made.item if made else ""),
        "time": page.code((made.time if made else "") or ""),
        "held": nu.word(made.held if made else 0),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "rows": nu.count(rows),
        "prv": nu.percent(1 - public_share(page)),
    }
