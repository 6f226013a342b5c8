"""Milliseconds of a warm `env.reset`, for a task of 1 MB and for the same with 1 GB of public data.

Nothing that can be opened in place may be copied or read again, so that both should cost the same.
The two take turns. Before each reset a program has filled the workspace with a few files.

    python -m benchmarks.reset_latency --runs 30 --sizes 1 1000
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

import mlesmith_env
from benchmarks.programs import TASK
from benchmarks.step_latency import percentile
from benchmarks.table import show
from mlesmith_env.env import TaskEnv

_BLOCK = b"".join(b"%07d,0.123456,0.654321,text\n" % number for number in range(2**15))
_FILL = """
import os
os.makedirs("features/deep", exist_ok=True)
for number in range(20):
    with open(f"features/deep/{number}.csv", "w") as file:
        file.write("a,b\\n" * 1000)
"""
_AIM_MS = 15


def main() -> None:
    """Time resets of both sizes and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=30, help="resets of each size (default: 30)")
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[1, 1000], help="MB of public data (1 1000)"
    )
    parser.add_argument("--sandbox", default="local")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = mlesmith_env.load_task(TASK).prepare().public_dir.parent
        times: dict[int, list[float]] = {}
        environments = {
            size: enlarged(Path(folder) / str(size), made, size, arguments.sandbox)
            for size in arguments.sizes
        }
        try:
            for turn in range(arguments.runs + 1):
                for size, env in environments.items():
                    elapsed_ms = reset(env)
                    if turn:
                        times.setdefault(size, []).append(elapsed_ms)
        finally:
            for env in environments.values():
                env.close()
    rows: list[dict[str, Any]] = [
        {
            "public MB": size,
            "median ms": statistics.median(values),
            "p99 ms": percentile(values, 0.99),
            "min ms": min(values),
        }
        for size, values in times.items()
    ]
    medians = [statistics.median(values) for values in times.values()]
    show(
        "reset_latency",
        rows,
        runs=arguments.runs,
        aim_ms_at_most=_AIM_MS,
        largest_beside_smallest=medians[-1] / medians[0],
        load_average=os.getloadavg()[0],
    )


def reset(env: TaskEnv) -> float:
    """Fill the workspace and return the milliseconds of the reset after it."""
    *_, info = env.step({"kind": "execute_code", "content": _FILL})
    if info["status"] != "ok":
        raise SystemExit(f"a program failed: {info['error']}")
    began = time.perf_counter()
    env.reset()
    return (time.perf_counter() - began) * 1000


def enlarged(cache: Path, made: Path, megabytes: int, sandbox: str) -> TaskEnv:
    """Return an environment, reset once, over a cache in which the task's data are so large."""
    os.environ["MLESMITH_CACHE"] = str(cache)
    entry = cache / "entries" / made.name
    shutil.copytree(made, entry)
    size = sum(path.stat().st_size for path in (entry / "public").iterdir())
    with (entry / "public" / "more.csv").open("wb") as file:
        while size < megabytes * 1_000_000:
            size += file.write(_BLOCK)
    env = TaskEnv(TASK, sandbox=sandbox, max_steps=1000)
    env.reset(seed=0)
    if env.task.prepare().public_dir != entry / "public":
        raise SystemExit("the enlarged data are not those that the environment plays")
    return env


if __name__ == "__main__":
    main()
