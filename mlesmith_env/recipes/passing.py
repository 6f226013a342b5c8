"""Drawing rows while they pass by, so that only those that are drawn are ever held.

Which rows are drawn is what `SampleRows` says of a table that is there as a whole: those with the
smallest keys, the earlier of two that are equal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from mlesmith_env.recipes.draws import keys

T = TypeVar("T")

_BLOCK = 2**12


@dataclass(frozen=True)
class Draw:
    """How many rows to draw, and with which seed."""

    rows: int
    seed: int


class Passing(Generic[T]):
    """The rows drawn so far, of those that have passed.

    Args:
        draw: How many to hold; a quarter more are held at times.
    """

    def __init__(self, draw: Draw) -> None:
        """Begin before the first row."""
        self._draw = draw
        self._passed = 0
        self._keys: list[int] = []
        self._bound = 2**64
        self._held: list[tuple[int, T]] = []

    def offer(self, row: T) -> None:
        """Let the next row pass."""
        place = self._passed % _BLOCK
        if place == 0:
            block = keys(self._draw.seed, "sample", _BLOCK, first=self._passed)
            self._keys = block.tolist()
        self._passed += 1
        if self._keys[place] < self._bound:
            self._held.append((self._keys[place], row))
            if len(self._held) >= self._draw.rows + self._draw.rows // 4 + _BLOCK:
                self._prune()

    def drawn(self) -> Sequence[T]:
        """Return the rows drawn of all that have passed, in their order."""
        self._prune()
        return [row for _, row in self._held]

    def _prune(self) -> None:
        if len(self._held) <= self._draw.rows:
            return
        found = np.array([key for key, _ in self._held], dtype=np.uint64)
        kept = np.argsort(found, kind="stable")[: self._draw.rows]
        self._bound = int(found[kept[-1]])
        self._held = [self._held[index] for index in np.sort(kept)]
