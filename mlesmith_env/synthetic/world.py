"""A synthetic dataset: its raw files, what is asked of them, and the best prediction."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import MetricSpec, Modality, Objective
from mlesmith_env.recipes.model import Holdout

TABLE = "data.csv"
"""The file of a world's rows."""
LINKS = "edges.csv"
"""The file of links between nodes, where the rows of a world are nodes."""
PATH = "file"
"""Column of the table that names each row's file, where a world has files."""


@dataclass(frozen=True)
class Wish:
    """What is asked of a world.

    Attributes:
        target: Column to predict.
        objective: What is asked.
        metric: By what it is scored.
        holdout: How rows are hidden.
        modality: What kind of data it is about.
        classes: Class labels in order, empty for a number.
        question: Words of the title behind the subject.
        story: A sentence about the data, for the description.
        domain: Field of life.
        title: What the data are about.
    """

    target: str
    objective: Objective
    metric: MetricSpec
    holdout: Holdout
    modality: Modality
    classes: tuple[str, ...]
    question: str
    story: str
    domain: str
    title: str


@dataclass(frozen=True)
class World:
    """A synthetic dataset.

    Attributes:
        files: Content by path.
        wish: What is asked.
        optimum: The best possible predictions in the order of the rows, (rows,) or (rows,
            classes); they are in no file.
    """

    files: Mapping[str, bytes]
    wish: Wish
    optimum: NDArray[np.float64]


def table_bytes(columns: Mapping[str, Sequence[str]]) -> bytes:
    """Return a table as CSV."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue().encode()
