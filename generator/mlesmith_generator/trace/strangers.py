"""Texts of strangers, made harmless in the one place where they are read.

Data and models may write escape sequences that a terminal obeys, marks that turn the direction of
a line round so that it reads as another one, and as much as they like.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlesmith_env.spaces import printable
from mlesmith_generator.llm.toolbox import shortened

LONGEST = 20_000
"""Characters of one text; what is longer loses its middle, and says so."""
_TURNING = dict.fromkeys((1564, 8206, 8207, *range(8234, 8239), *range(8294, 8298)), "�")


def harmless(value: Any) -> Any:
    """Return a value of a journal, every text in it fit for terminals and pages.

    Control characters but newlines and tabs, and marks of direction, become U+FFFD; texts of more
    than `LONGEST` characters lose their middle.
    """
    if isinstance(value, str):
        return shortened(printable(value).translate(_TURNING), LONGEST)
    if isinstance(value, Mapping):
        return {harmless(str(key)): harmless(part) for key, part in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, list):
        return [harmless(part) for part in value]  # pyright: ignore[reportUnknownVariableType]
    return value
