"""Does a page speak of the level that is scored: which quantile, how often an interval holds?"""

from __future__ import annotations

import re

from mlesmith_generator.gates.page import Page, plain
from mlesmith_generator.gates.truthfulness import Facts
from mlesmith_generator.gates.verdict import Finding, Scan

_QUANTILE = (
    (r"(\d+(?:\.\d+)?) ?% quantile", 0.01),
    (r"(0?\.\d+)[- ]quantile", 1.0),
    (r"quantile at (0?\.\d+)", 1.0),
)
_INTERVAL = (
    (r"(\d+(?:\.\d+)?) ?% (?:intervals?|coverage)\b", 0.01),
    (r"(?:holds it|lie in|lies in) (\d+(?:\.\d+)?) ?% of the (?:rows|time)", 0.01),
    (r"enclose [^.]{1,80}? in (\d+(?:\.\d+)?) ?% of all rows", 0.01),
)
_CLOSE = 0.006


def scan_levels_told(page: Page, facts: Facts) -> Scan:
    """Check the quantile or the coverage that a page asks for against the metric's parameter."""
    name, manifest = "levels-told", facts.manifest
    alpha = manifest.metric.params.get("alpha")
    if manifest.objective not in ("quantile", "interval") or alpha is None:
        return Scan(name, f"a {manifest.objective} task has no level")
    interval = manifest.objective == "interval"
    level = 1.0 - float(alpha) if interval else float(alpha)
    text = plain(page.text)
    told = [
        float(match) * unit
        for pattern, unit in (_INTERVAL if interval else _QUANTILE)
        for match in re.findall(pattern, text)
    ]
    wrong = [each for each in told if abs(each - level) > _CLOSE]
    if wrong:
        what = "intervals that hold" if interval else "the quantile at"
        evidence = f"the page asks for {what} {wrong[0]:g}; {level:g} is scored"
        return Scan(name, "", (Finding("description-untrue", evidence, "refactor"),))
    if not told:
        asked = "how often intervals should hold" if interval else "which quantile is asked for"
        evidence = f"the page does not say {asked}: {level:g}"
        return Scan(name, "", (Finding("description-incomplete", evidence, "refactor"),))
    return Scan(name, f"{level:g}, as scored")
