"""Relations between columns: copies, codes and labels, sums, products, monotone forms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.profiler.arithmetic import arithmetic, flag_sums
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.records import Relation

_SUPPORT = 0.99
_ROWS = 4000
_PAIRS = 4000
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
    found += arithmetic(numeric, rows)
    found += flag_sums(columns, rows)
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
