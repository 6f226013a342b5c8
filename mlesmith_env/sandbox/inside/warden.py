"""One run: a warden process starts the program, watches it, and ends all that it left behind."""

from __future__ import annotations

import contextlib
import gc
import io
import mmap
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from . import cgroups, channel, kernel, limits, privileges, program
from .fence import Fence
from .watch import Watch

_WRITTEN = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass
class Run:
    """A run as the server hands it over.

    Attributes:
        setup: What the host said when it started the server.
        request: What the host said about this run.
        fence: What to shut the program into; None leaves it open.
        group: The control group that bounds it, if there is one.
    """

    setup: dict[str, Any]
    request: dict[str, Any]
    fence: Fence | None
    group: cgroups.Group | None
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
            self.be_program(output_write, ready_write, self._execute)
        os.close(output_write)
        os.close(ready_write)
        watch = Watch(
            self.setup,
            self.request,
            child,
            output_read,
            report,
            alone=alone,
            spare=not self.fence,
            group=self.group,
            user=self.fence.user if self.fence else None,
        )
        message = watch.run(ready_read)
        out_of_memory = bool(self._flag[0]) or watch.killed_for_memory
        channel.send(report, {**message, "out_of_memory": out_of_memory})

    def be_program(
        self, output: int, ready: int, act: Callable[[], int], kept: tuple[int, ...] = ()
    ) -> NoReturn:
        """In a child: shut this process in, act, and end. Never returns.

        Args:
            output: Where it prints to.
            ready: Pipe on which to say that it is confined, or why it is not.
            act: Runs foreign code and returns the exit code.
            kept: Further descriptors that stay open.
        """
        try:
            self._shut_in(output, {ready, *kept})
        except BaseException as error:  # noqa: BLE001  told to the host, as a fault of ours
            os.write(ready, f"{type(error).__name__}: {error}".encode()[:4000])
            os._exit(1)
        os.write(ready, b"ready")
        os.close(ready)
        os._exit(act())

    def _execute(self) -> int:
        outcome = program.run(self.request["code"], self.setup["workspace"], self.request["seed"])
        self._flag[0] = outcome.out_of_memory
        program.finish()
        return outcome.code

    def _shut_in(self, output: int, kept: set[int]) -> None:
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
        _close_all_but({0, 1, 2, *kept, *fence_descriptors})
        os.umask(0o022)
        os.chdir(self.setup["workspace"])
        # Preloaded modules may have chosen the server's folder.
        if "tempfile" in sys.modules:
            sys.modules["tempfile"].__dict__["tempdir"] = None
        stand_in: Callable[[], None] | None = None
        if self.fence is not None and not self.fence.shared_memory:
            stand_in = _semaphores()
        _forget_ourselves()
        # New ones, because the server's own went to a file, which can be sought in.
        sys.stdout = sys.__stdout__ = _text(1)
        sys.stderr = sys.__stderr__ = _text(2)
        gc.enable()
        if self.group is not None:
            cgroups.die_first()
        # Before the filter, which lets nobody change the limit of core dumps.
        limits.apply(
            self.setup["limits"],
            self.request["timeout_s"],
            memory=kernel.LINUX,
            user_is_ours=self.fence is not None and self.fence.user_is_ours,
        )
        if self.fence is not None:
            self.fence.enter()
        if stand_in is not None:
            stand_in()


def _forget_ourselves() -> None:
    """Take this package out of the modules that the program sees.

    Not by a look at all of them: to touch them is to copy the pages where their names are.
    """
    package = sys.modules.pop("_mlesmith_inside")
    for name in [name for name in vars(package) if name[0] != "_"]:
        del sys.modules[f"_mlesmith_inside.{name}"]


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
        # Where an earlier program has put something in its place, it has to do without; and a
        # pipe in its place is not waited for.
        with contextlib.suppress(OSError):
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            path = folder + "/sitecustomize.py"
            with os.fdopen(os.open(path, _WRITTEN, 0o600), "w", encoding="utf-8") as file:
                file.write(source)

    return install


def _close_all_but(kept: set[int]) -> None:
    low = 3
    for descriptor in sorted(kept | {1 << 16}):
        if descriptor >= low:
            os.closerange(low, descriptor)
            low = descriptor + 1
