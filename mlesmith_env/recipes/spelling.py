"""One spelling for numbers and dates that come in many."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from mlesmith_env.recipes.text import NUMBER

_MULTIPLES = {
    "k": 3,
    "K": 3,
    "thousand": 3,
    "M": 6,
    "mn": 6,
    "mio": 6,
    "million": 6,
    "millions": 6,
    "B": 9,
    "bn": 9,
    "billion": 9,
    "billions": 9,
    "trillion": 12,
}
_OF_MONEY = {"m": 6, "mm": 6, "MM": 6, "b": 9, "t": 12, "T": 12, "tn": 12}
"""What may be a unit elsewhere (metres, minutes, millimetres, tonnes)."""
_AMOUNT = re.compile(
    r"\(?\s*(?P<before>[^\d+\-.,()\u2212]{0,12}?)\s*(?P<sign>[-+\u2212])?\s*"
    r"(?P<currency>[$€£¥₹]?)\s*(?P<second>[-+\u2212])?"
    r"(?P<digits>\d[\d,.'\u00a0\u202f ]*|[.,]\d+)(?P<power>[eE][+-]?\d+)?\s*(?P<after>\D*)"
)
_SPACED = re.compile(r"\d{1,3}(?:['\u00a0\u202f ]\d{3})+(?:[.,]\d+)?")
_CURRENCIES = frozenset(("USD", "EUR", "GBP", "US", "CHF", "CAD", "AUD", "INR", "RS"))
_AFTERTHOUGHT = re.compile(r"(?:\s*\[[\w ]{1,6}\]|\s*[*\u2020\u2021])+$")
"""References to footnotes: `1,234[5]`, `1,234*`."""
_ABBREVIATED = re.compile(r"^([A-Za-z]{2,3})\.\s*(?=\d)")
_MARK_OF = re.compile(
    r"(?P<mark>\d+(?:[.,]\d+)?)\s*(?:/\s*(?:5|10|20|100)|(?:out )?of\s+\d+)(?:\s\D*)?"
)
"""Marks out of the best one: `75/100`, `4.5 out of 5 stars`."""
_LARGEST_POWER = 300
_CLOCK = re.compile(r"%[HIMSfpTXcR]")
_EARLY = 0.05
"""Part of a month by which a rounded fraction of a year may lie before it."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def plain_number(text: str) -> str | None:
    """Return the number in a text such as `$1,234.50`, `12 %`, `3.4M`, `(5)` or `<0.05`.

    The result follows `NUMBER`; None where there is no number, or more than one. `12 %` gives
    `12`, `75/100` gives `75`; a bound gives the bound; an amount in brackets is negative, as in
    accounts.
    """
    text = _AFTERTHOUGHT.sub("", text.strip())
    text = _ABBREVIATED.sub(r"\1 ", text)
    if NUMBER.fullmatch(text):
        return text
    mark = _MARK_OF.fullmatch(text)
    if mark:
        return mark["mark"].replace(",", ".")
    match = _AMOUNT.fullmatch(text)
    digits = _point(match["digits"].strip()) if match else None
    if match is None or digits is None or (match["sign"] and match["second"]):
        return None
    unit = match["after"].strip(" .)").split(" ")[0]
    power = _MULTIPLES.get(unit, _MULTIPLES.get(unit.lower() if len(unit) > 1 else unit, 0))
    if match["currency"] or match["before"].strip(" $€£¥₹").upper() in _CURRENCIES:
        power = power or _OF_MONEY.get(unit, 0)
    raised = match["power"] or "e0"
    if len(raised) > 9 or abs(int(raised[1:])) > _LARGEST_POWER:
        return None  # A code such as `$1e990823`, and nothing that a number can hold.
    value = Decimal(digits + raised).scaleb(power)
    in_brackets = text.startswith("(") and text.endswith(")")
    negative = in_brackets or (match["sign"] or match["second"]) in ("-", "\u2212")
    return format(-value if negative else value, "f") if value else "0"


def is_currency(text: str) -> bool:
    """Return whether text in front of digits names a currency (`USD`, `Rs.`, `CA$`)."""
    return text.strip(" .$€£¥₹").upper() in _CURRENCIES


def iso_date(text: str, form: str) -> str | None:
    """Return a date in ISO 8601 (`2024-03-01`, with a time `2024-03-01T09:30:00`), or None.

    Times with an offset become UTC, so that the texts sort as the moments do.

    Args:
        text: The date as it stands in the data.
        form: A `strptime` format, `ISO8601`, `unix_s` for seconds since 1970, or `year_fraction`
            for years with a decimal fraction, of which the first day of the month is taken.
    """
    try:
        if form == "unix_s":
            moment = _EPOCH + timedelta(seconds=float(text)) if NUMBER.fullmatch(text) else None
            timed = True
        elif form == "year_fraction":
            moment = _month_of(float(text)) if NUMBER.fullmatch(text) else None
            timed = False
        elif form == "ISO8601":
            moment = datetime.fromisoformat(text)
            timed = ":" in text or "T" in text
        else:
            moment = datetime.strptime(text, form)
            timed = _CLOCK.search(form) is not None
    except (ValueError, OverflowError):
        return None
    if moment is None:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat() if timed else moment.date().isoformat()


def _month_of(year: float) -> datetime:
    """Return the first day of the month in which a year and a part of it lie.

    A twelfth is often rounded to two digits, so that a month may begin a little early.
    """
    months = math.floor(year * 12 + _EARLY)
    return datetime(months // 12, months % 12 + 1, 1)


def to_text(value: float) -> str:
    """Return a finite float as short text: whole numbers without a point, else 12 digits."""
    if value == int(value) and abs(value) < 1e15:
        return str(int(value))
    return f"{value:.12g}"


def _point(digits: str) -> str | None:
    """Return digits with a decimal point and without marks between thousands; None if unclear."""
    if re.search(r"['\u00a0\u202f ]", digits.strip()):
        if not _SPACED.fullmatch(digits):
            return None
        digits = re.sub(r"['\u00a0\u202f ]", "", digits)
    digits = digits.rstrip(".,") if digits[-1:] in ".," else digits
    commas, points = digits.count(","), digits.count(".")
    if commas and points:
        mark, other = (",", ".") if digits.rfind(",") > digits.rfind(".") else (".", ",")
        if digits.count(mark) > 1:
            return None
        return digits.replace(other, "").replace(mark, ".")
    if commas:
        if re.fullmatch(r"\d{1,3}(,\d{2,3})*,\d{3}", digits):
            return digits.replace(",", "")
        return digits.replace(",", ".") if commas == 1 else None
    if points > 1:
        return digits.replace(".", "") if re.fullmatch(r"\d{1,3}(\.\d{3})+", digits) else None
    return digits
