"""The sections of pages about pairs of texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median

import numpy as np

from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.association import spearman
from mlesmith_generator.describe.measure import as_text
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.gates.texts import words_of
from mlesmith_generator.profiler.words import word_count


def context_section(page: Page) -> str:
    """Return the question, and how far words in common lead."""
    names = [column.name for column in page.facts.features][:2]
    one, other, score = (as_text(page.train, name) for name in (*names, page.target))
    bags = [[frozenset(words_of(value)) for value in side.values] for side in (one, other)]
    places = list(zip(one.codes.tolist(), other.codes.tolist(), strict=True))
    shared = [
        len(bags[0][a] & bags[1][b]) / max(1, len(bags[0][a] | bags[1][b])) for a, b in places
    ]
    lengths = [word_count(one.values[a]) + word_count(other.values[b]) for a, b in places]
    repeated = float((np.bincount(one.codes)[one.codes] > 1).mean())
    target = page.facts.target
    digits = nu.digits(target.minimum or 0.0, target.maximum or 0.0)
    fields = {
        "subject": subject_text(page.profile),
        "a": page.code(names[0]),
        "b": page.code(names[1]),
        "target": page.code(page.target),
        "n": nu.count(page.facts.train_rows),
        "m": nu.count(page.facts.test_rows),
        "low": nu.amount(target.minimum or 0.0, digits),
        "high": nu.amount(target.maximum or 0.0, digits),
        "length": nu.count(int(median(lengths) / 2)),
        "share": nu.percent(float(np.mean(shared))),
        "r": nu.correlation(spearman(np.array(shared), score.numbers)),
        "repeated": nu.percent(repeated),
    }
    told = [page.voice.say("pairs overlap", **fields)]
    if repeated >= 0.02:
        told.append(page.voice.say("pairs repeated", **fields))
    return page.voice.say("opening pairs", **fields) + "\n\n" + " ".join(told)


SECTIONS: Mapping[str, Callable[[Page], str]] = {"Context": context_section}
