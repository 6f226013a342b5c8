"""Stopping a session's processes between its steps, and ending all but those that live on."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass

from . import processes

_STOPPED, _DEAD = frozenset("Tt"), frozenset("ZX")
_PAUSE_S = 0.0005


@dataclass(frozen=True)
class Relative:
    """A living descendant of this process.

    Attributes:
        known: Its number as `/proc` knows it.
        number: Its number in our own pid namespace.
        stopped: Whether all its threads are.
    """

    known: int
    number: int
    stopped: bool


def relatives(*, children_only: bool = False) -> list[Relative]:
    """Return the living descendants of this process, without those that only wait to be reaped."""
    root = processes.itself()
    same = root == os.getpid()
    found: list[Relative] = []
    for known in processes.children(root) if children_only else processes.descendants(root):
        # Of a process whose first thread has ended, others may live.
        states = {state for thread in _threads(known) if (state := _state(known, thread))} - _DEAD
        if states:
            number = known if same else _innermost(known)
            if number:
                found.append(Relative(known, number, states <= _STOPPED))
    return found


def known_as(number: int) -> int:
    """Return the number under which `/proc` knows a descendant, 0 where it is gone."""
    return next((found.known for found in relatives() if found.number == number), 0)


def _threads(process: int) -> list[str]:
    try:
        return os.listdir(f"/proc/{process}/task")  # noqa: PTH208
    except OSError:
        # It has ended meanwhile.
        return []


def _state(process: int, thread: str) -> str:
    try:
        with open(f"/proc/{process}/task/{thread}/stat", "rb") as file:  # noqa: PTH123
            return file.read().rpartition(b")")[2].split()[0].decode()
    except (OSError, IndexError):
        return ""


def _innermost(process: int) -> int:
    try:
        with open(f"/proc/{process}/status", "rb") as file:  # noqa: PTH123
            for line in file:
                if line.startswith(b"NSpid:"):
                    return int(line.split()[-1])
    except OSError:
        return 0
    return 0


def freeze(
    kept: Collection[int], *, alone: bool, spare: bool, within_s: float
) -> tuple[bool, dict[int, int]]:
    """Stop every descendant, and end all but some.

    All are stopped before any is ended, in one system call where that reaches nobody else, so
    that none can slip away by forking.

    Args:
        kept: Those that live on, stopped; children of this process.
        alone: Whether this process can signal nothing but its descendants.
        spare: Whether Python's resource trackers live on, because they clean up what is the host's.
        within_s: Seconds after which to give up.

    Returns:
        Whether it was done, and the wait statuses of all children that have ended.
    """
    deadline = time.monotonic() + within_s
    statuses: dict[int, int] = {}
    while True:
        if alone:
            _signal(-1, signal.SIGSTOP)
        else:
            for found in relatives():
                _signal(found.number, signal.SIGSTOP)
        awaited = False
        for found in relatives():
            if found.number in kept or (spare and processes.is_tracker(found.known)):
                awaited = awaited or not found.stopped
            else:
                awaited = True
                _signal(found.number, signal.SIGKILL)
        statuses |= reap()
        if not awaited:
            return True, statuses
        if time.monotonic() > deadline:
            return False, statuses
        time.sleep(_PAUSE_S)


def reap() -> dict[int, int]:
    """Collect the children that have ended; return their wait statuses."""
    statuses: dict[int, int] = {}
    with suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0]:
            statuses[ended[0]] = ended[1]
    return statuses


def wake(process: int) -> None:
    """Let a stopped child go on."""
    _signal(process, signal.SIGCONT)


def _signal(process: int, number: int) -> None:
    # Ended already; or, for -1, nobody left whom we may signal.
    with suppress(ProcessLookupError, PermissionError):
        os.kill(process, number)
