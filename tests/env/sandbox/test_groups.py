"""Control groups: found in both versions, bounding all processes together, removed in the end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox import SandboxLimits, SandboxSpec, groups
from mlesmith_env.sandbox.groups import ControlGroup, Hierarchy, NoGroupError, hierarchy, parent
from mlesmith_env.sandbox.inside import cgroups
from mlesmith_env.sandbox.process import LocalSandbox

V1_MOUNTS = """\
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
35 31 0:32 {root} /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
39 31 0:36 / /sys/fs/cgroup/pids\\040and\\040more rw,relatime - cgroup cgroup rw,pids
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
"""
V2_MOUNTS = "30 23 0:26 {root} /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"


def test_version_1_is_found_where_a_controller_is_named() -> None:
    own = "8:pids:/\n4:memory:/jobs/one\n0::/elsewhere\n"
    mounts = V1_MOUNTS.format(root="/")
    memory = hierarchy("memory", own, mounts)
    assert memory == Hierarchy(
        Path("/sys/fs/cgroup/memory/jobs/one"), Path("/sys/fs/cgroup/memory"), 1
    )
    assert hierarchy("pids", own, mounts).own == Path("/sys/fs/cgroup/pids and more")


def test_a_container_sees_its_own_part_of_the_tree() -> None:
    own = "4:memory:/docker/abc/inner\n"
    found = hierarchy("memory", own, V1_MOUNTS.format(root="/docker/abc"))
    assert found.own == Path("/sys/fs/cgroup/memory/inner")
    for elsewhere in ("4:memory:/docker/def\n", "4:memory:/../abc\n"):
        with pytest.raises(NoGroupError, match="memory"):
            hierarchy("memory", elsewhere, V1_MOUNTS.format(root="/docker/abc"))


def test_version_2_is_found_where_no_controller_is_named() -> None:
    found = hierarchy("memory", "0::/user.slice/x.scope\n", V2_MOUNTS.format(root="/"))
    assert found == Hierarchy(Path("/sys/fs/cgroup/user.slice/x.scope"), Path("/sys/fs/cgroup"), 2)
    with pytest.raises(NoGroupError):
        hierarchy("memory", "", "")


@pytest.fixture
def tree(tmp_path: Path) -> Hierarchy:
    """The files of a version 2 tree: slice, with controllers given on, and a scope in it."""
    own = tmp_path / "slice" / "scope"
    own.mkdir(parents=True)
    for folder, given in ((tmp_path, "memory pids"), (own.parent, "memory pids"), (own, "")):
        (folder / "cgroup.subtree_control").write_text(given)
    for name in ("memory.max", "pids.max"):
        (own / name).write_text("max\n")
    return Hierarchy(own, tmp_path, 2)


def test_version_2_groups_are_made_beside_the_one_that_holds_us(tree: Hierarchy) -> None:
    assert parent("memory", tree) == tree.own.parent


def test_no_bound_of_others_is_left(tree: Hierarchy) -> None:
    (tree.own / "memory.max").write_text("1000000000\n")
    with pytest.raises(NoGroupError, match=r"bounded by memory\.max"):
        parent("memory", tree)


def test_version_2_without_delegation_is_refused_with_a_remedy(tree: Hierarchy) -> None:
    for folder in (tree.own.parent, tree.top):
        (folder / "cgroup.subtree_control").write_text("cpu")
    with pytest.raises(NoGroupError, match="Delegate"):
        parent("memory", tree)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            ("memory.max", "memory.swap.max", "pids.max"),
            {"memory.max": "1000", "memory.swap.max": "0", "pids.max": "7"},
        ),
        (("memory.max", "pids.max"), {"memory.max": "1000", "pids.max": "7"}),
        (
            ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes", "pids.max"),
            {"memory.limit_in_bytes": "1000", "memory.memsw.limit_in_bytes": "1000"},
        ),
        (
            ("memory.limit_in_bytes", "memory.swappiness", "pids.max"),
            {"memory.limit_in_bytes": "1000", "memory.swappiness": "0", "pids.max": "7"},
        ),
    ],
)
def test_bounds_are_written_in_the_words_of_each_version(
    tmp_path: Path, files: tuple[str, ...], expected: dict[str, str]
) -> None:
    for name in files:
        (tmp_path / name).touch()
    cgroups.bound({"memory": str(tmp_path), "pids": str(tmp_path)}, 1000, 7)
    assert {name: (tmp_path / name).read_text() for name in expected} == expected
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(files)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("memory.events", "low 0\nhigh 0\nmax 3\noom 2\noom_kill {}\noom_group_kill 0\n"),
        ("memory.oom_control", "oom_kill_disable 0\nunder_oom 0\noom_kill {}\n"),
    ],
)
def test_kills_for_want_of_memory_are_counted(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text.format(0))
    (tmp_path / "cgroup.procs").touch()
    group = cgroups.Group({"memory": str(tmp_path), "pids": str(tmp_path)})
    group.join()
    assert (tmp_path / "cgroup.procs").read_text() == "0"
    assert group.kills() == 0
    with (tmp_path / name).open("r+") as file:
        file.write(text.format(2))
    assert group.kills() == 2


# ----- the kernel's own


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / f"mlesmith-test-{os.getpid()}"
    folder.mkdir()
    return folder


@pytest.fixture
def group(root: Path) -> Iterator[ControlGroup]:
    made = ControlGroup(root, SandboxLimits())
    if made.refusal:
        pytest.skip(f"this machine gives no control groups: {made.refusal}")
    yield made
    made.delete()


def there(made: ControlGroup) -> list[str]:
    return [folder for folder in set(made.folders.values()) if Path(folder).exists()]


FORK_FOR_EVER = """
import os, sys
from mlesmith_env.sandbox.inside.cgroups import Group
Group({"memory": sys.argv[1], "pids": sys.argv[2]}).join()
print('joined', flush=True)
os.setsid()
while True:
    if os.fork():
        os._exit(0)
"""


def test_a_group_is_ended_with_all_that_runs_from_process_to_process(group: ControlGroup) -> None:
    command = [sys.executable, "-c", FORK_FOR_EVER, *group.folders.values()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "joined\n"
        group.end_all()
        assert not any(cgroups.members(folder) for folder in group.folders.values())
        # The bound on processes is back, and the group can be joined again.
        bound = Path(group.folders["pids"], "pids.max").read_text().strip()
        assert bound != "0"
    folders = there(group)
    group.delete()
    assert not any(Path(folder).exists() for folder in folders)


def test_a_group_is_not_ended_by_a_fork_of_its_owner(group: ControlGroup) -> None:
    child = os.fork()
    if child == 0:
        group.delete()
        os._exit(0)
    os.waitpid(child, 0)
    assert there(group)


def test_a_note_leads_to_no_group_of_another_name(group: ControlGroup, root: Path) -> None:
    stranger = root.with_name("mlesmith-sandbox-of-a-stranger")
    stranger.mkdir()
    (stranger / "groups").write_text((root / "groups").read_text())
    groups.delete_noted(stranger)
    assert there(group)
    groups.delete_noted(root)
    assert not there(group)


def limited(prepared: Path, megabytes: int) -> LocalSandbox:
    limits = SandboxLimits(memory_bytes=megabytes * 1024**2)
    sandbox = LocalSandbox(SandboxSpec(prepared / "public", limits=limits), libraries=())
    sandbox.start()
    if not sandbox.mechanisms.group:
        sandbox.close()
        pytest.skip("this machine gives no control groups")
    return sandbox


ALL_AT_ONCE = """
import mmap, os
counters = open('counters', 'w+b')
counters.truncate(4096)
page = mmap.mmap(counters.fileno(), 4096)
for worker in range(8):
    if os.fork() == 0:
        held = []
        for turn in range(400):
            held.append(b'x' * 2**20)
            page[4 * worker : 4 * worker + 4] = (turn + 1).to_bytes(4, 'little')
        os._exit(0)
for worker in range(8):
    os.wait()
"""


def test_processes_together_stay_within_the_bound_exactly(prepared: Path) -> None:
    sandbox = limited(prepared, 500)
    try:
        result = sandbox.run(ALL_AT_ONCE, timeout_s=120)
        assert result.status == "out_of_memory", result
        data = (sandbox.workspace / "counters").read_bytes()
        used = sum(int.from_bytes(data[4 * n : 4 * n + 4], "little") for n in range(8))
        # What one had given back when it was killed may have been used by another.
        assert used <= 2 * (500 + 64)
        assert sandbox.run("print('next')", timeout_s=60).output == "next\n"
    finally:
        sandbox.close()


def test_who_waits_for_a_worker_killed_for_memory_is_told_so(prepared: Path) -> None:
    sandbox = limited(prepared, 300)
    code = """
import os, time
for worker in range(2):
    if os.fork() == 0:
        held = [b'x' * 2**20 for turn in range(250)]
        time.sleep(600)
time.sleep(600)
"""
    try:
        result = sandbox.run(code, timeout_s=120)
        assert result.status == "out_of_memory", result
        assert result.execution_s < 60
    finally:
        sandbox.close()


def test_shared_memory_counts_as_memory(prepared: Path) -> None:
    sandbox = limited(prepared, 400)
    code = """
held = [b'x' * 2**20 for turn in range(300)]
with open('/dev/shm/file', 'wb') as file:
    for turn in range(190):
        file.write(b'x' * 2**20)
"""
    try:
        if "shm" not in sandbox.mechanisms.namespaces:
            pytest.skip("no /dev/shm of its own here")
        assert sandbox.run(code, timeout_s=120).status == "out_of_memory"
        assert sandbox.run("print('next')", timeout_s=60).output == "next\n"
    finally:
        sandbox.close()


def test_groups_go_with_their_sandbox(prepared: Path) -> None:
    sandbox = limited(prepared, 500)
    made = sandbox._group
    assert made is not None
    folders = there(made)
    assert folders
    sandbox.run("print(1)", timeout_s=60)
    sandbox.close()
    assert not any(Path(folder).exists() for folder in folders)


def test_empty_groups_whose_notes_are_gone_are_removed_after_a_while(
    group: ControlGroup, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups.remove_empty(root.name)
    assert there(group)
    monkeypatch.setattr(groups, "_YOUNG_S", -1.0)
    groups.remove_empty("mlesmith-another")
    assert there(group)
    groups.remove_empty(root.name)
    assert not there(group)


KILLED = """
import os, signal, sys
from pathlib import Path
from mlesmith_env.sandbox import SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox
sandbox = LocalSandbox(SandboxSpec(Path(sys.argv[1])), libraries=())
sandbox.start()
print(*set(sandbox._group.folders.values()), flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_groups_of_the_dead_are_removed_by_the_next(
    prepared: Path, tmp_path: Path, group: ControlGroup
) -> None:
    # A place of its own, which no other process sweeps meanwhile.
    variables = {**os.environ, "TMPDIR": str(tmp_path)}
    host = subprocess.run(
        [sys.executable, "-c", KILLED, str(prepared / "public")],
        env=variables,
        capture_output=True,
        text=True,
    )
    assert host.returncode == -signal.SIGKILL, host.stderr
    folders = host.stdout.split()
    assert any(Path(folder).exists() for folder in folders)
    sweep = "from mlesmith_env.sandbox.workspace import remove_abandoned; remove_abandoned()"
    subprocess.run([sys.executable, "-c", sweep], env=variables, check=True)
    assert not any(Path(folder).exists() for folder in folders)


def test_a_run_without_its_server_is_ended_with_the_group(prepared: Path) -> None:
    sandbox = limited(prepared, 500)
    made = sandbox._group
    assert made is not None
    child = os.fork()
    if child == 0:
        try:
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline:
                if (sandbox.workspace / "started").exists():
                    found = cgroups.members(made.folders["pids"])
                    # All but the program and its child: the server's two processes, the warden.
                    for process in sorted(found)[:3]:
                        os.kill(process, signal.SIGKILL)
                    break
                time.sleep(0.02)
        finally:
            os._exit(0)
    code = "import os, time\nos.fork()\nopen('started', 'w').close()\ntime.sleep(600)"
    try:
        with pytest.raises(SandboxLostError):
            sandbox.run(code, timeout_s=120)
        assert not cgroups.members(made.folders["pids"])
        assert sandbox.run("print('next')", timeout_s=60).output == "next\n"
    finally:
        os.waitpid(child, 0)
        sandbox.close()
