"""A voice: the same page always says things the same way, another page another way.

A slot of a page has several templates. A template is a sentence with alternatives in square
brackets, which may be nested, and fields in braces: `{n} rows [are|stay] empty.` The choice is a
hash of the page's slug and the slot, so it never changes, and templates with more surface forms
are taken more often, so that no sentence becomes a refrain of the whole registry.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

_INNER = re.compile(r"\[([^\[\]]*)\]")


def variants(template: str) -> int:
    """Return the number of surface forms of a template."""
    total = 1
    while True:
        match = _INNER.search(template)
        if match is None:
            return total
        # Nested alternatives count once per level: a lower bound is enough for weighting.
        total *= match.group(1).count("|") + 1
        template = template[: match.start()] + template[match.end() :]


class Voice:
    """Deterministic choice of words for one page."""

    def __init__(self, seed: str) -> None:
        self._seed = seed

    def choose(self, slot: str, weights: Sequence[float]) -> int:
        """Return an index below `len(weights)`, drawn in proportion to the weights."""
        digest = hashlib.blake2b(f"{self._seed}\x00{slot}".encode(), digest_size=8).digest()
        point = int.from_bytes(digest, "big") / 2**64 * sum(weights)
        for index, weight in enumerate(weights):
            point -= weight
            if point < 0:
                return index
        return len(weights) - 1

    def pick(self, slot: str, options: Sequence[str]) -> str:
        """Return one of the options, each as likely as the others."""
        return options[self.choose(slot, [1.0] * len(options))]

    def say(self, slot: str, templates: Sequence[str], /, **fields: str) -> str:
        """Return one sentence: a template, its alternatives chosen and its fields filled in."""
        weights = [variants(template) ** 0.5 for template in templates]
        text = templates[self.choose(slot, weights)]
        step = 0
        while (match := _INNER.search(text)) is not None:
            options = match.group(1).split("|")
            chosen = self.pick(f"{slot}/{step}/{match.group(1)}", options)
            text = text[: match.start()] + chosen + text[match.end() :]
            step += 1
        filled = text.format_map(fields)
        return filled[:1].upper() + filled[1:]
