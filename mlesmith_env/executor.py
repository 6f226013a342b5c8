"""One way to run many jobs: `map(function, jobs)`.

`LocalExecutor` gives every job a process of its own, forked from a clean server that has the heavy
imports behind it. A job that dies (killed, out of memory, crashed in C) is a `JobFailure` for that
job alone; the others go on.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, Protocol, TypeVar

Job = TypeVar("Job")
Result = TypeVar("Result")

_GRACE_S = 10.0
"""Seconds that an orphaned job has to clean up."""


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


class Executor(Protocol):
    """Runs one function over many jobs, in whatever order they end."""

    def map(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[Outcome[Job, Result]]:
        """Yield an outcome for every job, as they end."""
        ...


class LocalExecutor:
    """Processes on this machine.

    Args:
        workers: How many jobs run at once; 1 still uses a process, so that a crash stays outside.
        preload: Modules that the server imports once, before the first job.
    """

    def __init__(self, workers: int = 1, preload: Sequence[str] = ()) -> None:
        """Make an executor; no process starts before `map`."""
        if workers < 1:
            raise ValueError(f"workers must be at least 1, got {workers}")
        self.workers = workers
        self.preload = tuple(preload)

    def map(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[Outcome[Job, Result]]:
        """Yield an outcome for every job, as they end.

        Leaving the iterator early (an exception, Ctrl-C) ends the jobs that still run.
        """
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(list(self.preload))
        # Nobody writes into the lifeline; that we hold its other end tells workers that we live.
        lifeline, held = context.Pipe(duplex=False)
        waiting = list(reversed(jobs))
        running: dict[Connection, tuple[BaseProcess, Job]] = {}
        try:
            while waiting or running:
                while waiting and len(running) < self.workers:
                    job = waiting.pop()
                    receiver, sender = context.Pipe(duplex=False)
                    process = context.Process(target=_work, args=(function, job, sender, lifeline))
                    process.start()
                    sender.close()
                    running[receiver] = (process, job)
                for ready in wait(list(running)):
                    receiver = ready if isinstance(ready, Connection) else None
                    if receiver is None:
                        continue
                    process, job = running.pop(receiver)
                    yield Outcome(job, _receive(receiver, process))
        finally:
            for receiver, (process, _) in running.items():
                process.terminate()
                process.join(5)
                if process.is_alive():
                    process.kill()
                    process.join()
                receiver.close()
            held.close()
            lifeline.close()


def _receive(receiver: Connection, process: BaseProcess) -> Any:
    try:
        result = receiver.recv()
    except EOFError:
        result = None
    receiver.close()
    process.join()
    if result is not None:
        return result[0]
    code = process.exitcode or 0
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return JobFailure(f"the worker process ended by {how} without a result")


def _work(
    function: Callable[[Job], Result], job: Job, sender: Connection, lifeline: Connection
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # As an exception, so that sandboxes are closed and temporary folders removed on the way out.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    threading.Thread(target=_follow, args=(lifeline,), daemon=True).start()
    try:
        result: object = function(job)
    except Exception as error:  # noqa: BLE001 - a job may raise anything; it becomes data here
        result = JobFailure(f"{type(error).__name__}: {error}", traceback.format_exc())
    sender.send((result,))
    sender.close()


def _follow(lifeline: Connection) -> None:
    """End this process when the one that asked for it is gone."""
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(_GRACE_S)
        os._exit(1)
