"""What is asked more closely: counts, levels in order, rare faults."""

from __future__ import annotations

import numpy as np
import pytest
from made import table

from mlesmith_generator.brainstorm.objectives import amount_objective, refined
from mlesmith_generator.brainstorm.scoring import _options
from mlesmith_generator.brainstorm.targets import alternatives, primary


def _whole(values: np.ndarray) -> list[str]:
    return [str(int(value)) for value in values]


@pytest.mark.parametrize(
    ("name", "values", "expected"),
    [
        ("num_claims", np.random.default_rng(1).poisson(3, 300), "count"),
        ("bike_rentals", np.random.default_rng(2).gamma(2, 90, 300), "count"),
        ("quux", np.random.default_rng(3).negative_binomial(1, 0.15, 300), "count"),
        ("year", np.random.default_rng(4).integers(1950, 2020, 300), "regression"),
        ("age", np.random.default_rng(5).integers(1, 90, 300), "regression"),
        ("price", np.random.default_rng(6).gamma(1, 9, 300), "regression"),
        ("quux", np.random.default_rng(7).normal(500, 40, 300), "regression"),
        ("student_number", np.random.default_rng(8).integers(5000, 5400, 300), "regression"),
    ],
)
def test_counts_are_told_by_name_and_values(name: str, values: np.ndarray, expected: str) -> None:
    assert amount_objective(table(**{name: _whole(values)})[name]) == expected


def test_bands_of_an_amount_are_ordinal_and_halves_binary() -> None:
    column = table(price=[f"{value:.3f}" for value in np.random.default_rng(1).normal(50, 9, 300)])
    first = primary(column["price"])
    assert first is not None
    assert [other.objective for other in alternatives(column["price"], first)] == [
        "ordinal",
        "binary",
    ]


@pytest.mark.parametrize(
    ("name", "share", "subject", "expected"),
    [
        ("fraud", 0.03, "card payments", "anomaly"),
        ("machine_failure", 0.04, "milling", "anomaly"),
        ("class", 0.04, "oil spills", "anomaly"),
        ("default", 0.03, "loans", "binary"),
        ("churned", 0.03, "oil spills", "binary"),
        ("fraud", 0.3, "card payments", "binary"),
    ],
)
def test_rare_faults_are_anomalies(name: str, share: float, subject: str, expected: str) -> None:
    rare = np.arange(1000) < share * 1000
    made = primary(table(**{name: ["1" if one else "0" for one in rare]})[name])
    assert made is not None
    close = refined(made, subject)
    assert close.objective == expected
    if expected == "anomaly":
        assert set(_options(close, 0.0)) == {"average_precision", "roc_auc"}


@pytest.mark.parametrize("share", [0.05, 0.2, 0.8, 0.95])
def test_whether_positives_are_found_is_asked_where_they_are_few(share: float) -> None:
    one = np.arange(1000) < share * 1000
    made = primary(table(owner=["1" if each else "0" for each in one])["owner"])
    assert made is not None
    finding = {"average_precision", "f1"} & set(_options(made, 0.0))
    assert bool(finding) == (share < 0.5)
