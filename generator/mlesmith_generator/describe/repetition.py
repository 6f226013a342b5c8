"""How often descriptions say the same thing: sentences are masked, then counted over pages.

Masked are numbers (in digits and in words), code spans, quoted values and the words of the page's
own title; lists of masked things count as one. Fixed sections, headings, tables and code blocks
are left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mlesmith_generator.describe.page import FIXED_SECTIONS

SHARE = 0.1
"""Share of the descriptions above which a sentence is a refrain."""

_FENCE = re.compile(r"^(`{3,}).*?^\1[ \t]*$", re.MULTILINE | re.DOTALL)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)", re.DOTALL)
_QUOTED = re.compile(r"[\"“][^\"”\n]*[\"”]")
_NUMBER = re.compile(r"[-+]?\d[\d,.]*(?:e[-+]?\d+)?(?:[:/-]\d+)*\s*%?")
_NUMBER_WORDS = re.compile(
    r"\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozen|hundred|thousand"
    r"|half|third|quarter|first|second)s?\b",
    re.IGNORECASE,
)
_LIST = re.compile(r"X(?:(?:, | and | or |, and )X)+")
_END = re.compile(r"(?<=[.!?:;])\s+(?=[A-ZX#`W]|$)")


@dataclass(frozen=True)
class Sentence:
    """A masked sentence and on how many pages it stands."""

    text: str
    pages: int
    share: float


@dataclass(frozen=True)
class Repetition:
    """How repetitive a set of descriptions is.

    Attributes:
        pages: Number of descriptions.
        sentences: Number of different masked sentences.
        most: The most frequent ones, at most 40, by falling share.
        refrains: Those on more than `SHARE` of the pages (and on more than one).
    """

    pages: int
    sentences: int
    most: tuple[Sentence, ...]
    refrains: tuple[Sentence, ...]


def repetition(descriptions: Sequence[str]) -> Repetition:
    """Return how often masked sentences recur over the descriptions, fixed sections left out."""
    counts: Counter[str] = Counter()
    for description in descriptions:
        counts.update(set(masked_sentences(description)))
    pages = len(descriptions)
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    told = [Sentence(text, number, number / pages) for text, number in ordered]
    return Repetition(
        pages=pages,
        sentences=len(told),
        most=tuple(told[:40]),
        refrains=tuple(each for each in told if each.pages > max(1, SHARE * pages)),
    )


def masked_sentences(description: str) -> list[str]:
    """Return the sentences outside the fixed sections with everything particular masked."""
    title, body = _parts(description)
    own = {word.lower() for word in re.findall(r"\w{3,}", title)}
    found: list[str] = []
    for paragraph in body:
        text = _CODE.sub("X", paragraph)
        text = _QUOTED.sub("X", text)
        text = _NUMBER.sub("# ", text)
        text = _NUMBER_WORDS.sub("#", text)
        text = re.sub(r"\w{3,}", lambda match: _own(match.group(), own), text)
        text = re.sub(r"(?:W\s+)+W", "W", text)
        text = _LIST.sub("X", re.sub(r"\s+", " ", text)).strip()
        for sentence in _END.split(text):
            plain = re.sub(r"[\s.]+$", "", sentence).lower()
            if len(re.findall(r"[a-z]{2,}", plain)) >= 2:
                found.append(plain)
    return found


def _own(word: str, own: set[str]) -> str:
    return "W" if word.lower() in own or word.lower().rstrip("s") in own else word


def _parts(description: str) -> tuple[str, list[str]]:
    """Return the title and the paragraphs of prose outside the fixed sections."""
    title, heading, kept = "", "", list[str]()
    for block in re.split(r"\n\s*\n", _FENCE.sub("", description)):
        lines: list[str] = []
        for line in block.splitlines():
            if line.startswith("# "):
                title = line[2:]
            elif line.startswith("## "):
                heading = line[3:].strip()
            elif not line.lstrip().startswith("|") and heading not in FIXED_SECTIONS:
                lines.append(re.sub(r"^\s*(?:[-*+]|\d+\.)\s+", "", line))
        if lines:
            kept.append(" ".join(lines))
    return title, kept
