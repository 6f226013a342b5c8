"""One way to run many jobs: `map(function, jobs)`.

`LocalExecutor` gives every job a process of its own, forked from a clean server that has the heavy
imports behind it. A job that dies (killed, out of memory, crashed in C) or outgrows its budget is a
`JobFailure` for that job alone; the others go on. `mlesmith_env.cluster` has the same for Ray.
"""

from __future__ import annotations

import functools
import multiprocessing
import multiprocessing.util
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from mlesmith_env.errors import InvalidSettingError
from mlesmith_env.scratch import make_scratch, remove_abandoned_scratch, remove_scratch
from mlesmith_env.worker import GRACE_S, work

Job = TypeVar("Job")
Result = TypeVar("Result")
EXECUTORS = ("local", "ray")

_LONGEST_FOLDER = 48
_LOOK_S = 0.5
"""Seconds between two looks at what a job holds, and at what signals came."""


@dataclass(frozen=True)
class JobFailure:
    """A job that gave no result.

    Attributes:
        reason: One line: the exception, or how the process ended.
        details: The traceback, where there is one.
    """

    reason: str
    details: str = ""


@dataclass(frozen=True)
class Outcome(Generic[Job, Result]):
    """A job and what came of it."""

    job: Job
    result: Result | JobFailure


@dataclass(frozen=True)
class Budget:
    """What one job may use before it is ended; None where there is no bound.

    Attributes:
        timeout_s: Wall-clock seconds.
        memory_bytes: Memory of all its processes together, of shared pages their part.

    Raises:
        InvalidSettingError: A bound is not above zero.
    """

    timeout_s: float | None = None
    memory_bytes: int | None = None

    def __post_init__(self) -> None:
        for name, value in (("timeout_s", self.timeout_s), ("memory_bytes", self.memory_bytes)):
            if value is not None and value <= 0:
                raise InvalidSettingError(
                    f"{name} must be above zero, got {value}; leave it out for no bound"
                )


class Executor(Protocol):
    """Runs one function over many jobs, in whatever order they end."""

    def map(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[Outcome[Job, Result]]:
        """Yield an outcome for every job, as they end."""
        ...


class LocalExecutor:
    """Processes on this machine.

    A job finds a temporary folder of its own, which goes when its process has ended, however that
    ended; what jobs left whose machine or parent was killed goes at the next `map`.

    Args:
        workers: How many jobs run at once; 1 still uses a process, so that a crash stays outside.
        preload: Modules that the server imports once, before the first job.
        budget: What a job may use.

    Raises:
        InvalidSettingError: There is not even one worker.
    """

    def __init__(
        self, workers: int = 1, preload: Sequence[str] = (), budget: Budget | None = None
    ) -> None:
        """Make an executor; no process starts before `map`."""
        if workers < 1:
            raise InvalidSettingError(f"workers must be at least 1, got {workers}")
        self.workers = workers
        self.preload = tuple(preload)
        self.budget = budget or Budget()

    def map(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[Outcome[Job, Result]]:
        """Yield an outcome for every job, as they end.

        Leaving the iterator early (an exception, Ctrl-C) ends the jobs that still run.
        """
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(self.preload))
        remove_abandoned_scratch()
        _own_sockets()
        # Nobody writes into the lifeline; that we hold its other end tells workers that we live.
        lifeline, held = context.Pipe(duplex=False)
        waiting = list(reversed(jobs))
        running: dict[Connection, _Running] = {}
        try:
            while waiting or running:
                while waiting and len(running) < self.workers:
                    job, scratch = waiting.pop(), make_scratch()
                    receiver, sender = context.Pipe(duplex=False)
                    asked = (function, job, sender, lifeline, scratch, dict(os.environ))
                    process = context.Process(target=work, args=asked)
                    running[receiver] = _Running(job, process, receiver, scratch, time.monotonic())
                    process.start()
                    sender.close()
                for receiver in self._ended(running):
                    ended = running.pop(receiver)
                    yield Outcome(ended.job, ended.result())
                for receiver, why in self._overdrawn(running):
                    ended = running.pop(receiver)
                    ended.end()
                    yield Outcome(ended.job, JobFailure(why))
        finally:
            for ended in running.values():
                ended.end()
            held.close()
            lifeline.close()

    def _ended(self, running: dict[Connection, _Running]) -> list[Connection]:
        """Wait for jobs to end, no longer than until the next look.

        A signal that comes just before the wait, or to another thread, does not cut it short.
        """
        ready = wait(list(running), timeout=_LOOK_S)
        return [receiver for receiver in ready if isinstance(receiver, Connection)]

    def _overdrawn(self, running: dict[Connection, _Running]) -> list[tuple[Connection, str]]:
        """Return the jobs that have used more than their budget, and what they used."""
        found: list[tuple[Connection, str]] = []
        timeout_s, memory_bytes = self.budget.timeout_s, self.budget.memory_bytes
        for receiver, one in running.items():
            if receiver.poll():
                continue
            if timeout_s is not None and time.monotonic() - one.began > timeout_s:
                found.append((receiver, f"it took longer than the {timeout_s:g} s that it had"))
            elif memory_bytes is not None and (held := one.memory_bytes()) > memory_bytes:
                told = f"it held {held / 1e9:.3g} GB of memory, of {memory_bytes / 1e9:.3g} GB"
                found.append((receiver, told))
        return found


@functools.cache
def _own_sockets() -> None:
    """Have the sockets of `multiprocessing` in a folder that goes even if this process is killed.

    It makes a temporary folder once in a process, which only the process's own end removes.
    """
    if len(tempfile.gettempdir()) > _LONGEST_FOLDER:
        # A socket's path may have 108 bytes, and ours would be longer than that.
        return
    folder, before = make_scratch(), tempfile.tempdir
    # After the finalizer of `multiprocessing` for its own folder in it, whose priority is -100.
    multiprocessing.util.Finalize(None, remove_scratch, args=(folder,), exitpriority=-200)
    tempfile.tempdir = str(folder)
    try:
        multiprocessing.util.get_temp_dir()
    finally:
        tempfile.tempdir = before


@dataclass(frozen=True)
class _Running:
    """A job that runs, and its process."""

    job: Any
    process: BaseProcess
    receiver: Connection
    scratch: Path
    began: float

    def result(self) -> Any:
        """Return what the job gave, once its connection has something to say."""
        try:
            result = self.receiver.recv()
        except EOFError:
            result = None
        self.receiver.close()
        self.process.join()
        remove_scratch(self.scratch)
        if result is not None:
            return result[0]
        code = self.process.exitcode or 0
        how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        return JobFailure(f"the worker process ended by {how} without a result")

    def end(self) -> None:
        """End the job, with its sandboxes: they end with the process that holds them."""
        if self.process.pid is not None:
            self.process.terminate()
            self.process.join(GRACE_S)
            if self.process.is_alive():
                self.process.kill()
                self.process.join()
        self.receiver.close()
        remove_scratch(self.scratch)

    def memory_bytes(self) -> int:
        """Return what its processes hold together."""
        from mlesmith_env.sandbox.inside.processes import descendants, proportional

        root = self.process.pid
        return 0 if root is None else proportional([root, *descendants(root)])


@dataclass(frozen=True)
class Execution:
    """How jobs are run: what the command line says about it.

    Attributes:
        executor: `local` or `ray`.
        workers: Jobs at once; None for one here, or for as many as the cluster has CPUs.
        address: Of the Ray cluster; None starts one on this machine.
        budget: What a job may use.
    """

    executor: str = "local"
    workers: int | None = None
    address: str | None = None
    budget: Budget = Budget()

    def start(self, preload: Sequence[str] = ()) -> Executor:
        """Return the executor.

        Args:
            preload: Modules that the processes of jobs have loaded.

        Raises:
            InvalidSettingError: There is no such executor, not even one worker, or a local executor
                has an address.
            MissingExtraError: Ray is not installed.
        """
        if self.executor == "ray":
            from mlesmith_env.cluster import RayExecutor

            return RayExecutor(self.address, self.workers, preload, self.budget)
        if self.executor != "local":
            raise InvalidSettingError(
                f"there is no executor {self.executor!r}: use {' or '.join(map(repr, EXECUTORS))}"
            )
        if self.address is not None:
            raise InvalidSettingError(
                f"the address {self.address!r} is that of a Ray cluster: use the executor 'ray'"
            )
        return LocalExecutor(1 if self.workers is None else self.workers, preload, self.budget)
