"""Append-only JSON lines: what trajectories and ledgers are written in.

A line is written by one system call at the end of the file, so several processes may share a
journal, and a kill at any point leaves at most one torn line, at the end, which readers pass over.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any


class Journal:
    """Writes one JSON object a line, at constant cost.

    Args:
        path: The file; made with its folder where missing. A torn last line is closed first.
    """

    def __init__(self, path: Path) -> None:
        """Open the journal for appending."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.path = path
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(path, flags, 0o644)
        size = os.fstat(self._file).st_size
        if size and os.pread(self._file, 1, size - 1) != b"\n":
            os.write(self._file, b"\n")

    def append(self, record: Mapping[str, Any]) -> None:
        """Write one line. NaN becomes null; NumPy scalars become plain numbers."""
        text = json.dumps(_plain(record), ensure_ascii=False, allow_nan=False)
        os.write(self._file, text.encode("utf-8", "replace") + b"\n")

    def close(self) -> None:
        """Close the file; may be called more than once."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def __enter__(self) -> Journal:
        """Return the journal itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the file."""
        self.close()


def read_journal(path: Path) -> Iterator[dict[str, Any]]:
    """Yield the records of a journal in order; a line that a kill tore is passed over."""
    with path.open("rb") as file:
        for line in file:
            try:
                record = json.loads(line)
            except ValueError:
                continue
            if isinstance(record, dict):
                yield record


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    if hasattr(value, "item") and callable(value.item):
        value = value.item()
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return None
    if isinstance(value, Path):
        return str(value)
    return value
