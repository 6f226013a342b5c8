"""The sections of pages that ask for several labels or numbers a row."""

from __future__ import annotations

from mlesmith_env.recipes.model import Combine, Indicators
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.finding import most_striking
from mlesmith_generator.describe.measure import ColumnFacts
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.quirks import quirk_findings
from mlesmith_generator.describe.scoring import metric_told

_TOLD = 3
_NAMED = 4
_CLOSE = 0.1
"""Rank correlation of two targets from which it is told."""


def context_section(page: Page) -> str:
    """Return the question, how the targets hang together, and what is striking in the features."""
    findings = most_striking(quirk_findings(page), page.voice, _TOLD)
    told = [_together(page), *(finding.told(page.voice) for finding in findings)]
    opening = page.voice.say(f"opening {_kind(page)}", **_fields(page))
    return "\n\n".join(part for part in (opening, " ".join(part for part in told if part)) if part)


def target_section(page: Page) -> str:
    """Return how the targets read, with a table of them."""
    fields = _fields(page)
    if _kind(page) == "numbers":
        return page.voice.say("several numbers", **fields) + "\n\n" + _number_table(page)
    by_share = sorted(page.facts.targets, key=lambda column: column.mean or 0.0)
    least, most = by_share[0], by_share[-1]
    fields |= {
        "least": page.code(least.name),
        "most": page.code(most.name),
        "p": nu.percent(least.mean or 0.0),
        "q": nu.percent(most.mean or 0.0),
        "held": nu.amount(sum(column.mean or 0.0 for column in by_share), 2),
    }
    shown = [nu.percent(column.mean or 0.0) for column in by_share]
    if len(shown) > 2 and shown[0] != shown[1] and shown[-1] != shown[-2]:
        fields |= {"rarest": fields["least"], "commonest": fields["most"]}
    parts = [page.voice.say("several labels", **fields), *_listed(page)]
    unknown = sum(column.missing for column in by_share)
    cells = page.facts.train_rows * len(by_share)
    if unknown:
        parts.append(page.voice.say("labels unknown", u=nu.percent(unknown / cells)))
    return " ".join(parts) + "\n\n" + _label_table(page)


def _listed(page: Page) -> list[str]:
    """Tell where labels come from that the source lists in one cell, or as boxes to tick."""
    steps = page.transforms
    made = next((step for step in steps if isinstance(step, Indicators)), None)
    if made is None:
        return []
    boxes = next((s for s in steps if isinstance(s, Combine) and s.into == made.column), None)
    if boxes is None:
        return [page.voice.say("labels listed", source=page.code(made.column))]
    first, last = boxes.columns[0], boxes.columns[-1]
    return [page.voice.say("labels ticked", source=page.code(first), last=page.code(last))]


def metric_section(page: Page) -> str:
    """Return what the metric measures, and what it means for so many targets."""
    kind = _kind(page)
    unknown = any(column.missing for column in page.facts.targets)
    comment = page.voice.say(f"metric {kind}", **_fields(page))
    if kind == "labels" and unknown:
        comment += " " + page.voice.say("metric unknown")
    return metric_told(page, comment)


def _kind(page: Page) -> str:
    return "labels" if page.form.kind == "multilabel" else "numbers"


def _fields(page: Page) -> dict[str, str]:
    facts = page.facts
    names = [page.code(column.name) for column in facts.targets]
    more = len(names) - _NAMED
    shown = [*names[: _NAMED - 1], f"{nu.word(more + 1)} more"] if more > 0 else names
    return {
        "subject": subject_text(page.profile),
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "k": nu.counted(len(facts.features), "column", words=True),
        "c": nu.word(len(names)),
        "all": "both" if len(names) == 2 else f"all {nu.word(len(names))}",
        "names": md.listing(shown),
    }


def _together(page: Page) -> str:
    pair = page.facts.together
    if pair is None or abs(pair[2]) < _CLOSE:
        return ""
    return page.voice.say(
        f"pair {_kind(page)}" + (" apart" if pair[2] < 0 else ""),
        a=page.code(pair[0]),
        b=page.code(pair[1]),
        r=nu.correlation(pair[2]),
    )


def _label_table(page: Page) -> str:
    rows = [
        (
            page.code(column.name),
            nu.count(round((column.mean or 0.0) * column.filled)),
            nu.percent(column.mean or 0.0),
            nu.count(column.missing),
        )
        for column in page.facts.targets
    ]
    return md.table(("target", "training rows with it", "share of known", "unknown"), rows)


def _number_table(page: Page) -> str:
    return md.table(
        ("target", "lowest", "median", "mean", "highest", "standard deviation"),
        [(page.code(column.name), *_numbers(column)) for column in page.facts.targets],
    )


def _numbers(column: ColumnFacts) -> tuple[str, ...]:
    digits = nu.digits(column.minimum or 0.0, column.maximum or 0.0)
    told = (column.minimum, column.median, column.mean, column.maximum)
    return (*(nu.amount(value or 0.0, digits) for value in told), nu.amount(column.std or 0.0, 3))
