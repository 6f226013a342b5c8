"""Tables in JSON: a list of records, a record of columns, either one level down, lists by name."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.leaves import leaf_path, leaves
from mlesmith_env.recipes.text import plain_text

_DEPTH = 3
"""Levels of nested objects that become columns `outer.inner`; deeper ones stay JSON text."""

_DEEPEST = 20
"""Objects inside one another that are looked into for a table."""

_SPREAD = 4
"""Numbers of a short list that become columns `name.1`, `name.2`, …, as coordinates do."""

Table = tuple[tuple[str, ...], Iterator[Sequence[str | None]]]


def json_table(lines: Iterable[str], name: str, path: str = "") -> Table:
    """Return names and rows of the table in a JSON document.

    Numbers stay as they are spelled in the document; lists become JSON text.

    Args:
        lines: The document.
        name: What it is called in messages.
        path: Fields that lead to records inside records, such as `data/paragraphs/qas`: these are
            the rows, with the values of the records around them. Empty: the outer records.

    Raises:
        ReadError: The text is not JSON, or there is no table in it.
    """
    text = "".join(lines)
    if not text.strip():
        raise ReadError(f"{name} is empty")
    return _table(_parse(text, name), name, path)


def inner_path(lines: Iterable[str], name: str, *, by_line: bool = False) -> str:
    """Return the path of records inside records that are the rows, empty where there is none.

    Args:
        lines: The document.
        name: What it is called in messages.
        by_line: Whether each line is a record.

    Raises:
        ReadError: It is not JSON.
    """
    if by_line:
        return leaf_path([_parse(line, name) for line in lines if line.strip()])
    return leaf_path(_parse("".join(lines), name))


def json_lines_table(lines: Iterable[str], name: str, path: str = "") -> Table:
    """Return names and rows of the table in a file with one JSON record on each line.

    Args:
        lines: The file.
        name: What it is called in messages.
        path: As of `json_table`.

    Raises:
        ReadError: A line is not JSON, or there is no table in the file.
    """
    values = [
        _parse(line, f"line {number} of {name}")
        for number, line in enumerate(lines, start=1)
        if line.strip()
    ]
    if not values:
        raise ReadError(f"{name} is empty")
    return _table(values, name, path)


def _parse(text: str, name: str) -> Any:
    try:
        return json.loads(
            text.lstrip("\ufeff"),
            parse_float=_Spelled,
            parse_int=_Spelled,
            parse_constant=_Spelled,
            strict=False,
        )
    except ValueError as error:
        raise ReadError(f"{name} is not JSON: {error}") from error
    except RecursionError as error:
        raise ReadError(f"{name} is nested too deeply to be a table") from error


class _Spelled(str):
    """A number as it is spelled in the document."""

    __slots__ = ()


def _table(value: Any, name: str, path: str = "") -> Table:
    if path:
        return _inner_table(value, name, path)
    found = _find(value) or _from_lists(value)
    if found is None:
        raise ReadError(f"{name} holds no list of records and no object of columns")
    return found


def _inner_table(value: Any, name: str, path: str) -> Table:
    """Rows are the records at the end of a path; a name that they have, too, is told apart."""
    rows = [
        (
            {(field, key): told for field, outer, said in carried
             for key, told in _flatten({outer: said}).items()},
            _flatten(dict(record)),
        )
        for carried, record in leaves(value, path)
    ]  # fmt: skip
    if not rows:
        raise ReadError(f"{name} holds no records at {path!r}")
    own = dict.fromkeys(key for _, record in rows for key in record)
    around = dict.fromkeys(place for carried, _ in rows for place in carried)
    taken = {*own}
    names: list[str] = []
    for field, key in around:
        free = key if key not in taken else f"{field or 'outer'}.{key}"
        taken.add(free)
        names.append(free)
    cells = (
        [*(carried.get(place) for place in around), *(record.get(key) for key in own)]
        for carried, record in rows
    )
    return (*names, *own), iter([*cells])


def _find(value: Any, depth: int = 0) -> Table | None:
    if depth > _DEEPEST:
        return None
    if isinstance(value, list):
        return _from_list(cast("list[Any]", value))
    if not isinstance(value, dict):
        return None
    mapping = cast("dict[str, Any]", value)
    lists = {key: item for key, item in mapping.items() if isinstance(item, list)}
    parts = {key: part for key, item in lists.items() if (part := _from_list(item)) is not None}
    if parts:
        return _together(parts)
    if lists and len(lists) == len(mapping) and len({len(item) for item in lists.values()}) == 1:
        return tuple(lists), iter(
            [*zip(*(map(_text, item) for item in lists.values()), strict=True)]
        )
    objects = [item for item in mapping.values() if isinstance(item, dict)]
    if objects and len(objects) == len(mapping):
        return _from_objects(mapping)
    for item in mapping.values():
        if isinstance(item, dict | list) and (found := _find(item, depth + 1)) is not None:
            return found
    return None


def _from_lists(value: Any) -> Table | None:
    """Lists of plain values, each under a name: a row a value, with its `key`."""
    if not isinstance(value, dict):
        return None
    lists = cast("dict[str, Any]", value)
    if not lists or not all(isinstance(item, list) for item in lists.values()):
        return None
    rows = [[key, _text(item)] for key, items in lists.items() for item in items]
    if not rows or any(isinstance(item, dict | list) for each in lists.values() for item in each):
        return None
    return ("key", "value"), iter(rows)


def _together(parts: dict[str, Table]) -> Table:
    """Lists of the same columns are one table, told apart by `key`; of others the longest is it."""
    rows = {key: [*part[1]] for key, part in parts.items()}
    names = {part[0] for part in parts.values()}
    if len(parts) > 1 and len(names) == 1:
        joined = [[key, *row] for key, part in rows.items() for row in part]
        return ("key", *next(iter(names))), iter(joined)
    longest = max(rows, key=lambda key: len(rows[key]))
    return parts[longest][0], iter(rows[longest])


def _from_objects(mapping: dict[str, dict[str, Any]]) -> Table | None:
    """Either columns `{name: {row: value}}` or rows `{row: {name: value}}`, whichever is longer."""
    inner = list(dict.fromkeys(key for item in mapping.values() for key in item))
    scalar = all(not isinstance(v, dict | list) for item in mapping.values() for v in item.values())
    if scalar and len(inner) > len(mapping):
        rows = [[_text(mapping[name].get(key)) for name in mapping] for key in inner]
        return tuple(mapping), iter(rows)
    return _from_list([{"key": key, **item} for key, item in mapping.items()])


def _from_list(items: list[Any]) -> Table | None:
    if _is_records(items):
        flat = [_flatten(item) for item in items if isinstance(item, dict)]
        names = tuple(dict.fromkeys(key for record in flat for key in record))
        return names, iter([[record.get(name) for name in names] for record in flat])
    if items and all(isinstance(item, list) for item in items):
        rows = [[*map(_text, item)] for item in items]
        # Names stand over values of other kinds; where all is text the first row is a row.
        if all(isinstance(cell, str) and not isinstance(cell, _Spelled) for cell in items[0]) and (
            any(not isinstance(cell, str) or isinstance(cell, _Spelled) for cell in items[-1])
        ):
            return tuple(str(cell) for cell in rows[0]), iter(rows[1:])
        width = max(map(len, rows))
        return tuple(f"column_{i}" for i in range(1, width + 1)), iter(rows)
    return None


def _is_records(items: list[Any]) -> bool:
    return bool(items) and sum(isinstance(item, dict) for item in items) >= 0.9 * len(items)


def _flatten(record: dict[str, Any], prefix: str = "", depth: int = 1) -> dict[str, str | None]:
    result: dict[str, str | None] = {}
    for key, value in record.items():
        if isinstance(value, dict) and value and depth < _DEPTH:
            result.update(_flatten(value, f"{prefix}{key}.", depth + 1))
        elif isinstance(value, list) and 2 <= len(value) <= _SPREAD and _all_numbers(value):
            result.update({f"{prefix}{key}.{i}": str(v) for i, v in enumerate(value, start=1)})
        else:
            result[f"{prefix}{key}"] = _text(value)
    return result


def _all_numbers(values: list[Any]) -> bool:
    return all(isinstance(value, _Spelled) for value in values)


def _text(value: Any) -> str | None:
    if value is None or value == [] or value == {}:
        return None
    if isinstance(value, str):
        return plain_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    try:
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    except RecursionError as error:
        raise ReadError("a value is nested too deeply to be one") from error
