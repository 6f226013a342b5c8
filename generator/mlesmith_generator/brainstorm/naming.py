"""What a column's name says: its head noun, and whether the dataset is called after it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mlesmith_generator.brainstorm.lexicon import WEIGHTS
from mlesmith_generator.profiler.words import words

_LINKS = frozenset(
    {"of", "per", "in", "at", "by", "for", "to", "from", "with", "on", "de", "del", "der", "des",
     "di", "du", "von", "pro", "par", "por"}
)  # fmt: skip
_EARLIER = frozenset({"previous", "prior", "prev", "past", "lag", "lagged", "historical", "initial",
                      "baseline", "expected", "predicted", "forecast"})  # fmt: skip
_PREDICTED = frozenset({"predicted", "prediction", "pred", "estimated", "forecast", "fitted"})
_MEASURED = frozenset({"measured", "observed", "actual", "true", "in", "per", "of"})
_LATER = frozenset({"next", "tomorrow"})
_GENERIC = frozenset({"class", "label", "type", "category", "status"})
_ANYTHING = _GENERIC | {
    "rate", "value", "count", "number", "num", "amount", "score", "index", "level", "total",
    "code", "group", "percent", "pct", "perc", "ratio", "share", "mean", "average", "result",
}  # fmt: skip
_COMMON_END = 5
"""Letters at the end from which two words in one piece may hold one noun."""
_SENTENCE = 7
_OUTCOME = 1.4
"""Weight from which a name is that of an outcome, whatever else is called so."""
_WHEN = re.compile(r"(day|week|month|year|date|hour)of(?=[a-z])")
"""The beginning of a name that tells when something was (`WeekofPurchase`)."""
_SUFFIXES = ("gpa", "wage", "price", "cost", "rate", "dead", "loss", "sale", "risk", "vote", "pay",
             "rent", "fare", "yield", "score", "class", "type", "wt")  # fmt: skip
_LONG = sorted((word for word in WEIGHTS if len(word) >= 5 and word.isascii()), key=len)[::-1]


def name_weight(name: str) -> float:
    """Return how much a name sounds like an outcome (up to 4) or like context (down to -4).

    The last word before a link such as `of` or `per` counts in full, the others less: `price per
    unit` is a price, `room type` a type. Whole sentences (questions of a survey) say nothing.
    """
    whole = "".join(words(name))
    if re.fullmatch(r"y[0-9]?", whole):
        return WEIGHTS["y"]
    parts = [part for part in words(name) if not part.isdigit() and len(part) > 1]
    if not parts or is_question(name):
        return 0.0
    if whole in WEIGHTS:
        return WEIGHTS[whole]
    if when := _WHEN.match(whole):
        return WEIGHTS[when[1]]
    if _LATER & set(parts):
        return WEIGHTS["next"]
    return _of_words(parts) - (1.5 if _EARLIER & set(parts) else 0.0)


def _of_words(parts: list[str]) -> float:
    if len(parts) == 1 and parts[0] in WEIGHTS:
        return WEIGHTS[parts[0]]
    cut = next((place for place, part in enumerate(parts) if part in _LINKS and place), len(parts))
    head, rest, after = parts[cut - 1], parts[: cut - 1], parts[cut:]
    main = WEIGHTS.get(head)
    if main is not None and rest and head in _GENERIC:
        main = min(main, 1.5)
    known = [WEIGHTS[part] for part in rest if part in WEIGHTS]
    if main is None:
        main = 0.8 * _embedded(head)
        share = 0.35 if main else 0.5
    else:
        share = 0.35
    side = share * (max((*known, 0.0)) + min((*known, 0.0)))
    tail = [WEIGHTS[part] for part in after if part in WEIGHTS]
    return main + side + 0.2 * max((*tail, 0.0)) + 0.3 * min((*tail, 0.0))


def is_question(name: str) -> bool:
    """Return whether a name is a whole sentence, as in surveys."""
    return len(words(name)) >= _SENTENCE or name.strip().endswith("?")


def is_survey(names: Sequence[str]) -> bool:
    """Return whether the columns of a table are the questions of a survey."""
    return sum(map(is_question, names)) >= max(3, 0.2 * len(names))


def echoes(name: str, subject: str) -> bool:
    """Return whether the dataset or table is called after the column (`sleep75` and `sleep`)."""
    wanted = [_stem(word) for word in words(subject) if len(word) > 2 and not word.isdigit()]
    given = [_stem(word) for word in words(name) if len(word) > 2 and not word.isdigit()]
    joined = "".join(words(name))
    if joined in wanted or (len(joined) >= 6 and joined in "".join(words(subject))):
        return True
    return any(_akin(one, other) for one in given for other in wanted)


def is_row_noun(name: str, subject: str) -> bool:
    """Return whether a name is that of one row of the data (`flight` of `flights`).

    Words for outcomes stay outcomes (`wage` of `wages`).
    """
    whole = "".join(words(name))
    plural = (f"{whole}s", f"{whole}es", f"{whole.removesuffix('y')}ies")
    many = any(word.endswith(plural) for word in words(subject))
    return len(whole) > 2 and name_weight(name) < _OUTCOME and many


def namesakes(one: str, other: str) -> bool:
    """Return whether one name is the other with something added (`gross`, `gross_2013$`).

    What was measured earlier (`price_lag1`) is a feature, not another form.
    """
    if _EARLIER & {*words(one), *words(other)}:
        return False
    short, long = sorted(("".join(words(one)), "".join(words(other))), key=len)
    if len(short) >= 4 and (long.startswith(short) or long.endswith(short)):
        return True
    few, many = sorted((set(words(one)), set(words(other))), key=len)
    return few <= many and any(len(word) >= 3 and not word.isdigit() for word in few)


def siblings(one: str, other: str) -> bool:
    """Return whether two names are of one kind of quantity (`income_2010`, `net income per head`).

    They share the noun that says what is measured, differ in numbers alone, or are long words with
    a short middle of their own. Nouns that stand for anything (`type`, `rate`) make no siblings.
    """
    first, second = _head(one), _head(other)
    if first == second and len(first) >= 3 and first not in _ANYTHING:
        return True
    bare = [re.sub(r"[0-9]+", "#", "".join(words(name))) for name in (one, other)]
    if "#" in bare[0] and bare[0] == bare[1]:
        return True
    if len(words(one)) > 1 or len(words(other)) > 1:
        return False
    start = _common(*bare)
    end = _common(*(name[start:][::-1] for name in bare))
    return end >= _COMMON_END and start + end >= 0.6 * max(map(len, bare))


def _common(one: str, other: str) -> int:
    """Return with how many equal letters two words begin."""
    unlike = (place for place, pair in enumerate(zip(one, other, strict=False)) if len({*pair}) > 1)
    return next(unlike, min(len(one), len(other)))


def _head(name: str) -> str:
    """Return the noun of a name: its last word, before a link such as `per`."""
    parts = [part for part in words(name) if not part.isdigit()]
    cut = next((place for place, part in enumerate(parts) if part in _LINKS and place), len(parts))
    return parts[cut - 1] if parts else ""


def is_prediction(name: str) -> bool:
    """Return whether a name is that of predictions (`predicted log solubility`)."""
    return not _PREDICTED.isdisjoint(words(name))


def is_prediction_of(one: str, other: str) -> bool:
    """Return whether a name is that of predictions of the other (`predicted log solubility`)."""
    target = set(words(other)) - _MEASURED
    asked = bool(target) and not is_prediction(other)
    return asked and is_prediction(one) and target <= set(words(one))


def _stem(word: str) -> str:
    return re.sub(r"(ies|ing|ed|es|s)$", "", word) if len(word) > 4 else word


def _akin(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    return short == long or (len(short) >= 5 and long.startswith(short))


def _embedded(word: str) -> float:
    """Weight of a known word at the end, or a long one at the start, of a word in one piece."""
    for known in _LONG:
        if word.endswith(known) or (word.startswith(known) and len(known) >= 6):
            return WEIGHTS[known]
    for known in _SUFFIXES:
        if word.endswith(known) and len(word) <= len(known) + 5:
            return WEIGHTS.get(known, 0.0)
    return 0.0
