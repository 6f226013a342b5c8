"""What a column means, as far as its name, its unit and its values tell.

A reading is a short noun phrase. A name that tells nothing is called so; an abbreviation is spelled
out with `presumably`, because the spelling is ours.
"""

from __future__ import annotations

import re

from mlesmith_generator.describe.markdown import plain
from mlesmith_generator.profiler.words import unit_of, words

_SPELLED: dict[str, str] = {
    "abs": "absolute", "acct": "account", "addr": "address", "adj": "adjusted", "adm": "admission",
    "alt": "altitude", "amt": "amount", "approx": "approximate", "arr": "arrival", "asst": "assist",
    "attr": "attribute", "avg": "average", "ave": "average", "bal": "balance", "bath": "bathroom",
    "baths": "bathrooms", "bday": "birthday", "bldg": "building", "bp": "blood pressure",
    "bsmt": "basement", "capt": "captain", "cat": "category", "chol": "cholesterol", "cnt": "count",
    "coef": "coefficient", "col": "column", "comp": "composition", "conc": "concentration",
    "cond": "condition", "conf": "confidence", "cont": "content", "corr": "correlation",
    "cty": "county", "cum": "cumulative", "cyl": "cylinders", "def": "deficiency", "deg": "degrees",
    "dep": "departure", "dept": "department", "desc": "description", "dest": "destination",
    "dev": "deviation", "diag": "diagnosis", "diam": "diameter", "diff": "difference",
    "dir": "direction", "disp": "displacement", "dist": "distance", "div": "division",
    "dob": "date of birth", "dur": "duration", "econ": "economic", "edu": "education",
    "educ": "education", "elev": "elevation", "emp": "employment", "eng": "engine",
    "err": "error", "est": "estimate", "exp": "experience", "expect": "expectancy",
    "fam": "family", "fem": "female", "freq": "frequency", "fwd": "forward", "gen": "generation",
    "gndr": "gender", "gov": "government", "govt": "government", "grp": "group", "hgt": "height",
    "hosp": "hospital", "hp": "horsepower", "hr": "hour", "hrs": "hours", "ht": "height",
    "hum": "humidity", "inc": "income", "ind": "indicator", "info": "information",
    "init": "initial", "ins": "insurance", "int": "interest", "lang": "language",
    "lat": "latitude", "len": "length", "lon": "longitude", "lng": "longitude", "loc": "location",
    "long": "longitude", "lvl": "level", "mag": "magnitude", "max": "maximum", "med": "median",
    "mfr": "manufacturer", "mgr": "manager", "min": "minimum", "mkt": "market", "mo": "month",
    "mpg": "miles per gallon", "msrp": "suggested retail price", "mth": "month", "nat": "national",
    "nbr": "number", "neg": "negative", "no": "number", "nr": "number", "num": "number",
    "obs": "observation", "occ": "occupation", "op": "operation", "orig": "original",
    "ord": "order", "org": "organisation", "pct": "percentage", "perc": "percentage",
    "pop": "population", "pos": "position", "precip": "precipitation", "pred": "predicted",
    "pres": "pressure", "press": "pressure", "prev": "previous", "prob": "probability",
    "prod": "product", "prof": "profession", "pt": "patient", "pts": "points", "pwr": "power",
    "qty": "quantity", "qual": "quality", "rec": "record", "ref": "reference", "reg": "region",
    "rel": "relative", "rep": "replicate", "req": "required", "res": "result", "resp": "response",
    "rm": "rooms", "rt": "rate", "sd": "standard deviation", "sec": "seconds",
    "sqft": "square feet",
    "sq": "square", "stat": "status", "std": "standard", "subj": "subject", "surf": "surface",
    "sys": "system", "tel": "telephone", "temp": "temperature", "temps": "temperatures",
    "tm": "team", "tot": "total", "trt": "treatment", "ttl": "total", "univ": "university",
    "val": "value", "vals": "values", "var": "variable", "vel": "velocity", "vol": "volume",
    "wgt": "weight", "wk": "week", "wks": "weeks", "wnd": "wind", "wt": "weight", "yr": "year",
    "yrs": "years", "bmi": "body mass index", "gdp": "gross domestic product", "dow": "day of week",
    "doy": "day of year", "gpa": "grade point average", "iq": "intelligence quotient",
    "dbp": "diastolic blood pressure", "sbp": "systolic blood pressure", "rbc": "red blood cells",
    "wbc": "white blood cells", "rpm": "revolutions per minute", "hdl": "HDL cholesterol",
    "ldl": "LDL cholesterol",
}  # fmt: skip
_LONG_ONLY = frozenset(
    "cat col comp cont def exp gen int long max min no op pos prof rec reg rel res stat var val "
    "ind ins inc sec ave pt mo press".split()
)
"""Abbreviations that are also words or too short to be sure about on their own."""
_PLACEHOLDER = re.compile(
    r"(?:x|v|var|variable|col|column|attr|attribute|feature|feat|field|f|c|a|b|unnamed|input|in|dim"
    r"|d|z|p|q|s|t|k|w|m|n|r|e|g|h|i|j|l|o|u|y)?[ ]?\d+(?:[ ]\d+)*"
)
_UNIT_WORDS = frozenset(
    "mm cm km kg lb lbs oz mg ms sec secs mins hrs hours minutes days weeks months years yrs pct "
    "percent usd eur gbp kwh mwh kw mph kmh knots celsius fahrenheit ppm ppb sqft sqm ft in".split()
)
_UNIT_NAMES = {
    "%": "per cent", "USD": "US dollars", "$": "dollars", "EUR": "euros", "€": "euros",
    "GBP": "pounds", "£": "pounds", "min": "minutes", "h": "hours", "s": "seconds", "kn": "knots",
    "mi": "miles", "in": "inches", "lb": "pounds", "mpg": "miles per gallon",
}  # fmt: skip


def is_opaque(name: str) -> bool:
    """Return whether a name tells nothing: placeholders, single letters, consonant codes."""
    parts = words(plain(name))
    if not parts:
        return True
    whole = " ".join(parts)
    if _PLACEHOLDER.fullmatch(whole):
        return True
    letters = [part for part in parts if not part.isdigit()]
    if any(part in _SPELLED or not part.isascii() for part in letters):
        return False
    longest = max(letters, key=len, default="")
    if len(longest) <= 2 and longest not in ("ph", "id", "tv", "us", "uk", "co", "no"):
        return True
    vowelless = not re.search(r"[aeiouy]", "".join(letters))
    return vowelless and len("".join(letters)) <= 8


def reading_of(name: str) -> str:
    """Return the name in words, or an empty string where it is opaque."""
    if is_opaque(name):
        return ""
    parts = list(words(plain(name)))
    unit = unit_of(name)
    if unit and len(parts) > 1 and parts[-1] in _UNIT_WORDS:
        parts.pop()
    alone = len(parts) == 1
    spelled = [
        _SPELLED[part] if part in _SPELLED and not (alone and part in _LONG_ONLY) else part
        for part in parts
    ]
    text = " ".join(spelled)
    if spelled != parts:
        text = f"presumably {text}"
    if unit:
        text += f" in {_UNIT_NAMES.get(unit, unit)}"
    return text
