"""Where numbers have to lie for a metric to mean something."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Domain:
    """An interval of the real line, perhaps without zero.

    Attributes:
        low: Lower bound.
        high: Upper bound.
        low_open: Whether the lower bound itself is outside.
        nonzero: Whether zero is outside.
    """

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    nonzero: bool = False

    def contains(self, values: NDArray[np.float64]) -> NDArray[np.bool_]:
        """Return which of the values lie inside, in their shape. NaN and infinity do not."""
        inside = np.isfinite(values) & (values <= self.high)
        inside &= (values > self.low) if self.low_open else (values >= self.low)
        if self.nonzero:
            inside &= values != 0
        return inside

    def contains_all(self, values: NDArray[np.float64]) -> bool:
        """Return whether all values lie inside; much cheaper than asking for each."""
        ends = np.array([values.min(), values.max()])  # NaN where one of them is NaN.
        if not self.contains(ends).all():
            return False
        return not self.nonzero or bool(np.all(values))

    def __str__(self) -> str:
        """Return it in words, for instance `above 0` or `any number but 0`."""
        parts: list[str] = []
        if self.low > -math.inf:
            parts.append(f"above {self.low:g}" if self.low_open else f"at least {self.low:g}")
        if self.high < math.inf:
            parts.append(f"at most {self.high:g}")
        text = " and ".join(parts) or "any number"
        return f"{text} but 0" if self.nonzero else text


REAL = Domain()
"""Every finite number."""
NON_NEGATIVE = Domain(low=0.0)
POSITIVE = Domain(low=0.0, low_open=True)
NON_ZERO = Domain(nonzero=True)
UNIT = Domain(low=0.0, high=1.0)
