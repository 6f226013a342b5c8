"""What is to be predicted, and how it comes from a raw column."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Objective
from mlesmith_env.recipes.model import Transform


@dataclass(frozen=True)
class Target:
    """A target with its objective.

    Attributes:
        target: Name of the target after the transforms.
        source: The raw column that it comes from.
        objective: What is asked.
        transforms: What makes it, in order.
        truth: For each row the class number, or the value; NaN where the row is left out.
        classes: Labels by class number; empty for a number.
        ordered: Whether the classes have an order.
        kind: `as is`, `parsed`, `grouped`, `bands`, `any`, `above` or `one class`.
    """

    target: str
    source: str
    objective: Objective
    transforms: tuple[Transform, ...]
    truth: NDArray[np.float64]
    classes: tuple[str, ...]
    ordered: bool
    kind: str

    @property
    def amount(self) -> bool:
        """Whether it is a number, not one of several classes."""
        return not self.classes

    @property
    def rows(self) -> int:
        """Number of rows that have a target."""
        return int(np.isfinite(self.truth).sum())


def derived_name(source: str, suffix: str) -> str:
    """Return a name for a target made from a column, such as `box_office_band`."""
    plain = re.sub(r"[^0-9A-Za-z]+", "_", source).strip("_").lower() or "target"
    return f"{plain}_{suffix}"
