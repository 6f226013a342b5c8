"""Do columns carry statistics of a group's hidden targets?

A column of group means is honest where the means are of training rows; where hidden rows went into
them, answers did too.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from mlesmith_generator.gates.aggregates import STATISTICS, means_of
from mlesmith_generator.gates.arithmetic import written_unit
from mlesmith_generator.gates.rows import TRAIN, Column, Floats, Ints, Mask, TaskRows
from mlesmith_generator.gates.verdict import Finding, Scan

_MOST_GROUPINGS = 25
_MOST_NUMERIC = 1000
_STATISTIC = 0.97
_EXACT_WITHIN = 0.9995


def scan_statistics(rows: TaskRows) -> Scan:
    """Look for columns that are statistics of the target over groups with hidden rows."""
    numeric = [column for column in rows.columns if column.numeric and column.distinct >= 4]
    numeric = numeric[:_MOST_NUMERIC]
    groupings = [
        column
        for column in rows.columns
        if 4 <= column.distinct <= len(rows) / 2 and not (column.numeric and column.distinct > 500)
    ][:_MOST_GROUPINGS]
    measured = f"{len(numeric)} numeric columns against means over {len(groupings)} groupings"
    if not numeric:
        return Scan("target-statistics", measured)
    findings: dict[str, Finding] = {}
    targets = list(_targets(rows))
    for words, y in targets:
        for column in numeric:
            share = _mean_of_itself(column, y, rows)
            if share >= _STATISTIC and column.name not in findings:
                what = ("the mean", "rows that share its value")
                findings[column.name] = _statistic(column, *what, words, share)
    table = np.stack([column.numbers for column in numeric], axis=1)
    for grouping in groupings:
        for place, words, y in _within(grouping, table, targets):
            column = numeric[place]
            if column.name in findings or column is grouping:
                continue
            hit = _statistic_by(grouping, column, y, rows)
            if hit is not None:
                of = f"rows of one {grouping.name!r}"
                findings[column.name] = _statistic(column, hit[0], of, words, hit[1])
    return Scan("target-statistics", measured, tuple(findings.values()))


def _within(
    grouping: Column, table: Floats, targets: list[tuple[str, Floats]]
) -> Iterator[tuple[int, str, Floats]]:
    """Yield columns that are constant within groups, or vary there just as the target does.

    Only these can be statistics of the target; all columns are looked at in one go.
    """
    inner = _residuals(grouping.codes, np.nan_to_num(table))
    spread = (inner**2).sum(axis=0)
    total = ((table - np.nanmean(table, axis=0)) ** 2).sum(axis=0, where=np.isfinite(table))
    constant = spread <= 1e-9 * np.maximum(total, 1e-300)
    for words, y in targets:
        mine = _residuals(grouping.codes, y[:, None])[:, 0]
        own = float((mine**2).sum())
        with np.errstate(all="ignore"):
            alike = (mine @ inner) ** 2 / (spread * own)
        for place in np.flatnonzero((constant & (total > 0)) | (np.nan_to_num(alike) >= 0.5)):
            yield int(place), words, y


def _residuals(codes: Ints, table: Floats) -> Floats:
    """The table less the means of its groups. Shape (rows, columns)."""
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.r_[True, np.diff(codes[order]) != 0])
    sizes = np.diff(np.r_[starts, len(codes)])
    means = np.add.reduceat(table[order], starts, axis=0) / sizes[:, None]
    result = np.empty_like(table)
    result[order] = table[order] - np.repeat(means, sizes, axis=0)
    return result


def _statistic(column: Column, what: str, of: str, target: str, share: float) -> Finding:
    evidence = (
        f"column {column.name!r} is {what} of {target} over {of}, hidden rows included, in "
        f"{share:.1%} of the rows"
    )
    return Finding("target-statistics", evidence, columns=(column.name,))


def _targets(rows: TaskRows) -> Iterator[tuple[str, Floats]]:
    """The target as numbers: itself, or an indicator for each of the eight largest classes."""
    if rows.regression:
        yield repr(rows.target_name), rows.y
        return
    if rows.truth.numeric:
        yield repr(rows.target_name), rows.truth.numbers
    counts = np.bincount(rows.truth.codes)
    for code in np.argsort(-counts, kind="stable")[:8]:
        if rows.truth.numeric and rows.classes == 2 and set(rows.truth.values) == {"0", "1"}:
            continue
        words = f"{rows.target_name} = {rows.truth.values[code]}"
        yield words, (rows.truth.codes == code).astype(np.float64)


def _mean_of_itself(column: Column, y: Floats, rows: TaskRows) -> float:
    """Share of rows in groups of one value where that value is the mean target of the group.

    Only groups with hidden rows and with a mean of their own are evidence; a mean over training
    rows alone would differ from the mean over all.
    """
    if column.distinct > 0.7 * len(rows):
        return 0.0
    low, high = float(np.nanmin(column.numbers)), float(np.nanmax(column.numbers))
    if high < y.min() or low > y.max():
        return 0.0
    count, mean = means_of(column.codes, y, np.ones(len(y), dtype=bool), column.distinct)
    seen, known = means_of(column.codes, y, rows.part == TRAIN, column.distinct)
    unit = written_unit(column)
    value = np.full(column.distinct, np.nan)
    value[column.codes[~column.missing]] = column.numbers[~column.missing]
    spread = np.bincount(column.codes + 1, weights=y * y, minlength=column.distinct + 1)[1:]
    varied = spread / np.maximum(count, 1) - mean**2 > (2 * unit) ** 2 + 1e-12
    telling = (count >= 3) & (count > seen) & (seen > 0) & varied
    telling &= np.abs(mean - known) > 2.02 * unit
    rows_told = count[telling].sum()
    if telling.sum() < 4 or rows_told < 0.1 * len(y):
        return 0.0
    right = np.abs(value - mean) <= 1.01 * unit + 1e-9
    return float(count[telling & right].sum() / rows_told)


def _statistic_by(
    grouping: Column, column: Column, y: Floats, rows: TaskRows
) -> tuple[str, float] | None:
    """The statistic over a grouping that the column is, if any, and on which share of rows."""
    known = (grouping.codes >= 0) & np.isfinite(column.numbers)
    if known.sum() < 0.8 * len(y):
        return None
    codes, x = grouping.codes, column.numbers
    count, mean = means_of(codes, x, known, grouping.distinct)
    deviation = np.abs(x - mean[codes]) * known
    spread = float(np.nanstd(x))
    if spread == 0:
        return None
    everyone = np.ones(len(y), dtype=bool)
    if float(deviation.mean()) > 1e-6 * spread:
        return _left_out(codes, x, y, known, column) or _within_group(codes, x, y, known)
    shrunk = _shrunken(codes, mean, count, y, rows, grouping.distinct)
    if shrunk is not None:
        return shrunk
    unit = written_unit(column)
    for words, statistic in STATISTICS.items():
        total = statistic(codes, y, everyone, grouping.distinct)
        seen = statistic(codes, y, rows.part == TRAIN, grouping.distinct)
        telling = np.abs(total - seen) > 2.02 * unit
        if telling.sum() < 4 or count[telling].sum() < 0.1 * len(y):
            continue
        right = np.abs(mean - total) <= 1.01 * unit + 1e-9
        share = float(count[telling & right].sum() / count[telling].sum())
        if share >= _STATISTIC:
            return words, share
    return None


def _left_out(
    codes: Ints, x: Floats, y: Floats, known: Mask, column: Column
) -> tuple[str, float] | None:
    """A mean over the other rows of the group: it differs within the group as the target does."""
    size = int(codes.max()) + 1
    count, mean = means_of(codes, y, np.ones(len(y), dtype=bool), size)
    with np.errstate(all="ignore"):
        others = ((count * mean)[codes] - y) / (count - 1)[codes]
    asked = known & (count[codes] > 1)
    if asked.sum() < 0.3 * len(y):
        return None
    unit = written_unit(column)
    # Where everything rounds to the same figure, agreement says nothing.
    if float(others[asked].std()) < 3 * unit or _correlation(x[asked], others[asked]) < 0.99:
        return None
    right = np.abs(x - others)[asked] <= 1.01 * unit + 1e-9
    share = float(right.mean())
    return ("the mean without the row's own value", share) if share >= _STATISTIC else None


def _within_group(codes: Ints, x: Floats, y: Floats, known: Mask) -> tuple[str, float] | None:
    """A column that differs within every group exactly as the target does, as a residual does."""
    inside = _residuals(codes[known], np.column_stack([x[known], y[known]]))
    varied = float((inside[:, 0] ** 2).sum()) > 0 and float((inside[:, 1] ** 2).sum()) > 0
    if not varied or int(known.sum()) < 4 * len(np.unique(codes[known])):
        return None
    share = _correlation(inside[:, 0], inside[:, 1]) ** 2
    between = 1.0 - float((inside[:, 1] ** 2).sum()) / float(((y - y.mean()) ** 2).sum())
    if share < _EXACT_WITHIN or between < 0.01:
        return None
    return "a linear function (with an offset a group)", share


def _correlation(a: Floats, b: Floats) -> float:
    x, y = a - a.mean(), b - b.mean()
    spread = float(np.sqrt((x * x).sum() * (y * y).sum()))
    return float((x * y).sum()) / spread if spread > 0 else 0.0


def _shrunken(
    codes: Ints, value: Floats, count: Floats, y: Floats, rows: TaskRows, size: int
) -> tuple[str, float] | None:
    """A mean drawn towards the overall one: sums are then linear in value and value times count."""
    everyone = np.ones(len(y), dtype=bool)

    def residual(mask: Mask) -> float:
        number, mean = means_of(codes, y, mask, size)
        used = number > 0
        if used.sum() < 8:
            return 1.0
        sums = (number * mean)[used]
        design = np.column_stack([value[used] * number[used], value[used], np.ones(used.sum())])
        weights = np.linalg.lstsq(design, sums, rcond=None)[0]
        rest = float(((design @ weights - sums) ** 2).sum())
        # A weight other than 1 on value times count is a coincidence of two trends.
        fits = abs(float(weights[0]) - 1.0) < 0.05
        return rest / max(float(((sums - sums.mean()) ** 2).sum()), 1e-12) if fits else 1.0

    exact = residual(everyone)
    if exact < 1e-6 and exact < 0.01 * residual(rows.part == TRAIN):
        return "a smoothed mean", 1.0
    return None
