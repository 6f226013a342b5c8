"""From what the warden saw to a status and a sentence that helps the agent."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox.output import excerpt
from mlesmith_env.sandbox.protocol import ExecutionResult, RunStatus, SandboxLimits

_OUT_OF_MEMORY_SIGNS = (
    "std::bad_alloc",
    "Cannot allocate memory",
    "Memory allocation still failed",
)

_DISK_FULL = "No space left on device"
_FULL_BYTES = 64 * 1024
_FILE_TOO_LARGE = "[Errno 27] File too large"

Verdict = tuple[RunStatus, int | None, int | None, str]
"""Status, exit code, signal, and a sentence for the agent."""


def conclude(
    report: dict[str, Any],
    output: Path,
    limits: SandboxLimits,
    *,
    timeout_s: float,
    total_s: float,
) -> ExecutionResult:
    """Return the result of a run.

    Args:
        report: What the warden saw; see `inside/watch.py`.
        output: File with the full output.
        limits: Bounds of the run.
        timeout_s: Its wall-clock bound.
        total_s: Seconds that it took, everything around it included.

    Raises:
        SandboxLostError: The output can not be read, or the disk had not the room that the limits
            promise.
    """
    try:
        shown = excerpt(output)
    except OSError as error:
        raise SandboxLostError(f"the output of the run can not be read: {error}") from error
    status, code, number, sentence = judge(report, shown, limits, timeout_s)
    room = int(report["room_bytes"])
    lacking = room < limits.workspace_bytes and _DISK_FULL in shown
    if status != "ok" and (lacking or room < _FULL_BYTES):
        raise SandboxLostError(
            f"the disk is full: {room:,} bytes are left where a program may write "
            f"{limits.workspace_bytes:,}. Make room where temporary files lie, or name another "
            "folder by TMPDIR"
        )
    execution_s = float(report["execution_s"])
    return ExecutionResult(
        status=status,
        exit_code=code,
        signal=number,
        output=shown,
        output_path=output,
        execution_s=execution_s,
        overhead_s=max(0.0, total_s - execution_s),
        error=sentence,
        session=report.get("session", "none"),
    )


def judge(report: dict[str, Any], shown: str, limits: SandboxLimits, timeout_s: float) -> Verdict:
    """Judge how a run went.

    Args:
        report: What the warden saw; see `inside/watch.py`.
        shown: Head and tail of the output.
        limits: Bounds of the run.
        timeout_s: Its wall-clock bound.
    """
    memory = (
        f"The program needed more than the {limits.memory_bytes / 1024**3:.3g} GiB of memory "
        "that it may use: work on fewer rows, smaller types or fewer processes."
    )
    by_reason: dict[str, tuple[RunStatus, str]] = {
        "timeout": (
            "timeout",
            f"The program was ended after {timeout_s:g} s: make it faster, and print progress "
            "so that the output shows how far it came.",
        ),
        "memory": ("out_of_memory", memory),
        "output": (
            "output_limit",
            f"The program printed more than {limits.output_bytes:,} bytes and was ended: "
            "print less.",
        ),
        "workspace": (
            "output_limit",
            f"The files in the workspace grew past {limits.workspace_bytes:,} bytes (or past "
            "their number): the program was ended and what it wrote was removed. Write less, or "
            "remove files first.",
        ),
        "channel": (
            "error",
            "The program closed or wrote to the descriptor over which its session is led, and was "
            "ended: leave descriptors alone that it did not open.",
        ),
        "processes": (
            "killed",
            f"The program ran more than {limits.processes} processes at once and was ended: "
            "start fewer workers.",
        ),
    }
    if report["reason"]:
        status, sentence = by_reason[report["reason"]]
        return status, None, None, sentence
    code = os.waitstatus_to_exitcode(int(report["status"]))
    if code == 0:
        return "ok", 0, None, ""
    number = -code if code < 0 else None
    if report["out_of_memory"] or any(sign in shown[-2000:] for sign in _OUT_OF_MEMORY_SIGNS):
        return "out_of_memory", None if number else code, number, memory
    if number == signal.SIGXFSZ or _FILE_TOO_LARGE in shown[-2000:]:
        status, sentence = by_reason["workspace"]
        return status, None if number else code, number, sentence
    if number == signal.SIGXCPU:
        return "timeout", None, number, "The program used up the CPU time that it may use."
    if number is not None:
        return "killed", None, number, f"The program was ended by signal {_signal_name(number)}."
    return "error", code, None, f"The program ended with exit code {code}; see the output's end."


def _signal_name(number: int) -> str:
    try:
        return f"{number} ({signal.Signals(number).name})"
    except ValueError:
        return str(number)
