"""Small files of a registry, which a stranger may have written: read bounded, never executed."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from mlesmith_env.errors import ManifestError

_FLAGS = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_CHUNK = 1 << 20


def read_document(path: Path, most_bytes: int) -> bytes:
    """Return the content of a regular file; no pipe is waited for, no device read.

    Raises:
        OSError: It is missing or can not be read.
        ManifestError: It is no regular file, or has more bytes than it may have.
    """
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise ManifestError(f"{path} is no regular file; put a plain file in its place")
        parts: list[bytes] = []
        left = most_bytes + 1
        while left and (part := os.read(descriptor, min(left, _CHUNK))):
            parts.append(part)
            left -= len(part)
    finally:
        os.close(descriptor)
    if not left:
        raise ManifestError(f"{path} has more than the {most_bytes:,} bytes that it may have")
    return b"".join(parts)


def parse_yaml(content: str | bytes, origin: Path) -> Any:
    """Return the plain data that a YAML text holds.

    Raises:
        ManifestError: It is not YAML, or asks for more than plain data.
    """
    # Here, because reading an index needs none of it.
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return yaml.load(content, Loader=loader)  # noqa: S506 - a safe loader, in C if there is one
    except (yaml.YAMLError, ValueError, AttributeError, TypeError, RecursionError) as error:
        # What a value of a declared type does not spell, the loader lets out as it comes.
        raise ManifestError(f"{origin} is not YAML: {error}") from error
