"""Answers of the hosts' APIs, read with care: whatever is missing or of another kind is empty."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from mlesmith_env import download
from mlesmith_env.errors import DataUnavailableError

Answer = Mapping[str, Any]


def ask(url: str) -> Answer:
    """Return the JSON object that an API answers.

    Raises:
        DataUnavailableError: It can not be reached, or answers something else.
    """
    try:
        answer: Any = json.loads(download.ask(url))
    except (ValueError, RecursionError) as error:
        raise DataUnavailableError(f"{url} does not answer with JSON: {error}") from error
    if not isinstance(answer, dict):
        raise DataUnavailableError(f"{url} does not answer with an object")
    return cast("Answer", answer)


def inner(answer: Answer, key: str) -> Answer:
    """Return an object inside an answer."""
    value = answer.get(key)
    return cast("Answer", value) if isinstance(value, dict) else {}


def objects(answer: Answer, key: str) -> list[Answer]:
    """Return the objects of a list inside an answer."""
    value = answer.get(key)
    entries = cast("list[object]", value) if isinstance(value, list) else []
    return [cast("Answer", entry) for entry in entries if isinstance(entry, dict)]


def texts(answer: Answer, key: str) -> list[str]:
    """Return a text, or the texts of a list, inside an answer."""
    value = answer.get(key)
    entries = cast("list[object]", value) if isinstance(value, list) else [value]
    return [entry.strip() for entry in entries if isinstance(entry, str) and entry.strip()]


def text(answer: Answer, key: str) -> str:
    """Return a text, or a whole number as text, inside an answer."""
    value = answer.get(key)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value.strip() if isinstance(value, str) else ""
