"""The sections of pages about places in squares of a map that training does not show."""

from __future__ import annotations

from itertools import chain

from mlesmith_env.recipes.model import Grid
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.finding import most_striking
from mlesmith_generator.describe.holdout import public_part
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.quirks import quirk_findings
from mlesmith_generator.describe.signals import signal_findings

_TOLD = 4


def context_section(page: Page) -> str:
    """Return the question, and what is striking."""
    findings = most_striking(chain(signal_findings(page), quirk_findings(page)), page.voice, _TOLD)
    told = " ".join(finding.told(page.voice) for finding in findings)
    return "\n\n".join(
        part for part in (page.voice.say("opening map", **_fields(page)), told) if part
    )


def holdout_section(page: Page) -> str:
    """Return how whole squares were hidden, and how to make them again."""
    fields, voice = _fields(page), page.voice
    told = [voice.say(name, **fields) for name in ("map split", "map squares", "group then")]
    return " ".join((*told, public_part(page)))


def _fields(page: Page) -> dict[str, str]:
    grid = next(each for each in page.transforms if isinstance(each, Grid))
    north = page.facts.feature(grid.latitude)
    plane = north is not None and max(abs(north.minimum or 0), abs(north.maximum or 0)) > 90
    return {
        "target": page.code(page.target),
        "subject": subject_text(page.profile),
        "n": nu.count(page.facts.train_rows),
        "m": nu.count(page.facts.test_rows),
        "noun": "square",
        "nouns": "squares",
        "step": nu.amount(grid.degrees, 6),
        "k": nu.counted(len(page.facts.features), "column", words=True),
        "latitude": page.code(grid.latitude),
        "longitude": page.code(grid.longitude),
        "degrees": nu.amount(grid.degrees) if plane else f"{grid.degrees:g}",
        "unit": "units" if plane else "degrees",
    }
