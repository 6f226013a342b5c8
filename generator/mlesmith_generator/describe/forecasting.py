"""The sections of pages that ask for the next moments of series."""

from __future__ import annotations

from collections.abc import Sequence

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.holdout import public_share
from mlesmith_generator.describe.naming import entity, readable, subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.scoring import metric_told
from mlesmith_generator.describe.target import target_section as usual_target

_FACTS = {
    "regular": "regular_when",
    "season": "season_peak",
    "growth": "growth_first",
    "sizes": "sizes_largest",
    "ragged": "ragged_shortest",
    "gaps": "gaps_share",
}
"""Phrases about the past, each with what has to have been measured for it."""
_TOLD = 3


def steps(word: str, number: int) -> str:
    """Return a number of steps in words: `12 months`, `48 half-hours`."""
    return nu.counted(number, word)


def question(target: str, told: str, keys: Sequence[str]) -> str:
    """Return the words of a title: `forecast sales over the next 12 months for every city`."""
    nouns = [noun for key in keys[:2] if (noun := entity(key)) not in ("group", "file")]
    whom = f" for every {' and '.join(nouns)}" if nouns else ""
    return f"forecast {readable(target)} over the next {told}{whom}"


def context_section(page: Page) -> str:
    """Return the question, which period is known, and what is striking about the series."""
    fields, voice = _fields(page), page.voice
    told = [voice.say("forecast period" + _several(page), **fields)]
    striking = [bank for bank, needed in _FACTS.items() if needed in page.idea.measured]
    for bank in striking[:_TOLD]:
        told.append(voice.say(f"forecast {bank}", **fields))
        if bank == "gaps" and {"gaps_runs", "gaps_single"} & fields.keys():
            told.append(voice.say("forecast gaps placed", **fields))
        if bank == "gaps" and "gaps_where" in fields:
            told.append(voice.say("forecast gaps where", **fields))
    opening = voice.say("opening forecast" + _several(page), **fields)
    first = " ".join(part for part in (page.idea.story, opening) if part)
    return "\n\n".join((first, " ".join(told)))


def target_section(page: Page) -> str:
    """Return what a row asks for, how values spread, and what is known of a future moment."""
    fields, voice = _fields(page), page.voice
    parts = [voice.say("forecast row" + _several(page), **fields), usual_target(page)]
    own = {page.recipe.holdout.column, page.recipe.holdout.group}
    known = [each.name for each in page.facts.features if each.name not in own]
    if known:
        named = md.listing([page.code(name) for name in known[:6]])
        parts.append(voice.say("forecast known", **fields, known=named))
    elif any("measured with the target" in each.reason for each in page.idea.exclusions):
        parts.append(voice.say("forecast unknown", **fields))
    return " ".join(parts)


def metric_section(page: Page) -> str:
    """Return what the metric measures, and what a forecast without any skill is.

    That is a copy of the last cycle, where this beats the last value and the mean.
    """
    fields, copied = _fields(page), " copied" if "copied" in page.idea.measured else ""
    return metric_told(page, page.voice.say(f"metric forecast{copied}{_several(page)}", **fields))


def holdout_section(page: Page) -> str:
    """Return that the last moments are hidden, and how to rehearse that."""
    fields, voice = _fields(page), page.voice
    told = [
        voice.say("forecast last" + _several(page), **fields),
        voice.say("forecast last then", **fields),
    ]
    told.append(voice.say("forecast last parts", **fields))
    return " ".join(told)


def _several(page: Page) -> str:
    return " many" if "count" in page.idea.measured else ""


def _fields(page: Page) -> dict[str, str]:
    facts, holdout, measured = page.facts, page.recipe.holdout, page.idea.measured
    every = facts.train_rows + facts.test_rows
    pace = measured.get("pace", "step")
    fields = {
        **measured,
        "target": page.code(page.target),
        "subject": subject_text(page.profile),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "all": nu.count(every),
        "time": page.code(holdout.column or ""),
        "pace": pace,
        "a_pace": f"{nu.article(pace)} {pace}",
        "paces": nu.plural(pace),
        "ahead": steps(pace, holdout.horizon or 1),
        "pub": nu.percent(public_share(page)),
        "prv": nu.percent(1 - public_share(page)),
    }
    if holdout.group:
        noun = entity(holdout.group)
        noun = "series" if noun in ("group", "file") else noun
        fields |= {"series": page.code(holdout.group), "noun": noun, "nouns": nu.plural(noun)}
    return fields
