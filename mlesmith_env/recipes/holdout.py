"""Which rows are for training, and which are hidden: public and private."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.errors import RecipeError
from mlesmith_env.recipes.draws import keys
from mlesmith_env.recipes.model import Holdout, TableRecipe
from mlesmith_env.recipes.text import factors, is_missing, numbers, require_column, row_codes

PARTS = ("train", "public", "private")

_MOST_CLASSES = 50
_STRATA = 10
_GROUP_ORDERS = 32
_TOLERANCE = 0.2
ISO = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2}.*)?)?"
"""Dates as text that sorts as the moments do."""

Codes = NDArray[np.int64]


@dataclass(frozen=True)
class _Shares:
    test: float
    private: float
    """Of the hidden rows."""


def split_rows(
    frame: pd.DataFrame,
    recipe: TableRecipe,
    truth: Sequence[str] = (),
    contents: Sequence[Codes] = (),
) -> NDArray[np.str_]:
    """Return `train`, `public` or `private` for each row of the transformed table.

    Rows whose features are all equal stay on one side of a random or stratified holdout, and so a
    hidden row never has a copy to learn from; where that ties so many rows together that the
    sides would lose their size or a class, only rows that are equal throughout stay together.

    Args:
        frame: The table.
        recipe: Where the holdout stands.
        truth: All columns that hold the truth, where they are more than the target.
        contents: For each column of files, and of twins in a graph, a number for each row, (rows,),
            equal where the files or links are, -1 where there is none. Such rows stay together in
            any case.

    Returns:
        An array of text of shape (rows,).

    Raises:
        RecipeError: The holdout's column is missing or unfit, or too few rows, groups or moments
            are there to fill all three parts.
    """
    holdout = recipe.holdout
    shares = _Shares(holdout.test_fraction, holdout.private_fraction)
    target = require_column(frame, recipe.target, "target")
    if len(frame) < len(PARTS):
        raise RecipeError(f"{len(frame)} row(s) can not be divided into {', '.join(PARTS)}")
    if holdout.kind in ("group", "time", "last"):
        if holdout.column is None:
            raise RecipeError(f"a {holdout.kind} holdout needs a column")
        if holdout.column == recipe.target:
            raise RecipeError(f"a {holdout.kind} holdout can not go by the target itself")
        column = require_column(frame, holdout.column, f"the {holdout.kind} holdout")
        if holdout.kind == "group":
            codes = _by_group(column, target, shares, recipe.seed)
        elif holdout.kind == "time":
            codes = _by_time(frame, column, shares, recipe.seed)
        else:
            codes = _by_last(frame, column, holdout, shares, recipe.seed)
    else:
        gone = {*truth, recipe.target, *((holdout.column,) if holdout.drop_column else ())}
        features = frame.drop(columns=[name for name in frame.columns if name in gone])
        strata = _strata(target) if holdout.kind == "stratified" else np.zeros(len(frame), np.int64)
        units = _tied(row_codes(features) if features.shape[1] else _each(frame), contents)
        codes = _divide(units, strata, shares, recipe.seed, "rows")
        if not _is_fair(codes, strata, shares):
            whole = frame.drop(columns=[holdout.column]) if _hides(holdout) else frame
            codes = _divide(_tied(row_codes(whole), contents), strata, shares, recipe.seed, "rows")
    empty = [part for code, part in enumerate(PARTS) if not (codes == code).any()]
    if empty:
        raise RecipeError(
            f"the {holdout.kind} holdout leaves no rows for {' and '.join(empty)}: "
            f"{len(frame)} rows are tied together too tightly; choose another holdout"
        )
    return np.array(PARTS)[codes]


def _tied(units: Codes, contents: Sequence[Codes]) -> Codes:
    """Return units put together where they share a file of one of the columns."""
    if not contents:
        return units
    labels, before = units, None
    while before is None or not np.array_equal(labels, before):
        before = labels
        for codes in (units, *contents):
            has = codes >= 0
            least = np.full(max(int(codes.max()), 0) + 1, len(codes), dtype=np.int64)
            np.minimum.at(least, codes[has], labels[has])
            labels = np.where(has, least[codes], labels)
    return np.unique(labels, return_inverse=True)[1].astype(np.int64)


def _by_group(column: pd.Series, target: pd.Series, shares: _Shares, seed: int) -> Codes:
    units = _groups(column)
    found = int(units.max()) + 1
    if found < len(PARTS):
        raise RecipeError(
            f"the group column {column.name!r} has {found} group(s); "
            f"{', '.join(PARTS)} need one each at least"
        )
    strata = np.zeros(len(units), np.int64)
    classes = _strata(target)
    best: tuple[float, Codes] | None = None
    for attempt in range(_GROUP_ORDERS):
        codes = _divide(units, strata, shares, seed, f"groups/{attempt}")
        cost = _size_error(codes, shares) + _absent_classes(codes, classes)
        if best is None or cost < best[0]:
            best = cost, codes
        if cost < 0.02:
            break
    return cast("tuple[float, Codes]", best)[1]


def _by_time(frame: pd.DataFrame, column: pd.Series, shares: _Shares, seed: int) -> Codes:
    ranks, missing = moments(column)
    counts = np.bincount(ranks[~missing])
    if len(counts) < 2:
        raise RecipeError(f"the time column {column.name!r} has one moment only; nothing is later")
    later = np.cumsum(counts[::-1])[:-1]
    wanted = shares.test * len(frame)
    latest = int(np.argmin(np.abs(later - wanted))) + 1
    hidden = ~missing & (ranks >= len(counts) - latest)
    if hidden.sum() < 2:
        raise RecipeError(f"one row only is later than the rest by {column.name!r}")
    return _halved(frame, hidden, shares, seed)


def _by_last(
    frame: pd.DataFrame, column: pd.Series, holdout: Holdout, shares: _Shares, seed: int
) -> Codes:
    """Hide the last moments of each series; one that has no more than these is for training."""
    ranks, missing = moments(column)
    series = np.zeros(len(frame), np.int64)
    if holdout.group is not None:
        series = _groups(require_column(frame, holdout.group, "the last holdout"))
    span = int(ranks.max(initial=0)) + 1
    different, moment_of = np.unique(
        np.where(missing, -1, series * span + ranks), return_inverse=True
    )
    owner = np.where(different < 0, -1, different // span)
    starts = np.searchsorted(owner, owner, side="left")
    lengths = np.searchsorted(owner, owner, side="right") - starts
    from_end = starts + lengths - np.arange(len(different))
    wanted = (
        np.full(len(different), holdout.horizon)
        if holdout.horizon is not None
        else np.maximum(1, np.rint(shares.test * lengths))
    )
    late = (from_end <= wanted) & (lengths > wanted) & (owner >= 0)
    hidden = late[moment_of]
    if hidden.sum() < 2:
        raise RecipeError(
            f"no series is longer than what would be hidden of it by {column.name!r}; "
            "hide fewer moments"
        )
    return _halved(frame, hidden, shares, seed)


def _halved(frame: pd.DataFrame, hidden: NDArray[np.bool_], shares: _Shares, seed: int) -> Codes:
    """Return parts where the hidden rows are public and private by chance, equal ones together."""
    codes = np.zeros(len(frame), np.int64)
    units = row_codes(frame)[hidden]
    units = np.unique(units, return_inverse=True)[1].astype(np.int64)
    if int(units.max()) < 1:
        units = np.arange(len(units), dtype=np.int64)
    drawn = keys(seed, "moments", int(units.max()) + 1)
    order = np.argsort(drawn, kind="stable")
    sizes = np.bincount(units)[order]
    middle = np.cumsum(sizes) - sizes / 2
    private = middle < shares.private * len(units)
    private[0], private[-1] = True, False
    is_private = np.empty(len(order), dtype=bool)
    is_private[order] = private
    codes[hidden] = np.where(is_private[units], 2, 1)
    return codes


def _divide(units: Codes, strata: Codes, shares: _Shares, seed: int, purpose: str) -> Codes:
    """Return a part for each row; units are whole, and each stratum is divided by the shares.

    A stratum with three units or more has one in each part.
    """
    count = int(units.max()) + 1
    sizes = np.bincount(units, minlength=count)
    stratum = np.zeros(count, np.int64)
    # Of a unit with several strata the last row's counts: any rule will do, as long as it is one.
    stratum[units] = strata
    order = np.lexsort((keys(seed, purpose, count), stratum))
    sizes, stratum = sizes[order], stratum[order]
    starts = np.flatnonzero(np.r_[True, stratum[1:] != stratum[:-1]])
    lengths = np.diff(np.r_[starts, count])
    rows = np.add.reduceat(sizes, starts)
    before = np.cumsum(sizes) - sizes
    middle = before - np.repeat(before[starts], lengths) + sizes / 2
    rank = np.arange(count) - np.repeat(starts, lengths)
    in_test = middle < np.repeat(rows * shares.test, lengths)
    in_private = middle < np.repeat(rows * shares.test * shares.private, lengths)
    test = np.add.reduceat(in_test.astype(np.int64), starts)
    private = np.add.reduceat(in_private.astype(np.int64), starts)
    enough = lengths >= len(PARTS)
    test = np.where(enough, np.clip(test, 2, lengths - 1), test)
    private = np.where(enough, np.clip(private, 1, test - 1), private)
    part = np.where(
        rank < np.repeat(private, lengths), 2, np.where(rank < np.repeat(test, lengths), 1, 0)
    )
    of_unit = np.empty(count, np.int64)
    of_unit[order] = part
    return of_unit[units]


def _each(frame: pd.DataFrame) -> Codes:
    return np.arange(len(frame), dtype=np.int64)


def _hides(holdout: Holdout) -> bool:
    return holdout.drop_column and holdout.column is not None


def _is_fair(codes: Codes, strata: Codes, shares: _Shares) -> bool:
    return _size_error(codes, shares) <= _TOLERANCE and _absent_classes(codes, strata) == 0


def _size_error(codes: Codes, shares: _Shares) -> float:
    """Return how far the parts are from their sizes, relative to these; the worst of the three."""
    wanted = np.array(
        [1 - shares.test, shares.test * (1 - shares.private), shares.test * shares.private]
    )
    sizes = np.bincount(codes, minlength=len(PARTS)) / len(codes)
    return float(np.max(np.abs(sizes - wanted) / wanted))


def _absent_classes(codes: Codes, classes: Codes) -> int:
    """Count pairs of class and part that do not meet, among classes with ten rows or more."""
    table = np.zeros((int(classes.max()) + 1, len(PARTS)), np.int64)
    np.add.at(table, (classes, codes), 1)
    return int((table[table.sum(axis=1) >= 10] == 0).sum())


def _strata(target: pd.Series) -> Codes:
    """Return the class of each row, or the tenth of the rows where the target is a number."""
    codes, values = factors(target)
    if len(values) > _MOST_CLASSES:
        measured = numbers(target)
        if not np.isnan(measured).any():
            ranks = np.argsort(np.argsort(measured, kind="stable"), kind="stable")
            return (ranks * _STRATA // len(ranks)).astype(np.int64)
    return codes + 1 if (codes < 0).any() else codes


def _groups(column: pd.Series) -> Codes:
    """Return the group of each row; a row without one is a group of its own."""
    codes, values = factors(column)
    alone = codes < 0
    codes[alone] = len(values) + np.arange(int(alone.sum()))
    return codes


def moments(column: pd.Series) -> tuple[Codes, NDArray[np.bool_]]:
    """Return the rank of each row's time among the different ones, and which rows have none."""
    codes, values = factors(column)
    missing = is_missing(column)
    texts = pd.Series(values, dtype=object)
    as_numbers = numbers(texts) if len(values) else np.array([])
    if not np.isnan(as_numbers).any():
        _, ranks = np.unique(as_numbers, return_inverse=True)
    elif texts.str.fullmatch(ISO).all():
        _, ranks = np.unique(np.array(values), return_inverse=True)
    else:
        odd = next(v for v, n in zip(values, as_numbers, strict=True) if np.isnan(n))
        raise RecipeError(
            f"the time column {column.name!r} holds {odd!r}, neither a number nor an ISO date; "
            "add a parse_date before"
        )
    padded = np.append(ranks.astype(np.int64), 0)
    return padded[codes], missing
