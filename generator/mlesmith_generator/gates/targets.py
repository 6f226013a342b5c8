"""Is what a page says of several targets true: their table, their number, their groups?"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from mlesmith_env.metrics import get_metric
from mlesmith_generator.gates.cells import NUMBER, number_of
from mlesmith_generator.gates.completeness import visible
from mlesmith_generator.gates.page import Page, bare, plain
from mlesmith_generator.gates.rows import Column
from mlesmith_generator.gates.truthfulness import Facts
from mlesmith_generator.gates.verdict import Finding, Scan

_STATISTICS = {
    "lowest": np.min,
    "median": np.median,
    "mean": np.mean,
    "highest": np.max,
}
_CLOSE = 0.02
_WORDS = (
    "no one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty twenty-one twenty-two twenty-three twenty-four"
).split()
_WITHIN = re.compile(r"\bwithin (?:each|every|a|an|one|its|the same) `([^`]+)`", re.IGNORECASE)


def scan_targets_told(page: Page, facts: Facts) -> Scan:
    """Check the table of targets, how many there are, the group of an order, and k."""
    manifest = facts.manifest
    findings = list(_depth(page, facts))
    if manifest.submission.kind in ("multilabel", "numbers"):
        findings += _table(page, facts)
        findings += _number(page, facts)
    if manifest.objective == "ranking":
        group = manifest.truth[1]
        findings += [
            _untrue(f"the page orders within each {told!r}; the groups are those of {group!r}")
            for told in dict.fromkeys(_WITHIN.findall(page.text))
            if visible(told) != visible(group) and told in facts.tables.train.columns
        ]
    return Scan("targets-told", f"{len(manifest.truth)} columns of truth", tuple(findings[:5]))


def _untrue(evidence: str) -> Finding:
    return Finding("description-untrue", evidence, "refactor")


def _depth(page: Page, facts: Facts) -> Iterator[Finding]:
    """How many items of a list count, as formulas say it."""
    spec = facts.manifest.metric
    depth = get_metric(spec).params.get("k")
    if depth is None:
        return
    for block in page.blocks:
        for told in re.findall(r"(?m)^\s*k = (\d+)\s*$", block):
            if int(told) != int(depth):
                yield _untrue(f"the page says that k is {told}; {spec.name} has k = {depth:g}")


def _table(page: Page, facts: Facts) -> Iterator[Finding]:
    truth = {visible(name): name for name in facts.manifest.truth}
    for table in page.tables:
        header = [plain(cell) for cell in table[0]]
        if header[:1] != ["target"]:
            continue
        for row in table[1:]:
            name = truth.get(visible(bare(row[0])))
            if name is None:
                if "`" in row[0] and not bare(row[0]).endswith("…"):
                    yield _untrue(f"the page has a target {bare(row[0])!r} that is none")
                continue
            column = facts.column(name)
            if column is not None:
                cells = {key: bare(cell) for key, cell in zip(header[1:], row[1:], strict=False)}
                yield from _row(name, column, cells)


def _row(name: str, column: Column, cells: dict[str, str]) -> Iterator[Finding]:
    values = column.numbers[np.isfinite(column.numbers)]
    if not len(values):
        return
    spread = float(values.max() - values.min()) or 1.0
    for heading, cell in cells.items():
        if not re.fullmatch(NUMBER, cell):
            continue
        told = number_of(cell)
        if heading in _STATISTICS:
            actual = float(_STATISTICS[heading](values))
            if abs(told - actual) > _CLOSE * spread:
                yield _untrue(f"the page gives {name!r} a {heading} of {told:g}; it is {actual:g}")
        elif heading == "training rows with it" and told != round(float(values.sum())):
            actual = round(float(values.sum()))
            yield _untrue(f"the page says that {told:g} rows have {name!r}; {actual} have")


def _number(page: Page, facts: Facts) -> Iterator[Finding]:
    """How many targets there are, where the page says it of all of them."""
    right = len(facts.manifest.truth)
    pattern = r"\b(?:their|its|all|these|each of the|of) ([a-z-]+|\d+) (?:labels|targets)\b"
    for told in dict.fromkeys(re.findall(pattern, plain(page.text))):
        number = int(told) if told.isdigit() else _WORDS.index(told) if told in _WORDS else right
        if number != right:
            yield _untrue(f"the page speaks of {told} targets; there are {right}")
