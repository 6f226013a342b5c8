"""The process of one job: what it does from its start to its end."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

GRACE_S = 10.0
"""Seconds that a job has to clean up when it is told to end."""
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


def work(
    function: Callable[[Any], Any],
    job: Any,
    sender: Connection,
    lifeline: Connection,
    scratch: Path,
    environment: dict[str, str],
) -> None:
    """Run one job and send what it gives, as a tuple of one; ends with whoever asked for it.

    Args:
        function: What to do.
        job: Its argument.
        sender: Where the result goes; a `JobFailure` where the function raised.
        lifeline: Comes to its end when the process is gone that asked for the job.
        scratch: Folder for temporary files.
        environment: Variables of whoever asked. The server that this process was forked from has
            those of the first one who ever did.
    """
    from mlesmith_env.executor import JobFailure

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # As an exception, so that sandboxes are closed and temporary folders removed on the way out.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    threading.Thread(target=_follow, args=(lifeline,), daemon=True).start()
    os.environ.clear()
    os.environ.update(environment)
    os.environ["TMPDIR"] = tempfile.tempdir = str(scratch)
    _use_one_thread()
    try:
        result: object = function(job)
    except Exception as error:  # noqa: BLE001 - a job may raise anything; it becomes data here
        result = JobFailure(f"{type(error).__name__}: {error}", traceback.format_exc())
    sender.send((result,))
    sender.close()


def _use_one_thread() -> None:
    """Hold this process's numerical libraries to one thread, those not yet loaded as well.

    Jobs share the cores among themselves: threads of several jobs wait for each other, spinning,
    for longer than they work. And sums come in the same order on any number of cores.
    """
    import threadpoolctl

    os.environ.update(dict.fromkeys(_THREADS, "1"))
    threadpoolctl.threadpool_limits(1)


def _follow(lifeline: Connection) -> None:
    """End this process when the one that asked for it is gone."""
    try:
        lifeline.recv_bytes()
    except (EOFError, OSError):
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_S)
        os._exit(1)
