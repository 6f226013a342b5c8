"""What a column means, as far as its name, its unit and its values tell.

A reading is a short noun phrase. A name that tells nothing is called so; an abbreviation is spelled
out with `presumably`, because the spelling is ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from functools import cache
from importlib import resources
from itertools import pairwise

from mlesmith_generator.describe.domains import LEXICON
from mlesmith_generator.describe.markdown import plain
from mlesmith_generator.profiler.words import unit_of, words

_LONGEST = 8
"""Words of a name that are read; a longer one speaks for itself."""
_ENDINGS = ("s", "es", "d", "ed", "ted", "r", "er", "ing", "ly", "al", "hood", "ship", "ness",
            "less", "ful", "able", "ment", "ity", "ure", "ence", "ance", "ize", "ism", "ist", "ic",
            "ion", "ation")  # fmt: skip
_CUT_OFF = 2
"""Letters that somebody who shortens a word saves at least."""
_SHORTENED = frozenset(
    "adj amt avg cnt dir freq grp max min mth num pct perc pop qty std temp tot wgt yrs".split()
)
"""Abbreviations that are met glued to a word, of those that hardly any word begins or ends with."""
_BEHIND, _BEFORE = 4, 5
"""Letters of the word in front of a glued abbreviation, and of the word after one."""
_UNKNOWN = 4
"""Letters from which a word that is in no list still reads as one."""
_VOWELS = "aeiouy"
_STATISTICS = ("max", "maximum", "avg", "average", "mean", "med", "median", "std", "sd")
"""What stands beside a minimum."""
_FOLDER = resources.files("mlesmith_generator.describe")
_SHORT = frozenset({"id", "ph", "tv", "us", "uk", "eu", "to", "of", "in", "at", "by", "is", "go"})
_PLACEHOLDER = re.compile(
    r"(?:x|v|var|variable|col|column|attr|attribute|feature|feat|field|f|c|a|b|unnamed|input|in|dim"
    r"|d|z|p|q|s|t|k|w|m|n|r|e|g|h|i|j|l|o|u|y)?[ ]?\d+(?:[ ]\d+)*"
)
_UNIT_WORDS = frozenset(
    "mm cm km kg lb lbs oz mg ms sec secs mins hrs hours minutes days weeks months years yrs pct "
    "percent usd eur gbp kwh mwh kw mph kmh knots celsius fahrenheit ppm ppb sqft sqm ft in "
    "hz db m s g c f v w".split()
)
_UNIT_NAMES = {
    "%": "per cent", "USD": "US dollars", "$": "dollars", "EUR": "euros", "€": "euros",
    "GBP": "pounds", "£": "pounds", "min": "minutes", "h": "hours", "s": "seconds", "kn": "knots",
    "mi": "miles", "in": "inches", "lb": "pounds", "mpg": "miles per gallon", "ft²": "square feet",
    "ft": "feet", "m": "metres", "mph": "miles per hour",
}  # fmt: skip


@cache
def abbreviations() -> dict[str, str]:
    """Return what shortened words stand for."""
    lines = (_FOLDER / "abbreviations.txt").read_text(encoding="utf-8").splitlines()
    return {short: spelled for short, _, spelled in (line.partition(" ") for line in lines)}


@cache
def vocabulary() -> frozenset[str]:
    """Return the plain words by which names are read."""
    text = (_FOLDER / "vocabulary.txt").read_text(encoding="utf-8")
    known = {*text.split(), *(word for block in LEXICON.values() for word in block.split())}
    known.update(word for spelled in abbreviations().values() for word in spelled.lower().split())
    long = {word for word in known if len(word) > 2} - abbreviations().keys()
    return frozenset(long | _SHORT)


def is_opaque(name: str) -> bool:
    """Return whether a name tells nothing: placeholders, single letters, consonant codes."""
    parts = words(plain(name))
    if not parts:
        return True
    if _PLACEHOLDER.fullmatch(" ".join(parts)):
        return True
    letters = [part for part in parts if not part.isdigit()]
    if any(
        part in vocabulary() or part in abbreviations() or not part.isascii() for part in letters
    ):
        return False
    if any(len(part) > 2 and (spelled_out(part) or _compound(part)) for part in letters):
        return False
    capitals = name.isupper() and re.search(r"\d", name) is not None
    return capitals or not any(_pronounceable(part) for part in letters)


def _compound(part: str) -> bool:
    """Whether two plain words were put together: `sepallength`."""
    cuts = range(3, len(part) - 2)
    return any(part[:cut] in vocabulary() and part[cut:] in vocabulary() for cut in cuts)


def _pronounceable(part: str) -> bool:
    """Whether an unknown word may be one: long enough, with vowels where a word has them."""
    vowels = len(re.findall(r"[aeiouy]", part))
    clusters = re.search(r"[^aeiouy]{4,}|^([^aeiouy])\1", part)
    return len(part) >= 4 and vowels >= 0.2 * len(part) and clusters is None


def spelled_out(part: str) -> str:
    """Return a shortened word in plain words, or an empty string.

    `unemp` gives `unemployment`, `mintemp` gives `minimum temperature`; what could be read in
    several ways is not read.
    """
    if part in vocabulary():
        return part
    if part in abbreviations():
        return abbreviations()[part]
    longer = sorted(word for word in vocabulary() if word.startswith(part))
    if len(part) < 5 or not longer:
        return _parted(part)
    stems = {word for word in longer if not any(word != o and word.startswith(o) for o in longer)}
    short = any(len(word) < len(part) + _CUT_OFF for word in stems)
    if len(stems) != 1 or short or stems & {part + ending for ending in _ENDINGS}:
        return ""
    found = stems.pop()
    # Words are cut behind a consonant and before a vowel; `golden` is none that was.
    return found if part[-1] not in _VOWELS and found[len(part)] in _VOWELS else ""


def _parted(part: str) -> str:
    """Return a word and an abbreviation, or two of these, that were glued together, spelled out."""
    for cut in range(3, len(part) - 2):
        left, right = part[:cut], part[cut:]
        if left not in _SHORTENED and right not in _SHORTENED:
            continue
        first = left in _SHORTENED or (left in vocabulary() and len(left) >= _BEHIND)
        last = right in _SHORTENED or (right in vocabulary() and len(right) >= _BEFORE)
        if first and last:
            return " ".join(abbreviations().get(half, half) for half in (left, right))
    return ""


def _glued(name: str, read: Sequence[str]) -> list[str]:
    """Return words with digits put back where they belong to a code: `T3`, `gdiam03`."""
    made: list[str] = []
    for part in read:
        code = made[-1] if made else ""
        stands = part.isdigit() and code and code not in vocabulary() and " " not in code
        glued = rf"(?<![A-Za-z]){re.escape(code)}{part}(?![0-9A-Za-z])"
        if stands and re.search(glued, name, re.IGNORECASE):
            capital = len(code) == 1 and f"{code.upper()}{part}" in name
            made[-1] = (code.upper() if capital else code) + part
        else:
            made.append(part)
    return made


def reading_of(name: str, among: Set[str] = frozenset()) -> str:
    """Return what a name says in other words than its own, or an empty string.

    That is a unit, or shortened words spelled out with `presumably`, because the spelling is ours;
    where one part stays unread, so does the name. `min` behind a name is a minimum only beside
    another statistic of the same; alone it may as well be minutes.

    Args:
        name: Of the column.
        among: Names of the columns beside it.
    """
    shown = plain(name, 200)
    parts = _parts(shown)
    if is_opaque(name) or len(parts) > _LONGEST:
        return ""
    if len(parts) > 1 and parts[-1] == "min" and not _has_twin(name, among):
        return ""
    unit = unit_of(name)
    if unit:
        parts = _without_unit(parts)
    if parts[-1] in ("id", "ids", "key", "uuid"):  # Whose words are codes, not shortened ones.
        return ""
    capitals = {code.lower(): code for code in re.findall(r"[A-Z]{2,5}(?![a-z])", shown)}
    spelled = [_initials(part) if part in capitals else _spelled(part) for part in parts]
    read = [told or capitals.get(part, part) for told, part in zip(spelled, parts, strict=True)]
    guessed = any(told not in ("", part) for told, part in zip(spelled, parts, strict=True))
    if guessed and not all(spelled):
        return ""
    if "latitude" in read:
        read = ["longitude" if part == "long" else part for part in read]
    text = re.sub(r"\bnumber (?=[a-z]{3,})(?!of )", "number of ", " ".join(_glued(name, read)))
    unit = _UNIT_NAMES.get(unit, unit)
    named = {*words(shown), *text.split(), shown.lower()}
    if (
        unit
        and not named & {unit, unit.lower(), "percent", "percentage"}
        and not {*unit.split()} <= named
    ):
        text += f" in {unit}"
    elif not guessed:
        return ""
    return f"presumably {text}" if guessed else text


def _has_twin(name: str, among: Set[str]) -> bool:
    """Whether a column called `…_min` stands beside one called `…_max`, or another statistic."""
    stem = words(name)[:-1]
    twins = {(*stem, each) for each in _STATISTICS}
    return not among or any(tuple(words(other)) in twins for other in among)


def _parts(name: str) -> list[str]:
    """Return the words of a name, a capital put back before the word it was taken for a part of.

    `QRSduration` is `qrs` and `duration`, where `HTMLPage` is `html` and `page` anyway.
    """
    parts = list(words(name))
    for place, (code, word) in enumerate(pairwise(parts)):
        glued = f"{code}{word[:1]}".upper() + word[1:]
        if word not in vocabulary() and word[1:] in vocabulary() and glued in name:
            parts[place : place + 2] = [code + word[:1], word[1:]]
    return parts


def _without_unit(parts: list[str]) -> list[str]:
    """Return the words in front of a unit: `bill length` of `bill length in mm`."""
    for last in (2, 1):
        if len(parts) > last and "".join(parts[-last:]) in _UNIT_WORDS:
            kept = parts[:-last]
            return kept[:-1] if len(kept) > 1 and kept[-1] in ("in", "per") else kept
    return parts


def _initials(part: str) -> str:
    """Return what capitals stand for, or an empty string: initials alone are spelled out."""
    spelled = abbreviations().get(part, "")
    return spelled if [word[0].lower() for word in spelled.split()] == list(part) else ""


def _spelled(part: str) -> str:
    """Return a part of a name in plain words, or an empty string where it can not be read."""
    word = part.isdigit() or (len(part) >= _UNKNOWN and _pronounceable(part))
    return spelled_out(part) or (part if word else "")
