"""The section on context: what is asked of which data, and what is striking about them."""

from __future__ import annotations

from itertools import chain

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.finding import most_striking
from mlesmith_generator.describe.naming import entity, subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.quirks import quirk_findings
from mlesmith_generator.describe.scoring import are_numbers
from mlesmith_generator.describe.signals import signal_findings
from mlesmith_generator.profiler.prose import NEW, calling_in
from mlesmith_generator.profiler.words import words

_QUOTED = 300
_TOLD = 4
"""Findings of the context, besides the opening."""


def context_section(page: Page) -> str:
    """Return one or two paragraphs: the question, then the most striking findings."""
    first = " ".join(part for part in (page.idea.story, opening(page)) if part)
    return "\n\n".join(part for part in (first, findings_told(page)) if part)


def with_publisher(page: Page, text: str) -> str:
    """Return a context whose first paragraph ends with what the publisher says the data are.

    That is one sentence beside the data, else their title where it tells more than the page's own;
    of several tables only what holds for all of them is quoted.

    Args:
        page: What is known.
        text: The context.
    """
    profile = page.profile
    known = {*words(page.title), *words(profile.subject), *words(profile.dataset)}
    one = len(profile.tables) <= 1
    title = ""
    if one and not profile.about:
        # Where no column has a name, each word helps.
        title = calling_in(profile.titled, known, fewest=1 if page.nameless else NEW)
    said = md.escaped(profile.about or title, _QUOTED)
    if not said:
        return text
    told = page.voice.say("publisher about" if profile.about else "publisher title", said=said)
    first, blank, rest = text.partition("\n\n")
    return f"{first} {told}{blank}{rest}"


def findings_told(page: Page) -> str:
    """Return what is most striking about the columns, in a few sentences."""
    findings = most_striking(chain(signal_findings(page), quirk_findings(page)), page.voice, _TOLD)
    return " ".join(finding.told(page.voice) for finding in findings)


def opening(page: Page, inputs: str = "") -> str:
    """Return the question in a sentence or two.

    Args:
        page: The page.
        inputs: What a model is given, such as `the pictures`; without it, so many columns.
    """
    facts, holdout = page.facts, page.recipe.holdout
    target, classes = facts.target, facts.classes
    objective = objective_of(page.form)
    digits = max(5, nu.digits(target.minimum or 0.0, target.maximum or 0.0))
    fields = {
        "target": page.code(page.target),
        "subject": subject_text(page.profile),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "k": inputs or nu.counted(len(facts.features), "column", words=True),
        "others": inputs or "the other columns",
        "numeric": "whole number" if target.integer else "number",
        "low": nu.amount(target.minimum or 0.0, digits),
        "high": nu.amount(target.maximum or 0.0, digits),
        "c": nu.word(len(classes)),
    }
    column = holdout.column or ""
    flavour = "number" if objective == "regression" else "class"
    if holdout.kind == "group":
        noun = entity(column)
        fields |= {"noun": noun, "nouns": nu.plural(noun)}
        return page.voice.say(f"opening group {flavour}", **fields)
    if holdout.kind == "time" and page.voice.draw("opening kind") < 0.7:
        fields["when"] = page.code(column)
        return page.voice.say(f"opening time {flavour}", **fields)
    if objective == "regression":
        asked = "count" if page.idea.objective == "count" else "number"
        return page.voice.say(f"opening {asked}", **fields)
    total = max(1, sum(rows for _, rows in classes))
    if page.idea.objective == "ordinal":
        ends = {"first": md.code(classes[0][0], 40), "last": md.code(classes[-1][0], 40)}
        numbers = " numbers" if are_numbers(page) else ""
        return page.voice.say(f"opening ordinal{numbers}", **fields, **ends)
    if objective == "binary":
        (negative, _), (positive, rows) = classes
        fields |= {
            "negative": md.code(negative, 40),
            "positive": md.code(positive, 40),
            "p": nu.percent(rows / total),
        }
        rare = page.idea.objective == "anomaly"
        return page.voice.say("opening anomaly" if rare else "opening yes", **fields)
    by_size = sorted((pair for pair in classes if pair[1]), key=lambda pair: -pair[1])
    # Of several that are as large, or as small, none is the commonest or the rarest.
    sizes = [rows for _, rows in by_size]
    if len(sizes) > 1 and sizes[0] > sizes[1] and sizes[-2] > sizes[-1]:
        fields |= {"most": md.code(by_size[0][0], 40), "least": md.code(by_size[-1][0], 40)}
    return page.voice.say("opening classes", **fields)
