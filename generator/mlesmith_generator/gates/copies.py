"""Columns that hold the target itself: as their value, under codes, in a text, or cut into bins."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_generator.gates.readings import numbers_inside
from mlesmith_generator.gates.rows import Column, Ints, Mask, TaskRows
from mlesmith_generator.gates.verdict import Finding

_FEWEST_ROWS = 40
_CODED = 20
"""Values of a target from which on one code for each of them is no accident."""
_AGAIN = 0.1
"""Share of the hidden rows whose code stands in training rows, and tells their answer there."""


def copied(column: Column, rows: TaskRows) -> Finding | None:
    """Return the finding about a column that holds the target itself, or None."""
    return _copy(column, rows) or _told(column, rows) or _bins(column, rows)


def _equal(column: Column, rows: TaskRows) -> Mask:
    """Return where the column holds the target's own value. Shape (rows,)."""
    if rows.regression and column.numeric:
        close = np.abs(column.numbers - rows.y) <= 1e-9 * np.maximum(np.abs(rows.y), 1e-12)
        return np.asarray(close, dtype=bool)
    if column.numeric and rows.truth.numeric:
        return np.asarray(column.numbers == rows.truth.numbers, dtype=bool)
    mine = _folded(column)
    theirs = _folded(rows.truth)
    return np.asarray((mine == theirs) & ~column.missing, dtype=bool)


def _folded(column: Column) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    table = np.asarray([str(value).strip().casefold() for value in column.values] + [""], object)
    return table[column.codes]


def _agreement(equal: Mask, column_codes: Ints, target_codes: Ints) -> float:
    """Return Cohen's kappa of "the same value" against chance; 0 where under 90 % are equal."""
    if not len(equal) or equal.mean() < 0.9:
        return 0.0
    size = len(equal)
    # Chance: rows whose value and target are the same pair if both were drawn independently.
    pairs = pd.DataFrame({"x": column_codes[equal], "y": target_codes[equal]}).drop_duplicates()
    mine = np.bincount(column_codes + 1)[pairs["x"].to_numpy() + 1] / size
    theirs = np.bincount(target_codes)[pairs["y"].to_numpy()] / size
    chance = float((mine * theirs).sum())
    observed = float(equal.mean())
    return (observed - chance) / (1.0 - chance) if chance < 1.0 else 0.0


def _copy(column: Column, rows: TaskRows) -> Finding | None:
    """A column that holds the target itself, in all hidden rows or in those where it is given."""
    equal = _equal(column, rows)
    if not equal[~column.missing].any():
        return None
    throughout = float(equal[~column.missing].mean())
    for where, mask in (("hidden rows", rows.hidden), ("rows", np.ones(len(rows), dtype=bool))):
        given = mask & ~column.missing
        enough = given.sum() >= max(10, 0.05 * mask.sum())
        if not enough or len(np.unique(rows.truth.codes[given])) < 2:
            continue
        # Of few hidden rows all may be equal by luck.
        if given.sum() < 100 and throughout < 0.95 and not rows.regression:
            continue
        kappa = _agreement(equal[given], column.codes[given], rows.truth.codes[given])
        if kappa >= 0.98:
            share, present = float(equal[given].mean()), float(given.sum() / mask.sum())
            return Finding(
                "target-copy",
                f"column {column.name!r} holds the target {rows.target_name!r} itself in "
                f"{share:.1%} of the {where} that have it ({present:.0%} do)",
                "design",
                (column.name,),
            )
    return None


def coded(column: Column, rows: TaskRows) -> Finding | None:
    """Return the finding about a column with one code for each value of the target, or None.

    Such as its hash: no model of its order sees it, but values that repeat tell their answers.
    """
    given = ~column.missing
    mine, theirs = column.codes[given], rows.truth.codes[given]
    targets, counts = len(np.unique(theirs)), np.unique(mine, return_counts=True)[1]
    codes, repeated = len(counts), int((counts > 1).sum())
    if targets < _CODED or max(targets, codes) > 1.01 * min(targets, codes):
        return None
    pairs = len(np.unique(mine * (theirs.max() + 1) + theirs))
    hidden = rows.hidden[given]
    known = np.isin(mine[hidden], mine[~hidden])
    if pairs > 1.01 * min(targets, codes) or repeated < _CODED:
        return None
    if not len(known) or known.mean() < _AGAIN:
        return None
    return Finding(
        "target-copy",
        f"column {column.name!r} has one value for each of the {targets} values of the target "
        f"{rows.target_name!r}, and tells the answer of {known.mean():.0%} of the hidden rows, "
        "whose value stands in training rows",
        "design",
        (column.name,),
    )


def _told(column: Column, rows: TaskRows) -> Finding | None:
    """A column of text that says the target's own number at a fixed place, as a date its year."""
    if not rows.truth.numeric:
        return None
    for reading in numbers_inside(column):
        if reading.numbers is None:
            continue
        given = np.isfinite(reading.numbers)
        truth = rows.truth.numbers[given]
        if given.sum() < max(_FEWEST_ROWS, 0.5 * len(rows)) or len(np.unique(truth)) < 2:
            continue
        numbers = reading.numbers[given]
        codes = np.asarray(pd.factorize(numbers)[0], dtype=np.int64)
        equal = np.asarray(np.isclose(numbers, truth, rtol=1e-9, atol=0.0), dtype=bool)
        if _agreement(equal, codes, rows.truth.codes[given]) >= 0.98:
            return Finding(
                "target-in-text",
                f"column {column.name!r}, read by {reading.how}, is the target "
                f"{rows.target_name!r} in {equal.mean():.1%} of the {given.mean():.0%} of the rows "
                "that have one",
                "design",
                (column.name,),
            )
    return None


def _bins(column: Column, rows: TaskRows) -> Finding | None:
    """A column of few values that is a function of a numeric target's size."""
    few = 2 <= column.distinct <= max(2, min(50, len(rows) // 10))
    if not rows.regression or not few or column.missing.mean() > 0.2:
        return None
    given = np.flatnonzero(~column.missing)
    y, codes = rows.y[given], column.codes[given]
    if len(given) < 100 or len(np.unique(y)) < 2 * column.distinct:
        return None
    size = int(codes.max()) + 1
    middle = np.full(size, np.inf)
    for code in np.unique(codes):
        middle[code] = np.median(y[codes == code])
    place = np.argsort(np.argsort(middle, kind="stable"))[codes]
    order = np.lexsort((place, y))
    in_order = float((np.sort(place) == place[order]).mean())
    # How often the commonest bin of a target value is the bin of the row: 1 for a function of it.
    pairs, counts = np.unique(
        np.unique(y, return_inverse=True)[1] * size + codes, return_counts=True
    )
    commonest = np.zeros(len(pairs))
    np.maximum.at(commonest, np.unique(pairs // size, return_inverse=True)[1], counts)
    determined = float(commonest.sum()) / len(y)
    shares = np.bincount(codes) / len(codes)
    bins = int((shares >= 0.03).sum())
    needed = 0.995 if bins >= 3 else 1.0
    if bins < 2 or shares.max() > 0.95 or min(in_order, determined) < needed:
        return None
    if bins == 2 and len(given) < 200:
        return None
    return Finding(
        "target-binned",
        f"column {column.name!r} is cut out of the target {rows.target_name!r}: its "
        f"{column.distinct} values follow the size of the target in {in_order:.2%} of the rows, "
        "without overlap",
        "design",
        (column.name,),
    )
