"""The sections of pages about single texts: documents in folders, lines with a label."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from itertools import islice
from statistics import median

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.measure import as_text
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.gates.texts import words_of
from mlesmith_generator.profiler.words import word_count

_TYPICAL = 3
_FEWEST = 8
"""Texts of a class that a typical word must stand in."""
_READ = 5_000


def context_section(page: Page) -> str:
    """Return the question, how long the texts are, and words that are typical of classes."""
    fields = _fields(page)
    parts = [page.voice.say("opening texts" + _many(page), **fields)]
    parts.append(page.voice.say("texts lengths", **fields))
    told = _typical(page)
    if told:
        parts.append(page.voice.say("texts words", **fields, told=told))
    return "\n\n".join((parts[0], " ".join(parts[1:])))


SECTIONS: Mapping[str, Callable[[Page], str]] = {"Context": context_section}


def _many(page: Page) -> str:
    return "" if page.form.classes else " number"


def text_column(page: Page) -> str:
    """Return the name of the longest column of text."""
    return max(page.facts.features, key=lambda column: column.words).name


def _fields(page: Page) -> dict[str, str]:
    text = as_text(page.train, text_column(page))
    lengths = [word_count(text.values[code]) for code in text.codes.tolist() if code >= 0]
    lengths.sort()
    return {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "text": page.code(text_column(page)),
        "n": nu.count(page.facts.train_rows),
        "m": nu.count(page.facts.test_rows),
        "c": nu.word(len(page.form.classes)),
        "length": nu.count(int(median(lengths))),
        "low": nu.count(lengths[len(lengths) // 20]),
        "high": nu.count(lengths[-1 - len(lengths) // 20]),
    }


def _typical(page: Page) -> str:
    """Return words of which most texts are of one class."""
    if len(page.form.classes) < 2:
        return ""
    text, label = as_text(page.train, text_column(page)), as_text(page.train, page.target)
    counts: dict[str, Counter[str]] = {}
    pairs = zip(text.codes.tolist(), label.codes.tolist(), strict=True)
    for one, other in islice(pairs, _READ):
        if one >= 0 and other >= 0:
            for word in set(words_of(text.values[one])):
                counts.setdefault(word, Counter())[label.values[other]] += 1
    best: dict[str, tuple[float, str, float]] = {}
    for word, own in counts.items():
        name, number = min(own.items(), key=lambda pair: (-pair[1], pair[0]))
        share = number / own.total()
        strength = number * (share - 0.5)
        if number >= _FEWEST and share >= 0.7 and len(word) > 3 and strength > 0:
            known = best.get(name, (0.0, "", 0.0))
            best[name] = max(known, (strength, word, share))
    ranked = sorted(best.items(), key=lambda pair: (-pair[1][0], pair[0]))[:_TYPICAL]
    told = [
        f"{md.code(word, 30)} ({nu.percent(share)} {md.code(name, 30)})"
        for name, (_, word, share) in ranked
    ]
    return md.listing(told) if told else ""
