"""Products of powers of columns: found where they hold, and cut with the fewest columns."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mlesmith_generator.profiler.powers import product, telling

Floats = NDArray[np.float64]
NAMES = ("length", "width", "inked", "mean", "other", "more")
UNITS = np.array([1.0, 1.0, 0.001, 0.01, 0.01, 0.01])


def _columns(rows: int = 600, seed: int = 1) -> Floats:
    """Two sides, a share and a mean, then two amounts that have nothing to do with them."""
    random = np.random.default_rng(seed)
    sides = random.integers(8, 400, (rows, 2)).astype(np.float64)
    share, mean = random.uniform(0.1, 0.9, rows).round(3), (random.gamma(3, 1.5, rows) + 1).round(2)
    return np.column_stack([sides, share, mean, random.gamma(2, 3, (rows, 2)).round(2) + 0.01])


def _strokes(x: Floats) -> Floats:
    return x[:, 0] * x[:, 1] * x[:, 2] / x[:, 3]


def test_four_columns_are_found_and_one_of_them_suffices_to_hide_it() -> None:
    table = _columns()
    found, places = telling(table, _strokes(table).round(), UNITS, 1.0)
    assert found is not None
    assert found.told(NAMES) == "length * width * inked * mean ** -1"
    assert len(places) == 1
    assert places[0] in found.members


def test_what_others_rebuild_does_not_suffice() -> None:
    table = _columns()
    area = table[:, 0] * table[:, 1]
    told = np.column_stack([table, area])
    units = np.append(UNITS, 1.0)
    truth = (area**2 / table[:, 3]).round()
    found, places = telling(told, truth, units, 1.0)
    assert found is not None
    told[:, list(places)] = np.nan
    assert product(told, truth, units, 1.0) is None
    assert places == (3,)


def test_a_side_is_the_root_of_area_and_shape() -> None:
    table = _columns()
    shape = (table[:, 0] / table[:, 1]).round(3)
    told = np.column_stack([table[:, 0] * table[:, 1], shape, table[:, 4:]])
    units = np.array([1.0, 0.001, 0.01, 0.01])
    found, places = telling(told[shape > 0.1], table[shape > 0.1, 0], units, 1.0)
    assert found is not None
    assert (found.members, found.powers) == ((0, 1), (0.5, 0.5))
    assert len(places) == 1


def test_a_count_of_few_values_has_to_be_the_product_itself() -> None:
    random, table = np.random.default_rng(4), _columns()
    height = random.integers(3, 12, len(table)).astype(np.float64)
    units = np.array([1.0, 1.0, 0.01])
    exact = np.column_stack([height * table[:, 0], table[:, 0], table[:, 4]])
    assert product(exact, height, units, 1.0) is not None
    off = exact[:, 0] + np.rint(random.normal(0, 0.1 * table[:, 0]))
    assert product(np.column_stack([off, exact[:, 1:]]), height, units, 1.0) is None


@pytest.mark.parametrize(("wrong", "seen"), [(0.02, True), (0.2, False)])
def test_a_few_strange_rows_do_not_hide_it(wrong: float, seen: bool) -> None:
    random, table = np.random.default_rng(2), _columns()
    truth = _strokes(table)
    strange = random.random(len(table)) < wrong
    truth = np.where(strange, truth * random.uniform(0.2, 5, len(table)), truth).round()
    assert (product(table, truth, UNITS, 1.0) is not None) == seen


@pytest.mark.parametrize("kind", ["noise", "odd", "sum", "flat", "few rows", "random"])
def test_what_is_only_predicted_well_is_no_product(kind: str) -> None:
    random, table = np.random.default_rng(3), _columns()
    truth = {
        "noise": _strokes(table) * np.exp(random.normal(0, 0.03, len(table))),
        "odd": 100 * table[:, 0] ** 0.75 * table[:, 1] ** 0.25,
        "sum": table[:, 0] + table[:, 1] + table[:, 4],
        "flat": 500 + table[:, 2],
        "few rows": _strokes(table),
        "random": random.gamma(2, 100, len(table)),
    }[kind].round()
    rows = slice(0, 50) if kind == "few rows" else slice(None)
    assert product(table[rows], truth[rows], UNITS, 1.0) is None


def test_many_columns_and_few_rows_give_no_false_alarm() -> None:
    for seed in range(5):
        random = np.random.default_rng(seed)
        table, truth = random.gamma(2, 3, (120, 200)).round(2), random.gamma(2, 30, 120).round(1)
        assert product(table, truth, np.full(200, 0.01), 0.1) is None
