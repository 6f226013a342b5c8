"""Steps per second against the number of environments in `gym.make_vec`, and their idle memory.

The rate should grow to the number of cores and stay there. Idle memory is what each environment
adds to the private memory (page tables included) of all processes, measured right after the reset
and again after a few steps; what processes share with the template counts for nobody.

    python -m benchmarks.throughput --environments 1 2 4 8 16 32 --seconds 5
"""

from __future__ import annotations

import argparse
import os
import time
from typing import Any

import gymnasium as gym

import mlesmith_env
from benchmarks.processes import holding
from benchmarks.programs import FIT, PASS, TASK
from benchmarks.table import show
from mlesmith_env.sandbox.inside.processes import descendants

_AIM_MB = 30
_TITLES = {"pass": PASS, "fit": FIT}


def main() -> None:
    """Measure each number of environments and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--environments", type=int, nargs="+", default=[1, 2, 4, 8, 16, 32])
    parser.add_argument("--seconds", type=float, default=5.0, help="of each measure (default: 5)")
    parser.add_argument("--sandbox", default="local")
    arguments = parser.parse_args()
    # Importing registers them too; this says so when there are none.
    mlesmith_env.load_task(TASK)
    # An environment beside those that are counted: what is loaded once, and shared by all, then
    # is shared already.
    beside = make(1, arguments.sandbox)
    try:
        beside.reset(seed=0)
        rate(beside, FIT, 0.5)
        rows = [
            measure(count, arguments.seconds, arguments.sandbox) for count in arguments.environments
        ]
    finally:
        beside.close()
    for row in rows:
        for title in _TITLES:
            row[f"{title}, times 1"] = row[f"{title}/s"] / rows[0][f"{title}/s"]
    show(
        "throughput",
        rows,
        sandbox=arguments.sandbox,
        aim_own_mb_at_most=_AIM_MB,
        load_average=os.getloadavg()[0],
    )


def make(count: int, sandbox: str) -> Any:
    """Return so many environments."""
    return gym.make_vec(
        f"mlesmith/{TASK}-v1",
        num_envs=count,
        sandbox=sandbox,
        max_steps=10**6,
        time_limit_s=10.0**6,
    )


def measure(count: int, seconds: float, sandbox: str) -> dict[str, Any]:
    """Return the figures of so many environments."""
    before = _private()
    envs = make(count, sandbox)
    try:
        envs.reset(seed=0)
        fresh = _private() - before
        rates = {title: rate(envs, program, seconds) for title, program in _TITLES.items()}
        used = _private() - before
    finally:
        envs.close()
    return {
        "environments": count,
        **{f"{title}/s": value for title, value in rates.items()},
        "own MB, reset": fresh / count / 1e6,
        "own MB, used": used / count / 1e6,
    }


def rate(envs: Any, program: str, seconds: float) -> float:
    """Return the steps per second of all environments together."""
    actions = [{"kind": "execute_code", "content": program}] * envs.num_envs
    envs.step(actions)
    steps = 0
    began = time.perf_counter()
    while (elapsed := time.perf_counter() - began) < seconds or steps == 0:
        _, _, _, _, infos = envs.step(actions)
        if set(infos["status"]) != {"ok"}:
            raise SystemExit(f"a program failed: {infos['error']}")
        steps += envs.num_envs
    return steps / elapsed


def _private() -> int:
    """Return the private memory of this process and all below it, in bytes."""
    return holding([os.getpid(), *descendants(os.getpid())]).private_bytes


if __name__ == "__main__":
    main()
