"""The sections of pages that ask for a tag on each token."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from mlesmith_env.metrics.tags import OUTSIDE, entities
from mlesmith_env.recipes.model import Extract
from mlesmith_generator.describe import markdown as md
from mlesmith_generator.describe import numerals as nu
from mlesmith_generator.describe.measure import as_text
from mlesmith_generator.describe.naming import subject_text
from mlesmith_generator.describe.page import Page
from mlesmith_generator.describe.scoring import metric_told

_SHOWN_TYPES = 24
_EXAMPLES = 3
_LONGEST = 12
"""Tokens of the example sentence."""


@dataclass(frozen=True)
class _Measured:
    """Tagged training sentences.

    Attributes:
        lengths: Tokens of each sentence.
        tags: Tokens with each tag.
        kinds: Entities of each type.
        mentions: Entities of each type by their words.
        without: Sentences without a tag but `O`.
        ambiguous: Share of the tokens whose word has more than one tag in training.
        example: A short sentence with its tags.
    """

    lengths: Sequence[int]
    tags: Counter[str]
    kinds: Counter[str]
    mentions: dict[str, Counter[str]]
    without: int
    ambiguous: float
    example: tuple[Sequence[str], Sequence[str]]


def context_section(page: Page) -> str:
    """Return the question and what is striking about sentences and tags."""
    facts, fields = _measured(page), _fields(page)
    kind = "entities" if _chunked(facts) else "tags"
    told = [page.voice.say(f"opening {kind}", **fields)]
    told.append(page.voice.say("sentences", **fields))
    second = [page.voice.say(f"striking {kind}", **fields)]
    if kind == "entities" and facts.without:
        second.append(page.voice.say("without entities", **fields))
    second.append(page.voice.say("ambiguous tags", **fields))
    return "\n\n".join((" ".join(told), " ".join(second)))


def target_section(page: Page) -> str:
    """Return how tags read, with a table of them and an example."""
    facts, fields = _measured(page), _fields(page)
    chunked = _chunked(facts)
    parts = [page.voice.say("target entities" if chunked else "target tags", **fields)]
    words, tags = facts.example
    parts.append(
        md.table(
            ("token", "tag"), [(md.code(w), md.code(t)) for w, t in zip(words, tags, strict=False)]
        )
    )
    if any(isinstance(made, Extract) and made.words for made in page.transforms):
        parts.append(page.voice.say("tags given twice", **fields))
    counts = facts.kinds if chunked else facts.tags
    rows = [
        (
            md.code(kind),
            nu.count(number),
            ", ".join(md.code(text, 40) for text, _ in facts.mentions[kind].most_common(_EXAMPLES)),
        )
        for kind, number in counts.most_common(_SHOWN_TYPES)
    ]
    head = ("type", "entities", "frequent ones") if chunked else ("tag", "tokens", "frequent words")
    told = md.table(head, rows)
    if len(counts) > _SHOWN_TYPES:
        told += f"\n\n{nu.word(len(counts) - _SHOWN_TYPES).capitalize()} rarer ones are not listed."
    return "\n\n".join((*parts, told))


def metric_section(page: Page) -> str:
    """Return what the metric measures, and what that means for tags."""
    facts = _measured(page)
    bank = f"why {page.metric.name}"
    return metric_told(page, page.voice.say(bank, **_fields(page)) if facts.tags else "")


def _measured(page: Page) -> _Measured:
    tokens, target = as_text(page.train, "tokens"), as_text(page.train, page.target)
    lengths: list[int] = []
    tags, kinds, without = Counter[str](), Counter[str](), 0
    mentions: dict[str, Counter[str]] = {}
    by_word: dict[str, Counter[str]] = {}
    example: tuple[Sequence[str], Sequence[str]] = ((), ())
    chunked = False
    for one, other in zip(tokens.codes.tolist(), target.codes.tolist(), strict=True):
        words, told = tokens.values[one].split(), tuple(target.values[other].split())
        lengths.append(len(words))
        tags.update(told)
        without += all(tag == OUTSIDE for tag in told)
        for word, tag in zip(words, told, strict=False):
            by_word.setdefault(word.casefold(), Counter())[tag] += 1
        for start, end, kind in entities(told):
            kinds[kind] += 1
            mentions.setdefault(kind, Counter())[" ".join(words[start:end])] += 1
        chunked = chunked or any(tag != OUTSIDE for tag in told)
        if len(set(told)) > len(set(example[1])) and 4 <= len(words) <= _LONGEST:
            example = words, told
    if OUTSIDE not in tags:
        mentions = {}
        for word, counts in by_word.items():
            for tag, number in counts.items():
                mentions.setdefault(tag, Counter())[word] += number
    total = max(1, sum(tags.values()))
    several = sum(counts.total() for counts in by_word.values() if len(counts) > 1)
    if not example[0]:
        words, told = tokens.values[0].split(), target.values[0].split()
        example = words[:_LONGEST], told[:_LONGEST]
    return _Measured(lengths, tags, kinds, mentions, without, several / total, example)


def _chunked(facts: _Measured) -> bool:
    return OUTSIDE in facts.tags and any("-" in tag for tag in facts.tags)


def _fields(page: Page) -> dict[str, str]:
    facts = _measured(page)
    kinds = facts.kinds if _chunked(facts) else facts.tags
    ranked = kinds.most_common()
    once = sum(
        number for each in facts.mentions.values() for number in each.values() if number == 1
    )
    outside = facts.tags[OUTSIDE] / max(1, sum(facts.tags.values()))
    names = [md.code(kind) for kind, _ in ranked]
    shown = [*names[:3], f"{nu.word(len(names) - 3)} more"] if len(names) > 4 else names
    return {
        "subject": subject_text(page.profile),
        "target": page.code(page.target),
        "n": nu.count(page.facts.train_rows),
        "m": nu.count(page.facts.test_rows),
        "tokens": nu.count(sum(facts.lengths)),
        "length": nu.count(int(median(facts.lengths))),
        "longest": nu.count(max(facts.lengths)),
        "c": nu.word(len(ranked)),
        "names": md.listing(shown),
        "most": names[0],
        "p": nu.percent(ranked[0][1] / max(1, sum(kinds.values()))),
        "least": names[-1],
        "few": nu.count(ranked[-1][1]),
        "entities": nu.count(sum(facts.kinds.values())),
        "without": nu.percent(facts.without / max(1, len(facts.lengths))),
        "once": nu.percent(once / max(1, sum(facts.kinds.values()))),
        "inside": nu.percent(1 - outside),
        "ambiguous": nu.percent(facts.ambiguous),
    }
