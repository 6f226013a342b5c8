"""Courses: tables in which a whole series of numbers belongs to one case, with a label of its own.

A case is a row of a `.ts` file, a file of its own with a label in a table beside it, all rows of a
long table with one key, or a row of a wide table whose columns are consecutive measurements.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import MlesmithError
from mlesmith_env.recipes.model import (
    Combine,
    Extract,
    Gather,
    Join,
    Select,
    TableReader,
    Transform,
)
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import column_of, numbers, text_series
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.profiler.typed import is_key
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import (
    CollectionProfile,
    ColumnProfile,
    DatasetProfile,
    Sidecar,
    TableProfile,
)

FEWEST, SHORTEST = 60, 8
"""Cases, and numbers of a case."""
_SHORT_CASES = 0.1
"""Share of cases that may be shorter."""
WIDE = 24
"""Columns of consecutive measurements, at least."""
_SMOOTH = 0.7
"""Rank correlation of neighbouring columns of a wide table, the median."""
_MOST_CELLS = 8_000_000
_CHANNELS = 12
_STEP = frozenset(
    "time t step cycle frame sample tick timestep timestamp datetime date second seconds ms index "
    "order position minute hour day".split()
)
_PARTS = frozenset("train test dev val valid validation training testing".split())


@dataclass(frozen=True)
class Courses:
    """Cases with a course each.

    Attributes:
        table: Name of the table of the course.
        reader: How it is read.
        steps: What makes a row a case.
        frame: The cases as text: channels of numbers joined with blanks, and other columns.
        channels: Columns of courses.
        labels: Columns that one may ask for.
        origin: Where cases and labels come from, in words.
    """

    table: str
    reader: TableReader
    steps: tuple[Transform, ...]
    frame: pd.DataFrame
    channels: tuple[str, ...]
    labels: tuple[str, ...]
    origin: str


def courses(profile: DatasetProfile, folder: Path, seed: int) -> Iterator[Courses]:
    """Yield the ways in which a dataset holds courses with labels; those alone that are sound.

    Args:
        profile: What was measured about the dataset.
        folder: Its raw files.
        seed: Seed of what is drawn.
    """
    parted = {collection.table for collection in profile.collections if collection.table}
    for table in profile.tables:
        if table.rows * len(table.columns) > _MOST_CELLS:
            continue
        if table.reader.format == "ts":
            yield from _checked(_of_ts(table), folder, seed)
        elif table.name not in parted:
            yield from _checked(_of_long(table), folder, seed)
            yield from _checked(_of_wide(table, folder), folder, seed)
    tables = {table.name: table for table in profile.tables}
    for collection in profile.collections:
        if collection.media == "series" and collection.table in tables:
            table = tables[collection.table]
            for sidecar in collection.sidecars:
                if sidecar.table in tables and sidecar.unique and sidecar.share >= 0.9:
                    plan = _of_files(table, collection, sidecar, tables[sidecar.table])
                    yield from _checked([plan], folder, seed)


@dataclass(frozen=True)
class _Plan:
    table: TableProfile
    steps: tuple[Transform, ...]
    channels: tuple[str, ...]
    labels: tuple[str, ...]
    origin: str


def _checked(plans: Sequence[_Plan | None], folder: Path, seed: int) -> Iterator[Courses]:
    for plan in plans:
        if plan is None or not plan.channels or not plan.labels:
            continue
        reader = plan.table.reader
        try:
            frame = read_table(reader, folder)
            frame = apply_transforms(frame, plan.steps, seed=seed, raw=folder)
        except MlesmithError:
            continue  # What looked as if it belonged together does not.
        labels = tuple(name for name in plan.labels if name in frame.columns)
        if len(frame) < FEWEST or not labels:
            continue
        lengths = [
            1 + text.count(" ") if isinstance(text, str) else 0
            for text in frame[plan.channels[0]].tolist()
        ]
        if float(np.quantile(lengths, _SHORT_CASES)) >= SHORTEST:
            yield Courses(
                plan.table.name, reader, plan.steps, frame, plan.channels, labels, plan.origin
            )


def _of_ts(table: TableProfile) -> list[_Plan | None]:
    channels = tuple(c.name for c in table.columns if c.name.startswith("channel_"))
    if "label" not in {column.name for column in table.columns}:
        return []
    steps = (Select(columns=(*channels, "label")),)
    return [_Plan(table, steps, channels, ("label",), "each case has a label of its own")]


def _of_files(
    table: TableProfile, collection: CollectionProfile, sidecar: Sidecar, other: TableProfile
) -> _Plan | None:
    """Each file is a case; a table beside the files tells something of each."""
    file = table.reader.file_column or ""
    channels = _moving(table, {file})
    labels = tuple(
        column.name for column in other.columns if column.name != sidecar.column and _may_be(column)
    )
    taken = {file, *channels}
    if not labels or taken & set(labels):
        return None
    gather = Gather(by=(file,), columns=channels)
    key = file
    steps: list[Transform] = [gather]
    if sidecar.pattern:
        key = "case"
        steps.append(Extract(column=file, into=key, pattern=sidecar.pattern))
    steps.append(Join(table=other.reader, on={key: sidecar.column}, columns=labels))
    steps.append(Select(columns=(*channels, *labels)))
    origin = f"each of {collection.files} files is a case, {other.name} tells the label"
    return _Plan(table, tuple(steps), channels, labels, origin)


def _of_long(table: TableProfile) -> list[_Plan | None]:
    """All rows with one key are a case, where another column is the same in each of them."""
    given: dict[str, set[str]] = {}
    for relation in table.relations:
        if relation.kind == "determines" and len(relation.columns) == 1 and relation.support >= 1:
            given.setdefault(relation.columns[0], set()).add(relation.target)
    found: list[_Plan | None] = []
    for column in table.columns:
        share = table.rows / max(1, column.distinct)
        keyed = is_key(column.name) or column.name in table.groups
        if not keyed or column.distinct < FEWEST or share < 2 * SHORTEST or column.missing:
            continue
        told = given.get(column.name, set[str]())
        labels = tuple(each.name for each in table.columns if each.name in told and _may_be(each))
        stepped = any(
            _STEP & set(words(other.name)) and other.type in ("number", "date", "identifier")
            for other in table.columns
            if other.name not in {column.name, *told}
        )
        channels = _moving(table, {column.name, *told})
        if not labels or not stepped or not channels:
            continue
        gather = Gather(by=(column.name,), columns=channels, first=labels)
        steps = (gather, Select(columns=(*channels, *labels)))
        origin = f"the rows with one {column.name!r} are a case"
        found.append(_Plan(table, steps, channels, labels, origin))
        break
    return found


def _of_wide(table: TableProfile, folder: Path) -> list[_Plan | None]:
    """Neighbouring columns are consecutive measurements, each like the one before."""
    measured = [c for c in table.columns if _is_measured(c)]
    others = [c for c in table.columns if not _is_measured(c)]
    if len(measured) < WIDE or len(others) > 6 or any(c.missing for c in measured):
        return []
    labels = [c.name for c in others if _may_be(c)]
    if not labels:
        return []
    frame = read_table(table.reader, folder)
    values = np.column_stack([numbers(column_of(frame, c.name)) for c in measured[:400]])
    if not _is_course(values):
        return []
    names = tuple(column.name for column in measured)
    combine = Combine(columns=names, into="course")
    steps = (combine, Select(columns=("course", *labels)))
    origin = f"{len(names)} neighbouring columns are consecutive measurements"
    return [_Plan(table, steps, ("course",), tuple(labels), origin)]


def _is_measured(column: ColumnProfile) -> bool:
    return column.type == "number" and column.distinct > 5


def _is_course(values: NDArray[np.float64]) -> bool:
    """Whether neighbouring columns go along within rows: rows by columns.

    They also must have one scale, and neighbours must be nearer to each other than others are.
    """
    values = values[:500]
    if not np.isfinite(values).all():
        return False
    spread = values.std(axis=0)
    if spread.min() <= 0 or np.quantile(spread, 0.95) > 20 * np.quantile(spread, 0.05):
        return False
    even = (values - values.mean(axis=0)) / spread
    near = (even[:, 1:] * even[:, :-1]).mean(axis=0)
    apart = even.shape[1] // 3
    far = (even[:, apart:] * even[:, :-apart]).mean(axis=0)
    return bool(np.median(near) >= _SMOOTH and np.median(near) > np.median(far) + 0.1)


def _moving(table: TableProfile, without: set[str]) -> tuple[str, ...]:
    """Return the numbers that move within a case, at most a dozen."""
    found = [
        column.name
        for column in table.columns
        if column.type == "number"
        and column.name not in without
        and column.distinct > 5
        and not column.number_text
        and not (_STEP & set(words(column.name)))
        and not column.ordered
    ]
    return tuple(found[:_CHANNELS])


def _may_be(column: ColumnProfile) -> bool:
    """Whether a column may be the label of cases."""
    values = {value.casefold() for value, _ in column.top}
    if column.type in ("category", "boolean"):
        return 2 <= column.distinct <= 40 and not values <= _PARTS
    return column.type == "number" and not is_key(column.name) and column.distinct >= 2


def told_numbers(text: object) -> NDArray[np.float64]:
    """Return numbers joined with blanks as an array; NaN for what is none."""
    if not isinstance(text, str):
        return np.empty(0)
    parts = [part if re.fullmatch(r"[-+.\deE]+", part) else "nan" for part in text.split()]
    return np.array(parts, dtype=np.float64)


def summary(found: Courses, label: str) -> pd.DataFrame:
    """Return a table of text with a few numbers for each course, and the label.

    Quick models that know nothing of courses can judge by it whether the label can be learnt.
    """
    columns: dict[str, list[str]] = {}
    for channel in found.channels[:6]:
        series = [told_numbers(text) for text in found.frame[channel].tolist()]
        series = [each[np.isfinite(each)] for each in series]
        measured = np.array([_measured(each) for each in series])
        for name, values in zip(_MEASURES, measured.T, strict=True):
            columns[f"{channel} {name}"] = [f"{value:.6g}" for value in values]
    frame = pd.DataFrame({name: text_series(values) for name, values in columns.items()})
    frame[label] = found.frame[label].to_numpy()
    return frame


_MEASURES = (
    *(f"{part}{name}" for part in range(4) for name in (" mean", " spread")),
    "least",
    "most",
    "roughness",
    "turns",
    "slope",
)


def _measured(series: NDArray[np.float64]) -> list[float]:
    if len(series) < 4:
        return [0.0] * len(_MEASURES)
    cells: list[float] = []
    for part in np.array_split(series, 4):
        cells += [float(part.mean()), float(part.std())]
    steps = np.diff(series)
    turns = float((np.diff(np.sign(series - series.mean())) != 0).mean())
    place = np.linspace(-1, 1, len(series))
    slope = float(((series - series.mean()) * place).mean())
    return [
        *cells,
        float(series.min()),
        float(series.max()),
        float(np.abs(steps).mean()),
        turns,
        slope,
    ]
