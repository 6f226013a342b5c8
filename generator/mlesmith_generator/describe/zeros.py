"""Which zeros are plainly none at all: those of a count in the same rows.

Where a house has no bathrooms, their area is 0 as well: nothing is missing there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.describe.measure import ColumnFacts, Text

_APART = 0.05
"""Share of the zeros that the two columns need not have in common."""


def with_counts(
    columns: Sequence[ColumnFacts], texts: Mapping[str, Text]
) -> tuple[ColumnFacts, ...]:
    """Return the columns, with a mark on those whose lone zeros are the zeros of a count.

    Args:
        columns: The columns.
        texts: Each as text, by its name.
    """
    if not any(each.above_zero is not None for each in columns):
        return tuple(columns)
    counts = [texts[each.name].numbers == 0 for each in columns if _is_count(each, texts)]
    return tuple(
        replace(each, counted=_agree(texts[each.name].numbers == 0, counts))
        if each.above_zero is not None
        else each
        for each in columns
    )


def _is_count(column: ColumnFacts, texts: Mapping[str, Text]) -> bool:
    """Whether a column holds whole numbers from 0 and 1 up, without a gap above the zero."""
    if not column.integer or column.textual:
        return False
    numbers = texts[column.name].parsed
    return bool((numbers >= 0).all()) and {0.0, 1.0} <= {*numbers.tolist()}


def _agree(zeros: NDArray[np.bool_], counts: Sequence[NDArray[np.bool_]]) -> bool:
    allowed = _APART * np.count_nonzero(zeros)
    return any(np.count_nonzero(zeros != other) <= allowed for other in counts)
