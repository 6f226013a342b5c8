"""Tasks whose rows are whole series: pieces of one recording on both sides, lengths told."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from mlesmith_generator.brainstorm.courses import told_numbers
from mlesmith_generator.gates.completeness import described_columns
from mlesmith_generator.gates.contents import Tables
from mlesmith_generator.gates.page import Page
from mlesmith_generator.gates.verdict import Finding, Scan

RUN = 16
"""Numbers in a row that two series of their own do not share by chance."""
_VARIED = 8
"""Different numbers that such a run has to have."""
_SHARED = 0.05
"""Share of the hidden series that may have such a run in common with a training series."""
_MOST = 3_000_000
"""Numbers that are looked at."""


def channels_of(table: pd.DataFrame) -> list[str]:
    """Return the columns of a table of text that hold series of numbers."""
    found: list[str] = []
    for name in table.columns:
        head = pd.Series(table[name]).dropna().head(5).tolist()
        if head and all(np.isfinite(told_numbers(text)).sum() >= 4 for text in head):
            found.append(str(name))
    return found


def scan_overlaps(tables: Tables) -> Scan:
    """Look for hidden series that share a run of numbers with a training series.

    Such are cut from one recording, or copies with another end: who finds the place reads off the
    label.
    """
    name = "series-overlap"
    channels = channels_of(tables.test)
    if not channels:
        return Scan(name, "no column holds series")
    channel, left = channels[0], _MOST
    known: set[bytes] = set()
    for text in tables.train[channel].tolist():
        series = told_numbers(text)
        left -= len(series)
        known.update(_runs(series))
        if left < 0:
            break
    asked = tables.test[channel].tolist()[:2_000]
    shared = sum(any(run in known for run in _runs(told_numbers(text))) for text in asked)
    share = shared / max(1, len(asked))
    told = f"{share:.1%} of the hidden series share {RUN} numbers in a row with a training series"
    if share <= _SHARED:
        return Scan(name, told, value=share)
    evidence = f"{told} by {channel!r}: they are pieces of one recording"
    return Scan(name, told, (Finding("series-overlap", evidence, "brainstorm"),), share)


def _runs(series: np.ndarray) -> list[bytes]:
    """Return all runs of a series that are varied enough to be known again."""
    if len(series) < RUN:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(series, RUN)
    varied = (np.diff(np.sort(windows, axis=1), axis=1) > 0).sum(axis=1) >= _VARIED - 1
    return [window.tobytes() for window in windows[varied]]


def scan_lengths_told(page: Page, train: pd.DataFrame) -> Scan:
    """Check how long the page says that series are."""
    findings: list[Finding] = []
    checked = 0
    for row in described_columns(page):
        # What the publisher says stands in quotation marks, and may speak of other lengths.
        said = re.sub(r"“[^”]*”", "", " ".join(row[1:]))
        told = re.search(r"of length ([0-9][0-9,]*)(?: to ([0-9][0-9,]*))?", said)
        if row[0] not in train.columns or told is None:
            continue
        lengths = [len(told_numbers(text)) for text in train[row[0]].head(3_000).tolist()]
        low, high = (int(part.replace(",", "")) for part in (told[1], told[2] or told[1]))
        checked += 1
        if (low, high) != (min(lengths), max(lengths)):
            evidence = (
                f"the page says that series of {row[0]!r} have {told[0]}; they have {min(lengths)} "
                f"to {max(lengths)} numbers"
            )
            findings.append(Finding("description-untrue", evidence, "refactor"))
    return Scan("lengths-told", f"{checked} columns of series", tuple(findings))
