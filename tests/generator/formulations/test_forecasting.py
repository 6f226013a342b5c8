"""Forecasting: what counts as series, what is known beforehand, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import DropColumns, KeepValues, TableRecipe
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.transforms import apply_transforms, transformed_table
from mlesmith_generator.brainstorm.backtest import backtest, filled
from mlesmith_generator.brainstorm.gaps import in_words
from mlesmith_generator.describe.voice import Voice
from mlesmith_generator.formulations.forecasting import PROGRAMS
from mlesmith_generator.gates.moments import horizons_told
from tests.defects.future_tasks import ferries, harvests, pool
from tests.generator.formulations.making import generated, proposals


def _write(folder: Path, frame: pd.DataFrame) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    frame.to_csv(folder / "table.csv", index=False)
    return folder


def _dropped(recipe: TableRecipe) -> set[str]:
    return {name for t in recipe.transforms if isinstance(t, DropColumns) for name in t.columns}


def test_many_series_are_hidden_at_their_ends_and_told_by_their_key(tmp_path: Path) -> None:
    first = proposals(_write(tmp_path / "ferries", ferries()), "forecasting")[0].idea
    assert (first.target, first.objective, first.modality) == (
        "passengers",
        "forecasting",
        "time-series",
    )
    assert (first.holdout.kind, first.holdout.column, first.holdout.group) == (
        "last",
        "month",
        "harbour",
    )
    assert first.holdout.horizon in (12, 24)
    assert first.measured["season_peak"] == "in July"
    assert first.measured["count"] == "6"


def test_what_is_measured_at_the_same_time_is_left_out_and_what_is_planned_stays(
    tmp_path: Path,
) -> None:
    idea = proposals(_write(tmp_path / "pool", pool()), "forecasting")[0].idea
    assert isinstance(idea.recipe, TableRecipe)
    assert idea.holdout.group is None
    assert _dropped(idea.recipe) == {"sunshine"}


def test_dates_in_parts_are_put_together(tmp_path: Path) -> None:
    frame = pool()
    date = pd.to_datetime(frame.pop("date"), format="%d.%m.%Y")
    frame.insert(0, "year", date.dt.year)
    frame.insert(1, "month", date.dt.month_name())
    frame.insert(2, "day", date.dt.day)
    idea = proposals(_write(tmp_path / "pool", frame), "forecasting")[0].idea
    assert isinstance(idea.recipe, TableRecipe)
    assert idea.holdout.column == "date"
    assert _dropped(idea.recipe) >= {"year", "month", "day"}


def test_several_columns_together_may_name_a_series(tmp_path: Path) -> None:
    parts = [
        ferries(seed=seed).assign(deck=deck)
        for seed, deck in ((3, "car"), (8, "foot"), (9, "bike"))
    ]
    frame = pd.concat(parts, ignore_index=True).sample(frac=1.0, random_state=1)
    idea = proposals(_write(tmp_path / "ferries", frame), "forecasting")[0].idea
    assert idea.holdout.group == "series"
    assert idea.measured["count"] == "18"


def test_series_that_ended_long_ago_are_left_out(tmp_path: Path) -> None:
    frame = ferries()
    gone = (frame["harbour"] == "Holm") & (frame["month"] > "2015-01-01")
    frame = frame.drop(index=np.flatnonzero(gone))
    idea = proposals(_write(tmp_path / "ferries", frame), "forecasting")[0].idea
    assert isinstance(idea.recipe, TableRecipe)
    (kept,) = [t for t in idea.recipe.transforms if isinstance(t, KeepValues)]
    assert "Holm" not in kept.values
    assert len(kept.values) == 5


def test_series_of_years_are_recognised(tmp_path: Path) -> None:
    idea = proposals(_write(tmp_path / "harvests", harvests()), "forecasting")[0].idea
    assert (idea.holdout.column, idea.holdout.group) == ("year", "county")
    assert idea.measured["pace"] == "year"


@pytest.mark.parametrize("kind", ["walk", "noise", "events", "counter"])
def test_look_alikes_are_no_series_to_forecast(tmp_path: Path, kind: str) -> None:
    random = np.random.default_rng(6)
    date = pd.date_range("2015-01-01", periods=1200)
    if kind == "walk":  # Nothing beats its last value.
        values = 100 + np.cumsum(random.normal(0, 1, 1200))
    elif kind == "noise":  # Nothing beats its mean.
        values = random.normal(50, 5, 1200)
    elif kind == "events":  # Sales at odd moments are no series.
        date = date[0] + pd.to_timedelta(np.sort(random.integers(0, 9**7, 1200)), unit="min")
        values = random.gamma(3, 20, 1200)
    else:
        values = np.arange(1200) * 3 + 7
    frame = pd.DataFrame({"date": date, "value": np.round(values, 3)})
    assert proposals(_write(tmp_path / kind, frame), "forecasting") == []


def test_a_fact_repeated_for_every_series_is_no_target(tmp_path: Path) -> None:
    frame = ferries()
    season = frame.groupby("month")["passengers"].transform("sum")
    frame["visitors_of_all"] = season
    ideas = [each.idea for each in proposals(_write(tmp_path / "f", frame), "forecasting")]
    assert ideas
    assert "visitors_of_all" not in {idea.target for idea in ideas}


def _by_year(years: int) -> pd.DataFrame:
    """Incomes of made-up lands, a column a year."""
    random = np.random.default_rng(3)
    table = pd.DataFrame({"land": [f"land{chr(97 + place)}" for place in range(24)], "unit": "EUR"})
    level = random.uniform(200, 900, 24)
    for year in range(2020 - years, 2020):
        level = level * (1.03 + random.normal(0, 0.01, 24))
        table[str(year)] = level.round(1)
    return table


def test_columns_that_are_years_become_rows(tmp_path: Path) -> None:
    (tmp_path / "lands").mkdir()
    _by_year(50).to_csv(tmp_path / "lands" / "income.csv", index=False)
    idea = proposals(tmp_path / "lands", "forecasting")[0].idea
    assert (idea.target, idea.holdout.column, idea.holdout.group) == ("income", "year", "land")
    assert isinstance(idea.recipe, TableRecipe)
    frame = transformed_table(
        idea.recipe.reader, idea.recipe.transforms, seed=0, raw=tmp_path / "lands"
    )
    assert list(frame.columns) == ["land", "year", "income"]
    assert len(frame) == 24 * 50
    assert proposals(_write(tmp_path / "few", _by_year(12)), "forecasting") == []


def test_months_that_a_report_does_not_repeat_are_filled_down(tmp_path: Path) -> None:
    days = pd.date_range("1990-01-01", "2015-12-31", freq="D")
    warmth = 12 - 9 * np.cos(2 * np.pi * np.asarray(days.day_of_year) / 365.25)
    noise = np.random.default_rng(1).normal(0, 1.5, len(days))
    long = pd.DataFrame(
        {"year": days.year, "m": days.month, "Day": days.day, "warmth": (warmth + noise).round(1)}
    )
    wide = long.pivot(index=["m", "Day"], columns="year", values="warmth").reset_index()
    names = pd.to_datetime("2000-" + wide["m"].astype(str) + "-1").dt.month_name()
    wide.insert(0, "Month", names.where(wide["Day"] == 1))
    idea = proposals(_write(tmp_path / "pond", wide.drop(columns="m")), "forecasting")[0].idea
    assert (idea.target, idea.holdout.column, idea.holdout.group) == ("value", "date", None)
    # The cold is at the turn of the year: their averages are the same but for noise.
    assert idea.measured["season_low"] in ("in December", "in January")


def test_a_task_holds_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _write(tmp_path / "data" / "ferries", ferries())
    task = generated(folder, "forecasting", tmp_path / "registry", monkeypatch)
    lines = (task.directory / "leaderboard.csv").read_text(encoding="utf-8").splitlines()[2:]
    order = [line.partition(",")[0] for line in lines]
    trivial = {program.name for program in PROGRAMS if program.trivial}
    assert set(order) == {program.name for program in PROGRAMS}
    assert not trivial & set(order[:4])
    assert order.index("seasonal_naive") < order.index("last_value")
    horizon = task.manifest.recipe.holdout.horizon
    assert f"{horizon} months" in task.description


def test_a_cycle_that_no_calendar_tells_is_seen(tmp_path: Path) -> None:
    """Spots come and go over some ten years: years of months say nothing, the long cycle does."""
    random, time = np.random.default_rng(8), np.arange(1600)
    spots = 60 * np.maximum(0, np.sin(2 * np.pi * time / 116)) + random.gamma(2, 6, len(time))
    months = pd.date_range("1860-01-01", periods=len(time), freq="MS").strftime("%Y-%m")
    frame = pd.DataFrame({"Month": months, "spots": spots.round(1)})
    ideas = [each.idea for each in proposals(_write(tmp_path / "star", frame), "forecasting")]
    (first, *_) = ideas
    assert first.target == "spots"
    assert "with a cycle of 11" in first.justification
    assert first.holdout.horizon in (36, 60)


@pytest.mark.parametrize("digits", [10, 3])
def test_years_with_a_fraction_are_months(tmp_path: Path, digits: int) -> None:
    step = np.arange(240)
    shape = (120 + 1.5 * step) * (1 + 0.25 * np.sin(step * np.pi / 6))
    sold = shape * np.random.default_rng(0).normal(1, 0.05, len(step))
    years = [f"{1949 + month / 12:.{digits}f}".rstrip("0").rstrip(".") for month in step]
    frame = pd.DataFrame({"rownames": step + 1, "time": years, "value": sold.round()})
    (first, *_) = proposals(_write(tmp_path / "travellers", frame), "forecasting")
    assert first.idea.holdout.column == "time"
    assert "every month" in first.idea.justification
    assert isinstance(first.idea.recipe, TableRecipe)
    table = read_table(first.idea.recipe.reader, tmp_path / "travellers")
    table = apply_transforms(table, first.idea.recipe.transforms, seed=0)
    assert table["time"].iloc[[0, 13]].tolist() == ["1949-01-01", "1950-02-01"]


def test_a_cycle_is_told_by_plain_averages_and_gaps_by_their_runs(tmp_path: Path) -> None:
    hours = pd.date_range("2020-01-01", periods=24 * 150, freq="h")
    hours = hours[~np.isin(hours.day_of_year, [30, 31, 32, 33, 34, 35, 36, 60, 61])]
    clock, noise = np.asarray(hours.hour), np.random.default_rng(3).normal(0, 2, len(hours))
    riders = 80 + 30 * np.sin(2 * np.pi * (clock - 9) / 24) + noise
    frame = pd.DataFrame({"time": hours, "riders": riders.round(1)})
    idea = proposals(_write(tmp_path / "ferry", frame), "forecasting")[0].idea
    measured, horizon = idea.measured, idea.holdout.horizon
    assert measured["season_cycle"] == "day"
    assert measured["gaps_runs"] == "2 runs"
    assert measured["gaps_longest"] == "168 hours"
    assert measured["gaps_most"] == "all"
    assert measured["gaps_where"] == "between `2020-01-29T23:00:00` and `2020-03-02T00:00:00`"
    assert horizon is not None
    past = frame.iloc[:-horizon]
    means = past.groupby(past["time"].dt.hour)["riders"].mean()
    assert measured["season_peak"] == f"at {int(means.to_numpy().argmax()):02d}:00"
    assert float(measured["season_swing"]) == pytest.approx(means.max() - means.min(), rel=0.005)


@pytest.mark.parametrize(
    ("early", "late", "where"),
    [(400, 0, "before `2001-0"), (0, 400, "after `2003-1"), (400, 400, "")],
)
def test_gaps_that_gather_at_an_end_are_told_to_lie_there(
    tmp_path: Path, early: int, late: int, where: str
) -> None:
    days = pd.date_range("2000-01-01", periods=1800, freq="D")
    draw, place = np.random.default_rng(8), np.arange(len(days))
    missed = (draw.random(len(days)) < 0.4) & ((place < early) | (place >= 1800 - late))
    ice = 9 + 3 * np.sin(2 * np.pi * place / 365.25) + draw.normal(0, 0.1, len(days))
    frame = pd.DataFrame({"date": days, "ice": ice.round(2)})[~missed]
    measured = proposals(_write(tmp_path / "pond", frame), "forecasting")[0].idea.measured
    assert "gaps_share" in measured
    assert measured.get("gaps_where", "").startswith(where)
    assert bool(measured.get("gaps_where")) is bool(where)


def _hours() -> pd.DataFrame:
    """Return a year of hours with the rhythm of a week, without the last days of a month."""
    times = pd.date_range("2021-01-01", "2021-12-18 23:00", freq="h")
    random = np.random.default_rng(3)
    busy = np.where(times.day_of_week < 5, 60.0, 10.0)
    riders = busy * (1.2 + np.sin(2 * np.pi * times.hour / 24)) + random.normal(size=len(times))
    told = times.strftime("%Y-%m-%d %H:%M:%S")
    frame = pd.DataFrame({"time": told, "riders": riders.round(2)})
    return frame.loc[times.day < 20]


def test_gaps_that_keep_to_the_calendar_are_told_with_the_copy_to_beat(tmp_path: Path) -> None:
    measured = proposals(_write(tmp_path / "riders", _hours()), "forecasting")[0].idea.measured
    assert measured["regular_when"] == "from day 20 to the end of a month"
    assert "gaps_share" not in measured
    assert measured["copied"] == "168 hours"


def test_gaps_here_and_there_are_no_rule(tmp_path: Path) -> None:
    frame = pool()
    frame = frame.loc[np.random.default_rng(0).random(len(frame)) > 0.1]
    measured = proposals(_write(tmp_path / "pool", frame), "forecasting")[0].idea.measured
    assert "regular_when" not in measured
    assert measured["gaps_share"] == "9.9 %"


@pytest.mark.parametrize(
    ("codes", "kind", "told"),
    [
        ([5, 6], "weekday", "on Saturdays and Sundays"),
        ([0, 1, 22, 23], "hour", "from 22:00 to 01:00"),
        ([3], "hour", "at 03:00"),
        ([1, 2, 31], "day", "from day 1 to 2 and from day 31 to the end of a month"),
    ],
)
def test_rules_of_gaps_are_told_in_words(codes: list[int], kind: str, told: str) -> None:
    assert in_words(kind, codes) == told


@pytest.mark.parametrize("name", ["metric forecast copied", "metric forecast copied many"])
def test_the_cycle_of_the_yardstick_is_not_taken_for_the_horizon(name: str) -> None:
    for seed in range(12):
        assert not horizons_told(Voice(str(seed)).say(name, copied="168 hours"))


def test_a_backtest_sees_the_week_behind_long_gaps() -> None:
    times = pd.date_range("2021-01-01", periods=24 * 200, freq="h")
    hours = np.asarray(times.hour, dtype=np.float64)
    riders = np.where(times.day_of_week < 5, 60.0, 10.0) * (1.2 + np.sin(hours * np.pi / 12))
    table = np.where(times.day < 20, riders, np.nan)[None, :]
    gap = ~np.isfinite(table[0])
    whole = filled(table, (24, 168))[0]
    assert np.abs(whole - riders)[gap & (np.arange(len(gap)) > 24 * 31)].mean() < 8
    assert np.abs(filled(table)[0] - riders)[gap].mean() > 20

    def mae(truth: np.ndarray, guess: np.ndarray) -> float:
        return float(np.abs(truth - guess).mean())

    tested = backtest(table, 168, (24, 168), mae)
    assert tested is not None
    assert (tested.season, tested.copied) == (168, 168)
    assert tested.skill > 0.8
