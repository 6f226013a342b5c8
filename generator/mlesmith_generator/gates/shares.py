"""Does a page say that the split keeps the shares of the classes, where it does not?"""

from __future__ import annotations

import re
from collections import Counter
from typing import cast

import pandas as pd

from mlesmith_generator.gates.page import Page, plain
from mlesmith_generator.gates.truthfulness import Facts
from mlesmith_generator.gates.verdict import Finding, Scan
from mlesmith_generator.profiler.shares import ROUGH, are_alike

_CLAIMS = re.compile(
    r"\b(?:about the same class shares|each class in proportion|"
    r"(?:keeps|preserves) the class shares|in the same proportions|"
    r"(?:shares|frequencies) in [`\w.]+ (?:hold|apply)|(?:as|be) prior(?:s| probabilities))\b"
)


def scan_shares_told(page: Page, facts: Facts) -> Scan:
    """Hold what the page says of the classes' shares against training rows and answers."""
    target, found = facts.manifest.recipe.target, _CLAIMS.search(plain(page.about("holdout")))
    tables = facts.tables
    if not found or not facts.manifest.submission.classes or target not in tables.train.columns:
        return Scan("shares-told", "no word on the shares of the classes")
    if target not in tables.answers.columns:
        return Scan("shares-told", "several columns hold the answer")
    one, other = (
        _counts(cast("pd.Series", table[target])) for table in (tables.train, tables.answers)
    )
    if are_alike(one, other, ROUGH):
        return Scan("shares-told", f"{found.group(0)!r}, as they are")
    evidence = (
        f"the page says {found.group(0)!r}, but the shares of the classes differ between "
        f"train.csv and the hidden rows, such as that of {_farthest(one, other)!r}"
    )
    return Scan("shares-told", "", (Finding("description-untrue", evidence, "refactor"),))


def _counts(column: pd.Series) -> Counter[str]:
    return Counter(str(value) for value in column.dropna().tolist())


def _farthest(one: Counter[str], other: Counter[str]) -> str:
    """Return the class whose hidden rows are farthest from what is to be expected."""
    share = other.total() / (one.total() + other.total())
    return max(sorted({*one, *other}), key=lambda c: abs(other[c] - share * (one[c] + other[c])))
