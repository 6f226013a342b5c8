"""Milliseconds of a step, by backend and by what its program does.

The same programs run as a cold `python` process, in each sandbox through the whole `env.step`, in
each sandbox by itself, and as `exec` in a process that has everything loaded, which is the floor.
All take turns within one run, so that a busy machine hits all alike.

A sandbox makes the process of the next program ready while the agent thinks. `env.step` has that
time here, while the others take their turns; `env.step at once` follows another step immediately
and has not.

    python -m benchmarks.step_latency --runs 40 --sandboxes local subprocess docker
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol

import gymnasium as gym

import mlesmith_env
from benchmarks.programs import FIT, PASS, PROGRAMS, TASK
from benchmarks.table import show
from mlesmith_env.errors import MlesmithError
from mlesmith_env.sandbox import Sandbox, SandboxSpec, make_sandbox

COLD, FLOOR = "cold python", "exec (floor)"
_SANDBOXES = ("local", "subprocess", "docker")
_AIMS = {
    "pass_ms": "at most 20",
    "fit_times_faster_than_cold": "at least 20",
    "fit_ms_above_floor": "at most 30",
}
_EXECUTE = """
import sys, time
for name in sys.stdin:
    source = open(name.strip()).read()
    began = time.perf_counter()
    exec(compile(source, "program.py", "exec"), {"__name__": "__main__"})
    print(time.perf_counter() - began, flush=True)
"""


class Runner(Protocol):
    """One way to run a program."""

    def run(self, program: str) -> float:
        """Run a program and return the seconds that it took."""
        ...

    def close(self) -> None:
        """End whatever it holds."""
        ...


class Cold:
    """A fresh interpreter for each program."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def run(self, program: str) -> float:
        """Run it with `python program.py`."""
        (self._folder / "program.py").write_text(program)
        began = time.perf_counter()
        subprocess.run([sys.executable, "program.py"], cwd=self._folder, check=True)
        return time.perf_counter() - began

    def close(self) -> None:
        """Nothing is held."""


class Floor:
    """One process that executes program after program, its libraries loaded."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._process = subprocess.Popen(
            [sys.executable, "-c", _EXECUTE],
            cwd=folder,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, program: str) -> float:
        """Execute it there; the time is taken inside."""
        (self._folder / "floor.py").write_text(program)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("floor.py\n")
        self._process.stdin.flush()
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


class Step:
    """Whole steps of an environment.

    Args:
        sandbox: The backend.
        at_once: Whether each follows another one immediately, which is not timed.
    """

    def __init__(self, sandbox: str, *, at_once: bool = False) -> None:
        self._at_once = at_once
        self._env = gym.make(
            f"mlesmith/{TASK}-v1", sandbox=sandbox, max_steps=10**6, time_limit_s=10.0**6
        )
        try:
            self._env.reset(seed=0)
        except BaseException:
            self._env.close()
            raise

    def run(self, program: str) -> float:
        """Take a step that executes it."""
        if self._at_once:
            self._env.step({"kind": "execute_code", "content": PASS})
        began = time.perf_counter()
        observation, *_, info = self._env.step({"kind": "execute_code", "content": program})
        elapsed = time.perf_counter() - began
        if info["status"] != "ok" or info["valid_submission"] != (program == FIT):
            raise SystemExit(f"a program failed: {observation['feedback']}")
        return elapsed

    def close(self) -> None:
        """Close the environment."""
        self._env.close()


class Bare:
    """Runs in a sandbox by itself, without environment and grader."""

    def __init__(self, sandbox: str) -> None:
        task = mlesmith_env.load_task(TASK)
        spec = SandboxSpec(public_dir=task.prepare().public_dir, closed=task.closed_paths())
        self._sandbox: Sandbox = make_sandbox(sandbox, spec)
        try:
            self._sandbox.start()
        except BaseException:
            self._sandbox.close()
            raise

    def run(self, program: str) -> float:
        """Run it once."""
        began = time.perf_counter()
        result = self._sandbox.run(program, timeout_s=600.0, seed=0)
        elapsed = time.perf_counter() - began
        if result.status != "ok":
            raise SystemExit(f"a program failed: {result.output}")
        return elapsed

    def close(self) -> None:
        """Close the sandbox."""
        self._sandbox.close()


class Runners(dict[str, Runner]):
    """The runners by name, closed together."""

    def __enter__(self) -> Runners:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close all."""
        for runner in self.values():
            runner.close()


def main() -> None:
    """Time all programs in all runners and print a table, and how the aims are met."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=40, help="rounds (default: 40)")
    parser.add_argument(
        "--sandboxes", nargs="+", choices=_SANDBOXES, default=list(_SANDBOXES), metavar="NAME"
    )
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", RuntimeWarning)
    left_out: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as name, Runners() as runners:
        folder = Path(name)
        public = mlesmith_env.load_task(TASK).prepare().public_dir
        (folder / "input").symlink_to(public, target_is_directory=True)
        runners[COLD] = Cold(folder)
        for sandbox in arguments.sandboxes:
            try:
                runners[f"{sandbox}: env.step"] = Step(sandbox)
                runners[f"{sandbox}: env.step at once"] = Step(sandbox, at_once=True)
                runners[f"{sandbox}: run"] = Bare(sandbox)
            except MlesmithError as error:
                left_out[sandbox] = str(error)
                print(f"{sandbox} is left out: {error}")
        runners[FLOOR] = Floor(folder)
        times = measure(runners, arguments.runs)
    rows = summary(times)
    show("step_latency", rows, runs=arguments.runs, left_out=left_out, **verdict(times))


def measure(runners: Runners, rounds: int) -> dict[tuple[str, str], list[float]]:
    """Return milliseconds by runner and program, after one round that is not counted."""
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds + 1):
        for title, program in PROGRAMS.items():
            for name, runner in runners.items():
                elapsed_ms = runner.run(program) * 1000
                if turn:
                    times.setdefault((name, title), []).append(elapsed_ms)
    return times


def summary(times: dict[tuple[str, str], list[float]]) -> list[dict[str, Any]]:
    """Return a row for each runner and program, beside the cold process and the floor."""
    rows: list[dict[str, Any]] = []
    for (name, title), values in sorted(times.items(), key=lambda item: item[0][1]):
        median = statistics.median(values)
        rows.append(
            {
                "program": title,
                "runner": name,
                "median ms": median,
                "p99 ms": percentile(values, 0.99),
                "min ms": min(values),
                "cold / it": statistics.median(times[COLD, title]) / median,
                "ms - floor": median - statistics.median(times[FLOOR, title]),
            }
        )
    return rows


def verdict(times: dict[tuple[str, str], list[float]]) -> dict[str, Any]:
    """Return the figures of `local` that have an aim, each beside it."""
    titles = {program: title for title, program in PROGRAMS.items()}
    if ("local: env.step", titles[FIT]) not in times:
        return {}

    def median(name: str, program: str) -> float:
        return statistics.median(times[name, titles[program]])

    fit = median("local: env.step", FIT)
    figures = {
        "pass_ms": median("local: env.step", PASS),
        "fit_times_faster_than_cold": median(COLD, FIT) / fit,
        "fit_ms_above_floor": fit - median(FLOOR, FIT),
    }
    load = os.getloadavg()[0]
    return {**figures, "aims": _AIMS, "load_average": load}


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that a share of all values does not pass (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, round(share * (len(ordered) - 1) + 0.499))]


if __name__ == "__main__":
    main()
