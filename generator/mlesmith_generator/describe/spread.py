"""The sections of pages that ask for an interval or a quantile of a number."""

from __future__ import annotations

from itertools import chain

from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.finding import most_striking
from mlesmith_generator.describe.naming import entity, subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.quirks import quirk_findings
from mlesmith_generator.describe.scoring import metric_told
from mlesmith_generator.describe.signals import signal_findings
from mlesmith_generator.describe.target import target_section as number_section

_TOLD = 4


def context_section(page: Page) -> str:
    """Return the question, whose rows are hidden, and what is striking."""
    findings = most_striking(chain(signal_findings(page), quirk_findings(page)), page.voice, _TOLD)
    opening = page.voice.say(f"opening {_asked(page)}", **_fields(page))
    column = page.recipe.holdout.column
    if page.recipe.holdout.kind == "group" and column:
        opening += " " + page.voice.say("spread group", nouns=nu.plural(entity(column)))
    return "\n\n".join((opening, " ".join(finding.told(page.voice) for finding in findings)))


def target_section(page: Page) -> str:
    """Return what is known about the number, and what is to be said of it."""
    return f"{number_section(page)} {page.voice.say(f'answer {_asked(page)}', **_fields(page))}"


def metric_section(page: Page) -> str:
    """Return what the metric measures, and what a good answer is under it."""
    return metric_told(page, page.voice.say(f"metric {_asked(page)}", **_fields(page)))


def _asked(page: Page) -> str:
    return "interval" if page.form.kind == "interval" else "quantile"


def _fields(page: Page) -> dict[str, str]:
    facts, alpha = page.facts, float(page.metric.params["alpha"])
    target = facts.target
    digits = nu.digits(target.minimum or 0.0, target.maximum or 0.0)
    fields = {
        "target": page.code(page.target),
        "subject": subject_text(page.profile),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "k": nu.counted(len(facts.features), "column", words=True),
        "low": nu.amount(target.minimum or 0.0, digits),
        "high": nu.amount(target.maximum or 0.0, digits),
    }
    if _asked(page) == "interval":
        half = alpha / 2
        return fields | {
            "inside": nu.percent(1 - alpha),
            "outside": nu.percent(alpha),
            "first": f"{half:g}",
            "last": f"{1 - half:g}",
            "fine": f"{2 / alpha:g}",
        }
    return fields | {
        "alpha": f"{alpha:g}",
        "below": nu.percent(alpha),
        "above": nu.percent(1 - alpha),
        "costs": f"{max(alpha, 1 - alpha) / min(alpha, 1 - alpha):g}",
        "dear": "low" if alpha > 0.5 else "high",
        "cheap": "high" if alpha > 0.5 else "low",
    }
