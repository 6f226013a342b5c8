"""The section on the target: what it is, how it was made, how it is distributed."""

from __future__ import annotations

from mlesmith_env.recipes.model import Bin, ExcludeValues, MapValues, ParseNumber, Transform
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.page import Page

_LISTED = 24
"""Classes that the table lists."""
_NAMED = 6
_TAILED = 1.5
"""Skewness from which a tail is told."""


def target_section(page: Page) -> str:
    """Return what is known about the target in training, with a table of classes."""
    made = [told for each in page.recipe.transforms if (told := _derivation(page, each))]
    if objective_of(page.form) == "regression":
        return " ".join([*_number(page), *made])
    return " ".join([_balance(page), *made]) + "\n\n" + _class_table(page)


def _number(page: Page) -> list[str]:
    target, voice = page.facts.target, page.voice
    fields = {
        "target": md.code(target.name),
        "low": nu.amount(target.minimum or 0.0),
        "high": nu.amount(target.maximum or 0.0),
        "mean": nu.amount(target.mean or 0.0),
        "median": nu.amount(target.median or 0.0),
        "std": nu.amount(target.std or 0.0, 3),
        "p01": nu.amount(target.low or 0.0),
        "p99": nu.amount(target.high or 0.0),
        "skew": nu.amount(target.skew, 2),
        "s": nu.percent(target.zeros),
        "d": nu.word(target.distinct),
    }
    if target.distinct > 40 and target.zeros < 0.05:
        fields |= {"p05": nu.amount(target.p05 or 0.0), "p95": nu.amount(target.p95 or 0.0)}
    told = [voice.say("spread", **fields)]
    if target.integer and target.distinct <= 12:
        told.append(voice.say("steps", **fields))
    if target.zeros >= 0.08:
        told.append(voice.say("zero", **fields))
    if target.skew > _TAILED:
        positive = (target.minimum or 0.0) >= 0
        logarithm = positive and voice.draw("logarithm?") < 0.3
        told.append(voice.say("tail logarithm" if logarithm else "tail right", **fields))
    elif target.skew < -_TAILED:
        told.append(voice.say("tail left", **fields))
    return told


def _balance(page: Page) -> str:
    classes = [pair for pair in page.facts.classes if pair[1]] or list(page.facts.classes)
    total = max(1, sum(rows for _, rows in classes))
    if len(page.facts.classes) == 2:
        (negative, nn), (positive, np_) = page.facts.classes
        fields = {
            "target": md.code(page.target),
            "n": nu.count(total),
            "positive": md.code(positive, 40),
            "negative": md.code(negative, 40),
            "np": nu.count(np_),
            "nn": nu.count(nn),
            "p": nu.percent(np_ / total),
            "q": nu.percent(nn / total),
        }
        if np_ and total / np_ >= 2.5:
            fields["odds"] = f"one in {nu.word(round(total / np_))}"
        return page.voice.say("balance two", **fields)
    most = max(classes, key=lambda pair: pair[1])
    least = min(classes, key=lambda pair: pair[1])
    fields = {
        "target": md.code(page.target),
        "most": md.code(most[0], 40),
        "least": md.code(least[0], 40),
        "nm": nu.count(most[1]),
        "nl": nu.count(least[1]),
        "c": nu.word(len(page.facts.classes)),
        "p": nu.percent(most[1] / total),
        "q": nu.percent(least[1] / total),
    }
    if most[1] >= 1.8 * max(1, least[1]):
        fields["ratio"] = nu.word(round(most[1] / max(1, least[1])))
    even = most[1] <= 1.25 * least[1]
    return page.voice.say("balance even" if even else "balance", **fields)


def _class_table(page: Page) -> str:
    classes = page.facts.classes
    total = max(1, sum(rows for _, rows in classes))
    shown = classes
    if len(classes) > _LISTED:
        shown = sorted(classes, key=lambda pair: -pair[1])[:_LISTED]
    body = [(md.code(name), nu.count(rows), nu.percent(rows / total)) for name, rows in shown]
    left = len(classes) - len(shown)
    if left:
        rows = total - sum(rows for _, rows in shown)
        body.append((f"{nu.word(left)} more", nu.count(rows), nu.percent(rows / total)))
    return md.table(("class", "training rows", "share"), body)


def _derivation(page: Page, transform: Transform) -> str:
    fields = {"target": md.code(page.target)}
    if isinstance(transform, Bin) and transform.into == page.target:
        fields |= {"source": md.code(transform.column), "bands": _bands(transform)}
        return page.voice.say("binned", **fields)
    if isinstance(transform, MapValues) and transform.into == page.target:
        fields |= {"source": md.code(transform.column), "pairs": _pairs(transform)}
        return page.voice.say("mapped", **fields)
    if isinstance(transform, ParseNumber) and transform.into == page.target:
        return page.voice.say("parsed", source=md.code(transform.column), **fields)
    if isinstance(transform, ExcludeValues) and transform.column == page.target:
        gone = transform.values
        values = [md.code(value, 40) for value in gone[:_NAMED]]
        if len(gone) > _NAMED:
            values.append(nu.counted(len(gone) - _NAMED, "more value"))
        fields |= {"source": md.code(transform.column), "values": md.listing(values)}
        return page.voice.say("excluded" if len(gone) > 1 else "excluded one", **fields)
    return ""


def _bands(made: Bin) -> str:
    edges = [nu.amount(edge, 6) for edge in made.edges]
    inner = [
        f"{md.code(label)} from {low} to below {high}"
        for label, low, high in zip(made.labels[1:-1], edges[:-1], edges[1:], strict=True)
    ]
    below = f"{md.code(made.labels[0])} is below {edges[0]}"
    return md.listing([below, *inner, f"{md.code(made.labels[-1])} from {edges[-1]} up"])


def _pairs(made: MapValues) -> str:
    changed = [(old, new) for old, new in made.values.items() if old != new]
    same = [old for old, new in made.values.items() if old == new]
    told = [f"{md.code(new, 40)} for {md.code(old, 40)}" for old, new in changed[:_NAMED]]
    if len(changed) > _NAMED:
        told.append(f"{nu.word(len(changed) - _NAMED)} more in the same way")
    if same:
        shown = [md.code(old, 40) for old in same[:_NAMED]]
        if len(same) > _NAMED:
            shown.append(f"{nu.word(len(same) - _NAMED)} more")
        told.append(f"{md.listing(shown)} as {'it is' if len(same) == 1 else 'they are'}")
    if made.other is not None:
        told.append(f"{md.code(made.other, 40)} for everything else")
    return md.listing(told)
