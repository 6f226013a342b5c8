"""Texts in JSON in which pieces are marked: utterances with slots, documents with entities."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from mlesmith_env.errors import ReadError

COLUMNS = ("tokens", "tags", "label")

_DEEPEST = 12
_TOKEN = re.compile(r"\w+|[^\w\s]")
_TEXTS = ("text", "utterance", "query", "sentence", "content")
_SPANS = ("entities", "spans", "slots", "labels", "label", "annotations", "ents")
_KINDS = ("entity", "label", "type", "tag", "slot", "name", "entity_type", "labels")
_STARTS = ("start", "startPos", "start_offset", "begin", "startIndex")
_ENDS = ("end", "endPos", "end_offset", "stop", "endIndex")
_INTENTS = ("intent", "label", "category", "domain")

Piece = tuple[int, int, str]
"""First character, one past the last, and kind."""
Row = tuple[str, str, str | None]


def utterance_table(
    lines: Iterable[str], name: str
) -> tuple[tuple[str, ...], Iterator[Sequence[str | None]]]:
    """Return names and rows of the texts in a JSON document, or in one record a line.

    A row is a text: `tokens` (words and punctuation, joined with blanks), `tags` (`O`, or `B-` and
    `I-` with the kind of the marked piece) and `label` (the intent that is told of it, or the name
    under which it stands). Known are a list of chunks, of which some name an entity (`{"data":
    [{"text": "to "}, {"text": "Rome", "entity": "city"}]}`), and a text with a list of marked
    pieces by their characters (`{"text": "to Rome", "entities": [{"start": 3, "end": 7, "entity":
    "city"}]}` or `[3, 7, "city"]`).

    Raises:
        ReadError: It is not JSON, or no such text is in it.
    """
    rows = list(_rows(_parsed("".join(lines), name), "", _DEEPEST))
    if not rows:
        raise ReadError(f"{name} holds no texts with marked pieces")
    return COLUMNS, iter(rows)


def _parsed(text: str, name: str) -> Any:
    try:
        return json.loads(text.lstrip("\ufeff"))
    except ValueError as whole:
        try:
            return [json.loads(line) for line in text.lstrip("\ufeff").splitlines() if line.strip()]
        except (ValueError, RecursionError):
            raise ReadError(f"{name} is not JSON: {whole}") from whole
    except RecursionError as error:
        raise ReadError(f"{name} is nested too deeply") from error


def _rows(value: Any, name: str, depth: int) -> Iterator[Row]:
    """Yield the texts in a value that stands under a name."""
    if depth < 0:
        return
    if isinstance(value, list):
        for each in cast("list[Any]", value):
            yield from _rows(each, name, depth - 1)
    elif isinstance(value, dict):
        record = cast("dict[str, Any]", value)
        marked = _chunked(record) or _offset(record)
        if marked is not None:
            text, pieces = marked
            yield _tagged(text, pieces, _intent(record) or name or None)
            return
        for key, inner in record.items():
            yield from _rows(inner, key if isinstance(inner, list) else name, depth - 1)


def _chunked(record: Mapping[str, Any]) -> tuple[str, list[Piece]] | None:
    """Return a text that stands in chunks, and its marked ones."""
    chunks = record.get("data", record.get("chunks"))
    if not isinstance(chunks, list) or not chunks:
        return None
    text, pieces = "", list[Piece]()
    for chunk in cast("list[Any]", chunks):
        told = cast("dict[str, Any]", chunk).get("text") if isinstance(chunk, dict) else None
        if not isinstance(told, str):
            return None
        kind = _first(cast("dict[str, Any]", chunk), _KINDS)
        if isinstance(kind, str) and kind:
            pieces.append((len(text), len(text) + len(told), kind))
        text += told
    return text, pieces


def _offset(record: Mapping[str, Any]) -> tuple[str, list[Piece]] | None:
    """Return a text and the pieces that are marked by their characters."""
    text, spans = _first(record, _TEXTS), _first(record, _SPANS)
    if not isinstance(text, str) or not isinstance(spans, list):
        return None
    pieces: list[Piece] = []
    for span in cast("list[Any]", spans):
        piece = _piece(span)
        if piece is None:
            return None
        pieces.append(piece)
    return text, pieces


def _piece(span: Any) -> Piece | None:
    if isinstance(span, dict):
        told = cast("dict[str, Any]", span)
        start, end, kind = _first(told, _STARTS), _first(told, _ENDS), _first(told, _KINDS)
        if "endPos" in told and isinstance(end, int):
            end += 1  # LUIS tells the last character.
    elif isinstance(span, list) and len(cast("list[Any]", span)) == 3:
        start, end, kind = cast("list[Any]", span)
    else:
        return None
    if isinstance(kind, list) and len(cast("list[Any]", kind)) == 1:
        kind = cast("list[Any]", kind)[0]
    if not isinstance(start, int) or not isinstance(end, int) or not isinstance(kind, str):
        return None
    return start, end, kind


def _intent(record: Mapping[str, Any]) -> str | None:
    told = _first(record, _INTENTS)
    return told if isinstance(told, str) and told.strip() else None


def _first(record: Mapping[str, Any], names: Sequence[str]) -> Any:
    return next((record[name] for name in names if record.get(name) is not None), None)


def _tagged(text: str, pieces: Sequence[Piece], label: str | None) -> Row:
    tokens: list[str] = []
    tags: list[str] = []
    begun: set[Piece] = set()
    for match in _TOKEN.finditer(text):
        tokens.append(match.group())
        inside = [p for p in pieces if p[0] < match.end() and match.start() < p[1]]
        if not inside:
            tags.append("O")
            continue
        prefix = "I" if inside[0] in begun else "B"
        begun.add(inside[0])
        tags.append(f"{prefix}-{'_'.join(inside[0][2].split())}")
    return " ".join(tokens), " ".join(tags), label
