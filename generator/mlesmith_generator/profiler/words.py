"""Names of columns and files, and texts, taken apart into lower-case words."""

from __future__ import annotations

import functools
import re

_PART = re.compile(
    r"[A-Z]+(?![a-z\u00df-\u00ff])|[A-Z]?[a-z\u00df-\u00ff]+|[0-9]+|[^\W\d_]+", re.UNICODE
)
PARTS = frozenset(
    {"train", "training", "test", "testing", "dev", "development", "val", "valid", "validation",
     "eval", "evaluation", "holdout"}
)  # fmt: skip
"""What publishers call the parts into which they divide their data."""
_UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
_UNITS: dict[str, str] = {
    "mm": "mm", "cm": "cm", "km": "km", "metre": "m", "metres": "m", "meter": "m", "meters": "m",
    "inch": "in", "inches": "in", "feet": "ft", "ft": "ft", "mile": "mi", "miles": "mi",
    "kg": "kg", "lb": "lb", "lbs": "lb", "pounds": "lb", "oz": "oz", "grams": "g", "mg": "mg",
    "ms": "ms", "sec": "s", "secs": "s", "seconds": "s", "minutes": "min", "mins": "min",
    "hours": "h", "hrs": "h", "days": "days", "weeks": "weeks", "months": "months",
    "years": "years", "yrs": "years", "percent": "%", "percentage": "%", "pct": "%", "perc": "%",
    "usd": "USD", "eur": "EUR", "gbp": "GBP", "dollars": "USD", "euros": "EUR",
    "kwh": "kWh", "mwh": "MWh", "kw": "kW", "hp": "hp", "mph": "mph", "kmh": "km/h",
    "knots": "kn", "mmhg": "mmHg", "celsius": "°C", "fahrenheit": "°F", "ppm": "ppm", "ppb": "ppb",
    "sqft": "ft²", "sqm": "m²", "acres": "acres", "hectares": "ha", "litres": "l", "liters": "l",
    "hz": "Hz", "mhz": "MHz", "ghz": "GHz", "db": "dB", "mpg": "mpg", "kcal": "kcal",
}  # fmt: skip

_LETTERS: dict[str, tuple[str, frozenset[str]]] = {
    "m": ("m", frozenset(
        "altitude depth distance elevation height length level range width visibility".split())),
    "s": ("s", frozenset("delay duration latency time runtime lap".split())),
    "g": ("g", frozenset("mass weight protein fat sugar sugars fiber carbs carbohydrates".split())),
    "c": ("°C", frozenset("temp temperature dewpoint".split())),
    "f": ("°F", frozenset("temp temperature dewpoint".split())),
    "v": ("V", frozenset({"voltage"})),
    "w": ("W", frozenset({"power"})),
}  # fmt: skip
"""Units of one letter, each after the quantities of which it is one: `altitude_m`, `temp_c`."""
_SYMBOL = 3
"""Letters up to which a word in brackets is a unit that is not known here, and no remark."""


@functools.lru_cache(maxsize=2**14)
def words(name: str) -> tuple[str, ...]:
    """Return the words of a name: `Building.YearSold_2` gives `building year sold 2`."""
    return tuple(part.lower() for part in _PART.findall(name))


def pieces_of(text: str) -> set[str]:
    """Return the different words of a text, in lower case.

    Scripts that are written without blanks (Chinese, Japanese, Thai, Lao, Khmer, Burmese) give
    their pairs of neighbouring letters instead.
    """
    pieces = re.findall(r"\w+", text.lower())
    if _UNSPACED.search(text) is None:
        return set(pieces)
    found: set[str] = set()
    for word in pieces:
        if _UNSPACED.search(word):
            found.update(word[start : start + 2] for start in range(max(1, len(word) - 1)))
        else:
            found.add(word)
    return found


def word_count(text: str) -> int:
    """Return the number of words of a text; two letters of a script without blanks make one."""
    unspaced = len(_UNSPACED.findall(text))
    return max(len(text.split()), unspaced // 2)


def unit_of(name: str) -> str:
    """Return the unit that a name tells (`bill_length_mm`, `Price ($)`), or an empty string.

    What stands `per` a unit is not in that unit, `out(s)` is a plural, and a sum (`over $50`) is a
    value.
    """
    bracket = re.search(r"(.?)[(\[]\s*([^()\[\]]{1,12})\s*[)\]]\s*$", name)
    if bracket and not (bracket[1].isalpha() and bracket[2] == "s"):
        inside = bracket[2].strip()
        if inside.lower() in _UNITS:
            return _UNITS[inside.lower()]
        spelled = re.fullmatch(r"[%$€£°a-zA-Zµ²³/^0-9.]{1,8}", inside) and not inside.isdigit()
        if spelled and not (inside.isalpha() and len(inside) > _SYMBOL):
            return inside
    sign = re.search(r"(?<!_)[%$€£](?!\d)", name)
    if sign:
        return sign[0]
    parts = words(name)
    if len(parts) == 1:
        return _UNITS[parts[0]] if parts[0] in {"mpg", "sqft"} else ""
    if not parts or "per" in parts:
        return ""
    for unit in ("".join(parts[-2:]), parts[-1]):
        # `PriceMM` is a price of something: a name in small letters has its unit in these, too.
        code = unit.upper() in name and not name.isupper() and len(unit) <= _SYMBOL
        if unit in _UNITS and not code:
            return _UNITS[unit]
    if len(parts[0]) >= _SYMBOL and parts[0] in _UNITS:
        return _UNITS[parts[0]]
    unit, quantities = _LETTERS.get(parts[-1], ("", frozenset[str]()))
    return unit if parts[-2] in quantities else ""
