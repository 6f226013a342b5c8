"""Numbers that a program read off a text beside them: shares of words of a lexicon, and counts.

Nobody predicts how many of a text's words stand in a list of glad words: who has the list and the
text counts them. Such a share, times the words of its text, is a whole number, which no judgement
of a reader is. Counts of words or letters go up and down with the text itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.typed import TypedColumn, TypedTable

ROWS = 2000
"""Texts that are counted at most."""
_LONG = 20.0
"""Words of a text in the mean, from which shares of them are told from other numbers."""
_FEW, _NEAR = 8, 0.1
"""Words of a list that were found, below which rounding leaves a whole number to be seen, and how
far from it that may be."""
_WHOLE = 0.4
"""Share of the rows near a whole number; of numbers of another kind it is twice `_NEAR`."""
_FEWEST = 20
_ALIKE = 0.98
"""Correlation with the words or the letters of a text from which a number counts them."""
_WORD = re.compile(r"[\w'\u2019-]+")


def read_off(table: TypedTable) -> set[str]:
    """Return the names of numbers that were counted in a text of the same table."""
    found: set[str] = set()
    for text in table.columns:
        if text.profile.type != "text" or text.profile.mean_length < 4 * _LONG:
            continue
        rows = np.flatnonzero(text.codes >= 0)[:ROWS]
        letters = np.array([len(text.values[code]) for code in text.codes[rows]], np.float64)
        counted = tuple(_words_of(text, rows))
        if len(rows) < _FEWEST or counted[0].mean() < _LONG:
            continue
        for column in table.columns:
            if column.profile.type == "number" and column.profile.distinct >= _FEWEST:
                numbers = column.numeric()[rows]
                sizes = (letters, *counted)
                if _is_share(numbers, counted) or any(_counts(numbers, size) for size in sizes):
                    found.add(column.name)
    return found


def _words_of(text: TypedColumn, rows: NDArray[np.int64]) -> Iterator[NDArray[np.float64]]:
    """Yield how many words each text has, in two ways of counting; shape (rows,) each."""
    for split in (str.split, _WORD.findall):
        yield np.array([len(split(text.values[code])) for code in text.codes[rows]], np.float64)


def _is_share(numbers: NDArray[np.float64], counted: tuple[NDArray[np.float64], ...]) -> bool:
    """Return whether numbers are per cents, or parts, of the words of texts."""
    largest = float(np.nanmax(numbers, initial=0.0))
    if float(np.nanmin(numbers, initial=0.0)) < 0 or largest > 100:
        return False
    for words in counted:
        hits = numbers * words / (1.0 if largest <= 1.0 else 100.0)
        few = hits[(numbers > 0) & (hits < _FEW)]
        if len(few) >= _FEWEST and (np.abs(few - np.rint(few)) < _NEAR).mean() >= _WHOLE:
            return True
    return False


def _counts(numbers: NDArray[np.float64], size: NDArray[np.float64]) -> bool:
    known = np.isfinite(numbers)
    if known.sum() < _FEWEST or numbers[known].std() == 0 or size[known].std() == 0:
        return False
    return bool(np.corrcoef(numbers[known], size[known])[0, 1] >= _ALIKE)
