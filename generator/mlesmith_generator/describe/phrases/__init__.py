"""The phrases: plain text, one template a line, in banks under a heading that begins with `#`.

A template is a sentence with alternatives in square brackets, which may be nested, and fields in
braces: `{n} rows [are|stay] empty.`
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

_FIELD = re.compile(r"\{([a-z_0-9]+)\}")
_INNER = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Template:
    """One way to say something.

    Attributes:
        text: The sentence with its alternatives.
        fields: Names of the fields that it needs.
        forms: Number of its surface forms, counted once a level where alternatives are nested.
    """

    text: str
    fields: frozenset[str]
    forms: int


@cache
def bank(name: str) -> tuple[Template, ...]:
    """Return the templates of a bank; raises `KeyError` where there is none of that name."""
    return banks()[name]


@cache
def banks() -> dict[str, tuple[Template, ...]]:
    """Return every bank by name."""
    found: dict[str, list[Template]] = {}
    for file in sorted(resources.files(__name__).iterdir(), key=lambda each: each.name):
        if not file.name.endswith(".txt"):
            continue
        current: list[Template] = []
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                current = found.setdefault(line[2:].strip(), [])
            elif line.strip():
                current.append(_template(line.strip()))
    return {name: tuple(templates) for name, templates in found.items()}


def _template(text: str) -> Template:
    forms, rest = 1, text
    while (match := _INNER.search(rest)) is not None:
        forms *= match.group(1).count("|") + 1
        rest = rest[: match.start()] + rest[match.end() :]
    return Template(text, frozenset(_FIELD.findall(text)), forms)
