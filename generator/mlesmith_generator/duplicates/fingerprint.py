"""The fingerprint of a dataset: small, deterministic, and enough to know its rows again.

Of every table a few rows are kept, each as one byte a cell, and which rows these are follows from
what stands in them: those with the smallest hash of their value in one column, for several
columns, and those with the smallest hash of the whole row. Two tables that share rows therefore
keep many of the same, whatever their columns are called and in whichever order rows and columns
stand ("bottom-k" sketches, Cohen and Kaplan 2007; sampling by key as in Santos et al. 2021).
No value can be read from it.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import Field, ValidationError

from mlesmith_env.documents import read_document
from mlesmith_env.errors import ManifestError, ReadError
from mlesmith_env.manifest import Record, Sha256, Slug
from mlesmith_env.package import write_atomically
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.registry import SOURCES
from mlesmith_env.sources import SourceRecord
from mlesmith_generator.duplicates.values import HashedColumn, hash_column, mixed
from mlesmith_generator.records import DatasetProfile

SUFFIX = ".fingerprint.json"
MOST_TABLES = 6
MOST_ROWS = 200_000
"""Of a larger table so many rows are looked at, spread evenly over it."""
MOST_COLUMNS = 48
MOST_KEYS = 12
"""Columns by whose values rows are chosen."""
KEPT_ROWS = 144
"""Rows that are kept for all of these columns together."""
KEPT_BY_ROW = 48
"""Rows that are kept by the hash of the whole row."""
KEPT_LESS_ONE = 8
"""Hashes of rows that are kept for the table less one column, for every column."""
KEPT_FILES = 64
SMALLEST_FILE = 1000
"""Bytes below which a file may be the same by chance: an empty one, a header."""
WHOLE_ROW = -1
_FEWEST_KEYS = 8
_LARGEST = 4 * 1024**2


class Sample(Record):
    """Rows that were chosen by one column, or by the whole row."""

    column: int
    """Place of the column in `columns`, or -1 for the whole row."""
    count: int
    """From how many keys they were chosen: all values that stand in one row only."""
    letters: float = 0.0
    """Mean number of letters of a value of that column."""
    keys: str
    """The smallest hashes, ascending, as base64 of little-endian uint32."""
    cells: str
    """The rows, in the same order: one byte a column, 0 where it is missing, as base64."""

    @cached_property
    def key_hashes(self) -> NDArray[np.uint32]:
        """The keys, (rows,)."""
        return np.frombuffer(base64.b64decode(self.keys), "<u4")

    @cached_property
    def rows(self) -> NDArray[np.uint8]:
        """The cells, (rows, columns)."""
        flat = np.frombuffer(base64.b64decode(self.cells), np.uint8)
        return flat.reshape(len(self.key_hashes), -1)


class TableFingerprint(Record):
    """The fingerprint of one table. Columns that are constant are left out."""

    name: str
    """Its first file."""
    rows: int = Field(gt=0)
    columns: tuple[str, ...]
    """At most `MOST_COLUMNS` of them."""
    bits: tuple[float, ...]
    """How much one value of each column tells."""
    checksum: str
    """Sum of the hashes of all rows: the same for the same rows in any order."""
    row_bits: float
    """How many fewer rows there are than there might be, in bits; see `_row_bits`."""
    samples: tuple[Sample, ...]
    less_one: tuple[str, ...] = ()
    """For every column the smallest hashes of the rows without it, as base64 of uint32."""

    @cached_property
    def less_one_hashes(self) -> tuple[NDArray[np.uint32], ...]:
        """For every column the hashes of the rows without it."""
        return tuple(np.frombuffer(base64.b64decode(text), "<u4") for text in self.less_one)

    @cached_property
    def all_keys(self) -> NDArray[np.uint32]:
        """Every hash that stands for a row, sorted."""
        parts = [sample.key_hashes for sample in self.samples]
        return np.unique(np.concatenate([*parts, *self.less_one_hashes, np.empty(0, "<u4")]))


class Fingerprint(Record):
    """`registry/sources/<dataset>.fingerprint.json`."""

    schema_version: Literal[1] = 1
    dataset: Slug
    sha256: Sha256
    """Digest of the source record that it was made of."""
    files: tuple[tuple[str, int], ...] = ()
    """The files with the smallest digests: the first 16 letters of each, and its bytes."""
    tables: tuple[TableFingerprint, ...] = ()


def fingerprint_of(profile: DatasetProfile, folder: Path, record: SourceRecord) -> Fingerprint:
    """Return the fingerprint of a dataset.

    Args:
        profile: Its profile; the largest tables are looked at.
        folder: The raw files.
        record: Its source record.
    """
    largest = sorted(
        profile.tables, key=lambda table: (-table.rows * len(table.columns), table.name)
    )
    tables: list[TableFingerprint] = []
    for table in largest[:MOST_TABLES]:
        try:
            frame = read_table(table.reader, folder, max_rows=MOST_ROWS)
        except ReadError:
            # What the profiler could read by sampling may be damaged further down; then there is
            # nothing to compare, and the recipe that needs the table says so.
            continue
        made = fingerprint_table(table.reader.place, frame)
        if made is not None:
            tables.append(made)
    files = sorted((f.sha256[:16], f.bytes) for f in record.files if f.bytes >= SMALLEST_FILE)
    return Fingerprint(
        dataset=record.dataset,
        sha256=record.sha256,
        files=tuple(dict(files[:KEPT_FILES]).items()),
        tables=tuple(tables),
    )


def fingerprint_table(name: str, frame: pd.DataFrame) -> TableFingerprint | None:
    """Return the fingerprint of a table of text, or None where no column varies."""
    hashed = [hash_column(str(label), cast("pd.Series", frame[label])) for label in frame.columns]
    columns = [column for column in hashed if column.distinct > 1]
    if not columns:
        return None
    by_row = [column for column in columns if not column.counter]
    terms = [mixed(column.hashes.astype(np.uint64)) for column in by_row]
    total = np.zeros(len(frame), np.uint64)
    for term in terms:
        total += term
    kept = _kept(columns)
    cells = np.stack([_bytes(column.hashes) for column in kept], axis=1)
    samples = [_sample(place, kept[place], cells, size) for place, size in _keys(kept)]
    whole, first = np.unique(_short(total), return_index=True)
    if by_row:
        samples.append(
            Sample(
                column=WHOLE_ROW,
                count=len(whole),
                keys=_text(whole[:KEPT_BY_ROW]),
                cells=_text(cells[first[:KEPT_BY_ROW]]),
            )
        )
    less = {
        column.name: _text(np.unique(_short(total - term))[:KEPT_LESS_ONE])
        for column, term in zip(by_row, terms, strict=True)
    }
    return TableFingerprint(
        name=name,
        rows=len(frame),
        columns=tuple(column.name for column in kept),
        bits=tuple(round(column.bits, 2) for column in kept),
        checksum=format(int(np.sum(mixed(total), dtype=np.uint64)), "016x"),
        row_bits=round(_row_bits(by_row, len(whole)), 2),
        samples=tuple(samples),
        less_one=tuple(less.get(column.name, "") for column in kept),
    )


def read_fingerprints(registry: Path) -> dict[str, Fingerprint]:
    """Return the fingerprints of a registry by dataset, those that have a source record.

    Raises:
        ManifestError: One of them is damaged.
    """
    found: dict[str, Fingerprint] = {}
    for path in sorted((registry / SOURCES).glob(f"*{SUFFIX}")):
        if not path.with_name(path.name.removesuffix(SUFFIX) + ".yaml").is_file():
            continue
        try:
            fingerprint = Fingerprint.model_validate_json(read_document(path, _LARGEST))
        except (OSError, ValidationError) as error:
            raise ManifestError(
                f"{path} is no fingerprint of a dataset: {error}; remove it, and generate the "
                "dataset again"
            ) from error
        found[fingerprint.dataset] = fingerprint
    return found


def write_fingerprint(fingerprint: Fingerprint, registry: Path) -> None:
    """Write a fingerprint beside the source record of its dataset."""
    path = registry / SOURCES / f"{fingerprint.dataset}{SUFFIX}"
    write_atomically(path, fingerprint.model_dump_json() + "\n")


def _row_bits(columns: Sequence[HashedColumn], rows: int) -> float:
    """Return how many fewer rows a table holds than it might, as the log2 of their ratio.

    It might hold every combination of the columns' values. But the hash of a row does not know
    which value stands in which column, so of p columns with v different values in all it tells no
    more than (p+v-1 over p) rows apart.
    """
    counted = [column for column in columns if column.bits > 0]
    if not counted:
        return 0.0
    values = len(np.unique(np.concatenate([column.hashes for column in counted])))
    p = len(counted)
    told = (math.lgamma(p + values) - math.lgamma(p + 1) - math.lgamma(values)) / math.log(2)
    words = sum(column.bits - math.log2(column.distinct) for column in counted)
    return min(sum(column.bits for column in counted), told + words) - math.log2(rows)


def _kept(columns: Sequence[HashedColumn]) -> list[HashedColumn]:
    """Return the columns that are kept of a wide table: chosen by content, never by place."""
    if len(columns) <= MOST_COLUMNS:
        return list(columns)
    ranked = sorted(columns, key=lambda column: (column.calendar or column.counter, _least(column)))
    chosen = {id(column) for column in ranked[:MOST_COLUMNS]}
    return [column for column in columns if id(column) in chosen]


def _keys(columns: Sequence[HashedColumn]) -> list[tuple[int, int]]:
    """Return the columns by which rows are chosen, and how many rows for each."""
    single = {
        place: len(_once(column)[0])
        for place, column in enumerate(columns)
        if not column.calendar and not column.counter
    }
    enough = max(_FEWEST_KEYS, 0.3 * max(single.values(), default=0))
    good = sorted(
        (place for place, count in single.items() if count >= enough),
        key=lambda place: _least(columns[place]),
    )[:MOST_KEYS]
    size = max(12, min(64, KEPT_ROWS // max(1, len(good))))
    return [(place, size) for place in sorted(good)]


def _sample(place: int, column: HashedColumn, cells: NDArray[np.uint8], size: int) -> Sample:
    keys, rows = _once(column)
    return Sample(
        column=place,
        count=len(keys),
        letters=round(column.letters, 1),
        keys=_text(keys[:size]),
        cells=_text(cells[rows[:size]]),
    )


def _once(column: HashedColumn) -> tuple[NDArray[np.uint32], NDArray[np.intp]]:
    """Return the hashes of the values that stand in one row only, ascending, and their rows."""
    values, first, counts = np.unique(column.hashes, return_index=True, return_counts=True)
    single = (counts == 1) & (values != 0)
    return values[single], first[single]


def _least(column: HashedColumn) -> int:
    return int(column.hashes[column.hashes != 0].min())


def _bytes(hashes: NDArray[np.uint32]) -> NDArray[np.uint8]:
    """Return one byte a value: 1 to 255, and 0 where it is missing."""
    return np.where(hashes == 0, 0, hashes % np.uint32(255) + 1).astype(np.uint8)


def _short(totals: NDArray[np.uint64]) -> NDArray[np.uint32]:
    return (mixed(totals) >> np.uint64(32)).astype(np.uint32)


def _text(values: NDArray[np.uint32] | NDArray[np.uint8]) -> str:
    little = values.astype(values.dtype.newbyteorder("<"))
    return base64.b64encode(np.ascontiguousarray(little).tobytes()).decode()
