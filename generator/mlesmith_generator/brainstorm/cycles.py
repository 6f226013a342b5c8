"""Cycles of series that no calendar tells, such as the eleven years of the sun's spots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.backtest import filled

SHORTEST = 4
"""Steps of a cycle."""
SEEN = 3
"""Times that the past has to show it."""
_CLEAR = 0.25
"""Autocorrelation that a cycle has to have."""
_ABOVE = 0.3
"""How far it has to lie above the lowest before it."""
_ALIKE = 0.06
"""Relative difference of two cycles that are one."""
_NEARLY = 0.85
"""Part of the highest peak that the first one has; later ones are its repetitions."""
_SERIES = 60


def cycle_of(table: NDArray[np.float64], known: tuple[int, ...] = ()) -> int:
    """Return the length of the clearest cycle in steps, 0 where there is none beyond the known.

    It is the first lag at which the mean autocorrelation, of series less their straight lines, has
    a peak about as high as any, after a trough well below.

    Args:
        table: Values, (series, steps), NaN where there is none.
        known: Cycles of the calendar; one that is seen some times over is none of its own.
    """
    correlation = _autocorrelation(filled(table[:: max(1, len(table) // _SERIES)]))
    longest = min(len(correlation) - 1, table.shape[1] // SEEN)
    if longest <= SHORTEST:
        return 0
    inner = correlation[: longest + 1]
    falling = np.minimum.accumulate(inner)
    lags = np.arange(SHORTEST, longest)
    peaks = [
        int(lag)
        for lag in lags
        if inner[lag] >= inner[max(1, lag - _width(lag)) : lag + _width(lag) + 1].max()
        and inner[lag] >= _CLEAR
        and inner[lag] - falling[lag] >= _ABOVE
    ]
    if not peaks:
        return 0
    highest = max(float(inner[lag]) for lag in peaks)
    best = next(lag for lag in peaks if inner[lag] >= _NEARLY * highest)
    shown = [
        cycle
        for cycle in known
        if _alike(best, 2 * cycle) or any(_alike(lag, cycle) for lag in peaks)
    ]
    again = any(_alike(best, cycle * max(1, round(best / cycle))) for cycle in shown)
    return 0 if again else best


def _alike(one: int, other: int) -> bool:
    return abs(one - other) <= max(1.0, _ALIKE * other)


def _width(lag: np.int64) -> int:
    return max(1, int(lag) // 8)


def _autocorrelation(table: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean autocorrelation of the series by lag, shape (steps,)."""
    table = table[np.isfinite(table).all(axis=1)]
    steps = table.shape[1]
    if not len(table) or steps < 2 * SHORTEST:
        return np.zeros(1)
    time = np.arange(steps) - (steps - 1) / 2
    rest = table - table.mean(axis=1, keepdims=True)
    rest = rest - (rest @ time / (time @ time))[:, None] * time
    spread = (rest**2).sum(axis=1)
    rest = rest[spread > 0] / np.sqrt(spread[spread > 0])[:, None]
    if not len(rest):
        return np.zeros(1)
    power = np.abs(np.fft.rfft(rest, 2 * steps, axis=1)) ** 2
    found = np.fft.irfft(power.mean(axis=0))[:steps]
    return found * steps / (steps - np.arange(steps))
