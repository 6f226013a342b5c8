"""The environment variables of programs: nothing of the host's but where libraries lie."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

from mlesmith_env.sandbox.inside.grants import added_folders

MOST_THREADS = 16
"""More threads than this gain nothing for tables of this size, and take memory."""


def environment(home: Path, temporary: Path, *, single_threaded: bool = False) -> dict[str, str]:
    """Return the environment of a server and its programs: nothing of the host's but paths.

    Args:
        home: Their home folder.
        temporary: Their folder for temporary files.
        single_threaded: Whether numerical libraries use one thread, so that a process that has
            used them can be forked.
    """
    threads = len(os.sched_getaffinity(0)) if sys.platform == "linux" else 2
    variables = plain_environment(
        home,
        temporary,
        Path(sys.executable).parent,
        threads,
        single_threaded=single_threaded,
    )
    # For interpreters that programs start.
    added = [str(folder) for folder in added_folders()]
    if added:
        variables["PYTHONPATH"] = os.pathsep.join(added)
    # Some installations of Python start only with their libraries' folders named.
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        if name in os.environ:
            variables[name] = os.environ[name]
    return variables


def plain_environment(
    home: Path,
    temporary: Path,
    executables: Path,
    threads: int,
    *,
    single_threaded: bool = False,
) -> dict[str, str]:
    """Return the environment of programs where nothing has to be known of the host.

    Args:
        home: Their home folder.
        temporary: Their folder for temporary files.
        executables: The folder of Python.
        threads: Threads that programs start, up to `MOST_THREADS`.
        single_threaded: Whether numerical libraries use one thread.
    """
    variables: dict[str, Any] = {
        "PATH": os.pathsep.join([str(executables), "/usr/local/bin", "/usr/bin", "/bin"]),
        "HOME": home,
        "TMPDIR": temporary,
        "JOBLIB_TEMP_FOLDER": temporary,
        "USER": "agent",
        "LOGNAME": "agent",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        # Always the same: it can not be changed after the start of a kept server.
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        # pyarrow's allocator would start a thread in the template, which is forked.
        "JE_ARROW_MALLOC_CONF": "background_thread:false",
    }
    threads = min(threads, MOST_THREADS)
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        variables[f"{name}_NUM_THREADS"] = 1 if single_threaded else threads
    # Arrow's own would reserve 1 GB at its first use, which counts as the program's.
    variables["ARROW_DEFAULT_MEMORY_POOL"] = "system"
    # What joblib takes n_jobs=-1 for.
    variables["LOKY_MAX_CPU_COUNT"] = threads
    return {name: str(value) for name, value in variables.items()}
