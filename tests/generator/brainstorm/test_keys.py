"""A key whose parts tell the class is left out for that, and said to be."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_generator.brainstorm.keys import key_reason, told_by_parts
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.profiler.typed import TypedColumn, type_column

ROWS = 300
_NAMES = ("wren", "rook", "none")


def key(values: list[str]) -> TypedColumn:
    return type_column("sample", pd.Series(values))


def asked(truth: list[int], classes: tuple[str, ...] = ("W", "R", "N")) -> Target:
    numbers = np.array(truth, dtype=np.float64)
    objective = "multiclass" if classes else "regression"
    return Target("y", "y", objective, (), numbers, classes, ordered=False, kind="as is")


def test_a_part_that_tells_the_class_is_the_reason() -> None:
    truth = [row % 3 for row in range(ROWS)]
    named = key([f"g{row % 7}x-{_NAMES[row % 3]}-{row}" for row in range(ROWS)])
    assert told_by_parts(named, asked(truth)) == 1.0
    assert key_reason(named, asked(truth)).startswith("its value tells the target")


def test_a_plain_key_tells_rows_apart() -> None:
    truth = [row % 3 for row in range(ROWS)]
    rng = np.random.default_rng(1)
    plain = key([f"g{row % 7}x-{_NAMES[rng.integers(3)]}-{row}" for row in range(ROWS)])
    assert 0.0 <= told_by_parts(plain, asked(truth)) < 0.5
    assert key_reason(plain, asked(truth)).startswith("it tells rows apart")


def test_parts_of_single_rows_tell_nothing() -> None:
    letters = "abcdefghijklmnopqrst"
    lone = key([f"{letters[row // 20]}{letters[row % 20]}q" for row in range(ROWS)])
    assert told_by_parts(lone, asked([row % 3 for row in range(ROWS)])) == 0.0


def test_a_rare_class_beside_a_constant_answer_and_a_number_are_not_told() -> None:
    same = key([f"all-{row}" for row in range(ROWS)])
    assert told_by_parts(same, asked([int(row < 9) for row in range(ROWS)])) == 0.0
    assert told_by_parts(same, asked([int(row < 60) for row in range(ROWS)])) == 0.0
    assert told_by_parts(same, asked(list(range(ROWS)), ())) == 0.0
