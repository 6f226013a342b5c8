"""Cases of one or several series each, in the `.ts` format of sktime and the UEA/UCR archive."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from mlesmith_env.errors import ReadError

_LABELS = ("classlabel", "targetlabel")


@dataclass
class _Header:
    labelled: bool = False
    stamped: bool = False
    labels: frozenset[str] = field(default_factory=frozenset[str])


def ts_table(
    lines: Iterable[str], name: str
) -> tuple[tuple[str, ...], Iterator[Sequence[str | None]]]:
    """Return names and rows of a `.ts` file: `channel_1`, …, and `label` where cases have one.

    A channel is its numbers in order, joined with blanks; `nan` for a missing one. Channels may
    have any number of values each. Labels are as they are spelt.

    Raises:
        ReadError: There is no `@data`, the values carry time stamps, or cases differ in their
            number of channels.
    """
    stream = iter(lines)
    header = _header(stream, name)
    first = next((parts for line in stream if (parts := _case(line))), None)
    if first is None:
        raise ReadError(f"{name} has no case after @data")
    channels = len(first) - header.labelled
    if channels < 1:
        raise ReadError(f"{name} has cases without a channel")
    names = tuple(f"channel_{number}" for number in range(1, channels + 1))
    if header.labelled:
        names = (*names, "label")
    return names, _rows(first, stream, header, name)


def _header(stream: Iterator[str], name: str) -> _Header:
    header = _Header()
    for line in stream:
        text = line.strip().lstrip("\ufeff")
        if not text or text.startswith(("#", "%")):
            continue
        if not text.startswith("@"):
            raise ReadError(f"{name} is no .ts file: {text[:60]!r} stands before @data")
        key, *values = text[1:].split()
        key = key.lower()
        if key == "data":
            break
        said = bool(values) and values[0].lower() == "true"
        if key in _LABELS:
            header.labelled, header.labels = said, frozenset(values[1:])
        elif key == "timestamps":
            header.stamped = said
    else:
        raise ReadError(f"{name} is no .ts file: it has no @data")
    if header.stamped:
        raise ReadError(f"{name} has time stamps in its values; only plain series are read")
    return header


def _case(line: str) -> list[str]:
    text = line.strip()
    return [] if not text or text.startswith(("#", "%")) else text.split(":")


def _rows(
    first: list[str], stream: Iterator[str], header: _Header, name: str
) -> Iterator[Sequence[str | None]]:
    width = len(first)
    yield _row(first, header, name)
    for line in stream:
        parts = _case(line)
        if not parts:
            continue
        if len(parts) != width:
            raise ReadError(
                f"{name} has a case of {len(parts)} parts separated by ':', the first has {width}"
            )
        yield _row(parts, header, name)


def _row(parts: list[str], header: _Header, name: str) -> list[str | None]:
    label = [parts[-1].strip()] if header.labelled else []
    if header.labels and label and label[0] not in header.labels:
        raise ReadError(f"{name} has the label {label[0]!r}, which @classLabel does not name")
    channels = parts[: len(parts) - header.labelled]
    return [*(_numbers(channel) for channel in channels), *label]


def _numbers(channel: str) -> str | None:
    values = [value.strip() for value in channel.split(",")]
    return " ".join("nan" if value in ("?", "", "NaN") else value for value in values) or None
