"""Records that stand inside records in JSON: documents, their paragraphs, and the questions there.

A row is a record of the innermost lists; what is said of the records around it is carried down.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

FEWEST = 1.5
"""Records inside a record, on average, from which they are the rows."""
PLAIN = 2
"""Values that a record may hold beside its list to be no more than what is around the rows."""
_STARTS = ("start", "answer_start", "start_offset", "begin", "offset", "startPos", "startIndex")
"""Keys of records that mark a piece of a text: they belong to a row, and are none."""
_DEEPEST = 8

Carried = tuple[tuple[str, str, Any], ...]
"""The field that a record around the row stands in, a key of it, and its value."""


def leaf_path(value: Any) -> str:
    """Return the fields that lead to the innermost records, such as `data/paragraphs/qas`.

    Empty where the outer records are the rows: they say enough of themselves, or hold no lists.
    """
    names: list[str] = []
    if isinstance(value, dict):
        lists = {
            name: inner
            for name, inner in cast("dict[str, Any]", value).items()
            if _is_records(inner)
        }
        if len(lists) != 1:
            return ""
        (name, value), *_ = lists.items()
        names.append(name)
    depth = len(names)
    while _is_records(value) and len(names) < _DEEPEST:
        found = _inner(cast("list[dict[str, Any]]", value))
        if found is None:
            break
        names.append(found[0])
        value = found[1]
    return "/".join(names) if len(names) > depth else ""


def leaves(value: Any, path: str) -> Iterator[tuple[Carried, Mapping[str, Any]]]:
    """Yield what is carried down to each record at the end of a path, and the record."""
    yield from _walk(value, path.split("/"), "", (), inside=False)


def _walk(
    value: Any, names: Sequence[str], own: str, carried: Carried, *, inside: bool
) -> Iterator[tuple[Carried, Mapping[str, Any]]]:
    if isinstance(value, list):
        for each in (item for item in cast("list[Any]", value) if isinstance(item, dict)):
            yield from _walk(each, names, own, carried, inside=True)
    elif isinstance(value, dict):
        record = cast("dict[str, Any]", value)
        if not names:
            yield carried, record
            return
        if inside:  # What is said of the document itself is the same in every row.
            said = ((own, key, told) for key, told in record.items() if key != names[0])
            carried = (*carried, *(each for each in said if not _is_records(each[2])))
        yield from _walk(record.get(names[0]), names[1:], names[0], carried, inside=False)


def _inner(records: Sequence[Mapping[str, Any]]) -> tuple[str, list[Any]] | None:
    """Return the list of records that poor records hold, and all that is in it."""
    best: tuple[str, list[Any]] | None = None
    for name in dict.fromkeys(key for record in records for key in record):
        children = [
            child
            for record in records
            if _is_records(record.get(name))
            for child in cast("list[Any]", record[name])
        ]
        if len(children) < FEWEST * len(records) or len(children) <= len(best[1] if best else ()):
            continue
        rest = max(
            sum(not isinstance(told, dict | list) for told in record.values())
            for record in records[:50]
        )
        marks = any(key in child for child in children[:50] for key in _STARTS)
        wide = max(len(child) for child in children[:50])
        if rest <= PLAIN and not marks and wide >= 2:
            best = name, children
    return best


def _is_records(value: Any) -> bool:
    if not isinstance(value, list) or not value:
        return False
    return all(isinstance(each, dict) for each in cast("list[Any]", value))
