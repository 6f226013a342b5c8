"""SHA-256 of files, and of folders of many files as one."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path


def file_digest(path: Path) -> str:
    """Return the SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def tree_digest(digests: Mapping[str, str]) -> str:
    r"""Return the SHA-256 of a folder: over a line `<sha256>  <relative path>\n` for each file.

    Args:
        digests: SHA-256 of each file by its path inside the folder. Lines are sorted by path.
    """
    lines = "".join(f"{digests[path]}  {path}\n" for path in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()


def folder_digest(folder: Path) -> str:
    """Return the `tree_digest` of what lies in a folder; a link counts as the file it leads to."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return tree_digest({path.relative_to(folder).as_posix(): file_digest(path) for path in files})
