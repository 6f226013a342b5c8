"""Linear rungs shrink as far as rows left out tell them to, whatever is asked."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
import pytest
from scipy import sparse
from sklearn.linear_model import LogisticRegression, Ridge

PARTS = files("mlesmith_generator.ladder") / "programs" / "parts"


def parts(kind: str, metric: str, classes: int = 0) -> dict[str, Any]:
    """The parts of a linear rung with the facts of a made-up task."""
    facts: dict[str, Any] = {
        "KIND": kind,
        "METRIC": metric,
        "CLASSES": [f"class {number}" for number in range(classes)],
        "QUANTILE": 0.8,
        "BETA": 1.0,
        "SEED": 5,
    }
    for name in ("scores.py", "models.py"):
        exec((PARTS / name).read_text(encoding="utf-8"), facts)
    return facts


def columns(rows: int, wide: int) -> np.ndarray:
    return np.random.default_rng(3).normal(size=(rows, wide))


@pytest.mark.parametrize("wide", [6, 90])
@pytest.mark.parametrize("thin", [False, True])
def test_each_row_is_told_without_itself(wide: int, thin: bool) -> None:
    table = columns(40, wide)
    values = table[:, 0] + np.random.default_rng(4).normal(size=40)
    seen: Any = sparse.csr_matrix(table) if thin else table
    told = next(parts("number", "rmse")["left_out"](seen, values, [2.0]))
    for row in (0, 17):
        others = np.arange(40) != row
        alone = Ridge(alpha=2.0).fit(table[others], values[others]).predict(table[[row]])
        assert told[row] == pytest.approx(alone[0])


@pytest.mark.parametrize("thin", [False, True])
@pytest.mark.parametrize("metric", ["rmse", "mae", "pinball", "poisson_deviance"])
def test_noise_is_shrunk_away_and_a_rule_is_kept(metric: str, thin: bool) -> None:
    draws = np.random.default_rng(6)
    seen, asked = columns(240, 60)[:120], columns(240, 60)[120:]
    made = parts("number", metric)
    given: list[Any] = [sparse.csr_matrix(each) if thin else each for each in (seen, asked)]
    noise = made["linear"](given[0], draws.poisson(4, 120).astype(float), given[1])
    assert noise.std() < 0.8
    rule = made["linear"](given[0], 6 + seen[:, 0], given[1])
    assert np.corrcoef(rule, asked[:, 0])[0, 1] > 0.9


def test_classes_that_nothing_tells_keep_their_shares() -> None:
    truth = np.random.default_rng(8).integers(0, 2, 300)
    made = parts("probability", "log_loss", 2)
    shares = made["linear"](columns(300, 50), truth, columns(400, 50)[300:])
    assert np.abs(shares[:, 1] - truth.mean()).max() < 0.25
    bold = LogisticRegression(C=1.0).fit(columns(300, 50), truth)
    bold_shares = bold.predict_proba(columns(400, 50)[300:])[:, 1]
    assert np.abs(bold_shares - truth.mean()).max() > 0.25


def test_a_class_of_few_rows_does_not_stop_the_choice() -> None:
    table = columns(90, 8)
    truth = np.where(table[:, 0] > 0, 1, 0)
    truth[:2] = 2
    shares = parts("probabilities", "log_loss", 4)["linear"](table, truth, table)
    assert shares.shape == (90, 4)
    assert (shares.argmax(axis=1) == truth).mean() > 0.9


def test_pictures_that_differ_in_light_alone_have_the_same_edges() -> None:
    pictures: dict[str, Any] = {}
    exec((PARTS / "media" / "pictures.py").read_text(encoding="utf-8"), pictures)
    across, down = np.meshgrid(np.linspace(0, 3, 48), np.linspace(0, 3, 48))
    bars = 0.5 + 0.4 * np.sin(6 * across)
    there = pictures["edges"](bars)
    assert there == pytest.approx(pictures["edges"](0.5 * bars), abs=0.02)
    assert np.abs(there - pictures["edges"](0.5 + 0.4 * np.sin(6 * down))).max() > 0.3
