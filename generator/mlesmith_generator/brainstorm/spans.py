"""Spans of time that a file lists beside series, as labels of anomalies are often kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.recipes.model import Extract, KeepValues, ParseDate, Transform, Within
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import column_of, factors, is_missing, values_or_none
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.brainstorm.objectives import is_fault
from mlesmith_generator.brainstorm.series import (
    MOST_SERIES,
    SHORTEST,
    Clock,
    Layout,
    Pace,
    Unit,
    clocks,
    pace_of,
    stamps_of,
)
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, TableProfile

_MOST_SPANS = 20_000
_MOST_COLUMNS = 8
_INSIDE = 0.9
"""Share of the spans of known series that must lie in the time that the series covers."""
_FORMS = (r"^(.+)$", r"^(.+)\.[^./]+$", r"([^/]+?)(?:\.[^./]*)?$")
"""How a series is called after a key: as it is, as a path without its ending, as a file's stem."""
_LABELS = frozenset(
    {"label", "labels", "window", "windows", "annotation", "annotations", "event", "events",
     "interval", "intervals", "incident", "incidents", "outage", "outages", "alarm", "alarms"}
)  # fmt: skip


@dataclass(frozen=True)
class Marking:
    """Moments of series that lie in spans which another file of the dataset lists.

    Attributes:
        layout: The series; its frame has the flag, its transforms make it.
        flag: The column of `1` in the spans, `0` elsewhere.
        file: The file that lists them.
        paces: How moments of the series follow each other: the word for each pace that there is,
            shortest first.
    """

    layout: Layout
    flag: str
    file: str
    paces: tuple[str, ...]


@dataclass(frozen=True)
class _List:
    """A table of spans.

    Attributes:
        table: Its profile.
        frame: Its rows, times in ISO 8601.
        start: Column of the first moment of a span.
        end: Column of the last, the same one where moments are listed.
        key: Column that names the series; None where they are all of one.
        transforms: What gives the frame.
    """

    table: TableProfile
    frame: pd.DataFrame
    start: str
    end: str
    key: str | None
    transforms: tuple[Transform, ...]


def markings(
    profile: DatasetProfile, table: TableProfile, frame: pd.DataFrame, folder: Path
) -> Iterator[Marking]:
    """Yield the flags that other tables give to the moments of a table; spans before moments.

    Args:
        profile: The dataset.
        table: The profile of the table of moments.
        frame: That table of text.
        folder: The raw files.
    """
    others = [each for each in profile.tables if each.reader.place != table.reader.place]
    lists = [found for each in others for found in _lists(each, folder)]
    for spans in sorted(lists, key=lambda each: (each.start == each.end, each.table.name)):
        flag = _name(spans, {column.name for column in table.columns})
        for clock in clocks(table.columns) if flag else ():
            timed = apply_transforms(frame, clock.transforms, seed=0)
            stamps = stamps_of(column_of(timed, clock.column))
            if stamps is None or stamps[0] != "second":
                continue
            for series, named in _named(profile, table, timed, spans):
                told = _told(named, series)
                if not _cover(timed, clock, series, told):
                    continue
                within = Within(
                    column=clock.column,
                    table=named.table.reader,
                    transforms=named.transforms,
                    on={} if series is None else {series: named.key or ""},
                    start=named.start,
                    end=named.end,
                    into=flag,
                )
                marked = apply_transforms(timed, (within,), seed=0, raw=folder)
                layout, paces = _laid(marked, clock, series, stamps)
                steps = (*layout.transforms, within)
                yield Marking(
                    replace(layout, transforms=steps), flag, named.table.reader.files[0], paces
                )
                break


def _lists(table: TableProfile, folder: Path) -> Iterator[_List]:
    """Yield a table as spans: one or two columns of dates, and perhaps names of series."""
    dates = [column for column in table.columns if column.type == "date"]
    if len(dates) not in (1, 2) or not 1 <= table.rows <= _MOST_SPANS:
        return
    if len(table.columns) > _MOST_COLUMNS:
        return
    steps: list[Transform] = [
        ParseDate(column=each.name, into=each.name, format=each.date_format) for each in dates
    ]
    frame = apply_transforms(read_table(table.reader, folder), steps, seed=0)
    first, last = dates[0].name, dates[-1].name
    known = ~(is_missing(column_of(frame, first)) | is_missing(column_of(frame, last)))
    rising = np.asarray(frame[first][known] <= frame[last][known], dtype=bool)
    if len(dates) == 2 and not rising.all():
        first, last = last, first
        if not np.asarray(frame[first][known] <= frame[last][known], dtype=bool).all():
            return
    keys = [
        column.name
        for column in table.columns
        if column.type in ("category", "text", "identifier", "boolean") and not column.missing
    ]
    for key in keys[:3]:
        yield _List(table, frame, first, last, key, tuple(steps))
    if not keys:
        yield _List(table, frame, first, last, None, tuple(steps))


def _named(
    profile: DatasetProfile, table: TableProfile, frame: pd.DataFrame, spans: _List
) -> Iterator[tuple[str | None, _List]]:
    """Yield the columns that name series, with the spans called by the same names."""
    if spans.key is None:
        if len(profile.tables) == 2 and len(table.reader.files) == 1:
            yield None, spans
        return
    for form in _FORMS:
        called = Extract(column=spans.key, into=spans.key, pattern=form)
        named = replace(
            spans,
            frame=apply_transforms(spans.frame, (called,), seed=0),
            transforms=(*spans.transforms, called),
        )
        keys = {key for key in values_or_none(column_of(named.frame, spans.key)) if key}
        if len(table.reader.files) == 1:
            file = PurePosixPath(table.reader.files[0])
            mine = keys & {str(file), str(file.with_suffix("")), file.stem}
            if mine:
                kept = KeepValues(column=spans.key, values=tuple(sorted(mine)))
                frame_of = apply_transforms(named.frame, (kept,), seed=0)
                yield (
                    None,
                    replace(named, frame=frame_of, transforms=(*named.transforms, kept)),
                )
        for column in table.columns:
            fit = column.type in ("category", "identifier", "text")
            if not fit or not 2 <= column.distinct <= min(MOST_SERIES, table.rows / SHORTEST):
                continue
            names = set(factors(column_of(frame, column.name))[1])
            if len(keys & names) >= min(2, len(keys)):
                yield column.name, named


def _told(spans: _List, series: str | None) -> pd.DataFrame:
    """Return owner, start and end of each span that has both."""
    owner = column_of(spans.frame, spans.key) if series and spans.key else ""
    columns = {"start": spans.frame[spans.start], "end": spans.frame[spans.end]}
    return pd.DataFrame({**columns, "owner": owner}).dropna()


def _cover(frame: pd.DataFrame, clock: Clock, series: str | None, spans: pd.DataFrame) -> bool:
    """Return whether the spans of known series lie in the time that these cover."""
    times = column_of(frame, clock.column)
    owner = column_of(frame, series) if series else pd.Series("", index=frame.index)
    known = pd.DataFrame({"time": times, "owner": owner}).dropna()
    covered = known.groupby("owner")["time"].agg(["min", "max"])
    mine = spans.join(covered, on="owner", how="inner")
    if mine.empty:
        return False
    inside = (mine["start"] >= mine["min"]) & (mine["start"] <= mine["max"])
    return float(np.asarray(inside, dtype=bool).mean()) >= _INSIDE


def _laid(
    frame: pd.DataFrame, clock: Clock, series: str | None, stamps: tuple[Unit, NDArray[np.float64]]
) -> tuple[Layout, tuple[str, ...]]:
    """Return the table as series whose moments need not follow at one pace, and the paces."""
    unit, times = stamps
    codes, names = np.zeros(len(frame), np.int64), ["all"]
    if series is not None:
        codes, names = factors(column_of(frame, series))
    places = np.full(len(frame), -1, np.int64)
    paces: list[Pace] = []
    for code in range(len(names)):
        mine = np.flatnonzero((codes == code) & np.isfinite(times))
        places[mine] = np.unique(times[mine], return_inverse=True)[1]
        pace = pace_of(np.zeros(len(mine), np.int64), times[mine], unit)
        paces += [pace] if pace is not None else []
    known = sorted(set(paces), key=lambda each: (each.unit != "second", each.step))
    usual = max(known, key=paces.count, default=Pace("second", 1))
    keys = () if series is None else (series,)
    layout = Layout(
        frame, clock, keys, series, clock.transforms, usual, codes, places, tuple(names)
    )
    return layout, tuple(each.word for each in known)


def _name(spans: _List, taken: set[str]) -> str:
    """Return what the flag is called; empty where nothing says what the spans are."""
    stem = re.sub(r"\..*$", "", PurePosixPath(spans.table.reader.files[0]).name)
    told = [*words(stem), *(word for c in spans.table.columns for word in words(c.name))]
    keys = factors(column_of(spans.frame, spans.key))[1] if spans.key else []
    spoken = " ".join([*told, *(" ".join(words(key)) for key in keys)])
    name = "anomaly" if is_fault(spoken) else "event" if _LABELS & set(words(stem)) else ""
    return name if name not in taken else ""
