"""Thresholds of plain sums are told from targets that are merely predicted well."""

from __future__ import annotations

import numpy as np
import pytest

from mlesmith_generator.profiler.tallies import tally


@pytest.mark.parametrize("rows", [150, 400, 3000])
def test_a_score_of_items_is_found_with_the_reversed_ones(rows: int) -> None:
    random = np.random.default_rng(1)
    trait = random.normal(size=(rows, 1))
    items = np.clip(np.round(3 + 0.7 * trait + random.normal(size=(rows, 8))), 1, 5)
    shown = np.where(np.arange(8) % 3 == 0, 6 - items, items)
    table = np.column_stack([random.normal(size=(rows, 4)), shown])
    found = tally(table, (items.sum(axis=1) >= 25).astype(np.int64))
    assert found is not None
    assert sorted(found.members) == list(range(4, 12))
    signs = dict(zip(found.members, found.signs, strict=True))
    assert len({signs[4 + k] * (-1 if k % 3 == 0 else 1) for k in range(8)}) == 1
    noisy = items.sum(axis=1) + random.normal(0, 1, rows) >= 25
    assert tally(table, noisy.astype(np.int64)) is None


@pytest.mark.parametrize("apart", [1.5, 2.6, 4.0, 9.0])
def test_classes_that_lie_apart_are_no_thresholds_of_sums(apart: float) -> None:
    random = np.random.default_rng(2)
    kind = random.integers(0, 2, 1500)
    table = random.normal(size=(1500, 4)) + apart * kind[:, None]
    assert tally(table, kind) is None


@pytest.mark.parametrize("rare", [1, 3, 8])
def test_a_class_of_a_few_rows_is_judged_without_error(rare: int) -> None:
    random = np.random.default_rng(3)
    table = random.normal(size=(400, 3))
    codes = np.zeros(400, dtype=np.int64)
    codes[np.argsort(table.sum(axis=1))[-rare:]] = 1
    tally(table, codes)
    codes[:] = 0
    codes[np.argsort(table[:, 0])[-rare:]] = 1
    assert tally(table, codes) is None
