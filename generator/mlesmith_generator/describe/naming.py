"""Titles and slugs: subject and target, and what sets a variant apart.

`abalone-rings` asks for the number itself; `formula-points-new-drivers` hides whole drivers,
`weather-rain-future` hides the latest days, `abalone-rings-band` asks for a band of the number.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

from mlesmith_env.manifest import AMOUNTS, Objective
from mlesmith_env.recipes.model import Bin, MapValues
from mlesmith_generator.describe.markdown import brief, listing, plain
from mlesmith_generator.describe.numerals import plural
from mlesmith_generator.describe.reading import spelled_out, vocabulary
from mlesmith_generator.profiler.dataset import subject_of
from mlesmith_generator.profiler.glossary import is_nameless
from mlesmith_generator.profiler.words import words
from mlesmith_generator.records import DatasetProfile, Idea, TableProfile

LONGEST = 60
"""Characters of a slug."""
_TITLE, _NAME, _LABEL = 110, 60, 28
"""Characters of a title, of a column's name in it, and of a class."""

_CALLED = 4
"""Words of a publisher's meaning that may stand for a name."""
_LETTERS = 2
"""Letters up to which a name is a mark, as of an item in a survey."""
_PHRASE = 6
"""Words of a publisher's meaning that may stand in a title."""
_NO_PHRASE = frozenset(
    "factor factors vector numeric integer character logical dummy indicator indicates indicating "
    "binary boolean variable levels coded code codes if whether is was are has were which "
    "what how did does see".split()
)
"""Words of a meaning that says how a column is stored, or asks, instead of naming it."""
_KINDS: dict[Objective, list[str]] = {
    "binary": ["yes", "or", "no"],
    "regression": ["amount"],
    "count": ["count"],
    "sequence_labelling": ["tags"],
    "span_extraction": ["span"],
    "similarity": ["similarity"],
}
_FOLDED = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "þ": "th"})
_GENERIC = frozenset(
    {"table", "data", "test", "split", "images", "subset", "sample", "text", "file", "column"}
)
_BINNED = frozenset({"band", "bands", "level", "any", "high", "low", "over", "under", "above"})
_ENTITY_ENDINGS = frozenset(
    {"id", "ids", "name", "code", "key", "no", "nr", "number", "num", "ref", "uuid", "index"}
)
_BARE = frozenset({"class", "target", "label", "outcome", "result", "response", "group"})
_SMALL = frozenset({"of", "the", "and", "or", "in", "on", "by", "per", "to", "for", "a", "an"})


def slug_of(
    profile: DatasetProfile,
    idea: Idea,
    *,
    free: Callable[[str], bool] = lambda slug: True,
    qualifier: str = "",
) -> str:
    """Return a slug that names subject and target, the first that is free.

    Args:
        profile: The dataset.
        idea: The task.
        free: Tells whether a slug can still be given away.
        qualifier: Words that tell this dataset from another of the same subject; they come in
            front where given.
    """
    subject = _subject(profile, qualifier)
    if len(profile.tables) > 1:
        subject += [part for part in _folded(idea.table) if part not in subject][:2]
    target = _target(profile, idea, subject)
    tail = [*_asked(idea), *_variant(idea)]
    for words_more in _reserves(profile, idea, qualifier, {*subject, *target}):
        slug = _joined(subject, target, [*tail, *words_more])
        if free(slug):
            return slug
    number = 2
    while not free(slug := _joined(subject, target, [*tail, "another", str(number)])):
        number += 1
    return slug


def subject_slug(dataset: str) -> str:
    """Return the part of a slug that names the subject of a dataset, from its name alone."""
    return _joined(_folded(subject_of(dataset, [])), [], [])


def title_of(profile: DatasetProfile, idea: Idea) -> str:
    """Return a title such as `Abalone: predict rings` or `Taxis: predict tip at later times`."""
    subject = subject_text(profile)
    if idea.question:
        return brief(f"{subject}: {idea.question}", _TITLE)
    target = _spoken(profile, idea)
    asked = next((t for t in reversed(idea.transforms) if isinstance(t, Bin)), None)
    mapped = next((t for t in reversed(idea.transforms) if isinstance(t, MapValues)), None)
    if asked is not None and asked.into == idea.target and len(asked.labels) <= 4:
        phrase = f"{target}, {listing([brief(label, _LABEL) for label in asked.labels], 'or')}"
    elif _derived(idea) and mapped is not None and mapped.into == idea.target:
        phrase = f"{target}, {listing(_both(mapped), 'or')}"
    elif target.startswith(("an unnamed", "the class, ")):
        phrase = f"predict {target}"
    else:
        phrase = f"predict {'the ' if target in _BARE else ''}{target}"
    column = idea.holdout.column
    if idea.holdout.kind == "group" and column:
        phrase += f" for unseen {plural(entity(column))}"
    elif idea.holdout.kind == "time":
        unit = _time_unit(column)
        phrase += f" in later {unit}s" if unit else " at later times"
    return brief(f"{subject}: {phrase}", _TITLE)


def _spoken(profile: DatasetProfile, idea: Idea) -> str:
    """Return the target as a title names it.

    That is the column's name where it is plain words, else the publisher's few words for it, where
    there are any. Of a column without a name its place is told, and its classes where they are few
    words.
    """
    name = idea.target_source if _derived(idea) else idea.target
    called = _called(profile, name)
    place = re.fullmatch(r"column_(\d+)", called)
    table = next((each for each in profile.tables if each.name == idea.table), None)
    if table is None:
        return readable(called)
    if place and is_nameless(table):
        where = f"(column {place[1]} of {len(table.columns)})"
        if labels := _worded_labels(table, name):
            return f"the class, {listing(labels, 'or')} {where}"
        noun = "number" if idea.objective in AMOUNTS else "class"
        return f"an unnamed {noun} {where}"
    if called != name or all(map(_is_plain, words(name))):
        return readable(called)
    short = _in_short(table.meanings.get(name, ""))
    if short and len(re.sub(r"[^A-Za-z]", "", name)) <= _LETTERS:
        # An item of a survey, as a rule, and no noun.
        return f"{readable(name)}, “{short}”"
    return short or readable(name)


def _worded_labels(table: TableProfile, name: str) -> list[str]:
    """Return the values of a column of few where each is a word that says something."""
    column = next((each for each in table.columns if each.name == name), None)
    values = sorted(value for value, _ in column.top) if column else []
    few = column is not None and 2 <= column.distinct == len(values) <= _CALLED
    worded = all(re.fullmatch(r"[^\W\d_](?:[^\W\d_]|[ -]){1,18}[^\W\d_]", v) for v in values)
    return values if few and worded else []


def _is_plain(part: str) -> bool:
    """Whether a part of a name is a word that needs no explanation."""
    return len(part) > 2 and (part in vocabulary() or spelled_out(part) == part)


def _in_short(meaning: str) -> str:
    """Return a publisher's meaning as a title holds it, or nothing where it is no short phrase."""
    short = re.sub(r"\s*[(\[][^()\[\]]*[)\]]$", "", meaning.strip(" .")).strip(" .")
    parts = short.split()
    fits = re.fullmatch(r"[^\W\d_][\w %'-]{2,44}", short) and 1 < len(parts) <= _PHRASE
    if not fits or _NO_PHRASE & {part.casefold() for part in parts}:
        return ""
    first = parts[0]
    told = (
        f"{first.lower() if first[1:].islower() or len(first) == 1 else first}{short[len(first) :]}"
    )
    return re.sub(r"^(?:the|an?) ", "", told)


def readable(name: str) -> str:
    """Return a column name as words; short names in capitals keep them."""
    cleaned = re.sub(r"[_\s]+", " ", brief(name, _NAME)).strip(" .:-_")
    if re.fullmatch(r"[^a-z]+", cleaned):
        shouted = max(map(len, re.findall(r"[A-Z]+", cleaned)), default=0) > 4
        return cleaned.lower() if shouted else cleaned
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])|[.](?=[A-Za-z])", " ", cleaned)
    parts = [part if part[1:].lower() != part[1:] else part.lower() for part in spaced.split()]
    return " ".join(parts) or "the target"


def entity(column: str) -> str:
    """Return the noun for what a grouping column names: `Driver_ID` gives `driver`."""
    parts = list(words(plain(column)))
    while len(parts) > 1 and (parts[-1] in _ENTITY_ENDINGS or parts[-1].isdigit()):
        parts.pop()
    noun = " ".join(parts[-1:] if set(parts[-2:]) & _SMALL else parts[-2:])
    glued = re.fullmatch(r"([a-z]{4,})(?:id|name|code)", noun)
    noun = glued.group(1) if glued else noun
    opaque = len(noun) < 3 or noun in _ENTITY_ENDINGS or noun.isdigit()
    if opaque or not noun.isascii():
        return "group"
    return _singular(noun)


def _singular(noun: str) -> str:
    if noun.endswith(("ss", "us", "is", "os", "series", "species")) or len(noun) < 5:
        return noun
    return noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")


def subject_text(profile: DatasetProfile) -> str:
    """Return the subject as it stands in a title: `Bank Marketing`, `HMDA`."""
    text = re.sub(r"[^\w &'.-]+|_", " ", plain(profile.subject, 50)).strip() or "given"
    titled = profile.titled if re.search(r"[a-z]{3}", profile.titled) else ""
    names = [titled, profile.dataset, *(table.name for table in profile.tables)]
    capitals = {part.lower(): part for name in names for part in re.findall(r"[A-Z]{2,}\b", name)}
    return " ".join(
        capitals.get(part, part if part in _SMALL else part[:1].upper() + part[1:])
        for part in text.split()
    )


def _subject(profile: DatasetProfile, qualifier: str) -> list[str]:
    parts = _folded(profile.subject) or _folded(subject_of(profile.dataset, []))
    if qualifier or not parts or set(parts) <= _GENERIC:
        front = [part for part in _folded(qualifier or profile.dataset) if part not in parts]
        parts = [*front[:2], *parts]
    return parts or ["table"]


def _called(profile: DatasetProfile, name: str) -> str:
    """Return a column's name; of one without a name what the publisher calls it, in a few words."""
    place = re.match(r"column_\d+", name)
    if place is None:
        return name
    said = [table.meanings.get(place[0], "") for table in profile.tables if is_nameless(table)]
    short = re.sub(r"\s*\(.*|:\s.*", "", said[0]).strip() if len(said) == 1 else ""
    plainly = re.fullmatch(r"[^\W\d_][\w '-]{2,30}", short) and len(short.split()) <= _CALLED
    return f"{short}{name[place.end() :]}" if plainly else name


def _target(profile: DatasetProfile, idea: Idea, subject: list[str]) -> list[str]:
    parts = _folded(idea.topic or _called(profile, idea.target)) or ["target"]
    fresh = [part for part in parts if part not in subject]
    return fresh or _KINDS.get(idea.objective, ["class"])


def _derived(idea: Idea) -> bool:
    return idea.target != idea.target_source and any(
        isinstance(t, Bin | MapValues) and t.into == idea.target for t in idea.transforms
    )


def _asked(idea: Idea) -> list[str]:
    """Words for an objective that the name of the target does not tell."""
    made = next(
        (t for t in reversed(idea.transforms) if isinstance(t, Bin) and t.into == idea.target),
        None,
    )
    if made is None or set(_folded(idea.target)) & _BINNED:
        return []
    return ["high", "or", "low"] if len(made.labels) == 2 else ["band"]


def _variant(idea: Idea) -> list[str]:
    column = idea.holdout.column
    if idea.holdout.kind == "group" and column:
        noun = _folded(plural(entity(column)))
        return ["new", *(noun or ["groups"])]
    if idea.holdout.kind == "time":
        unit = _time_unit(column)
        return ["later", f"{unit}s"] if unit else ["future"]
    return []


def _time_unit(column: str | None) -> str:
    """The unit of time that a column's name speaks of, or an empty string."""
    spoken = set(words(column or ""))
    return next((unit for unit in ("year", "month", "week", "season") if unit in spoken), "")


def _reserves(
    profile: DatasetProfile, idea: Idea, qualifier: str, told: set[str]
) -> Iterable[list[str]]:
    """Words to add, one set after the other, until a slug is free."""
    yield []
    table = [part for part in _folded(idea.table) if part not in told]
    if table:
        yield table[:2]
    yield _KINDS.get(idea.objective, ["class"])
    owner = [part for part in _folded(qualifier or profile.dataset) if part not in told]
    for length in range(1, len(owner) + 1):
        yield ["from", *owner[:length]]
    yield ["by", *_folded(idea.metric.name)]
    yield [idea.holdout.kind, "holdout"]
    left_out = [part for each in idea.exclusions for part in _folded(each.column)][:2]
    if left_out:
        yield ["without", *left_out]


def _both(mapped: MapValues) -> list[str]:
    labels = [*mapped.values.values(), *([mapped.other] if mapped.other else [])]
    return [brief(label, _LABEL) for label in dict.fromkeys(labels)][:3]


def _folded(text: str) -> list[str]:
    """Words of a text in plain ASCII; words of other scripts are left out."""
    parts: list[str] = []
    for word in words(text):
        spelled = unicodedata.normalize("NFKD", word.translate(_FOLDED))
        ascii_word = re.sub(r"[^a-z0-9]", "", spelled.encode("ascii", "ignore").decode().lower())
        if ascii_word:
            parts.append(ascii_word)
    return parts


def _joined(subject: list[str], target: list[str], tail: list[str]) -> str:
    """Return the words joined by dashes within `LONGEST`; the tail, which tells apart, stays."""
    end = _deduplicated(tail)
    head = _deduplicated([*subject, *target])
    budget = LONGEST - (len("-".join(end)) + 1 if end else 0)
    while len(head) > 2 and len("-".join(head)) > budget:
        # The middle goes first: subject in front and target behind are what a name is for.
        head.pop(len(head) // 2)
    slug = "-".join([*head, *end])[:LONGEST].strip("-") or "table"
    # `-v2` is how versions look: `signal-v2` reads `signal-2v` would not, so spell it out.
    return re.sub(r"-v(?=[0-9]+$)", "-var", slug)


def _deduplicated(parts: list[str]) -> list[str]:
    return [part for index, part in enumerate(parts) if index == 0 or part != parts[index - 1]]
