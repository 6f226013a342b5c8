"""A number that a metric depends on."""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass

from mlesmith_env.errors import MetricError


@dataclass(frozen=True)
class Parameter:
    """A number that a metric depends on, and the values that it may take.

    Attributes:
        name: Keyword of the metric function.
        default: Value where the manifest gives none.
        low: Smallest value.
        high: Largest value.
        open: Whether the bounds themselves are refused.
        integer: Whether it must be whole.
        summary: What it means, in a few words.
    """

    name: str
    default: float | int
    low: float
    high: float
    summary: str
    open: bool = False
    integer: bool = False

    def checked(self, metric: str, value: object) -> float | int:
        """Return the value as a number; raises `MetricError` where it is not allowed."""
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if good and isinstance(value, int | float) and abs(value) <= sys.float_info.max:
            inside = self.low < value < self.high if self.open else self.low <= value <= self.high
            if inside and not self.integer:
                return float(value)
            if inside and float(value).is_integer():
                return int(value)
        raise MetricError(
            f"parameter {self.name!r} of metric {metric!r} is {value!r:.60}; "
            f"it must be {self.allowed}"
        )

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        what = "a whole number" if self.integer else "a number"
        if math.isinf(self.high):
            return f"{what} {'above' if self.open else 'of at least'} {self.low:g}"
        ends = " (exclusive)" if self.open else ""
        return f"{what} between {self.low:g} and {self.high:g}{ends}"
