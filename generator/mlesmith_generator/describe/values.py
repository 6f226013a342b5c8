"""The cells of the column table: type, values and a reading, from the training file."""

from __future__ import annotations

import re

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.measure import ColumnFacts
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.reading import is_opaque, reading_of
from mlesmith_generator.profiler.words import unit_of, words

_LISTED = 8
_VALUE = 30
_QUANTITIES = frozenset(
    "weight height length width depth distance temperature temp pressure speed area volume price "
    "cost costs income salary wage wages duration energy power mass diameter radius thickness "
    "altitude elevation revenue balance amount budget sales expenditure expenses voltage current "
    "density concentration dose rainfall precipitation wt ht".split()
)
_OPAQUE = (
    "name tells nothing",
    "not explained by its name",
    "opaque name",
    "meaning not given",
    "unexplained code name",
    "the name gives no clue",
)


def type_cell(column: ColumnFacts) -> str:
    """Return the type in one or two words."""
    if column.kind == "number":
        return "integer" if column.integer and not column.textual else "number"
    return column.kind


def missing_cell(column: ColumnFacts) -> str:
    """Return the share of missing values, or `none`."""
    return nu.percent(column.missing_share) if column.missing else "none"


def values_cell(column: ColumnFacts) -> str:
    """Return the range, the values or the kind of content."""
    if column.missing == column.rows:
        return "always missing"
    if column.kind == "constant" and column.top:
        return f"always {md.code(column.top[0][0], _VALUE)}"
    if column.minimum is not None and column.maximum is not None and column.kind == "number":
        digits = max(6, nu.digits(column.minimum, column.maximum))
        text = f"{nu.amount(column.minimum, digits)} to {nu.amount(column.maximum, digits)}"
        return text + (", some as text" if column.textual else "")
    if column.kind == "date" and column.first:
        return f"{md.plain(column.first, _VALUE)} to {md.plain(column.last, _VALUE)}"
    if column.kind in ("category", "boolean") and column.distinct <= _LISTED:
        levels = sorted((value for value, _ in column.top), key=_natural)
        return ", ".join(md.code(value, _VALUE) for value in levels)
    examples = dict.fromkeys(md.code(value, _VALUE) for value, _ in column.top[:6])
    shown = ", ".join(list(examples)[:2])
    return f"{nu.count(column.distinct)} different, such as {shown}"


def meaning_cell(page: Page, column: ColumnFacts) -> str:
    """Return what the column means, then what stands out in its values.

    The publisher's words come first, in quotation marks; without them the name is read.
    """
    trait = _trait(page, column)
    if quoted := page.quoted(column.name):
        return f"{quoted}; {trait}" if trait else quoted
    opaque = page.voice.pick(f"opaque/{column.name}", _OPAQUE) if is_opaque(column.name) else ""
    reading = reading_of(column.name) or opaque
    if _unit_missing(column):
        reading += ", unit not told"
    if not trait or reading in trait:
        return trait or reading or "as its name says"
    return f"{reading}; {trait}"


def _unit_missing(column: ColumnFacts) -> bool:
    """Whether the name speaks of a quantity that has a unit, and tells none."""
    parts = words(column.name)
    counted = column.integer and (column.maximum or 0) <= 12
    return (
        column.numeric
        and not counted
        and not unit_of(column.name)
        and any(part in _QUANTITIES for part in parts[-2:])
    )


def _natural(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value


def _trait(page: Page, column: ColumnFacts) -> str:
    if not column.filled or column.kind == "constant":
        return ""
    if column.numeric:
        return _number_trait(page, column)
    if column.kind == "text":
        if column.words >= 1.5:
            return f"about {nu.amount(round(column.words))} words each"
        return f"about {nu.amount(round(column.mean_length))} characters each"
    if column.kind == "date":
        return ""
    value, rows = column.top[0]
    if column.kind == "identifier" or rows <= 2:
        return "hardly ever the same twice"
    share = nu.percent(rows / column.filled)
    form = page.voice.pick(
        f"top/{column.name}",
        ("{v} in {s}", "mostly {v} ({s})" if rows > column.filled / 2 else "most often {v} ({s})",
         "{s} are {v}", "commonest {v} at {s}", "{v} leads with {s}"),
    )  # fmt: skip
    return form.format(v=md.code(value, _VALUE), s=share)


def _number_trait(page: Page, column: ColumnFacts) -> str:
    low, high = column.minimum or 0.0, column.maximum or 0.0
    parts = set(words(column.name))
    if parts & {"year", "yr", "yyyy"} and column.integer and low >= 1000 and high <= 2200:
        return "calendar year"
    if parts & {"lat", "latitude"} and low >= -90 and high <= 90:
        return "degrees"
    if parts & {"lon", "lng", "long", "longitude"} and low >= -180 and high <= 180:
        return "degrees"
    if column.zeros >= 0.5:
        return f"zero in {nu.percent(column.zeros)}"
    if column.std and abs(column.mean or 0.0) < 0.05 and 0.9 < column.std < 1.1 and low < 0:
        return "standardised scale"
    if column.integer and column.distinct <= 12 and column.top:
        return (
            f"{nu.word(column.distinct)} levels, {nu.amount(float(column.top[0][0]))} the commonest"
        )
    median = nu.amount(column.median or 0.0, 3)
    if column.skew > 4 and (column.high or 0.0) < 0.5 * high:
        return f"median {median}, 99 % at most {nu.amount(column.high or 0.0, 3)}"
    if column.skew < -4 and (column.low or 0.0) > 0.5 * low:
        return f"median {median}, 99 % at least {nu.amount(column.low or 0.0, 3)}"
    return page.voice.pick(
        f"median/{column.name}",
        (f"median {median}", f"half at most {median}", f"half of the values up to {median}",
         f"median value {median}", f"typically near {median}"),
    )  # fmt: skip


_NUMBERED = re.compile(r"(.*?)([0-9]+)([^0-9]*)", re.DOTALL)


def number_in(name: str) -> tuple[str, str, str] | None:
    """Return a name taken apart at its last run of digits, None where it has none."""
    match = _NUMBERED.fullmatch(name)
    if match is None:
        return None
    return match.group(1), match.group(2), match.group(3)
