"""The sections of pages that ask for a label of whole series."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.courses import told_numbers
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.association import spearman
from mlesmith_generator.describe.columns import HEADER
from mlesmith_generator.describe.measure import as_text
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.values import missing_cell, type_cell, values_cell

_READ = 3_000
_APART = 1.0
"""Deviations between the medians of two classes from which it is told."""
_CORRELATED = 0.25
_MEASURES: tuple[tuple[str, Callable[[NDArray[np.float64]], float]], ...] = (
    ("the mean", lambda series: float(series.mean())),
    ("the standard deviation", lambda series: float(series.std())),
    ("the mean step from one number to the next", lambda s: float(np.abs(np.diff(s)).mean())),
    ("the number of values", lambda series: float(len(series))),
)


def context_section(page: Page) -> str:
    """Return the question, how long the series are, and what tells classes apart at first sight."""
    channels = _channels(page)
    fields = _fields(page, channels)
    many = " number" if not page.form.classes else ""
    parts = [page.voice.say(f"opening sequences{many}", **fields)]
    even = fields["least"] == fields["most"]
    told = [page.voice.say("sequences even" if even else "sequences lengths", **fields)]
    if len(channels) > 1:
        told.append(page.voice.say("sequences channels", **fields))
    striking = _contrast(page, channels[0]) if page.form.classes else _follows(page, channels[0])
    if striking:
        told.append(page.voice.say(f"sequences contrast{many}", **fields, **striking))
    return "\n\n".join((parts[0], " ".join(told)))


def columns_section(page: Page) -> str:
    """Return the table of columns: series with their lengths, the target."""
    channels = _channels(page)
    name = page.code(page.form.id_column)
    rows = [(name, "identifier", "unique", "none", "drawn at random, to match rows")]
    for each in page.facts.features:
        if each.name not in channels:
            cells = (type_cell(each), values_cell(each), missing_cell(each), "")
            rows.append((page.code(each.name), *cells))
            continue
        lengths, low, high = _measured(page, each.name)
        least, most = int(lengths.min()), int(lengths.max())
        span = nu.count(least) if least == most else f"{nu.count(least)} to {nu.count(most)}"
        ends = f"between {nu.amount(low, 3)} and {nu.amount(high, 3)}"
        told = f"numbers in order, joined with blanks, {ends}"
        rows.append((page.code(each.name), "series", f"of length {span}", missing_cell(each), told))
    target = page.facts.target
    cells = (type_cell(target), values_cell(target), missing_cell(target))
    rows.append((page.code(target.name), *cells, "the target, in `train.csv` only"))
    return md.table(HEADER, rows)


def _channels(page: Page) -> list[str]:
    """Return the columns that hold series."""
    found: list[str] = []
    for each in page.facts.features:
        head = page.train[each.name].dropna().head(50).tolist()
        if head and np.median([len(told_numbers(text)) for text in head]) >= 4:
            found.append(each.name)
    return found


def _series(page: Page, name: str) -> list[NDArray[np.float64]]:
    return [told_numbers(text) for text in page.train[name].head(_READ).tolist()]


def _measured(page: Page, name: str) -> tuple[NDArray[np.int64], float, float]:
    """Return the lengths of a channel, its smallest and its largest number."""
    series = _series(page, name)
    lengths = np.array([len(each) for each in series])
    whole = np.concatenate(series)
    return lengths, float(np.nanmin(whole)), float(np.nanmax(whole))


def _fields(page: Page, channels: list[str]) -> dict[str, str]:
    lengths, low, high = _measured(page, channels[0])
    return {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "channel": page.code(channels[0]),
        "channels": md.listing([page.code(name) for name in channels[:12]]),
        "k": nu.word(len(channels)),
        "n": nu.count(page.facts.train_rows),
        "m": nu.count(page.facts.test_rows),
        "c": nu.word(len(page.form.classes)),
        "least": nu.count(int(lengths.min())),
        "most": nu.count(int(lengths.max())),
        "median": nu.count(int(np.median(lengths))),
        "low": nu.amount(low, 3),
        "high": nu.amount(high, 3),
    }


def _rows(page: Page, name: str) -> list[NDArray[np.float64]]:
    series = [each[np.isfinite(each)] for each in _series(page, name)]
    return [each if len(each) > 1 else np.zeros(2) for each in series]


def _contrast(page: Page, name: str) -> dict[str, str]:
    """Return in which simple measure two classes differ most, by their medians.

    The difference is counted in median absolute deviations within the classes.
    """
    label = as_text(page.train.head(_READ), page.target)
    best: tuple[float, dict[str, str]] = (_APART, {})
    for what, measure in _MEASURES:
        values = np.array([measure(each) for each in _rows(page, name)])
        medians: dict[str, float] = {}
        apart: list[float] = []
        for code, value in enumerate(label.values):
            own = values[label.codes == code]
            if len(own) >= 5:
                medians[value] = float(np.median(own))
                apart.append(float(np.median(np.abs(own - medians[value]))))
        if len(medians) < 2 or max(apart) <= 0:
            continue
        high, low = (pick(medians, key=lambda each: medians[each]) for pick in (max, min))
        size = (medians[high] - medians[low]) / max(apart)
        if size > best[0]:
            best = (
                size,
                {
                    "measure": what,
                    "most_class": md.code(high, 40),
                    "least_class": md.code(low, 40),
                    "most_value": nu.amount(medians[high], 3),
                    "least_value": nu.amount(medians[low], 3),
                },
            )
    return best[1]


def _follows(page: Page, name: str) -> dict[str, str]:
    """Return the simple measure that goes most along with a numeric target."""
    text = as_text(page.train.head(_READ), page.target)
    truth = text.numbers
    best: tuple[float, dict[str, str]] = (_CORRELATED, {})
    for what, measure in _MEASURES:
        values = np.array([measure(each) for each in _rows(page, name)])
        if np.ptp(values) == 0:
            continue
        share = spearman(values, truth)
        if abs(share) > best[0]:
            best = abs(share), {"measure": what, "correlation": f"{share:.2f}"}
    return best[1]
