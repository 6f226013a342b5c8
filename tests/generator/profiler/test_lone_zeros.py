"""Zeros that stand for a missing value are told from small amounts."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mlesmith_generator.profiler.zeros import next_above_zero


def _with_zeros(values: NDArray[np.float64], zeros: int) -> NDArray[np.float64]:
    return np.sort(np.concatenate([np.zeros(zeros), values]))


def _random() -> np.random.Generator:
    return np.random.default_rng(7)


@pytest.mark.parametrize(
    "values",
    [
        _random().normal(72, 12, 700).round().clip(24),
        _random().normal(32, 7, 700).round(1).clip(18.2),
        _random().lognormal(4.8, 0.7, 700).round().clip(14),
        _random().normal(480, 180, 700).round().clip(160),
    ],
    ids=["pressure", "mass index", "insulin", "area of a garage"],
)
def test_zeros_far_below_all_other_numbers_are_marks(values: NDArray[np.float64]) -> None:
    assert next_above_zero(_with_zeros(values, 35)) == values.min()


@pytest.mark.parametrize(
    ("values", "zeros"),
    [
        (_random().exponential(10, 700).round(2), 60),
        (_random().poisson(4, 700).astype(float), 0),
        (_random().uniform(0, 1, 700), 40),
        (_random().normal(0, 1, 700), 40),
        (_random().lognormal(0, 2, 700).round(3), 40),
        (_random().choice([10.0, 20.0, 40.0], 700), 40),
        (_random().integers(1, 60, 700).astype(float), 40),
    ],
    ids=["amounts", "counts", "shares", "negative", "many sizes", "doses", "whole numbers"],
)
def test_zeros_among_small_amounts_are_amounts(values: NDArray[np.float64], zeros: int) -> None:
    assert next_above_zero(_with_zeros(values, zeros)) is None


@pytest.mark.parametrize(("zeros", "told"), [(2, False), (3, True), (700, True), (710, False)])
def test_a_few_zeros_are_nothing_and_most_are_the_rule(zeros: int, told: bool) -> None:
    values = _random().normal(72, 12, 700).round().clip(24)
    assert (next_above_zero(_with_zeros(values, zeros)) is not None) is told
