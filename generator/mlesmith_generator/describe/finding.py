"""A finding: one fact worth telling, and how striking it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mlesmith_generator.describe.voice import Voice


@dataclass(frozen=True)
class Finding:
    """One fact that may be told.

    Attributes:
        bank: The bank of phrases that tell it.
        weight: How striking it is here: 0 not at all, 1 very.
        fields: What fills the phrases.
        then: A bank of phrases for a sentence after it, filled by the same fields; empty for none.
        aside: What the fact leaves out, told after it; empty where it is about all columns.
        about: Columns that it is mainly about, so that no column is told twice in a row.
    """

    bank: str
    weight: float
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    then: str = ""
    aside: str = ""
    about: frozenset[str] = frozenset()

    def told(self, voice: Voice) -> str:
        """Return the sentence, and those after it."""
        told = [voice.say(self.bank, **self.fields)]
        if self.aside:
            told.append(voice.say("aside", aside=self.aside))
        if self.then:
            told.append(voice.say(self.then, **self.fields))
        return " ".join(told)


def most_striking(findings: Iterable[Finding], voice: Voice, most: int) -> list[Finding]:
    """Return at most `most` findings of highest weight; a hash of the page decides near ties."""

    def rank(finding: Finding) -> float:
        return finding.weight + 0.35 * voice.draw(f"rank/{finding.bank}")

    return sorted(findings, key=rank, reverse=True)[:most]
