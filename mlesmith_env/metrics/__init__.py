"""The metric catalogue: every metric with its direction and what it accepts. Needs NumPy only."""

from __future__ import annotations

from mlesmith_env.metrics import (
    boxes,
    groups,
    labels,
    lists,
    masks,
    multilabel,
    numbers,
    probabilities,
    spans,
    survival,
    tags,
    vectors,
)
from mlesmith_env.metrics.arrays import SIMPLEX_TOLERANCE
from mlesmith_env.metrics.catalogue import (
    Direction,
    Metric,
    get_metric,
    metric_names,
    register_metric,
    unregister_metric,
)
from mlesmith_env.metrics.domain import (
    NON_NEGATIVE,
    NON_ZERO,
    POSITIVE,
    REAL,
    UNIT,
    Domain,
)
from mlesmith_env.metrics.parameter import Parameter

# Importing the families fills the catalogue.
FAMILIES = (
    labels,
    probabilities,
    numbers,
    vectors,
    multilabel,
    groups,
    survival,
    lists,
    tags,
    spans,
    boxes,
    masks,
)

__all__ = [
    "Metric",
    "Parameter",
    "Direction",
    "Domain",
    "get_metric",
    "metric_names",
    "register_metric",
    "unregister_metric",
    "SIMPLEX_TOLERANCE",
    "REAL",
    "UNIT",
    "POSITIVE",
    "NON_NEGATIVE",
    "NON_ZERO",
    "FAMILIES",
]
