"""The interpreter of a session: executes one cell after another in one `__main__`, and branches.

It is a confined process and runs an agent's code, so it is trusted with nothing: the warden that
leads it keeps time and limits, stops it between its cells, and believes only the kernel.
"""

from __future__ import annotations

import builtins
import gc
import linecache
import os
import signal
import socket
import sys
import time
import traceback
import types
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Any, NoReturn

from . import channel, claims, kernel, privileges, program, times
from .openfiles import OpenFile, open_anew, open_files

_TRACKERS = ("multiprocessing.resource_tracker", "joblib.externals.loky.backend.resource_tracker")
_SEEDED = {"random": 2**64, "numpy.random.mtrand": 2**32}
"""Modules with a global random state, and below which number their seeds are."""

_EXECUTORS = "joblib.externals.loky.reusable_executor"
_INTERRUPTED = 130
_TRACKER_WITHIN_S = 1.0
_FEEDER_WITHIN_S = 2.0
_ADOPTED_WITHIN_S = 10.0


class Interpreter:
    """One process that executes cells.

    Args:
        control: Descriptor over which the warden leads it.
        workspace: Its folder: first on the import path.
        spare: Whether Python's resource trackers live on from cell to cell.
    """

    def __init__(self, control: int, workspace: str, *, spare: bool) -> None:
        self._link = socket.socket(fileno=control)
        self._workspace = workspace
        self._spare = spare
        self._module = types.ModuleType("__main__")
        self._seed: int | None = None
        self._branching = False
        self._lost: list[tuple[int, int | None]] = []
        """Resource trackers that end with the cell: the descriptor and the process of each."""
        self._collects = True
        """Whether the program has garbage collected by itself; between cells none is."""
        self._files: list[OpenFile] = []
        self._folder = workspace
        self._mask: set[Any] = set()

    def serve(self) -> NoReturn:
        """Execute cells until the warden is gone. Never returns."""
        self._prepare()
        while True:
            try:
                message = channel.receive(self._link.fileno())
                if message is None:
                    break
                if message["kind"] == "cell":
                    self._execute(message)
                else:
                    self._branch(returning=message["returning"])
            except BaseException:  # noqa: BLE001  foreign code has got at what leads it
                break
        os._exit(1)

    def _prepare(self) -> None:
        if kernel.LINUX:
            privileges.die_with_parent()
        sys.path.insert(0, self._workspace)
        self._module.__dict__.update(__builtins__=builtins)
        sys.modules["__main__"] = self._module
        sys.excepthook = _tell
        program.start_by_fork()
        times.install()
        if "numpy.random.mtrand" in sys.modules:
            # A forked process would repeat the template's state.
            sys.modules["numpy.random.mtrand"].seed(None)
        for name, modulus in _SEEDED.items():
            # Seeded at each cell where it is loaded by then, else in the moment it is.
            if name not in sys.modules:
                program.when_loaded(name, lambda module, by=modulus: self._seed_one(module, by))
        os.register_at_fork(after_in_child=self._after_fork)
        self._shield()

    def _after_fork(self) -> None:
        if not self._branching:
            # A process that the program starts has no part in the session.
            self._link.close()

    def _execute(self, cell: channel.Message) -> None:
        source, name = channel.receive_text(self._link), cell["name"]
        self._seed = cell["seed"]
        with suppress(Exception):
            _forget_dead_trackers()
            while self._lost:
                _release(*self._lost.pop())
            for module, modulus in _SEEDED.items():
                if module in sys.modules:
                    self._seed_one(sys.modules[module], modulus)
        if self._collects:
            gc.enable()
        sys.argv = [name]
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        # An interrupt that came too late for the last cell is not for this one.
        while signal.sigtimedwait({signal.SIGINT}, 0) is not None:
            continue
        outcome = program.Outcome(_INTERRUPTED)
        try:
            outcome = self._run(source, name)
        except BaseException:  # noqa: BLE001  interrupted while another error was being told
            outcome = program.Outcome(_INTERRUPTED)
        finally:
            self._shield()
            # Nor does a finalizer, which we would be stopped in.
            self._collects = gc.isenabled()
            gc.disable()
        with suppress(BaseException):
            _settle(hurried=outcome.code == _INTERRUPTED)
            if not self._spare and any(_trackers()):
                # What is garbage by now tells them that it is.
                gc.collect()
                # Now, so that no thread of a library's finds them dead in the next cell.
                self._lost.extend(_part_with_trackers())
        claims.say(self._link.fileno(), "ended", outcome.code, out_of_memory=outcome.out_of_memory)

    def _run(self, source: str, name: str) -> program.Outcome:
        try:
            code = compile(source, name, "exec", dont_inherit=True)
        except BaseException as error:  # noqa: BLE001  what a program does is a result
            return program.failed(error, None)
        try:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            exec(code, self._module.__dict__)  # noqa: S102  the purpose of this process
        except BaseException as error:  # noqa: BLE001
            trace = error.__traceback__
            return program.failed(error, trace.tb_next if trace else None)
        return program.Outcome(0)

    def _shield(self) -> None:
        """Hold back all signals until the next cell, so that no handler runs in between."""
        self._mask = _whatever_is_raised(lambda: signal.pthread_sigmask(signal.SIG_BLOCK, ()))
        _whatever_is_raised(
            lambda: signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        )

    def _seed_one(self, module: Any, modulus: int) -> None:
        if self._seed is not None:
            module.seed(self._seed % modulus)

    def _branch(self, *, returning: bool) -> None:
        """Fork; the child goes on with the channel that comes with the request.

        Args:
            returning: Whether the child is to go on as the session was when it was branched; its
                files lie in their places again.
        """
        _, descriptors, _, _ = socket.recv_fds(self._link, 1, 1)
        if not returning:
            self._files = [file for file in open_files() if file.descriptor not in descriptors]
            self._folder = _current_folder(self._workspace)
        drawn = sys.modules["random"].getstate() if "random" in sys.modules else None
        self._branching = True
        try:
            middle = os.fork()
            if middle == 0:
                self._be_child(descriptors[0])
                if drawn is not None:
                    # Reseeded by the fork.
                    sys.modules["random"].setstate(drawn)
                if returning:
                    self._return()
                claims.say(self._link.fileno(), "ready")
                return
        except OSError as error:
            os.close(descriptors[0])
            claims.say(self._link.fileno(), "failed", error.errno or 0)
            return
        finally:
            self._branching = False
        os.close(descriptors[0])
        # Where the program ignores its children's ends, the kernel has reaped it.
        with suppress(ChildProcessError):
            os.waitpid(middle, 0)
        claims.say(self._link.fileno(), "branched")

    def _be_child(self, control: int) -> None:
        """Fork once more, so that the child is the warden's, and no child of the program's."""
        middle = os.getpid()
        try:
            if os.fork():
                os._exit(0)
        except OSError:
            os._exit(1)
        self._link.close()
        self._link = socket.socket(fileno=control)
        deadline = time.monotonic() + _ADOPTED_WITHIN_S
        while os.getppid() == middle and time.monotonic() < deadline:
            time.sleep(0.0002)
        if kernel.LINUX:
            privileges.die_with_parent()

    def _return(self) -> None:
        with suppress(OSError):
            os.chdir(self._folder)
        open_anew(self._files)
        try:
            open("/proc/self/maps", "rb").close()  # noqa: PTH123
        except OSError:
            # It was granted by the number of the first process.
            program.when_loaded("threadpoolctl", _ask_the_linker)


def _whatever_is_raised(act: Callable[[], set[Any]]) -> set[Any]:
    """Act until it succeeds: handlers of the program's own may raise meanwhile."""
    while True:
        with suppress(BaseException):
            return act()


def _ask_the_linker(module: Any) -> None:
    """Let threadpoolctl, and so KMeans, find libraries without `/proc/self/maps`."""
    controller = module.ThreadpoolController
    other = getattr(controller, "_find_libraries_with_dl_iterate_phdr", None)
    if other is not None and hasattr(controller, "_find_libraries_with_linux"):
        controller._find_libraries_with_linux = other


def _tell(
    kind: type[BaseException], error: BaseException, trace: types.TracebackType | None
) -> None:
    """Print an uncaught exception with the lines of the cells that it went through."""
    try:
        traceback.print_exception(kind, error, trace)
    except (MemoryError, RecursionError):
        sys.__excepthook__(kind, error, trace)


def _settle(*, hurried: bool) -> None:
    """Do what the end of a program would: release joblib's workers, flush what is written.

    Args:
        hurried: Whether the workers may still be at work.
    """
    executors: Any = sys.modules.get(_EXECUTORS)
    executor = None if executors is None else executors._executor
    may_end_them = executor is not None and _may_signal(executor._processes)
    if executor is not None and (may_end_them or not hurried):
        # They end with the cell; joblib makes new ones when it needs them again.
        feeder: Any = getattr(executor._call_queue, "_thread", None)
        executor.shutdown(wait=True, kill_workers=may_end_them)
        if feeder is not None:
            # Nobody else waits for it, and it too has something to tell the resource tracker.
            feeder.join(_FEEDER_WITHIN_S)
    if any(file.written for file in open_files()):
        program.flush_files()
    program.flush_streams()


def _may_signal(processes: Iterable[int]) -> bool:
    """Return whether processes that this one has started can be ended by it."""
    try:
        for process in list(processes):
            os.kill(process, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return True


def _part_with_trackers() -> Iterator[tuple[int, int | None]]:
    """Let helper processes of `multiprocessing`, which end with the cell, be started anew.

    Their ends of the pipes stay open, for without writers they would clean up, loudly.

    Yields:
        The descriptor and the process of each.
    """
    for tracker in _trackers():
        yield tracker._fd, tracker._pid
        tracker._fd = tracker._pid = None


def _forget_dead_trackers() -> None:
    """Let those start anew that have ended nevertheless."""
    for tracker in _trackers():
        with suppress(OSError):
            # In a branch its number is forgotten already.
            if tracker._pid is not None and os.waitpid(tracker._pid, os.WNOHANG)[0] == 0:
                continue
        with suppress(OSError):
            os.close(tracker._fd)
        tracker._fd = tracker._pid = None


def _trackers() -> Iterator[Any]:
    """Yield the trackers that were started, each while no other thread can start it."""
    for name in _TRACKERS:
        tracker: Any = getattr(sys.modules.get(name), "_resource_tracker", None)
        lock = getattr(tracker, "_lock", None)
        if lock is None or not lock.acquire(timeout=_TRACKER_WITHIN_S):
            continue
        try:
            if tracker._fd is not None:
                yield tracker
        finally:
            lock.release()


def _release(descriptor: int, process: int | None) -> None:
    with suppress(OSError):
        os.close(descriptor)
    with suppress(OSError):
        if process is not None:
            os.waitpid(process, os.WNOHANG)


def _current_folder(fallback: str) -> str:
    try:
        return os.getcwd()  # noqa: PTH109
    except OSError:
        # It was removed.
        return fallback
