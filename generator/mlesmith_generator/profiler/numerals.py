"""Numbers that come as text: `$1,200`, `56.7M`, `<0.05`, `12 %`, `3 km`; durations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.recipes.durations import is_clock, minutes_of, parts_of
from mlesmith_env.recipes.spelling import is_currency, plain_number
from mlesmith_generator.profiler.words import words

_LASTING = frozenset(
    {"duration", "runtime", "length", "elapsed", "finish", "lap", "split", "pace", "gap", "chip",
     "gun", "net", "official", "swim", "bike", "run", "half", "playtime", "dauer", "durée", "duree",
     "duración", "duracion", "durata", "marathon", "race", "running", "took", "spent"}
)  # fmt: skip
"""Words of names from which a clock shows how long, and not when."""
_AROUND = re.compile(r"([^\d+\-.]*)[\d.,'\s+\-]*(.*)", re.DOTALL)
_FILE = re.compile(r"\S*\d\.[A-Za-z][A-Za-z0-9]{1,4}")
_MAGNITUDE = frozenset(
    {"k", "m", "b", "bn", "mn", "mio", "million", "millions", "billion", "billions", "thousand",
     "t", "trillion"}
)  # fmt: skip


def parse_numerals(values: Sequence[str]) -> NDArray[np.float64]:
    """Return the number in each text, NaN where there is none, all NaN where they are no numerals.

    Texts are numerals when no letters but a currency stand before the digits (`R9` is a code), the
    words after them are one unit or magnitudes (`2013PASS`, `2013FAIL` are codes) and no ending of
    file names (`1005.json`), and marks are out of the same best one (`75/100`).
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
        lettered = any(sign.isalpha() for sign in around[1])
        coded = lettered and not is_currency(around[1])
        before[coded or _FILE.fullmatch(value.strip()) is not None] += 1
        after[around[2].strip(" .)").lower()] += 1
    total = max(1, before.total())
    if before[True] > 0.05 * total:
        return nothing
    units = [word for word, count in after.items() if word and count > 0.1 * total]
    foreign = [
        word for word in units if any(sign.isalpha() for sign in word) and word not in _MAGNITUDE
    ]
    best = [word for word in after if re.match(r"(?:/|out of|of)\s*\d", word)]
    if len(foreign) > 1 or len(best) > 1 or len(after) > 40:
        return nothing
    return result


def parse_durations(name: str, values: Sequence[str]) -> NDArray[np.float64]:
    """Return the minutes of each text, NaN where there are none, all NaN where they are none.

    Some have to name two units or more: `95 min` alone is a number with a unit. Clocks
    are durations where the column is called so; else they are times of the day.
    """
    told = [minutes_of(value) for value in values]
    result = np.array([np.nan if text is None else float(text) for text in told])
    several = sum(parts_of(value) >= 2 for value in values)
    clocks = sum(is_clock(value) for value in values)
    lasting = bool(_LASTING & set(words(name)))
    if several < 0.2 * len(values) or (clocks > 0.1 * len(values) and not lasting):
        return np.full(len(values), np.nan)
    return result
