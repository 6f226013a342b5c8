"""Cycles that no calendar tells are seen in the autocorrelation; the calendar's are known."""

from __future__ import annotations

import numpy as np
import pytest

from mlesmith_generator.brainstorm.cycles import cycle_of


def _spots(period: float, steps: int = 1200, series: int = 1, noise: float = 0.5) -> np.ndarray:
    random, time = np.random.default_rng(int(period)), np.arange(steps)
    shape = np.maximum(0, np.sin(2 * np.pi * time / period)) * 4 + 0.002 * time
    return shape + random.normal(0, noise, (series, steps))


@pytest.mark.parametrize("period", [9, 31, 130])
def test_a_cycle_is_found_at_its_length(period: int) -> None:
    assert cycle_of(_spots(period), (12,)) == pytest.approx(period, abs=max(1, 0.04 * period))


def test_a_cycle_of_the_calendar_is_none_of_its_own() -> None:
    assert cycle_of(_spots(12), (12,)) == 0
    assert cycle_of(_spots(24), (12,)) == 0
    assert cycle_of(_spots(132), (12,)) == pytest.approx(132, abs=5)


def test_walks_and_noise_have_no_cycle() -> None:
    random = np.random.default_rng(3)
    assert cycle_of(random.normal(0, 1, (1, 900))) == 0
    walks = [random.normal(0, 1, 2000).cumsum()[None] for _ in range(12)]
    assert sum(cycle_of(walk) > 0 for walk in walks) <= 3


def test_short_gappy_and_empty_series_are_passed_over() -> None:
    table = _spots(20, series=5)
    table[0, ::7] = np.nan
    table[1] = np.nan
    assert cycle_of(table) == pytest.approx(20, abs=1)
    assert cycle_of(table[:, :6]) == 0
    assert cycle_of(np.full((2, 50), np.nan)) == 0
