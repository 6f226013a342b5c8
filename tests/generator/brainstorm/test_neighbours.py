"""Rows whose neighbours in time tell the answer are hidden from a day on, others by chance."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from made import table, text, write

from mlesmith_env.recipes.text import text_frame
from mlesmith_generator.brainstorm.ideas import brainstorm
from mlesmith_generator.brainstorm.moments import moments_of
from mlesmith_generator.brainstorm.neighbours import CLEARLY, hearsay
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import Idea

DAYS = 800


def _walk(seed: int, rows: int = DAYS) -> np.ndarray:
    """A level that stays near its mean over some weeks."""
    random, level = np.random.default_rng(seed), np.zeros(rows)
    for place in range(1, rows):
        level[place] = 0.97 * level[place - 1] + random.normal(0, 0.25)
    return level


def _dates(rows: int = DAYS) -> pd.DatetimeIndex:
    return pd.date_range("2015-01-01", periods=rows)


def _reservoir(*, followed: bool) -> dict[str, list[str]]:
    """Water of a lake day by day; or, where it is not followed, of lakes seen once each."""
    random = np.random.default_rng(4)
    level = _walk(1) if followed else random.normal(0, 1, DAYS)
    rain = 0.9 * level + random.normal(0, 0.9, DAYS)
    return {
        "rain": text(rain, 3),
        "snow": text(random.normal(0, 1, DAYS), 3),
        "level": text(50 + 6 * level + random.normal(0, 0.6, DAYS), 2),
    }


def _ideas(folder: Path, **columns: list[str]) -> list[Idea]:
    profile = profile_dataset(write(folder / "raw", **columns), "water", seed=0)
    return [idea for idea, _ in brainstorm(profile, folder / "raw")]


def _days() -> dict[str, list[str]]:
    return {"day": _dates().strftime("%Y-%m-%d").tolist()}


def _parts() -> dict[str, list[str]]:
    dates = _dates(1096)[:DAYS]
    told = {"year": dates.year, "month": dates.month, "day": dates.day}
    return {name: [str(value) for value in values] for name, values in told.items()}


@pytest.mark.parametrize("dated", [_days(), _parts()], ids=["dates", "parts"])
def test_a_course_is_asked_for_from_a_day_on(tmp_path: Path, dated: dict[str, list[str]]) -> None:
    ideas = _ideas(tmp_path, **dated, **_reservoir(followed=True))
    kinds = {idea.holdout.kind for idea in ideas if idea.target_source == "level"}
    assert kinds == {"time"}
    assert not {"year", "month", "day"} & {idea.target for idea in ideas}


def test_things_of_their_own_with_a_date_stay_hidden_by_chance(tmp_path: Path) -> None:
    ideas = _ideas(tmp_path, **_days(), **_reservoir(followed=False))
    first = next(idea for idea in ideas if idea.target == "level")
    assert first.holdout.kind == "random"


def test_a_bare_series_is_asked_as_a_forecast_only(tmp_path: Path) -> None:
    """Months of a trade whose year repeats: the neighbours of a month say little."""
    months = pd.date_range("1991-01-01", periods=300, freq="MS")
    noise = np.random.default_rng(9).normal(0, 4, 300)
    sold = 100 + 12 * np.where(np.arange(300) % 12 < 5, 1, -1) + noise
    told = months.strftime("%Y-%m").tolist()
    folder = write(tmp_path / "raw", month=told, sold=text(sold, 1))
    ideas = ideas_for(profile_dataset(folder, "owner__trade"), folder)
    assert {idea.objective for idea in ideas} == {"forecasting"}


def test_what_later_rows_do_not_show_is_not_asked_for(tmp_path: Path) -> None:
    """Two states, each for a year and never again: the later part knows one of them only."""
    random = np.random.default_rng(2)
    state = np.where(np.arange(DAYS) < 300, "dry", np.where(np.arange(DAYS) < 500, "wet", "dry"))
    water = {"a": text(random.normal(0, 1, DAYS)), "b": text(random.normal(0, 1, DAYS))}
    water["a"] = text(random.normal(0, 1, DAYS) + 0.8 * (state == "wet"))
    ideas = _ideas(tmp_path, **_days(), **water, state=state.tolist())
    assert "state" not in {idea.target for idea in ideas}


def test_neighbours_are_looked_for_within_the_series_that_a_column_names() -> None:
    rows = 200
    where = np.repeat(["north", "south", "west"], rows)
    level = np.concatenate([_walk(seed, rows) for seed in (5, 6, 7)])
    days = np.tile(_dates(rows).strftime("%d.%m.%Y"), 3)
    order = np.random.default_rng(0).permutation(3 * rows)
    typed = table(place=where[order].tolist(), day=days[order].tolist(), level=text(level[order]))
    told = moments_of(typed)
    assert told[0].series == ("place",)
    assert told[0].alone
    hidden = np.random.default_rng(1).random(3 * rows) < 0.3
    heard = hearsay(level[order], 0, typed, told, hidden)
    assert heard is not None
    assert heard.series == "place"
    assert heard.beyond > CLEARLY
    shuffled = hearsay(np.random.default_rng(3).permutation(level), 0, typed, told, hidden)
    assert shuffled is not None
    assert shuffled.beyond < 0.05


def test_dates_of_birth_are_no_moments() -> None:
    days = _dates(300).strftime("%Y-%m-%d").tolist()
    frame = text_frame({"birth_date": days, "height": text(np.arange(300.0))})
    assert not moments_of(table(**{name: frame[name].tolist() for name in frame}))
