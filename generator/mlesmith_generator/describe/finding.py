"""A finding: one fact worth telling, how striking it is, and the ways to tell it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from mlesmith_generator.describe.voice import Voice


@dataclass(frozen=True)
class Finding:
    """One fact that may be told.

    Attributes:
        slot: Name of the fact, the same for the same kind of fact on every page.
        weight: How striking it is here: 0 not at all, 1 very.
        templates: Ways to tell it, see `Voice.say`.
        fields: What fills the templates.
    """

    slot: str
    weight: float
    templates: Sequence[str]
    fields: Mapping[str, str] = field(default_factory=dict[str, str])

    def told(self, voice: Voice) -> str:
        """Return the sentence."""
        return voice.say(self.slot, self.templates, **self.fields)


def most_striking(findings: Iterable[Finding], voice: Voice, most: int) -> list[Finding]:
    """Return the `most` findings of highest weight, a hash of the page breaking near ties."""
    candidates = [finding for finding in findings if finding.weight > 0]

    def rank(finding: Finding) -> float:
        draw = voice.choose(f"rank/{finding.slot}", [1.0] * 1000) / 1000
        return finding.weight + 0.35 * draw

    return sorted(candidates, key=rank, reverse=True)[:most]
