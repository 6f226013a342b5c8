"""Watching one program: its clock, its output, its memory, its disk, its processes, its end."""

from __future__ import annotations

import errno
import os
import select
import time
from collections.abc import Callable
from typing import Any

from . import channel, kernel, limits, privileges, processes
from .cgroups import Group
from .quota import DiskQuota, room

_START_WITHIN_S = 60.0
_END_WITHIN_S = 20.0
_TRACKERS_WITHIN_S = 2.0
_WATCH_EVERY_S = 0.05
_CHUNK = 1 << 16


class Watch:
    """The warden's loop around one program.

    Args:
        setup: What the host said when it started the server.
        request: What the host said about this run.
        child: The program's process.
        output: Our end of the pipe that it prints to.
        report: Where the server reads; only looked at for whether it is still there.
        alone: Whether this process can signal nothing but its descendants.
        spare: Whether processes that clean up shared memory may finish, because it is the host's.
        group: The control group in which it runs, if there is one.
        wakers: Further descriptors on which something may be to read.
        user: The user of its own under which it runs, if there is one.
    """

    def __init__(
        self,
        setup: dict[str, Any],
        request: dict[str, Any],
        child: int,
        output: int,
        report: int,
        *,
        alone: bool,
        spare: bool,
        group: Group | None,
        wakers: tuple[int, ...] = (),
        user: int | None = None,
    ) -> None:
        self._user = user
        self._request = request
        self._spare = spare
        self._child = child
        self._output = output
        self._report = report
        self._alone = alone
        self._wakers = wakers
        self._status: int | None = None
        self._reason = ""
        self._limits: dict[str, Any] = setup["limits"]
        self._left = int(self._limits["output_bytes"])
        self._file = -1
        self._group = group
        self._kills = group.kills() if group else 0
        self._folder: str = setup["writable"][0]
        self._quota = DiskQuota(setup["writable"], self._limits["workspace_bytes"], user=user)

    def run(self, begin: Callable[[], str]) -> channel.Message:
        """Watch the program to its end, and that of all its descendants; return what happened.

        Args:
            begin: Lets the program begin; returns what keeps it from that, or nothing.
        """
        self._open_output()
        try:
            started = ended = time.monotonic()
            fault = begin()
            if not fault:
                ended = self._watch(started)
        finally:
            if self._spare:
                processes.end_all_but_trackers(within_s=_TRACKERS_WITHIN_S)
            gone = processes.end_all(within_s=_END_WITHIN_S, everything_is_ours=self._alone)
        if not fault and not gone:
            fault = "a process of the program could not be ended"
        if not fault and not self._reason and self._status is None:
            fault = "the end of the program was missed"
        self._drain()
        os.close(self._file)
        if fault:
            return {"kind": "fault", "message": fault}
        return self._report_on(ended - started)

    def _report_on(self, execution_s: float) -> channel.Message:
        if not self._reason and self._quota.overfull():
            self._reason = "workspace"
        if self._reason == "workspace":
            # Else every later program would fail for what this one has left.
            self._quota.undo()
        return {
            "kind": "result",
            "reason": self._reason,
            "status": self._status,
            "execution_s": execution_s,
            "room_bytes": room(self._folder),
        }

    @property
    def killed_for_memory(self) -> bool:
        """Whether the kernel has killed any of its processes for want of memory."""
        return self._group is not None and self._group.kills() > self._kills

    def _open_output(self) -> None:
        self._file = os.open(
            self._request["output_path"],
            os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC,
            0o600,
        )
        os.set_blocking(self._output, False)

    def _watch(self, started: float) -> float:
        """Watch until the program ends or a limit is passed; return when that was."""
        exit_descriptor = _exit_descriptor(self._child)
        try:
            return self._poll(started, exit_descriptor)
        finally:
            if exit_descriptor is not None:
                os.close(exit_descriptor)

    def _poll(self, started: float, exit_descriptor: int | None) -> float:
        deadline = started + self._request["timeout_s"]
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        # The server's end of the report is closed when it is gone: then nobody waits for us.
        poll.register(self._report, select.POLLERR)
        if exit_descriptor is not None:
            poll.register(exit_descriptor, select.POLLIN)
        for descriptor in self._wakers:
            poll.register(descriptor, select.POLLIN)
        looked = started
        while True:
            now = time.monotonic()
            if self._reap():
                return now
            if now >= deadline:
                self._reason = "timeout"
            elif now - looked >= _WATCH_EVERY_S:
                self._reason = self._reason or self._excess()
                looked = time.monotonic()
            if self._reason:
                return now
            pause = min(deadline - now, _WATCH_EVERY_S if exit_descriptor is not None else 0.005)
            for descriptor, event in poll.poll(max(1, int(pause * 1000))):
                if descriptor == self._output and not self._pump():
                    poll.unregister(self._output)
                elif descriptor == self._report and event & (select.POLLERR | select.POLLHUP):
                    processes.end_all(within_s=_END_WITHIN_S, everything_is_ours=self._alone)
                    os._exit(1)

    def _reap(self) -> bool:
        """Collect what has ended; return whether the program itself has."""
        try:
            while True:
                process, status = os.waitpid(-1, os.WNOHANG)
                if process == 0:
                    return False
                if process == self._child:
                    self._status = status
                    return True
        except ChildProcessError:
            return True

    def _excess(self) -> str:
        """Return which limit the program and its descendants are over, if any."""
        if self.killed_for_memory:
            # Who has lost a worker may wait for it for ever.
            return "memory"
        if kernel.LINUX:
            found = processes.descendants(processes.itself())
            if self._too_many(found):
                return "processes"
            # A control group does it better, and at no cost.
            if self._group is None or not self._group.keeps_limits:
                bound = self._limits["memory_bytes"]
                with privileges.reading_as(self._user):
                    used = self._memory(found, bound)
                if used > bound:
                    return "memory"
            return "workspace" if self._quota.exceeded(found) else ""
        return "workspace" if self._quota.exceeded([]) else ""

    def _too_many(self, found: list[int]) -> bool:
        allowed = self._limits["processes"]
        return len(found) > allowed or processes.threads(found) > limits.tasks(self._limits)

    def _memory(self, found: list[int], bound: int) -> int:
        """Return the bytes that processes use together, exact only where they may be too many.

        Resident sizes count a page once for every process that shares it; the proportional sizes
        cost more, and wait for a process that is just forking.
        """
        used = processes.resident(found)
        if used <= bound:
            return used
        used = 0
        for process in found:
            used += processes.proportional([process])
            # A flood of processes grows faster than it can be measured.
            if used > bound or self._too_many(processes.descendants(processes.itself())):
                break
        return used

    def _pump(self) -> bool:
        """Move output to its file; return False at its end."""
        try:
            moved = self._move(self._left or 1)
        except BlockingIOError:
            return True
        if moved > self._left:
            self._reason = "output"
        self._left = max(0, self._left - moved)
        return moved > 0

    def _move(self, most: int) -> int:
        """Move bytes of output to its file, or, where none may come, away; return how many."""
        if self._left and kernel.LINUX:
            # Past our own memory, of which the next program's process is forked.
            try:
                return os.splice(self._output, self._file, min(most, _CHUNK))
            except OSError as error:
                if error.errno != errno.EINVAL:
                    raise
                # A file system that does not support it.
        view = memoryview(os.read(self._output, min(most, _CHUNK)))
        moved = len(view)
        while self._left and view:
            view = view[os.write(self._file, view) :]
        return moved

    def _drain(self) -> None:
        """Take what still stands in the pipe; all who could write are dead."""
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        while not (self._reason == "output" and self._left == 0):
            if not poll.poll(0) or not self._pump():
                return


def _exit_descriptor(process: int) -> int | None:
    """Return a descriptor that becomes readable when a process ends, None where unsupported."""
    try:
        return os.pidfd_open(process)
    except (AttributeError, OSError):
        return None


def wait_until_ready(ready: int) -> str:
    """Return what kept a program's process from starting, or nothing.

    Args:
        ready: Pipe on which it says so; closed at the end.
    """
    said = b""
    deadline = time.monotonic() + _START_WITHIN_S
    poll = select.poll()
    poll.register(ready, select.POLLIN)
    while time.monotonic() < deadline:
        if not poll.poll(1000):
            continue
        part = os.read(ready, _CHUNK)
        if not part:
            break
        said += part
    os.close(ready)
    if said == b"ready":
        return ""
    return said.decode(errors="replace") or "the program's process did not start"
