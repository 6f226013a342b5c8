"""The writer of task descriptions, titles, slugs and domains.

Measure the prepared rows with `facts_of`, put what is known into a `Page`, call `describe`:

    facts = facts_of(train, test, sample, recipe=recipe, form=form, table=table)
    page = Page(slug=slug_of(profile, idea), title=title_of(profile, idea), profile=profile,
                table=table, idea=idea, recipe=recipe, form=form, metric=get_metric(idea.metric),
                limits=limits, facts=facts)
    text = describe(page)

Frames are text, as they are read from the prepared files with `dtype=str`. The page is Markdown
with the headings of `SECTIONS`; the same page always gives the same text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mlesmith_generator.describe.columns import columns_section
from mlesmith_generator.describe.context import context_section, with_publisher
from mlesmith_generator.describe.coverage import uncovered
from mlesmith_generator.describe.domains import domain_of
from mlesmith_generator.describe.facts import Facts, facts_of
from mlesmith_generator.describe.forms import files_section, rules_section, submission_section
from mlesmith_generator.describe.holdout import holdout_section
from mlesmith_generator.describe.markdown import escaped
from mlesmith_generator.describe.naming import slug_of, subject_slug, title_of
from mlesmith_generator.describe.page import FIXED_SECTIONS, LONGEST, SECTIONS, Page
from mlesmith_generator.describe.repetition import Repetition, Sentence, repetition
from mlesmith_generator.describe.scoring import metric_section
from mlesmith_generator.describe.target import target_section

__all__ = [
    "Page",
    "Facts",
    "facts_of",
    "describe",
    "title_of",
    "slug_of",
    "subject_slug",
    "domain_of",
    "SECTIONS",
    "FIXED_SECTIONS",
    "LONGEST",
    "uncovered",
    "Repetition",
    "Sentence",
    "repetition",
]

_BUDGETS = (6_500, 5_000, 3_500, 2_000, 1_000)
"""Bytes for the rows of features, tried until the page is short enough."""


def describe(page: Page, own: Mapping[str, Callable[[Page], str]] | None = None) -> str:
    """Return the description of a task as Markdown, at most `LONGEST` bytes where that can be.

    Args:
        page: What is known.
        own: Sections in the words of the task's formulation, by heading.
    """
    usual: dict[str, Callable[[Page], str]] = {
        "Context": context_section,
        "Files": files_section,
        "Target": target_section,
        "Metric": metric_section,
        "Submission": submission_section,
        "Holdout": holdout_section,
        "Rules": rules_section,
    }
    told = own or {}
    texts = {heading: write(page) for heading, write in {**usual, **told}.items()}
    texts["Context"] = with_publisher(page, texts["Context"])
    text = ""
    for budget in _BUDGETS:
        if "Columns" not in told:
            texts["Columns"] = columns_section(page, budget)
        parts = [f"## {heading}\n\n{texts[heading]}" for heading in SECTIONS]
        text = "\n\n".join([f"# {escaped(page.title, 120)}", *parts]) + "\n"
        if len(text.encode()) <= LONGEST:
            break
    return text
