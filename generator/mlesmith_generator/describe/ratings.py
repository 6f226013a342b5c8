"""The context of pages about ratings."""

from __future__ import annotations

from mlesmith_env.recipes.model import RequireValue
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.finding import most_striking
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.quirks import quirk_findings


def context_section(page: Page) -> str:
    """Return who rates what, how many of them there are, and what is striking."""
    needed = [step.column for step in page.transforms if isinstance(step, RequireValue)]
    user, item = (page.facts.feature(name) for name in needed[:2])
    rows = page.facts.train_rows
    fields = {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "n": nu.count(rows),
        "m": nu.count(page.facts.test_rows),
        "user": page.code(needed[0]),
        "item": page.code(needed[1]),
    }
    told = [part for part in (page.idea.story, page.voice.say("opening ratings", **fields)) if part]
    if user is not None and item is not None:
        fields |= {
            "users": nu.count(user.distinct),
            "items": nu.count(item.distinct),
            "each": nu.amount(rows / max(1, user.distinct), 2),
            "full": nu.percent(rows / max(1, user.distinct * item.distinct)),
        }
        told.append(page.voice.say("ratings filled", **fields))
    findings = most_striking(quirk_findings(page), page.voice, 2)
    rest = " ".join(finding.told(page.voice) for finding in findings)
    return "\n\n".join(part for part in (" ".join(told), rest) if part)
