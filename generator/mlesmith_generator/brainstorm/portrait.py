"""A portrait of series: what is striking about their past, measured for the description."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.recipes.text import column_of
from mlesmith_generator.brainstorm.backtest import filled
from mlesmith_generator.brainstorm.gaps import regular_gaps
from mlesmith_generator.brainstorm.outlook import Outlook, levels
from mlesmith_generator.brainstorm.series import DAY, Layout
from mlesmith_generator.describe import numerals as nu

_STRONG = 0.1
"""Share of the variance around the trend from which a cycle is told."""
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
           "October", "November", "December")  # fmt: skip
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_TENTH = 10
_NEARLY, _GATHERED = 0.95, 0.5
"""Share of the gaps that are nearly all, and of the time in which they lie where they gather."""
_EDGE = 0.05
"""Share of the time from an end of the series up to which a gap is at that end."""


def portrait(layout: Layout, ahead: Outlook) -> dict[str, str]:
    """Return what the training rows show, in words, by the fields of the phrases.

    The hidden moments are not looked at.
    """
    past = ahead.table.copy()
    for row in past:
        known = np.flatnonzero(np.isfinite(row))
        row[known[-ahead.horizon :]] = np.nan
    inside = np.asarray(np.isfinite(past).any(axis=0))
    told = {"pace": layout.pace.word, **dict(_period(layout, inside, ahead))}
    if layout.series is not None and len(past) > 1:
        told["count"] = nu.count(len(past))
    told |= dict(_lengths(layout, past)) | dict(_levels(layout, past)) | dict(_cycle(layout, past))
    return told


def _period(layout: Layout, inside: NDArray[np.bool_], ahead: Outlook) -> Iterator[tuple[str, str]]:
    times = column_of(layout.frame, layout.clock.column)
    chosen = np.isin(layout.codes, ahead.chosen)
    for name, place in (
        ("first", int(inside.argmax())),
        ("last", len(inside) - 1 - int(inside[::-1].argmax())),
    ):
        rows = np.flatnonzero(chosen & (layout.places == place))
        yield name, f"`{times.iloc[int(rows[0])]}`"


def _lengths(layout: Layout, past: NDArray[np.float64]) -> Iterator[tuple[str, str]]:
    known = np.isfinite(past)
    lengths = known.sum(axis=1)
    if len(past) > 1 and lengths.max() > 1.2 * lengths.min():
        yield "ragged_shortest", nu.count(int(lengths.min()))
        yield "ragged_longest", nu.count(int(lengths.max()))
    first = known.argmax(axis=1)
    last = past.shape[1] - 1 - known[:, ::-1].argmax(axis=1)
    gaps = 1 - lengths.sum() / (last - first + 1).sum()
    if gaps < 0.01:
        return
    inside = np.zeros(past.shape[1], dtype=np.bool_)
    inside[int(first.min()) : int(last.max()) + 1] = True
    regular = regular_gaps(layout, inside & ~known.any(axis=0))
    if regular is not None:
        yield "regular_when", regular[0]
        yield "regular_share", nu.percent(float(gaps))
        return
    yield "gaps_share", nu.percent(float(gaps))
    if len(past) == 1:
        yield from _gaps(known[0, first[0] : last[0] + 1], layout)
        yield from _gathered(known[0], layout)


def _gaps(known: NDArray[np.bool_], layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield in how many runs the moments without a value come, and how long the longest is."""
    edges = np.flatnonzero(np.diff(known.astype(np.int8)))  # Known and unknown by turns.
    lengths = np.diff(edges)[::2]
    if len(lengths) == 1:
        yield "gaps_single", nu.counted(int(lengths[0]), layout.pace.word)
    elif lengths.max() > 1:
        yield "gaps_runs", nu.counted(len(lengths), "run")
        yield "gaps_longest", nu.counted(int(lengths.max()), layout.pace.word)


def _gathered(known: NDArray[np.bool_], layout: Layout) -> Iterator[tuple[str, str]]:
    """Yield where nearly all gaps of a series lie, if that is a part of the time only."""
    there = np.flatnonzero(known)
    start, end = int(there[0]), int(there[-1])
    gaps = start + np.flatnonzero(~known[start : end + 1])
    span, edge = _GATHERED * (end - start), _EDGE * (end - start)
    most = len(gaps) if gaps[-1] - gaps[0] <= span else int(np.ceil(_NEARLY * len(gaps)))
    widths = gaps[most - 1 :] - gaps[: len(gaps) - most + 1]
    place = int(widths.argmin())
    low, high = int(gaps[place]), int(gaps[place + most - 1])
    if high - low > span:
        return
    before, after = int(there[there < low][-1]), int(there[there > high][0])
    inside = np.count_nonzero((gaps > before) & (gaps < after))
    if low - start <= edge:
        inside, where = np.count_nonzero(gaps < after), f"before {_moment(layout, after)}"
    elif end - high <= edge:
        inside, where = np.count_nonzero(gaps > before), f"after {_moment(layout, before)}"
    else:
        where = f"between {_moment(layout, before)} and {_moment(layout, after)}"
    yield "gaps_most", "all" if inside == len(gaps) else "nearly all"
    yield "gaps_where", where


def _moment(layout: Layout, place: int) -> str:
    """Return a moment that has a row as it stands there."""
    rows = np.flatnonzero(layout.places == place)
    return f"`{column_of(layout.frame, layout.clock.column).iloc[int(rows[0])]}`"


def _levels(layout: Layout, past: NDArray[np.float64]) -> Iterator[tuple[str, str]]:
    sizes = list(levels(past))
    if len(sizes) > 1 and max(sizes) > 3 * min(sizes):
        yield "sizes_largest", nu.amount(max(sizes), 3)
        yield "sizes_smallest", nu.amount(min(sizes), 3)
    whole = past[np.isfinite(past).mean(axis=1) > 0.8]
    if not len(whole):
        return
    counts = np.isfinite(whole).sum(axis=0)
    middle = np.nansum(whole, axis=0)[counts > 0] / counts[counts > 0]
    part = max(1, len(middle) // _TENTH)
    first, last = float(middle[:part].mean()), float(middle[-part:].mean())
    cycle = max(layout.pace.seasons, default=1)
    if part >= cycle and abs(last - first) > max(0.25 * abs(first), 0.75 * float(middle.std())):
        yield "growth_first", nu.amount(first, 3)
        yield "growth_last", nu.amount(last, 3)


def _cycle(layout: Layout, past: NDArray[np.float64]) -> Iterator[tuple[str, str]]:
    """Yield the strongest cycle of the calendar, where one is strong.

    Which one it is, is judged around the trend; its figures are plain averages of what is known.
    """
    if layout.pace.unit == "year":
        return
    table = filled(past)
    whole = np.isfinite(table).all(axis=1)
    table, known = table[whole], past[whole]
    if not len(table):
        return
    width = max([12, *(season for season in layout.pace.seasons if season <= 400)])
    frame = pd.DataFrame(table.T)
    trend = frame.rolling(width, center=True, min_periods=width // 2).mean()
    rest = (table - np.asarray(trend, dtype=np.float64).T).mean(axis=0)
    best: tuple[float, NDArray[np.int64], tuple[str, ...], str] | None = None
    for codes, names, cycle in _calendar(layout, past.shape[1]):
        good = np.isfinite(rest)
        seen = codes[np.isfinite(known).any(axis=0)]
        if len(np.unique(seen[seen >= 0])) < len(names):
            continue
        if len(np.unique(codes[good])) < len(names) or rest[good].std() == 0:
            continue
        means = np.array([rest[good & (codes == code)].mean() for code in range(len(names))])
        share = float(np.var(means[codes[good]]) / np.var(rest[good]))
        if share >= _STRONG and (best is None or share > best[0]):
            best = share, codes, names, cycle
    if best is not None:
        _, codes, names, cycle = best
        means = np.array([np.nanmean(known[:, codes == code]) for code in range(len(names))])
        yield "season_cycle", cycle
        yield "season_peak", names[int(np.argmax(means))]
        yield "season_low", names[int(np.argmin(means))]
        yield "season_swing", nu.amount(float(np.ptp(means)), 3)


def _calendar(
    layout: Layout, steps: int
) -> Iterator[tuple[NDArray[np.int64], tuple[str, ...], str]]:
    """Yield for parts of the calendar a code for each step, names of the codes, and the cycle."""
    times = pd.to_datetime(
        column_of(layout.frame, layout.clock.column), format="ISO8601", errors="coerce"
    )
    known = np.flatnonzero(layout.places >= 0)
    place, first = np.unique(layout.places[known], return_index=True)
    dates = times.iloc[known[first]].dt
    inside = place < steps
    seconds = layout.pace.step if layout.pace.unit == "second" else 28 * DAY
    for part, names, cycle, longest in (
        (dates.month - 1, tuple(f"in {name}" for name in _MONTHS), "year", 31 * DAY),
        (dates.day_of_week, tuple(f"on {name}s" for name in _WEEKDAYS), "week", DAY),
        (dates.hour, tuple(f"at {hour:02d}:00" for hour in range(24)), "day", 3600),
    ):
        if layout.pace.unit == "month" and layout.pace.step != 1:
            continue
        if seconds <= longest:
            codes = np.full(steps, -1, np.int64)
            codes[place[inside]] = np.asarray(part, dtype=np.int64)[inside]
            yield codes, names, cycle
