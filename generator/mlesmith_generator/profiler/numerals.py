"""Numbers that come as text: `$1,200`, `56.7M`, `<0.05`, `12 %`, `3 km`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_FORM = re.compile(
    r"(?P<before>[^\d+\-.]{0,4}?)\s*(?P<number>[+-]?(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.?\d*|\.\d+))"
    r"\s*(?P<after>[^\d]{0,16})"
)


def parse_numerals(values: Sequence[str]) -> NDArray[np.float64]:
    """Return the number in each text, NaN where there is none, all NaN where they are no numerals.

    Texts are numerals when what stands around the digits is nearly always the same few signs.
    """
    result = np.full(len(values), np.nan)
    frames: Counter[tuple[str, str]] = Counter()
    for place, value in enumerate(values):
        found = _FORM.fullmatch(value)
        if found is None:
            continue
        result[place] = float(found["number"].replace(",", ""))
        frames[found["before"].strip(), found["after"].strip()] += 1
    if sum(count for _, count in frames.most_common(6)) < 0.9 * max(1, frames.total()):
        return np.full(len(values), np.nan)
    return result
