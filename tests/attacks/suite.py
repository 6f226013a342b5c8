"""All attacks."""

from __future__ import annotations

from . import cheating, escaping, exhausting, reaching, reading
from .attack import ATTACKS, FAMILIES, Attack

MODULES = (reading, reaching, escaping, exhausting, cheating)


def attacks(*words: str) -> list[Attack]:
    """Return the attacks whose family or name has one of the words; all without words."""
    found = [
        attack
        for attack in ATTACKS
        if not words or any(word in f"{attack.family}: {attack.name}" for word in words)
    ]
    return sorted(found, key=lambda attack: FAMILIES.index(attack.family))
