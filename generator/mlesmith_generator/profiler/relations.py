"""Relations between columns: copies, codes and labels, sums, products, monotone forms."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.records import Relation

_SUPPORT = 0.99
_ROWS = 4000
_PAIRS = 4000
_ARITHMETIC = 48
_LEVELS = 200


def relations(table: TypedTable) -> tuple[Relation, ...]:
    """Return the relations found between the columns of a table, strongest kinds first."""
    rows = _sample(table.rows)
    columns = [column for column in table.columns if column.profile.type != "constant"]
    found = _copies(columns, rows)
    copied = {relation.target for relation in found}
    columns = [column for column in columns if column.name not in copied]
    found += _determined(columns, rows)
    numeric = [column for column in columns if _continuous(column)]
    found += _monotone(numeric, rows)
    found += _arithmetic(numeric[:_ARITHMETIC], rows)
    found += _flag_sums([column for column in columns if _is_flag(column)][:_ARITHMETIC], rows)
    return tuple(found)


def _sample(rows: int) -> NDArray[np.int64]:
    if rows <= _ROWS:
        return np.arange(rows)
    return np.sort(np.random.default_rng(0).choice(rows, _ROWS, replace=False))


def _copies(columns: list[TypedColumn], rows: NDArray[np.int64]) -> list[Relation]:
    """Columns with the same codes as an earlier one: copies, or the same under other words."""
    seen: dict[bytes, str] = {}
    found: list[Relation] = []
    for column in columns:
        _, codes = np.unique(column.codes[rows], return_inverse=True)
        first: dict[int, int] = {}
        order = np.array([first.setdefault(int(code), len(first)) for code in codes])
        if len(first) < 2 or (column.profile.distinct >= len(rows) and not _numeric(column)):
            continue
        mark = order.astype(np.int32).tobytes()
        if column.profile.distinct >= 0.98 * len(rows):
            mark = np.nan_to_num(column.numeric()[rows], nan=-1e300).tobytes()
        if mark in seen:
            found.append(
                Relation(kind="duplicate", target=column.name, columns=(seen[mark],), support=1.0)
            )
        else:
            seen[mark] = column.name
    return found


def _determined(columns: list[TypedColumn], rows: NDArray[np.int64]) -> list[Relation]:
    """Pairs where the value of one column tells the value of the other."""
    levels = [
        column
        for column in columns
        if 2 <= column.profile.distinct <= max(2, min(len(rows) // 2, 2000))
    ]
    levels = levels[: max(2, int(_PAIRS**0.5))]
    found: list[Relation] = []
    for giver in levels:
        size = len(giver.values)
        if size < 3:
            continue
        given_codes = giver.codes[rows]
        for taker in levels:
            if taker is giver or len(taker.values) >= size:
                continue
            support = lookup_support(given_codes, taker.codes[rows])
            if support >= _SUPPORT:
                found.append(
                    Relation(
                        kind="determines",
                        target=taker.name,
                        columns=(giver.name,),
                        support=round(support, 4),
                    )
                )
    return found


def lookup_support(giver: NDArray[np.int64], taker: NDArray[np.int64]) -> float:
    """Return the share of rows in which a lookup by the giver's value tells the taker's value.

    The share is counted over rows whose giver value occurs more than once, less what guessing the
    most frequent value would give: 1 is a perfect lookup, 0 no better than a guess.
    """
    both = (giver >= 0) & (taker >= 0)
    giver, taker = giver[both], taker[both]
    if len(giver) < 20:
        return 0.0
    size = int(taker.max()) + 1
    pairs, counts = np.unique(giver * size + taker, return_counts=True)
    owners = pairs // size
    total = np.bincount(owners, weights=counts)
    best = np.zeros(len(total))
    np.maximum.at(best, owners, counts)
    repeated = total > 1
    rows = total[repeated].sum()
    if rows < 0.3 * len(giver):
        return 0.0
    hit = best[repeated].sum() / rows
    base = np.bincount(taker).max() / len(taker)
    if base > 0.995:
        return 0.0
    return float(hit) if (hit - base) / (1 - base) > 0.95 else 0.0


def lookup_skill(giver: NDArray[np.int64], taker: NDArray[np.int64]) -> float:
    """Return how far a lookup of class numbers beats the most frequent class; 1 is perfect."""
    size = int(taker.max()) + 1
    table = np.bincount(giver * size + taker, minlength=(int(giver.max()) + 1) * size)
    hit = table.reshape(-1, size).max(axis=1).sum() / len(taker)
    base = np.bincount(taker).max() / len(taker)
    return float((hit - base) / (1 - base + 1e-12))


def _numeric(column: TypedColumn) -> bool:
    return column.profile.type == "number"


def _continuous(column: TypedColumn) -> bool:
    return _numeric(column) and column.profile.distinct > 8


def _is_flag(column: TypedColumn) -> bool:
    seen = column.numbers
    return len(seen) == 2 and bool(np.isin(seen, (0.0, 1.0)).all())


def _flag_sums(columns: list[TypedColumn], rows: NDArray[np.int64]) -> list[Relation]:
    """Triples of 0/1 columns where one says that either of the other two is set."""
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


def _monotone(columns: list[TypedColumn], rows: NDArray[np.int64]) -> list[Relation]:
    """Pairs of numeric columns in the same (or the reverse) order throughout."""
    columns = [column for column in columns if np.ptp(_ranks(column.numeric()[rows])) > 0]
    if len(columns) < 2 or len(columns) > 600:
        return []
    ranks = np.stack([_ranks(column.numeric()[rows]) for column in columns])
    close = np.abs(np.corrcoef(ranks))
    found: list[Relation] = []
    for left, right in np.argwhere(np.triu(close > 0.97, 1)):
        a, b = columns[left].numeric()[rows], columns[right].numeric()[rows]
        both = np.isfinite(a) & np.isfinite(b)
        if both.sum() < 20 or both.mean() < 0.3:
            continue
        support = _same_order(a[both], b[both])
        if support >= _SUPPORT:
            found.append(
                Relation(
                    kind="monotone",
                    target=columns[right].name,
                    columns=(columns[left].name,),
                    support=round(support, 4),
                )
            )
    return found


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    filled = np.where(np.isfinite(values), values, np.nanmedian(values))
    _, inverse = np.unique(filled, return_inverse=True)
    return np.cumsum(np.bincount(inverse))[inverse] - np.bincount(inverse)[inverse] / 2.0


def _same_order(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Return the share of neighbouring steps in which b follows a's order, up or down."""
    order = np.lexsort((b, a))
    if np.corrcoef(_ranks(a), _ranks(b))[0, 1] < 0:
        b = -b
        order = np.lexsort((b, a))
    tie = np.diff(a[order]) == 0
    step = np.diff(b[order])
    wide = np.abs(step) > 1e-9 * (np.abs(b[order][1:]) + 1)
    bad = (step < 0) & wide & ~tie
    loose = tie & wide
    return float(1.0 - (bad | loose).mean())


def _arithmetic(columns: list[TypedColumn], rows: NDArray[np.int64]) -> list[Relation]:
    """Triples where a sum, difference, product or ratio of two columns gives a third."""
    if len(columns) < 3:
        return []
    matrix = np.stack([column.numeric()[rows] for column in columns])
    complete = np.isfinite(matrix).all(axis=0)
    if complete.sum() < 40:
        return []
    found: list[Relation] = []
    data = matrix[:, complete]
    grain = np.array([_grain(column) for column in columns])
    found += _sums(columns, data, grain)
    positive = (data > 0).mean(axis=1) > 0.9
    chosen = [column for column, keep in zip(columns, positive, strict=True) if keep]
    if len(chosen) >= 3:
        found += _products(chosen, data[positive], grain[positive])
    return found


def _grain(column: TypedColumn) -> float:
    """Half a unit of the last decimal place that the values are written with."""
    sample = [value for value in column.values[:300] if "e" not in value.lower()]
    decimals = [len(value.strip().split(".")[1]) if "." in value else 0 for value in sample]
    return 0.5 * 10.0 ** -max(decimals, default=0)


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
