"""Whose a target is: of stores and products, whole ones are held out of those that tell it best."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from made import table, text

from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.text import text_frame
from mlesmith_generator.brainstorm.holdouts import FIXED, SHARED, by_group, owner
from mlesmith_generator.brainstorm.targets import primary
from mlesmith_generator.profiler.table import Measured, measure_table, profile_table


def test_a_price_belongs_to_the_product_and_a_delay_to_the_store_of_a_line() -> None:
    random = np.random.default_rng(3)
    store, product = np.repeat(np.arange(120), 10), random.integers(0, 60, 1200)
    price = random.gamma(3, 9, 60)[product] * np.where(random.random(1200) < 0.1, 0.9, 1.0)
    delay = random.gamma(2, 4, 120)[store] + random.normal(0, 0.5, 1200)
    frame = text_frame(
        {
            "storeID": [f"s{value}" for value in store],
            "productID": [f"p{value}" for value in product],
            "price": text(price, 2),
            "delay": text(delay, 2),
            "weight": text(random.normal(50, 9, 1200), 1),
        }
    )
    typed = measure_table(pd.DataFrame(frame))
    reader = TableReader(files=("lines.csv",), format="delimited")
    profile = profile_table("lines", reader, Measured(typed, 1200, 0))
    found = {}
    for name in ("price", "delay", "weight"):
        made = primary(typed[name])
        assert made is not None
        found[name] = owner(made, profile, typed)
    assert found["price"][0] == "productID"
    assert found["delay"][0] == "storeID"
    assert min(found["price"][1], found["delay"][1]) >= FIXED
    assert found["weight"][1] <= SHARED


@pytest.mark.parametrize(
    ("name", "values", "gone"),
    [
        ("ewe", 300 + 7 * np.arange(40), True),
        ("litter", 1 + np.arange(40), True),
        ("farm", [f"f{value}" for value in range(40)], True),
        ("year", 1980 + np.arange(40), False),
        ("week", 1 + np.arange(40), False),
        ("altitude", 120 + 35 * np.arange(40), False),
    ],
)
def test_the_mere_name_of_a_hidden_group_is_no_feature(
    name: str, values: object, gone: bool
) -> None:
    group = np.repeat(np.asarray(values).astype(str), 20)
    weight = np.random.default_rng(4).normal(40, 5, 800)
    data = table(**{name: group.tolist(), "weight": text(weight, 1)})
    made = primary(data["weight"])
    assert made is not None
    plan = by_group(made, name, data, 800)
    assert plan is not None
    assert plan.holdout.drop_column == gone
