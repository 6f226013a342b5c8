"""Which of the known texts a text means.

Ids and labels leave us as text and come back through somebody's program, which may have read
`007` as the number 7 and written `7.0`, or read `true` and written `True`. A text means the known
text that it equals; else the only known text that is the same plain decimal number or the same
truth value. Anything ambiguous, and any other likeness (blanks within, case, rounding, exponents),
means nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

_DECIMAL = re.compile(r" *([+-]?)([0-9]+)(?:\.([0-9]*))? *")
_TRUTH = {
    "true": "True",
    "True": "True",
    "TRUE": "True",
    "false": "False",
    "False": "False",
    "FALSE": "False",
}


def canonical(text: str) -> str | None:
    """Return the one spelling of a plain decimal number or truth value; None for other texts."""
    match = _DECIMAL.fullmatch(text)
    if match is None:
        return _TRUTH.get(text)
    sign, whole, fraction = match.groups()
    digits = whole.lstrip("0") or "0"
    tail = (fraction or "").rstrip("0")
    number = f"{digits}.{tail}" if tail else digits
    return f"-{number}" if sign == "-" and number != "0" else number


class Spellings:
    """Known texts, each with its position.

    Attributes:
        texts: The known texts in order, all different.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        """Take the known texts; raises ValueError where one is there twice."""
        self.texts: tuple[str, ...] = tuple(texts)
        self._positions = {text: position for position, text in enumerate(self.texts)}
        if len(self._positions) < len(self.texts):
            twice = next(t for i, t in enumerate(self.texts) if self._positions[t] != i)
            raise ValueError(f"{twice!r} is there twice")

    def __len__(self) -> int:
        return len(self.texts)

    def exact(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the position of the known text that each text equals, -1 where it equals none."""
        get = self._positions.get
        return np.fromiter((get(text, -1) for text in texts), dtype=np.int64, count=len(texts))

    def find(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """Return the position of the known text that each text means, -1 where it means none."""
        positions = self.exact(texts)
        for row in np.flatnonzero(positions < 0).tolist():
            positions[row] = self._loose.get(canonical(texts[row]), -1)
        return positions

    @cached_property
    def _loose(self) -> dict[str | None, int]:
        """Position by canonical spelling, -1 where several known texts share it."""
        loose: dict[str | None, int] = {}
        for position, text in enumerate(self.texts):
            key = canonical(text)
            loose[key] = -1 if key is None or key in loose else position
        return loose
