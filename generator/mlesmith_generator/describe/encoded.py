"""Columns as numbers and as codes: what associations are measured on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.recipes.spelling import iso_date
from mlesmith_generator.describe.association import LEVELS, PER_LEVEL
from mlesmith_generator.describe.measure import ColumnFacts, Text

_CELLS = 600_000
"""Cells on which associations are measured; larger files are sampled evenly."""
_ROWS = 2_000
"""Rows that are looked at in any case, however many columns there are."""
_DATES = 0.95
"""Share of the different values that have to be dates of one format."""
_ISO = "ISO8601"
_MONTH = len("2024-03")


@dataclass(frozen=True)
class Encoded:
    """Columns as numbers, as codes, or as both, on every `step`-th row.

    Attributes:
        numeric: Numbers by feature, NaN where missing.
        dates: Places in time of dates by feature, NaN where missing.
        levels: Codes by feature whose values repeat, numbers as well, -1 where missing.
        nominal: Features that are categories of few levels.
        fleeting: Features of which no value of training may be met again: nothing follows from a
            level of theirs.
        truth: The target's numbers, or its class codes.
        classes: Class labels by code, empty for a numeric target.
        step: Rows were taken one in so many.
        whole: The target on all rows.
    """

    numeric: dict[str, NDArray[np.float64]]
    dates: dict[str, NDArray[np.float64]]
    levels: dict[str, NDArray[np.int64]]
    nominal: tuple[str, ...]
    fleeting: tuple[str, ...]
    truth: NDArray[np.float64] | NDArray[np.int64]
    classes: tuple[str, ...]
    step: int
    whole: NDArray[np.float64] | NDArray[np.int64]

    @classmethod
    def of(
        cls,
        features: Sequence[ColumnFacts],
        texts: Mapping[str, Text],
        target: Text,
        classes: tuple[str, ...],
        *,
        formats: Mapping[str, str] | None = None,
        test: pd.DataFrame | None = None,
    ) -> Encoded:
        """Encode the features that are numbers or dates, or whose values repeat.

        Args:
            features: Facts of the features.
            texts: Each feature as text.
            target: The target as text.
            classes: Class labels, empty for a numeric target.
            formats: Formats of dates that are not in ISO 8601, by column.
            test: Test rows, where their levels may be others than those of the training rows.
        """
        rows = len(target.codes)
        step = max(1, min(rows * max(1, len(features)) // _CELLS, rows // _ROWS))
        chosen = slice(None, None, step)
        whole = _class_codes(target, classes) if classes else target.numbers
        numeric = {c.name: texts[c.name].numbers[chosen] for c in features if c.numeric}
        dates = {
            c.name: places
            for c in features
            if c.kind == "date"
            and (places := _places(texts[c.name], texts[c.name].codes[chosen], _form(c, formats)))
            is not None
        }
        levels: dict[str, NDArray[np.int64]] = {}
        fleeting: list[str] = []
        for column in features:
            name = column.name
            codes = _codes(numeric[name]) if name in numeric else texts[name].codes[chosen]
            if not _repeat(codes):
                continue
            if test is not None and not _met(texts[name], test, name):
                fleeting.append(name)
            else:
                levels[name] = codes
        return cls(
            numeric=numeric,
            dates=dates,
            levels=levels,
            nominal=tuple(
                column.name
                for column in features
                if column.kind in ("category", "boolean") and column.distinct <= LEVELS
            ),
            fleeting=tuple(fleeting),
            truth=whole[chosen],
            classes=classes,
            step=step,
            whole=whole,
        )


def _form(column: ColumnFacts, formats: Mapping[str, str] | None) -> str:
    return _ISO if column.first else (formats or {}).get(column.name) or _ISO


def _codes(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the place of each number among the different ones, -1 where there is none."""
    codes, _ = pd.factorize(numbers)
    return codes.astype(np.int64)


def _repeat(codes: NDArray[np.int64]) -> bool:
    """Whether there are several levels, of so many rows on average that they can be compared."""
    filled = codes[codes >= 0]
    if not filled.size:
        return False
    several = int((np.bincount(filled) > 0).sum())
    return several > 1 and PER_LEVEL * several <= filled.size


def _met(text: Text, test: pd.DataFrame, name: str) -> bool:
    """Whether at least half of the filled test rows have a value that training rows have."""
    if name not in test.columns:
        return False
    values = test[name].dropna().astype(str).str.strip()
    return bool(values.isin(set(text.values)).mean() >= 0.5) if len(values) else False


def _places(text: Text, codes: NDArray[np.int64], form: str) -> NDArray[np.float64] | None:
    """Return the place in time of each date, NaN where missing; None where few are such dates."""
    met = np.unique(codes[codes >= 0]).tolist()
    spelt = {code: iso for code in met if (iso := _iso(text.values[code], form)) is not None}
    if not spelt or len(spelt) < _DATES * len(met):
        return None
    place = {iso: at for at, iso in enumerate(sorted(set(spelt.values())))}
    found = np.full(len(text.values) + 1, np.nan)
    for code, iso in spelt.items():
        found[code] = place[iso]
    return found[codes]


def _iso(value: str, form: str) -> str | None:
    """Return a date in a spelling that sorts by time; a month counts as its first day."""
    return iso_date(f"{value}-01" if form == _ISO and len(value) == _MONTH else value, form)


def _class_codes(target: Text, classes: tuple[str, ...]) -> NDArray[np.int64]:
    place = {label: index for index, label in enumerate(classes)}
    codes = np.array([*(place.get(value, -1) for value in target.values), -1], dtype=np.int64)
    return codes[target.codes]
