"""`kill -9` at random moments: nothing runs on, the log stays whole, faults are typed."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import springs

from mlesmith_env.env import TaskEnv
from mlesmith_env.errors import SandboxLostError
from mlesmith_env.trajectory import TRAJECTORY, read_trajectory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

_GONE_WITHIN_S = 20.0
"""The aim is 2 s; a loaded machine gets more."""

PLAYER = """
import sys
from pathlib import Path
from mlesmith_env.env import TaskEnv
from mlesmith_env.task import Task

env = TaskEnv(Task.load(Path(sys.argv[1])), log_dir=Path(sys.argv[2]), max_steps=1000)
env.reset(seed=0)
print("playing", flush=True)
while True:
    for code in sys.argv[3:]:
        env.step({"kind": "execute_code", "content": code})
"""
DETACHED = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
time.sleep(0.1)
"""


def running(mark: str) -> list[int]:
    """Processes with a text in the environment that they were started with."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                ended = (entry / "stat").read_text().rpartition(")")[2].split()[0] in "ZX"
                if mark.encode() in (entry / "environ").read_bytes() and not ended:
                    found.append(int(entry.name))
    return found


def children(process: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{process}/task").iterdir():
            found += [int(name) for name in (thread / "children").read_text().split()]
    return found


def check_log(path: Path) -> int:
    """Check that every line but a torn last one is whole; return how many steps there are."""
    lines = path.read_bytes().split(b"\n")
    for line in lines[:-1]:
        json.loads(line)
    steps = read_trajectory(path).steps
    assert [step["step"] for step in steps] == list(range(1, len(steps) + 1))
    return len(steps)


@pytest.mark.parametrize("seed", range(4))
def test_a_killed_environment_leaves_nothing_running_and_a_whole_log(
    seed: int, spring_package: Path, spring_cache: Path, tmp_path: Path
) -> None:
    temporary, logs = tmp_path / "temporary", tmp_path / "logs"
    temporary.mkdir()
    variables = {**os.environ, "TMPDIR": str(temporary), "MLESMITH_CACHE": str(spring_cache)}
    programs = [springs.GOOD, DETACHED, springs.POOR]
    command = [sys.executable, "-c", PLAYER, str(spring_package), str(logs), *programs]
    with subprocess.Popen(command, env=variables, stdout=subprocess.PIPE, text=True) as player:
        assert player.stdout is not None
        assert player.stdout.readline() == "playing\n"
        time.sleep(random.Random(seed).uniform(0.0, 2.0))
        assert running(str(temporary))
        player.kill()
    killed = time.monotonic()
    while left := running(str(temporary)):
        assert time.monotonic() - killed < _GONE_WITHIN_S, left
        time.sleep(0.02)
    print(f"gone after {time.monotonic() - killed:.2f} s")
    (log,) = logs.rglob(TRAJECTORY)
    check_log(log)
    # What it kept on disk goes when the next one starts.
    sweep = "from mlesmith_env.sandbox.workspace import remove_abandoned; remove_abandoned()"
    subprocess.run([sys.executable, "-c", sweep], env=variables, check=True)
    assert not list(temporary.glob("mlesmith-sandbox-*"))


SLOW = "import time\nopen('started', 'w').close()\ntime.sleep(3)\n" + springs.GOOD


@pytest.mark.parametrize("depth", range(4))
@pytest.mark.parametrize("seed", range(2))
def test_a_killed_supervisor_is_a_typed_error_and_the_next_episode_works(
    seed: int, depth: int, make_env: Callable[..., TaskEnv], tmp_path: Path
) -> None:
    env = make_env(log_dir=tmp_path)
    env.reset(seed=0)
    env.step({"kind": "execute_code", "content": springs.POOR})
    victims: list[int] = []
    pause_s = random.Random(seed).uniform(0.0, 1.0)

    def kill() -> None:
        time.sleep(pause_s)
        # From the template, over its server and the run's warden, to the program, or so.
        process = os.getpid()
        for _ in range(depth + 1):
            below = [child for child in children(process) if _is_sandbox(child)]
            if not below:
                break
            process = below[-1]
            victims.append(process)
        if process != os.getpid():
            os.kill(process, signal.SIGKILL)

    killer = threading.Thread(target=kill)
    killer.start()
    info: dict[str, Any] | None = None
    with suppress(SandboxLostError):
        info = env.step({"kind": "execute_code", "content": SLOW})[4]
    killer.join()
    assert victims
    if info is not None:
        assert info["status"] in {"ok", "killed"}, info
    (log,) = tmp_path.rglob(TRAJECTORY)
    assert check_log(log) >= 1
    env.reset(seed=1)
    info = env.step({"kind": "execute_code", "content": springs.GOOD})[4]
    assert info["status"] == "ok", info
    assert info["valid_submission"], info
    deadline = time.monotonic() + _GONE_WITHIN_S
    while Path(f"/proc/{victims[-1]}/exe").exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _is_sandbox(process: int) -> bool:
    try:
        return b"launcher.py" in Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return False
