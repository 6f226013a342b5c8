"""Metrics that give every class a voice are chosen where the rarest has private rows enough."""

from __future__ import annotations

import numpy as np
import pytest
from made import table, text

from mlesmith_generator.brainstorm import features, holdouts, probe
from mlesmith_generator.brainstorm.rarest import (
    ENOUGH,
    HANDFUL,
    MACRO,
    SQUARED,
    allowed,
    handful,
    private_by_class,
    rarest_private,
)
from mlesmith_generator.brainstorm.scoring import choose_metric
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.profiler.typed import TypedTable


def _kinds(rows: int, rare: int, *, kinds: tuple[str, ...] = ("oak", "ash", "elm")) -> TypedTable:
    random = np.random.default_rng(5)
    kind = random.choice(kinds[:-1], rows)
    kind[random.choice(rows, rare, replace=False)] = kinds[-1]
    grove = np.arange(rows) // 10
    height = random.normal(0, 1, rows) + (kind == kinds[0])
    return table(
        kind=kind.tolist(),
        height=text(height.round(3)),
        girth=text((height + random.normal(0, 1, rows)).round(3)),
        grove_id=[f"g{each}" for each in grove],
        year=text(np.arange(rows) + 1000),
    )


def _target(data: TypedTable) -> Target:
    made = primary(data["kind"])
    assert made is not None
    return made


@pytest.mark.parametrize(("rare", "least", "most"), [(20, 3.0, 4.0), (40, 6.5, 7.5)])
def test_the_rarest_class_gets_its_share_of_the_private_rows(
    rare: int, least: float, most: float
) -> None:
    data = _kinds(2000, rare)
    made = _target(data)
    assert least <= rarest_private(made, holdouts.plain(made, data.rows), data) <= most


def test_of_whole_groups_rows_count_together() -> None:
    data = _kinds(2000, 200)
    made = _target(data)
    plan = holdouts.by_group(made, "grove_id", data, data.rows)
    assert plan is not None
    spread = rarest_private(made, plan, data)
    codes = np.argsort(made.truth, kind="stable")
    gathered = Target(
        made.target,
        made.source,
        made.objective,
        (),
        made.truth[codes],
        made.classes,
        False,
        "as is",
    )
    assert rarest_private(gathered, plan, data) < 0.6 * spread


def test_of_the_future_the_late_rows_count() -> None:
    data = _kinds(2000, 300)
    made = _target(data)
    plan = holdouts.by_time(made, "year", data, data.rows)
    assert plan is not None
    assert rarest_private(made, plan, data) > 2 * ENOUGH
    early = np.where((made.truth == made.truth.max()) & (np.arange(2000) > 1400), 0, made.truth)
    gone = Target(made.target, made.source, made.objective, (), early, made.classes, False, "as is")
    assert rarest_private(gone, plan, data) == 0


def test_a_number_has_no_rarest_class() -> None:
    data = _kinds(300, 40)
    made = primary(data["height"])
    assert made is not None
    assert rarest_private(made, holdouts.plain(made, 300), data) == np.inf


def test_few_rows_leave_metrics_that_count_rows() -> None:
    metrics = ("f1_macro", "accuracy", "roc_auc_ovr", "log_loss")
    assert allowed(metrics, ENOUGH) == metrics
    assert allowed(metrics, ENOUGH - 0.1) == ("accuracy", "log_loss")


@pytest.mark.parametrize(("rare", "by_class"), [(10, False), (60, True)])
def test_ideas_of_uneven_classes_have_a_metric_that_their_private_rows_bear(
    rare: int, by_class: bool
) -> None:
    data = _kinds(900, rare)
    made = _target(data)
    plan = holdouts.plain(made, data.rows)
    rows = np.arange(data.rows)
    built = features.build(data, rows, {"kind", "grove_id"})
    signal = probe.measure(
        made.truth, len(made.classes), built, holdouts.folds(plan, made, data, rows, 0)
    )
    met = {
        choose_metric(
            f"forest{number}", made, signal, plan.units, rarest=rarest_private(made, plan, data)
        )[0].name
        for number in range(12)
    }
    assert bool(met & MACRO) is by_class


@pytest.mark.parametrize(
    ("rows", "few"),
    [
        ((3, 13, 154), True),
        ((30, 13, 154), False),
        ((200, 2, 190), False),
        ((39, 385, 510, 194, 3), False),
        ((0, 0, 0), False),
    ],
    ids=["a rare end", "a common end", "a rare middle", "an end that hardly weighs", "nothing"],
)
def test_a_handful_of_rows_weighs_much_at_the_far_end_of_a_scale(
    rows: tuple[int, ...], few: bool
) -> None:
    assert (handful(rows) >= HANDFUL) is few


@pytest.mark.parametrize(("rare", "squared"), [(8, False), (80, True)])
def test_scales_with_a_rare_end_are_not_scored_by_squares(rare: int, squared: bool) -> None:
    random = np.random.default_rng(5)
    level = random.choice(["medium", "high"], 900, p=[0.1, 0.9])
    level[:rare] = "low"
    size = np.select([level == "low", level == "medium"], [0.0, 1.0], 2.0)
    data = table(level=level.tolist(), height=text((size + random.normal(0, 0.5, 900)).round(3)))
    made = primary(data["level"])
    assert made is not None
    assert made.ordered
    plan = holdouts.plain(made, data.rows)
    rows = np.arange(data.rows)
    built = features.build(data, rows, {"level"})
    signal = probe.measure(made.truth, 3, built, holdouts.folds(plan, made, data, rows, 0))
    private = private_by_class(made, plan, data)
    assert private.min() == rarest_private(made, plan, data)
    met = {
        choose_metric(f"forest{number}", made, signal, plan.units, few=handful(private))[0].name
        for number in range(12)
    }
    assert (SQUARED in met) is squared
