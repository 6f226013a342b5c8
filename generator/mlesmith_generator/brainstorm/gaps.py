"""Gaps of series that keep to the calendar: no weekends, no nights, no ends of months."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.series import DAY, Layout

_ALWAYS = 0.9
"""Share of such moments that have no value."""
_MOST = 0.8
"""Share of all missing moments that are such moments."""
_LAST_DAY = 31
_WEEKDAYS = ("Mondays", "Tuesdays", "Wednesdays", "Thursdays", "Fridays", "Saturdays", "Sundays")


def regular_gaps(layout: Layout, missing: NDArray[np.bool_]) -> tuple[str, float] | None:
    """Return when moments are missing that are missing as a rule.

    Args:
        layout: The table as series, of a pace of seconds.
        missing: Whether a moment has no value though it lies between first and last, (steps,).

    Returns:
        The moments in words, for instance `on Sundays`, and the share of all missing moments that
        they are; None where no part of the calendar tells the gaps.
    """
    if layout.pace.unit != "second" or missing.sum() < 2:
        return None
    dates = _dates(layout, len(missing))
    found: tuple[str, float] | None = None
    for codes, kind in _parts(layout, dates):
        rates = {code: float(missing[codes == code].mean()) for code in np.unique(codes).tolist()}
        never = [code for code, rate in rates.items() if rate >= _ALWAYS]
        share = float(np.isin(codes[missing], never).mean())
        if len(never) < len(rates) and share >= max(_MOST, found[1] if found else 0.0):
            found = in_words(kind, never), share
    return found


def _dates(layout: Layout, steps: int) -> pd.DatetimeIndex:
    """Return the time of every step, whether or not a row has it."""
    known = np.flatnonzero(layout.places >= 0)
    row = int(known[np.argmin(layout.places[known])])
    first = pd.Timestamp(str(layout.frame[layout.clock.column].iloc[row]))
    away = (np.arange(steps) - int(layout.places[row])) * layout.pace.step
    return pd.DatetimeIndex(first + pd.to_timedelta(away, unit="s"))


def in_words(kind: str, codes: list[int]) -> str:
    """Return some weekdays (0 is Monday), hours or days of the month in words.

    Args:
        kind: `weekday`, `hour` or `day`.
        codes: Which of them, ascending.
    """
    if kind == "weekday":
        names = [_WEEKDAYS[code] for code in codes]
        return "on " + " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
    if kind == "hour":
        spans = [
            f"at {low:02d}:00" if low == high else f"from {low:02d}:00 to {high:02d}:00"
            for low, high in _runs(codes, 23)
        ]
        return " and ".join(spans)
    return " and ".join(map(_days, _runs(codes, None))) + " of a month"


def _days(run: tuple[int, int]) -> str:
    low, high = run
    if high == _LAST_DAY:
        return f"from day {low} to the end"
    return f"on day {low}" if low == high else f"from day {low} to {high}"


def _runs(codes: list[int], around: int | None) -> Iterator[tuple[int, int]]:
    """Yield first and last of the codes that follow each other; past `around` comes 0 again."""
    runs: list[tuple[int, int]] = []
    for code in codes:
        if runs and code == runs[-1][1] + 1:
            runs[-1] = runs[-1][0], code
        else:
            runs.append((code, code))
    if around is not None and len(runs) > 1 and runs[0][0] == 0 and runs[-1][1] == around:
        runs = [*runs[1:-1], (runs[-1][0], runs[0][1])]
    yield from runs


def _parts(layout: Layout, dates: pd.DatetimeIndex) -> Iterator[tuple[NDArray[np.int64], str]]:
    """Yield parts of the calendar that moments may be missing by, as codes, (steps,)."""
    if layout.pace.step <= DAY:
        yield np.asarray(dates.day_of_week, dtype=np.int64), "weekday"
        yield np.asarray(dates.day, dtype=np.int64), "day"
    if layout.pace.step <= 3600:
        yield np.asarray(dates.hour, dtype=np.int64), "hour"
