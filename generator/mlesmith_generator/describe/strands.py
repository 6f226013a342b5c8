"""The context of pages whose question is carried by strands of letters."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd

from mlesmith_generator.brainstorm.matter import is_strand, sites_of
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.context import opening
from mlesmith_generator.describe.measure import as_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.profiler.table import measure_table

_READ = 3_000
_NUCLEOTIDES = frozenset("ACGTUN")
_APART = 0.08
"""Difference between shares of a letter at a place from which it is told."""


def context_section(page: Page) -> str:
    """Return the question, what a strand is and how long, and a place that tells classes apart."""
    columns, rows = _strands(page)
    if not columns:
        return opening(page)
    lengths = np.array([len(row) for row in rows])
    letters = Counter("".join(rows))
    fields = {
        "what": "nucleotides" if sum(letters[each] for each in _NUCLEOTIDES)
        >= 0.9 * letters.total() else "residues",
        "column": page.code(columns[0]),
        "last": page.code(columns[-1]),
        "length": nu.count(int(np.median(lengths))),
        "least": nu.count(int(lengths.min())),
        "most": nu.count(int(lengths.max())),
        "target": page.code(page.target),
        "commonest": md.code(letters.most_common(1)[0][0], 4),
        "p": nu.percent(letters.most_common(1)[0][1] / letters.total()),
    }  # fmt: skip
    form = "even" if lengths.min() == lengths.max() else "lengths"
    told = [page.voice.say("strands sites" if len(columns) > 1 else f"strands {form}", **fields)]
    told.append(page.voice.say("strands letters", **fields))
    striking = _contrast(page, rows) if page.form.classes else {}
    if striking:
        told.append(page.voice.say("strands contrast", **fields, **striking))
    first = " ".join(part for part in (page.idea.story, opening(page)) if part)
    return "\n\n".join((first, " ".join(told)))


def _strands(page: Page) -> tuple[tuple[str, ...], list[str]]:
    """Return the columns that hold the strands, and the strands of the first rows."""
    names = [each.name for each in page.facts.features]
    values = {name: page.train[name].head(_READ).fillna("").astype(str) for name in names}
    typed = measure_table(pd.DataFrame(values, dtype=object))
    for column in typed.columns:
        if is_strand(column):
            return (column.name,), [row.strip().upper() for row in values[column.name]]
    sites = sites_of(typed.columns)
    if not sites:
        return (), []
    rows = zip(*(values[name] for name in sites), strict=True)
    return sites, ["".join(row).upper() for row in rows]


def _contrast(page: Page, rows: list[str]) -> dict[str, str]:
    """Return the place and letter whose shares in two classes differ most."""
    label = as_text(page.train.head(len(rows)), page.target)
    width = min(200, min(len(row) for row in rows))
    if not width:
        return {}
    table = np.array([list(row[:width]) for row in rows])
    best: tuple[float, dict[str, str]] = (_APART, {})
    for letter in np.unique(table):
        shares: list[np.ndarray] = []
        for code in range(len(label.values)):
            own = table[label.codes == code] == letter
            shares.append(own.mean(axis=0) if len(own) >= 20 else np.full(width, np.nan))
        known = [place for place, each in enumerate(shares) if not np.isnan(each).any()]
        if len(known) < 2:
            continue
        matrix = np.array([shares[place] for place in known])
        spread = matrix.max(axis=0) - matrix.min(axis=0)
        place = int(spread.argmax())
        if spread[place] > best[0]:
            high, low = int(matrix[:, place].argmax()), int(matrix[:, place].argmin())
            best = (
                float(spread[place]),
                {
                    "letter": md.code(str(letter), 4),
                    "place": str(place + 1),
                    "most_class": md.code(label.values[known[high]], 40),
                    "least_class": md.code(label.values[known[low]], 40),
                    "most_share": nu.percent(float(matrix[high, place])),
                    "least_share": nu.percent(float(matrix[low, place])),
                },
            )
    return best[1]
