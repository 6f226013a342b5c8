"""Forecasting rungs on pasts with long gaps: what is filled, scored and copied."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

_FACTS: dict[str, Any] = {
    "TARGET": "riders",
    "ID": "id",
    "TIME": "time",
    "SERIES": "",
    "METRIC": "mae",
    "QUANTILE": 0.5,
    "SEED": 0,
}
_HORIZON = 168


def _parts(*names: str) -> dict[str, Any]:
    """Return the namespace of parts, as a program of the ladder has it."""
    folder = files("mlesmith_generator.ladder") / "programs" / "parts"
    space = dict(_FACTS)
    for name in names:
        exec((folder / f"{name}.py").read_text(encoding="utf-8"), space)
    return space


def _workspace(folder: Path) -> None:
    """Write hours with the rhythm of a week, of which all days from the 20th on are missing."""
    times = pd.date_range("2021-01-01", "2021-07-18 23:00", freq="h")
    random = np.random.default_rng(0)
    rhythm = np.where(times.day_of_week < 5, 50.0, 5.0)
    riders = (
        20 + rhythm * (1 + np.sin(2 * np.pi * times.hour / 24)) + random.normal(size=len(times))
    )
    told = times.strftime("%Y-%m-%dT%H:%M:%S")
    frame = pd.DataFrame({"id": np.arange(len(times)), "time": told, "riders": riders})
    frame = frame[times.day < 20]
    (folder / "input").mkdir()
    frame.iloc[:-_HORIZON].to_csv(folder / "input" / "train.csv", index=False)
    frame.iloc[-_HORIZON:].drop(columns="riders").to_csv(folder / "input" / "test.csv", index=False)


def test_the_week_is_found_where_every_month_ends_in_a_gap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _workspace(tmp_path)
    monkeypatch.chdir(tmp_path)
    space = _parts("scores", "forecasting/cycles", "forecasting/history", "forecasting/methods")
    history = space["History"]()
    assert history.seasons[:2] == [24, 168]

    def repeating(season: int) -> Any:
        return lambda y, steps: space["seasonal_naive"](y, steps, season)  # type: ignore[no-any-return]

    day, week = space["backtest"](history, [repeating(24), repeating(168)])
    assert week < 5 < day
    # A gap of eleven days has nights and weekends again, not a straight line.
    y, seen = history.past[0], history.seen[0]
    gap = np.flatnonzero(~seen)
    assert np.ptp(y[gap]) > 80
    assert y.min() == y[seen].min()
    assert y.max() == y[seen].max()


def test_origins_step_over_gaps_and_stay_where_there_are_none() -> None:
    origins_of = _parts("scores", "forecasting/methods")["origins_of"]
    seen = np.ones(200, bool)
    assert origins_of(seen, 24) == [176, 152, 128]
    seen[140:190] = False
    found = origins_of(seen, 24)
    assert all(seen[cut : cut + 24].mean() >= 0.8 for cut in found)
    assert len(found) == 3
    assert found[0] < 140
    assert origins_of(np.arange(60) % 3 == 0, 12) == [48, 36, 24]


def test_long_cycles_are_smoothed_only_of_noise() -> None:
    shape_of = _parts("scores", "forecasting/methods")["shape_of"]
    random = np.random.default_rng(1)
    hours = np.arange(168 * 8)
    sharp = np.where(hours % 24 == 8, 24.0, 0.0)
    assert np.ptp(shape_of(sharp + random.normal(size=len(hours)), 168)) > 20
    year = np.sin(2 * np.pi * np.arange(365 * 4) / 365)
    noisy = shape_of(year + random.normal(size=len(year)), 365)
    assert np.abs(np.diff(noisy)).mean() < 0.1


@pytest.mark.parametrize(("pace", "years"), [("D", [364, 365]), ("h", [8736, 8760])])
def test_a_year_is_whole_weeks_as_well_as_365_days(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pace: str, years: list[int]
) -> None:
    times = pd.date_range("2019-01-01", "2021-12-31", freq=pace)
    random = np.random.default_rng(0)
    rhythm = np.where(times.day_of_week < 5, 50.0, 5.0) * (1 + (times.month < 4))
    told = times.strftime("%Y-%m-%dT%H:%M:%S")
    riders = rhythm + random.normal(size=len(times))
    frame = pd.DataFrame({"id": np.arange(len(times)), "time": told, "riders": riders})
    (tmp_path / "input").mkdir()
    frame.iloc[:-_HORIZON].to_csv(tmp_path / "input" / "train.csv", index=False)
    frame.iloc[-_HORIZON:].drop(columns="riders").to_csv(
        tmp_path / "input" / "test.csv", index=False
    )
    monkeypatch.chdir(tmp_path)
    space = _parts("scores", "forecasting/cycles", "forecasting/history", "forecasting/methods")
    history = space["History"]()
    assert [season for season in history.seasons if season >= 364] == years

    def repeating(season: int) -> Any:
        return lambda y, steps: space["seasonal_naive"](y, steps, season)  # type: ignore[no-any-return]

    weeks, dates = space["backtest"](history, [repeating(year) for year in years])
    assert weeks < 5 < dates


def test_a_year_is_365_days_alone_where_there_are_no_weekdays() -> None:
    has_weekdays = _parts("forecasting/history")["has_weekdays"]
    draws = np.random.default_rng(3)
    ice = np.sin(2 * np.pi * np.arange(1500) / 365) + 0.1 * draws.normal(size=1500).cumsum()
    assert not has_weekdays([ice], 1)
    assert has_weekdays([ice + 0.3 * (np.arange(1500) % 7 > 4)], 1)
    assert not has_weekdays([ice[:12]], 1)
