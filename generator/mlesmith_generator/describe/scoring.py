"""The section on the metric: what it measures, its formula, its direction, why it fits here."""

from __future__ import annotations

import math
import re

from mlesmith_env.recipes.model import Bin, MapValues
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.phrases import banks

_SQUARES = frozenset({"rmse", "r2", "pearson"})
_IN_UNIT = frozenset({"rmse", "mae", "median_ae"})
_IN_ORDER = frozenset({"quadratic_kappa", "ordinal_mae", "rps"})
_TAILED = 1.5
_LEVELS = 12
"""Different values up to which a target has levels, and no tail."""
_STEADY = 400
"""Private rows below which one large miss may weigh much in squares, whatever the target is."""
_FAR = 6.0
"""Standard deviations from the median beyond which a single value weighs much in squares."""
_RELATIVE = frozenset({"mape", "smape", "wape"})
_AWAY = 0.05
"""Share of the median below which a value is near zero, where a relative error gets out of hand."""
_NEAR = 1.25
"""Ratio of the largest class to the smallest up to which their sizes are called alike."""
_BY_ROWS = ("accuracy", "f1_weighted", "top_k_accuracy", "log_loss")
"""Metrics in which a rare class counts for no more than its rows."""
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_CLAUSE = re.compile(r"; (?=\w+: )")


def metric_section(page: Page) -> str:
    """Return what the metric measures, its formula, and how to read it."""
    comments = [_why(page), _constant(page)]
    return metric_told(page, " ".join(comment for comment in comments if comment))


def metric_told(page: Page, comment: str = "") -> str:
    """Return what the metric measures and its formula, with a comment in a formulation's words."""
    metric, voice = page.metric, page.voice
    named = f"measures {metric.name}"
    what = voice.say(named if named in banks() else "measures any", **_fields(page))
    way = "higher" if metric.direction == "maximize" else "lower"
    direction = voice.say(way, perfect=f"{metric.perfect:g}")
    formula = md.block([f"{metric.name} = {metric.formula}", *_legend(page)], "text")
    return "\n\n".join(part for part in (f"{what} {direction}", formula, comment) if part)


def _fields(page: Page) -> dict[str, str]:
    params, classes = page.metric.params, page.form.classes
    fields = {"target": page.code(page.target), "name": page.metric.name}
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
    """Return what the symbols of the formula stand for, of those that it has."""
    metric, named = page.metric, f"legend {page.form.kind}"
    fields = {"positive": md.plain(page.form.classes[-1], 40)} if page.form.classes else {}
    said = page.voice.say(named if named in banks() else "legend other", **fields)
    clauses = [
        clause
        for clause in _CLAUSE.split(said.removeprefix("With "))
        if _has(metric.formula, clause.split(":")[0]) and clause.split(":")[0] not in metric.params
    ]
    lines = ["; ".join(clauses)] if clauses else []
    if "TP" in metric.formula:
        lines.append("TP, FP, FN: true positives, false positives, false negatives")
    lines.extend(f"{key} = {value:g}" for key, value in metric.params.items())
    return lines


def _has(formula: str, symbol: str) -> bool:
    """Whether a formula has a symbol, with an index or without."""
    return re.search(rf"(?<![A-Za-z]){symbol}(?:_[a-z]+)?(?![A-Za-z_])", formula) is not None


def _why(page: Page) -> str:
    if objective_of(page.form) == "regression":
        return _why_number(page)
    classes = [pair for pair in page.facts.classes if pair[1]]
    total = max(1, sum(rows for _, rows in classes))
    most = max(classes, key=lambda pair: pair[1])
    least = min(classes, key=lambda pair: pair[1])
    ratio = most[1] / least[1]
    if page.metric.name in _IN_ORDER and (page.idea.objective == "ordinal" or _ordered(page)):
        bank = "why ordered numbers" if are_numbers(page) else "why ordered"
    elif ratio == 1:
        return ""
    elif ratio <= 2:
        bank = "why near" if ratio <= _NEAR else "why even"
    elif page.metric.name in _BY_ROWS:
        return ""
    else:
        bank = "why rare"
    return page.voice.say(
        bank,
        target=page.code(page.target),
        most=md.code(most[0], 40),
        least=md.code(least[0], 40),
        p=nu.percent(most[1] / total),
        q=nu.percent(least[1] / total),
        r=nu.percent(1 - least[1] / total),
        ratio=nu.word(round(ratio)),
        first=md.code(page.form.classes[0], 40),
        last=md.code(page.form.classes[-1], 40),
    )


def are_numbers(page: Page) -> bool:
    """Whether the classes are plain numbers of the data, of which nobody says that more is more."""
    made = any(isinstance(t, Bin) and t.into == page.target for t in page.transforms)
    return not made and all(_NUMBER.fullmatch(label) for label in page.form.classes)


def _ordered(page: Page) -> bool:
    """Whether the classes are bands, were put in order, or begin with numbers that rise."""
    binned = any(
        (isinstance(t, Bin) or (isinstance(t, MapValues) and t.other is None))
        and t.into == page.target
        for t in page.transforms
    )
    found = [re.match(r"\D{0,3}(\d+(?:\.\d+)?)", label) for label in page.form.classes]
    steps = [float(match.group(1)) for match in found if match]
    return binned or (len(steps) == len(found) and steps == sorted(steps))


def _why_number(page: Page) -> str:
    target = page.facts.target
    squares = page.metric.name in _SQUARES
    if page.metric.name in _RELATIVE:
        if (target.minimum or 0.0) <= _AWAY * abs(target.median or 0.0):
            return ""
        bank = "why relative"
    elif target.distinct <= _LEVELS and not squares:
        bank = "why level"
    elif target.skew > _TAILED:
        bank = "why squares" if squares else "why tail"
    elif target.skew < -_TAILED:
        bank = "why low squares" if squares else "why low"
    else:
        bank = _untailed(page) if squares else "why level"
    if not bank:
        return ""
    in_unit = page.metric.name in _IN_UNIT
    fields = {"std": nu.amount(target.std or 0.0, 3)} if in_unit else {}
    digits = nu.digits(target.minimum or 0.0, target.maximum or 0.0)
    if target.high != target.maximum:
        fields["p99"] = nu.amount(target.high or 0.0, digits)
    return page.voice.say(
        bank,
        **fields,
        target=page.code(target.name),
        low=nu.amount(target.minimum or 0.0, digits),
        high=nu.amount(target.maximum or 0.0, digits),
        median=nu.amount(target.median or 0.0, digits),
    )


def _untailed(page: Page) -> str:
    """Return the bank for squares of a target without a tail; none where single values are far off.

    Of few rows one large miss weighs much all the same.
    """
    target = page.facts.target
    if page.facts.test_rows * page.recipe.holdout.private_fraction < _STEADY:
        return "why spread"
    middle, std = target.median or 0.0, target.std or 0.0
    farthest = max((target.maximum or 0.0) - middle, middle - (target.minimum or 0.0))
    return "why level" if farthest <= _FAR * std else ""


def _constant(page: Page) -> str:
    """The sentence on what a constant answer scores, or an empty string."""
    told = constant_score(page)
    if told is None:
        return ""
    answer, score, exact = told
    near = "" if exact else page.voice.pick("near", ("about ", "roughly ", "some ", "around "))
    return page.voice.say("constant", answer=answer, value=near + nu.amount(score, 3))


def constant_score(page: Page) -> tuple[str, float, bool] | None:
    """Return the best constant answer, its score on the training rows, and whether it is exact.

    None where the metric has no constant worth telling, or the facts do not give its score.
    """
    if objective_of(page.form) == "regression":
        return _constant_number(page)
    return _constant_class(page)


def _constant_number(page: Page) -> tuple[str, float, bool] | None:
    target, name = page.facts.target, page.metric.name
    digits = nu.digits(target.minimum or 0.0, target.maximum or 0.0)
    if name == "rmse" and target.std is not None:
        mean = nu.amount(target.mean or 0.0, digits)
        return f"predicting {mean} (the mean) for every row", target.std, False
    if name == "mae" and target.deviation is not None:
        median = nu.amount(target.median or 0.0, digits)
        return f"predicting {median} (the median) for every row", target.deviation, False
    if name == "rmsle" and target.log_std is not None:
        return "the best constant prediction", target.log_std, False
    return None


def _constant_class(page: Page) -> tuple[str, float, bool] | None:
    counts = [rows for _, rows in page.facts.classes]
    total, k = max(1, sum(counts)), len(counts)
    shares = [rows / total for rows in counts if rows]
    most = max(page.facts.classes, key=lambda pair: pair[1])
    top = most[1] / total
    always = f"answering {md.code(most[0], 40)} in every row"
    prior = "giving the class shares as probabilities"
    known = {
        "accuracy": (always, top, False),
        "balanced_accuracy": (always, 1 / k, k in (2, 4, 5, 8)),
        "f1_macro": (always, 2 * top / (1 + top) / k, False),
        "f1_weighted": (always, 2 * top * top / (1 + top), False),
        "log_loss": (prior, -sum(p * math.log(p) for p in shares), False),
        "brier": (prior, sum(p * (1 - p) for p in shares) / 2, False),
        "roc_auc": ("a coin toss", 0.5, True),
        "roc_auc_ovr": ("a random order", 0.5, True),
        "average_precision": ("a random order", counts[-1] / total, False),
        "mcc": ("any constant answer", 0.0, True),
        "cohen_kappa": ("any constant answer", 0.0, True),
        "quadratic_kappa": ("any constant answer", 0.0, True),
    }
    return known.get(page.metric.name)
