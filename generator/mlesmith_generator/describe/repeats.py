"""Columns that say nothing beside another: its values, other words for them, shifted dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.measure import ColumnFacts, Text

_DATED = r"(?<!\d)(?:1[5-9]|20)\d{2}(?!\d)"
"""A year, without which a text is no date."""
_SHARED = 0.5
"""Different values as a share of the rows up to which it says something that two columns part the
rows in the same way."""


@dataclass(frozen=True)
class Repeat:
    """How a column follows from an earlier one in every training row.

    Attributes:
        of: The earlier column.
        kind: `same` values, `renamed` ones (one for one), or dates `shifted` by a constant.
        days: By how many days, for shifted dates.
    """

    of: str
    kind: Literal["same", "renamed", "shifted"]
    days: float = 0.0

    def told(self, of: str) -> str:
        """Return it as a note.

        Args:
            of: The earlier column as it is shown on the page.
        """
        if self.kind == "same":
            return f"repeats {of} in every training row"
        if self.kind == "renamed":
            return f"goes one for one with {of}"
        way, days = "after" if self.days > 0 else "before", abs(self.days)
        return f"in training always {nu.amount(days)} {'day' if days == 1 else 'days'} {way} {of}"


def repeats_of(columns: Sequence[ColumnFacts], texts: Mapping[str, Text]) -> dict[str, Repeat]:
    """Return for columns that follow from an earlier one how they do.

    Args:
        columns: The features, in order.
        texts: Their values in the training rows.
    """
    first: dict[bytes, str] = {}
    found: dict[str, Repeat] = {}
    for column in columns:
        text = texts[column.name]
        if column.distinct < 2:
            continue
        # Codes count values as they are met, so equal codes part the rows in the same way.
        earlier = first.setdefault(text.codes.tobytes(), column.name)
        if earlier != column.name and (repeat := _repeat(earlier, texts[earlier], text, column)):
            found[column.name] = repeat
    return found


def _repeat(name: str, earlier: Text, text: Text, column: ColumnFacts) -> Repeat | None:
    if earlier.values == text.values:
        return Repeat(name, "same")
    days = 0.0 if column.numeric else _shift(earlier, text)
    if days:
        return Repeat(name, "shifted", days)
    return Repeat(name, "renamed") if column.distinct <= _SHARED * column.filled else None


def _shift(earlier: Text, text: Text) -> float:
    """Return by how many days all dates of a column lie behind those of another, 0 if they differ.

    Where values do not read as dates, or not as whole ones with a year, it is 0 as well.
    """
    dates: list[pd.Series] = []
    for values in (earlier.values, text.values):
        written = pd.Series(values, dtype="str")
        if not written.str.contains(_DATED, regex=True).all():
            return 0.0
        dates.append(pd.to_datetime(written, format="mixed", errors="coerce", utc=True))
    if any(each.isna().any() for each in dates):
        return 0.0
    between = (dates[1] - dates[0]).dt.total_seconds().unique()
    return float(between[0]) / 86_400 if len(between) == 1 else 0.0
