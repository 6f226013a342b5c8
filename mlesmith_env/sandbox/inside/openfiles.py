"""The files that a session has open, so that each branch of it reads and writes at its own place.

Forked processes share the position in an open file. A branch that is gone back to therefore opens
its files anew, by their names, at the positions that they had.
"""

from __future__ import annotations

import fcntl
import os
import resource
import stat
from contextlib import suppress
from dataclasses import dataclass

_FIRST = 3
_MOST = 4096
_KEPT_FLAGS = os.O_ACCMODE | os.O_APPEND | os.O_NONBLOCK if hasattr(os, "O_ACCMODE") else 0


@dataclass(frozen=True)
class OpenFile:
    """A regular file that is open.

    Attributes:
        descriptor: Its number.
        path: Where it lies, as the kernel knows it.
        flags: How it is open.
        position: Where it is read or written next, in bytes.
        inheritable: Whether programs that are started get it too.
    """

    descriptor: int
    path: str
    flags: int
    position: int
    inheritable: bool

    @property
    def written(self) -> bool:
        """Whether it is open for writing."""
        return self.flags & os.O_ACCMODE != os.O_RDONLY


def open_files() -> list[OpenFile]:
    """Return the regular files that this process has open, standard streams left out."""
    found: list[OpenFile] = []
    bound = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    for descriptor in range(_FIRST, min(bound, _MOST) if bound > 0 else _MOST):
        # Not open; or without a place of its own.
        with suppress(OSError):
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                found.append(
                    OpenFile(
                        descriptor,
                        os.readlink(f"/proc/self/fd/{descriptor}"),  # noqa: PTH115
                        fcntl.fcntl(descriptor, fcntl.F_GETFL),
                        os.lseek(descriptor, 0, os.SEEK_CUR),
                        os.get_inheritable(descriptor),
                    )
                )
    return found


def open_anew(files: list[OpenFile]) -> None:
    """Give every file a position of its own; one that has no name any more keeps the shared one."""
    for file in files:
        with suppress(OSError):
            try:
                fresh = os.open(file.path, (file.flags & _KEPT_FLAGS) | os.O_CLOEXEC)
            except OSError:
                os.lseek(file.descriptor, file.position, os.SEEK_SET)
                continue
            try:
                os.lseek(fresh, file.position, os.SEEK_SET)
                os.dup2(fresh, file.descriptor, inheritable=file.inheritable)
            finally:
                os.close(fresh)
