"""The sections of pages that ask for a piece of a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from statistics import median

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.measure import as_text
from mlesmith_generator.describe.naming import readable, subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.scoring import metric_told

_SHOWN = 2


def context_section(page: Page) -> str:
    """Return the question and how long texts and answers are."""
    fields = _fields(page)
    told = [page.voice.say("span lengths", **fields), page.voice.say("span repeats", **fields)]
    return page.voice.say("opening span", **fields) + "\n\n" + " ".join(told)


def target_section(page: Page) -> str:
    """Return what an answer is, with examples."""
    text, answer = as_text(page.train, "text"), as_text(page.train, page.target)
    rows = sorted(
        (len(text.values[one]), text.values[one], answer.values[other])
        for one, other in zip(text.codes.tolist(), answer.codes.tolist(), strict=True)
        if one >= 0 and other >= 0 and len(text.values[one]) >= 25
    )
    shown = [
        (md.code(whole, 140), md.code(piece, 80))
        for _, whole, piece in rows[len(rows) // 10 : len(rows) // 10 + _SHOWN]
    ]
    table = md.table(("text", readable(page.target)), shown)
    return page.voice.say("target span", **_fields(page)) + "\n\n" + table


def metric_section(page: Page) -> str:
    """Return what the metric measures, and that hits are counted by words."""
    return metric_told(page, page.voice.say("why span", **_fields(page)))


SECTIONS: Mapping[str, Callable[[Page], str]] = {
    "Context": context_section,
    "Target": target_section,
    "Metric": metric_section,
}


def _fields(page: Page) -> dict[str, str]:
    text, answer = as_text(page.train, "text"), as_text(page.train, page.target)
    lengths = [len(text.values[code].split()) for code in text.codes.tolist() if code >= 0]
    pieces = [answer.values[code] for code in answer.codes.tolist() if code >= 0]
    counts = Counter(piece.casefold() for piece in pieces)
    once = sum(number == 1 for number in counts.values()) / max(1, len(pieces))
    sizes = [len(piece.split()) for piece in pieces]
    return {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "what": readable(page.target),
        "n": nu.count(page.facts.train_rows),
        "m": nu.count(page.facts.test_rows),
        "length": nu.counted(int(median(lengths)), "word"),
        "size": nu.counted(int(median(sizes)), "word"),
        "longest": nu.counted(max(sizes), "word"),
        "d": nu.count(len(counts)),
        "once": nu.percent(once),
    }
