"""Submissions that an honest metric has no reason to like, and what a `metric.py` gives for them.

Every constant of the script is put into a submission: in all rows, in a few, as their sum, as the
number of different values, as the length of what is written; so are values without any meaning.
Each is compared with ordinary guesses in the same rows. A score that goes once a row is told the
truth was not earned.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.cells import Cells
from mlesmith_env.errors import InvalidSubmissionError
from mlesmith_env.forms import Sheet
from mlesmith_env.grading import Grader
from mlesmith_generator.gates.literals import Literal

Rows = NDArray[np.intp]

MOST_PROBES = 160
_NOTHING = ("", " ", "nan", "inf", "-inf", "None")
_EXTREME = ("0", "-1", "1", "1000000000.0", "-1000000000.0", "1e-300", "1e+300", "-1e+300")
_MOST_CLASSES = 20
_LENGTHS = range(3, 25)
_GRID = 17
_DIGITS = "1234567891234567"


@dataclass(frozen=True)
class Probe:
    """A submission that tries something.

    Attributes:
        told: What is tried, in words.
        predictions: For all hidden rows.
        marked: Rows whose honest mending takes the trick away, of both parts.
        others: The same rows of the same submission with ordinary values in them; empty where the
            whole submission is what is tried.
        lone: Whether no row's truth is the value, which stands in all of them.
    """

    told: str
    predictions: NDArray[Any]
    marked: Rows
    others: tuple[NDArray[Any], ...] = ()
    lone: bool = False


@dataclass(frozen=True)
class Bench:
    """What probes are made of.

    Attributes:
        grader: The grader.
        truth: The truth as predictions.
        base: A guess that knows nothing: the sample submission.
        parts: The rows of each part.
    """

    grader: Grader
    truth: NDArray[Any]
    base: NDArray[Any]
    parts: tuple[Rows, ...]

    @cached_property
    def ordinary(self) -> NDArray[Any]:
        """Values for a row that are nothing special, (m, …): of all of the range, and beyond."""
        random = np.random.default_rng(3)
        if self.truth.ndim == 1 and self.truth.dtype.kind == "f":
            inner = np.quantile(self.truth, np.linspace(0, 1, _GRID))
            spread = max(float(np.std(self.truth)), 1e-6)
            middle = float(np.median(self.base))
            around = middle + spread * np.array([-2.0, -0.5, 0.0, 0.5, 2.0])
            grid = np.concatenate([inner, around])
            chances = self.grader.manifest.submission.kind == "probability"
            return np.clip(grid, 0, 1) if chances else grid
        if self.truth.dtype.kind == "i":
            return np.unique(self.truth)[:_MOST_CLASSES]
        drawn = random.permutation(len(self.truth))[:_GRID]
        return np.concatenate([self.truth[drawn], self.base[:1]])

    @cached_property
    def prominent(self) -> Rows:
        """Rows of both parts that a script can point to, and one that it can not."""
        found: list[int] = []
        for rows in self.parts:
            drawn = int(np.random.default_rng(5).choice(rows))
            named = [self.by_id(rows, numbers=numbers) for numbers in (False, True)]
            found += [drawn, *(int(order[end]) for order in (rows, *named) for end in (0, -1))]
        return np.array(sorted(set(found)), dtype=np.intp)

    @cached_property
    def drawn(self) -> Rows:
        """One row of each part that is none of the prominent ones, where there is one."""
        found: list[int] = []
        for rows in self.parts:
            free = np.setdiff1d(rows, self.prominent)
            found.append(int(np.random.default_rng(7).choice(free if len(free) else rows)))
        return np.array(found, dtype=np.intp)

    def by_id(self, rows: Rows, *, numbers: bool) -> Rows:
        """Return rows in the order of their ids, as texts or as the numbers that they spell."""
        ids = [self.grader.ids[row] for row in rows.tolist()]
        keys = [(_number(name) if numbers else 0.0, name) for name in ids]
        return rows[sorted(range(len(rows)), key=keys.__getitem__)]

    def value(self, text: str) -> NDArray[Any] | None:
        """Return the prediction of a row in which a text stands, None where that is not valid."""
        form, kind = self.grader.manifest.submission, self.grader.kind
        sheets = [[text] * len(form.columns)]
        if form.kind == "probabilities" and (number := _number(text)) <= 1:
            rest = repr((1 - number) / (len(form.columns) - 1))
            sheets.append([text] + [rest] * (len(form.columns) - 1))
        for cells in sheets:
            columns: dict[str, Any] = {form.id_column: ["0"]}
            columns |= {name: [cell] for name, cell in zip(form.columns, cells, strict=True)}
            try:
                sheet = Sheet(Cells(columns, 1, lambda row: f"row {row}"), form.id_column)
                return kind.read(sheet, form, self.grader.metric.domain)
            except InvalidSubmissionError:
                continue
        return None

    def valid(self, predictions: NDArray[Any]) -> bool:
        """Return whether predictions fit what is publicly known of the rows."""
        try:
            self.grader.kind.conform(predictions, self.grader.truth(), self.grader.ids)
        except InvalidSubmissionError:
            return False
        return True

    def whole(self, value: NDArray[Any]) -> NDArray[Any]:
        """Return predictions that are the same in all rows."""
        return np.repeat(value, len(self.truth), axis=0)

    def changed(self, rows: Rows, value: NDArray[Any]) -> NDArray[Any]:
        """Return the base with a value in some rows."""
        predictions = self.base.copy()
        predictions[rows] = value
        return predictions

    def mended(self, predictions: NDArray[Any], rows: Rows) -> NDArray[Any]:
        """Return predictions that tell the truth in some rows."""
        better = predictions.copy()
        better[rows] = self.truth[rows]
        return better


def probes_of(bench: Bench, literals: Sequence[Literal]) -> tuple[list[Probe], int]:
    """Return what is to be tried, and how many values no submission may hold at all."""
    texts: dict[str, str] = {}
    for literal in literals:
        for text in (_spelt(literal.number), str(literal.value)):
            if text is not None:
                texts.setdefault(text, f"{text!r} of line {literal.line}")
    for text in (*_EXTREME, *bench.grader.manifest.submission.classes[:_MOST_CLASSES], *_NOTHING):
        texts.setdefault(text, repr(text))
    values: dict[object, tuple[NDArray[Any], str]] = {}
    refused = 0
    for text, told in texts.items():
        value = bench.value(text)
        if value is None:
            refused += 1
        else:
            values.setdefault(repr(value.tolist()), (value, told))
    found = [probe for value, told in values.values() for probe in _with(bench, value, told)]
    found += _ramps(bench)
    for literal in literals:
        found += _summing(bench, literal)
        if (number := literal.number) is not None and number.is_integer():
            found += _distinct(bench, int(number), literal.line)
            found += _long(bench, int(number), literal.line)
    return [probe for probe in found if bench.valid(probe.predictions)][:MOST_PROBES], refused


def _with(bench: Bench, value: NDArray[Any], told: str) -> Iterator[Probe]:
    """A value in all rows, in prominent ones, in one."""
    same = bench.truth == value
    matched = same if same.ndim == 1 else same.all(axis=tuple(range(1, same.ndim)))
    number = bench.truth.ndim == 1 and bench.truth.dtype.kind == "f"
    yield Probe(
        f"{told} in every row",
        bench.whole(value),
        bench.drawn,
        lone=number and not bool(np.any(matched)),
    )
    for rows, where in ((bench.prominent, "a few rows"), (bench.drawn, "one row")):
        others = tuple(bench.changed(rows, one) for one in bench.ordinary)
        yield Probe(f"{told} in {where}", bench.changed(rows, value), rows, others)


def _ramps(bench: Bench) -> Iterator[Probe]:
    """Predictions in the order of the rows or of their ids, upwards and downwards."""
    if bench.truth.ndim != 1 or bench.truth.dtype == object:
        return
    levels = np.sort(bench.ordinary)
    for what in ("rows", "ids"):
        for direction in ("upwards", "downwards"):
            predictions = bench.base.copy()
            for rows in bench.parts:
                ordered = rows if what == "rows" else bench.by_id(rows, numbers=True)
                at = np.linspace(0, len(levels) - 1, len(rows))
                ramp = np.interp(at, np.arange(len(levels)), levels)
                ramp = ramp if levels.dtype.kind == "f" else levels[np.round(at).astype(int)]
                predictions[ordered] = ramp if direction == "upwards" else ramp[::-1]
            told = f"predictions that go {direction} in the order of the {what}"
            yield Probe(told, predictions, _middle(bench, 5))


def _distinct(bench: Bench, count: int, line: int) -> Iterator[Probe]:
    """So many different values, and one in all other rows."""
    fewest = min(map(len, bench.parts))
    if not 2 <= count <= min(60, fewest - 3) or bench.truth.ndim != 1:
        return
    if bench.truth.dtype.kind == "f":
        spread = float(np.std(bench.truth)) or 1.0
        steps = bench.base[0] + spread * np.linspace(-0.5, 0.5, count - 1) * 0.9731
    elif count - 1 <= len(bench.ordinary) and bench.truth.dtype.kind == "i":
        steps = bench.ordinary[bench.ordinary != bench.base[0]][: count - 1]
    else:
        return
    predictions = np.repeat(bench.base[:1], len(bench.base))
    for rows in bench.parts:
        predictions[rows[: len(steps)]] = steps
    marked = np.concatenate([rows[-3:] for rows in bench.parts])
    yield Probe(f"{count} different values (line {line})", predictions, marked)


def _long(bench: Bench, length: int, line: int) -> Iterator[Probe]:
    """Values that are so long when they are written."""
    if length not in _LENGTHS:
        return
    number = "0." + _DIGITS[: length - 2]
    if bench.truth.dtype == object:
        text = "a" * length
    elif bench.truth.dtype.kind == "f" and len(repr(float(number))) == length:
        text = number
    else:
        return
    value = bench.value(text)
    if value is not None:
        told = f"values of {length} characters (line {line})"
        yield Probe(told, bench.whole(value), bench.drawn)


def _summing(bench: Bench, literal: Literal) -> Iterator[Probe]:
    """Predictions that sum to a number exactly."""
    total, kind = literal.number, bench.grader.manifest.submission.kind
    if total is None or kind not in ("number", "ranking", "survival"):
        return
    predictions = np.full(len(bench.base), np.round(float(np.median(bench.base))))
    for rows in bench.parts:
        predictions[rows[-1]] = total - predictions[rows[:-1]].sum()
    told = f"predictions that sum to {total:g} (line {literal.line})"
    yield Probe(told, predictions, _middle(bench, 2))


def _middle(bench: Bench, count: int) -> Rows:
    """Rows of each part that stand between the others."""
    return np.concatenate([rows[len(rows) // 2 :][:count] for rows in bench.parts])


def _spelt(number: float | None) -> str | None:
    if number is None:
        return None
    return f"{number:.0f}" if number.is_integer() and abs(number) < 1e15 else repr(number)


def _number(text: str) -> float:
    """The number that a text spells; beyond all others where it spells none."""
    try:
        return float(text)
    except ValueError:
        return float("inf")
