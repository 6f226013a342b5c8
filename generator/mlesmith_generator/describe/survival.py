"""The sections of pages that ask for the risk of an event whose times are partly censored."""

from __future__ import annotations

from mlesmith_env.recipes.model import MapValues
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.finding import most_striking
from mlesmith_generator.describe.measure import ColumnFacts
from mlesmith_generator.describe.naming import entity, subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.quirks import quirk_findings
from mlesmith_generator.describe.scoring import metric_told

_TOLD = 3


def context_section(page: Page) -> str:
    """Return the question, how much is censored, and what is striking in the features."""
    fields = _fields(page)
    findings = most_striking(quirk_findings(page), page.voice, _TOLD)
    told = [page.voice.say("survival censored", **fields)]
    told += [finding.told(page.voice) for finding in findings]
    column = page.recipe.holdout.column
    if page.recipe.holdout.kind == "group" and column:
        fields["nouns"] = nu.plural(entity(column))
        opening = page.voice.say("opening survival group", **fields)
    else:
        opening = page.voice.say("opening survival", **fields)
    return "\n\n".join((opening, " ".join(told)))


def target_section(page: Page) -> str:
    """Return how time and event read, how times are distributed, and what a risk is."""
    fields = _fields(page)
    parts = [
        page.voice.say("survival columns", **fields),
        page.voice.say("survival spread", **fields),
    ]
    made = next(
        (t for t in page.transforms if isinstance(t, MapValues) and t.into == page.truth[1]), None
    )
    if made is not None:
        ones = [md.code(old, 40) for old, new in made.values.items() if new == "1"]
        noughts = [md.code(old, 40) for old, new in made.values.items() if new == "0"]
        parts.append(
            page.voice.say(
                "survival coding", ones=md.listing(ones), noughts=md.listing(noughts), **fields
            )
        )
    parts.append(page.voice.say("survival risk", **fields))
    return " ".join(parts)


def metric_section(page: Page) -> str:
    """Return what the metric measures, and what it makes of censored rows."""
    return metric_told(page, page.voice.say("metric survival"))


def _fields(page: Page) -> dict[str, str]:
    facts = page.facts
    time, event = (_fact(page, name) for name in page.truth)
    share = event.mean or 0.0
    digits = nu.digits(time.minimum or 0.0, time.maximum or 0.0)
    return {
        "time": page.code(time.name),
        "event": page.code(event.name),
        "subject": subject_text(page.profile),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "k": nu.counted(len(facts.features), "column", words=True),
        "seen": nu.percent(share),
        "censored": nu.percent(1 - share),
        "events": nu.count(round(share * event.filled)),
        "low": nu.amount(time.minimum or 0.0, digits),
        "high": nu.amount(time.maximum or 0.0, digits),
        "median": nu.amount(time.median or 0.0, digits),
    }


def _fact(page: Page, name: str) -> ColumnFacts:
    return next(column for column in page.facts.targets if column.name == name)
