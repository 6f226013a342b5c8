"""The section on the holdout: how rows were hidden, and what follows for validation."""

from __future__ import annotations

from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.naming import entity
from mlesmith_generator.describe.page import Page


def holdout_section(page: Page, *, made_again: bool = False, validation: bool = True) -> str:
    """Return how rows were held out and what that means for validation.

    Folds by the hidden groups are advised only to those who can tell the groups.

    Args:
        page: The page.
        made_again: Whether groups can be made again from the files, though no column holds them.
        validation: Whether to say what it means, which a formulation may know better.
    """
    holdout, facts, voice = page.recipe.holdout, page.facts, page.voice
    column = holdout.column or ""
    noun = entity(column) if column else "group"
    every = facts.train_rows + facts.test_rows
    fields = {
        "n": nu.count(facts.train_rows),
        "m": nu.count(facts.test_rows),
        "all": nu.count(every),
        "s": nu.percent(facts.test_rows / max(1, every)),
        "target": page.code(page.target),
        "c": page.code(column),
        "noun": noun,
        "nouns": nu.plural(noun),
        "pub": nu.percent(1 - holdout.private_fraction),
        "prv": nu.percent(holdout.private_fraction),
    }
    told = [voice.say(holdout.kind, **fields)]
    shown = column == page.target or any(each.name == column for each in facts.features)
    if holdout.kind in ("group", "time") and not shown:
        told.append(voice.say(f"{holdout.kind} hidden", **fields))
    unseen = " unseen" if holdout.kind == "group" and not (shown or made_again) else ""
    if validation:
        told.append(voice.say(f"{holdout.kind} then{unseen}", **fields))
    shared = page.idea.measured.get("shared")
    if shared and holdout.kind in ("random", "stratified"):
        told.append(voice.say("shared", shared=shared, noun=page.idea.measured["subject"]))
    if voice.draw("parts?") < 0.6:
        told.append(voice.say("parts", **fields))
    return " ".join(told)
