"""The sections of pages that ask for an order within groups."""

from __future__ import annotations

from mlesmith_env.recipes.model import Combine, MapValues
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.finding import most_striking
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.quirks import quirk_findings
from mlesmith_generator.describe.scoring import metric_told


def context_section(page: Page) -> str:
    """Return what is put in order, how many groups there are, and what is striking."""
    fields = _fields(page)
    told = [page.voice.say("opening ranking", **fields)]
    if page.facts.groups is not None:
        told.append(page.voice.say("ranking groups", **fields))
    findings = most_striking(quirk_findings(page), page.voice, 3)
    rest = " ".join(finding.told(page.voice) for finding in findings)
    return "\n\n".join(part for part in (" ".join(told), rest) if part)


def target_section(page: Page) -> str:
    """Return how the relevance reads."""
    fields = _fields(page)
    parts = [page.voice.say("ranking target", **fields)]
    made = next(
        (t for t in page.transforms if isinstance(t, MapValues) and t.into == page.target), None
    )
    if made is not None:
        parts.append(page.voice.say("ranking places", place=page.code(made.column), **fields))
    whole = next((t for t in page.transforms if isinstance(t, Combine)), None)
    if whole is not None:
        names = md.listing([page.code(name) for name in whole.columns])
        parts.append(page.voice.say("ranking whole", names=names, **fields))
    return " ".join(parts)


def metric_section(page: Page) -> str:
    """Return what the metric measures."""
    return metric_told(page, page.voice.say("ranking metric", **_fields(page)))


def _fields(page: Page) -> dict[str, str]:
    facts, groups = page.facts, page.facts.groups
    return {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "group": page.code(page.truth[-1]),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "k": nu.counted(len(facts.features) - 1, "column", words=True),
        "score": page.code(page.form.columns[0]),
        "g": nu.count(groups.train if groups else 0),
        "h": nu.count(groups.test if groups else 0),
        "median": nu.amount(groups.median if groups else 0.0, 3),
    }
