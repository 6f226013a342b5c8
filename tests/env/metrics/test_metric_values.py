"""Metric values: equal to scikit-learn's, ordered as declared, and finite whatever comes."""

from __future__ import annotations

import math
import warnings

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from scipy import stats
from sklearn import metrics as sk

from mlesmith_env.errors import MetricError
from mlesmith_env.manifest import MetricSpec
from mlesmith_env.metrics import get_metric, metric_names
from tests.env.metrics.draws import (
    arrays,
    metric_cases,
    perfect_prediction,
    wants_positive,
)

quick = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
seeds = st.integers(0, 2**32 - 1)
sizes = st.integers(2, 60)


CASES = [pytest.param(*case, id="-".join(case)) for case in metric_cases()]


NUMBERS = {
    "rmse": sk.root_mean_squared_error,
    "mae": sk.mean_absolute_error,
    "median_ae": sk.median_absolute_error,
    "rmsle": sk.root_mean_squared_log_error,
    "mape": sk.mean_absolute_percentage_error,
    "r2": sk.r2_score,
    "pinball": lambda y, p: sk.mean_pinball_loss(y, p, alpha=0.5),
    "poisson_deviance": sk.mean_poisson_deviance,
    "gamma_deviance": sk.mean_gamma_deviance,
    "spearman": lambda y, p: stats.spearmanr(y, p).statistic,
    "pearson": lambda y, p: stats.pearsonr(y, p).statistic,
    "wape": lambda y, p: float(np.sum(np.abs(y - p)) / np.sum(np.abs(y))),
    "smape": lambda y, p: float(np.mean(2 * np.abs(y - p) / (np.abs(y) + np.abs(p)))),
}
LABELS = {
    "accuracy": sk.accuracy_score,
    "balanced_accuracy": sk.balanced_accuracy_score,
    "f1_macro": lambda y, p: sk.f1_score(y, p, average="macro"),
    "f1_weighted": lambda y, p: sk.f1_score(y, p, average="weighted"),
    "mcc": sk.matthews_corrcoef,
    "cohen_kappa": sk.cohen_kappa_score,
}
BINARY_LABELS = {"f1": sk.f1_score, "fbeta": lambda y, p: sk.fbeta_score(y, p, beta=2.0)}
PROBABILITY = {
    "roc_auc": sk.roc_auc_score,
    "average_precision": sk.average_precision_score,
    "log_loss": lambda y, p: sk.log_loss(y, p, labels=[0, 1]),
    "brier": sk.brier_score_loss,
}


@pytest.mark.parametrize("name", NUMBERS)
@quick
@given(seed=seeds, n=st.integers(3, 60), ties=st.booleans())
def test_numbers_equal_the_reference(name, seed, n, ties):
    metric = get_metric(name)
    y, p = arrays("number", "regression", seed, n, positive=wants_positive(metric), ties=ties)
    if (
        y.min() == y.max()
        or p.min() == p.max()
        or (name == "smape" and (np.abs(y) + np.abs(p)).min() == 0)
    ):
        return
    if name == "mape" and (y == 0).any():
        return
    assert metric(y, p) == pytest.approx(NUMBERS[name](y, p), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", LABELS)
@quick
@given(seed=seeds, n=sizes, objective=st.sampled_from(["binary", "multiclass"]))
def test_labels_equal_scikit_learn(name, seed, n, objective):
    y, p = arrays("label", objective, seed, n)
    with warnings.catch_warnings():
        # scikit-learn warns of classes that are predicted but never true.
        warnings.simplefilter("ignore")
        expected = LABELS[name](y, p)
    assert get_metric(name)(y, p) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", BINARY_LABELS)
@quick
@given(seed=seeds, n=sizes)
def test_binary_labels_equal_scikit_learn(name, seed, n):
    y, p = arrays("label", "binary", seed, n)
    assert get_metric(name)(y, p) == pytest.approx(BINARY_LABELS[name](y, p), rel=1e-9)


@quick
@given(seed=seeds, n=sizes, objective=st.sampled_from(["binary", "multiclass"]))
def test_quadratic_kappa_equals_scikit_learn_over_all_classes(seed, n, objective):
    y, p = arrays("label", objective, seed, n)
    labels = list(range(int(max(y.max(), p.max())) + 1))
    expected = sk.cohen_kappa_score(y, p, weights="quadratic", labels=labels)
    assert get_metric("quadratic_kappa")(y, p) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("name", PROBABILITY)
@quick
@given(seed=seeds, n=sizes, ties=st.booleans())
def test_probability_equals_scikit_learn(name, seed, n, ties):
    y, p = arrays("probability", "binary", seed, n, ties=ties)
    expected = PROBABILITY[name](y, p)
    assert get_metric(name)(y, p) == pytest.approx(expected, rel=1e-9, abs=1e-12)


@quick
@given(seed=seeds, n=st.integers(7, 60))
def test_probabilities_equal_scikit_learn(seed, n):
    y, p = arrays("probabilities", "multiclass", seed, n)
    labels = np.arange(p.shape[1])
    expected = {
        "roc_auc_ovr": sk.roc_auc_score(y, p, multi_class="ovr", labels=labels),
        "log_loss": sk.log_loss(y, p, labels=labels),
    }
    for name, value in expected.items():
        assert get_metric(name)(y, p) == pytest.approx(value, rel=1e-9)
    top_2 = get_metric(MetricSpec(name="top_k_accuracy", params={"k": 2}))
    assert top_2(y, p) == pytest.approx(sk.top_k_accuracy_score(y, p, k=2, labels=labels))
    squares = np.sum((np.eye(p.shape[1])[y] - p) ** 2, axis=1)
    assert get_metric("brier")(y, p) == pytest.approx(squares.mean() / 2, rel=1e-9)


@quick
@given(seed=seeds, n=sizes)
def test_two_columns_score_as_one_probability(seed, n):
    y, p = arrays("probability", "binary", seed, n)
    both = np.column_stack([1 - p, p])
    for name in ("log_loss", "brier"):
        assert get_metric(name)(y, both) == pytest.approx(get_metric(name)(y, p), rel=1e-9)


@pytest.mark.parametrize(("name", "kind", "objective"), CASES)
@quick
@given(seed=seeds, n=st.integers(8, 60))
def test_a_perfect_prediction_scores_perfect_and_beats_others(name, kind, objective, seed, n):
    metric = get_metric(name)
    y, p = arrays(kind, objective, seed, n, positive=wants_positive(metric))
    best = metric(y, perfect_prediction(kind, y, p))
    assert best == pytest.approx(metric.perfect, abs=1e-12)
    assert not metric.better(metric(y, p), best)
    low, high = metric.range
    assert low <= metric(y, p) <= high


@pytest.mark.parametrize(("name", "kind", "objective"), CASES)
@quick
@given(seed=seeds)
def test_the_declared_direction_holds_on_the_way_to_the_truth(name, kind, objective, seed):
    """Predictions nearer to the truth score better: mostly wrong < half right < right."""
    metric = get_metric(name)
    y, p = arrays(kind, objective, seed, 400, positive=wants_positive(metric))
    right = perfect_prediction(kind, y, p)
    far, near = np.array(right), np.array(right)
    order = np.random.default_rng(seed).permutation(len(y))
    # Rows swapped among themselves are wrong predictions of the very same distribution.
    far[order[:360]] = right[np.roll(order[:360], 1)]
    near[order[:120]] = right[np.roll(order[:120], 1)]
    if name in ("median_ae", "top_k_accuracy", "hit_rate_at_k"):
        assert not metric.better(metric(y, far), metric(y, near))
        return
    assert metric.better(metric(y, near), metric(y, far))
    assert metric.better(metric(y, right), metric(y, near))


@pytest.mark.parametrize(("name", "kind", "objective"), CASES)
@quick
@given(seed=seeds, n=sizes)
def test_the_order_of_rows_does_not_matter(name, kind, objective, seed, n):
    metric = get_metric(name)
    y, p = arrays(kind, objective, seed, n, positive=wants_positive(metric), ties=True)
    if kind == "number" and wants_positive(metric):
        y, p = np.abs(y), np.abs(p)
    order = np.random.default_rng(seed).permutation(n)
    assert metric(y[order], p[order]) == pytest.approx(metric(y, p), rel=1e-9, abs=1e-12)


@quick
@given(seed=seeds, n=sizes)
def test_rank_metrics_see_the_order_of_predictions_only(seed, n):
    y, p = arrays("probability", "binary", seed, n)
    squeezed = p**3 / 2
    for name in ("roc_auc", "average_precision"):
        assert get_metric(name)(y, squeezed) == pytest.approx(get_metric(name)(y, p))
    a, b = arrays("number", "regression", seed, n)
    spearman = get_metric("spearman")
    assert spearman(a, np.arctan(b)) == pytest.approx(spearman(a, b), abs=1e-12)


@quick
@given(seed=seeds, n=sizes, scale=st.floats(1e-3, 1e3))
def test_errors_scale_with_the_unit_and_relative_metrics_do_not(seed, n, scale):
    y, p = arrays("number", "regression", seed, n, positive=True)
    for name in ("rmse", "mae", "median_ae", "pinball"):
        metric = get_metric(name)
        assert metric(y * scale, p * scale) == pytest.approx(scale * metric(y, p), rel=1e-9)
    for name in ("r2", "mape", "smape", "gamma_deviance", "pearson", "spearman"):
        metric = get_metric(name)
        assert metric(y * scale, p * scale) == pytest.approx(metric(y, p), rel=1e-7, abs=1e-7)


finite = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize("name", metric_names("number"))
@quick
@given(data=st.data(), n=st.integers(1, 8))
def test_no_finite_number_ever_gives_nan_or_infinity(name, data, n):
    metric = get_metric(name)

    def drawn(domain):
        value = (
            finite
            if domain.low == -math.inf
            else st.floats(min_value=0.0, exclude_min=domain.low_open, allow_infinity=False)
        )
        if domain.nonzero:
            value = value.filter(lambda v: v != 0)
        return np.array(data.draw(st.lists(value, min_size=n, max_size=n)))

    y, p = drawn(metric.truth_domain), drawn(metric.domain)
    value = metric(y, p)
    assert math.isfinite(value)
    assert metric.range[0] <= value <= metric.range[1]


@quick
@given(data=st.data(), n=st.integers(1, 6))
def test_no_probability_ever_gives_nan_or_infinity(data, n):
    unit = st.floats(0.0, 1.0)
    p = np.array(data.draw(st.lists(unit, min_size=n, max_size=n)))
    y = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)))
    for name in metric_names("probability"):
        metric = get_metric(name)
        assert metric.range[0] <= metric(y, p) <= metric.range[1]
    for name in metric_names("probabilities"):
        metric = get_metric(MetricSpec(name=name, params={"k": 1} if "top_k" in name else {}))
        value = metric(y, np.column_stack([1 - p, p]))
        assert metric.range[0] <= value <= metric.range[1]


@pytest.mark.parametrize(
    ("name", "truth", "prediction", "expected"),
    [
        ("roc_auc", [1, 1], [0.2, 0.9], 0.5),
        ("roc_auc", [0, 0], [0.2, 0.9], 0.5),
        ("roc_auc", [0, 1], [0.5, 0.5], 0.5),
        ("roc_auc_ovr", [2, 2], [[0.2, 0.3, 0.5], [0.6, 0.2, 0.2]], 0.5),
        ("average_precision", [0, 0], [0.2, 0.9], 0.0),
        ("average_precision", [1, 1], [0.2, 0.9], 1.0),
        ("f1", [0, 0], [0, 0], 0.0),
        ("mcc", [1, 1], [1, 1], 0.0),
        ("mcc", [0, 1], [1, 1], 0.0),
        ("cohen_kappa", [1, 1], [1, 1], 0.0),
        ("quadratic_kappa", [1, 1], [1, 1], 0.0),
        ("quadratic_kappa", [1, 1], [0, 0], 0.0),
        ("balanced_accuracy", [1, 1], [1, 0], 0.5),
        ("r2", [3.0, 3.0], [3.0, 3.0], 1.0),
        ("r2", [0.1, 0.1, 0.1], [0.1, 0.1, 0.2], 0.0),
        ("spearman", [1.0, 2.0], [5.0, 5.0], 0.0),
        ("spearman", [1.0, 1.0], [4.0, 5.0], 0.0),
        ("pearson", [1.0, 2.0], [5.0, 5.0], 0.0),
        ("smape", [0.0, 1.0], [0.0, 1.0], 0.0),
        ("smape", [0.0], [5e-324], 2.0),
        ("log_loss", [1], [0.0], -math.log(np.finfo(float).eps)),
        ("log_loss", [1], [1.0], 0.0),
        ("rmse", [1e308, -1e308], [-1e308, 1e308], np.finfo(float).max),
        ("rmse", [0.0, 0.0], [3e200, 4e200], 5e200 / math.sqrt(2)),
        ("r2", [0.0, 1.0], [1e308, 0.0], -np.finfo(float).max),
        ("mae", [0.0, 0.0], [1.5e308, 1.5e308], 1.5e308),
        ("wape", [0.0, 0.0], [0.0, 0.0], 0.0),
        ("wape", [0.0, 0.0], [0.0, 1.0], np.finfo(float).max),
        ("ordinal_mae", [0, 4, 2], [0, 1, 3], 4 / 3),
        ("r_precision", [0, 0], [0.2, 0.9], 0.0),
        ("r_precision", [1, 1, 0, 0], [0.9, 0.5, 0.5, 0.1], 0.75),
        ("r_precision", [1, 0, 0, 1], [0.5, 0.5, 0.5, 0.5], 0.5),
        ("rps", [0], [[0.0, 0.0, 1.0]], 1.0),
        ("rps", [0, 1], [[0.5, 0.5, 0.0], [0.25, 0.5, 0.25]], (0.125 + 0.0625) / 2),
    ],
)
def test_edges_have_the_documented_value(name, truth, prediction, expected):
    value = get_metric(name)(np.array(truth), np.array(prediction))
    assert value == pytest.approx(expected, rel=1e-12)


def test_ties_at_the_kth_place_count_with_their_chance():
    uniform = np.full((10, 4), 0.25)
    truth = np.arange(10) % 4
    for k in (1, 2, 3):
        metric = get_metric(MetricSpec(name="top_k_accuracy", params={"k": k}))
        assert metric(truth, uniform) == pytest.approx(k / 4)


def test_top_k_with_as_many_guesses_as_classes_is_refused():
    metric = get_metric(MetricSpec(name="top_k_accuracy", params={"k": 3}))
    with pytest.raises(MetricError, match="smaller k"):
        metric(np.array([0, 1]), np.full((2, 3), 1 / 3))


def test_a_class_that_is_never_true_takes_no_part_in_the_one_vs_rest_area():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 50)
    p = rng.dirichlet(np.ones(3), 50)
    areas = [sk.roc_auc_score(y == c, p[:, c]) for c in (0, 1)]
    assert get_metric("roc_auc_ovr")(y, p) == pytest.approx(np.mean(areas))


@pytest.mark.parametrize(("name", "kind", "objective"), CASES)
def test_the_given_arrays_are_left_as_they_are(name, kind, objective):
    metric = get_metric(name)
    y, p = arrays(kind, objective, 3, 30, positive=wants_positive(metric))
    before = y.copy(), p.copy()
    y.flags.writeable = p.flags.writeable = False
    metric(y, p)
    np.testing.assert_array_equal(y, before[0])
    np.testing.assert_array_equal(p, before[1])
