"""The catalogue of metrics: what a metric declares, how one is registered and looked up."""

from __future__ import annotations

import difflib
import math
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from mlesmith_env.errors import MetricError
from mlesmith_env.metrics.domain import REAL, UNIT, Domain

if TYPE_CHECKING:
    from mlesmith_env.manifest import AnyMetricSpec, Objective, PredictionKind, ScriptMetric

Direction = Literal["maximize", "minimize"]
MetricFunction = Callable[..., float]
"""Takes truth and prediction, and every parameter by keyword; gives the score."""

Function = TypeVar("Function", bound=MetricFunction)

SIMPLEX_TOLERANCE = 1e-3
"""How far from 1 the probabilities of a row may sum."""


@dataclass(frozen=True)
class Parameter:
    """A number that a metric depends on, and the values that it may take.

    Attributes:
        name: Keyword of the metric function.
        default: Value where the manifest gives none.
        low: Smallest value.
        high: Largest value.
        open: Whether the bounds themselves are refused.
        integer: Whether it must be whole.
        summary: What it means, in a few words.
    """

    name: str
    default: float | int
    low: float
    high: float
    summary: str
    open: bool = False
    integer: bool = False

    def checked(self, metric: str, value: object) -> float | int:
        """Return the value as a number; raises `MetricError` where it is not allowed."""
        good = isinstance(value, int | float) and not isinstance(value, bool)
        if good and isinstance(value, int | float) and math.isfinite(value):
            inside = self.low < value < self.high if self.open else self.low <= value <= self.high
            if inside and not self.integer:
                return float(value)
            if inside and float(value).is_integer():
                return int(value)
        raise MetricError(
            f"parameter {self.name!r} of metric {metric!r} is {value!r}; it must be {self.allowed}"
        )

    @property
    def allowed(self) -> str:
        """The allowed values in words."""
        what = "a whole number" if self.integer else "a number"
        if math.isinf(self.high):
            return f"{what} {'above' if self.open else 'of at least'} {self.low:g}"
        ends = " (exclusive)" if self.open else ""
        return f"{what} between {self.low:g} and {self.high:g}{ends}"


@dataclass(frozen=True)
class Metric:
    """A score with everything that grading has to know about it.

    Called with truth and prediction it gives a finite float. The arrays are, by kind of prediction,

    | kind | truth | prediction |
    |---|---|---|
    | `number` | float (n,) | float (n,) |
    | `label` | int codes (n,) | int codes (n,) |
    | `probability` | 0 or 1 (n,) | probability of 1, float (n,) |
    | `probabilities` | int codes (n,) | float (n, k), each row summing to 1 |

    Attributes:
        name: Name in the catalogue.
        function: What computes it.
        direction: Whether more or less is better.
        perfect: Score of a prediction that is entirely right.
        range: Smallest and largest possible score, infinite where there is no bound. A score too
            large for a float is the largest float, so that scores can always be compared.
        kinds: Kinds of prediction that it takes.
        objectives: Objectives that it is meant for.
        formula: The formula in plain text; y is truth, p the prediction.
        summary: One sentence on what it measures.
        edge: What it gives where the formula gives nothing (0/0 and the like).
        parameters: Declared parameters.
        params: Their values here.
        domain: Where numbers that are predicted must lie.
        truth_domain: Where numbers that are true must lie.
    """

    name: str
    function: MetricFunction
    direction: Direction
    perfect: float
    range: tuple[float, float]
    kinds: tuple[PredictionKind, ...]
    objectives: tuple[Objective, ...]
    formula: str
    summary: str
    edge: str = ""
    parameters: tuple[Parameter, ...] = ()
    params: Mapping[str, float | int] = field(default_factory=dict[str, float | int], hash=False)
    domain: Domain = REAL
    truth_domain: Domain = REAL

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is."""
        return 1 if self.direction == "maximize" else -1

    def better(self, a: float, b: float) -> bool:
        """Return whether score `a` is strictly better than score `b`; NaN is never better."""
        return a > b if self.direction == "maximize" else a < b

    def __call__(self, truth: ArrayLike, prediction: ArrayLike) -> float:
        """Return the score, finite and inside `range`.

        Raises:
            MetricError: The arrays do not have the shape, type or domain that the metric takes.
        """
        y, p = self._checked(np.asarray(truth), np.asarray(prediction))
        # Overflow to infinity is meant to happen and is bounded below; NaN is a fault.
        with np.errstate(all="ignore"):
            value = float(self.function(y, p, **self.params))
        if math.isnan(value):
            raise MetricError(f"metric {self.name!r} gave NaN on {len(y)} rows: it has no score")
        low, high = self.range
        limit = sys.float_info.max
        return min(max(value, low, -limit), high, limit)

    def _checked(self, y: NDArray[Any], p: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return both arrays in canonical types; raises `MetricError`."""
        if y.ndim != 1 or len(y) == 0:
            raise self._refusal(f"the truth has shape {y.shape}; it needs one value a row")
        if p.ndim not in (1, 2) or len(p) != len(y):
            raise self._refusal(f"truth has shape {y.shape} and prediction {p.shape}")
        if p.ndim == 2:
            return self._checked_probabilities(y, p)
        if "number" in self.kinds:
            numbers = self._numbers(y, "truth"), self._numbers(p, "prediction")
            self._check_domain(numbers[0], self.truth_domain, "truth")
            self._check_domain(numbers[1], self.domain, "prediction")
            return numbers
        if "label" in self.kinds:
            return self._codes(y, "truth"), self._codes(p, "prediction")
        if "probability" not in self.kinds:
            raise self._refusal("the prediction needs one column a class")
        codes, scores = self._codes(y, "truth"), self._numbers(p, "prediction")
        if codes.max() > 1:
            raise self._refusal(f"the truth holds code {codes.max()}; it must be 0 or 1")
        self._check_domain(scores, UNIT, "prediction")
        return codes, scores

    def _checked_probabilities(
        self, y: NDArray[Any], p: NDArray[Any]
    ) -> tuple[NDArray[Any], NDArray[Any]]:
        if "probabilities" not in self.kinds:
            raise self._refusal(f"the prediction has shape {p.shape}; it needs one value a row")
        codes, scores = self._codes(y, "truth"), self._numbers(p, "prediction")
        if p.shape[1] < 2 or codes.max() >= p.shape[1]:
            raise self._refusal(
                f"the truth holds code {codes.max()}, the prediction has {p.shape[1]} columns"
            )
        self._check_domain(scores, UNIT, "prediction")
        sums = scores.sum(axis=1)
        off = np.flatnonzero(np.abs(sums - 1.0) > SIMPLEX_TOLERANCE)
        if len(off):
            raise self._refusal(
                f"the probabilities of row {off[0]} sum to {sums[off[0]]:g}, not to 1"
            )
        return codes, scores

    def _codes(self, values: NDArray[Any], side: str) -> NDArray[np.int64]:
        if values.dtype.kind not in "iub":
            raise self._refusal(f"the {side} is of type {values.dtype}; class codes are integers")
        codes = values.astype(np.int64)
        if codes.min() < 0:
            raise self._refusal(f"the {side} holds code {codes.min()}; class codes start at 0")
        return codes

    def _numbers(self, values: NDArray[Any], side: str) -> NDArray[np.float64]:
        if values.dtype.kind not in "iuf":
            raise self._refusal(f"the {side} is of type {values.dtype}; it must be numbers")
        return values.astype(np.float64)

    def _check_domain(self, values: NDArray[np.float64], domain: Domain, side: str) -> None:
        if not domain.contains_all(values):
            value = values[~domain.contains(values)].flat[0]
            raise self._refusal(f"the {side} holds {value:g}; it must be {domain} and finite")

    def _refusal(self, what: str) -> MetricError:
        return MetricError(f"metric {self.name!r} can not be computed: {what}")


_OBJECTIVES: dict[str, tuple[Objective, ...]] = {
    "number": ("regression",),
    "label": ("binary", "multiclass"),
    "probability": ("binary",),
    "probabilities": ("multiclass",),
}

_catalogue: dict[str, Metric] = {}


def register_metric(
    *,
    direction: Direction,
    perfect: float,
    range: tuple[float, float],
    kinds: tuple[PredictionKind, ...],
    formula: str,
    summary: str,
    edge: str = "",
    name: str | None = None,
    objectives: tuple[Objective, ...] | None = None,
    parameters: tuple[Parameter, ...] = (),
    domain: Domain = REAL,
    truth_domain: Domain = REAL,
) -> Callable[[Function], Function]:
    """Return a decorator that puts a function into the catalogue and leaves it as it is.

    Example:
        >>> @register_metric(
        ...     direction="minimize", perfect=0.0, range=(0.0, math.inf), kinds=("number",),
        ...     formula="max |y - p|", summary="The largest error of all rows.",
        ... )
        ... def max_error(truth, prediction):
        ...     return float(np.max(np.abs(truth - prediction)))

    Args:
        direction: Whether more or less is better.
        perfect: Score of an entirely right prediction: the best end of `range`.
        range: Smallest and largest possible score.
        kinds: Kinds of prediction that it takes.
        formula: The formula in plain text; y is truth, p the prediction.
        summary: One sentence on what it measures.
        edge: What it gives where the formula gives nothing.
        name: Name in the catalogue; that of the function where None.
        objectives: Objectives that it is meant for; those of its kinds where None.
        parameters: Its parameters, which the function takes by keyword.
        domain: Where numbers that are predicted must lie.
        truth_domain: Where numbers that are true must lie.

    Raises:
        MetricError: The name is taken, or perfect value, direction and range disagree.
    """
    best = range[1] if direction == "maximize" else range[0]

    def register(function: Function) -> Function:
        called = name or function.__name__
        if called in _catalogue:
            raise MetricError(f"a metric {called!r} is registered already; choose another name")
        if perfect != best or not range[0] < range[1]:
            raise MetricError(
                f"metric {called!r}: to {direction} within {range} makes {best:g} perfect, "
                f"not {perfect:g}"
            )
        if not kinds:
            raise MetricError(f"metric {called!r} takes no kind of prediction; declare one")
        meant = objectives or tuple(
            dict.fromkeys(objective for kind in kinds for objective in _OBJECTIVES[kind])
        )
        _catalogue[called] = Metric(
            name=called,
            function=function,
            direction=direction,
            perfect=perfect,
            range=range,
            kinds=kinds,
            objectives=meant,
            formula=formula,
            summary=summary,
            edge=edge,
            parameters=parameters,
            params={parameter.name: parameter.default for parameter in parameters},
            domain=domain,
            truth_domain=truth_domain,
        )
        return function

    return register


def unregister_metric(name: str) -> None:
    """Take a metric out of the catalogue; raises `MetricError` where there is none."""
    if _catalogue.pop(name, None) is None:
        raise MetricError(f"no metric {name!r} is registered")


def get_metric(spec: AnyMetricSpec | str) -> Metric:
    """Return a metric of the catalogue with the parameters of the spec, or a declared one.

    Args:
        spec: Name and parameters, or the name alone for the default parameters, or what a task
            says of its own `metric.py`.

    Raises:
        MetricError: There is no such metric or parameter, its value is not allowed, or a metric
            of a task's own has the name of one here.
    """
    from mlesmith_env.manifest import ScriptMetric

    if isinstance(spec, ScriptMetric):
        return _declared(spec)
    name, given = (spec, {}) if isinstance(spec, str) else (spec.name, spec.params)
    metric = _catalogue.get(name)
    if metric is None:
        close = difflib.get_close_matches(name, _catalogue, n=1)
        hint = f"did you mean {close[0]!r}?" if close else f"choose one of {', '.join(_catalogue)}"
        raise MetricError(f"there is no metric {name!r}; {hint}")
    declared = {parameter.name: parameter for parameter in metric.parameters}
    for key in given:
        if key not in declared:
            takes = f"it takes {', '.join(declared)}" if declared else "it takes none"
            raise MetricError(f"metric {name!r} has no parameter {key!r}; {takes}")
    if not given:
        return metric
    params = {key: declared[key].checked(name, value) for key, value in given.items()}
    return replace(metric, params={**metric.params, **params})


def _declared(spec: ScriptMetric) -> Metric:
    """Return what a task says of its `metric.py`; only a grader with the script can call it."""
    if spec.name in _catalogue:
        raise MetricError(
            f"a metric.py can not be called {spec.name!r}, as a metric of the catalogue is: use "
            "that one, or give the script another name"
        )

    def unscored(*arrays: object, **params: object) -> float:
        raise MetricError(
            f"metric {spec.name!r} is a script of its task: score through the task's grader"
        )

    low, high = spec.range
    return Metric(
        name=spec.name,
        function=unscored,
        direction=spec.direction,
        perfect=spec.perfect,
        range=(-math.inf if low is None else low, math.inf if high is None else high),
        kinds=spec.kinds,
        objectives=tuple(
            dict.fromkeys(objective for kind in spec.kinds for objective in _OBJECTIVES[kind])
        ),
        formula=spec.formula,
        summary=spec.summary,
    )


def metric_names(
    kind: PredictionKind | None = None, objective: Objective | None = None
) -> tuple[str, ...]:
    """Return the names in the catalogue, of those that take a kind or serve an objective."""
    return tuple(
        name
        for name, metric in _catalogue.items()
        if (kind is None or kind in metric.kinds)
        and (objective is None or objective in metric.objectives)
    )
