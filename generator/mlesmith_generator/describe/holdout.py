"""The section on the holdout: how rows were hidden, and what follows for validation."""

from __future__ import annotations

from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.naming import entity
from mlesmith_generator.describe.page import Page

_ROUGH = 250
"""Public rows below which their score is said to be a rough one."""


def holdout_section(page: Page, *, validation: bool = True) -> str:
    """Return how rows were held out and what that means for validation.

    Folds by the hidden groups are advised only to those who can tell the groups.

    Args:
        page: The page.
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
    }
    apart = "" if facts.alike or holdout.kind != "stratified" else " apart"
    told = [voice.say(f"{holdout.kind}{apart}", **fields)]
    shown = column == page.target or any(each.name == column for each in facts.features)
    if holdout.kind in ("group", "time") and not shown:
        raw = page.table.columns if page.table is not None else ()
        made = bool(raw) and all(each.name != column for each in raw)
        told.append(voice.say("made hidden" if made else f"{holdout.kind} hidden", **fields))
    unseen = " unseen" if holdout.kind == "group" and not shown else ""
    if validation:
        told.append(voice.say(f"{holdout.kind} then{unseen}{apart}", **fields))
    for kind in ("shared", "shared inside"):
        shared = page.idea.measured.get(kind.replace(" ", "_"))
        if shared and holdout.kind in ("random", "stratified"):
            told.append(voice.say(kind, shared=shared, noun=page.idea.measured["subject"]))
    told.append(public_part(page))
    return " ".join(told)


def public_part(page: Page) -> str:
    """Return how large the public part of the test rows is, and that a small one is rough."""
    share, rows = public_share(page), page.facts.test_rows
    fields = {"pub": nu.percent(share), "prv": nu.percent(1 - share)}
    told = [page.voice.say("parts", **fields)]
    if rows * share < _ROUGH:
        told.append(page.voice.say("parts small", **fields))
    return " ".join(told)


def public_share(page: Page) -> float:
    """Return the share of the test rows that is public: as counted, else as the recipe asks.

    Whole groups and classes are drawn, so that few rows may divide otherwise than was asked.
    """
    counted = page.facts.public_share
    return 1 - page.recipe.holdout.private_fraction if counted is None else counted
