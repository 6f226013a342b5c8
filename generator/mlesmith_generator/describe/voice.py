"""A voice: the same page always says things the same way, another page another way.

Each slot of a page has a bank of templates. The choice is a hash of the page's slug and the slot,
so it never changes, and templates with more surface forms are taken more often, so that no
sentence becomes a refrain of the whole registry.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from mlesmith_generator.describe.phrases import bank

_INNER = re.compile(r"\[([^\[\]]*)\]")


class Voice:
    """Deterministic choice of words for one page.

    Args:
        seed: What makes the page this page: its slug.
    """

    def __init__(self, seed: str) -> None:
        """Remember the seed; nothing is drawn until it is asked for."""
        self._seed = seed

    def draw(self, slot: str) -> float:
        """Return a number in [0, 1) that belongs to the slot."""
        digest = hashlib.blake2b(f"{self._seed}\x00{slot}".encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") / 2**64

    def choose(self, slot: str, weights: Sequence[float]) -> int:
        """Return an index below `len(weights)`, drawn in proportion to the weights."""
        point = self.draw(slot) * sum(weights)
        for index, weight in enumerate(weights):
            point -= weight
            if point < 0:
                return index
        return len(weights) - 1

    def pick(self, slot: str, options: Sequence[str]) -> str:
        """Return one of the options, each as likely as the others."""
        return options[self.choose(slot, [1.0] * len(options))]

    def say(self, name: str, /, **fields: str) -> str:
        """Return one sentence of a bank: a template all of whose fields are given, filled in.

        Raises:
            KeyError: There is no such bank.
        """
        usable = [each for each in bank(name) if each.fields <= fields.keys()]
        chosen = usable[self.choose(name, [each.forms**0.5 for each in usable])]
        text, step = chosen.text, 0
        while (match := _INNER.search(text)) is not None:
            options = match.group(1).split("|")
            picked = self.pick(f"{name}/{step}/{match.group(1)}", options)
            text = text[: match.start()] + picked + text[match.end() :]
            step += 1
        filled = re.sub(r"\s+([.,;:?])", r"\1", re.sub(r" {2,}", " ", text)).format_map(fields)
        return filled[:1].upper() + filled[1:]
