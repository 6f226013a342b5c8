"""Labels of files: what folders, parts of names and tables beside them say of each file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mlesmith_env.recipes.model import Extract, Join, RenameColumns, TableReader, Transform
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.profiler.boxes import box_of
from mlesmith_generator.records import (
    CollectionProfile,
    ColumnProfile,
    DatasetProfile,
    NamePart,
    TableProfile,
)

SMALLEST = 100
"""Files below which a task can not tell good from lucky."""
SMALLEST_CLASS = 8
MOST_CLASSES = 40
_LEAST_KEPT = 0.6
"""Share of the files that has to be of a class large enough."""
_FULL = 0.9
"""Share of the files that a table has to know."""
_TWO_VALUED = 0.85
"""Share of a mask's pixels that have one of two values."""
_COUNTED = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class Label:
    """Something known of each file.

    Attributes:
        name: Column that holds it.
        transforms: What makes that column from the list of files.
        values: Text for each file, in the order of the list; missing as None.
        origin: Where it stands, in words.
        weight: How much it looks like what one would ask for.
    """

    name: str
    transforms: tuple[Transform, ...]
    values: tuple[str | None, ...]
    origin: str
    weight: float

    @property
    def counts(self) -> Counter[str]:
        """Files of each value."""
        return Counter(value for value in self.values if value is not None)


def is_mask(collection: CollectionProfile) -> bool:
    """Return whether pictures have two values nearly everywhere, as masks do."""
    image = collection.image
    return image is not None and image.two_values >= _TWO_VALUED


def listing(collection: CollectionProfile) -> TableReader:
    """Return the reader that lists the files of a collection."""
    return TableReader(files=collection.patterns, format="files")


def labels_of(profile: DatasetProfile, collection: CollectionProfile, root: Path) -> list[Label]:
    """Return everything that is known of the files of a collection, running numbers left out."""
    frame = read_table(listing(collection), root)
    found = [
        _read(frame, part, f"folder_{place}" if place else "category", "folder", 3.0 - 0.3 * place)
        for place, part in enumerate(collection.folders)
    ]
    weight = 1.0 if found else 2.0
    fields = [
        _read(frame, part, f"name_part_{place}", "file name", weight)
        for place, part in enumerate(collection.parts, 1)
    ]
    # Of several fields that could be running numbers the last one is.
    counter = next((one for one in reversed(fields) if _counts_up(one, [*found, *fields])), None)
    found += [label for label in fields if label is not counter]
    for sidecar in collection.sidecars:
        if sidecar.share >= _FULL and sidecar.unique and not sidecar.pattern:
            table = next(table for table in profile.tables if table.name == sidecar.table)
            if box_of(table) is not None:
                continue
            found += _beside(frame, table, sidecar.column, sidecar.key, root)
    return found


def classes_of(label: Label) -> tuple[str, ...]:
    """Return the classes that have files enough; none where it does not divide the files."""
    counts = label.counts
    kept = sorted(value for value, files in counts.items() if files >= SMALLEST_CLASS)
    enough = sum(counts[value] for value in kept) >= _LEAST_KEPT * len(label.values)
    return tuple(kept) if 2 <= len(kept) <= MOST_CLASSES and enough else ()


def _read(frame: pd.DataFrame, part: NamePart, name: str, origin: str, weight: float) -> Label:
    step = Extract(column=part.column, into=name, pattern=part.pattern)
    made = apply_transforms(frame, (step,), seed=0)
    values = [None if pd.isna(value) else str(value) for value in made[name]]
    return Label(name, (step,), tuple(values), origin, weight)


def _counts_up(label: Label, others: list[Label]) -> bool:
    """Whether values only number the files that are alike in everything else."""
    values = [value or "" for value in label.values]
    numbers = {int(value) for value in values if _COUNTED.fullmatch(value)}
    if not all(_COUNTED.fullmatch(value) for value in values) or len(numbers) < 2:
        return False
    rest = list(zip(*(other.values for other in others if other is not label), strict=True))
    if not rest:
        return len(numbers) > len(values) / 3
    pairs = Counter(zip(rest, values, strict=True))
    alone = sum(count == 1 for count in pairs.values()) / len(pairs)
    return alone > 0.95 and len(set(rest)) < len(values) / 1.5


def _beside(
    frame: pd.DataFrame, table: TableProfile, column: str, key: str, root: Path
) -> Iterator[Label]:
    """Yield the columns of a table beside the files."""
    for other in table.columns:
        if other.name == column or other.type in ("identifier", "constant", "text", "date"):
            continue
        name = other.name if other.name not in frame.columns else f"{other.name}_told"
        read: tuple[Transform, ...] = (
            Join(table=table.reader, on={key: column}, columns=(other.name,)),
        )
        if name != other.name:
            read = (
                Join(
                    table=table.reader,
                    transforms=(RenameColumns(names={other.name: name}),),
                    on={key: column},
                    columns=(name,),
                ),
            )
        made = apply_transforms(frame, read, seed=0, raw=root)
        values = tuple(None if pd.isna(value) else str(value) for value in made[name])
        yield Label(name, read, values, f"table {table.name}", _merit(other))


def _merit(column: ColumnProfile) -> float:
    return 2.4 if column.type in ("category", "boolean") or column.integer else 2.0
