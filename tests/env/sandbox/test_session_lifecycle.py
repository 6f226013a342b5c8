"""Sessions end with whoever leads them, at whatever moment that is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from mlesmith_env.errors import SandboxLostError, SnapshotError
from mlesmith_env.sandbox import SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox

HOST = """
import sys, time
from pathlib import Path
from mlesmith_env.sandbox import SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox
spaces = {"namespaces": frozenset()} if sys.argv[2] == "bare" else {}
sandbox = LocalSandbox(SandboxSpec(Path(sys.argv[1]), stateful=True), libraries=(), **spaces)
sandbox.start()
sandbox.run("x = 1", timeout_s=60)
sandbox.snapshot()
sandbox.snapshot()
print("ready", flush=True)
if sys.argv[3] == "idle":
    time.sleep(600)
code = "import os, time; os.fork(); open('begun', 'w'); time.sleep(600)"
if sys.argv[3] == "running":
    sandbox.run(code, timeout_s=600)
while True:
    number = sandbox.snapshot()
    sandbox.restore(number)
    sandbox.forget(number)
"""


def descendants(root: int) -> set[int]:
    found: set[int] = set()
    waiting = [root]
    while waiting:
        # A process may end while we look at it.
        with suppress(OSError):
            for thread in Path(f"/proc/{waiting.pop()}/task").iterdir():
                children = {int(word) for word in (thread / "children").read_text().split()}
                found |= children
                waiting += children
    return found


def birth(process: int) -> str:
    try:
        fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def wait_until_gone(born: dict[int, str], within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while left := [process for process, when in born.items() if birth(process) == when]:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


@pytest.mark.parametrize("moment", ["idle", "running", "branching"])
@pytest.mark.parametrize("spaces", ["given", "bare"])
def test_nothing_of_a_session_runs_on_when_the_host_is_killed(
    prepared: Path, spaces: str, moment: str
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOST, str(prepared / "public"), spaces, moment],
        stdout=subprocess.PIPE,
        text=True,
    ) as host:
        assert host.stdout is not None
        assert host.stdout.readline().strip() == "ready"
        time.sleep(0.5)
        born = {process: when for process in descendants(host.pid) if (when := birth(process))}
        # The template, the server, the warden, the interpreter and two holders at least.
        assert len(born) >= 5
        host.kill()
    wait_until_gone(born)


@pytest.mark.parametrize("spaces", ["given", "bare"])
@pytest.mark.parametrize("victim", ["warden", "server and warden", "interpreter", "holder"])
def test_whatever_is_killed_between_two_cells_the_next_ones_work(
    prepared: Path, spaces: str, victim: str
) -> None:
    more = {"namespaces": frozenset[str]()} if spaces == "bare" else {}
    sandbox = LocalSandbox(SandboxSpec(prepared / "public", stateful=True), libraries=None, **more)
    before = descendants(os.getpid())
    sandbox.start()
    try:
        sandbox.run("x = 1", timeout_s=60)
        number = sandbox.snapshot()
        ours = descendants(os.getpid()) - before
        stopped = [process for process in ours if state(process) == "T"]
        assert len(stopped) == 2, stopped
        interpreter, holder = sorted(stopped, key=lambda process: int(birth(process)))
        warden = parent(interpreter)
        targets = {
            "warden": [warden],
            "server and warden": [parent(warden), warden],
            "interpreter": [interpreter],
            "holder": [holder],
        }[victim]
        born = {process: when for process in ours if (when := birth(process))}
        for process in targets:
            os.kill(process, signal.SIGKILL)
        if "warden" in victim:
            if victim == "server and warden":
                wait_until_gone(born)
            with pytest.raises(SandboxLostError):
                sandbox.run("print(x)", timeout_s=60)
            wait_until_gone(born)
            with pytest.raises(SnapshotError):
                sandbox.restore(number)
        elif victim == "interpreter":
            wait_until_gone({interpreter: born[interpreter]})
            result = sandbox.run("print('x' in globals())", timeout_s=60)
            assert (result.status, result.output) == ("ok", "False\n")
            assert result.session == "renewed"
            sandbox.restore(number)
            assert sandbox.run("print(x)", timeout_s=60).output == "1\n"
        else:
            wait_until_gone({holder: born[holder]})
            with pytest.raises(SnapshotError, match="lost"):
                sandbox.restore(number)
            sandbox.forget(number)
            assert sandbox.run("print(x)", timeout_s=60).output == "1\n"
        assert sandbox.run("print('honest')", timeout_s=60).output == "honest\n"
    finally:
        sandbox.close()


def state(process: int) -> str:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
