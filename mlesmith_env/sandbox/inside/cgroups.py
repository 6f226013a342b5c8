"""Control groups: bounds that the kernel keeps for all processes of a sandbox together.

Both versions are known by the names of their files; see
https://docs.kernel.org/admin-guide/cgroup-v2.html and
https://docs.kernel.org/admin-guide/cgroup-v1/memory.html. The host makes the group and removes it;
the server joins it once, and every run is born in it: joining costs a grace period of the kernel
(some 10 ms), a fork inside costs nothing.
"""

from __future__ import annotations

import os
from contextlib import suppress

MEMORY, PIDS = "memory", "pids"

_MEMBERS = "cgroup.procs"
_COUNTERS = ("memory.events", "memory.oom_control")
_COUNTER = b"oom_kill"
FIRST_VICTIM = "1000"
_SEEN_INSIDE = ("/sys/fs/cgroup", "/sys/fs/cgroup/memory")


class Group:
    """A sandbox's control group as the processes in it see it.

    Args:
        folders: By controller (`memory`, `pids`), the group's folder; the same twice in version 2.
    """

    def __init__(self, folders: dict[str, str]) -> None:
        self._folders = folders
        self._counter = -1
        self.keeps_limits = False
        """Whether it bounds a run exactly as asked, not with room for other things."""

    def join(self) -> None:
        """Move the calling process in; what it starts from now on is born there.

        Raises:
            OSError: The kernel refuses.
        """
        self.observe()
        for folder in dict.fromkeys(self._folders.values()):
            write(f"{folder}/{_MEMBERS}", "0")
        self.keeps_limits = True

    def observe(self) -> bool:
        """Find the counter of kills; return whether there is one."""
        memory = self._folders[MEMORY]
        for name in _COUNTERS:
            with suppress(FileNotFoundError):
                self._counter = os.open(f"{memory}/{name}", os.O_RDONLY | os.O_CLOEXEC)
                return True
        return False

    def kills(self) -> int:
        """Return how many processes the kernel has killed so far for want of memory."""
        if self._counter < 0:
            return 0
        for line in os.pread(self._counter, 4096, 0).splitlines():
            name, _, number = line.partition(b" ")
            if name == _COUNTER:
                return int(number)
        return 0


def of_container() -> Group | None:
    """Return the control group that bounds a container, seen from inside it, if it can be seen."""
    for folder in _SEEN_INSIDE:
        group = Group({MEMORY: folder})
        if group.observe():
            return group
    return None


def die_first() -> None:
    """Let the kernel, out of memory, choose this process and its children before their watchers."""
    # It is a matter of order only: where /proc can not be written, the kernel takes the largest.
    with suppress(OSError):
        write("/proc/self/oom_score_adj", FIRST_VICTIM)


def members(folder: str) -> list[int]:
    """Return the processes in a group. Raises `OSError`."""
    with open(f"{folder}/{_MEMBERS}", "rb") as file:  # noqa: PTH123
        return [int(number) for number in file.read().split()]


def bound(folders: dict[str, str], memory_bytes: int, tasks: int) -> None:
    """Set what a group may use: memory without swap, and processes and threads together.

    Raises:
        OSError: The kernel refuses.
    """
    memory, pids = folders[MEMORY], folders[PIDS]
    if os.path.exists(f"{memory}/memory.max"):  # noqa: PTH110
        write(f"{memory}/memory.max", str(memory_bytes))
        # Absent where swap is not accounted for.
        with suppress(FileNotFoundError):
            write(f"{memory}/memory.swap.max", "0")
    else:
        write(f"{memory}/memory.limit_in_bytes", str(memory_bytes))
        try:
            write(f"{memory}/memory.memsw.limit_in_bytes", str(memory_bytes))
        except OSError:
            write(f"{memory}/memory.swappiness", "0")
    write(f"{pids}/pids.max", str(tasks))


def write(path: str, text: str) -> None:
    """Write to one of the kernel's files in one call. Raises `OSError`."""
    # Never made where it is missing.
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)
