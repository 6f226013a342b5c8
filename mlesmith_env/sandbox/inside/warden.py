"""One run: a warden process starts the program, watches it, and ends all that it left behind."""

from __future__ import annotations

import contextlib
import gc
import io
import mmap
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from . import channel, kernel, limits, privileges, processes, program
from .fence import Fence
from .quota import DiskQuota

_START_WITHIN_S = 60.0
_END_WITHIN_S = 20.0
_WATCH_EVERY_S = 0.05
_CHUNK = 1 << 16
_THREADS = 32
"""Threads that a program may have for each process that it may have."""


@dataclass
class Run:
    """A run as the server hands it over.

    Attributes:
        setup: What the host said when it started the server.
        request: What the host said about this run.
        fence: What to shut the program into; None leaves it open.
    """

    setup: dict[str, Any]
    request: dict[str, Any]
    fence: Fence | None
    _flag: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, mmap.PAGESIZE))

    def supervise(self, report: int) -> None:
        """Be the warden: run the program and write one message to `report`."""
        if kernel.LINUX:
            privileges.adopt_orphans()
        os.setsid()
        alone = self.fence.guard() if self.fence else False
        output_read, output_write = os.pipe()
        ready_read, ready_write = os.pipe()
        child = os.fork()
        if child == 0:
            self._be_program(output_write, ready_write)
        os.close(output_write)
        os.close(ready_write)
        watch = _Watch(self, child, output_read, report, alone=alone)
        channel.send(report, watch.run(ready_read))

    def _be_program(self, output: int, ready: int) -> None:
        """In the child: shut this process in, run the program, and end. Never returns."""
        try:
            self._shut_in(output, ready)
        except BaseException as error:  # noqa: BLE001  told to the host, as a fault of ours
            os.write(ready, f"{type(error).__name__}: {error}".encode()[:4000])
            os._exit(1)
        os.write(ready, b"ready")
        os.close(ready)
        outcome = program.run(self.request["code"], self.setup["workspace"], self.request["seed"])
        self._flag[0] = outcome.out_of_memory
        program.finish()
        os._exit(outcome.code)

    def _shut_in(self, output: int, ready: int) -> None:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.dup2(output, 1)
        os.dup2(output, 2)
        fence_descriptors = () if self.fence is None else self.fence.descriptors
        _close_all_but({0, 1, 2, ready, *fence_descriptors})
        os.umask(0o022)
        os.chdir(self.setup["workspace"])
        # Preloaded modules may have chosen the server's folder.
        if "tempfile" in sys.modules:
            sys.modules["tempfile"].__dict__["tempdir"] = None
        stand_in: Callable[[], None] | None = None
        if self.fence is not None and not self.fence.shared_memory:
            stand_in = _semaphores()
        for name in [name for name in sys.modules if name.startswith("_mlesmith_inside")]:
            del sys.modules[name]
        # New ones, because the server's own went to a file, which can be sought in.
        sys.stdout = sys.__stdout__ = _text(1)
        sys.stderr = sys.__stderr__ = _text(2)
        gc.enable()
        if self.fence is not None:
            self.fence.enter()
        if stand_in is not None:
            stand_in()
        limits.apply(
            self.setup["limits"],
            self.request["timeout_s"],
            memory=kernel.LINUX,
            user_is_ours=self.fence is not None and self.fence.user_is_ours,
        )

    @property
    def out_of_memory(self) -> bool:
        """Whether the program ended by a `MemoryError`."""
        return bool(self._flag[0])


def _text(descriptor: int) -> io.TextIOWrapper:
    """Return a stream that gives its lines away at once, so that a sudden end loses none."""
    raw = io.FileIO(descriptor, "wb", closefd=False)
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace", line_buffering=True
    )


def _semaphores() -> Callable[[], None]:
    """Return what makes up, from inside, for a missing `/dev/shm` of the program's own."""
    from . import semaphores

    with open(str(semaphores.__file__), encoding="utf-8") as file:  # noqa: PTH123
        source = file.read()

    def install() -> None:
        semaphores.install()
        # Every Python that the program starts runs it first.
        folder = os.environ["HOME"] + "/.mlesmith"
        others = os.environ.get("PYTHONPATH")
        os.environ["PYTHONPATH"] = folder + (os.pathsep + others if others else "")
        # Where an earlier program has put something in its place, it has to do without.
        with contextlib.suppress(OSError):
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            with open(folder + "/sitecustomize.py", "w", encoding="utf-8") as file:  # noqa: PTH123
                file.write(source)

    return install


def _close_all_but(kept: set[int]) -> None:
    low = 3
    for descriptor in sorted(kept | {1 << 16}):
        if descriptor >= low:
            os.closerange(low, descriptor)
            low = descriptor + 1


class _Watch:
    """The warden's loop around one program."""

    def __init__(self, run: Run, child: int, output: int, report: int, *, alone: bool) -> None:
        self._run = run
        self._child = child
        self._output = output
        self._report = report
        self._alone = alone
        self._status: int | None = None
        self._reason = ""
        self._limits: dict[str, Any] = run.setup["limits"]
        self._left = int(self._limits["output_bytes"])
        self._file = -1
        self._quota = DiskQuota(run.setup["writable"], self._limits["workspace_bytes"])

    def run(self, ready: int) -> channel.Message:
        """Watch the program to its end and return the report."""
        self._file = os.open(
            self._run.request["output_path"],
            os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC,
            0o600,
        )
        os.set_blocking(self._output, False)
        try:
            fault = self._wait_until_ready(ready)
            started = time.monotonic()
            ended = started
            if not fault:
                ended = self._watch(started)
        finally:
            gone = processes.end_all(within_s=_END_WITHIN_S, everything_is_ours=self._alone)
        if not fault and not gone:
            fault = "a process of the program could not be ended"
        self._drain()
        os.close(self._file)
        if fault:
            return {"kind": "fault", "message": fault}
        return {
            "kind": "result",
            "reason": self._reason,
            "status": self._status,
            "out_of_memory": self._run.out_of_memory,
            "execution_s": ended - started,
        }

    def _wait_until_ready(self, ready: int) -> str:
        """Return what kept the program from starting, or nothing."""
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

    def _watch(self, started: float) -> float:
        deadline = started + self._run.request["timeout_s"]
        poll = select.poll()
        poll.register(self._output, select.POLLIN)
        # The server's end of the report is closed when it is gone: then nobody waits for us.
        poll.register(self._report, select.POLLERR)
        exit_descriptor = _exit_descriptor(self._child)
        if exit_descriptor is not None:
            poll.register(exit_descriptor, select.POLLIN)
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
        if kernel.LINUX:
            found = processes.descendants(processes.itself())
            allowed = self._limits["processes"]
            if len(found) > allowed or processes.threads(found) > _THREADS * allowed:
                return "processes"
            bound = self._limits["memory_bytes"]
            if processes.memory(found, bound) > bound:
                return "memory"
            return "workspace" if self._quota.exceeded(found) else ""
        return "workspace" if self._quota.exceeded([]) else ""

    def _pump(self) -> bool:
        """Move output to its file; return False at its end."""
        try:
            data = os.read(self._output, _CHUNK)
        except BlockingIOError:
            return True
        if not data:
            return False
        if len(data) > self._left:
            data = data[: self._left]
            self._reason = "output"
        self._left -= len(data)
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]
        return True

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
