"""The attribute-relation file format (ARFF) of Weka, dense and sparse."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mlesmith_env.errors import ReadError

_QUOTED = r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\""""
_ATTRIBUTE = re.compile(rf"@attribute\s+({_QUOTED}|[^\s{{]+)\s*(.*)", re.IGNORECASE | re.DOTALL)
_VALUE = re.compile(rf"\s*+(?:({_QUOTED})|([^,]*+))\s*+(?:,|$)")
_ENTRY = re.compile(rf"(?<![0-9])([0-9]++)\s++(?:({_QUOTED})|([^,]*+))\s*+(?:,|$)")
_ESCAPE = re.compile(r"\\(.)")


@dataclass(frozen=True)
class _Attribute:
    name: str
    default: str
    """What a sparse row means where it says nothing: zero, or the first nominal value."""


def arff_table(
    lines: Iterable[str], name: str
) -> tuple[tuple[str, ...], Iterator[Sequence[str | None]]]:
    """Return names and rows of an ARFF file.

    Raises:
        ReadError: There is no `@attribute` or no `@data`, a relational attribute, or an entry of
            a sparse row that names no attribute.
    """
    stream = iter(lines)
    attributes: list[_Attribute] = []
    for line in stream:
        text = line.strip().lstrip("\ufeff")
        lowered = text.lower()
        if not text or text.startswith("%") or lowered.startswith("@relation"):
            continue
        if lowered.startswith("@attribute"):
            attributes.append(_attribute(text, name))
        elif lowered.startswith("@data"):
            break
        else:
            raise ReadError(f"{name} is not ARFF: {text[:60]!r} stands before @data")
    else:
        raise ReadError(f"{name} is not ARFF: it has no @data")
    if not attributes:
        raise ReadError(f"{name} is not ARFF: it declares no @attribute")
    return tuple(attribute.name for attribute in attributes), _rows(stream, attributes, name)


def _attribute(text: str, name: str) -> _Attribute:
    match = _ATTRIBUTE.match(text)
    if match is None:
        raise ReadError(f"{name} has an attribute that can not be read: {text[:80]!r}")
    kind = match[2].strip()
    if kind.lower().startswith("relational"):
        raise ReadError(f"{name} has a relational attribute; only flat tables are read")
    default = "0"
    if kind.startswith("{") and (first := _VALUE.match(kind[1:].rstrip("}"))):
        default = _plain(first[1], first[2])
    return _Attribute(_plain(match[1] if match[1][0] in "'\"" else None, match[1]), default)


def _rows(
    lines: Iterator[str], attributes: list[_Attribute], name: str
) -> Iterator[Sequence[str | None]]:
    for line in lines:
        text = line.strip()
        if not text or text.startswith("%"):
            continue
        if text.startswith("{"):
            yield _sparse(text, attributes, name)
        elif "'" in text or '"' in text:
            yield _dense(text)
        else:
            yield text.split(",") if "," in text else text.split("\t")


def _dense(text: str) -> list[str]:
    values: list[str] = []
    position = 0
    while position <= len(text):
        match = _VALUE.match(text, position)
        if match is None:
            # A quote that is part of a bare value, as in `5' 10`: take the text up to the comma.
            end = text.find(",", position)
            end = len(text) if end < 0 else end
            values.append(text[position:end])
            position = end + 1
            continue
        values.append(_plain(match[1], match[2]))
        if match.end() == len(text) and not match[0].endswith(","):
            break
        position = match.end()
    return values


def _sparse(text: str, attributes: list[_Attribute], name: str) -> list[str]:
    values = [attribute.default for attribute in attributes]
    body = text[1 : text.rfind("}")] if "}" in text else text[1:]
    for index, quoted, bare in _ENTRY.findall(body):
        if int(index) >= len(values):
            raise ReadError(
                f"{name} has a sparse entry {index} beyond its {len(values)} attributes"
            )
        values[int(index)] = _plain(quoted or None, bare)
    return values


def _plain(quoted: str | None, bare: str) -> str:
    return _ESCAPE.sub(r"\1", quoted[1:-1]) if quoted else bare.rstrip()
