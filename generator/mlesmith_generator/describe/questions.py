"""The sections of pages that ask questions about a text."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from statistics import median

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.measure import as_text
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.scoring import metric_told

_SHOWN = 3
_STARTS = 3


def context_section(page: Page) -> str:
    """Return the question, how long texts and answers are, and how questions begin."""
    fields = _fields(page)
    told = [
        page.voice.say("questions lengths", **fields),
        page.voice.say("questions begin", **fields),
    ]
    return page.voice.say("opening questions", **fields) + "\n\n" + " ".join(told)


def target_section(page: Page) -> str:
    """Return what an answer is, with examples."""
    question, answer = as_text(page.train, "question"), as_text(page.train, page.target)
    shown = [
        (md.code(question.values[one], 110), md.code(answer.values[other], 70))
        for one, other in zip(question.codes.tolist(), answer.codes.tolist(), strict=True)
        if one >= 0 and other >= 0
    ]
    table = md.table(("question", page.target), shown[:_SHOWN])
    return page.voice.say("target questions", **_fields(page)) + "\n\n" + table


def metric_section(page: Page) -> str:
    """Return what the metric measures, and that hits are counted by words."""
    return metric_told(page, page.voice.say("why span", **_fields(page)))


SECTIONS: Mapping[str, Callable[[Page], str]] = {
    "Context": context_section,
    "Target": target_section,
    "Metric": metric_section,
}


def _fields(page: Page) -> dict[str, str]:
    text, question = as_text(page.train, "text"), as_text(page.train, "question")
    answer = as_text(page.train, page.target)
    lengths = [len(text.values[code].split()) for code in text.codes.tolist() if code >= 0]
    sizes = [len(answer.values[code].split()) for code in answer.codes.tolist() if code >= 0]
    begun = Counter(
        question.values[code].split()[0].casefold()
        for code in question.codes.tolist()
        if code >= 0 and question.values[code].split()
    )
    starts = [
        f"{md.code(word, 20)} ({nu.percent(rows / len(question.codes))})"
        for word, rows in begun.most_common(_STARTS)
    ]
    return {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "n": nu.count(page.facts.train_rows),
        "m": nu.count(page.facts.test_rows),
        "texts": nu.count(len(text.values)),
        "each": nu.amount(page.facts.train_rows / max(1, len(text.values)), 2),
        "length": nu.counted(int(median(lengths)), "word"),
        "size": nu.counted(int(median(sizes)), "word"),
        "longest": nu.counted(max(sizes), "word"),
        "starts": md.listing(starts),
    }
