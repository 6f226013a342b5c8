"""Jobs on a Ray cluster, behind the same protocol as those on this machine.

On its node a job runs as `LocalExecutor` runs it: in a process of its own, which ends with the Ray
worker that asked for it. So a job that crashes fails alone and at once, while one whose node is
lost was no fault of its own and is run again elsewhere.

The nodes share the folders that jobs name (the registry, the data), and have the same versions of
Python, Ray and this package.
"""

from __future__ import annotations

import os
import pickle
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from mlesmith_env.errors import ExecutorError, InvalidSettingError, MissingExtraError
from mlesmith_env.executor import Budget, JobFailure, LocalExecutor, Outcome

Job = TypeVar("Job")
Result = TypeVar("Result")

MOST_RUNS = 4
"""How often a job is run whose nodes are lost: it may be what kills them."""
_LOOK_S = 1.0
_LISTENS_WITHIN_S = 20.0
_HANDED_ON = ("MLESMITH_CACHE", "MLESMITH_DATA_MIRROR", "MLESMITH_REGISTRY")


class RayExecutor:
    """Processes on the nodes of a Ray cluster, each with one CPU of it.

    Args:
        address: Of the cluster (`auto`, `host:6379`); None starts one on this machine for the time
            of `map`.
        workers: How many jobs run at once; None for as many as the cluster has CPUs.
        preload: Modules that the process of a job has loaded.
        budget: What a job may use.

    Raises:
        InvalidSettingError: There is not even one worker.
        MissingExtraError: Ray is not installed.
    """

    def __init__(
        self,
        address: str | None = None,
        workers: int | None = None,
        preload: Sequence[str] = (),
        budget: Budget | None = None,
    ) -> None:
        """Make an executor; no cluster is reached before `map`."""
        if workers is not None and workers < 1:
            raise InvalidSettingError(f"workers must be at least 1, got {workers}")
        self.address = address
        self.workers = workers
        self.preload = tuple(preload)
        self.budget = budget or Budget()
        self._ray = _library()

    def map(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[Outcome[Job, Result]]:
        """Yield an outcome for every job, as they end.

        Leaving the iterator early (an exception, Ctrl-C) ends the jobs that still run.

        Raises:
            ExecutorError: There is no such cluster, or its Python or Ray is another.
        """
        ray = self._ray
        ours = not ray.is_initialized()
        if ours:
            self._connect()
        try:
            yield from self._run(function, jobs)
        finally:
            if ours:
                ray.shutdown()

    def _run(
        self, function: Callable[[Job], Result], jobs: Sequence[Job]
    ) -> Iterator[Outcome[Job, Result]]:
        ray = self._ray
        # A lost node is ours to judge, not Ray's: it would run the job again without an end.
        remote = ray.remote(num_cpus=1, max_retries=0, max_calls=0)(_run_here)
        given = (self.preload, self.budget, _variables(), sys.path)
        waiting = deque((job, 1) for job in jobs)
        running: dict[Any, tuple[Job, int]] = {}
        try:
            while waiting or running:
                while waiting and (self.workers is None or len(running) < self.workers):
                    job, runs = waiting.popleft()
                    running[remote.remote(pickle.dumps((function, job)), *given)] = (job, runs)
                ready, _ = ray.wait(list(running), num_returns=1, timeout=_LOOK_S)
                for reference in ready:
                    job, runs = running.pop(reference)
                    try:
                        result = ray.get(reference)
                    except ray.exceptions.RaySystemError as error:
                        raise ExecutorError(f"the Ray cluster can not be used: {error}") from error
                    except ray.exceptions.RayTaskError as error:
                        yield Outcome(job, JobFailure(_first_line(error.cause), str(error)))
                    except ray.exceptions.RayError as error:
                        if runs < MOST_RUNS:
                            waiting.append((job, runs + 1))
                            continue
                        reason = f"its node was lost {runs} times: {_first_line(error)}"
                        yield Outcome(job, JobFailure(reason, str(error)))
                    else:
                        yield Outcome(job, result)
        finally:
            for reference in running:
                ray.cancel(reference, force=True)

    def _connect(self) -> None:
        ray = self._ray
        _demand_listener(self.address)
        starting: dict[str, Any] = (
            {"include_dashboard": False} if self.address is None else {"address": self.address}
        )
        try:
            ray.init(log_to_driver=False, logging_level="ERROR", **starting)
        except (ConnectionError, RuntimeError, ValueError) as error:
            # A cluster of another Python or Ray is told in a RuntimeError.
            raise ExecutorError(
                f"the Ray cluster at {self.address or 'this machine'} can not be used: {error}; "
                "start its nodes with `ray start` from an environment with the same Python and Ray"
            ) from error


def _run_here(
    work: bytes,
    preload: tuple[str, ...],
    budget: Budget,
    variables: dict[str, str],
    search_path: list[str],
) -> Any:
    """Run one job on the node that this is, and return its result or `JobFailure`.

    Args:
        work: Pickled function and job, which may need the search path to be read.
        preload: Modules that the process of the job has loaded.
        budget: What the job may use.
        variables: Environment variables of the job.
        search_path: Where modules are looked for beside this node's own folders.
    """
    os.environ.update(variables)
    sys.path += [folder for folder in search_path if folder not in sys.path]
    function, job = pickle.loads(work)  # noqa: S301  from the program that started this worker
    ((outcome),) = LocalExecutor(1, preload, budget).map(function, [job])
    return outcome.result


def _demand_listener(address: str | None) -> None:
    """Raise `ExecutorError` where nobody listens: Ray itself would try for a long time."""
    host, _, port = (address or "").rpartition(":")
    if not host or not port.isdecimal() or "://" in host:
        return
    try:
        socket.create_connection((host, int(port)), _LISTENS_WITHIN_S).close()
    except (OSError, OverflowError) as error:
        raise ExecutorError(
            f"the Ray cluster at {address} can not be used: {error}; give the address that "
            "`ray start --head` has printed"
        ) from error


def _variables() -> dict[str, str]:
    """Return the environment variables of ours that jobs find on every node."""
    return {name: os.environ[name] for name in _HANDED_ON if name in os.environ}


def _first_line(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0] if text else 'no message'}"


def _library() -> Any:
    try:
        import ray
    except ImportError as error:
        raise MissingExtraError(
            "the executor 'ray' needs Ray: pip install 'mlesmith-env[ray]', on every node"
        ) from error
    return ray
