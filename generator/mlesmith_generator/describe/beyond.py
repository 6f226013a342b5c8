"""What holds in the training rows and not in the test rows, though a page might say it of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd

from mlesmith_generator.describe.measure import ColumnFacts, as_text


def with_test(columns: Sequence[ColumnFacts], test: pd.DataFrame) -> tuple[ColumnFacts, ...]:
    """Return the columns, with marks where only the test rows vary or have gaps.

    Args:
        columns: The columns, measured on the training rows.
        test: Rows of `test.csv`.
    """
    return tuple(_compared(each, test) for each in columns)


def _compared(column: ColumnFacts, test: pd.DataFrame) -> ColumnFacts:
    constant, whole = column.kind == "constant", not column.missing
    if not (constant or whole) or column.name not in test.columns:
        return column
    text = as_text(test, column.name)
    known = {value for value, _ in column.top}
    return replace(
        column,
        test_varies=constant and not {*text.values} <= known,
        test_gaps=whole and bool((text.codes < 0).any()),
    )
