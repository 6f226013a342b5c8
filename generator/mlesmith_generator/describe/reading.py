"""What a column means, as far as its name, its unit and its values tell.

A reading is a short noun phrase. A name that tells nothing is called so; an abbreviation is spelled
out with `presumably`, because the spelling is ours.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from importlib import resources

from mlesmith_generator.describe.domains import LEXICON
from mlesmith_generator.describe.markdown import plain
from mlesmith_generator.profiler.words import unit_of, words

_LONGEST = 8
"""Words of a name that are read; a longer one speaks for itself."""
_ENDINGS = ("s", "es", "d", "ed", "ted", "r", "er", "ing", "ly", "al", "hood", "ship", "ness",
            "less", "ful", "able", "ment")  # fmt: skip
_CUT_OFF = 2
"""Letters that somebody who shortens a word saves at least."""
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
    "mi": "miles", "in": "inches", "lb": "pounds", "mpg": "miles per gallon",
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
    if any(len(part) > 2 and spelled_out(part) for part in letters):
        return False
    capitals = name.isupper() and re.search(r"\d", name) is not None
    return capitals or not any(_pronounceable(part) for part in letters)


def _pronounceable(part: str) -> bool:
    """Whether an unknown word may be one: long enough, with vowels where a word has them."""
    vowels = len(re.findall(r"[aeiouy]", part))
    clusters = re.search(r"[^aeiouy]{4,}|^([^aeiouy])\1", part)
    return len(part) >= 4 and vowels >= 0.2 * len(part) and clusters is None


def spelled_out(part: str) -> str:
    """Return a glued or shortened word in plain words, or an empty string.

    `sepallength` gives `sepal length`, `unemp` gives `unemployment`, `selfemp` gives `self
    employment`; what could be read in several ways is not read.
    """
    if part in vocabulary():
        return part
    if part in abbreviations():
        return abbreviations()[part]
    for cut in range(len(part) - 3, 2, -1):
        left, right = _known(part[:cut]), _known(part[cut:])
        if left and right:
            return f"{left} {right}"
    if len(part) < 5:
        return ""
    longer = sorted(word for word in vocabulary() if word.startswith(part) and word != part)
    stems = {word for word in longer if not any(word != o and word.startswith(o) for o in longer)}
    short = any(len(word) < len(part) + _CUT_OFF for word in stems)
    if len(stems) != 1 or short or stems & {part + ending for ending in _ENDINGS}:
        return ""
    return stems.pop()


def _known(part: str) -> str:
    if part in vocabulary():
        return part
    return abbreviations().get(part, "")


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


def reading_of(name: str) -> str:
    """Return the name in words, or an empty string where it is opaque or a whole sentence.

    Names that were shortened are spelled out with `presumably`, because the spelling is ours.
    """
    parts = list(words(plain(name, 200)))
    if is_opaque(name) or len(parts) > _LONGEST:
        return ""
    capitals = re.findall(r"[A-Z]{2,5}(?![A-Za-z])", plain(name, 200))
    # A name that is in capitals as a whole tells nothing of one part.
    short = {} if name.isupper() else {part.lower(): part for part in capitals}
    key = parts[-1] in ("id", "ids", "key", "uuid")  # Whose words are codes, not shortened ones.
    unit = unit_of(name)
    if unit and len(parts) > 1 and parts[-1] in _UNIT_WORDS:
        parts.pop()
        if len(parts) > 1 and parts[-1] == "in":
            parts.pop()
    read: list[str] = []
    guessed = False
    for part in parts:
        plainly = part in vocabulary()
        said = part if plainly else (not key and spelled_out(part)) or short.get(part, part)
        # A word cut in two is still the name's own; only other letters are a guess.
        guessed = guessed or said.replace(" ", "").lower() != part
        read.append(said)
    text = re.sub(r"\bnumber (?=[a-z]{3,})(?!of )", "number of ", " ".join(_glued(name, read)))
    named = _UNIT_NAMES.get(unit, unit)
    told = re.search(rf"(?<!\w){re.escape(named)}(?!\w)", text) or "percent" in text
    if unit and not told:
        text += f" in {named}"
    return f"presumably {text}" if guessed else text
