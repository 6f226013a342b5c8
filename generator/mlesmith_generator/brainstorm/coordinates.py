"""Places on the earth: columns of latitude and longitude, and squares of a map that are hidden."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words

_LATITUDE = frozenset({"lat", "latitude", "latitud", "latitudine", "breite", "breitengrad",
                       "breedtegraad", "широта", "纬度", "緯度", "lattitude"})  # fmt: skip
_LONGITUDE = frozenset({"lon", "lng", "long", "longitude", "longitud", "longitudine", "länge",
                        "längengrad", "lengtegraad", "долгота", "经度", "経度"})  # fmt: skip
_SIZES = (20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
CELLS = 60
"""Squares with rows that a map needs."""
_LARGEST = 0.15
"""Share of the rows that one square may hold."""
_PLACES = 80


@dataclass(frozen=True)
class Map:
    """Where the rows of a table lie.

    Attributes:
        latitude: Its column.
        longitude: Its column.
        degrees: Size of a square in both directions.
        cells: Square of each row as the `grid` transform names it, NaN where unknown; shape
            (rows,).
    """

    latitude: str
    longitude: str
    degrees: float
    cells: NDArray[np.object_]


def map_of(table: TypedTable) -> Map | None:
    """Return the map that the rows of a table lie on; None where they have no places, or few."""
    latitude = _column(table, _LATITUDE, 90.0)
    longitude = _column(table, _LONGITUDE, 360.0)
    if latitude is None or longitude is None:
        return None
    north, east = latitude.numeric(), longitude.numeric()
    known = np.isfinite(north) & np.isfinite(east)
    if known.mean() < 0.95:
        return None
    places = len(np.unique(np.column_stack([north[known], east[known]]), axis=0))
    if places < _PLACES:
        return None
    for degrees in _SIZES:
        rows = np.floor(north / degrees)
        columns = np.floor(east / degrees)
        both = np.column_stack([rows[known], columns[known]])
        _, counts = np.unique(both, axis=0, return_counts=True)
        if len(counts) >= CELLS and counts.max() <= _LARGEST * known.sum():
            cells = np.full(len(north), None, dtype=object)
            cells[known] = [f"r{int(r)}c{int(c)}" for r, c in both]
            return Map(latitude.name, longitude.name, degrees, cells)
    return None


def _column(table: TypedTable, names: frozenset[str], most: float) -> TypedColumn | None:
    """Return the one column of such a name whose values are degrees, with fractions."""
    found = [column for column in table.columns if _is_degrees(column, names, most)]
    return found[0] if len(found) == 1 else None


def _is_degrees(column: TypedColumn, names: frozenset[str], most: float) -> bool:
    profile = column.profile
    parts = words(column.name)
    called = bool(names & set(parts)) and len(parts) <= 3
    if not called or profile.type not in ("number", "identifier") or profile.number_text:
        return False
    values = column.numeric()
    values = values[np.isfinite(values)]
    inside = len(values) > 0 and bool((np.abs(values) <= most).all())
    return inside and float((values != np.round(values)).mean()) > 0.5
