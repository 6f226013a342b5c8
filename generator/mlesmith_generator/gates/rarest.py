"""Does a score hang on a few private rows: does every class count alike, and one has hardly any?"""

from __future__ import annotations

from collections import Counter
from typing import cast

import numpy as np
import pandas as pd

from mlesmith_env.manifest import USAGE, Manifest
from mlesmith_generator.brainstorm.rarest import ENOUGH, HANDFUL, MACRO, SQUARED, handful
from mlesmith_generator.gates.rows import as_numbers
from mlesmith_generator.gates.truthfulness import Facts
from mlesmith_generator.gates.verdict import Finding, Scan

FEWEST = 3
"""Private rows of a class below which no metric may give that class a voice of its own."""
RULED = 0.2
"""Share of a scale's spread from which a handful of rows at its ends rules a quadratic kappa."""
_NO_TAG = "O"
_TOLD = 3


def scan_rarest_class(facts: Facts) -> Scan:
    """Count the private rows of each class, where the metric gives every class the same weight.

    Refused below three: a row then moves the class's part of the score by a third or more. Below
    five it is a warning. Tags that are seldom met are a warning, since there are many of them.
    Where squares on a scale count, what is weighed is the spread that such classes hold.
    """
    manifest = facts.manifest
    metric = manifest.metric.name
    if metric not in (*MACRO, SQUARED):
        return Scan("rarest-class", f"{metric} does not count every class alike")
    answers = facts.tables.answers
    private = cast("pd.DataFrame", answers[answers[USAGE] == "Private"])
    counts = _counts(private, manifest)
    if metric == SQUARED:
        return _scan_scale(counts)
    if not counts:
        return Scan("rarest-class", "no class is asked for")
    few = {name: rows for name, rows in counts.items() if rows < ENOUGH}
    fewest = min(counts.values())
    measured = f"{fewest} private rows of the rarest class, and {metric} counts all alike"
    if not few:
        return Scan("rarest-class", measured, value=float(fewest))
    unit = "tokens" if manifest.submission.kind == "tags" else "rows"
    told = ", ".join(
        f"{name!r} {rows}" for name, rows in sorted(few.items(), key=lambda one: one[1])[:_TOLD]
    )
    evidence = (
        f"{metric} counts each of {len(counts)} classes alike, and of {len(private)} private rows "
        f"so few {unit} are of {told}: the score hangs on single {unit}; take a metric that counts "
        "rows, merge or leave out the rarest classes, or hide more rows"
    )
    kept = fewest >= FEWEST or unit == "tokens"
    finding = Finding("metric-few-rows", evidence, "brainstorm", warning=kept)
    return Scan("rarest-class", measured, (finding,), float(fewest))


def _scan_scale(counts: dict[str, int]) -> Scan:
    """Tell of a scale whose spread is, for a good part, that of a few rows at its ends."""
    share = handful(list(counts.values()))
    measured = f"{share:.0%} of the spread of the scale in classes of fewer than {ENOUGH:g} rows"
    if share < HANDFUL:
        return Scan("rarest-class", measured, value=share)
    told = ", ".join(f"{name!r} {rows}" for name, rows in counts.items() if rows < ENOUGH)
    evidence = (
        f"{SQUARED} squares distances on the scale, and {share:.0%} of its spread in "
        f"{sum(counts.values())} private rows stands in so few rows of {told}: the score hangs on "
        "them; take a metric that counts steps or rows, merge the rare ends, or hide more rows"
    )
    finding = Finding("metric-few-rows", evidence, "brainstorm", warning=share < RULED)
    return Scan("rarest-class", measured, (finding,), share)


def _counts(private: pd.DataFrame, manifest: Manifest) -> dict[str, int]:
    """Return the private rows of each class; of a label the fewer of those with it and without."""

    def values(name: str) -> list[str]:
        return [str(value) for value in private[name].dropna().tolist()]

    kind, target = manifest.submission.kind, manifest.recipe.target
    if kind == "tags":
        tags = Counter(tag for text in values(target) for tag in text.split())
        return {tag: number for tag, number in tags.items() if tag != _NO_TAG}
    if kind == "multilabel":
        flags = {name: as_numbers(np.array(values(name), dtype=object)) for name in manifest.truth}
        return {
            name: int(min((each == 1).sum(), (each == 0).sum())) for name, each in flags.items()
        }
    found = Counter(values(target))
    return {name: found[name] for name in manifest.submission.classes}
