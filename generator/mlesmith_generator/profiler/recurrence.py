"""Values of a row that recur among the rows of another table that belong to it.

A monthly payment stands beside the loan, and again as one of many orders of its account: left out
of the one table it has to be left out of the other. Means and sums over a key hide such a value,
which is therefore looked for by itself, among all rows of its key.
"""

from __future__ import annotations

from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

FEWEST = 20
"""Different values, and rows that have partners, below which chance can not be told apart."""


def recurrence(
    keys: pd.Series, values: pd.Series, further_keys: pd.Series, further_values: pd.Series
) -> float:
    """Return in how many rows a value stands among those of its key elsewhere, beyond chance.

    Chance is how often it stands among those of the key of another row.

    Args:
        keys: Key of each row, text, missing as NaN.
        values: What is looked for, one a row, text.
        further_keys: Key of each row of the other table.
        further_values: What is looked through, one a row of the other table.

    Returns:
        The share of the rows whose key is met in the other table, less the share by chance; 0 where
        there is too little to tell.
    """
    wanted, offered = _comparable(values, further_values)
    known = np.asarray(further_keys.notna()) & (offered >= 0)
    offering = further_keys.loc[known]
    there = keys.isin(offering.unique()).to_numpy() & (wanted >= 0)
    if len(np.unique(wanted[there])) < FEWEST:
        return 0.0
    both = pd.concat([keys.loc[there], offering], ignore_index=True)
    places = np.asarray(pd.factorize(both)[0], dtype=np.int64)
    asked, met = places[: int(there.sum())], places[int(there.sum()) :]
    size = int(max(wanted.max(), offered.max())) + 1
    pairs = np.unique(met * size + offered[known])
    sought = wanted[there]
    share = float(np.isin(asked * size + sought, pairs).mean())
    other = np.roll(asked[np.argsort(asked, kind="stable")], len(asked) // 2)
    moved = np.empty_like(other)
    moved[np.argsort(asked, kind="stable")] = other
    return share - float(np.isin(moved * size + sought, pairs).mean())


def _comparable(one: pd.Series, other: pd.Series) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return codes of two columns, equal where they stand for the same; -1 where missing."""
    numbers = [cast("pd.Series", pd.to_numeric(each, errors="coerce")) for each in (one, other)]
    told = sum(int(each.notna().sum()) for each in (one, other))
    if sum(int(each.notna().sum()) for each in numbers) >= 0.95 * told:
        one, other = (each.round(6) for each in numbers)
    codes = np.asarray(pd.factorize(pd.concat([one, other], ignore_index=True))[0], dtype=np.int64)
    return codes[: len(one)], codes[len(one) :]
