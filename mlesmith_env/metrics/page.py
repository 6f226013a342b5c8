"""The catalogue as a page: `docs/metrics.md` is what `page()` returns."""

from __future__ import annotations

import math

from mlesmith_env.metrics.arrays import SIMPLEX_TOLERANCE
from mlesmith_env.metrics.catalogue import Metric, get_metric, metric_names
from mlesmith_env.metrics.domain import REAL

_INTRODUCTION = f"""# Metrics

Every task is scored by one metric of this catalogue. A metric declares which way is better, what a
perfect prediction scores and which kinds of prediction it takes; nothing is guessed. In the
formulas y is the truth, p the prediction, n the number of rows.

| kind of prediction | a submission holds |
|---|---|
| `number` | one column of numbers |
| `label` | one column of class labels, spelt as in the training file |
| `probability` | one column, the probability of the second (positive) class |
| `probabilities` | one column a class; rows sum to 1 within {SIMPLEX_TOLERANCE:g} and are scaled |
| `numbers` | a column of numbers for each target |
| `interval` | the columns `lower` and `upper` |
| `multilabel` | one column a label, its probability; several labels may hold at once |
| `ranking` | one column of scores; rows of a group are put in order, the highest score first |
| `survival` | one column of risks, the higher the earlier the event |
| `items` | one column of items separated by blanks, the best first |
| `tags` | one column of tags separated by blanks, one a token |
| `span` | one column of text |
| `boxes` | one column, `label confidence x y width height` for each box |
| `mask` | one column, `start length` for each run of marked pixels, row by row from 0 |

Scores are finite, always: a score too large for a float is the largest float, and where a formula
gives nothing (0/0) the catalogue says what stands instead. Where scikit-learn has the metric, the
values are equal to its values but for what is said under a metric. Metrics that rank all
predictions of a task as another one does (MSE as RMSE, Gini as ROC AUC) are left out, and so are
precision and recall alone, which a constant answer can win; `fbeta` weighs one against the other.
The one exception is WAPE, which is the mean absolute error on the scale that forecasters use.

This page is generated: `python -m mlesmith_env.metrics > docs/metrics.md`.
"""


def page() -> str:
    """Return the whole page as markdown, ending in a newline."""
    metrics = [get_metric(name) for name in metric_names()]
    rows = [
        "| metric | better | perfect | range | kinds | objectives |",
        "|---|---|---|---|---|---|",
        *(_row(metric) for metric in metrics),
    ]
    sections = "\n".join(_section(metric) for metric in metrics)
    return "\n".join([_INTRODUCTION, *rows, "", sections])


def _row(metric: Metric) -> str:
    better = "more" if metric.direction == "maximize" else "less"
    low, high = (_number(end) for end in metric.range)
    kinds = ", ".join(f"`{kind}`" for kind in metric.kinds)
    objectives = ", ".join(metric.objectives)
    link = f"[`{metric.name}`](#{metric.name})"
    return f"| {link} | {better} | {metric.perfect:g} | {low} to {high} | {kinds} | {objectives} |"


def _number(value: float) -> str:
    if math.isinf(value):
        return "∞" if value > 0 else "-∞"
    return f"{value:.4g}"


def _section(metric: Metric) -> str:
    lines = [f"## {metric.name}", "", metric.summary, "", f"    {metric.formula}", ""]
    notes = [
        f"Parameter `{parameter.name}`: {parameter.summary}; {parameter.allowed}, "
        f"{parameter.default:g} by default."
        for parameter in metric.parameters
    ]
    if metric.domain != REAL:
        notes.append(f"Predictions must be {metric.domain}; others are refused.")
    if metric.truth_domain != REAL:
        notes.append(f"The truth must be {metric.truth_domain}.")
    if metric.edge:
        notes.append(metric.edge)
    if notes:
        lines += [*(f"- {note}" for note in notes), ""]
    return "\n".join(lines)
