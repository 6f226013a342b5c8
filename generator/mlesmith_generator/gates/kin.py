"""Is the answer of a hidden row looked up by its kin, a training row that shares its rare values?

Rows that were cut from one thing (the readings of one mix, the people of one town and year) repeat
what belongs to the thing, in whatever columns that stands. Where such a value is asked for, nobody
has to learn anything: it is read off the row's kin. Amounts of many values agree with those of
another row by chance only so often, which is what tells kin from likeness.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from mlesmith_generator.gates.rows import TRAIN, Ints, TaskRows
from mlesmith_generator.gates.verdict import Finding, Scan

LOOKED_UP = 0.4
"""Share of the hidden rows, beyond chance, whose kin has the very same amount."""
LOOKED_UP_BY_ONE = 0.5
"""The same where one column alone finds the kin, beyond what the commonest amount is worth."""
WORTH_TELLING = 0.3
"""The same from which it is worth a warning."""
FEWEST_VALUES = 30
"""Different amounts below which two rows agree too easily."""
_FEWEST_ROWS = 30
_REPEATED = 0.7
"""Values of a column for each row up to which it may name what several rows share."""
_MOST_KNOWN, _MOST_ASKED, _MOST_COLUMNS = 6_000, 400, 200


def scan_kin(rows: TaskRows) -> Scan:
    """Refuse amounts that most hidden rows share with the training row that is most like them.

    Likeness is the sum over the columns with an equal value of how rare that value is. Of the
    latest rows nothing is said: there the last value of a thing is an honest forecast.

    Args:
        rows: The rows of a prepared task.
    """
    name = "kin-across-the-holdout"
    if not rows.regression or rows.classes < FEWEST_VALUES or rows.holdout.kind == "time":
        return Scan(name, "no amount of many values, or the latest rows are hidden")
    known = _drawn(np.flatnonzero(rows.part == TRAIN), _MOST_KNOWN)
    asked = _drawn(np.flatnonzero(rows.hidden), _MOST_ASKED)
    if min(len(known), len(asked)) < _FEWEST_ROWS:
        return Scan(name, "too few rows")
    if (found := _by_one_column(rows)) is not None:
        return Scan(name, found.evidence, (found,))
    kin = known[_likest(rows, known, asked)]
    same = float((rows.y[kin] == rows.y[asked]).mean())
    shares = np.bincount(rows.truth.codes) / len(rows)
    chance = float((shares**2).sum())
    beyond = (same - chance) / (1 - chance)
    told = (
        f"{same:.0%} of the hidden rows have the very {rows.target_name!r} of the training row "
        f"that shares most of their rare values ({chance:.1%} by chance)"
    )
    if beyond < WORTH_TELLING:
        return Scan(name, told)
    kept = beyond < LOOKED_UP
    return Scan(name, told, (Finding("group-crossing", told, "brainstorm", warning=kept),))


def _by_one_column(rows: TaskRows) -> Finding | None:
    """Find a column whose equal values stand beside the very same amounts (rates of one loan)."""
    train, usual = rows.part == TRAIN, float(np.bincount(rows.truth.codes).max()) / len(rows)
    for column in rows.columns[:_MOST_COLUMNS]:
        if not FEWEST_VALUES <= column.distinct <= _REPEATED * len(rows):
            continue
        asked = rows.hidden & ~column.missing
        guess = _commonest(column.codes, rows.truth.codes, train & ~column.missing, column.distinct)
        same = float((guess[column.codes[asked]] == rows.truth.codes[asked]).sum())
        share = same / int(rows.hidden.sum())
        if share - usual >= LOOKED_UP_BY_ONE * (1 - usual):
            told = (
                f"{share:.0%} of the hidden rows have the very {rows.target_name!r} that stands "
                f"most often beside their value of {column.name!r} ({usual:.1%} have the commonest)"
            )
            return Finding("group-crossing", told, columns=(column.name,))
    return None


def _commonest(codes: Ints, answers: Ints, known: NDArray[np.bool_], size: int) -> Ints:
    """Return the answer met most often with each code among the known rows, else -1. (size,)."""
    pairs = pd.DataFrame({"code": codes[known], "answer": answers[known]}).value_counts(sort=False)
    counted = pairs.reset_index(name="rows").sort_values("rows", kind="stable")
    result = np.full(size, -1, dtype=np.int64)
    result[counted["code"].to_numpy()] = counted["answer"].to_numpy()
    return result


def _drawn(places: Ints, most: int) -> Ints:
    """Return at most so many of the places, in their order."""
    if len(places) <= most:
        return places
    return np.sort(np.random.default_rng(0).choice(places, most, replace=False))


def _likest(rows: TaskRows, known: Ints, asked: Ints) -> Ints:
    """Return for each asked row which of the known rows is most like it. (asked,)."""
    both = np.concatenate([known, asked])
    space = [sparse.csr_matrix((len(both), 1))]
    for column in rows.columns[:_MOST_COLUMNS]:
        values = column.numbers if column.numeric else column.codes
        codes = np.asarray(pd.factorize(values[both])[0], dtype=np.int64)
        codes[column.codes[both] < 0] = -1
        space.append(_corners(codes))
    points = sparse.hstack(space).tocsr()
    likeness: NDArray[np.float64] = (points[len(known) :] @ points[: len(known)].T).toarray()
    return np.asarray(likeness.argmax(axis=1), dtype=np.int64)


def _corners(codes: Ints) -> sparse.csr_matrix:
    """Return a row for each code whose product with an equal one is how rare the code is."""
    count = np.bincount(codes[codes >= 0], minlength=1)
    repeated = np.flatnonzero((codes >= 0) & (count[codes] > 1))
    weight = np.sqrt(-np.log(count[codes[repeated]] / len(codes)))
    return sparse.csr_matrix((weight, (repeated, codes[repeated])), shape=(len(codes), len(count)))
