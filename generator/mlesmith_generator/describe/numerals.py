"""Numbers as a reader wants them: separators, shares, ranges, small counts in words."""

from __future__ import annotations

import math

_WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_IRREGULAR = {
    "entry": "entries",
    "category": "categories",
    "class": "classes",
    "is": "are",
    "has": "have",
    "was": "were",
    "does": "do",
    "person": "people",
    "child": "children",
    "man": "men",
    "woman": "women",
    "series": "series",
    "species": "species",
}


def count(number: int) -> str:
    """Return digits with thousands separators: `12,345`."""
    return f"{number:,d}"


def word(number: int) -> str:
    """Return small counts in words (`seven`), others in digits."""
    return _WORDS[number] if 0 <= number < len(_WORDS) else count(number)


def plural(noun: str) -> str:
    """Return the plural of an English noun."""
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith(("s", "x", "z", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def counted(number: int, noun: str, *, words: bool = False) -> str:
    """Return `1 row`, `2,923 rows`, or `two rows` with `words`."""
    shown = word(number) if words else count(number)
    return f"{shown} {noun if number == 1 else plural(noun)}"


def percent(share: float) -> str:
    """Return a share as `0 %`, `under 0.1 %`, `3.4 %`, `37 %`, `over 99.9 %` or `100 %`."""
    if not math.isfinite(share):
        return "an unknown share"
    value = 100 * share
    if value <= 0:
        return "0 %"
    if value >= 100:
        return "100 %"
    if value < 0.1:
        return "under 0.1 %"
    if value > 99.9:
        return "over 99.9 %"
    if value < 10 or value > 99:
        return f"{value:.1f}".removesuffix(".0") + " %"
    return f"{value:.0f} %"


def amount(number: float, digits: int = 4) -> str:
    """Return a number with `digits` significant digits, separators from 10,000 upwards.

    Whole numbers below 1e15 keep all their digits.
    """
    if not math.isfinite(number):
        return str(number)
    if number == int(number) and abs(number) < 1e15:
        whole = int(number)
        return f"{whole:,d}" if abs(whole) >= 10_000 else str(whole)
    size = abs(number)
    if size >= 1e15 or size < 1e-4:
        return f"{number:.{digits}g}"
    if size >= 10_000:
        decimals = max(0, digits - 1 - math.floor(math.log10(size)))
        text = f"{number:,.{decimals}f}"
        return text.rstrip("0").rstrip(".") if "." in text else text
    text = f"{number:.{digits}g}"
    return f"{float(text):.{digits}f}".rstrip("0").rstrip(".") if "e" in text else text


def digits(low: float, high: float) -> int:
    """Return how many significant digits tell numbers of a range apart, at least 4."""
    size, spread = max(abs(low), abs(high)), high - low
    if not (math.isfinite(size) and spread > 0.0):
        return 4
    return min(15, max(4, 3 + math.ceil(math.log10(size / spread))))


def correlation(value: float) -> str:
    """Return a correlation with two decimals and its sign: `0.69`, `-0.41`."""
    shown = f"{value:.2f}"
    return "0.00" if shown == "-0.00" else shown


def article(following: str) -> str:
    """Return `a` or `an` for the word or number that follows."""
    head = following.lstrip("`*\"' ").lower()
    if head.startswith(("8", "11 ", "11,", "18 ", "18,", "hour", "honest", "heir")):
        return "an"
    if head.startswith(("uni", "use", "eu", "one", "once")):
        return "a"
    return "an" if head[:1] in "aeiou" and head[:1] else "a"
