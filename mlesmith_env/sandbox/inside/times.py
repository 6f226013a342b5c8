"""Times of files, which the system-call filter lets nobody set.

To the kernel's callers it has worked, also for a file that is not there. `Path.touch`, which makes
a file only where setting its times fails, has to be told.
"""

from __future__ import annotations

import os
from typing import Any


def install() -> None:
    """Let `os.utime` fail again for what is not there."""
    unaware = os.utime

    def utime(path: Any, *times: Any, **more: Any) -> None:
        where = {name: more[name] for name in ("dir_fd", "follow_symlinks") if name in more}
        os.stat(path, **where)  # noqa: PTH116
        unaware(path, *times, **more)

    for supporting in (os.supports_fd, os.supports_dir_fd, os.supports_follow_symlinks):
        if unaware in supporting:
            supporting.add(utime)
    os.utime = utime
