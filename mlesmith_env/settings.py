"""The three environment variables of the package, read in this one place."""

from __future__ import annotations

import os
from pathlib import Path


def cache_root() -> Path:
    """Folder for prepared data: `MLESMITH_CACHE`, else `~/.cache/mlesmith`."""
    value = os.environ.get("MLESMITH_CACHE")
    if value:
        return Path(value).expanduser().absolute()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base).expanduser() if base else Path.home() / ".cache").absolute() / "mlesmith"


def data_mirrors() -> tuple[Path, ...]:
    """Trees in which raw bytes are looked up: `MLESMITH_DATA_MIRROR`, separated as in `PATH`."""
    return _paths("MLESMITH_DATA_MIRROR")


def registry_paths() -> tuple[Path, ...]:
    """Further registry roots: `MLESMITH_REGISTRY`, separated as in `PATH`."""
    return _paths("MLESMITH_REGISTRY")


def _paths(variable: str) -> tuple[Path, ...]:
    value = os.environ.get(variable, "")
    return tuple(Path(part).expanduser().absolute() for part in value.split(os.pathsep) if part)
