"""Findings about the condition of the data: gaps, tails, levels, sizes, periods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.finding import Finding
from mlesmith_generator.describe.measure import ColumnFacts
from mlesmith_generator.describe.naming import entity
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.reading import is_opaque
from mlesmith_generator.describe.values import is_label
from mlesmith_generator.profiler.words import words

_KINDS = {
    "number": "numeric column",
    "category": "categorical column",
    "boolean": "binary column",
    "date": "date column",
    "text": "text column",
    "identifier": "code column",
    "constant": "constant column",
}
_SHARES = frozenset("percent percentage percents pct perc share shares fraction proportion".split())


def quirk_findings(page: Page) -> Iterator[Finding]:
    """Yield findings about the features and the size of the training file."""
    yield from _unread(page)
    yield from _gaps(page)
    yield from _size(page)
    yield from _levels(page)
    yield from _shapes(page)
    yield from _lone_zeros(page)
    yield from _scales(page)
    yield from _words(page)
    yield from _order(page)


def _unread(page: Page) -> Iterator[Finding]:
    """Tell of texts such as `None` that are values here, but that readers take for missing."""
    found = [column for column in (*page.facts.features, page.facts.target) if column.unread[1]]
    if not found:
        return
    column = max(found, key=lambda column: column.unread[1])
    value, rows = column.unread
    fields = {
        "c": page.code(column.name),
        "v": md.code(value, 40),
        "rows": nu.counted(rows, "training row"),
    }
    yield Finding("unread", 0.97, fields)


def _gaps(page: Page) -> Iterator[Finding]:
    facts = page.facts
    holed = [column for column in facts.features if column.missing]
    if not holed:
        if facts.features and not any(column.test_gaps for column in facts.features):
            yield Finding("full", 0.3, {"n": nu.count(facts.train_rows)})
        return
    told = [column for column in holed if column.filled] or holed
    worst = max(told, key=lambda column: column.missing)
    weight = min(1.0, 0.25 + 1.2 * worst.missing_share)
    fields = {"c": page.code(worst.name), "s": nu.percent(worst.missing_share)}
    others = len(holed) - 1
    if not others:
        if not any(column.test_gaps for column in facts.features):
            yield Finding("gaps one", weight, fields)
        return
    more = nu.counted(others, "other column", words=True)
    fields["rest"] = f", and {more} {'has' if others == 1 else 'have'} gaps too"
    fields["columns"] = nu.counted(len(holed), "column", words=True)
    complete = facts.complete / max(1, facts.train_rows)
    if 0 < complete < 0.8:
        fields["complete"] = nu.percent(complete)
    yield Finding("gaps", weight, fields)


def _size(page: Page) -> Iterator[Finding]:
    n, k = page.facts.train_rows, len(page.facts.features)
    fields = {"n": nu.count(n), "k": nu.count(k)}
    if k > 20 and n < 12 * k:
        yield Finding("wide", 0.7, fields)
    elif n < 400:
        yield Finding("small", 0.55, fields)
    elif n > 40_000:
        yield Finding("large", 0.4, fields)
    kinds = _kinds(page.facts.features)
    if len(kinds) > 1:
        yield Finding("kinds", 0.45, {"kinds": md.listing(kinds)})


def _kinds(columns: Sequence[ColumnFacts]) -> list[str]:
    """Return how many columns there are of each kind, in words."""
    varying = sum(column.test_varies for column in columns)
    kinds = [
        nu.counted(number, noun, words=True)
        for kind, noun in _KINDS.items()
        if (number := sum(_kind(c) == kind and not c.test_varies for c in columns))
    ]
    if varying:
        kinds.append(f"{nu.counted(varying, 'column', words=True)} constant in training alone")
    return kinds


def _kind(column: ColumnFacts) -> str:
    """Return the kind of a column as the table of columns has it: molecules are texts there."""
    return "text" if column.smiles else column.kind


def _levels(page: Page) -> Iterator[Finding]:
    facts = page.facts
    nominal = [c for c in facts.features if c.kind == "category" and c.distinct > 25]
    if not nominal:
        return
    widest = max(nominal, key=lambda column: column.distinct)
    value, rows = widest.top[0]
    fields = {
        "c": page.code(widest.name),
        "d": nu.count(widest.distinct),
        "n": nu.count(facts.train_rows),
    }
    if len(widest.top) < 2 or rows > widest.top[1][1]:
        fields["v"] = md.code(value, 40)
    if rows > 0.05 * widest.filled and widest.distinct > 50:
        fields["s"] = nu.percent(rows / max(1, widest.filled))
    yield Finding("levels", 0.55, fields)


def _shapes(page: Page) -> Iterator[Finding]:
    numeric = [c for c in page.facts.features if c.numeric and c.distinct > 10 and not is_label(c)]
    if not numeric:
        return
    tail = max(numeric, key=lambda column: column.skew)
    if tail.skew > 3 and tail.zeros < 0.5:
        yield Finding("tail", 0.5, _range_fields(page, tail))
    hollow = max(numeric, key=lambda column: column.zeros)
    if hollow.zeros >= 0.5:
        yield Finding("zeros", 0.5, _range_fields(page, hollow))


def _lone_zeros(page: Page) -> Iterator[Finding]:
    """Tell of zeros that stand far below all other numbers of their column.

    Nothing is odd about the zero of a share, or where a count beside it is 0 as well.
    """
    found = [
        (column, column.above_zero)
        for column in page.facts.features
        if column.above_zero is not None
        and column.numeric
        and not column.counted
        and not is_label(column)
        and not _is_share(page, column.name)
    ]
    if not found:
        return
    column, above = max(found, key=lambda pair: pair[0].zeros)
    others = len(found) - 1
    fields = {
        "c": page.code(column.name),
        "rows": nu.counted(round(column.zeros * (column.filled - column.textual)), "training row"),
        "above": nu.amount(above),
        "rest": f"; the same goes for {nu.counted(others, 'other column', words=True)}"
        if others
        else "",
    }
    yield Finding("lone zeros", 0.8, fields)


def _is_share(page: Page, name: str) -> bool:
    """Whether a column is a part of a whole, by its name or by what the publisher says of it."""
    said = page.quoted(name)
    return "%" in name + said or bool(_SHARES & {*words(name), *words(said)})


def _scales(page: Page) -> Iterator[Finding]:
    """Tell of numbers whose size another column decides, such as pay by the hour or the year."""
    scales = page.facts.scales
    column = None if scales is None else page.facts.feature(scales.column)
    if scales is None or column is None or is_label(column):
        return
    fields = {
        "c": page.code(scales.column),
        "by": page.code(scales.by),
        "high": md.code(scales.high[0], 40),
        "low": md.code(scales.low[0], 40),
        "m1": nu.amount(scales.high[1], 3),
        "m0": nu.amount(scales.low[1], 3),
    }
    yield Finding("scales", 1.0, fields)


def _range_fields(page: Page, column: ColumnFacts) -> dict[str, str]:
    return {
        "c": page.code(column.name),
        "median": nu.amount(column.median or 0.0, 3),
        "min": nu.amount(column.minimum or 0.0),
        "max": nu.amount(column.maximum or 0.0),
        "s": nu.percent(column.zeros),
        "t": nu.percent(1 - column.zeros),
    }


def _words(page: Page) -> Iterator[Finding]:
    features = page.facts.features
    texts = [column for column in features if column.kind == "text" and column.words >= 4]
    if texts:
        longest = max(texts, key=lambda column: column.words)
        fields = {"c": page.code(longest.name), "w": nu.count(round(longest.words))}
        yield Finding("text", 0.7, fields)
    opaque = [
        column.name
        for column in features
        if is_opaque(column.name) and not page.quoted(column.name)
    ]
    if len(opaque) >= 3 and len(opaque) >= 0.4 * len(features):
        told = nu.counted(len(opaque), "column", words=True)
        fields = {"columns": told, "example": page.code(opaque[len(opaque) // 2])}
        yield Finding("opaque", 0.6, fields)


def _order(page: Page) -> Iterator[Finding]:
    facts = page.facts
    dates = [column for column in facts.features if column.kind == "date" and column.first]
    if dates:
        first, last = (md.plain(text, 30) for text in (dates[0].first, dates[0].last))
        fields = {"c": page.code(dates[0].name), "first": first, "last": last}
        yield Finding("period", 0.6, fields)
    groups = facts.groups
    if groups is not None:
        noun = entity(groups.column)
        fields = {
            "g": nu.count(groups.train),
            "noun": noun,
            "nouns": nu.plural(noun),
            "median": nu.amount(groups.median, 3),
            "largest": nu.count(groups.largest),
            "n": nu.count(facts.train_rows),
        }
        yield Finding("families", 0.6, fields)
