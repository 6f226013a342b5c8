"""Totals, means and extremes of a key's rows are told from numbers that merely go with them."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mlesmith_generator.profiler.ledgers import statistic_of

KEYS, ROWS = 60, 400


def _lines() -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Keys of lines, and what each costs."""
    random = np.random.default_rng(1)
    return random.integers(0, KEYS, ROWS), random.choice([0.99, 1.99, 4.5], ROWS)


@pytest.mark.parametrize("words", ["sum", "mean", "largest", "smallest"])
def test_each_statistic_is_named(words: str) -> None:
    codes, price = _lines()
    price = price + np.random.default_rng(2).integers(0, 9, ROWS).astype(np.float64)
    how = {"sum": np.sum, "mean": np.mean, "largest": np.max, "smallest": np.min}[words]
    told = np.array(
        [how(price[codes == key]) if np.any(codes == key) else 0 for key in range(KEYS)]
    )
    assert statistic_of(codes, told.round(2)[codes], {"price": price}, 0.01) == (
        f"the {words} of price"
    )


@pytest.mark.parametrize("kind", ["with freight", "count", "of other rows", "same for all"])
def test_what_only_goes_with_a_total_is_none(kind: str) -> None:
    codes, price = _lines()
    random = np.random.default_rng(3)
    total = np.bincount(codes, price, KEYS)
    told = {
        "with freight": total + random.uniform(1, 9, KEYS),
        "count": np.bincount(codes, minlength=KEYS) * 0.99,
        "of other rows": np.bincount(codes, price * (random.random(ROWS) < 0.7), KEYS),
        "same for all": np.full(KEYS, 4.5),
    }[kind]
    told = np.asarray(told, dtype=np.float64).round(2)
    assert statistic_of(codes, told[codes], {"price": price}, 0.01) == ""


def test_keys_with_an_unknown_row_prove_nothing() -> None:
    codes, price = _lines()
    told = np.asarray(np.bincount(codes, price, KEYS)[codes], dtype=np.float64).round(2)
    gaps = np.where(np.random.default_rng(4).random(ROWS) < 0.05, np.nan, price)
    assert statistic_of(codes, told, {"price": gaps}, 0.01) == "the sum of price"
