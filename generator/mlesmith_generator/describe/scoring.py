"""The section on the metric: what it measures, its formula, its direction, why it fits here."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.phrases import banks

_SQUARES = frozenset({"rmse", "r2", "pearson"})
_TAILED = 1.5


def metric_section(page: Page) -> str:
    """Return what the metric measures, its formula, and how to read it."""
    metric, voice = page.metric, page.voice
    named = f"measures {metric.name}"
    what = voice.say(named if named in banks() else "measures any", **_fields(page))
    way = "higher" if metric.direction == "maximize" else "lower"
    direction = voice.say(way, perfect=f"{metric.perfect:g}")
    comments = [_why(page)]
    constant = _constant(page)
    if constant is not None:
        comments.append(voice.say("constant", answer=constant.answer, value=constant.value))
    return "\n\n".join(
        part
        for part in (
            f"{what} {direction}",
            md.block([f"{metric.name} = {metric.formula}", *_legend(page)], "text"),
            " ".join(comment for comment in comments if comment),
        )
        if part
    )


def _fields(page: Page) -> dict[str, str]:
    params, classes = page.metric.params, page.form.classes
    fields = {"target": md.code(page.target), "name": page.metric.name}
    if classes:
        total = max(1, sum(rows for _, rows in page.facts.classes))
        fields |= {
            "c": nu.word(len(classes)),
            "negative": md.code(classes[0], 40),
            "positive": md.code(classes[-1], 40),
            "share": nu.percent(page.facts.classes[-1][1] / total),
            "chance": nu.amount(1 / len(classes), 2),
        }
    if "alpha" in params:
        alpha = float(params["alpha"])
        fields |= {"alpha": f"{alpha:g}", "rest": f"{round(1 - alpha, 9):g}"}
    if "beta" in params:
        fields["beta"] = f"{float(params['beta']):g}"
    if "k" in params:
        fields["topk"] = nu.word(int(params["k"]))
    return fields


def _legend(page: Page) -> list[str]:
    lines = ["y: truth, p: prediction, n: number of rows"]
    lines.extend(f"{key} = {value:g}" for key, value in page.metric.params.items())
    if page.metric.edge:
        lines.append(page.metric.edge)
    return lines


def _why(page: Page) -> str:
    if objective_of(page.form) == "regression":
        return _why_number(page)
    classes = [pair for pair in page.facts.classes if pair[1]]
    total = max(1, sum(rows for _, rows in classes))
    most = max(classes, key=lambda pair: pair[1])
    least = min(classes, key=lambda pair: pair[1])
    ratio = most[1] / least[1]
    if page.metric.name == "quadratic_kappa":
        bank = "why ordered"
    elif ratio <= 2:
        bank = "why even"
    elif page.metric.name in ("accuracy", "f1_weighted", "top_k_accuracy"):
        return ""
    else:
        bank = "why rare"
    return page.voice.say(
        bank,
        target=md.code(page.target),
        most=md.code(most[0], 40),
        least=md.code(least[0], 40),
        p=nu.percent(most[1] / total),
        q=nu.percent(least[1] / total),
        r=nu.percent(1 - least[1] / total),
        ratio=nu.word(round(ratio)),
        first=md.code(page.form.classes[0], 40),
        last=md.code(page.form.classes[-1], 40),
    )


def _why_number(page: Page) -> str:
    target = page.facts.target
    squares = page.metric.name in _SQUARES
    if target.skew > _TAILED:
        bank = "why squares" if squares else "why tail"
    elif target.skew < -_TAILED:
        bank = "why low squares" if squares else "why low"
    else:
        bank = "why level"
    return page.voice.say(
        bank,
        target=md.code(target.name),
        low=nu.amount(target.minimum or 0.0),
        high=nu.amount(target.maximum or 0.0),
        median=nu.amount(target.median or 0.0),
        p99=nu.amount(target.high or 0.0),
        std=nu.amount(target.std or 0.0, 3),
    )


@dataclass(frozen=True)
class _Constant:
    """What the best constant answer scores on the training rows."""

    answer: str
    value: str


def _constant(page: Page) -> _Constant | None:
    target, name = page.facts.target, page.metric.name
    if objective_of(page.form) == "regression":
        told = {
            "rmse": (f"the mean of {nu.amount(target.mean or 0.0)} everywhere", target.std),
            "mae": (
                f"the median of {nu.amount(target.median or 0.0)} everywhere",
                target.deviation,
            ),
            "rmsle": ("the best constant", target.log_std),
        }.get(name)
        if told is None or told[1] is None:
            return None
        return _Constant(told[0], nu.amount(told[1], 3))
    shares = [rows for _, rows in page.facts.classes]
    total = max(1, sum(shares))
    parts = [rows / total for rows in shares if rows]
    most = max(page.facts.classes, key=lambda pair: pair[1])
    always = f"the answer {md.code(most[0], 40)} everywhere"
    top = most[1] / total
    k = len(shares)
    told = {
        "accuracy": (always, top),
        "balanced_accuracy": (always, 1 / k),
        "f1_macro": (always, 2 * top / (1 + top) / k),
        "f1_weighted": (always, 2 * top * top / (1 + top)),
        "log_loss": (
            "the class shares as probabilities", -sum(p * math.log(p) for p in parts),
        ),
        "brier": (
            "the class shares as probabilities",
            sum(p * (1 - p) for p in parts) / (1 if page.form.kind == "probability" else 2),
        ),
        "roc_auc": ("a coin toss", 0.5),
        "roc_auc_ovr": ("a random order", 0.5),
        "average_precision": ("a random order", page.facts.classes[-1][1] / total),
        "mcc": ("any constant answer", 0.0),
        "cohen_kappa": ("any constant answer", 0.0),
        "quadratic_kappa": ("any constant answer", 0.0),
    }.get(name)  # fmt: skip
    if told is None:
        return None
    return _Constant(told[0], nu.amount(told[1], 3))
