"""Series: whether the rows of a table are moments of one thing, or of several, evenly spaced."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.recipes.model import Combine, ParseDate, Transform
from mlesmith_env.recipes.text import column_of, factors, numbers
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.brainstorm.calendar import is_of_years, is_year_fraction
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import ColumnProfile, TableProfile

Unit = Literal["second", "month", "year"]

DAY = 86_400
YEARS = (364 * DAY, 365 * DAY)
"""Seconds of the year that weekdays keep, and of the one that dates keep."""
EVEN = 0.7
"""Share of the steps between moments that are one and the same."""
WHOLE = 0.98
"""Share of the steps that are a whole number of it."""
SHORTEST = 20
"""Moments of a series."""
MOST_SERIES = 2000
_KEYS = 6
_LONG = 0.6
"""Share of the rows that long enough series hold."""

_YEAR = frozenset({"year", "yr", "annee", "année", "jahr", "ano", "año", "anno", "год", "年"})
_MONTH = frozenset({"month", "mon", "mois", "monat", "mes", "mês", "mese", "месяц", "月"})
_MDAY = frozenset({"day", "dom", "jour", "tag", "dia", "día", "giorno", "день", "日", "mday"})
_HOUR = frozenset({"hour", "hr", "heure", "stunde", "hora", "ora", "час", "時"})
_NOT_OF_MONTH = frozenset({"week", "weekday", "name", "type", "year", "since", "number"})
_NUMBERED = frozenset({"id", "store", "station", "shop", "item", "product", "site", "meter"})
"""Words of columns whose whole numbers are names of series."""
_NAMED: dict[int, str] = {
    1: "second",
    60: "minute",
    900: "quarter-hour",
    1800: "half-hour",
    3600: "hour",
    DAY: "day",
    7 * DAY: "week",
}


@dataclass(frozen=True)
class Pace:
    """How moments follow each other.

    Attributes:
        unit: What is counted; calendar months and years differ in seconds.
        step: Units from one moment to the next.
    """

    unit: Unit
    step: int

    @property
    def word(self) -> str:
        """The step as a noun, for instance `month`, `quarter`, `half-hour`, `5-minute step`."""
        if self.unit == "year":
            return "year"
        if self.unit == "month":
            named = {1: "month", 3: "quarter", 6: "half-year"}
            return named.get(self.step, f"{self.step}-month step")
        if self.step in _NAMED:
            return _NAMED[self.step]
        for size, name in ((DAY, "day"), (3600, "hour"), (60, "minute")):
            if self.step % size == 0:
                return f"{self.step // size}-{name} step"
        return f"{self.step}-second step"

    @property
    def seasons(self) -> tuple[int, ...]:
        """Steps of the cycles that people and weather keep: day, week, year; shortest first.

        A year is both 52 weeks, whose weekdays agree, and 365 days.
        """
        if self.unit == "year":
            return ()
        if self.unit == "month":
            return (12 // self.step,) if 12 % self.step == 0 and self.step < 12 else ()
        cycles = (DAY, 7 * DAY) if self.step < DAY else (7 * DAY,)
        found = [cycle // self.step for cycle in cycles if cycle % self.step == 0]
        if self.step >= 3600:
            years = [year // self.step for year in YEARS if year % self.step == 0]
            found += years or [round(365.25 * DAY / self.step)]
        return tuple(each for each in found if 3 < each <= 9000)

    @property
    def horizons(self) -> tuple[int, ...]:
        """Steps ahead that people plan by, shortest first."""
        if self.unit == "year":
            return (5, 8, 10, 15)
        if self.unit == "month":
            return {1: (12, 24, 36, 60), 3: (8, 12, 20, 40), 6: (4, 8, 12)}.get(self.step, (6, 12))
        if self.step == DAY:
            return (14, 28, 56, 91, 182, 365)
        if self.step == 7 * DAY:
            return (13, 26, 52, 104)
        if self.step < DAY and DAY % self.step == 0 and DAY // self.step <= 288:
            day = DAY // self.step
            return (day, 2 * day, 7 * day, 14 * day, 28 * day)
        return (12, 24, 60, 120, 300)


@dataclass(frozen=True)
class Clock:
    """How a table tells the time of its rows.

    Attributes:
        column: Column of sortable times after the transforms.
        transforms: What gives that column.
        parts: Raw columns that it is made of.
    """

    column: str
    transforms: tuple[Transform, ...]
    parts: tuple[str, ...]


@dataclass(frozen=True)
class Layout:
    """A table as series.

    Attributes:
        frame: The table of text, with the column of times and, where there are several series,
            the column that names them.
        clock: How time is told.
        keys: Raw columns that together name a series; none where there is one.
        series: The column that names them.
        transforms: What gives both columns.
        pace: How moments follow each other.
        codes: Series of each row, (rows,).
        places: Moment of each row, counted in steps, (rows,); -1 where it has none.
        names: Name of each series.
    """

    frame: pd.DataFrame
    clock: Clock
    keys: tuple[str, ...]
    series: str | None
    transforms: tuple[Transform, ...]
    pace: Pace
    codes: NDArray[np.int64]
    places: NDArray[np.int64]
    names: tuple[str, ...]


def layouts(profile: TableProfile, frame: pd.DataFrame) -> Iterator[Layout]:
    """Yield the ways in which a table is series, the likeliest first.

    Args:
        profile: Its profile.
        frame: The whole table of text.
    """
    for clock in clocks(profile.columns):
        timed = apply_transforms(frame, clock.transforms, seed=0)
        places_of = stamps_of(column_of(timed, clock.column))
        if places_of is None:
            continue
        unit, stamps = places_of
        for keys in _key_sets(profile, timed, clock, stamps):
            layout = _layout(timed, clock, keys, unit, stamps)
            if layout is not None:
                yield layout
                break


def clocks(columns: Sequence[ColumnProfile]) -> Iterator[Clock]:
    """Yield the ways in which columns tell the time of a row: a date, its parts, a year."""
    taken = {column.name for column in columns}
    parts = _parts(columns)
    dates = [column for column in columns if column.type == "date" and column.distinct >= 5]
    for column in dates:
        parse = ParseDate(column=column.name, into=column.name, format=column.date_format)
        if "hour" in parts and "%H" not in column.date_format and column.date_format != "ISO8601":
            into = _free("time", taken)
            joined = Combine(columns=(column.name, parts["hour"].name), into=into)
            hours = ParseDate(column=into, into=into, format=f"{column.date_format} %H")
            yield Clock(into, (joined, hours), (column.name, parts["hour"].name))
        yield Clock(column.name, (parse,), (column.name,))
    if "year" in parts and "month" in parts:
        named = ["year", "month", *(["day"] if "day" in parts else [])]
        named += ["hour"] if "hour" in parts and "day" in parts else []
        raw = tuple(parts[name].name for name in named)
        month = _month_format(parts["month"])
        form = "-".join({"year": "%Y", "month": month, "day": "%d", "hour": "%H"}[n] for n in named)
        into = _free("time" if "hour" in named else "date" if "day" in named else "month", taken)
        joined = Combine(columns=raw, into=into, separator="-")
        yield Clock(into, (joined, ParseDate(column=into, into=into, format=form)), raw)
    for column in columns:
        if is_year_fraction(column):
            parse = ParseDate(column=column.name, into=column.name, format="year_fraction")
            yield Clock(column.name, (parse,), (column.name,))
    if "year" in parts and "month" not in parts:
        yield Clock(parts["year"].name, (), (parts["year"].name,))


def _free(name: str, taken: set[str]) -> str:
    while name.casefold() in {other.casefold() for other in taken}:
        name = f"{name}_of_row"
    return name


def _parts(columns: Sequence[ColumnProfile]) -> dict[str, ColumnProfile]:
    """Return the columns of whole numbers (or names of months) that are parts of a date."""
    found: dict[str, ColumnProfile] = {}
    for column in columns:
        spoken = set(words(column.name))
        low, high = column.minimum, column.maximum
        whole = column.integer and low is not None and high is not None
        risen = spoken == {"time"} and column.ordered
        if whole and (spoken & _YEAR or risen) and is_of_years(column):
            found.setdefault("year", column)
        elif spoken & _MONTH and _month_format(column):
            found.setdefault("month", column)
        elif whole and spoken & {*_MDAY, "date"} and (low, high) == (1, 31):
            found.setdefault("day", column)
        elif whole and spoken & _HOUR and (low, high) == (0, 23):
            found.setdefault("hour", column)
    return found


def _month_format(column: ColumnProfile) -> str:
    if column.integer and (column.minimum, column.maximum) == (1, 12):
        return "%m"
    values = [value.strip().casefold() for value, _ in column.top]
    full = ("january february march april may june july august september october november "
            "december").split()  # fmt: skip
    if len(values) == 12 and set(values) == set(full):
        return "%B"
    return "%b" if len(values) == 12 and set(values) == {name[:3] for name in full} else ""


def stamps_of(column: pd.Series) -> tuple[Unit, NDArray[np.float64]] | None:
    """Return times as years or as seconds since 1970, NaN where there is none; None: no times."""
    codes, values = factors(column)
    if len(values) < SHORTEST:
        return None
    as_years = numbers(pd.Series(values, dtype=object))
    if np.isfinite(as_years).all():
        whole = bool((as_years == np.rint(as_years)).all())
        if whole and as_years.min() >= 1500 and as_years.max() <= 2200:
            return "year", np.append(as_years, np.nan)[codes]
        return None
    stamps = pd.to_datetime(pd.Series(values), format="ISO8601", errors="coerce")
    seconds = np.asarray((stamps - pd.Timestamp(0)).dt.total_seconds(), dtype=np.float64)
    return "second", np.append(seconds, np.nan)[codes]


def _key_sets(
    profile: TableProfile, frame: pd.DataFrame, clock: Clock, stamps: NDArray[np.float64]
) -> Iterator[tuple[str, ...]]:
    """Yield the smallest sets of columns with which a time makes a key; of equal ones the first."""
    known = np.flatnonzero(np.isfinite(stamps))
    moments = pd.factorize(stamps[known])[0].astype(np.int64)
    span = int(moments.max(initial=0)) + 1
    candidates: list[tuple[str, NDArray[np.int64]]] = []
    for column in profile.columns:
        named = column.type in ("category", "boolean", "text", "identifier")
        if column.type == "number" and column.integer:
            named = column.distinct <= 100 and bool(
                {"id", "store", "station"} & set(words(column.name))
            )
        fit = 2 <= column.distinct <= min(MOST_SERIES, len(known) / SHORTEST)
        if named and fit and not column.missing and column.name not in clock.parts:
            codes = factors(column_of(frame, column.name))[0][known]
            candidates.append((column.name, codes))
    candidates.sort(key=lambda each: -int(each[1].max()))
    candidates = candidates[:_KEYS]
    for size in range(min(4, len(candidates) + 1)):
        for chosen in itertools.combinations(candidates, size):
            joint = np.zeros(len(known), np.int64)
            for _, codes in chosen:
                joint = pd.factorize(joint * (int(codes.max()) + 1) + codes)[0].astype(np.int64)
            if len(np.unique(joint * span + moments)) == len(known):
                order = [column.name for column in profile.columns]
                yield tuple(sorted((name for name, _ in chosen), key=order.index))
                return


def _layout(
    frame: pd.DataFrame,
    clock: Clock,
    keys: tuple[str, ...],
    unit: Unit,
    stamps: NDArray[np.float64],
) -> Layout | None:
    transforms, series = clock.transforms, keys[0] if keys else None
    if len(keys) > 1:
        series = _free("series", {str(name) for name in frame.columns})
        joined = Combine(columns=keys, into=series, separator=" / ")
        transforms = (*transforms, joined)
        frame = apply_transforms(frame, (joined,), seed=0)
    codes, names = np.zeros(len(frame), np.int64), ["all"]
    if series is not None:
        codes, names = factors(column_of(frame, series))
    pace = pace_of(codes, stamps, unit)
    if pace is None:
        return None
    places = counted(stamps, unit, pace)
    lengths = np.bincount(codes[places >= 0], minlength=len(names))
    if lengths[lengths >= SHORTEST].sum() < _LONG * lengths.sum() or lengths.max() < SHORTEST:
        return None
    pairs = codes[places >= 0] * (int(places.max()) + 1) + places[places >= 0]
    if len(np.unique(pairs)) < len(pairs):
        return None  # Two rows of a series share a step: moments are not even after all.
    return Layout(frame, clock, keys, series, transforms, pace, codes, places, tuple(names))


def pace_of(codes: NDArray[np.int64], stamps: NDArray[np.float64], unit: Unit) -> Pace | None:
    """Return the step between moments of a series, None where they are not even."""
    known = np.isfinite(stamps)
    order = np.lexsort((stamps[known], codes[known]))
    times, owners = stamps[known][order], codes[known][order]
    steps = np.diff(times)[owners[1:] == owners[:-1]]
    steps = steps[steps > 0]
    if len(steps) < SHORTEST - 1:
        return None
    if unit == "year":
        pace = Pace("year", 1)
    else:
        usual = float(np.median(steps)) / DAY
        months = {1: (27.5, 31.5), 3: (89, 93), 6: (180, 185), 12: (364, 367)}
        found = [count for count, (low, high) in months.items() if low <= usual <= high]
        if found:
            pace = Pace("year", 1) if found[0] == 12 else Pace("month", found[0])
        else:
            values, counts = np.unique(np.rint(steps), return_counts=True)
            pace = Pace("second", max(1, int(values[np.argmax(counts)])))
    if pace.unit == "second":
        ratio = steps / pace.step
        even, whole = np.abs(ratio - 1) < 1e-6, np.abs(ratio - np.rint(ratio)) < 1e-3
    else:
        moved = np.diff(counted(times, unit, pace))[owners[1:] == owners[:-1]]
        even, whole = moved == 1, moved >= 1
    if even.mean() < EVEN or whole.mean() < WHOLE:
        return None
    return pace


def counted(stamps: NDArray[np.float64], unit: Unit, pace: Pace) -> NDArray[np.int64]:
    """Return times as steps since the first one, (rows,); -1 where there is none.

    Args:
        stamps: Years or seconds since 1970, NaN where there is none.
        unit: Which of the two.
        pace: The step.
    """
    known = np.isfinite(stamps)
    places = np.full(len(stamps), -1, np.int64)
    if unit == "year":
        steps = stamps[known].astype(np.int64)
    elif pace.unit == "second":
        steps = np.rint((stamps[known] - stamps[known].min()) / pace.step).astype(np.int64)
    else:
        dates = pd.to_datetime(pd.Series(stamps[known]), unit="s").dt
        months = np.asarray(dates.year, np.int64) * 12 + np.asarray(dates.month, np.int64) - 1
        steps = months // (12 if pace.unit == "year" else pace.step)
    places[known] = steps - steps.min()
    return places


def matrix(layout: Layout, target: str, chosen: Sequence[int]) -> NDArray[np.float64]:
    """Return a number as a table of series by steps, (series, steps); NaN where there is none."""
    values = numbers(cast("pd.Series", layout.frame[target]))
    row_of = np.full(len(layout.names), -1)
    row_of[list(chosen)] = np.arange(len(chosen))
    rows = row_of[layout.codes]
    table = np.full((len(chosen), int(layout.places.max()) + 1), np.nan)
    good = (rows >= 0) & (layout.places >= 0) & np.isfinite(values)
    table[rows[good], layout.places[good]] = values[good]
    return table
