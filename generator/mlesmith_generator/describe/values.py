"""The cells of the column table: type, values and a reading, from the training file."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Sequence

from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.measure import ColumnFacts
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.reading import is_opaque, reading_of, vocabulary
from mlesmith_generator.profiler.glossary import is_nameless
from mlesmith_generator.profiler.words import unit_of, words

_LISTED = 8
_VALUE = 30
_SCALE = 12
"""Whole numbers up to which they are the levels of a scale."""
_MEASURED = frozenset(
    "height length width depth distance temperature temp pressure speed area volume duration "
    "diameter radius thickness altitude elevation rainfall precipitation ht".split()
)
"""Quantities that are nothing without their unit."""
_STATISTICS = frozenset("min max mean avg average minimum maximum median total".split())
_CODES = frozenset("id ids code codes key keys uuid zip zipcode postcode fips isbn".split())
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
    if column.smiles:
        return "text"
    return "constant in training" if column.test_varies else column.kind


def missing_cell(column: ColumnFacts) -> str:
    """Return the share of missing values, or `none`."""
    if column.missing:
        return nu.percent(column.missing_share)
    return "none in training" if column.test_gaps else "none"


def values_cell(column: ColumnFacts, order: Sequence[str] = ()) -> str:
    """Return the range, the values or the kind of content.

    Args:
        column: The column.
        order: Its levels in their own order, where they have one.
    """
    known = " in training" if column.test_varies else ""
    if column.missing == column.rows:
        return f"always missing{known}"
    if column.kind == "constant" and column.top:
        return f"always {md.code(column.top[0][0], _VALUE)}{known}"
    if column.minimum is not None and column.maximum is not None and column.kind == "number":
        digits = max(6, nu.digits(column.minimum, column.maximum))
        text = f"{nu.amount(column.minimum, digits)} to {nu.amount(column.maximum, digits)}"
        return text + (", some as text" if column.textual else "")
    if column.kind == "date" and column.first:
        return f"{md.plain(column.first, _VALUE)} to {md.plain(column.last, _VALUE)}"
    if column.kind in ("category", "boolean") and column.distinct <= _LISTED:
        present = {value for value, _ in column.top}
        ordered = [level for level in order if level in present]
        levels = ordered if len(ordered) == len(present) else sorted(present, key=_natural)
        return ", ".join(_apart(levels))
    shown = ", ".join(_apart([value for value, _ in column.top[:2]]))
    return f"{nu.count(column.distinct)} different, such as {shown}"


def _apart(values: Sequence[str]) -> list[str]:
    """Return values as code spans, long ones cut where they stay apart."""
    short = [md.code(value, _VALUE) for value in values]
    return (
        short if len({*short}) == len(short) else [md.code(value, 3 * _VALUE) for value in values]
    )


def notes_cell(page: Page, column: ColumnFacts) -> str:
    """Return what the column means, then what stands out in its values.

    The publisher's words come first, in quotation marks; without them the name is read.
    """
    if quoted := page.quoted(column.name):
        told = (quoted, _repeated(page, column), _trait(page, column))
        return "; ".join(part for part in told if part)
    placed = page.table is not None and is_nameless(page.table)  # Which is told above the table.
    dark = is_opaque(column.name) and not placed
    opaque = page.voice.pick(f"opaque/{column.name}", _OPAQUE) if dark else ""
    reading = reading_of(column.name, page.names) or opaque
    unit = "unit not told" if _unit_missing(column) else ""
    told = (reading, unit, _repeated(page, column), _trait(page, column))
    return "; ".join(part for part in told if part)


def _repeated(page: Page, column: ColumnFacts) -> str:
    """How the column follows from an earlier one, where it does."""
    repeat = page.facts.repeats.get(column.name)
    return "" if repeat is None else repeat.told(page.code(repeat.of))


def _unit_missing(column: ColumnFacts) -> bool:
    """Whether the name is that of a measured quantity, and tells no unit."""
    parts = [part for part in words(column.name) if part not in _STATISTICS]
    return (
        column.numeric
        and column.distinct > _SCALE
        and (column.maximum or 0.0) > 1.0
        and not _standardised(column)
        and not unit_of(column.name)
        and bool(parts)
        and parts[-1] in _MEASURED
    )


def _natural(value: str) -> tuple[float, str]:
    try:
        return float(value), value
    except ValueError:
        return float("inf"), value


def _trait(page: Page, column: ColumnFacts) -> str:
    if not column.filled or column.kind in ("constant", "date"):
        return ""
    if column.numeric:
        return _number_trait(page, column)
    if column.smiles:
        return f"structure of a molecule in SMILES; {_different(column)}"
    if column.written and column.kind != "category":
        return column.written
    if column.kind == "text":
        if column.words >= 1.5:
            return f"about {nu.amount(round(column.words))} words on average"
        return f"about {nu.amount(round(column.mean_length))} characters on average"
    value, rows = column.top[0]
    if column.kind == "identifier" or rows <= 2:
        return column.written or _different(column)
    share = nu.percent(rows / column.filled)
    if len(column.top) > 1 and nu.percent(column.top[1][1] / column.filled) == share:
        level = "both" if column.distinct == 2 else "the commonest values"
        alike = f"{level} at {share} each"
        return f"{column.written}; {alike}" if column.written else alike
    form = page.voice.pick(
        f"top/{column.name}",
        ("{v} in {s}", "mostly {v} ({s})" if rows > column.filled / 2 else "most often {v} ({s})",
         "{s} are {v}", "commonest {v} at {s}", "{v} leads with {s}"),
    )  # fmt: skip
    leads = form.format(v=md.code(value, _VALUE), s=share)
    return f"{column.written}; {leads}" if column.written else leads


def _different(column: ColumnFacts) -> str:
    """How far the values of a column are different ones."""
    if column.distinct == column.filled:
        return "no two alike"
    most = column.top[0][1]
    if most <= 2:
        return "hardly ever the same twice" if column.distinct > 0.9 * column.filled else "in pairs"
    return f"one value in up to {nu.counted(most, 'row')}"


def _number_trait(page: Page, column: ColumnFacts) -> str:
    low, high = column.minimum or 0.0, column.maximum or 0.0
    if label := _label_trait(column):
        return label
    if column.zeros >= 0.5:
        return f"zero in {nu.percent(column.zeros)}"
    if column.above_zero is not None:
        return f"{nu.percent(column.zeros)} are 0, the others {nu.amount(column.above_zero)} and up"
    if _standardised(column):
        return "standardised scale"
    if column.integer and column.distinct <= _SCALE and column.top:
        levels = f"{nu.word(column.distinct)} levels"
        if len({rows for _, rows in column.top[:2]}) < len(column.top[:2]):
            return levels
        return f"{levels}, {nu.amount(float(column.top[0][0]))} the commonest"
    median = nu.amount(column.median or 0.0, 3)
    if column.capped:
        return f"median {median}, {nu.percent(column.capped)} at the maximum, like a cap"
    if column.skew > 4 and (column.high or 0.0) < 0.5 * high:
        return f"median {median}, 99 % at most {nu.amount(column.high or 0.0, 3)}"
    if column.skew < -4 and (column.low or 0.0) > 0.5 * low:
        return f"median {median}, 99 % at least {nu.amount(column.low or 0.0, 3)}"
    return page.voice.pick(
        f"median/{column.name}",
        (f"median {median}", f"half are at most {median}", f"half of the values up to {median}",
         f"median value {median}", f"typically near {median}"),
    )  # fmt: skip


def is_label(column: ColumnFacts) -> bool:
    """Return whether the numbers of a column are no amounts, but years, places, days or codes."""
    return bool(_label_trait(column))


def _label_trait(column: ColumnFacts) -> str:
    """What numbers are that are no amounts: years, degrees, days, codes; empty for amounts."""
    low, high = column.minimum or 0.0, column.maximum or 0.0
    parts = words(column.name)
    if {"year", "yr", "yyyy"} & set(parts) and column.integer and low >= 1000 and high <= 2200:
        return "calendar year"
    if {"lat", "latitude"} & set(parts) and low >= -90 and high <= 90:
        return "degrees"
    if _is_longitude(parts) and low >= -180 and high <= 180:
        return "degrees"
    if column.integer and _is_calendar(column):
        return "day as YYYYMMDD"
    if column.integer and column.distinct > _SCALE and _is_code(parts):
        return f"codes, no amounts; {nu.count(column.distinct)} different ones"
    return ""


def _is_longitude(parts: Sequence[str]) -> bool:
    """Whether a name is that of a longitude; `long` alone is one, beside other words it is long."""
    return bool({"lon", "lng", "longitude"} & set(parts)) or tuple(parts) == ("long",)


def _is_code(parts: Sequence[str]) -> bool:
    """Whether a name ends in a word for codes, or in `id` glued to a plain word."""
    last = next((part for part in reversed(parts) if not part.isdigit()), "")
    return last in _CODES or (last.endswith("id") and last[:-2] in vocabulary())


def _is_calendar(column: ColumnFacts) -> bool:
    """Whether the ends and the most frequent values are days of the calendar in eight digits."""
    ends = [f"{end:.0f}" for end in (column.minimum, column.maximum) if end is not None]
    shown = [*ends, *(value.removesuffix(".0") for value, _ in column.top)]
    return len(column.top) > 2 and all(map(_is_day, shown))


def _is_day(value: str) -> bool:
    if not re.fullmatch(r"(?:1[7-9]|20)\d{6}", value):
        return False
    year, month, day = int(value[:4]), int(value[4:6]), int(value[6:])
    return 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]


def _standardised(column: ColumnFacts) -> bool:
    std, mean = column.std or 0.0, column.mean or 0.0
    return abs(mean) < 0.05 and 0.9 < std < 1.1 and (column.minimum or 0.0) < 0


_NUMBERED = re.compile(r"(.*?)([0-9]+)([^0-9]*)", re.DOTALL)


def number_in(name: str) -> tuple[str, str, str] | None:
    """Return a name taken apart at its last run of digits, None where it has none."""
    match = _NUMBERED.fullmatch(name)
    if match is None:
        return None
    return match.group(1), match.group(2), match.group(3)
