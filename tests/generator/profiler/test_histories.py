"""Counts of classes that include the row are told from honest counts and from grades."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from mlesmith_generator.profiler.histories import counts_of_classes

ROWS, CLASSES = 1200, 4


def _records(own: int) -> tuple[list[NDArray[np.float64]], NDArray[np.int64]]:
    """Classes of rows, and what their speakers' records hold of each, with or without the row."""
    random = np.random.default_rng(1)
    labels = random.integers(0, CLASSES, ROWS)
    talk = random.gamma(0.5, 8, ROWS)
    counts = random.poisson(talk[:, None], (ROWS, CLASSES))
    counts[np.arange(ROWS), labels] += own
    return [column.astype(np.float64) for column in counts.T], labels.astype(np.int64)


def test_counts_that_include_the_row_are_found_with_their_classes() -> None:
    columns, labels = _records(own=1)
    noise = np.random.default_rng(2).poisson(2, ROWS).astype(np.float64)
    assert counts_of_classes([noise, *columns], labels) == {1: 0, 2: 1, 3: 2, 4: 3}


@pytest.mark.parametrize("kind", ["without the row", "two columns", "grades", "amounts"])
def test_what_is_no_count_of_classes_stays(kind: str) -> None:
    columns, labels = _records(own=0 if kind == "without the row" else 1)
    if kind == "two columns":
        columns = columns[:2]
    if kind == "grades":
        columns = [np.minimum(column, 3.0) for column in columns]
    if kind == "amounts":
        columns = [column / 2 for column in columns]
    assert counts_of_classes(columns, labels) == {}


def test_some_classes_of_many_with_a_column_that_is_never_zero_count_nothing() -> None:
    columns, labels = _records(own=0)
    more = np.random.default_rng(3).integers(0, 3, ROWS)
    spread = np.where(more > 0, labels + CLASSES * more, labels).astype(np.int64)
    own = [np.where(spread == label, column + 1, column) for label, column in enumerate(columns)]
    assert counts_of_classes(own, spread) == {}
