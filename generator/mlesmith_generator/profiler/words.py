"""Names of columns and files, taken apart into lower-case words."""

from __future__ import annotations

import re

_PART = re.compile(
    r"[A-Z]+(?![a-z\u00df-\u00ff])|[A-Z]?[a-z\u00df-\u00ff]+|[0-9]+|[^\W\d_]+", re.UNICODE
)
_UNITS: dict[str, str] = {
    "mm": "mm", "cm": "cm", "km": "km", "metre": "m", "metres": "m", "meter": "m", "meters": "m",
    "inch": "in", "inches": "in", "feet": "ft", "ft": "ft", "mile": "mi", "miles": "mi",
    "kg": "kg", "lb": "lb", "lbs": "lb", "pounds": "lb", "oz": "oz", "grams": "g", "mg": "mg",
    "ms": "ms", "sec": "s", "secs": "s", "seconds": "s", "minutes": "min", "mins": "min",
    "hours": "h", "hrs": "h", "days": "days", "weeks": "weeks", "months": "months",
    "years": "years", "yrs": "years", "percent": "%", "percentage": "%", "pct": "%", "perc": "%",
    "usd": "USD", "eur": "EUR", "gbp": "GBP", "dollars": "USD", "euros": "EUR",
    "kwh": "kWh", "mwh": "MWh", "kw": "kW", "hp": "hp", "mph": "mph", "kmh": "km/h",
    "knots": "kn", "celsius": "°C", "fahrenheit": "°F", "ppm": "ppm", "ppb": "ppb",
    "sqft": "ft²", "sqm": "m²", "acres": "acres", "hectares": "ha", "litres": "l", "liters": "l",
    "hz": "Hz", "mhz": "MHz", "ghz": "GHz", "db": "dB", "mpg": "mpg", "kcal": "kcal",
}  # fmt: skip


def words(name: str) -> tuple[str, ...]:
    """Return the words of a name: `Building.YearSold_2` gives `building year sold 2`."""
    return tuple(part.lower() for part in _PART.findall(name))


def unit_of(name: str) -> str:
    """Return the unit that a name tells (`bill_length_mm`, `Price ($)`), or an empty string."""
    bracket = re.search(r"[(\[]\s*([^()\[\]]{1,12})\s*[)\]]\s*$", name)
    if bracket:
        inside = bracket.group(1).strip()
        lowered = inside.lower()
        if lowered in _UNITS:
            return _UNITS[lowered]
        if re.fullmatch(r"[%$€£°a-zA-Zµ²³/^0-9.]{1,8}", inside) and not inside.isdigit():
            return inside
    for sign in "%$€£":
        if sign in name:
            return sign
    parts = words(name)
    if len(parts) > 1:
        for part in (parts[-1], parts[0]):
            if part in _UNITS:
                return _UNITS[part]
    return _UNITS[parts[0]] if len(parts) == 1 and parts[0] in {"mpg", "sqft"} else ""
