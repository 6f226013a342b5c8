"""The rows of a prepared task as the scans see them: every part stacked, features as text.

A scan asks what a solver could read out of the public files about the hidden target, so training
and hidden rows stand in one table here, with the true target beside every row. Text is turned
into codes and numbers once for each column, on demand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.manifest import AMOUNTS, Objective
from mlesmith_env.recipes.model import Holdout
from mlesmith_generator.profiler.dates import date_format, days

TRAIN, PUBLIC, PRIVATE = 0, 1, 2

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Column:
    """One column of text with the readings that scans need.

    Attributes:
        name: Its name.
        text: Series of `str`, NaN where missing, index 0 … rows - 1.
    """

    def __init__(self, name: str, text: pd.Series) -> None:
        """Wrap a text column."""
        self.name = name
        self.text = text

    @cached_property
    def _factors(self) -> tuple[Ints, NDArray[np.object_]]:
        codes, values = pd.factorize(self.text, use_na_sentinel=True)
        return np.asarray(codes, dtype=np.int64), np.asarray(values, dtype=object)

    @property
    def codes(self) -> Ints:
        """Code of each row's value, as first met; -1 where missing. Shape (rows,)."""
        return self._factors[0]

    @property
    def values(self) -> NDArray[np.object_]:
        """The different values, by code."""
        return self._factors[1]

    @cached_property
    def _value_numbers(self) -> Floats:
        return as_numbers(self.values)

    @cached_property
    def numbers(self) -> Floats:
        """The value of each row as a number; NaN where missing or not a number. Shape (rows,)."""
        return np.append(self._value_numbers, np.nan)[self.codes]

    @cached_property
    def missing(self) -> Mask:
        """True where the value is missing. Shape (rows,)."""
        return self.codes < 0

    @property
    def distinct(self) -> int:
        """Number of different values, missing not counted."""
        return len(self.values)

    @cached_property
    def numeric(self) -> bool:
        """Whether nearly all (95 %) of the different values are numbers."""
        finite = np.isfinite(self._value_numbers)
        return bool(len(finite)) and float(finite.mean()) >= 0.95

    @cached_property
    def days(self) -> Floats | None:
        """Days since 1970 where the values are dates; None where they are not. Shape (rows,)."""
        texts = [str(value) for value in self.values]
        form = date_format(texts)
        return np.append(days(texts, form), np.nan)[self.codes] if form else None


def as_numbers(values: NDArray[np.object_]) -> Floats:
    """Return the values as floats of the same shape; NaN for what is no finite number."""
    try:
        result = values.astype(np.float64)
    except (ValueError, TypeError):
        result = np.asarray(pd.to_numeric(pd.Series(values), errors="coerce"), dtype=np.float64)
    return np.where(np.isfinite(result), result, np.nan)


def ranks(values: Floats) -> Floats:
    """Return average ranks over (0, 1] of finite values. Shape (rows,)."""
    return np.asarray(pd.Series(values).rank(pct=True), dtype=np.float64)


def _stacked(seen: object, hidden: object) -> pd.Series:
    parts = [cast("pd.Series", seen), cast("pd.Series", hidden)]
    return pd.concat(parts, ignore_index=True)


def _taken(column: pd.Series, rows: Ints | Mask) -> pd.Series:
    return cast("pd.Series", column.iloc[rows]).reset_index(drop=True)


@dataclass(frozen=True)
class TaskRows:
    """All rows of a prepared task, training rows first.

    Attributes:
        features: Text columns that both public files have, index 0 … rows - 1.
        ids: The ids, as text.
        target: The true target, as text; missing nowhere.
        part: `TRAIN`, `PUBLIC` or `PRIVATE` for each row.
        position: Row number in the public file that the row stands in.
        objective: What is asked of the target.
        holdout: How the recipe says that rows were hidden.
    """

    features: pd.DataFrame
    ids: pd.Series
    target: pd.Series
    part: Ints
    position: Ints
    objective: Objective
    holdout: Holdout
    target_name: str = "target"

    @classmethod
    def of(
        cls,
        train: pd.DataFrame,
        test: pd.DataFrame,
        answers: pd.DataFrame,
        *,
        target: str,
        objective: Objective,
        holdout: Holdout,
        id_column: str = "id",
        usage_column: str = "Usage",
    ) -> TaskRows:
        """Stack the tables of a prepared task; rows without an answer or a target are left out.

        Args:
            train: Training rows: id, features, target; text.
            test: Hidden rows: id and features; text.
            answers: id, target and usage (`Public`, `Private`) of the hidden rows; text.
            target: Name of the target column.
            objective: What is asked of the target.
            holdout: How the recipe says that rows were hidden.
            id_column: Name of the id column.
            usage_column: Name of the column that tells public from private rows.
        """
        names = [
            name
            for name in train.columns
            if name in test.columns and name not in (id_column, target)
        ]
        known = answers.drop_duplicates(id_column).set_index(id_column)
        matched = known.reindex(test[id_column]).reset_index(drop=True)
        keep_train = train[target].notna().to_numpy(dtype=bool)
        keep_test = np.asarray(matched[target].notna() & matched[usage_column].notna(), dtype=bool)
        answered = matched[keep_test]
        part = np.concatenate(
            [
                np.zeros(int(keep_train.sum()), dtype=np.int64),
                np.where(answered[usage_column] == "Private", PRIVATE, PUBLIC).astype(np.int64),
            ]
        )
        position = np.concatenate([np.flatnonzero(keep_train), np.flatnonzero(keep_test)])
        seen, hidden = train[keep_train], test[keep_test]
        return cls(
            features=pd.concat(
                [cast("pd.DataFrame", seen[names]), cast("pd.DataFrame", hidden[names])],
                ignore_index=True,
            ),
            ids=_stacked(seen[id_column], hidden[id_column]),
            target=_stacked(seen[target], answered[target]),
            part=part,
            position=position.astype(np.int64),
            objective=objective,
            holdout=holdout,
            target_name=target,
        )

    def __len__(self) -> int:
        return len(self.part)

    @cached_property
    def hidden(self) -> Mask:
        """True for the rows whose target a solver does not see. Shape (rows,)."""
        return self.part != TRAIN

    @property
    def usable(self) -> bool:
        """Whether there is something to scan: rows on both sides, a target that varies."""
        return len(np.unique(self.hidden)) == 2 and self.usable_target

    @property
    def usable_target(self) -> bool:
        """Whether the target varies, is all numbers or has not too many classes."""
        classes = self.regression or self.classes <= max(10, len(self) / 3)
        return self.classes > 1 and classes and bool(np.isfinite(self.y).all())

    @property
    def regression(self) -> bool:
        """Whether the target is a number."""
        return self.objective in AMOUNTS

    @cached_property
    def truth(self) -> Column:
        """The target as a column."""
        return Column(self.target_name, self.target)

    @cached_property
    def y(self) -> Floats:
        """The target as float: its value (regression) or the code of its class. Shape (rows,)."""
        if self.regression:
            return self.truth.numbers
        return self.truth.codes.astype(np.float64)

    @cached_property
    def classes(self) -> int:
        """Number of different target values."""
        return self.truth.distinct

    @cached_property
    def columns(self) -> tuple[Column, ...]:
        """The features, wrapped."""
        table = self.features
        return tuple(
            Column(str(name), cast("pd.Series", table.iloc[:, place]))
            for place, name in enumerate(table.columns)
        )

    @cached_property
    def id_values(self) -> Column:
        """The ids as a column."""
        return Column("id", self.ids)

    def select(self, rows: Ints | Mask, columns: tuple[str, ...] | None = None) -> TaskRows:
        """Return the task with these rows, as positions or a mask, and these features, only."""
        chosen = np.flatnonzero(rows) if rows.dtype == np.bool_ else rows
        features = self.features if columns is None else self.features[list(columns)]
        return TaskRows(
            features=features.iloc[chosen].reset_index(drop=True),
            ids=_taken(self.ids, chosen),
            target=_taken(self.target, chosen),
            part=self.part[chosen],
            position=self.position[chosen],
            objective=self.objective,
            holdout=self.holdout,
            target_name=self.target_name,
        )

    def sample(self, limit: int, *, seed: int = 0) -> TaskRows:
        """Return at most `limit` rows drawn evenly from every part, in their order.

        Rows of rare classes are drawn first, up to 50 each, so that a heavy imbalance does not
        hide a class from the scans.
        """
        if len(self) <= limit:
            return self
        random = np.random.default_rng(seed)
        order = random.permutation(len(self))
        chosen = np.zeros(len(self), dtype=bool)
        if not self.regression:
            rank = pd.Series(order).groupby(self.truth.codes[order]).cumcount().to_numpy()
            scarce = np.bincount(self.truth.codes) < 0.02 * len(self)
            first = (rank < 50) & scarce[self.truth.codes[order]]
            chosen[order[first][: limit // 2]] = True
        rest = order[~chosen[order]]
        chosen[rest[: limit - int(chosen.sum())]] = True
        return self.select(chosen)
