"""Labels of files: what folders, parts of names and tables beside them say of each file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from mlesmith_env.recipes.model import Extract, Join, RenameColumns, TableReader, Transform
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.transforms import apply_transforms
from mlesmith_generator.brainstorm.naming import name_weight
from mlesmith_generator.brainstorm.partition import divides_rows
from mlesmith_generator.formulations.media.fields import Field, fields_of
from mlesmith_generator.profiler.boxes import box_of
from mlesmith_generator.records import (
    CollectionProfile,
    ColumnProfile,
    DatasetProfile,
    NamePart,
    Sidecar,
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
_NAMED = "named"
"""Column for what is read of a name, to look it up."""
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
        table: Name of the table that says it, if one does.
        column: Its column there.
        field: The field of the files' names that it is, if it is one.
    """

    name: str
    transforms: tuple[Transform, ...]
    values: tuple[str | None, ...]
    origin: str
    weight: float
    table: str = ""
    column: str = ""
    field: Field | None = None

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
        replace(_read(frame, part, field.name, "file name", weight), field=field)
        for part, field in zip(collection.parts, fields_of(collection.parts, root), strict=True)
    ]
    # Of several fields that could be running numbers the last one is.
    counter = next((one for one in reversed(fields) if _counts_up(one, [*found, *fields])), None)
    found += [label for label in fields if label is not counter]
    for sidecar in collection.sidecars:
        if sidecar.share >= _FULL and (sidecar.unique or sidecar.reading):
            table = next(table for table in profile.tables if table.name == sidecar.table)
            if box_of(table) is not None:
                continue
            told = list(_beside(frame, table, sidecar, root))
            # What a table calls by its name is not asked for by its place in the file name.
            found = [
                each
                for each in found
                if each.origin != "file name" or not any(_says(other, each) for other in told)
            ]
            found += told
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


def joined(
    table: TableProfile, sidecar: Sidecar, columns: Mapping[str, str]
) -> tuple[Transform, ...]:
    """Return what brings columns of a table beside the files to the list of files.

    Args:
        table: The table.
        sidecar: How it names the files.
        columns: The columns, by the names that they get.
    """
    steps: list[Transform] = []
    renamed = {old: new for new, old in columns.items() if new != old}
    if renamed:
        steps.append(RenameColumns(names=renamed))
    key, named = sidecar.key, renamed.get(sidecar.column, sidecar.column)
    if sidecar.reading:
        steps.append(Extract(column=named, into=_NAMED, pattern=sidecar.reading))
        named = _NAMED
    before: tuple[Transform, ...] = ()
    if sidecar.pattern:
        before, key = (Extract(column=key, into=_NAMED, pattern=sidecar.pattern),), _NAMED
    join = Join(
        table=table.reader,
        transforms=tuple(steps),
        on={key: named},
        columns=tuple(columns),
        together="first" if sidecar.reading else None,
    )
    return (*before, join)


def _beside(
    frame: pd.DataFrame, table: TableProfile, sidecar: Sidecar, root: Path
) -> Iterator[Label]:
    """Yield the columns of a table beside the files."""
    for other in table.columns:
        unasked = ("identifier", "constant", "text", "date")
        if other.name == sidecar.column or other.type in unasked or divides_rows(other):
            continue
        name = other.name if other.name not in frame.columns else f"{other.name}_told"
        read = joined(table, sidecar, {name: other.name})
        made = apply_transforms(frame, read, seed=0, raw=root)
        values = tuple(None if pd.isna(value) else str(value) for value in made[name])
        origin = f"table {table.name}"
        yield Label(name, read, values, origin, _merit(other), table.name, other.name)


def _says(told: Label, read: Label) -> bool:
    """Return whether a table divides the files that it knows as a part of their names does."""
    pairs = {
        (said, other)
        for said, other in zip(told.values, read.values, strict=True)
        if said is not None
    }
    return len(pairs) == len({said for said, _ in pairs}) == len({other for _, other in pairs})


def _merit(column: ColumnProfile) -> float:
    classed = column.type in ("category", "boolean") or column.integer
    told = min(1.0, max(-1.0, 0.3 * name_weight(column.name)))
    return (2.4 if classed else 2.0) + told
