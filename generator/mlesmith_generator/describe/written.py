"""Amounts and days that are written as text: `60 kg`, `$2.39`, `December 26th, 2013`."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from itertools import islice

from mlesmith_env.recipes.spelling import plain_number
from mlesmith_generator.describe import markdown as md

_LOOKED = 2_000
"""Different values that are looked at."""
_FEWEST = 4
"""Different values without which nothing is said."""
_NEARLY_ALL = 0.95
_UNITS = 3
"""Units of one column that are told."""
_AMOUNT = re.compile(
    r"(?P<sign>\D?) ?[-+]?(?P<number>\d[\d.,']*)(?P<blank> ?)"
    r"(?P<unit>[%°‰]|[^\W\d_][^\d,.;:]{0,19})?"
)
_MIDNIGHT = re.compile(r"(?P<day>\d[\d./-]{5,9})[ T]00:00(?::00(?:\.0+)?)?")
_MONTHS = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    "sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_LONG_DATE = re.compile(
    rf"(?:\w+,? )?(?:(?:{_MONTHS})\.? \d{{1,2}}(?:st|nd|rd|th)?,? |"
    rf"\d{{1,2}}(?:st|nd|rd|th)?[ -](?:{_MONTHS})\.?,?[ -])\d{{4}}",
    re.IGNORECASE,
)
_SHORT_DAY = re.compile(r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])")


def written_as(values: Sequence[str]) -> str:
    """Return how the different values of a column are amounts or days in words, where they are.

    Empty where they are not, nearly all of them.
    """
    looked = list(islice(values, _LOOKED))
    if len(looked) < _FEWEST:
        return ""
    return _days(looked) or _amounts(looked)


def _days(values: Sequence[str]) -> str:
    if all(_LONG_DATE.fullmatch(value) for value in values):
        return "dates written as text"
    found = [_MIDNIGHT.fullmatch(value) for value in values]
    if not all(found):
        return ""
    short = all(each is not None and _SHORT_DAY.fullmatch(each["day"]) for each in found)
    return f"a day{' as YYMMDD' if short else ''}, its time 00:00 in every row"


def _amounts(values: Sequence[str]) -> str:
    """Say which units stand behind or before the numbers of values, at most three."""
    units = Counter(unit for value in values if (unit := _unit(value)))
    most = units.most_common(_UNITS)
    if sum(number for _, number in most) < _NEARLY_ALL * len(values):
        return ""
    told = md.listing([md.code(unit, 20) for unit, _ in most])
    return f"numbers written as text, with the unit{'s' if len(most) > 1 else ''} {told}"


def _unit(value: str) -> str:
    """Return the unit of an amount, empty where a value is no number with one unit."""
    match = _AMOUNT.fullmatch(value)
    if match is None or plain_number(match["number"]) is None:
        return ""
    sign, unit = match["sign"], (match["unit"] or "").strip()
    if sign:
        return sign if unicodedata.category(sign) == "Sc" and not unit else ""
    # A capital that touches its number makes a code (`3B`), a unit in small letters an amount.
    return unit if match["blank"] or not unit[:1].isupper() else ""
