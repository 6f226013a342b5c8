"""Quick models, metrics and holdouts."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import table, text, visits

from mlesmith_env.manifest import MetricSpec
from mlesmith_generator.brainstorm import features, holdouts, probe
from mlesmith_generator.brainstorm.power import clarity
from mlesmith_generator.brainstorm.scoring import choose_metric
from mlesmith_generator.brainstorm.single import level_skill, monotone_skill, tree_skill
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.profiler.typed import TypedTable


def signal_of(data: TypedTable, target: str) -> tuple[probe.Signal, float]:
    made = primary(data[target])
    assert made is not None
    plan = holdouts.plain(made, data.rows)
    rows = np.arange(data.rows)
    built = features.build(data, rows, {target})
    folds = holdouts.folds(plan, made, data, rows, 0)
    signal = probe.measure(made.truth, len(made.classes), built, folds)
    _, errors = choose_metric("made", made, signal, plan.units)
    return signal, errors


def test_signal_is_told_from_noise() -> None:
    random = np.random.default_rng(1)
    x = random.normal(size=500)
    data = table(
        x=text(x),
        kind=random.choice(["a", "b", "c"], 500).tolist(),
        learnable=text(2 * x + random.normal(size=500)),
        noise=text(random.normal(size=500)),
    )
    good, clear = signal_of(data, "learnable")
    assert good.skill > 0.6
    assert clear > 5
    bad, unclear = signal_of(data, "noise")
    assert bad.skill < 0.05
    assert unclear < 2.5


def test_many_levels_are_used_without_being_memorised() -> None:
    random = np.random.default_rng(2)
    city = random.integers(0, 60, 900)
    effect = random.normal(0, 2, 60)[city]
    data = table(
        city=[f"c{value}" for value in city],
        rent=text(effect + random.normal(0, 1, 900)),
        unrelated=text(random.normal(0, 1, 900)),
    )
    assert signal_of(data, "rent")[0].skill > 0.5
    assert signal_of(data, "unrelated")[0].skill < 0.3


def test_rare_classes_show_in_a_metric_that_sees_them() -> None:
    random = np.random.default_rng(3)
    x = random.normal(size=900)
    rare = x + 0.5 * random.normal(size=900) > 2.0
    data = table(x=text(x), fraud=["yes" if value else "no" for value in rare])
    made = primary(data["fraud"])
    assert made is not None
    signal, errors = signal_of(data, "fraud")
    assert errors > 4
    assert clarity(MetricSpec(name="roc_auc"), made, signal, 160.0) > 4


def test_groups_are_never_split_by_folds() -> None:
    data = table(**visits())
    made = primary(data["score"])
    assert made is not None
    plan = holdouts.by_group(made, "patient", data, data.rows)
    assert plan is not None
    folds = holdouts.folds(plan, made, data, np.arange(data.rows), 0)
    codes = data["patient"].codes
    assert all(len(set(folds[codes == code])) == 1 for code in np.unique(codes))


def test_time_folds_learn_from_the_past_only() -> None:
    days = [f"2020-{1 + place // 28:02d}-{1 + place % 28:02d}" for place in range(280)]
    data = table(day=days, y=text(np.random.default_rng(4).normal(size=280)))
    made = primary(data["y"])
    assert made is not None
    plan = holdouts.by_time(made, "day", data, 280)
    assert plan is not None
    folds = holdouts.folds(plan, made, data, np.arange(280), 0)
    assert np.flatnonzero(folds == 0).min() > np.flatnonzero(folds == -1).max()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(-50, 50), min_size=8, max_size=60), st.randoms(use_true_random=False))
def test_one_column_models_are_perfect_on_their_own_column(values: list[int], random) -> None:
    x = np.array(values, dtype=np.float64)
    if np.ptp(x) == 0:
        return
    assert monotone_skill(x, 3 * x + 1) == pytest.approx(1.0)
    assert monotone_skill(-x, x) == pytest.approx(1.0)
    halves = (x > np.median(x)).astype(np.float64)
    if np.ptp(halves):
        assert tree_skill(x, halves[:, None]) == pytest.approx(1.0)
        assert level_skill(halves.astype(np.int64), halves) == pytest.approx(1.0)
    shuffled = x.copy()
    random.shuffle(shuffled)
    assert tree_skill(x, shuffled[:, None]) <= 1.0 + 1e-9


def test_scale_restores_what_it_learns() -> None:
    values = np.random.default_rng(5).lognormal(3, 1.5, 400)
    scale = probe.Scale.of(values)
    inner = np.quantile(values, [0.1, 0.5, 0.9])
    assert scale.restore(scale.learn(inner)) == pytest.approx(inner, rel=1e-9)


def test_words_of_free_text_count() -> None:
    random = np.random.default_rng(6)
    filler = ["the", "a", "room", "night", "we", "staff", "street", "from", "with", "day"]
    happy = random.random(500) < 0.5
    reviews = [
        " ".join([*random.choice(filler, 9), "lovely" if good else "awful", str(place)])
        for place, good in enumerate(happy)
    ]
    data = table(review=reviews, recommended=["yes" if good else "no" for good in happy])
    assert data["review"].profile.type == "text"
    assert signal_of(data, "recommended")[0].skill > 0.8
