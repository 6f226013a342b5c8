"""Resource limits of one process and its children, set by the process itself."""

from __future__ import annotations

import math
import os
import resource
from typing import Any

_ADDRESS_SPACE_SLACK = 8 * 1024**3
"""Stacks, arenas and libraries reserve far more than they use; `RLIMIT_DATA` bounds the use."""
_TASKS_PER_PROCESS, _TASKS_PER_CPU = 4, 16
_CPU_GRACE_S = 5
_PENDING_SIGNALS = 4096


def tasks(limits: dict[str, Any]) -> int:
    """Return how many processes and threads a run may have together.

    Enough for the pools that libraries make on this machine, and too few for a flood of them to
    hold up its neighbours until the watchdog sees it.

    Args:
        limits: The fields of `SandboxLimits`.
    """
    return _TASKS_PER_PROCESS * int(limits["processes"]) + _TASKS_PER_CPU * (os.cpu_count() or 1)


def apply(limits: dict[str, Any], *, memory: bool, user_is_ours: bool) -> None:
    """Set the limits for good, but for that of CPU time.

    Args:
        limits: The fields of `SandboxLimits`.
        memory: Whether to bound memory here.
        user_is_ours: Whether all processes counted for this user belong to the run.
    """
    # A limit of 1 byte, not 0: it also keeps a core dump from being piped to a program. The
    # filter keeps it there.
    _set(resource.RLIMIT_CORE, 1)
    _set(resource.RLIMIT_NOFILE, limits["open_files"])
    _set(resource.RLIMIT_FSIZE, max(limits["workspace_bytes"], 1))
    if hasattr(resource, "RLIMIT_SIGPENDING"):
        # What the kernel counts for the user, whose other processes need some too; and no way to
        # be served before them.
        _set(resource.RLIMIT_SIGPENDING, _PENDING_SIGNALS)
        _set(resource.RLIMIT_MSGQUEUE, 0)
        _set(resource.RLIMIT_RTPRIO, 0)
        _set(resource.RLIMIT_NICE, 0)
    if memory:
        _set(resource.RLIMIT_DATA, limits["memory_bytes"])
        _set(resource.RLIMIT_AS, 2 * limits["memory_bytes"] + _ADDRESS_SPACE_SLACK)
    if user_is_ours:
        # Threads count as processes here: room for the pools that each process starts.
        _set(resource.RLIMIT_NPROC, tasks(limits))


def bound_cpu_time(timeout_s: float) -> None:
    """Bound CPU time far above the clock's bound, in case whoever watches the clock is lost.

    Args:
        timeout_s: Wall-clock seconds of the run.
    """
    # The signal of the lower one tells the end apart; the upper one is for who ignores it.
    cpu_s = math.ceil(timeout_s) * 64 + 60
    _set(resource.RLIMIT_CPU, cpu_s, cpu_s + _CPU_GRACE_S)


def _set(kind: int, value: int, upper: int | None = None) -> None:
    _, hard = resource.getrlimit(kind)
    upper = value if upper is None else upper
    if hard != resource.RLIM_INFINITY:
        value, upper = min(value, hard), min(upper, hard)
    resource.setrlimit(kind, (value, upper))
