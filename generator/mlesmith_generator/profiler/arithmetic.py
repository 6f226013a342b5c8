"""Sums and products: columns that two others give."""

from __future__ import annotations

from collections.abc import Set
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.records import Relation

_SUPPORT = 0.99
_MOST = 48
"""Columns that are tried with each other."""


def arithmetic(columns: list[TypedColumn], rows: NDArray[np.int64]) -> list[Relation]:
    """Triples where a sum, difference, product or ratio of two columns gives a third."""
    columns = columns[:_MOST]
    if len(columns) < 3:
        return []
    matrix = np.stack([column.numeric()[rows] for column in columns])
    complete = np.isfinite(matrix).all(axis=0)
    if complete.sum() < 40:
        return []
    found: list[Relation] = []
    data = matrix[:, complete]
    grain = np.array([half_unit(column) for column in columns])
    found += _sums(columns, data, grain)
    positive = (data > 0).mean(axis=1) > 0.9
    chosen = [column for column, keep in zip(columns, positive, strict=True) if keep]
    if len(chosen) >= 3:
        found += _products(chosen, data[positive], grain[positive])
    return found


def half_unit(column: TypedColumn) -> float:
    """Half a unit of the last decimal place that the values are written with."""
    sample = [value for value in column.values[:300] if "e" not in value.lower()]
    decimals = [len(value.strip().split(".")[1]) if "." in value else 0 for value in sample]
    return 0.5 * 10.0 ** -max(decimals, default=0)


def written_numbers(
    table: TypedTable, rows: NDArray[np.int64], without: Set[str]
) -> tuple[list[str], NDArray[np.float64], NDArray[np.float64]]:
    """Return number columns with their values and the unit that each of them is written to.

    Args:
        table: The typed table.
        rows: The rows wanted.
        without: Columns left out.

    Returns:
        Names, values of shape (rows, columns), NaN where missing, and one unit of the last decimal
        of each, shape (columns,).
    """
    columns = [
        column
        for column in table.columns
        if column.profile.type == "number" and column.name not in without
    ]
    values = [column.numeric()[rows] for column in columns]
    units = np.array([2 * half_unit(column) for column in columns])
    matrix = np.stack(values, axis=1) if values else np.zeros((len(rows), 0))
    return [column.name for column in columns], matrix, units


def _sums(
    columns: list[TypedColumn], data: NDArray[np.float64], grain: NDArray[np.float64]
) -> list[Relation]:
    probes = data[:, np.linspace(0, data.shape[1] - 1, 12).astype(int)]
    found: list[Relation] = []
    for a, b in combinations(range(len(columns)), 2):
        total = probes[a] + probes[b]
        slack = 1.5 * (grain + grain[a] + grain[b]) + 1e-9 * np.abs(total).max()
        near = (np.abs(probes - total) <= slack[:, None]).mean(axis=1) > 0.9
        for c in np.flatnonzero(near):
            if c in (a, b):
                continue
            miss = np.abs(data[c] - data[a] - data[b])
            support = float((miss <= slack[c]).mean())
            exact = bool((miss <= 1e-9 * np.abs(data[c]).max()).mean() >= _SUPPORT)
            if support >= _SUPPORT and (exact or _varied(data[a], data[b], slack[c])):
                found.append(_triple("sum", columns, int(c), (a, b), support))
    return found


def _products(
    columns: list[TypedColumn], data: NDArray[np.float64], grain: NDArray[np.float64]
) -> list[Relation]:
    safe = np.where(data > 0, data, np.nan)
    logs = np.log(safe)
    error = np.nan_to_num((grain[:, None] / safe), nan=0.0)
    keep = np.flatnonzero(np.isfinite(logs).all(axis=0))
    if len(keep) < 40:
        return []
    probe = keep[np.linspace(0, len(keep) - 1, 12).astype(int)]
    shape = logs[:, probe] - np.median(logs[:, probe], axis=1, keepdims=True)
    found: list[Relation] = []
    for a, b in combinations(range(len(columns)), 2):
        total = logs[a, probe] + logs[b, probe]
        total = total - np.median(total)
        offset = np.median(shape - total, axis=1, keepdims=True)
        slack = 0.02 + 2 * (error[:, probe] + error[a, probe] + error[b, probe])
        near = (np.abs(shape - total - offset) <= slack).mean(axis=1) > 0.9
        for c in np.flatnonzero(near):
            if c in (a, b):
                continue
            miss = logs[c] - logs[a] - logs[b]
            factor = np.nanmedian(miss)
            bound = 1e-3 + 2 * (error[c] + error[a] + error[b])
            support = float((np.abs(miss - factor) <= bound)[keep].mean())
            tight = float(np.median(bound[keep])) < 0.05
            if support >= _SUPPORT and tight and _varied(logs[a, keep], logs[b, keep], 0.01):
                found.append(_triple("product", columns, int(c), (a, b), support))
    return found


def _varied(a: NDArray[np.float64], b: NDArray[np.float64], slack: float) -> bool:
    """Whether both parts matter: a nearly constant part makes every copy look like a sum."""
    return bool(np.std(a) > 3 * slack and np.std(b) > 3 * slack)


def _triple(
    kind: str, columns: list[TypedColumn], total: int, parts: tuple[int, int], support: float
) -> Relation:
    return Relation(
        kind="sum" if kind == "sum" else "product",
        target=columns[total].name,
        columns=tuple(columns[part].name for part in parts),
        support=round(support, 4),
    )


def _is_flag(column: TypedColumn) -> bool:
    seen = column.numbers
    return len(seen) == 2 and bool(np.isin(seen, (0.0, 1.0)).all())


def flag_sums(columns: list[TypedColumn], rows: NDArray[np.int64]) -> list[Relation]:
    """Triples of 0/1 columns where one says that either of the other two is set."""
    columns = [column for column in columns if _is_flag(column)][:_MOST]
    if len(columns) < 3:
        return []
    data = np.stack([column.numeric()[rows] for column in columns])
    data = data[:, np.isfinite(data).all(axis=0)]
    common = np.flatnonzero((data.mean(axis=1) > 0.01) & (data.mean(axis=1) < 0.99))
    if data.shape[1] < 40 or len(common) < 3:
        return []
    found: list[Relation] = []
    for a, b in combinations(common, 2):
        either = data[a] + data[b]
        if either.max() > 1:
            continue
        same = np.flatnonzero((data == either).mean(axis=1) >= _SUPPORT)
        found += [
            _triple("sum", columns, int(c), (int(a), int(b)), 1.0) for c in same if c not in (a, b)
        ]
    return found
