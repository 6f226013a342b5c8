"""Wide tables whose columns are moments, as long ones: a row for each moment."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pandas as pd

from mlesmith_env.recipes.model import FillDown, Select, Transform, Unpivot
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.profiler.dataset import FILLER
from mlesmith_generator.profiler.table import Measured, measure_table, profile_table
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile, TableProfile

_TIMES = {
    "year": re.compile(r"(?:1[5-9]|20|21)[0-9]{2}"),
    "date": re.compile(r"(?:1[5-9]|20|21)[0-9]{2}-[01][0-9](?:-[0-3][0-9])?"),
}
"""Names of columns that are moments, by what the column of moments is called."""
_FEWEST = 20
_MOST_KEPT = 16
_MOST_CELLS = 2_000_000
_MOST_WORDS = 3
_SPARSE = 0.5
"""Share of missing values from which a column is one that a report does not repeat."""


@dataclass(frozen=True)
class Unfolded:
    """A wide table made long.

    Attributes:
        profile: What was measured about the long one.
        frame: It as text.
        transforms: What made it.
    """

    profile: TableProfile
    frame: pd.DataFrame
    transforms: tuple[Transform, ...]


def is_wide(table: TableProfile) -> bool:
    """Return whether most columns of a table are moments."""
    return _moments(table) is not None


def unfolded(table: TableProfile, frame: pd.DataFrame, seed: int) -> Unfolded | None:
    """Return a wide table as a long one, None where its columns are no moments.

    Args:
        table: Its profile.
        frame: The whole table of text.
        seed: Seed of the sample that the long one is measured on.
    """
    found = _moments(table)
    if found is None or table.rows * len(found[1]) > _MOST_CELLS:
        return None
    into, moments = found
    own = {column.name for column in moments}
    kept = [column for column in table.columns if column.name not in own and _tells(column)]
    stay = tuple(column.name for column in kept)
    value = _value(table, {*stay, into})
    if into in stay or len(kept) > _MOST_KEPT:
        return None
    steps: list[Transform] = [
        FillDown(column=column.name)
        for column in kept
        if column.missing > _SPARSE and column.type == "category"
    ]
    if len(stay) + len(moments) < len(table.columns):
        steps.append(Select(columns=(*stay, *(column.name for column in moments))))
    steps.append(Unpivot(keep=stay, name_into=into, value_into=value))
    long = apply_transforms(frame, steps, seed=seed)
    measured = Measured(measure_table(long, seed=seed), len(long), 0)
    return Unfolded(profile_table(table.name, table.reader, measured), long, tuple(steps))


def _moments(table: TableProfile) -> tuple[str, list[ColumnProfile]] | None:
    """Return what columns that are moments are called together, and those of numbers."""
    for into, form in _TIMES.items():
        named = [column for column in table.columns if form.fullmatch(column.name.strip())]
        numbers = [column for column in named if column.type in ("number", "constant")]
        if len(numbers) >= _FEWEST and len(numbers) >= 0.9 * len(named):
            return into, numbers
    return None


def _tells(column: ColumnProfile) -> bool:
    return column.type != "constant"


def _value(table: TableProfile, taken: set[str]) -> str:
    """Return what the numbers are called: after the table, where it has a name."""
    spoken = [word for word in words(table.name) if word.isalpha() and word not in FILLER]
    name = "_".join(spoken[:_MOST_WORDS])
    return name if name and name not in taken else "value"
