"""The warden: a process that starts programs, watches them, and ends all that they left behind."""

from __future__ import annotations

import contextlib
import gc
import io
import mmap
import os
import select
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NoReturn

from . import cgroups, channel, kernel, limits, privileges, processes, program
from .fence import Fence
from .watch import Watch, wait_until_ready

_WRITTEN = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC

_END_WITHIN_S = 10.0


@dataclass
class Warden:
    """Runs programs one after another, the process of each made ready before its request comes.

    Attributes:
        setup: What the host said when it started the server.
        fence: What to shut programs into; None leaves them open.
        group: The control group that bounds them, if there is one.
    """

    setup: dict[str, Any]
    fence: Fence | None
    group: cgroups.Group | None
    _flag: mmap.mmap = field(default_factory=lambda: mmap.mmap(-1, mmap.PAGESIZE))

    def serve(self, server: int) -> None:
        """Answer requests with what happened, until the server closes the channel.

        Args:
            server: Channel to it.
        """
        if kernel.LINUX:
            privileges.adopt_orphans()
        os.setsid()
        alone = self.fence.guard() if self.fence else False
        while True:
            ready = self._make_ready()
            request = channel.receive(server)
            if request is None:
                processes.end_all(within_s=_END_WITHIN_S, everything_is_ours=alone)
                return
            if ready.is_lost():
                # Who waits long may be the first whom the kernel ends for want of memory.
                ready.close()
                ready = self._make_ready()
            channel.send(server, self._run(ready, request, server, alone=alone))

    def _run(
        self, ready: _Ready, request: channel.Message, server: int, *, alone: bool
    ) -> channel.Message:
        """Run a program, end all that it leaves behind, and return what happened."""
        self._flag[0] = False
        watch = Watch(
            self.setup,
            request,
            ready.process,
            ready.output,
            server,
            alone=alone,
            spare=not self.fence,
            group=self.group,
            user=self.fence.user if self.fence else None,
        )
        try:
            message = watch.run(lambda: ready.begin(request))
        finally:
            ready.close()
        out_of_memory = bool(self._flag[0]) or watch.killed_for_memory
        return {**message, "out_of_memory": out_of_memory}

    def _make_ready(self) -> _Ready:
        """Start a process that is confined and waits for its program."""
        output_read, output_write = os.pipe()
        ready_read, ready_write = os.pipe()
        ours, theirs = socket.socketpair()
        child = os.fork()
        if child == 0:
            ours.close()
            self.be_program(
                output_write, ready_write, lambda: self._execute(theirs), (theirs.fileno(),)
            )
        theirs.close()
        for descriptor in (output_write, ready_write):
            os.close(descriptor)
        return _Ready(child, output_read, ours, wait_until_ready(ready_read))

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
        code = 1
        try:
            code = act()
        except BaseException as error:  # noqa: BLE001  foreign code has got at what ends it
            with contextlib.suppress(OSError):
                os.write(2, f"{type(error).__name__} at the end of the program\n".encode())
        finally:
            # Whatever happens: above us is the warden's own code, whose end counts as success.
            os._exit(code)

    def _execute(self, link: socket.socket) -> int:
        request = channel.receive(link.fileno())
        if request is None:
            # The warden is gone.
            return 1
        source = channel.receive_text(link)
        link.close()
        limits.bound_cpu_time(request["timeout_s"])
        outcome = program.run(source, self.setup["workspace"], request["seed"])
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
            memory=kernel.LINUX,
            user_is_ours=self.fence is not None and self.fence.user_is_ours,
        )
        if self.fence is not None:
            self.fence.enter()
        if stand_in is not None:
            stand_in()


@dataclass
class _Ready:
    """A process that is confined and waits for its program: a child of the warden.

    Attributes:
        process: Its number.
        output: Our end of the pipe that it prints to.
        link: Our end of the socket over which it gets its program.
        fault: What kept it from being confined, or nothing.
    """

    process: int
    output: int
    link: socket.socket
    fault: str

    def is_lost(self) -> bool:
        """Return whether it is of no use; then it has ended."""
        poll = select.poll()
        poll.register(self.link.fileno(), 0)
        # Nobody reads any more, or it never came to that.
        if not poll.poll(0) and not self.fault:
            return False
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        return True

    def begin(self, request: channel.Message) -> str:
        """Give it its program; return what is wrong, or nothing."""
        try:
            if not self.fault:
                source = os.open(request["source_path"], os.O_RDONLY | os.O_CLOEXEC)
                try:
                    channel.send(self.link.fileno(), request)
                    socket.send_fds(self.link, [b"+"], [source])
                finally:
                    os.close(source)
        except OSError as error:
            return f"the program's process ended before it began: {error}"
        return self.fault

    def close(self) -> None:
        """Close our ends of both."""
        os.close(self.output)
        self.link.close()


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
