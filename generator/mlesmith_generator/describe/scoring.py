"""The section on the metric: what it measures, its formula, its direction, why it fits here."""

from __future__ import annotations

import math

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.measures import ANY, MEASURES
from mlesmith_generator.describe.page import Page

_HIGHER = (
    "Higher is better, and {perfect} [is|would be] perfect{worst}.",
    "[A perfect submission|A flawless submission|Exact answers] [scores|score] {perfect}; higher is "
    "better{worst}.",
    "{perfect} is [the best possible score|as good as it gets|the top of the scale] (higher is "
    "better){worst}.",
    "[The scale ends|The scale tops out] at {perfect}, [for|with] [a perfect submission|every "
    "answer right]; higher is better{worst}.",
    "[As|Since] higher is better, [aim|reach] for {perfect}, [the value of|which means] [a perfect "
    "answer|perfection]{worst}.",
    "[Here|For it] higher is better[; the ideal is|, with an ideal of|, up to a perfect] "
    "{perfect}{worst}.",
)
_LOWER = (
    "Lower is better, and {perfect} [is|would be] perfect{worst}.",
    "[A perfect submission|A flawless submission|Exact answers] [scores|score] {perfect}; lower is "
    "better{worst}.",
    "{perfect} is [the best possible score|as good as it gets|the bottom of the scale] (lower is "
    "better){worst}.",
    "[The scale begins|The scale starts] at {perfect}, [for|with] [a perfect submission|every "
    "answer right]; lower is better{worst}.",
    "[As|Since] lower is better, [aim|reach] for {perfect}, [the value of|which means] [a perfect "
    "answer|perfection]{worst}.",
    "[Here|For it] lower is better[; the ideal is|, with an ideal of|, down to a perfect] "
    "{perfect}{worst}.",
)
_WHY: dict[str, tuple[str, ...]] = {
    "plain number": (
        "[It suits|It fits|That suits] {target}, whose values [lie|are] [fairly evenly|without "
        "extremes] between {low} and {high}.",
        "[With|Given] a standard deviation of {std} in training, [scores are easy to read|a score "
        "is easy to place]: [anything well below|what is clearly below] that [is|shows] skill.",
        "[Since|As] {target} has no [extreme|long] tail, [no handful of rows|no small group of rows] "
        "decides the score.",
        "[Misses|Errors] in the unit of {target} [can be read directly|need no translation], and "
        "[with|at] a spread of {std} one [sees|knows] [soon|at once] what is good.",
        "[What costs most|What hurts most] is [missing|failing on] the [ends|extremes] of {target}, "
        "near {low} and {high}[, where averages fail|].",
    ),
    "tailed number": (
        "[With|Given] values up to {high} [and|but] a median of {median}, [plain squares|squared "
        "differences] would [let few rows decide|hand the score to a few rows].",
        "{target} is skewed (median {median}, maximum {high}), [which|and that] [makes this choice|"
        "speaks for this choice].",
        "[It suits|It fits|That suits] a {target} [whose|with a] long tail [reaches|up to] {high} "
        "[while|when] half of it [stays|is] at or below {median}.",
        "[The long tail|The tail] of {target}, up to {high}, [is the reason|asks for it].",
        "[Half|50 %] of the training values [are|lie] at or below {median} and the largest is "
        "{high}: [a measure that keeps such rows in their place fits|the few large ones should not "
        "drown the rest].",
    ),
    "tailed squares": (
        "[Mind|Note] the tail: with a median of {median} and a maximum of {high}, [the largest rows|"
        "a few rows] weigh heavily.",
        "[The largest values|Large values] of {target}, up to {high}, [decide much|carry much] of "
        "the score[, and the typical {median} little|].",
        "[Rows near|Values near] the maximum of {high} [deserve|need] [attention|care]: they [cost|"
        "count] far more than those around {median}.",
        "[Since|As] {target} reaches {high} against a median of {median}, [getting the large ones "
        "right|large values done well] [pays|is what pays].",
    ),
    "rare class": (
        "[With|At] {p} of the training rows in {most}, plain accuracy would [reward|flatter] a "
        "constant answer.",
        "[The classes are|{target} is] uneven ({p} {most}), [so|and] [a count of hits alone would "
        "mislead|hits alone would say little].",
        "[It|That] keeps [the rare class|the smaller class] {least}, {q} of the training rows, [from "
        "being ignored|in play].",
        "{least} [has|holds] [just|only] {q} of the training rows, [and|yet] [this metric makes it "
        "count|it still counts].",
        "[A model that never says|Never saying] {least} would be right on {r} of the rows, [and "
        "should not win|which is why hits are not counted plainly].",
        "[Imbalance is the reason|The reason is imbalance]: {most} [covers|takes] {p} of the "
        "training rows.",
    ),
    "even classes": (
        "[It suits|It fits|That suits] classes of [similar|comparable] size, from {q} ({least}) to "
        "{p} ({most}) of the training rows.",
        "[No class dominates|None of the classes dominates]: [the largest|even the largest], {most}, "
        "[has|holds] {p}.",
        "[Since|As] {most} and {least} [hold|have] {p} and {q} of the training rows, [the score is "
        "not a matter of prevalence|sizes do not distort it].",
        "[A constant answer|Always saying {most}] [would win|wins] little: {most} is {p} of the "
        "training rows.",
        "[With|At] {p} [for|in] {most} and {q} [for|in] {least}, [the classes weigh enough to count "
        "alike|every class has its weight].",
    ),
    "ordered": (
        "[It fits because|It suits since] the classes are steps of a scale, from {first} to {last}.",
        "[From|Between] {first} [to|and] {last} there is an order[, and the metric knows it|, which "
        "plain accuracy would ignore].",
        "[Calling|To call] {first} what is {last} is [a graver mistake|worse] than [missing|being "
        "off] by one step.",
        "[The classes run|Classes run] from {first} up to {last}, [so|hence] [distance matters|a "
        "near miss is worth something].",
    ),
}
_SQUARES = frozenset({"rmse", "r2", "pearson"})


def metric_section(page: Page) -> str:
    """Return what the metric measures, its formula, and how to read it."""
    metric, facts, voice = page.metric, page.facts, page.voice
    params = {key: f"{value:g}" for key, value in metric.params.items()}
    classes = page.form.classes
    fields = {
        "target": md.code(page.target),
        "name": metric.name,
        "c": nu.word(len(classes)),
        "positive": md.code(classes[-1], 40) if classes else "",
        "negative": md.code(classes[0], 40) if classes else "",
        "chance": nu.amount(1 / max(1, len(classes)), 2),
        "share": nu.percent(_share(page)),
        "alpha": params.get("alpha", ""),
        "rest": f"{1 - float(metric.params.get('alpha', 0.5)):g}",
        "beta": params.get("beta", ""),
        "topk": params.get("k", ""),
    }
    what = voice.say("measure", MEASURES.get(metric.name, ANY), **fields)
    low, high = metric.range
    perfect = f"{metric.perfect:g}"
    other = low if metric.direction == "maximize" else high
    worst = f", {other:g} the worst" if math.isfinite(other) and other != 36.04365338911715 else ""
    direction = voice.say(
        "direction",
        _HIGHER if metric.direction == "maximize" else _LOWER,
        perfect=perfect,
        worst=worst if voice.choose("worst?", [1.0, 1.0]) else "",
    )
    formula = [f"{metric.name} = {metric.formula}"]
    legend = _legend(page)
    why = _why(page)
    del facts
    return "\n\n".join(
        part for part in (f"{what} {direction}", md.block([*formula, *legend], "text"), why) if part
    )


def _legend(page: Page) -> list[str]:
    lines = ["y: truth, p: prediction, n: number of rows"]
    for key, value in page.metric.params.items():
        lines.append(f"{key} = {value:g}")
    if page.metric.edge:
        lines.append(page.metric.edge)
    return lines


def _why(page: Page) -> str:
    facts, voice, name = page.facts, page.voice, page.metric.name
    target = facts.target
    if objective_of(page.form) == "regression":
        tailed = abs(target.skew) > 1.5
        key = "plain number"
        if tailed and target.skew > 0:
            key = "tailed squares" if name in _SQUARES else "tailed number"
        elif tailed:
            return ""
        return voice.say(
            "why",
            _WHY[key],
            target=md.code(target.name),
            low=nu.amount(target.minimum or 0.0),
            high=nu.amount(target.maximum or 0.0),
            median=nu.amount(target.median or 0.0),
            std=nu.amount(target.std or 0.0, 3),
        )
    classes = [pair for pair in facts.classes if pair[1]]
    total = max(1, sum(rows for _, rows in classes))
    most = max(classes, key=lambda pair: pair[1])
    least = min(classes, key=lambda pair: pair[1])
    if name == "quadratic_kappa":
        key = "ordered"
    else:
        key = "even classes" if most[1] <= 2 * least[1] else "rare class"
    if key == "rare class" and name == "accuracy":
        return ""
    return voice.say(
        "why",
        _WHY[key],
        target=md.code(page.target),
        most=md.code(most[0], 40),
        least=md.code(least[0], 40),
        p=nu.percent(most[1] / total),
        q=nu.percent(least[1] / total),
        r=nu.percent(1 - least[1] / total),
        first=md.code(page.form.classes[0], 40),
        last=md.code(page.form.classes[-1], 40),
    )


def _share(page: Page) -> float:
    total = sum(rows for _, rows in page.facts.classes)
    return page.facts.classes[-1][1] / total if total else 0.0
