"""Numbers of files: what a table says of each, or how many boxes are drawn in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import MetricSpec, Objective
from mlesmith_env.recipes.model import Join, RenameColumns, RequireValue, Transform
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.brainstorm.naming import name_weight
from mlesmith_generator.brainstorm.objectives import amount_objective
from mlesmith_generator.formulations.media.labels import Label, listing
from mlesmith_generator.profiler.boxes import box_of
from mlesmith_generator.profiler.table import measure_file
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import CollectionProfile, DatasetProfile, TableProfile

FEWEST_VALUES = 10
"""Different values of an amount; with fewer it is rather a class."""
FEWEST_COUNTS = 3
MOSTLY = 0.8
"""Share of one number from which a count is no question."""
_KNOWN = 0.6
_COMPLETE = 0.7
"""Share of the pictures that a table of boxes has to know."""
_LEAST_WEIGHT = -1.0
"""Weight of a name below which a column is context."""
_OF_FILES = frozenset(
    "width height bytes size filesize id index idx row no nr number frame page fold split year "
    "timestamp date time lat latitude lon lng longitude x y xmin xmax ymin ymax seed rate".split()
)
"""Words for what a table says of the file or of its place, not of what it shows."""


@dataclass(frozen=True)
class Amount:
    """A number known of files.

    Attributes:
        name: Column that holds it.
        transforms: What makes that column from the list of files.
        objective: `regression`, `count` or `counting`.
        metric: By what it is scored.
        files: Number of files of which it is known.
        weight: How much it looks like what one would ask for.
        told: Where it comes from, in words.
    """

    name: str
    transforms: tuple[Transform, ...]
    objective: Objective
    metric: MetricSpec
    files: int
    weight: float
    told: str


def amounts_of(
    profile: DatasetProfile,
    collection: CollectionProfile,
    labels: Sequence[Label],
    root: Path,
    *,
    seed: int,
) -> list[Amount]:
    """Return the numbers that can be asked of the files of a collection.

    Args:
        profile: The dataset.
        collection: The files.
        labels: What is known of each.
        root: The raw files.
        seed: Seed of the sample on which a table is measured.
    """
    found = [
        amount
        for label in labels
        if label.table and (amount := _amount(profile, label, root, seed)) is not None
    ]
    return [*found, *_counts_of_boxes(profile, collection, root)]


def is_of_file(column: str) -> bool:
    """Return whether a column is about the file or its place, not about what it shows."""
    return bool(set(words(column)) & _OF_FILES)


def _amount(profile: DatasetProfile, label: Label, root: Path, seed: int) -> Amount | None:
    """Return a column of a table as an amount; None where it is a class, a key or context."""
    table = next(each for each in profile.tables if each.name == label.table)
    measured = table.column(label.column)
    values = np.array([_number(value) for value in label.values])
    good = values[np.isfinite(values)]
    if measured.type != "number" or measured.number_text or measured.date_format:
        return None
    weight = name_weight(label.column)
    if is_of_file(label.column) or weight < _LEAST_WEIGHT:
        return None
    if len(good) < _KNOWN * len(values) or len(np.unique(good)) < FEWEST_VALUES or _runs(good):
        return None
    column = measure_file(table.reader, root, seed=seed).table[label.column]
    objective = amount_objective(column)
    return Amount(
        label.name,
        label.transforms,
        objective,
        _metric(profile.dataset, label.name, objective, good),
        len(good),
        2.2 + 0.3 * min(2.0, weight),
        f"the column {label.column!r} of the table {label.table}",
    )


def _counts_of_boxes(
    profile: DatasetProfile, collection: CollectionProfile, root: Path
) -> Iterator[Amount]:
    """Yield how many boxes a table lists for each picture, where that differs."""
    for sidecar in collection.sidecars:
        table = next(each for each in profile.tables if each.name == sidecar.table)
        box = box_of(table)
        unread = sidecar.pattern or sidecar.reading or sidecar.unique
        if box is None or unread or sidecar.share < _COMPLETE or collection.media != "image":
            continue
        name = _counted(table, box[0])
        steps: tuple[Transform, ...] = (
            Join(
                table=table.reader,
                transforms=(RenameColumns(names={box[0]: "any_box"}),),
                on={sidecar.key: sidecar.column},
                columns=("any_box",),
                together="first",
                count_into=name,
            ),
            # A picture that the table does not list is unknown rather than empty.
            RequireValue(column="any_box"),
        )
        made = apply_transforms(read_table(listing(collection), root), steps, seed=0, raw=root)
        good = np.array([float(value) for value in made[name]])
        counts = np.unique(good, return_counts=True)[1]
        if len(counts) < FEWEST_COUNTS or counts.max() >= MOSTLY * len(good):
            continue
        metric = _metric(profile.dataset, name, "counting", good)
        told = f"the boxes that the table {table.name} lists for each picture"
        yield Amount(name, steps, "counting", metric, len(good), 3.0, told)


def _counted(table: TableProfile, label: str) -> str:
    """Return what the boxes are called: by their one label, or objects."""
    labels = [value for value, _ in table.column(label).top]
    word = "_".join(words(labels[0])) if len(labels) == 1 else ""
    return f"{word}_count" if word else "object_count"


def _number(value: str | None) -> float:
    try:
        return float(value) if value is not None else np.nan
    except ValueError:
        return np.nan


def _runs(values: NDArray[np.float64]) -> bool:
    """Whether whole numbers are all different and lie close together, as running numbers do."""
    whole = bool(np.all(values == np.rint(values)))
    spread = float(values.max() - values.min()) + 1
    return whole and len(np.unique(values)) > 0.95 * len(values) and spread < 3 * len(values)


def _metric(
    dataset: str, name: str, objective: Objective, values: NDArray[np.float64]
) -> MetricSpec:
    long_tailed = values.min() >= 0 and np.median(values) < 0.5 * values.mean()
    if objective in ("count", "counting"):
        options = ("mae", "rmse")
    elif long_tailed:
        options = ("mae", "spearman")
    else:
        options = ("rmse", "mae", "r2")
    mark = hashlib.sha256(f"{dataset}/{name}".encode()).digest()[0]
    return MetricSpec(name=options[mark % len(options)])
