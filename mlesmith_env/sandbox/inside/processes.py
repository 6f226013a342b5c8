"""Finding, measuring and ending the descendants of a process."""

from __future__ import annotations

import os
import signal
import time

from . import kernel

_PAGE = os.sysconf("SC_PAGE_SIZE")


def itself() -> int:
    """Return this process's number as `/proc` knows it, whatever pid namespace we are in."""
    return int(os.readlink("/proc/self")) if kernel.LINUX else os.getpid()  # noqa: PTH115


def descendants(root: int) -> list[int]:
    """Return the numbers, as `/proc` knows them, of all processes below one."""
    found: list[int] = []
    waiting = [root]
    while waiting:
        for child in children(waiting.pop()):
            found.append(child)
            waiting.append(child)
    return found


def children(process: int) -> list[int]:
    """Return the numbers, as `/proc` knows them, of a process's children."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208
            with open(f"/proc/{process}/task/{thread}/children", "rb") as file:  # noqa: PTH123
                found.extend(int(child) for child in file.read().split())
    except OSError:
        # It has ended meanwhile, or there is no /proc here.
        return found
    return found


def threads(found: list[int]) -> int:
    """Return the number of threads of some processes."""
    return sum(_entries(f"/proc/{process}/task") for process in found)


def _entries(folder: str) -> int:
    try:
        return len(os.listdir(folder))  # noqa: PTH208
    except OSError:
        # It has ended meanwhile.
        return 0


def resident(found: list[int]) -> int:
    """Return the bytes of some processes, shared pages counted for each."""
    return sum(_resident(process) for process in found)


def proportional(found: list[int]) -> int:
    """Return the bytes of some processes, of shared pages their part."""
    return sum(_proportional(process) for process in found)


def _resident(process: int) -> int:
    try:
        with open(f"/proc/{process}/statm", "rb") as file:  # noqa: PTH123
            return int(file.read().split()[1]) * _PAGE
    except (OSError, IndexError):
        return 0


def _proportional(process: int) -> int:
    try:
        with open(f"/proc/{process}/smaps_rollup", "rb") as file:  # noqa: PTH123
            for line in file:
                if line.startswith(b"Pss:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        return _resident(process)
    return 0


def end_all(*, within_s: float, everything_is_ours: bool) -> bool:
    """Kill and reap every descendant of this process, however deep or detached.

    Needs this process to be the parent of orphans: the first of a pid namespace, or a subreaper.

    Args:
        within_s: Seconds after which to give up on processes that the kernel does not let go.
        everything_is_ours: Whether this process can signal nothing but its descendants, so that
            one system call reaches them all and none can slip away by forking.

    Returns:
        Whether none is left.
    """
    deadline = time.monotonic() + within_s
    while True:
        if everything_is_ours:
            _kill(-1)
        else:
            for process in descendants(itself()):
                _kill(process)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return True
        if time.monotonic() > deadline:
            return False
        time.sleep(0.001)


def end_all_but_trackers(*, within_s: float) -> None:
    """Kill every descendant but Python's resource trackers, and give those time to clean up.

    They remove the semaphores and shared memory of the others once those are gone.
    """
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        for process in descendants(itself()):
            if not is_tracker(process):
                _kill(process)
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        time.sleep(0.002)


def is_tracker(process: int) -> bool:
    """Return whether a process is one of Python's resource trackers."""
    try:
        with open(f"/proc/{process}/cmdline", "rb") as file:  # noqa: PTH123
            return b"resource_tracker" in file.read()
    except OSError:
        return False


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        # Ended already; or, for -1, nobody left whom we may signal.
        return
