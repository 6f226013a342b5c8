"""What a column means, as far as its name, its unit and its values tell.

A reading is a short noun phrase. A name that tells nothing is called so; an abbreviation is spelled
out with `presumably`, because the spelling is ours.
"""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from mlesmith_generator.describe.domains import LEXICON
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
    "tm": "team", "tot": "total", "trt": "treatment", "ttl": "total", "unemp": "unemployment",
    "univ": "university",
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


@cache
def vocabulary() -> frozenset[str]:
    """Return the plain words by which names are read."""
    text = (
        resources.files("mlesmith_generator.describe")
        .joinpath("vocabulary.txt")
        .read_text(encoding="utf-8")
    )
    known = {*text.split(), *(word for block in LEXICON.values() for word in block.split())}
    known.update(word for spelled in _SPELLED.values() for word in spelled.lower().split())
    return frozenset(word for word in known if len(word) > 2) - _SPELLED.keys()


def is_opaque(name: str) -> bool:
    """Return whether a name tells nothing: placeholders, single letters, consonant codes."""
    parts = words(plain(name))
    if not parts:
        return True
    if _PLACEHOLDER.fullmatch(" ".join(parts)):
        return True
    letters = [part for part in parts if not part.isdigit()]
    if any(part in vocabulary() or part in _SPELLED or not part.isascii() for part in letters):
        return False
    if any(len(part) > 2 and spelled_out(part) for part in letters):
        return False
    joined = "".join(letters)
    return len(joined) <= 5 or (len(joined) <= 8 and not re.search(r"[aeiouy]", joined))


def spelled_out(part: str) -> str:
    """Return a glued or shortened word in plain words, or an empty string.

    `sepallength` gives `sepal length`, `unemp` gives `unemployment`, `selfemp` gives `self
    employment`; what could be read in several ways is not read.
    """
    if part in vocabulary():
        return part
    if part in _SPELLED and part not in _LONG_ONLY:
        return _SPELLED[part]
    for cut in range(len(part) - 3, 2, -1):
        left, right = _known(part[:cut]), _known(part[cut:])
        if left and right:
            return f"{left} {right}"
    if len(part) < 5:
        return ""
    longer = sorted(word for word in vocabulary() if word.startswith(part))
    stems = {word for word in longer if not any(word != o and word.startswith(o) for o in longer)}
    return stems.pop() if len(stems) == 1 else ""


def _known(part: str) -> str:
    if part in vocabulary():
        return part
    return _SPELLED[part] if part in _SPELLED and part not in _LONG_ONLY else ""


def reading_of(name: str) -> str:
    """Return the name in words, or an empty string where it is opaque.

    Names that were shortened are spelled out with `presumably`, because the spelling is ours.
    """
    if is_opaque(name):
        return ""
    parts = list(words(plain(name)))
    unit = unit_of(name)
    if unit and len(parts) > 1 and parts[-1] in _UNIT_WORDS:
        parts.pop()
    alone = len(parts) == 1
    read: list[str] = []
    guessed = False
    for part in parts:
        said = _SPELLED.get(part, "") if not (alone and part in _LONG_ONLY) else ""
        said = said or (part if part in vocabulary() else spelled_out(part)) or part
        # A word cut in two is still the name's own; only other letters are a guess.
        guessed = guessed or said.replace(" ", "") != part
        read.append(said)
    text = re.sub(r"\bnumber (?=[a-z]{3,})(?!of )", "number of ", " ".join(read))
    named = _UNIT_NAMES.get(unit, unit)
    if unit and named not in text and "percent" not in text:
        text += f" in {named}"
    return f"presumably {text}" if guessed else text
