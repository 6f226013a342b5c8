"""Free text as numbers: which of its commonest words, or pieces of words, a value holds."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.matter import is_strand
from mlesmith_generator.profiler.typed import TypedColumn
from mlesmith_generator.profiler.words import pieces_of

MAX_WORDS = 150
_LONGEST = 3000
_RAREST, _COMMONEST = 0.008, 0.7
_FEW_WORDS = 2.5
_PLACES = 60
"""Letters of a strand that are looked at with their place."""


def word_marks(column: TypedColumn, rows: NDArray[np.int64]) -> list[NDArray[np.float64]]:
    """Return marks (0 or 1) of the commonest words, and the logarithm of the length.

    Args:
        column: A column of free text.
        rows: The rows that are asked for.

    Returns:
        Arrays of shape (rows,). Words in nearly every or nearly no value are left out.
    """
    codes, place = np.unique(column.codes[rows], return_inverse=True)
    texts = ["" if code < 0 else column.values[code][:_LONGEST].lower() for code in codes]
    pieces = [pieces_of(text) for text in texts]
    if is_strand(column):
        pieces = [_runs(text) for text in texts]
    elif sum(map(len, pieces)) < _FEW_WORDS * len(texts):
        pieces = [_parts(text) for text in texts]
    weight = np.bincount(place)
    count: Counter[str] = Counter()
    for held, times in zip(pieces, weight.tolist(), strict=True):
        for piece in held:
            count[piece] += times
    low, high = _RAREST * len(rows), _COMMONEST * len(rows)
    # The order of a set is another in every process: equally common words stand by their letters.
    ordered = sorted(count.items(), key=lambda item: (-item[1], item[0]))[: 4 * MAX_WORDS]
    common = [piece for piece, times in ordered if low <= times <= high]
    chosen = common[:MAX_WORDS]
    marks = [np.array([piece in held for held in pieces], dtype=np.float64) for piece in chosen]
    length = np.log1p(np.array([len(text) for text in texts], dtype=np.float64))
    return [marked[place] for marked in (*marks, length)]


def _runs(text: str) -> set[str]:
    """Return runs of three letters, and letters with their place among the first."""
    runs = {text[start : start + 3] for start in range(len(text) - 2)}
    return runs | {f"{place} {letter}" for place, letter in enumerate(text[:_PLACES])}


def _parts(text: str) -> set[str]:
    """Return pairs of neighbouring letters, with the ends of words marked."""
    padded = "_" + "_".join(text.split()) + "_"
    return {padded[start : start + 2] for start in range(len(padded) - 1)}
