"""What truth and prediction have to be as arrays, for each kind of prediction."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.metrics.domain import REAL, UNIT, Domain

if TYPE_CHECKING:
    from mlesmith_env.manifest import PredictionKind

Array = NDArray[Any]
Domains = tuple[Domain, Domain]
"""Where true numbers and where predicted numbers must lie."""
Check = Callable[[Array, Array, Domains], tuple[Array, Array]]

SIMPLEX_TOLERANCE = 1e-3
"""How far from 1 the probabilities of a row may sum."""


class Unfit(Exception):  # noqa: N818  the metric that meets it tells it as its own error
    """Arrays that are not what a kind of prediction is."""


@dataclass(frozen=True)
class ArrayKind:
    """The arrays of one kind of prediction.

    Attributes:
        truth: Dimensions of the truth.
        prediction: Dimensions of the prediction; by them the kinds of one metric are told apart.
        check: Gives both in canonical types; raises `Unfit`.
    """

    truth: int
    prediction: int
    check: Check

    def checked(self, y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
        """Return truth and prediction in canonical types.

        Raises:
            Unfit: Shape, type or values are not what the kind says.
        """
        if y.ndim != self.truth or len(y) == 0:
            wanted = "one value" if self.truth == 1 else "one line of values"
            raise Unfit(f"the truth has shape {y.shape}; it needs {wanted} a row")
        if p.ndim != self.prediction or len(p) != len(y):
            raise Unfit(f"truth has shape {y.shape} and prediction {p.shape}")
        return self.check(y, p, domains)


def _number(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    return _numbers(y, "truth", domains[0]), _numbers(p, "prediction", domains[1])


def _label(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    return _codes(y, "truth"), _codes(p, "prediction")


def _probability(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    codes = _codes(y, "truth")
    if codes.max() > 1:
        raise Unfit(f"the truth holds code {codes.max()}; it must be 0 or 1")
    return codes, _numbers(p, "prediction", UNIT)


def _probabilities(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    codes = _codes(y, "truth")
    if p.shape[1] < 2 or codes.max() >= p.shape[1]:
        raise Unfit(f"the truth holds code {codes.max()}, the prediction has {p.shape[1]} columns")
    scores = _numbers(p, "prediction", UNIT)
    sums = scores.sum(axis=1)
    off = np.flatnonzero(np.abs(sums - 1.0) > SIMPLEX_TOLERANCE)
    if len(off):
        raise Unfit(f"the probabilities of row {off[0]} sum to {sums[off[0]]:g}, not to 1")
    return codes, scores


def _several(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    _same_columns(y, p)
    return _number(y, p, domains)


def _interval(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    if p.shape[1] != 2:
        raise Unfit(f"the prediction has {p.shape[1]} columns; an interval has two ends")
    truth, ends = _number(y, p, domains)
    crossed = np.flatnonzero(ends[:, 0] > ends[:, 1])
    if len(crossed):
        low, high = ends[crossed[0]]
        raise Unfit(f"the interval of row {crossed[0]} runs from {low:g} down to {high:g}")
    return truth, ends


def _multilabel(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    _same_columns(y, p)
    truth = _floats(y, "truth")
    odd = truth[~((truth == 0) | (truth == 1) | np.isnan(truth))]
    if len(odd):
        raise Unfit(f"the truth holds {odd[0]:g}; it must be 0, 1 or NaN for unknown")
    return truth, _numbers(p, "prediction", UNIT)


def _ranking(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    return _pairs(y, "relevance and group", domains[0]), _numbers(p, "prediction", domains[1])


def _survival(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    truth = _pairs(y, "time and event", domains[0])
    if not np.isin(truth[:, 1], (0.0, 1.0)).all():
        raise Unfit("an event is neither 1 (observed) nor 0 (censored)")
    return truth, _numbers(p, "prediction", domains[1])


def _items(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    if () in y.tolist():
        raise Unfit(f"row {y.tolist().index(())} of the truth has no item; it needs one at least")
    return _words(y, p, domains)


def _words(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    for values, side in ((y, "truth"), (p, "prediction")):
        _only(chain.from_iterable(_tuples(values, side)), str, side)
    return y, p


def _span(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    _only(_objects(y, "truth"), str, "truth")
    _only(_objects(p, "prediction"), str, "prediction")
    return y, p


def _boxes(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    _records(y, "truth", 5, "(label, x, y, width, height)")
    _records(p, "prediction", 6, "(label, confidence, x, y, width, height)")
    return y, p


def _mask(y: Array, p: Array, domains: Domains) -> tuple[Array, Array]:
    _records(y, "truth", 2, "(start, length)")
    _records(p, "prediction", 2, "(start, length)")
    return y, p


def _codes(values: Array, side: str) -> NDArray[np.int64]:
    if values.dtype.kind not in "iub":
        raise Unfit(f"the {side} is of type {values.dtype}; class codes are integers")
    codes = values.astype(np.int64)
    if codes.min() < 0:
        raise Unfit(f"the {side} holds code {codes.min()}; class codes start at 0")
    return codes


def _floats(values: Array, side: str) -> NDArray[np.float64]:
    if values.dtype.kind not in "iuf":
        raise Unfit(f"the {side} is of type {values.dtype}; it must be numbers")
    return values.astype(np.float64)


def _numbers(values: Array, side: str, domain: Domain) -> NDArray[np.float64]:
    numbers = _floats(values, side)
    if not domain.contains_all(numbers):
        value = numbers[~domain.contains(numbers)].flat[0]
        raise Unfit(f"the {side} holds {value:g}; it must be {domain} and finite")
    return numbers


def _pairs(y: Array, what: str, domain: Domain) -> NDArray[np.float64]:
    if y.shape[1] != 2:
        raise Unfit(f"the truth has {y.shape[1]} columns; it needs {what}")
    truth = _numbers(y, "truth", REAL)
    _numbers(truth[:, 0], "truth", domain)
    return truth


def _same_columns(y: Array, p: Array) -> None:
    if y.shape != p.shape or not y.shape[1]:
        raise Unfit(f"truth has shape {y.shape} and prediction {p.shape}")


def _objects(values: Array, side: str) -> list[Any]:
    if values.dtype != object:
        raise Unfit(f"the {side} is of type {values.dtype}; it must hold one object a row")
    return values.tolist()


def _tuples(values: Array, side: str) -> list[tuple[Any, ...]]:
    cells = _objects(values, side)
    _only(cells, tuple, side)
    return cells


def _records(values: Array, side: str, width: int, what: str) -> None:
    cells = _tuples(values, side)
    _only(chain.from_iterable(cells), tuple, side)
    if not set(map(len, chain.from_iterable(cells))) <= {width}:
        raise Unfit(f"the {side} holds something that is not {what}")


def _only(values: Iterable[object], kind: type, side: str) -> None:
    """Raise `Unfit` unless all are of one type; looks at each in C, for there may be many."""
    strange = set(map(type, values)) - {kind}
    if strange:
        told = min(each.__name__ for each in strange)
        raise Unfit(f"the {side} holds a {told} where a {kind.__name__} belongs")


ARRAYS: dict[PredictionKind, ArrayKind] = {
    "number": ArrayKind(1, 1, _number),
    "label": ArrayKind(1, 1, _label),
    "probability": ArrayKind(1, 1, _probability),
    "probabilities": ArrayKind(1, 2, _probabilities),
    "numbers": ArrayKind(2, 2, _several),
    "interval": ArrayKind(1, 2, _interval),
    "multilabel": ArrayKind(2, 2, _multilabel),
    "ranking": ArrayKind(2, 1, _ranking),
    "survival": ArrayKind(2, 1, _survival),
    "items": ArrayKind(1, 1, _items),
    "tags": ArrayKind(1, 1, _words),
    "span": ArrayKind(1, 1, _span),
    "boxes": ArrayKind(1, 1, _boxes),
    "mask": ArrayKind(1, 1, _mask),
}
"""The arrays of every kind."""
