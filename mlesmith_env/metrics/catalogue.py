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
from mlesmith_env.metrics.arrays import ARRAYS, Unfit
from mlesmith_env.metrics.domain import REAL, Domain
from mlesmith_env.metrics.parameter import Parameter

if TYPE_CHECKING:
    from mlesmith_env.manifest import AnyMetricSpec, Objective, PredictionKind, ScriptMetric

Direction = Literal["maximize", "minimize"]
MetricFunction = Callable[..., float]
"""Takes truth and prediction, and every parameter by keyword; gives the score."""
Memory = dict[tuple[int, int], tuple[object, object, Any]]
"""What pairs of objects gave, by their addresses, together with the objects."""

Function = TypeVar("Function", bound=MetricFunction)


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
    | `numbers` | float (n, k) | float (n, k) |
    | `interval` | float (n,) | lower and upper end, float (n, 2) |
    | `multilabel` | 0, 1 or NaN for unknown, float (n, k) | probability of each, float (n, k) |
    | `ranking` | relevance and code of the group, float (n, 2) | score, float (n,) |
    | `survival` | time and event, float (n, 2) | risk, float (n,) |
    | `items` | tuples of str, object (n,) | tuples of str, the best first, object (n,) |
    | `tags` | tuples of str, one a token, object (n,) | the same |
    | `span` | str, object (n,) | the same |
    | `boxes` | tuples of (label, x, y, w, h), object (n,) | of (label, confidence, x, y, w, h) |
    | `mask` | tuples of (start, length), sorted and disjoint, object (n,) | the same |

    Kinds of one metric are told apart by the dimensions of the prediction.

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
        truth_domain: Where numbers that are true must lie; of the relevance and of the time.
        of_row: Takes truth and prediction of one row, and every parameter by keyword. Where there
            is one, `function` takes the list of what it gave for the rows, and nothing else.
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
    of_row: Callable[..., Any] | None = None

    @property
    def sign(self) -> int:
        """+1 where more is better, -1 where less is."""
        return 1 if self.direction == "maximize" else -1

    def better(self, a: float, b: float) -> bool:
        """Return whether score `a` is strictly better than score `b`; NaN is never better."""
        return a > b if self.direction == "maximize" else a < b

    def __call__(
        self, truth: ArrayLike, prediction: ArrayLike, *, memory: Memory | None = None
    ) -> float:
        """Return the score, finite and inside `range`.

        Args:
            truth: The truth.
            prediction: The prediction, a row a row of the truth.
            memory: Where a metric of structures may keep what single rows gave, for scores of
                the same objects in other samples; belongs to one metric with its parameters.

        Raises:
            MetricError: The arrays do not have the shape, type or domain that the metric takes.
        """
        y, p = np.asarray(truth), np.asarray(prediction)
        # Overflow to infinity is meant to happen and is bounded below; NaN is a fault.
        with np.errstate(all="ignore"):
            if self.of_row is None:
                value = float(self.function(*self._checked(y, p), **self.params))
            else:
                found = self._parts(self.of_row, y, p, {} if memory is None else memory)
                value = float(self.function(found))
        if math.isnan(value):
            raise MetricError(f"metric {self.name!r} gave NaN on {len(y)} rows: it has no score")
        low, high = self.range
        limit = sys.float_info.max
        return min(max(value, low, -limit), high, limit)

    def _checked(self, y: NDArray[Any], p: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Return both arrays in canonical types; raises `MetricError`."""
        arrays = [ARRAYS[kind] for kind in self.kinds]
        wanted = next((kind for kind in arrays if kind.prediction == p.ndim), arrays[0])
        try:
            return wanted.checked(y, p, (self.truth_domain, self.domain))
        except Unfit as problem:
            raise MetricError(f"metric {self.name!r} can not be computed: {problem}") from problem

    def _parts(
        self, of_row: Callable[..., Any], y: NDArray[Any], p: NDArray[Any], memory: Memory
    ) -> list[Any]:
        """Return what each row gives, looked up where the very same two objects stood before."""
        if y.dtype != object or p.dtype != object or y.shape != p.shape:
            self._checked(y, p)  # Which refuses them.
        pairs = list(zip(y.tolist(), p.tolist(), strict=True))
        keys = [(id(true), id(told)) for true, told in pairs]
        new = [row for row, key in enumerate(keys) if key not in memory]
        if new or not pairs:
            self._checked(y[new], p[new])
        for row in new:
            # The objects are kept beside the part, so no other ever gets their address.
            memory[keys[row]] = *pairs[row], of_row(*pairs[row], **self.params)
        return [memory[key][2] for key in keys]


_OBJECTIVES: dict[PredictionKind, tuple[Objective, ...]] = {
    "number": ("regression", "count", "rating", "forecasting", "similarity", "counting"),
    "label": ("binary", "multiclass", "ordinal", "anomaly"),
    "probability": ("binary", "anomaly", "similarity", "link_prediction"),
    "probabilities": ("multiclass", "ordinal"),
    "numbers": ("multi_regression", "forecasting"),
    "interval": ("interval",),
    "multilabel": ("multilabel",),
    "ranking": ("ranking", "recommendation"),
    "survival": ("survival",),
    "items": ("recommendation",),
    "tags": ("sequence_labelling",),
    "span": ("span_extraction",),
    "boxes": ("detection",),
    "mask": ("segmentation",),
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
    of_row: Callable[..., Any] | None = None,
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
        of_row: What it takes of each row; see `Metric`.

    Raises:
        MetricError: The name is taken, perfect value, direction and range disagree, or the kinds
            can not be told apart.
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
        if len({ARRAYS[kind].prediction for kind in kinds}) < len(kinds):
            raise MetricError(
                f"metric {called!r} can not tell predictions of kind {' and '.join(kinds)} apart: "
                "both have as many dimensions; register two metrics"
            )
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
            of_row=of_row,
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
