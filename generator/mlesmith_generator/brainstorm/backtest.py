"""Backtests: can the next moments of series be foretold better than by a mean or a last value?"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Table = NDArray[np.float64]
Measure = Callable[[NDArray[np.float64], NDArray[np.float64]], float]

ORIGINS = 10
"""Pasts that are cut off, the horizon apart; a part of it where a series is short for that."""
_FEW = 4
SERIES = 120
"""Series that are looked at."""
_DAMPED = 0.9
_OBSERVED = 0.5
"""Share of the moments after an origin that have to have a value."""
_ROUND = 1008
"""Longest cycle whose shape fills long gaps, in steps: a week of ten minutes."""
COPY = "season before"


@dataclass(frozen=True)
class Backtest:
    """What simple forecasts reached at several origins.

    Attributes:
        skill: Share of the better trivial forecast's error that the best simple one takes away,
            the median over origins.
        wins: Share of the origins at which it is better.
        best: Its name.
        season: Steps of the cycle that it goes by, 0 for none.
        copied: Steps of the cycle whose plain copy beats the trivial forecasts by most, 0 for none.
    """

    skill: float
    wins: float
    best: str
    season: int
    copied: int = 0


def backtest(
    table: Table, horizon: int, seasons: Sequence[int], measure: Measure, *, minimize: bool = True
) -> Backtest | None:
    """Forecast the last steps of ever shorter pasts and score them.

    Args:
        table: Values, (series, steps), NaN where there is none.
        horizon: Steps to forecast.
        seasons: Cycles to try, in steps.
        measure: Scores truth and forecast, both (rows,).
        minimize: Whether a lower score is better.

    Returns:
        None where the past is too short, or a trivial forecast is perfect.
    """
    table = table[:: max(1, len(table) // SERIES)]
    known = np.asarray(np.isfinite(table).any(axis=0))
    origins = _origins(known, horizon, horizon, 2 * horizon)
    if len(origins) < _FEW:
        origins = _origins(known, horizon, max(1, horizon // 3), horizon)
    if len(origins) < 2:
        return None
    gains: dict[tuple[str, int], list[float]] = {}
    for origin in origins:
        truth = table[:, origin : origin + horizon]
        past = filled(table[:, :origin], [each for each in seasons if each <= _ROUND])
        begun = np.isfinite(past[:, -1])
        truth, past = truth[begun], past[begun]
        asked = np.isfinite(truth)
        if asked.sum() < 4:
            continue
        made = {("mean", 0): _flat(past.mean(axis=1), horizon)}
        made["last", 0] = _flat(past[:, -1], horizon)
        trivial = len(made)
        made |= _forecasts(past, horizon, seasons)
        scores = {name: measure(truth[asked], each[asked]) for name, each in made.items()}
        bound = min if minimize else max
        floor = bound([*scores.values()][:trivial])
        for name in [*scores][trivial:]:
            gain = (floor - scores[name]) if minimize else scores[name] - floor
            scale = abs(floor) if minimize else abs(1.0 - floor)
            gains.setdefault(name, []).append(gain / scale if scale > 0 else 0.0)
    if not gains:
        return None
    tried = max(map(len, gains.values()))
    whole = {name: each for name, each in gains.items() if len(each) == tried}
    best = max(whole, key=lambda name: float(np.median(whole[name])))
    found = np.array(whole[best])
    copies = {
        season: float(np.median(each)) for (name, season), each in whole.items() if name == COPY
    }
    copied = max(copies, key=lambda season: copies[season], default=0)
    copied = copied if copies.get(copied, 0.0) > 0 else 0
    return Backtest(float(np.median(found)), float((found > 0).mean()), *best, copied)


def _origins(known: NDArray[np.bool_], horizon: int, apart: int, least: int) -> list[int]:
    """Return the lengths of the pasts that are tried, the longest first.

    What follows an origin was mostly observed, unless that holds for hardly any.
    """
    latest = len(known) - horizon
    tried = [latest - apart * back for back in range(ORIGINS)]
    tried = [origin for origin in tried if origin >= max(least, 10)]
    good = [each for each in tried if known[each : each + horizon].mean() >= _OBSERVED]
    return good if len(good) >= 2 else tried


def filled(table: Table, rounds: Sequence[int] = ()) -> Table:
    """Return series with their gaps filled by straight lines, and by their ends outside.

    A series without any value stays NaN.

    Args:
        table: Values, (series, steps), NaN where there is none.
        rounds: Cycles in steps; a gap as long as the shortest gets the shape of the longest,
            where one came before it.
    """
    result = table.copy()
    places = np.arange(table.shape[1])
    for row in result:
        known = np.isfinite(row)
        if known.any() and not known.all():
            row[~known] = np.interp(places[~known], places[known], row[known])
            if rounds:
                _go_round(row, known, min(rounds), max(rounds))
    return result


def _go_round(row: NDArray[np.float64], known: NDArray[np.bool_], least: int, cycle: int) -> None:
    """Give long gaps the shape of the cycle before them, on the line between the levels."""
    seen = np.flatnonzero(known)
    low, high = row[seen].min(), row[seen].max()
    for first, last in zip((seen[:-1] + 1).tolist(), seen[1:].tolist(), strict=True):
        if last - first < least or first < cycle:
            continue
        before, after = row[first - cycle : first], row[last : last + cycle]
        level = np.linspace(before.mean(), after[known[last : last + cycle]].mean(), last - first)
        shape = np.resize(before - before.mean(), last - first)
        row[first:last] = np.clip(level + shape, low, high)


def _flat(levels: NDArray[np.float64], horizon: int) -> Table:
    return np.repeat(levels[:, None], horizon, axis=1)


def _forecasts(past: Table, horizon: int, seasons: Sequence[int]) -> dict[tuple[str, int], Table]:
    """Return simple forecasts, (series, horizon) each, by name and season."""
    length = past.shape[1]
    ahead = np.arange(1, horizon + 1)
    few = min(6, length)
    made = {("moving mean", 0): _flat(past[:, -few:].mean(axis=1), horizon)}
    slope = (past[:, -1] - past[:, 0]) / max(1, length - 1)
    made["drift", 0] = past[:, -1:] + slope[:, None] * ahead
    recent = min(length - 1, 2 * horizon)
    slope = (past[:, -1] - past[:, -1 - recent]) / recent
    damped = np.cumsum(_DAMPED**ahead)
    made["damped trend", 0] = past[:, -1:] + slope[:, None] * damped
    for season in seasons:
        cycles = length // season
        if cycles < 2:
            continue
        made[COPY, season] = past[:, (length - season) + (ahead - 1) % season]
        kept = min(cycles, 6)
        window = past[:, -kept * season :].reshape(len(past), kept, season)
        levels = window.mean(axis=2)
        shape = (window - levels[:, :, None]).mean(axis=1)
        if season > 60 and not any(season % other == 0 for other in seasons if other < season):
            shape = _smoothed(shape)  # A week of hours keeps its days.
        shape = shape[:, (ahead - 1) % season]
        made["season", season] = levels[:, -3:].mean(axis=1, keepdims=True) + shape
        pace = (levels[:, -1] - levels[:, 0]) / max(1, kept - 1) / season
        away = (season - 1) / 2 + ahead
        made["season and trend", season] = (
            levels[:, -1:] + shape + pace[:, None] * np.minimum(away, 2 * season)
        )
        rest = past[:, -few:] - _tail(window, levels, few)
        made["season and level", season] = rest.mean(axis=1, keepdims=True) + levels[:, -1:] + shape
    return made


def _tail(window: Table, levels: Table, few: int) -> Table:
    """Return what season and level of the last cycle give for its last steps, (series, few)."""
    shape = (window - levels[:, :, None]).mean(axis=1)
    few = min(few, shape.shape[1])
    return levels[:, -1:] + shape[:, -few:]


def _smoothed(shape: Table, width: int = 15) -> Table:
    """Return a cycle smoothed by a moving mean over its own round, (series, season)."""
    around = np.concatenate([shape[:, -width:], shape, shape[:, :width]], axis=1)
    sums = np.cumsum(around, axis=1)
    return (sums[:, 2 * width :] - sums[:, : -2 * width])[:, : shape.shape[1]] / (2 * width)
