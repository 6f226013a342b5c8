"""Places on the earth, and squares of a map that are hidden.

Columns of latitude and longitude in degrees, or of a plane: metres of a projection, degrees times a
million.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.profiler.words import words

_LATITUDE = frozenset({"lat", "latitude", "latitud", "latitudine", "breite", "breitengrad",
                       "breedtegraad", "широта", "纬度", "緯度", "lattitude"})  # fmt: skip
_LONGITUDE = frozenset({"lon", "lng", "long", "longitude", "longitud", "longitudine", "länge",
                        "längengrad", "lengtegraad", "долгота", "经度", "経度"})  # fmt: skip
_PLANE = {"x": "y", "xcoord": "ycoord", "xc": "yc", "coordx": "coordy", "xpos": "ypos",
          "pointx": "pointy", "xutm": "yutm", "utmx": "utmy", "easting": "northing",
          "eastings": "northings", "east": "north"}  # fmt: skip
"""Words for the first direction of a plane, each with that for the second."""
_FAR = 10_000.0
"""What numbers of a projection exceed; places on a picture or a field do not."""
_SIZES = (20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001)
CELLS = 60
"""Squares with rows that a map needs."""
_LARGEST = (0.08, 0.15)
"""Share of the rows that one square may hold: less than half of the private rows, if it can be."""
_PLACES = 80


@dataclass(frozen=True)
class Map:
    """Where the rows of a table lie.

    Attributes:
        latitude: Its column, or that of the second direction of a plane.
        longitude: Its column, or that of the first direction.
        degrees: Size of a square in both directions, in the unit of the columns.
        cells: Square of each row as the `grid` transform names it, NaN where unknown; shape
            (rows,).
    """

    latitude: str
    longitude: str
    degrees: float
    cells: NDArray[np.object_]


def map_of(table: TypedTable) -> Map | None:
    """Return the map that the rows of a table lie on; None where they have no places, or few."""
    found = axes_of(table)
    if found is None:
        return None
    latitude, longitude = found
    north, east = latitude.numeric(), longitude.numeric()
    known = np.isfinite(north) & np.isfinite(east)
    if known.mean() < 0.95:
        return None
    places = len(np.unique(np.column_stack([north[known], east[known]]), axis=0))
    if places < _PLACES:
        return None
    far = _is_far(latitude)
    span = max(float(np.ptp(north[known])), float(np.ptp(east[known])))
    sizes = _round_sizes(span) if far else _SIZES
    for largest, degrees in itertools.product(_LARGEST, sizes):
        rows = np.floor(north / degrees)
        columns = np.floor(east / degrees)
        both = np.column_stack([rows[known], columns[known]])
        _, counts = np.unique(both, axis=0, return_counts=True)
        if len(counts) >= CELLS and counts.max() <= largest * known.sum():
            cells = np.full(len(north), None, dtype=object)
            cells[known] = [f"r{int(r)}c{int(c)}" for r, c in both]
            return Map(latitude.name, longitude.name, degrees, cells)
    return None


def axes_of(table: TypedTable) -> tuple[TypedColumn, TypedColumn] | None:
    """Return the columns that say where rows lie; None where there are none, or several.

    These are latitude and longitude, or the second and first direction of a plane.
    """
    latitude = _column(table, _LATITUDE, 90.0)
    longitude = _column(table, _LONGITUDE, 360.0)
    if latitude is not None and longitude is not None:
        return latitude, longitude
    found = list(_planes(table))
    return found[0] if len(found) == 1 else None


def _planes(table: TypedTable) -> Iterator[tuple[TypedColumn, TypedColumn]]:
    """Yield pairs such as `XCOORD` and `YCOORD` with numbers that only places on the earth have."""
    named = {words(column.name): column for column in table.columns}
    for parts, first in named.items():
        second = named.get(tuple(_PLANE.get(part, part) for part in parts))
        if second is None or second is first or len(parts) > 3:
            continue
        degrees = _is_fine(first, 180.0) and _is_fine(second, 90.0)
        if degrees or (_is_far(first) and _is_far(second)):
            yield second, first


def _is_far(column: TypedColumn) -> bool:
    values = _numbers(column)
    return len(values) > 0 and float(np.median(np.abs(values))) > _FAR


def _is_fine(column: TypedColumn, most: float) -> bool:
    """Whether the values are degrees with more than two decimals, as those of places are."""
    values = _numbers(column)
    if not len(values) or bool((np.abs(values) > most).any()):
        return False
    return float((np.abs(values * 100 - np.round(values * 100)) > 1e-6).mean()) > 0.5


def _numbers(column: TypedColumn) -> NDArray[np.float64]:
    """Return the values of a column of numbers; none of any other."""
    if column.profile.type not in ("number", "identifier") or column.profile.number_text:
        return np.empty(0)
    values = column.numeric()
    return values[np.isfinite(values)]


def _round_sizes(span: float) -> list[float]:
    """Return sizes of squares from the span down, 5, 2 and 1 of each power of ten."""
    top = math.floor(math.log10(span)) if span > 0 else 0
    return [many * 10.0**power for power in range(top, top - 4, -1) for many in (5, 2, 1)]


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
