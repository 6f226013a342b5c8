"""The standard error of a difference of scores."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from mlesmith_env.metrics import Metric, get_metric
from mlesmith_env.metrics.cases import scoring_by
from mlesmith_generator.gates.resampling import Resampled
from mlesmith_generator.gates.resampling import resample as resample_cases
from tests.env.metrics.draws import arrays


def resample(metric: Metric, truth: np.ndarray, *arguments: Any, **keywords: Any) -> Resampled:
    return resample_cases(scoring_by(metric, truth), len(truth), *arguments, **keywords)


def errors(rows: int, spread: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draws = np.random.default_rng(seed)
    truth = draws.normal(size=rows)
    return truth, truth + 1, truth + 1 + draws.choice([-spread, spread], rows)


@pytest.mark.parametrize("rows", [400, 20_000])
def test_the_error_is_that_of_a_mean_of_differences(rows: int) -> None:
    truth, one, other = errors(rows, 0.5)
    expected = np.std(np.abs(one - truth) - np.abs(other - truth)) / np.sqrt(rows)
    found = resample(get_metric("mae"), truth, [one, other]).error_of_difference(0, 1)
    assert found == pytest.approx(expected, rel=0.25)


def test_the_same_prediction_differs_from_itself_by_nothing() -> None:
    truth, one, _ = errors(300, 0.5)
    assert resample(get_metric("rmse"), truth, [one, one]).error_of_difference(0, 1) == 0


def test_groups_that_stand_together_make_the_error_larger() -> None:
    draws = np.random.default_rng(4)
    groups = np.repeat(np.arange(20), 30)
    truth = np.zeros(600)
    one, other = np.ones(600), 1 + draws.choice([-0.5, 0.5], 20)[groups]
    metric = get_metric("mae")
    by_row = resample(metric, truth, [one, other]).error_of_difference(0, 1)
    by_group = resample(metric, truth, [one, other], groups=groups)
    assert by_group.error_of_difference(0, 1) > 3 * by_row
    assert by_group.unit == "20 groups"


def test_resamples_without_a_score_are_passed_over() -> None:
    truth = np.array([0] * 3 + [1] * 3)
    guess = np.array([0.1, 0.4, 0.3, 0.6, 0.35, 0.9])
    result = resample(get_metric("roc_auc"), truth, [guess, np.full(6, 0.5)])
    assert np.isfinite(result.error_of_difference(0, 1))


def test_the_same_seed_draws_the_same_rows() -> None:
    truth, one, other = errors(100, 0.5)
    first, second = (resample(get_metric("mae"), truth, [one, other], seed=7) for _ in range(2))
    np.testing.assert_array_equal(first.scores, second.scores)


def test_structures_are_resampled_as_numbers_are() -> None:
    truth, told = arrays("items", "", 3, 300)
    better = truth.copy()
    better[::3] = told[::3]
    found = resample(get_metric("recall_at_k"), truth, [told, better], resamples=40)
    assert np.isfinite(found.scores).all()
    assert (found.scores[:, 1] > found.scores[:, 0]).all()
    assert 0 < found.error_of_difference(1, 0) < 0.1
