"""Programs of a host that is root run as a user of their own, where that user can read Python."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.sandbox import SandboxLimits, SandboxSpec, user
from mlesmith_env.sandbox.process import LocalSandbox
from mlesmith_env.sandbox.user import NoUserError, own_user

# Lets everybody through to Python, in a mount namespace that ends with the process.
OPENED = """
import ctypes, os, stat, sys
from pathlib import Path
libc = ctypes.CDLL(None, use_errno=True)

def mount(source, target, kind, flags, data=""):
    words = [str(word).encode() for word in (source, target, kind)]
    if libc.mount(*words, ctypes.c_ulong(flags), data.encode()):
        raise OSError(ctypes.get_errno(), f"mount {target}")

needed = {Path(place) for place in (sys.prefix, sys.base_prefix, *sys.argv[3:])}
shut = {}
for place in needed:
    for folder in reversed(place.parents):
        if not folder.stat().st_mode & stat.S_IXOTH:
            shut.setdefault(folder, []).append(place)
            break
if libc.unshare(0x20000):
    sys.exit("skip: no mount namespace")
mount("none", "/", "none", 0x44000)
for number, (folder, places) in enumerate(shut.items()):
    staged = [Path(sys.argv[1], f"{number}-{n}") for n in range(len(places))]
    for place, stage in zip(places, staged):
        stage.mkdir()
        mount(place, stage, "none", 0x1000)
    mount("tmpfs", folder, "tmpfs", 0, "mode=755")
    for place, stage in zip(places, staged):
        place.mkdir(parents=True)
        mount(stage, place, "none", 0x1000)
os.execv(sys.executable, [sys.executable, "-c", os.environ["PROGRAM"], sys.argv[2]])
"""

PROGRAM = """
import json, sys
from pathlib import Path
from mlesmith_env.sandbox import SandboxLimits, SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox

said, open_ones = {}, {}
root = Path(sys.argv[1])
for name, kind in {"given": {}, "bare": {"namespaces": frozenset(), "group": False}}.items():
    limits = SandboxLimits(processes=20, workspace_bytes=20 * 1024**2, memory_bytes=500 * 1024**2)
    sandbox = LocalSandbox(SandboxSpec(root / "public", limits=limits), libraries=(), **kind)
    sandbox.start()
    results = [sandbox.run(code, timeout_s=120) for code in json.loads(sys.stdin.readline())]
    taken = sandbox.take("submission.csv", root / f"{name}.csv", max_bytes=100)
    sandbox.reset()
    said[name] = {
        "user": sandbox.mechanisms.user,
        "refusals": sandbox.mechanisms.refusals,
        "results": [(result.status, result.output) for result in results],
        "taken": taken,
        "left": [path.name for path in sandbox.workspace.iterdir()],
    }
    # Both at a time: the number of a sandbox that is gone may be given again.
    open_ones[name] = sandbox
for name, sandbox in open_ones.items():
    folder = sandbox.workspace.parent
    sandbox.close()
    said[name]["gone"] = not folder.exists()
print(json.dumps(said))
"""

WHO = "import os; print(os.getresuid() + os.getresgid(), os.getgroups())"
FILES = """
import os
print(open('input/train.csv').read())
open('submission.csv', 'w').write('mine')
os.makedirs('deep/closed')
print(os.stat('submission.csv').st_uid == os.getuid(), len(open('/proc/self/maps').read()) > 0)
"""
BOMB = """
import os, time
started = 0
try:
    for _ in range(1000):
        if os.fork() == 0: time.sleep(600)
        started += 1
except BlockingIOError:
    print('bounded')
    raise
time.sleep(600)
"""
REMOVED = """
import os, time
held = []
for n in range(40):
    held.append(open('f', 'wb')); held[-1].write(bytes(10**6)); held[-1].flush(); os.unlink('f')
    time.sleep(0.05)
time.sleep(600)
"""
TOGETHER = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        held = b'x' * (200 * 2**20)
        time.sleep(600)
time.sleep(600)
"""
DETACHED = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(600)
"""


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that everybody can reach, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="mlesmith-test-user-"))
    folder.chmod(0o755)
    (folder / "public").mkdir()
    (folder / "public" / "train.csv").write_text("x\n1\n")
    yield folder
    shutil.rmtree(folder)


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() != 0, reason="needs root")
def test_programs_of_root_run_as_a_user_of_their_own(place: Path, tmp_path: Path) -> None:
    codes = [WHO, FILES, BOMB, REMOVED, TOGETHER, DETACHED, "print('next')"]
    project = str(Path(__file__).parents[3])
    done = subprocess.run(
        [sys.executable, "-c", OPENED, str(tmp_path), str(place), project],
        env={**os.environ, "PROGRAM": PROGRAM},
        input=(json.dumps(codes) + "\n") * 2,
        capture_output=True,
        text=True,
    )
    if done.stderr.startswith("skip"):
        pytest.skip(done.stderr)
    assert done.returncode == 0, done.stderr
    said: dict[str, Any] = json.loads(done.stdout)
    users = {found["user"] for found in said.values()}
    assert len(users) == 2, said
    for name, found in said.items():
        who, files, bomb, removed, together, detached, following = found["results"]
        assert who == ["ok", f"{(found['user'],) * 6} []\n"], found
        assert files == ["ok", "x\n1\n\nTrue True\n"], files
        assert bomb[0] in {"error", "killed"}, bomb
        assert removed[0] == "output_limit", removed
        assert together[0] == "out_of_memory", together
        assert detached[0] == "ok", detached
        assert following == ["ok", "next\n"], following
        assert found["taken"], found
        assert (place / f"{name}.csv").read_text() == "mine"
        assert found["left"] == ["input"], found
        assert found["gone"], found


def test_the_user_stays_where_python_or_the_data_are_closed_to_others(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        with pytest.raises(NoUserError, match="only root"):
            own_user(place, place / "public")
        return
    (place / "public" / "train.csv").chmod(0o600)
    with pytest.raises(NoUserError, match=r"is closed to other users"):
        own_user(place, place / "public")
    monkeypatch.setattr(user, "_demand_python", lambda: None)
    with pytest.raises(NoUserError, match=r"train\.csv is closed .* MLESMITH_CACHE"):
        own_user(place, place / "public")
    (place / "public" / "train.csv").chmod(0o644)
    place.chmod(0o700)
    with pytest.raises(NoUserError, match=rf"{place} is closed"):
        own_user(place, place / "public")
    place.chmod(0o755)
    number = own_user(place, place / "public")
    assert number >= 0x70000000
    sandbox = LocalSandbox(
        SandboxSpec(Path("/root"), limits=SandboxLimits(processes=4)), libraries=()
    )
    sandbox.start()
    assert sandbox.mechanisms.user is None
    assert "own user" in sandbox.mechanisms.refusals
    sandbox.close()
