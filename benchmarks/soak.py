"""Thousands of steps of honest, crashing, hanging and hostile programs: does anything grow?

Several environments play episode after episode at the same time, each in a thread. After each round
of episodes everything is reset and counted: memory, descriptors, processes, threads, files,
control groups and containers of ours. Every status and every reward is checked; an honest program
is paid exactly what its submission is worth, and nothing else is paid. Exits with 1 where anything
was wrong or has grown.

    python -m benchmarks.soak --steps 10000 --environments 4
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import mlesmith_env
from benchmarks.abuse import CASES, HONEST
from benchmarks.processes import holding
from benchmarks.programs import FIT, TASK
from benchmarks.table import show
from mlesmith_env.env import TaskEnv
from mlesmith_env.programs import scale_of
from mlesmith_env.sandbox.inside.processes import descendants

_OTHER_ACTIONS = ("request_info", "get_history", "reset")
_STEPS_AN_EPISODE = 25
_ROWS_SHOWN = 12
_MEMORY_GROWS = 1.1
_MEMORY_NOISE_MB = 8.0
_CGROUPS = Path("/sys/fs/cgroup")
_NAMES = "mlesmith-sandbox-*"


@dataclass
class Tally:
    """What a round, or all of them, came to.

    Attributes:
        steps: Steps taken.
        wrong: What was not as it must be, in words.
        seen: How often each kind of program ran.
    """

    steps: int = 0
    wrong: list[str] = field(default_factory=list[str])
    seen: Counter[str] = field(default_factory=Counter[str])

    def add(self, other: Tally) -> None:
        """Add what another one counted."""
        self.steps += other.steps
        self.wrong += other.wrong
        self.seen += other.seen


@dataclass(frozen=True)
class Worth:
    """What the honest submission is worth: clipped progress on public and on private rows."""

    public: float
    private: float


def main() -> None:
    """Play, count, print a table over time and a verdict."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--steps", type=int, default=10_000, help="of all together (10,000)")
    parser.add_argument("--environments", type=int, default=4)
    parser.add_argument("--timeout", type=float, default=5.0, help="seconds of a step (5)")
    parser.add_argument("--sandbox", default="local", choices=("local", "docker"))
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="mlesmith-soak-") as folder:
        # Everything that sandboxes and episodes make lies in here, and can be counted.
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        worth = honest_worth()
        samples, tally = soak(arguments, worth)
        left = sorted(path.name for path in Path(folder).iterdir())
    if left:
        tally.wrong.append(f"left behind after close: {left}")
    faults = [*tally.wrong, *growth(samples)]
    every = max(1, len(samples) // _ROWS_SHOWN)
    rows = samples[::every] if samples[-1] in samples[::every] else [*samples[::every], samples[-1]]
    show(
        "soak",
        rows,
        sandbox=arguments.sandbox,
        environments=arguments.environments,
        programs=dict(tally.seen),
        faults=faults,
        verdict="nothing grows, no wrong reward" if not faults else "FAILED",
        load_average=os.getloadavg()[0],
    )
    sys.exit(1 if faults else 0)


def soak(arguments: argparse.Namespace, worth: Worth) -> tuple[list[dict[str, Any]], Tally]:
    """Return a sample after each round, and what all rounds came to."""
    generators = [random.Random(arguments.seed + n) for n in range(arguments.environments)]
    envs = [
        TaskEnv(
            TASK,
            sandbox=arguments.sandbox,
            max_steps=_STEPS_AN_EPISODE,
            step_timeout_s=arguments.timeout,
            time_limit_s=10.0**6,
        )
        for _ in generators
    ]
    samples: list[dict[str, Any]] = []
    tally = Tally()
    groups: set[str] = set()
    began = time.monotonic()
    try:
        with ThreadPoolExecutor(len(envs)) as pool:
            while tally.steps < arguments.steps:
                for part in pool.map(episode, envs, generators, [worth] * len(envs)):
                    tally.add(part)
                list(pool.map(TaskEnv.reset, envs))
                rate = tally.steps / (time.monotonic() - began)
                samples.append({"steps": tally.steps, "steps/s": rate, **sample(groups)})
                if sys.stderr.isatty():
                    print(f"\r{tally.steps:,} steps", end="", file=sys.stderr)
    finally:
        for env in envs:
            env.close()
    return samples, tally


def episode(env: TaskEnv, generator: random.Random, worth: Worth) -> Tally:
    """Play one episode to its end and check every step."""
    tally = Tally()
    env.reset(seed=generator.randrange(2**31))
    names = list(CASES)
    weights = [CASES[name].weight for name in names]
    paid = False
    ended = False
    while not ended:
        if generator.random() < 0.1:
            name, action = "", {"kind": generator.choice(_OTHER_ACTIONS), "content": ""}
        else:
            name = generator.choices(names, weights)[0]
            kind = "validate_code" if generator.random() < 0.1 else "execute_code"
            action = {"kind": kind, "content": CASES[name].program}
        _, reward, terminated, truncated, info = env.step(action)
        ended = terminated or truncated
        tally.steps += 1
        tally.seen[name or action["kind"]] += 1
        earns = name == HONEST and action["kind"] == "execute_code"
        due = worth.public if earns and not paid else 0.0
        paid = paid or earns
        if ended:
            due += (worth.private - worth.public) if paid else 0.0
        where = f"step {tally.steps}, {name or action['kind']}"
        if info["status"] not in allowed(name, action["kind"]):
            tally.wrong.append(f"{where}: status {info['status']}: {info['error'][:200]}")
        if abs(reward - due) > 1e-9:
            tally.wrong.append(f"{where}: reward {reward!r}, due {due!r}")
    return tally


def allowed(name: str, kind: str) -> frozenset[str]:
    """Return the statuses that a step may have.

    Args:
        name: The kind of program, empty for an action that runs none.
        kind: The kind of action: where a program is validated, it has to write a submission.
    """
    if not name:
        return frozenset({"ok"})
    statuses = CASES[name].statuses
    if kind == "validate_code" and "ok" in statuses and name != HONEST:
        return statuses - {"ok"} | {"invalid_submission"}
    return statuses


def honest_worth() -> Worth:
    """Return what the honest program's submission is worth, found without any sandbox."""
    task = mlesmith_env.load_task(TASK)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "input").symlink_to(task.prepare().public_dir, target_is_directory=True)
        subprocess.run([sys.executable, "-c", FIT], cwd=folder, check=True)
        worth: list[float] = []
        for part in ("public", "private"):
            grade = task.grade(folder / "submission.csv", part)
            if grade.progress is None:
                raise SystemExit(f"the honest program's submission has no worth: {grade.error}")
            worth.append(scale_of(task, part).clip(grade.progress))
    return Worth(*worth)


def sample(groups: set[str]) -> dict[str, Any]:
    """Return what is held now, while nothing runs.

    Args:
        groups: Names of the sandboxes seen so far; those of today are added.
    """
    below = descendants(os.getpid())
    ours, theirs = holding([os.getpid()]), holding(below)
    root = Path(tempfile.gettempdir())
    groups.update(path.name for path in root.glob(_NAMES))
    return {
        "host MB": ours.private_bytes / 1e6,
        "servers MB": theirs.private_bytes / 1e6,
        "processes": theirs.processes,
        "threads": ours.threads + theirs.threads,
        "descriptors": ours.descriptors + theirs.descriptors,
        "files": sum(1 for _ in root.rglob("*")),
        # Those of others come and go meanwhile, which this way of looking does not mind.
        "groups": sum(name in groups for _, names, _ in os.walk(_CGROUPS) for name in names),
        "containers": _containers(),
    }


def _containers() -> int:
    """Return how many containers of ours there are; 0 where there is no engine."""
    try:
        done = subprocess.run(
            ["docker", "ps", "--all", "--quiet", "--filter", "label=mlesmith.sandbox"],
            capture_output=True,
            text=True,
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return 0
    return len(done.stdout.split())


def growth(samples: Sequence[dict[str, Any]]) -> list[str]:
    """Return what has grown from the second quarter of the samples to the last one, in words."""
    quarter = max(1, len(samples) // 4)
    early, late = samples[quarter : 2 * quarter] or samples[:1], samples[-quarter:]
    found: list[str] = []
    for name in samples[0]:
        if name in ("steps", "steps/s"):
            continue
        before = statistics.median(sample[name] for sample in early)
        after = statistics.median(sample[name] for sample in late)
        allowed = before * _MEMORY_GROWS + _MEMORY_NOISE_MB if name.endswith("MB") else before
        if after > allowed:
            found.append(f"{name} grew from {before:g} to {after:g}")
    return found


if __name__ == "__main__":
    main()
