"""Columns that hold the target of another row: of the next moment, its change, its moving mean.

Such a column prints answers of hidden rows into the public files, for whoever puts the rows in
order. Rows are ordered by every time or counter, alone or within a group (a station, a share),
and columns are compared with what the target gives in that order.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from mlesmith_generator.gates.arithmetic import written_unit
from mlesmith_generator.gates.rows import Column, Floats, Ints, Mask, TaskRows
from mlesmith_generator.gates.series import moments
from mlesmith_generator.gates.verdict import Finding, Scan

_SHARE = 0.9
_SHIFTS = (1, 2, 3, 4, 6, 7, 12, 24)
_WINDOWS = (2, 3, 4, 5, 6, 7, 10, 12, 14, 24, 30)
_MOST_ORDERS = 8
_MOST_COLUMNS = 500
_PROBE = 400


@dataclass(frozen=True)
class _Order:
    """An order of the rows.

    Attributes:
        words: By what, in words.
        rows: Positions in that order.
        group: The group of each row in that order; shifts do not cross groups.
    """

    words: str
    rows: Ints
    group: Ints

    @cached_property
    def before(self) -> Ints:
        """Number of rows of the same group that come before each row."""
        starts = np.flatnonzero(np.r_[True, self.group[1:] != self.group[:-1]])
        lengths = np.diff(np.r_[starts, len(self.group)])
        return np.arange(len(self.group)) - np.repeat(starts, lengths)

    @cached_property
    def after(self) -> Ints:
        """Number of rows of the same group that come after each row."""
        backwards = _Order(self.words, self.rows[::-1], self.group[::-1])
        return backwards.before[::-1]


def scan_shifts(rows: TaskRows) -> Scan:
    """Look for columns that hold the target of another moment, its change, sum or mean."""
    usable = [column for column in rows.columns if column.distinct > 1]
    numeric = [column for column in usable if column.numeric][:_MOST_COLUMNS]
    found: dict[str, Finding] = {}
    orders = list(_orders(rows))
    for order in orders:
        read = _numbers(order, numeric, rows) if rows.regression else _classes(order, usable, rows)
        for name, how, share in read:
            evidence = (
                f"in the order of {order.words}, column {name!r} is {how} the target "
                f"{rows.target_name!r} in {share:.1%} of the rows: it tells answers of hidden rows"
            )
            found.setdefault(name, Finding("target-shifted", evidence, columns=(name,)))
    words = ", ".join(order.words for order in orders) or "no column orders the rows"
    return Scan("target-of-another-row", f"in the order of: {words}", tuple(found.values()))


def _orders(rows: TaskRows) -> Iterator[_Order]:
    """Ways to put the rows in order: by a time or counter, alone or within a group."""
    size = len(rows)
    timed = [column for column in rows.columns if _orderly(column, size)]
    grouping = [
        column
        for column in rows.columns
        if 2 <= column.distinct <= size / 4 and not (column.numeric and column.distinct > size / 5)
    ]
    count = 0
    for time in timed:
        points = moments(time)
        if points is None or count >= _MOST_ORDERS:
            continue
        known = np.flatnonzero(np.isfinite(points))
        if time.distinct >= 0.9 * size:
            order = known[np.argsort(points[known], kind="stable")]
            yield _Order(repr(time.name), order, np.zeros(len(order), dtype=np.int64))
            count += 1
            continue
        for group in grouping:
            pairs = len(np.unique(group.codes * np.int64(time.distinct + 1) + time.codes))
            if group is not time and pairs >= 0.95 * size and count < _MOST_ORDERS:
                order = known[np.lexsort((points[known], group.codes[known]))]
                words = f"{time.name!r} within {group.name!r}"
                yield _Order(words, order, group.codes[order])
                count += 1


def _orderly(column: Column, rows: int) -> bool:
    """Whether a column may be a time or a counter: dates, or whole numbers that vary."""
    if not column.numeric:
        return column.distinct >= max(5, 0.01 * rows) and moments(column) is not None
    values = column.numbers[np.isfinite(column.numbers)]
    whole = bool((values == np.rint(values)).all())
    return column.distinct >= max(5, 0.01 * rows) and whole and column.missing.mean() < 0.1


@dataclass(frozen=True)
class _Derived:
    """A series made of the target in an order, NaN where it reaches out of the group."""

    how: str
    values: Floats


def _derived(y: Floats, order: _Order) -> Iterator[_Derived]:
    def within(values: Floats, back: int, ahead: int) -> Floats:
        return np.where((order.before >= back) & (order.after >= ahead), values, np.nan)

    for by in _SHIFTS:
        yield _Derived(f"the value {by} row(s) earlier of", within(np.roll(y, by), by, 0))
        yield _Derived(f"the value {by} row(s) later of", within(np.roll(y, -by), 0, by))
    for by, back, ahead, words in (
        (1, 1, 0, "since the row before"),
        (-1, 0, 1, "to the next row"),
    ):
        other = within(np.roll(y, by), back, ahead)
        first, last = (other, y) if by > 0 else (y, other)
        with np.errstate(all="ignore"):
            relative = np.where(first != 0, last / first - 1.0, np.nan)
            logarithm = np.where((first > 0) & (last > 0), np.log(last / first), np.nan)
        yield _Derived(f"the change {words} of", last - first)
        yield _Derived(f"the reversed change {words} of", first - last)
        yield _Derived(f"the relative change {words} of", relative)
        yield _Derived(f"the change in percent {words} of", 100.0 * relative)
        yield _Derived(f"the logarithmic change {words} of", logarithm)
    total = np.cumsum(y)
    begin = np.arange(len(y)) - order.before
    before_group = total[begin] - y[begin]
    yield _Derived("the running sum of", total - before_group)
    yield _Derived("the running mean of", (total - before_group) / (order.before + 1))
    padded = np.r_[0.0, total]
    size = len(y)
    for window in _WINDOWS:
        if window > size // 4:
            break
        sums = np.full(size, np.nan)
        sums[window - 1 :] = padded[window:] - padded[:-window]
        for back, ahead, words in (
            (window - 1, 0, f"up to this row ({window})"),
            (window, -1, f"before this row ({window})"),
            (
                (window - 1) // 2 + (window - 1) % 2,
                (window - 1) // 2,
                f"around this row ({window})",
            ),
            (0, window - 1, f"from this row on ({window})"),
            (-1, window, f"after this row ({window})"),
        ):
            moved = within(np.roll(sums, -ahead), max(back, 0), max(ahead, 0))
            yield _Derived(f"the mean of rows {words} of", moved / window)
            yield _Derived(f"the sum of rows {words} of", moved)


def _numbers(
    order: _Order, columns: list[Column], rows: TaskRows
) -> Iterator[tuple[str, str, float]]:
    if not columns:
        return
    y = rows.y[order.rows]
    table = np.stack([column.numbers[order.rows] for column in columns], axis=1)
    units = np.array([written_unit(column) for column in columns])
    coarse = units > 0.2 * np.nan_to_num(np.nanstd(table, axis=0), nan=np.inf)
    now = _share_equal(table, y, units)
    start = max(0, (len(y) - _PROBE) // 2)
    probe = slice(start, start + _PROBE)
    for series in _derived(y, order):
        rough = _share_equal(table[probe], series.values[probe], units)
        places = np.flatnonzero((rough >= _SHARE - 0.15) & ~coarse)
        if not len(places):
            continue
        share = _share_equal(table[:, places], series.values, units[places])
        for place, value in zip(places, share, strict=True):
            # A slow target equals its neighbour most of the time; a copy of it says more.
            still = _share_equal(series.values[:, None], y, units[[place]])[0]
            told = value >= _SHARE and value >= max(now[place], still) + 0.3 * (1 - still)
            if told and _follows(table[:, place], series.values, float(units[place])):
                yield columns[place].name, series.how, float(value)


def _follows(column: Floats, series: Floats, unit: float) -> bool:
    """Whether a column is the series also where it is not at its usual value, such as 0."""
    known = np.isfinite(column) & np.isfinite(series)
    values, counts = np.unique(column[known], return_counts=True)
    other = known & (column != values[np.argmax(counts)])
    if not other.any():
        return False
    room = np.maximum(1.01 * unit, 1e-7 * np.abs(series[other]))
    return bool((np.abs(column[other] - series[other]) <= room).mean() >= 0.5)


def _share_equal(table: Floats, series: Floats, units: Floats) -> Floats:
    """Share of rows on which each column is the series, as far as it is written. (columns,)."""
    known = np.isfinite(table) & np.isfinite(series)[:, None]
    room = np.maximum(1.01 * units[None, :], 1e-7 * np.abs(series)[:, None])
    near: Mask = np.abs(table - series[:, None]) <= room
    count = known.sum(axis=0)
    share = (near & known).sum(axis=0) / np.maximum(count, 1)
    return np.where(count >= 0.3 * len(series), share, 0.0)


def _classes(
    order: _Order, columns: list[Column], rows: TaskRows
) -> Iterator[tuple[str, str, float]]:
    y = rows.truth.codes[order.rows]
    place = {_folded(value): code for code, value in enumerate(rows.truth.values)}
    alike = float((y[1:] == y[:-1]).mean())
    for column in columns:
        if not 2 <= column.distinct <= 2 * rows.classes + 2:
            continue
        codes = np.array([*(place.get(_folded(value), -1) for value in column.values), -1])
        x = codes[column.codes[order.rows]]
        if len(np.unique(x[x >= 0])) < 2:
            continue
        now = float((x == y).mean())
        for by in (1, -1, 2, -2, 3, -3):
            reach = order.before >= by if by > 0 else order.after >= -by
            share = float((x == np.roll(y, by))[reach & (x >= 0)].mean())
            # Beyond what staying in the same class explains.
            usual = max(now, alike)
            if share >= 0.95 and share - usual >= 0.5 * (1.0 - usual):
                words = "earlier" if by > 0 else "later"
                yield column.name, f"the class {abs(by)} row(s) {words} of", share
                break


def _folded(value: object) -> str:
    text = str(value).strip().casefold()
    return text.removesuffix(".0")
