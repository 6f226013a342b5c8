"""Removing what a stranger has left, on the host's side."""

from __future__ import annotations

from pathlib import Path

from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox.inside import removal


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, if it is there; links are never followed.

    Nothing may run any more that could change it meanwhile.

    Raises:
        SandboxLostError: It can not be removed.
    """
    try:
        removal.remove(path)
    except OSError as error:
        raise SandboxLostError(f"{path} can not be removed: {error}") from error
