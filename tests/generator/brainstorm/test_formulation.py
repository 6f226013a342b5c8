"""Ways to predict a column."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import table, text

from mlesmith_env.recipes.model import Bin, ExcludeValues, MapValues, ParseNumber
from mlesmith_env.recipes.text import text_frame
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.brainstorm.contest import contest
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.brainstorm.targets import alternatives, primary


def only(name: str, values: list[str]) -> Target:
    made = primary(table(**{name: values})[name])
    assert made is not None
    return made


def test_amounts_are_regression_and_words_are_classes() -> None:
    random = np.random.default_rng(1)
    assert only("weight", text(random.normal(size=200))).objective == "regression"
    assert only("kind", ["a", "b", "c", "b"] * 50).objective == "multiclass"
    assert only("won", ["yes", "no"] * 50).objective == "binary"


@pytest.mark.parametrize("name", ["rating", "grade", "pclass"])
def test_small_whole_numbers_are_levels(name: str) -> None:
    values = [str(1 + place * 7 % 5) for place in range(200)]
    made = only(name, values)
    assert made.objective == "ordinal"
    assert made.ordered


def test_codes_of_a_class_are_not_ordered() -> None:
    values = [str(1 + place * 7 % 4) for place in range(200)]
    assert not only("class", values).ordered


def test_counts_are_amounts() -> None:
    values = [str(value) for value in np.random.default_rng(2).poisson(1.0, 400)]
    assert only("number_of_visits", values).objective == "count"


def test_numbers_as_text_are_parsed() -> None:
    values = [f"${1000 + 37 * place:,}" for place in range(200)]
    made = only("price", values)
    assert made.objective == "regression"
    assert any(isinstance(step, ParseNumber) for step in made.transforms)


def test_a_few_rare_classes_are_left_out_and_many_are_grouped() -> None:
    few = only("kind", ["a"] * 200 + ["b"] * 200 + ["c"] * 2)
    assert any(isinstance(step, ExcludeValues) for step in few.transforms)
    assert few.classes == ("a", "b")
    rare = [f"r{place}" for place in range(30) for _ in range(2)]
    many = only("kind", ["a"] * 200 + ["b"] * 200 + rare)
    assert any(isinstance(step, MapValues) for step in many.transforms)
    assert many.classes == ("a", "b", "other")


def test_nearly_constant_columns_are_not_predicted() -> None:
    assert primary(table(kind=["a"] * 395 + ["b"] * 5)["kind"]) is None


def test_mostly_zero_amounts_become_whether_there_is_any() -> None:
    values = ["0"] * 380 + [str(100 + place) for place in range(20)]
    made = only("cost", values)
    assert (made.objective, made.classes) == ("binary", ("none", "some"))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=60, max_size=200, unique=True))
def test_bands_never_cut_on_a_value_and_match_their_recipe(numbers: list[float]) -> None:
    values = [repr(number) for number in numbers]
    column = table(x=values)["x"]
    made = primary(column)
    if made is None or made.objective != "regression":
        return
    for other in alternatives(column, made):
        cuts = [step for step in other.transforms if isinstance(step, Bin)]
        assert not set(cuts[0].edges) & (set(numbers) - {cuts[0].edges[-1]} - {cuts[0].edges[0]})
        frame = apply_transforms(pd.DataFrame(text_frame({"x": values})), other.transforms, seed=0)
        labels = [other.classes[int(place)] for place in other.truth]
        assert frame[other.target].tolist() == labels


def test_results_of_contests_give_winner_and_total() -> None:
    random = np.random.default_rng(3)
    pairs = random.poisson(1.5, (300, 2))
    values = [f"{left}-{right}" for left, right in pairs]
    winner, total = contest(table(score=values)["score"])
    assert winner.classes == ("less", "equal", "greater")
    frame = pd.DataFrame(text_frame({"score": values}))
    for made, expected in (
        (
            winner,
            [("less", "equal", "greater")[int(s) + 1] for s in np.sign(pairs[:, 0] - pairs[:, 1])],
        ),
        (total, [str(value) for value in pairs.sum(axis=1)]),
    ):
        assert apply_transforms(frame, made.transforms, seed=0)[made.target].tolist() == expected


def test_ranges_are_no_contests() -> None:
    values = ["18-29", "30-44", "45-60", "61-99"] * 50
    assert contest(table(score=values)["score"]) == []
