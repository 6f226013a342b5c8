"""Columns that would give a target away: copies, codes, parts of a sum, coarser or finer forms."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from mlesmith_generator.brainstorm.histories import counts_of_target
from mlesmith_generator.brainstorm.naming import is_prediction_of, namesakes
from mlesmith_generator.brainstorm.powers import parts_of_product
from mlesmith_generator.brainstorm.quotients import parts_of_quotient
from mlesmith_generator.brainstorm.single import (
    is_coarser,
    level_skill,
    monotone_skill,
    tree_skill,
)
from mlesmith_generator.brainstorm.sums import parts_of_amount, parts_of_class, totals_of_part
from mlesmith_generator.brainstorm.target import Target
from mlesmith_generator.brainstorm.wholes import wholes_of_part
from mlesmith_generator.profiler.relations import lookup_skill, lookup_support
from mlesmith_generator.profiler.typed import TypedColumn, TypedTable
from mlesmith_generator.records import Exclusion, Relation

ROWS = 2000
NEAR_PERFECT = 0.98
"""Skill of a one-column model from which the column is a form of the target."""
_ALIKE = 0.93
"""Rank correlation from which a column with the target's name is a form of it."""
_FILLED, _FEWEST_GAPS = 0.8, 10
"""Share of the errors on a class that gaps of a column remove where they tell it, of so many."""
_BY_CALENDAR = 0.9
"""Share of errors that parts of a date remove where they settle a class, but for holidays."""
_JOINED, _BY_CHANCE = 0.05, 1e-3
"""Share of the rows that have a level of two in one from which it is judged, and how likely their
answers may be one class by chance."""
_BETWEEN = re.compile(r"\s*[/+&|,;]\s*|\s+(?:and|or)\s+|\s*-\s*")
_WIDE, _CHUNK, _FOLLOWS = 250, 500, 0.5


def giveaways(
    made: Target, table: TypedTable, relations: tuple[Relation, ...], *, seed: int = 0
) -> tuple[Exclusion, ...]:
    """Return the columns that a task with this target has to leave out, each with its reason."""
    rows = _rows(made, seed)
    truth = made.truth[rows]
    found: dict[str, str] = {}
    if made.target != made.source:
        found[made.source] = "the target is made from it"
    close = _suspects(made, table, rows, truth)
    for column in table.columns:
        profile = column.profile
        if column.name == made.source or profile.type == "constant" or column.name not in close:
            continue
        reason = _twin(column, rows, truth, made) or _calendar(column, rows, truth, made)
        if reason:
            found[column.name] = reason
    for column in table.columns:
        if column.name != made.source and is_prediction_of(column.name, made.source):
            found.setdefault(column.name, "it is somebody's prediction of the target")
    for name, reason in _related(made.source, relations, set(found)).items():
        found.setdefault(name, reason)
    for name, reason in _of_the_amount(made, table, close, seed).items():
        found.setdefault(name, reason)
    found |= totals_of_part(made, table, rows, set(found))
    found |= parts_of_amount(made, table, rows, set(found))
    found |= parts_of_quotient(made, table, rows, set(found))
    found |= parts_of_product(made, table, rows, set(found))
    found |= parts_of_class(made, table, rows, set(found))
    for name, reason in wholes_of_part(made, table, rows).items():
        found.setdefault(name, reason)
    for name, reason in counts_of_target(made, table, rows).items():
        found.setdefault(name, reason)
    return tuple(Exclusion(column=name, reason=reason) for name, reason in found.items())


def _of_the_amount(made: Target, table: TypedTable, close: set[str], seed: int) -> dict[str, str]:
    """Columns that come near to the amount that the target is, or was cut from.

    Namesakes that rank the rows nearly alike (`gross` in dollars of another year) are forms of it;
    what settles the amount settles its bands.
    """
    source = table[made.source]
    if source.profile.type != "number":
        return {}
    amounts = source.numeric()
    known = np.flatnonzero(np.isfinite(made.truth) & np.isfinite(amounts))
    if len(known) > ROWS:
        known = np.sort(np.random.default_rng(seed).choice(known, ROWS, replace=False))
    truth = amounts[known]
    if len(np.unique(truth)) <= 8:
        return {}
    found: dict[str, str] = {}
    for column in table.columns:
        profile = column.profile
        if column.name == made.source or profile.type == "constant":
            continue
        if profile.type == "number" and namesakes(column.name, made.source):
            values = column.numeric()[known]
            both = np.isfinite(values)
            if both.mean() > 0.3 and _alike(values[both], truth[both]):
                found[column.name] = "it is nearly the target itself, by name and by values"
        elif not made.amount and column.name in close:
            reason = _twin_of_number(column, known, column.codes[known], truth)
            if reason:
                found[column.name] = "it tells the amount that the target is cut from"
    return found


def _alike(one: NDArray[np.float64], other: NDArray[np.float64]) -> bool:
    """Return whether two columns rank the rows nearly alike (Spearman)."""
    if len(one) < 20 or np.ptp(one) == 0 or np.ptp(other) == 0:
        return False
    left, right = (np.argsort(np.argsort(values, kind="stable")) for values in (one, other))
    return bool(abs(np.corrcoef(left, right)[0, 1]) >= _ALIKE)


def _suspects(
    made: Target, table: TypedTable, rows: NDArray[np.int64], truth: NDArray[np.float64]
) -> set[str]:
    """Columns worth a close look: all of them, or in a wide table those that follow the target.

    Following means a correlation of the column, or of its distance from the middle, with the
    target or with one of its classes; levels, and columns with gaps, are always looked at.
    """
    names = [column.name for column in table.columns]
    if len(names) <= _WIDE:
        return set(names)
    goal = truth[:, None] if not made.classes else np.eye(len(made.classes))[truth.astype(np.int64)]
    goal = _standard(goal)
    close: set[str] = set()
    for start in range(0, len(names), _CHUNK):
        block = table.columns[start : start + _CHUNK]
        numeric = [
            column
            for column in block
            if column.profile.type in ("number", "boolean", "date")
            and column.profile.missing < 0.01
            and column.profile.distinct > 1
        ]
        close |= {column.name for column in block} - {column.name for column in numeric}
        if not numeric:
            continue
        values = np.stack([column.numeric()[rows] for column in numeric], axis=1)
        values = np.where(np.isfinite(values), values, np.nanmedian(values, axis=0))
        apart = np.abs(values - np.median(values, axis=0))
        follows = np.maximum(
            np.abs(goal.T @ _standard(values)).max(axis=0),
            np.abs(goal.T @ _standard(apart)).max(axis=0),
        )
        close |= {
            column.name
            for column, follow in zip(numeric, follows, strict=True)
            if follow > _FOLLOWS * len(rows)
        }
    return close


def _standard(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    return (matrix - matrix.mean(axis=0)) / (matrix.std(axis=0) + 1e-12)


def _rows(made: Target, seed: int) -> NDArray[np.int64]:
    good = np.flatnonzero(np.isfinite(made.truth))
    if len(good) <= ROWS:
        return good
    return np.sort(np.random.default_rng(seed).choice(good, ROWS, replace=False))


def _twin(
    column: TypedColumn, rows: NDArray[np.int64], truth: NDArray[np.float64], made: Target
) -> str:
    """Return why one column alone gives the target away, or an empty string."""
    codes = column.codes[rows]
    if made.amount:
        return _twin_of_number(column, rows, codes, truth)
    labels = truth.astype(np.int64)
    if len(np.unique(codes)) < 0.5 * len(rows) and lookup_support(codes, labels) >= 0.985:
        return "its value tells the target"
    if len(made.classes) > 2 and lookup_support(labels, codes + 1) >= 0.985:
        return "it is a coarser form of the target"
    if _says_of_two(column, codes, labels):
        return "a level of it is two others in one, which tells the target"
    if _filled_for_one(codes, labels):
        return "it is filled in only where the target has one value"
    indicators = np.eye(len(made.classes))[labels]
    if tree_skill(_as_numbers(column, rows, codes, truth), indicators) >= NEAR_PERFECT:
        return "it alone predicts the target almost perfectly"
    return ""


def _filled_for_one(codes: NDArray[np.int64], labels: NDArray[np.int64]) -> bool:
    """Return whether gaps of a column tell one class from the others, or all but tell it.

    What is filled in for one class of rows is known of them only afterwards: gaps are no
    measurements, and honest ones stay far from the line.
    """
    filled = codes >= 0
    for of_class in (labels == label for label in np.unique(labels)):
        rows = int(of_class.sum())
        rarer = min(rows, len(labels) - rows, int(filled.sum()), int((~filled).sum()))
        wrong = int((filled != of_class).sum())
        if rarer >= _FEWEST_GAPS and min(wrong, len(labels) - wrong) <= (1 - _FILLED) * rarer:
            return True
    return False


def _says_of_two(column: TypedColumn, codes: NDArray[np.int64], labels: NDArray[np.int64]) -> bool:
    """Return whether a level made of two others (`female/male` of a team) settles the target."""
    if column.profile.type != "category":
        return False
    told = [value.strip().casefold() for value in column.values]
    levels, shares = set(told), np.bincount(labels) / len(labels)
    rows = np.bincount(codes[codes >= 0], minlength=len(told))
    for code in np.flatnonzero(rows >= max(1, _JOINED * len(labels))):
        parts = _BETWEEN.split(told[code])
        if len(parts) != 2 or told[code] in parts or not {*parts} <= levels:
            continue
        answers = labels[codes == code]
        if len(np.unique(answers)) > 1:
            continue
        if shares[answers[0]] ** len(answers) < _BY_CHANCE:
            return True
    return False


def _calendar(
    column: TypedColumn, rows: NDArray[np.int64], truth: NDArray[np.float64], made: Target
) -> str:
    """Return why a date settles a class that the calendar knows, as weekdays and seasons."""
    if made.amount or column.profile.type != "date":
        return ""
    days = column.numeric()[rows]
    known = np.isfinite(days)
    if known.mean() < 0.9:
        return ""
    labels = truth[known].astype(np.int64)
    stamps = days[known].astype("datetime64[D]")
    months = stamps.astype("datetime64[M]")
    weekday = (stamps.astype(np.int64) + 3) % 7
    month = months.astype(np.int64) % 12
    date = 31 * month + (stamps - months).astype(np.int64)
    hour = np.floor(days[known] % 1 * 24 + 1e-6).astype(np.int64)
    for part in (weekday, month, date, hour):
        repeated = len(np.unique(part)) <= len(labels) / 5
        if repeated and lookup_skill(part, labels) >= _BY_CALENDAR:
            return "the calendar tells the target"
    return ""


def _twin_of_number(
    column: TypedColumn,
    rows: NDArray[np.int64],
    codes: NDArray[np.int64],
    truth: NDArray[np.float64],
) -> str:
    present = codes >= 0
    if present.sum() < 20:
        return ""
    distinct = len(np.unique(codes[present]))
    if distinct < 0.3 * present.sum() and level_skill(codes[present], truth[present]) >= 0.985:
        return "its value tells the target"
    if distinct <= 40 and is_coarser(codes[present], truth[present]):
        return "it is a coarser form of the target"
    x = _as_numbers(column, rows, codes, truth)
    if column.profile.type in ("number", "date") and (
        monotone_skill(x[present], truth[present]) >= NEAR_PERFECT
    ):
        return "it rises or falls with the target almost exactly"
    if tree_skill(x, truth[:, None]) >= NEAR_PERFECT:
        return "it alone predicts the target almost perfectly"
    return ""


def _as_numbers(
    column: TypedColumn,
    rows: NDArray[np.int64],
    codes: NDArray[np.int64],
    truth: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Numbers as they are, missing below all; levels by their mean target, texts by alphabet."""
    if column.profile.type in ("number", "date", "boolean") and np.isfinite(column.numbers).any():
        values = column.numeric()[rows]
        low = np.nanmin(values) if np.isfinite(values).any() else 0.0
        return np.where(np.isfinite(values), values, low - 1.0 - abs(low))
    shifted = codes + 1
    count = np.bincount(shifted)
    if len(count) > 0.5 * len(rows):
        # Nearly unique: by alphabet, for codes tell the order of the rows and nothing of values.
        place = np.full(len(column.values) + 1, -1.0)
        place[np.argsort(np.array(column.values), kind="stable")] = np.arange(len(column.values))
        return place[codes]
    mean = np.bincount(shifted, weights=truth) / np.maximum(count, 1)
    return mean[shifted]


def _related(source: str, relations: tuple[Relation, ...], known: set[str]) -> dict[str, str]:
    """Columns to leave out because they share a sum, product or copy with the target."""
    found: dict[str, str] = {}
    for relation in relations:
        members = {relation.target, *relation.columns}
        if source not in members or members & (known | set(found)):
            continue
        if relation.kind in ("duplicate", "monotone"):
            other = next(iter(members - {source}), None)
            if other:
                found[other] = "it is another form of the target"
        elif relation.kind in ("sum", "product", "difference", "ratio"):
            if relation.target != source:
                found[relation.target] = f"it is a {relation.kind} that contains the target"
            else:
                parts = relation.columns if relation.kind == "sum" else relation.columns[:1]
                reason = f"the target is a {relation.kind} that contains it"
                found |= dict.fromkeys(parts, reason)
    return found
