"""Columns that say how a publisher divided the rows are told from what looks like them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mlesmith_generator.brainstorm.partition import divides_rows
from mlesmith_generator.profiler.table import measure_table

_ROWS = 240


def _divides(name: str, values: list[str]) -> bool:
    random = np.random.default_rng(1)
    column = random.permutation([values[k % len(values)] for k in range(_ROWS)])
    frame = pd.DataFrame({name: column, "x": random.normal(size=_ROWS)}).astype(str).astype(object)
    return divides_rows(measure_table(frame, seed=0)[name].profile)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("split", ["train", "train", "dev", "test"]),
        ("Part of the data", ["Training", "Validation"]),
        ("fold", ["1", "2", "3", "4", "5"]),
        ("cv_fold", ["0", "1", "2"]),
        ("is_train", ["0", "1"]),
        ("isTest", ["True", "False"]),
    ],
)
def test_what_divides_rows_is_told(name: str, values: list[str]) -> None:
    assert _divides(name, values)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("Fold", ["R on L", "L on R", "neither"]),
        ("fold", ["0.2", "1.7", "2.4", "0.9"]),
        ("fold", ["1", "1", "1", "1", "2"]),
        ("split", ["1", "2", "3"]),
        ("vehicle", ["train", "bus", "car"]),
        ("is_late", ["0", "1"]),
    ],
)
def test_what_only_looks_like_it_is_not(name: str, values: list[str]) -> None:
    assert not _divides(name, values)
