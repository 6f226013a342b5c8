"""Durations that come in many spellings, as minutes."""

from __future__ import annotations

import re
from decimal import Decimal

_UNITS = (
    r"(?:(?P<days>\d+(?:[.,]\d+)?)\s*d(?:ays?)?)?[\s,]*"
    r"(?:(?P<hours>\d+(?:[.,]\d+)?)\s*h(?:(?:ou)?rs?)?\.?)?[\s,]*(?:and\s+)?"
    r"(?:(?P<minutes>\d+(?:[.,]\d+)?)\s*m(?:in(?:ute)?s?)?\.?)?[\s,]*(?:and\s+)?"
    r"(?:(?P<seconds>\d+(?:[.,]\d+)?)\s*s(?:ec(?:ond)?s?)?\.?)?"
)
_WORDS = re.compile(_UNITS, re.IGNORECASE)
_ISO = re.compile(
    r"P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)
_CLOCK = re.compile(r"(?:(?P<hours>\d{1,3}):)?(?P<minutes>\d{1,3}):(?P<seconds>[0-5]\d(?:\.\d+)?)")
_MINUTES = {"days": Decimal(1440), "hours": Decimal(60), "minutes": Decimal(1)}


def minutes_of(text: str) -> str | None:
    """Return the minutes of a duration as a number, at most 6 digits behind the point, or None.

    Durations are words (`1h 35m`, `2 hours`, `95 min`, `1 hr 5 sec`), clocks (`1:35:20` is hours,
    minutes and seconds, `35:20` minutes and seconds) or ISO 8601 (`PT1H35M`).
    """
    text = text.strip()
    match = _CLOCK.fullmatch(text) or _ISO.fullmatch(text) or _WORDS.fullmatch(text)
    if match is None or not any(match.groups()):
        return None
    total = Decimal(0)
    for unit, value in match.groupdict().items():
        if value is not None:
            amount = Decimal(value.replace(",", "."))
            total += amount * _MINUTES[unit] if unit in _MINUTES else amount / 60
    told = format(round(total, 6), "f")
    return told.rstrip("0").rstrip(".") if "." in told else told


def parts_of(text: str) -> int:
    """Return how many units a duration names: 2 for `1h 35m` and `35:20`, 0 for what is none."""
    text = text.strip()
    match = _CLOCK.fullmatch(text) or _ISO.fullmatch(text) or _WORDS.fullmatch(text)
    return sum(part is not None for part in match.groups()) if match else 0


def is_clock(text: str) -> bool:
    """Return whether a duration is written as a clock shows it, and so might be a time of day."""
    return _CLOCK.fullmatch(text.strip()) is not None
