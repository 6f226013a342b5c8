"""Which zeros are plainly none at all: those of a count in the same rows.

Where a house has no bathrooms, their area is 0 as well: nothing is missing there. Nor is it where
a column holds logarithms of whole numbers, of which 0 is that of 1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.describe.measure import ColumnFacts, Text

_APART = 0.05
"""Share of the zeros that the two columns need not have in common."""
_LARGEST = 9.0
"""Logarithm up to which a whole number is told from its neighbours."""
_OFF = 1e-5
"""How far a power may be from a whole number, as a share of it."""


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
        replace(
            each,
            counted=_agree(texts[each.name].numbers == 0, counts)
            or _are_logarithms(texts[each.name].parsed),
        )
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


def _are_logarithms(numbers: NDArray[np.float64]) -> bool:
    """Whether the numbers are logarithms of whole ones, with more digits than these need."""
    finite = numbers[np.isfinite(numbers)]
    if not len(finite) or finite.max() > _LARGEST or (finite == np.rint(finite)).mean() > 0.5:
        return False
    whole = np.exp(finite)
    return bool((np.abs(whole - np.rint(whole)) <= _OFF * whole).mean() > 0.95)


def _agree(zeros: NDArray[np.bool_], counts: Sequence[NDArray[np.bool_]]) -> bool:
    allowed = _APART * np.count_nonzero(zeros)
    return any(np.count_nonzero(zeros != other) <= allowed for other in counts)
