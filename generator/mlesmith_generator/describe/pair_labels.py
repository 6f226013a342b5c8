"""The sections of pages about labels of pairs of texts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from statistics import median

import numpy as np

from mlesmith_env.recipes.model import Connect
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.holdout import public_part
from mlesmith_generator.describe.measure import as_text
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.gates.texts import words_of
from mlesmith_generator.profiler.words import word_count


def context_section(page: Page) -> str:
    """Return the question, and how far words in common lead."""
    one, other, label = (as_text(page.train, name) for name in (*_texts(page), page.target))
    bags = [[frozenset(words_of(value)) for value in side.values] for side in (one, other)]
    shared: dict[str, list[float]] = defaultdict(list)
    lengths: list[int] = []
    for a, b, c in zip(one.codes.tolist(), other.codes.tolist(), label.codes.tolist(), strict=True):
        first, second = bags[0][a], bags[1][b]
        shared[label.values[c]].append(len(first & second) / max(1, len(first | second)))
        lengths.append(word_count(one.values[a]) + word_count(other.values[b]))
    means = {name: float(np.mean(shares)) for name, shares in sorted(shared.items())}
    most, least = max(means, key=lambda n: means[n]), min(means, key=lambda n: means[n])
    fields = _fields(page) | {
        "length": nu.count(int(median(lengths) / 2)),
        "most": md.code(most, 40),
        "least": md.code(least, 40),
        "p": nu.percent(means[most]),
        "q": nu.percent(means[least]),
    }
    opening = page.voice.say("opening pair labels", **fields)
    return opening + "\n\n" + page.voice.say("pair labels overlap", **fields)


def holdout_section(page: Page) -> str:
    """Return that no text is met on both sides, or which of the two is not."""
    step = next(step for step in page.transforms if isinstance(step, Connect))
    bank = "pairs connected" if len(step.columns) == 2 else "pairs by text"
    told = page.voice.say(bank, **_fields(page), text=page.code(step.columns[0]))
    return f"{told} {public_part(page)}"


SECTIONS: Mapping[str, Callable[[Page], str]] = {
    "Context": context_section,
    "Holdout": holdout_section,
}


def _texts(page: Page) -> tuple[str, str]:
    first, second = (column.name for column in page.facts.features[:2])
    return first, second


def _fields(page: Page) -> dict[str, str]:
    first, second = _texts(page)
    return {
        "subject": subject_text(page.profile),
        "a": page.code(first),
        "b": page.code(second),
        "target": page.code(page.target),
        "n": nu.count(page.facts.train_rows),
        "m": nu.count(page.facts.test_rows),
        "classes": md.listing([md.code(name, 40) for name in page.form.classes]),
        "c": nu.word(len(page.form.classes)),
    }
