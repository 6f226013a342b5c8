"""The context of pages that ask which moments of series are anomalies."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.finding import most_striking
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.signals import signal_findings

_TOLD = 2


def context_section(page: Page) -> str:
    """Return the question, how rare and how long anomalies are, and what goes along with them."""
    fields = _fields(page)
    measured = page.idea.measured
    told = [page.voice.say("watch listed", **fields)] if measured.get("listed") else []
    told.append(page.voice.say("watch runs", **fields))
    told += [page.voice.say("watch paces", **fields)] if measured.get("paces") else []
    findings = most_striking(signal_findings(page), page.voice, _TOLD)
    told += [finding.told(page.voice) for finding in findings]
    told.append(page.voice.say("watch around", **fields))
    opening = "opening watch paces" if measured.get("paces") else "opening watch"
    return "\n\n".join((page.voice.say(opening, **fields), " ".join(told)))


def _fields(page: Page) -> dict[str, str]:
    facts, measured = page.facts, page.idea.measured
    runs, longest = _runs(page)
    total = max(1, sum(rows for _, rows in facts.classes))
    series = int(measured.get("count", "1"))
    paces = measured.get("paces", "step").split(", ")
    return {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "positive": md.code(page.form.classes[1], 40),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "pace": measured.get("pace", "step"),
        "a_pace": f"{nu.article(measured.get('pace', 'step'))} {measured.get('pace', 'step')}",
        "quickest": f"{nu.article(paces[0])} {paces[0]}",
        "slowest": f"{nu.article(paces[-1])} {paces[-1]}",
        "listed": measured.get("listed", ""),
        "other": md.code(page.form.classes[0], 40),
        "p": nu.percent(facts.classes[1][1] / total),
        "series": "one series" if series == 1 else f"{nu.word(series)} series",
        "runs": nu.counted(runs, "stretch", words=True),
        "longest": nu.counted(longest, "moment"),
        "time": page.code(page.recipe.holdout.column or ""),
    }


def _runs(page: Page) -> tuple[int, int]:
    """Return how many stretches of anomalous moments training has, and the longest of them."""
    holdout = page.recipe.holdout
    train = page.train
    keys = [name for name in (holdout.group, holdout.column) if name]
    ordered = train.sort_values(keys, kind="stable")
    flagged = np.asarray(ordered[page.target] == page.form.classes[1])
    owner = (
        pd.factorize(ordered[holdout.group])[0] if holdout.group else np.zeros(len(ordered), int)
    )
    begins = flagged & ~np.r_[False, flagged[:-1] & (owner[1:] == owner[:-1])]
    numbered = np.cumsum(begins)[flagged]
    return int(begins.sum()), int(np.bincount(numbered).max()) if len(numbered) else 0
