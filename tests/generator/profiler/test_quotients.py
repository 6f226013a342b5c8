"""Quotients of sums of columns: found with the fewest columns, and only where they hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from mlesmith_generator.profiler.quotients import quotient

Floats = NDArray[np.float64]
NAMES = ("a", "b", "c", "d", "p", "q", "r")
UNITS = np.array([1.0] * 4 + [0.01] * 3)


def _columns(rows: int = 600, seed: int = 1) -> Floats:
    """Four counts of unlike size, then three amounts that have nothing to do with them."""
    random = np.random.default_rng(seed)
    counts = [random.poisson(random.gamma(2, mean, rows)) + 1 for mean in (20, 30, 40, 50)]
    return np.column_stack([*counts, random.gamma(2, 3, (rows, 3)).round(2)]).astype(np.float64)


def _share(x: Floats) -> Floats:
    return x[:, 0] / (x[:, 0] + x[:, 1])


FORMULAS: list[tuple[Callable[[Floats], Floats], str, str]] = [
    (_share, "ab", "ab"),
    (lambda x: 100 * (x[:, 0] + x[:, 1]) / (x[:, 2] + x[:, 3]), "abcd", "abcd"),
    (lambda x: x[:, 0] / (x[:, 0] + x[:, 1] + 0.44 * x[:, 2]), "abc", "abc"),
    (lambda x: (x[:, 0] - x[:, 1]) / (x[:, 0] + x[:, 1]), "ab", "ab"),
    (lambda x: (x[:, 0] + x[:, 1]) / x[:, 3], "abd", "ab"),
]


@pytest.mark.parametrize(("formula", "members", "telling"), FORMULAS)
def test_the_fewest_columns_are_named_and_a_single_divisor_stays(
    formula: Callable[[Floats], Floats], members: str, telling: str
) -> None:
    table = _columns()
    found = quotient(table, formula(table).round(3), UNITS, 0.001)
    assert found is not None
    assert "".join(NAMES[place] for place in found.members) == members
    assert "".join(NAMES[place] for place in found.telling) == telling
    assert found.share > 0.99


def test_a_total_beside_its_parts_hides_nothing() -> None:
    table = _columns()
    total = np.column_stack([table, table[:, 0] + table[:, 1]])
    found = quotient(total, _share(table).round(3), np.append(UNITS, 1.0), 0.001)
    assert found is not None
    assert set(found.members) <= {0, 1, 7}


def test_it_is_told_in_words() -> None:
    table = _columns()
    found = quotient(table, (100 * _share(table)).round(1), UNITS, 0.1)
    assert found is not None
    assert found.told(NAMES) == "(100 * a) / (a + b)"


@pytest.mark.parametrize(("wrong", "seen"), [(0.03, True), (0.12, False)])
def test_a_few_strange_rows_do_not_hide_it(wrong: float, seen: bool) -> None:
    random, table = np.random.default_rng(2), _columns()
    strange = random.random(len(table)) < wrong
    truth = np.where(strange, random.random(len(table)), _share(table)).round(3)
    assert (quotient(table, truth, UNITS, 0.001) is not None) == seen


@pytest.mark.parametrize("kind", ["noise", "linear", "smooth", "coarse", "few rows", "levels"])
def test_what_is_only_predicted_well_is_no_quotient(kind: str) -> None:
    random, table = np.random.default_rng(3), _columns()
    truth = {
        "noise": _share(table) * random.normal(1, 0.02, len(table)),
        "linear": table[:, 0] + 0.3 * table[:, 4] + random.normal(0, 0.05, len(table)),
        "smooth": np.log(table[:, 0]) / (1 + np.exp(-table[:, 1] / 50)),
        "coarse": 5 * _share(table),
        "few rows": _share(table),
        "levels": random.normal(size=3)[random.integers(0, 3, len(table))],
    }[kind]
    unit = 1.0 if kind == "coarse" else 0.001
    rows = slice(0, 50) if kind == "few rows" else slice(None)
    places = {1.0: 0, 0.001: 3}[unit]
    assert quotient(table[rows], truth[rows].round(places), UNITS, unit) is None


def test_many_columns_and_few_rows_give_no_false_alarm() -> None:
    random = np.random.default_rng(4)
    for seed in range(5):
        table = np.random.default_rng(seed).gamma(2, 3, (120, 200)).round(2)
        truth = random.random(120).round(3)
        assert quotient(table, truth, np.full(200, 0.01), 0.001) is None


def test_a_column_that_is_nearly_always_nothing_is_no_obstacle() -> None:
    table = _columns()
    rare = np.zeros(len(table))
    rare[:5] = [1, 2, 3, 4, 5]
    gaps = np.where(np.arange(len(table)) < 5, np.nan, table[:, 4])
    found = quotient(
        np.column_stack([table[:, :4], rare, gaps]),
        _share(table).round(3),
        np.array([1.0] * 5 + [0.01]),
        0.001,
    )
    assert found is not None
    assert found.members == (0, 1)
