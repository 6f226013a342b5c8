"""What every metric of the catalogue declares is true of it."""

from __future__ import annotations

import math
import pickle
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mlesmith_env.errors import MetricError
from mlesmith_env.manifest import MetricSpec
from mlesmith_env.metrics import (
    NON_ZERO,
    POSITIVE,
    Parameter,
    get_metric,
    metric_names,
    register_metric,
    unregister_metric,
)
from mlesmith_env.metrics.page import page

WANTED = (
    "accuracy balanced_accuracy f1 f1_macro f1_weighted roc_auc roc_auc_ovr average_precision "
    "log_loss brier mcc cohen_kappa quadratic_kappa rmse mae median_ae rmsle mape smape r2 pinball "
    "poisson_deviance gamma_deviance spearman top_k_accuracy"
).split()


def test_the_catalogue_holds_every_promised_metric_and_stays_small():
    assert set(WANTED) <= set(metric_names())
    assert len(metric_names()) <= 80


@pytest.mark.parametrize("name", metric_names())
def test_a_metric_declares_everything_that_grading_and_pages_need(name):
    metric = get_metric(name)
    assert metric.direction in ("maximize", "minimize")
    assert metric.perfect == metric.range[1 if metric.direction == "maximize" else 0]
    assert math.isfinite(metric.perfect)
    assert metric.kinds
    assert metric.objectives
    assert metric.formula
    assert metric.summary.endswith(".")
    assert metric.summary.count(". ") == 0
    assert metric.params == {p.name: p.default for p in metric.parameters}


def test_better_follows_the_direction_and_is_strict():
    rmse, auc = get_metric("rmse"), get_metric("roc_auc")
    assert rmse.better(1.0, 2.0)
    assert not rmse.better(2.0, 1.0)
    assert auc.better(0.9, 0.8)
    assert not auc.better(0.8, 0.8)
    assert not auc.better(math.nan, 0.1)
    assert not rmse.better(math.nan, 0.1)
    assert (rmse.sign, auc.sign) == (-1, 1)


def test_names_can_be_filtered_by_kind_and_objective():
    assert "rmse" in metric_names("number")
    assert "rmse" not in metric_names("label")
    assert set(metric_names("probabilities", "multiclass")) == {
        "roc_auc_ovr",
        "log_loss",
        "brier",
        "top_k_accuracy",
    }
    assert "rps" in metric_names("probabilities", "ordinal")
    assert set(metric_names(objective="segmentation")) == {"mask_dice", "mask_iou"}


def test_an_unknown_metric_is_refused_with_a_suggestion():
    with pytest.raises(MetricError, match="did you mean 'accuracy'"):
        get_metric("acuracy")
    with pytest.raises(MetricError, match="choose one of"):
        get_metric("zzzzzz")


def test_parameters_are_taken_from_the_spec():
    median = get_metric(MetricSpec(name="pinball"))
    upper = get_metric(MetricSpec(name="pinball", params={"alpha": 0.9}))
    assert median([0.0, 0.0], [-1.0, 1.0]) == pytest.approx(0.5)
    assert upper([1.0], [0.0]) == pytest.approx(0.9)
    assert upper([0.0], [1.0]) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("pinball", {"alpha": 0.0}),
        ("pinball", {"alpha": 1.0}),
        ("pinball", {"alpha": "0.5"}),
        ("pinball", {"alpha": math.nan}),
        ("pinball", {"beta": 0.5}),
        ("top_k_accuracy", {"k": 0}),
        ("top_k_accuracy", {"k": 2.5}),
        ("fbeta", {"beta": 0}),
        ("fbeta", {"beta": True}),
        ("rmse", {"alpha": 0.5}),
    ],
)
def test_a_parameter_out_of_range_is_refused_by_name(name, params):
    with pytest.raises(MetricError, match=next(iter(params))):
        get_metric(MetricSpec.model_construct(name=name, params=params))


def test_a_metric_of_ones_own_registers_in_a_few_lines():
    @register_metric(
        direction="minimize",
        perfect=0.0,
        range=(0.0, math.inf),
        kinds=("number",),
        formula="max |y - p|",
        summary="The largest error of all rows.",
        parameters=(Parameter("power", 1, 1, 4, "power of the error", integer=True),),
    )
    def largest_error(truth, prediction, *, power):
        return float(np.max(np.abs(truth - prediction)) ** power)

    try:
        metric = get_metric(MetricSpec(name="largest_error", params={"power": 2}))
        assert metric([1.0, 2.0], [1.0, 5.0]) == 9.0
        assert metric.objectives == get_metric("rmse").objectives
        with pytest.raises(MetricError, match="registered already"):
            register_metric(
                name="largest_error",
                direction="minimize",
                perfect=0.0,
                range=(0.0, 1.0),
                kinds=("number",),
                formula="0",
                summary="Nothing.",
            )(lambda truth, prediction: 0.0)
    finally:
        unregister_metric("largest_error")
    assert "largest_error" not in metric_names()


def test_an_inverted_direction_is_refused_when_registering():
    declare = register_metric(
        name="wrong_way",
        direction="maximize",
        perfect=0.0,
        range=(0.0, 1.0),
        kinds=("number",),
        formula="|y - p|",
        summary="An error that claims to be better when large.",
    )
    with pytest.raises(MetricError, match="perfect"):
        declare(lambda truth, prediction: 0.0)


def test_a_metric_that_gives_nan_is_a_typed_error_not_a_score():
    @register_metric(
        direction="minimize",
        perfect=0.0,
        range=(0.0, 1.0),
        kinds=("number",),
        formula="0/0",
        summary="Never a number.",
    )
    def undefined(truth, prediction):
        return math.nan

    try:
        with pytest.raises(MetricError, match="NaN"):
            get_metric("undefined")([1.0], [1.0])
    finally:
        unregister_metric("undefined")


def test_metrics_travel_between_processes():
    spec = MetricSpec(name="pinball", params={"alpha": 0.25})
    metric = pickle.loads(pickle.dumps(get_metric(spec)))
    assert metric == get_metric(spec)
    assert metric([1.0], [0.0]) == 0.25


@pytest.mark.parametrize(
    ("name", "truth", "prediction"),
    [
        ("rmse", [], []),
        ("rmse", [1.0, 2.0], [1.0]),
        ("rmse", [1.0], [math.nan]),
        ("rmse", [1.0], [math.inf]),
        ("rmse", [math.nan], [1.0]),
        ("rmse", ["a"], [1.0]),
        ("rmse", [1.0], [[1.0, 2.0]]),
        ("accuracy", [0.5], [0.5]),
        ("accuracy", [0], [-1]),
        ("roc_auc", [0, 2], [0.1, 0.2]),
        ("roc_auc", [0, 1], [0.1, 1.2]),
        ("roc_auc_ovr", [0, 1], [0.1, 0.2]),
        ("log_loss", [0, 2], [[0.5, 0.5], [0.5, 0.5]]),
        ("log_loss", [0, 1], [[0.5, 0.6], [0.5, 0.5]]),
        ("log_loss", [0], [[1.0]]),
        ("rmsle", [1.0], [-1.0]),
        ("rmsle", [-1.0], [1.0]),
        ("mape", [0.0], [1.0]),
        ("poisson_deviance", [0.0], [0.0]),
        ("gamma_deviance", [0.0], [1.0]),
    ],
)
def test_arrays_that_a_metric_does_not_take_are_typed_errors(name, truth, prediction):
    with pytest.raises(MetricError, match=name):
        get_metric(name)(np.array(truth), np.array(prediction))


def test_domains_are_said_in_words():
    assert str(POSITIVE) == "above 0"
    assert str(NON_ZERO) == "any number but 0"
    assert str(get_metric("rmsle").domain) == "at least 0"


def test_the_catalogue_needs_numpy_only():
    code = (
        "import sys, mlesmith_env.metrics; "
        "print([m for m in ('pandas', 'sklearn', 'scipy', 'pydantic') if m in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"


def test_the_page_in_the_documentation_is_the_catalogue():
    committed = Path(__file__).parents[3] / "docs" / "metrics.md"
    assert committed.read_text(encoding="utf-8") == page(), (
        "run: python -m mlesmith_env.metrics > docs/metrics.md"
    )
