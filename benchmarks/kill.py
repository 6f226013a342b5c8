"""`kill -9` at random moments: seconds until nothing is left running, and what is told.

A host plays steps, some of which leave detached processes behind, in an environment with a log. At
a random moment it is killed, or else the server of its sandbox. Of a killed host no process may be
left, and its log must be readable up to the last line. Of a killed server no process may be left
either, the host must be told by a typed error, and its next episode must work.

    python -m benchmarks.kill --rounds 20

Exits with 1 where anything was not as it must be.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from benchmarks.programs import TASK
from benchmarks.table import show
from mlesmith_env.sandbox.inside import privileges
from mlesmith_env.sandbox.inside.processes import children, descendants
from mlesmith_env.trajectory import TRAJECTORY, read_trajectory

_AIM_S = 2.0
_GIVEN_UP_S = 60.0
_LATEST_S = 1.0
_HOST = """
import random, sys
import mlesmith_env
from mlesmith_env.env import TaskEnv
from mlesmith_env.errors import SandboxError

PROGRAMS = {
    "prints": "print(1)",
    "detaches": '''
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
time.sleep(0.2)
''',
    "many": '''
import os, time
for _ in range(10):
    if os.fork() == 0:
        time.sleep(600)
time.sleep(600)
''',
}
task, folder, stateful, seed = sys.argv[1], sys.argv[2], sys.argv[3] == "True", int(sys.argv[4])
draw = random.Random(seed)
env = TaskEnv(task, log_dir=folder, stateful=stateful, max_steps=10**6, step_timeout_s=1.0)
env.reset(seed=0)
while True:
    print("playing", flush=True)
    try:
        while True:
            content = draw.choice(list(PROGRAMS.values()))
            env.step({"kind": "execute_code", "content": content})
    except SandboxError as error:
        print(f"told {type(error).__name__}", flush=True)
        env.reset(seed=0)
        info = env.step({"kind": "execute_code", "content": "print(2)"})[4]
        print(f"next {info['status']}", flush=True)
"""


def main() -> None:
    """Kill, wait, and print a table and a verdict."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=20, help="of each kind (default: 20)")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    # Whom a killed host leaves behind becomes a child of ours, and can not be missed.
    privileges.adopt_orphans()
    draw = random.Random(arguments.seed)
    seconds: dict[tuple[str, str], list[float]] = {}
    wrong: list[str] = []
    for _ in range(arguments.rounds):
        for kind in ("runs", "session"):
            for victim in ("host", "server"):
                with tempfile.TemporaryDirectory(prefix="mlesmith-kill-") as folder:
                    took_s, faults = play(Path(folder), kind, victim, draw)
                seconds.setdefault((victim, kind), []).append(took_s)
                wrong += [f"{victim} of {kind}: {fault}" for fault in faults]
    rows: list[dict[str, Any]] = [
        {
            "killed": victim,
            "programs": kind,
            "times": len(values),
            "median s": statistics.median(values),
            "max s": max(values),
        }
        for (victim, kind), values in seconds.items()
    ]
    slow = [row for row in rows if row["max s"] > _AIM_S]
    verdict = "FAILED" if wrong else "slow" if slow else "nothing left, all told"
    load = os.getloadavg()[0]
    show("kill", rows, aim_s=_AIM_S, wrong=wrong, verdict=verdict, load_average=load)
    sys.exit(1 if wrong else 0)


def play(folder: Path, kind: str, victim: str, draw: random.Random) -> tuple[float, list[str]]:
    """Kill one process of a new host; return the seconds until nothing is left, and faults."""
    logs = folder / "logs"
    logs.mkdir()
    words = [TASK, str(logs), str(kind == "session"), str(draw.randrange(2**31))]
    variables = {**os.environ, "TMPDIR": str(folder)}
    host = subprocess.Popen(
        [sys.executable, "-c", _HOST, *words], env=variables, stdout=subprocess.PIPE, text=True
    )
    assert host.stdout is not None
    faults: list[str] = []
    try:
        if host.stdout.readline() != "playing\n":
            return 0.0, ["the host did not begin"]
        time.sleep(draw.uniform(0, _LATEST_S))
        if victim == "host":
            host.kill()
            host.wait()
            took_s = until_gone(None)
        else:
            # The template's child; where that has pid namespaces, what waits outside of them.
            server = children(children(host.pid)[0])[0]
            below = {process: _born(process) for process in [server, *descendants(server)]}
            os.kill(server, signal.SIGKILL)
            took_s = until_gone(below)
            told = [host.stdout.readline().strip() for _ in range(2)]
            if told != ["told SandboxLostError", "next ok"]:
                faults.append(f"the host said {told}")
    finally:
        host.kill()
        host.wait()
        host.stdout.close()
        until_gone(None)
    if took_s >= _GIVEN_UP_S:
        faults.append("something is left running")
    for file in logs.rglob(TRAJECTORY):
        # Raises where it can not be read.
        read_trajectory(file)
    return took_s, faults


def until_gone(born: dict[int, str] | None) -> float:
    """Wait until processes are gone, those below us where None; return the seconds."""
    began = time.monotonic()
    while (elapsed := time.monotonic() - began) < _GIVEN_UP_S:
        with suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        if born is None:
            left = bool(descendants(os.getpid()))
        else:
            left = any(when and _born(process) == when for process, when in born.items())
        if not left:
            return elapsed
        time.sleep(0.005)
    return elapsed


def _born(process: int) -> str:
    """Return when a process was started, in ticks; nothing where it has ended."""
    fields = _fields(process)
    return "" if not fields or fields[0] in "ZX" else fields[19]


def _fields(process: int) -> list[str]:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


if __name__ == "__main__":
    main()
