"""Numbers that come as text: `$1,200`, `56.7M`, `<0.05`, `12 %`, `3 km`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.recipes.spelling import plain_number

_AROUND = re.compile(r"([^\d+\-.]*)[\d.,'\s+\-]*(.*)", re.DOTALL)
_MAGNITUDE = frozenset(
    {"k", "m", "b", "bn", "mn", "mio", "million", "millions", "billion", "billions", "thousand",
     "t", "trillion"}
)  # fmt: skip


def parse_numerals(values: Sequence[str]) -> NDArray[np.float64]:
    """Return the number in each text, NaN where there is none, all NaN where they are no numerals.

    Texts are numerals when no letters stand before the digits (`R9` is a code) and the words after
    them are one unit or magnitudes (`2013PASS`, `2013FAIL` are codes).
    """
    nothing = np.full(len(values), np.nan)
    result = nothing.copy()
    before: Counter[bool] = Counter()
    after: Counter[str] = Counter()
    for place, value in enumerate(values):
        number = plain_number(value)
        if number is None:
            continue
        result[place] = float(number)
        around = _AROUND.fullmatch(value.strip())
        if around is None:
            continue
        before[any(sign.isalpha() for sign in around[1])] += 1
        after[around[2].strip(" .)").lower()] += 1
    total = max(1, before.total())
    if before[True] > 0.05 * total:
        return nothing
    units = [word for word, count in after.items() if word and count > 0.1 * total]
    foreign = [
        word for word in units if any(sign.isalpha() for sign in word) and word not in _MAGNITUDE
    ]
    if len(foreign) > 1 or len(after) > 40:
        return nothing
    return result
