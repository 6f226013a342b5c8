"""Relations between columns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_env.recipes.text import text_frame
from mlesmith_generator.profiler.relations import lookup_support, relations
from mlesmith_generator.profiler.table import measure_table


def found(columns: dict[str, list[str]]) -> set[tuple[str, str, frozenset[str]]]:
    table = measure_table(pd.DataFrame(text_frame(columns)))
    return {
        (relation.kind, relation.target, frozenset(relation.columns))
        for relation in relations(table)
    }


def text(values: np.ndarray) -> list[str]:
    return [f"{value:.12g}" for value in values]


def test_sum_product_and_monotone_forms_are_found() -> None:
    random = np.random.default_rng(1)
    price = np.round(random.uniform(5, 90, 300), 2)
    tip = np.round(random.uniform(0, 9, 300), 2)
    area = random.integers(20, 400, 300).astype(float)
    kinds = found(
        {
            "price": text(price),
            "tip": text(tip),
            "total": text(price + tip),
            "area": text(area),
            "rent": text(np.round(area * price, 4)),
            "log_area": text(np.log(area)),
            "noise": text(random.normal(size=300)),
        }
    )
    assert ("sum", "total", frozenset({"price", "tip"})) in kinds
    assert any(kind == "product" and "rent" in {target, *given} for kind, target, given in kinds)
    assert any({"area", "log_area"} == {target, *given} for _, target, given in kinds)
    assert not any("noise" in {target, *given} for _, target, given in kinds)


def test_copies_under_other_words_and_codes_with_labels() -> None:
    random = np.random.default_rng(2)
    city = random.integers(0, 12, 400)
    country = city // 3
    kinds = found(
        {
            "city": [f"city {value}" for value in city],
            "city_code": [str(value * 7) for value in city],
            "country": [f"country {value}" for value in country],
            "free": [str(value) for value in random.integers(0, 4, 400)],
        }
    )
    assert ("duplicate", "city_code", frozenset({"city"})) in kinds
    assert ("determines", "country", frozenset({"city"})) in kinds
    assert not any("free" in {target, *given} for _, target, given in kinds)


def test_a_flag_that_says_either_of_two() -> None:
    random = np.random.default_rng(3)
    which = random.integers(0, 4, 400)
    kinds = found(
        {
            "killed": [str(int(value == 1)) for value in which],
            "natural": [str(int(value == 2)) for value in which],
            "dead": [str(int(value in (1, 2))) for value in which],
        }
    )
    assert any(target == "dead" and kind == "sum" for kind, target, _ in kinds)


def test_a_lookup_needs_repeated_values() -> None:
    unique = np.arange(200)
    labels = np.random.default_rng(4).integers(0, 2, 200)
    assert lookup_support(unique, labels) == 0.0
    assert lookup_support(labels, labels) == 1.0
