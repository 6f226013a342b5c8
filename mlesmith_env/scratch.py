"""The temporary folder of a job: everything in it goes when the job has ended, however it ended.

A folder names its owner. What an owner left that was killed is removed by the next one.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox.owner import Owner
from mlesmith_env.sandbox.removal import remove
from mlesmith_env.sandbox.workspace import remove_abandoned_in

_PREFIX = "mlesmith-job-"
_MARK = "owner"
_WITHIN_S = 10.0


def make_scratch() -> Path:
    """Return a new temporary folder that belongs to this process."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    # Programs that a sandbox runs as another user have to pass through.
    folder.chmod(0o711)
    (folder / _MARK).write_text(f"{Owner.of_this_process()}\n")
    return folder


def remove_scratch(folder: Path) -> None:
    """Remove a folder with what sandboxes left in it, and their control groups.

    The processes that used it must have ended.

    Raises:
        SandboxLostError: It can not be removed.
    """
    end = time.monotonic() + _WITHIN_S
    while True:
        try:
            remove_abandoned_in(folder)
            remove(folder)
        except SandboxLostError:
            # The processes of a sandbox end a moment after the one that held it.
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
        else:
            return


def remove_abandoned_scratch() -> None:
    """Remove the folders whose owners are gone; raises SandboxLostError."""
    for folder in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        try:
            if folder.stat(follow_symlinks=False).st_uid != os.geteuid():
                continue
            owner = Owner.read((folder / _MARK).read_text())
        except (OSError, ValueError):
            # Just being made or removed by another process.
            continue
        if owner.is_gone:
            remove_scratch(folder)
