"""Findings about what goes with the target in the training rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.association import Association
from mlesmith_generator.describe.facts import objective_of
from mlesmith_generator.describe.finding import Finding
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.phrases import bank
from mlesmith_generator.describe.relations import PAIRED

_MEASURES = {
    "rank": "rank correlation",
    "ratio": "correlation ratio by rank",
    "cramer": "Cramér's V",
}
_NOTHING = 0.05
"""Strength below which nothing is said of a column."""
_FAINT = 0.25
"""Strength below which even the best column says little."""
_NEAR = 0.12
"""Difference in strength below which two columns are told together."""
_CLOSE = 0.03
"""Difference up to which one is said to do nearly as well as the other, if measured alike."""
_STANDS_OUT = 0.05
"""By how much two columns have to be ahead of the third to be told as the two that count."""
_GAPPY = 0.5
"""Share of missing values from which a column is said to be measured where it has values."""
_CALLED = 2
"""Columns that were not measured and are told by name."""
_REPEAT, _OVERLAP, _APART = 0.95, 0.8, 0.25
"""Rank correlations of features from which they all but repeat each other, from which they overlap,
and up to which they hardly do."""


def signal_findings(page: Page) -> Iterator[Finding]:
    """Yield findings about single columns and pairs of them."""
    yield from _leaders(page)
    yield from _contrast(page)
    closest = page.facts.closest
    if closest is None:
        return
    a, b, value = closest
    fields = {"a": page.code(a), "b": page.code(b), "r": nu.correlation(value)}
    numeric = sum(column.numeric for column in page.facts.features)
    if page.facts.copied:
        yield Finding("closest copied", 0.9, fields)
    elif fields["r"] in ("1.00", "-1.00"):
        yield Finding("closest ordered" if value > 0 else "closest reversed", 0.7, fields)
    elif abs(value) >= _REPEAT:
        bank_of = "closest" if value > 0 else "closest opposed"
        yield Finding(bank_of, 0.2 + abs(value) / 2, fields)
    elif numeric > PAIRED:
        # Pairs that were not looked at may be closer.
        return
    elif abs(value) >= _OVERLAP:
        bank_of = "closest overlap" if value > 0 else "closest overlap opposed"
        yield Finding(bank_of, 0.2 + abs(value) / 2, fields)
    elif abs(value) < _APART and numeric >= 4:
        yield Finding("apart", 0.4, fields)


def _leaders(page: Page) -> Iterator[Finding]:
    ranked = [each for each in page.facts.associations if each.strength >= _NOTHING]
    if len(ranked) < 2:
        return
    level = [each for each in ranked if _size(each) == _size(ranked[0])]
    if len(level) > 1:
        yield _level(level, page)
        return
    first, second = ranked[0], ranked[1]
    fields = {
        "c": page.code(first.column),
        "r": _shown(first),
        "measure": _MEASURES[first.measure],
        "target": page.code(page.target),
    }
    faint = first.strength < _FAINT
    # Of three, which column is the second can not be told by the figures.
    alone = faint or (len(ranked) > 2 and _size(second) == _size(ranked[2]))
    gappy = _gappy([first] if alone else [first, second], page)
    fields |= gappy
    aside, then = _left_out(page), "filled" if gappy else ""
    if alone:
        bank_of, weight = ("leader faint", 0.85) if faint else ("leader", 1.0)
        yield Finding(bank_of, weight, fields, then=then, aside=aside)
        return
    same = second.measure == first.measure
    fields |= {
        "c2": page.code(second.column),
        "r2": _shown(second),
        "measure2": _MEASURES[second.measure],
        "other": "" if same else f" ({_MEASURES[second.measure]})",
    }
    if same:
        fields["pairwise"] = _plural(first)
    if first.strength < second.strength + _NEAR:
        yield Finding(_pair_bank(ranked, page), 1.0, fields, then=then, aside=aside)
    elif _has_direction(first, page) and page.voice.draw("leader direction") < 0.5:
        way = "leader rising" if first.sign > 0 else "leader falling"
        yield Finding(way, 1.0, fields, then=then, aside=aside)
    else:
        yield Finding("leader", 1.0, fields, then=then, aside=aside)


def _level(level: Sequence[Association], page: Page) -> Finding:
    """Tell of several columns whose figures are the same: none of them leads."""
    first, second = level[0], level[1]
    fields = {
        "k": nu.word(len(level)),
        "c": page.code(first.column),
        "c2": page.code(second.column),
        "size": _size(first) + (" in size" if any(each.sign < 0 for each in level) else ""),
        "measures": md.listing(list(dict.fromkeys(_MEASURES[each.measure] for each in level))),
        "target": page.code(page.target),
        **(gappy := _gappy([first, second], page)),
    }
    many = "several" if len(level) > 2 else "two"
    faint = first.strength < _FAINT
    named = f"leaders faint {many}" if faint else f"leaders {many}"
    then = "filled" if gappy else ""
    return Finding(named, 0.85 if faint else 1.0, fields, then=then, aside=_left_out(page))


def _has_direction(first: Association, page: Page) -> bool:
    """Whether a column is one of numbers of which more goes with more, or with less."""
    column = page.facts.feature(first.column)
    return first.measure == "rank" and (column is None or column.kind == "number")


def _left_out(page: Page) -> str:
    """Return what the files show, and nobody measured; empty where every column was measured."""
    measured = {each.column for each in page.facts.associations}
    left = [
        column
        for column in page.facts.features
        if column.name not in measured and column.kind != "constant" and column.filled
    ]
    if len(left) <= _CALLED:
        return md.listing([page.code(column.name) for column in left])
    texts = sum(column.kind == "text" for column in left)
    others = len(left) - texts
    kinds = [nu.counted(texts, "text column", words=True)] if texts else []
    if others:
        kinds.append(f"{nu.counted(others, 'column', words=True)} of many values")
    return md.listing(kinds)


def _gappy(columns: Sequence[Association], page: Page) -> dict[str, str]:
    """Return what is told of the one with most gaps, if it is empty more often than not."""
    shares = {
        each.column: column.missing_share
        for each in columns
        if (column := page.facts.feature(each.column)) is not None
    }
    most = max(shares, key=lambda name: shares[name], default="")
    if not most or shares[most] <= _GAPPY:
        return {}
    return {"gappy": page.code(most), "share": nu.percent(1 - shares[most])}


def _plural(association: Association) -> str:
    if association.measure == "cramer":
        return "values of Cramér's V"
    noun, by, rest = _MEASURES[association.measure].partition(" by ")
    return f"{noun}s{by}{rest}"


def _pair_bank(ranked: list[Association], page: Page) -> str:
    """Return the words for two columns that are told together: no more than is true of them."""
    first, second = ranked[0], ranked[1]
    # Of measures of two kinds the same figure is no draw.
    close = first.strength - second.strength <= _CLOSE and first.measure == second.measure
    third = ranked[2].strength if len(ranked) > 2 else 0.0
    ahead = second.strength - third >= _STANDS_OUT
    fitting = ["leader pair", *["leader close"] * close, *["leader two"] * ahead]
    # Each sentence is as likely as any other, in whichever bank it stands.
    drawn = [name for name in fitting for _ in bank(name)]
    return drawn[int(page.voice.draw("leader pair of") * len(drawn))]


def _contrast(page: Page) -> Iterator[Finding]:
    contrast = page.facts.contrast
    if contrast is None:
        return
    number = objective_of(page.form) == "regression"
    high, low = contrast.high[2], contrast.low[2]
    fields = {
        "c": page.code(contrast.column),
        "high": md.code(contrast.high[0], 40),
        "low": md.code(contrast.low[0], 40),
        "p1": nu.amount(high, 3) if number else nu.percent(high),
        "p0": nu.amount(low, 3) if number else nu.percent(low),
        "target": page.code(page.target),
    }
    if page.form.classes:
        fields["positive"] = md.code(page.form.classes[-1], 40)
    if fields["p1"] != fields["p0"]:
        yield Finding("split number" if number else "split class", 0.75, fields)


def _size(association: Association) -> str:
    return nu.correlation(association.strength)


def _shown(association: Association) -> str:
    return nu.correlation(association.strength * (association.sign or 1))
