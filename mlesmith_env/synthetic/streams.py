"""Draws that are the same on every machine and with every version of the libraries.

Only the raw bits of PCG64 are used, whose stream is fixed (NEP 19), and arithmetic that IEEE 754
rounds correctly: no logarithm, no sine, no power. So a rule, its data and its optimum are the same
bytes everywhere.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Value = TypeVar("Value")
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Stream:
    """A stream of draws that a key decides.

    Args:
        key: What the draws are for; other keys give draws that have nothing to do with these.
    """

    def __init__(self, *key: object) -> None:
        """Derive the stream from the key."""
        self._key = "/".join(map(str, key))
        digest = hashlib.sha256(self._key.encode()).digest()
        self._bits = np.random.PCG64(int.from_bytes(digest[:16], "big"))

    def apart(self, *key: object) -> Stream:
        """Return a stream of its own for a part of the work."""
        return Stream(self._key, *key)

    def uniform(self, count: int) -> Floats:
        """Return draws from [0, 1), shape (count,)."""
        raw = self._bits.random_raw(count)
        return (np.asarray(raw, dtype=np.uint64) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def between(self, low: float, high: float) -> float:
        """Return one draw from [low, high)."""
        return low + (high - low) * float(self.uniform(1)[0])

    def whole(self, low: int, high: int, count: int) -> Ints:
        """Return whole numbers from low to high, both included, shape (count,)."""
        return low + np.floor(self.uniform(count) * (high - low + 1)).astype(np.int64)

    def tent(self, count: int) -> Floats:
        """Return draws of mean 0 and variance 1 from a triangular distribution, shape (count,)."""
        return (self.uniform(count) + self.uniform(count) - 1.0) * TENT

    def order(self, count: int) -> Ints:
        """Return the numbers 0 … count - 1 in a drawn order."""
        return np.argsort(self.uniform(count), kind="stable").astype(np.int64)

    def some(self, values: Sequence[Value], count: int) -> list[Value]:
        """Return so many different ones of the values, in a drawn order."""
        return [values[place] for place in self.order(len(values))[:count].tolist()]

    def one(self, values: Sequence[Value]) -> Value:
        """Return one of the values."""
        return values[int(self.whole(0, len(values) - 1, 1)[0])]

    def sign(self) -> float:
        """Return -1 or 1."""
        return -1.0 if self.uniform(1)[0] < 0.5 else 1.0


TENT = math.sqrt(6.0)
"""Half the width of a triangular distribution of variance 1."""


def tent_below(edge: Floats) -> Floats:
    """Return the share of a triangular distribution of mean 0 and variance 1 that lies below."""
    place = np.clip(edge / TENT, -1.0, 1.0)
    rising, falling = (1.0 + place), (1.0 - place)
    return np.where(place <= 0, rising * rising / 2.0, 1.0 - falling * falling / 2.0)


def mean_and_spread(values: Floats) -> tuple[float, float]:
    """Return mean and standard deviation, with sums that are rounded once."""
    listed = values.tolist()
    mean = math.fsum(listed) / len(listed)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in listed) / len(listed))


def chance(score: Floats) -> Floats:
    """Return probabilities that rise with a score from 0 to 1, one half at 0: x/(1+|x|)."""
    return 0.5 * (1.0 + score / (1.0 + np.abs(score)))
