"""Starting, ending and being killed: nothing stays behind, and every fault has its type."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import pytest
from sandboxes import build

from mlesmith_env.errors import SandboxLostError, SandboxUnavailableError
from mlesmith_env.sandbox import SandboxSpec, make_sandbox
from mlesmith_env.sandbox.doctor import examine
from mlesmith_env.sandbox.process import LocalSandbox, SubprocessSandbox


def spec(prepared: Path) -> SandboxSpec:
    return SandboxSpec(prepared / "public")


def alive(mark: str) -> list[int]:
    """Processes that have a text among their arguments or environment."""
    found: list[int] = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                words = (entry / "cmdline").read_bytes() + (entry / "environ").read_bytes()
                state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
            except OSError:
                continue
            if mark.encode() in words and state != "Z":
                found.append(int(entry.name))
    return found


def wait_until_gone(mark: str, within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while alive(mark):
        assert time.monotonic() < deadline, alive(mark)
        time.sleep(0.05)


def test_unknown_backends_are_refused_with_a_hint(prepared: Path) -> None:
    with pytest.raises(SandboxUnavailableError, match="did you mean 'local'"):
        make_sandbox("locl", spec(prepared))


def test_the_unconfined_backend_says_so(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SubprocessSandbox, "_warned", False)
    sandbox = make_sandbox("subprocess", spec(prepared))
    with pytest.warns(RuntimeWarning, match="isolates nothing"):
        sandbox.start()
    sandbox.close()


def test_a_kernel_that_can_not_confine_is_refused(prepared: Path) -> None:
    for libraries in (None, ()):
        sandbox = LocalSandbox(spec(prepared), newest_abi=0, libraries=libraries)
        with pytest.raises(SandboxUnavailableError, match=r"landlock.*mlesmith doctor"):
            sandbox.start()
        with pytest.raises(SandboxLostError):
            sandbox.run("print('ran')", timeout_s=10)


def test_closing_python_itself_is_refused(prepared: Path) -> None:
    sandbox = LocalSandbox(SandboxSpec(prepared / "public", closed=(Path("/"),)))
    with pytest.raises(SandboxUnavailableError, match="Python installation"):
        sandbox.start()


def test_missing_public_data_is_a_fault_of_ours(tmp_path: Path) -> None:
    with pytest.raises(SandboxLostError, match="no folder"):
        make_sandbox("local", SandboxSpec(tmp_path / "missing")).start()


@pytest.mark.parametrize("libraries", [None, ()])
def test_a_killed_server_is_a_typed_error_and_the_next_run_works(
    prepared: Path, libraries: tuple[str, ...] | None
) -> None:
    sandbox = LocalSandbox(spec(prepared), libraries=libraries)
    sandbox.start()
    try:
        child = os.fork()
        if child == 0:
            # Whatever happens, no copy of the test goes on here.
            try:
                # Every server of this process's sandboxes, in the middle of the run.
                time.sleep(1.0)
                for process in alive(str(sandbox.workspace)) + _servers(os.getppid()):
                    if process != os.getpid():
                        with suppress(ProcessLookupError):
                            os.kill(process, signal.SIGKILL)
            finally:
                os._exit(0)
        with pytest.raises(SandboxLostError):
            sandbox.run("import time; time.sleep(600)", timeout_s=60)
        os.waitpid(child, 0)
        wait_until_gone(str(sandbox.workspace))
        # Where the template was killed as well, a new one is made.
        assert sandbox.run("print(1)", timeout_s=60).output == "1\n"
    finally:
        sandbox.close()


def _words(process: str) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _servers(host: int) -> list[int]:
    found: list[int] = []
    waiting = [host]
    while waiting:
        # A process may end while we look at it.
        with suppress(OSError):
            for thread in Path(f"/proc/{waiting.pop()}/task").iterdir():
                for name in (thread / "children").read_text().split():
                    if b"launcher.py" in _words(name):
                        found.append(int(name))
                        waiting.append(int(name))
    return found


HOST = """
import sys, time
from pathlib import Path
from mlesmith_env.sandbox import SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox
kept = {"kept": (), "cold": None}[sys.argv[2]]
spaces = {"namespaces": frozenset(), "group": False} if sys.argv[3] == "bare" else {}
sandbox = LocalSandbox(SandboxSpec(Path(sys.argv[1])), libraries=kept, **spaces)
sandbox.start()
print(sandbox.workspace.parent, flush=True)
code = '''
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        open('started', 'w').close()
        time.sleep(600)
time.sleep(600)
'''
sandbox.run(code, timeout_s=600)
"""


@pytest.mark.parametrize("kind", ["kept", "cold"])
@pytest.mark.parametrize("spaces", ["given", "bare"])
def test_nothing_runs_on_when_the_host_is_killed(
    prepared: Path, tmp_path: Path, kind: str, spaces: str
) -> None:
    # A place of its own, which no other process sweeps meanwhile.
    variables = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(
        [sys.executable, "-c", HOST, str(prepared / "public"), kind, spaces],
        env=variables,
        stdout=subprocess.PIPE,
        text=True,
    ) as host:
        assert host.stdout is not None
        root = Path(host.stdout.readline().strip())
        deadline = time.monotonic() + 60
        while not (root / "workspace" / "started").exists():
            assert time.monotonic() < deadline
            time.sleep(0.02)
        running = _servers(host.pid)
        assert running
        host.kill()
    # Programs of a kept server have the environment of the template, so look at processes.
    deadline = time.monotonic() + 30
    while any(Path(f"/proc/{process}").exists() for process in running):
        assert time.monotonic() < deadline, running
        time.sleep(0.05)
    # The folder of the dead is removed by the next process that starts a sandbox.
    assert root.exists()
    code = (
        "import sys; from mlesmith_env.sandbox.workspace import remove_abandoned;"
        "print(*remove_abandoned())"
    )
    out = subprocess.run(
        [sys.executable, "-c", code], env=variables, capture_output=True, text=True, check=True
    )
    assert not root.exists(), out


def test_folders_of_living_sandboxes_are_kept(prepared: Path) -> None:
    sandbox = LocalSandbox(spec(prepared), libraries=None)
    sandbox.start()
    code = "from mlesmith_env.sandbox.workspace import remove_abandoned; remove_abandoned()"
    subprocess.run([sys.executable, "-c", code], check=True)
    assert sandbox.workspace.exists()
    sandbox.close()


def _play_in_fork(sandbox: LocalSandbox, public: Path, answers: str) -> None:
    sandbox.close()
    own = LocalSandbox(SandboxSpec(public), libraries=())
    own.start()
    Path(answers).write_text(own.run("print('in the fork')", timeout_s=60).output)
    own.close()


def test_a_fork_of_the_host_has_sandboxes_of_its_own(prepared: Path, tmp_path: Path) -> None:
    sandbox = LocalSandbox(spec(prepared), libraries=())
    sandbox.start()
    answers = tmp_path / "answers"
    child = multiprocessing.get_context("fork").Process(
        target=_play_in_fork, args=(sandbox, prepared / "public", str(answers))
    )
    child.start()
    child.join()
    assert answers.read_text() == "in the fork\n"
    assert sandbox.workspace.exists()
    assert sandbox.run("print('in the host')", timeout_s=60).output == "in the host\n"
    sandbox.close()


@pytest.mark.parametrize("kind", ["local", "local-cold", "subprocess"])
def test_temporary_folder_is_left_as_it_was(
    prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    sandbox = build(kind, spec(prepared))
    assert list(temporary.iterdir())
    sandbox.run("import tempfile; tempfile.mkdtemp()", timeout_s=60)
    sandbox.close()
    assert not list(temporary.iterdir())


def test_doctor_finds_this_machine_usable() -> None:
    examination = examine()
    assert examination.usable, examination
    names = [finding.name for finding in examination.findings]
    assert {"platform", "landlock", "seccomp", "control group", "own user"} <= set(names)
    assert {"trial", "docker"} <= set(names)
    assert len(names) == len(set(names))
    assert all(finding.ok or finding.remedy for finding in examination.findings)


ON_A_SMALL_DISK = """
import ctypes, os, sys, tempfile
from pathlib import Path
libc = ctypes.CDLL(None, use_errno=True)
os.mkdir(sys.argv[2])
if libc.unshare(0x20000) or libc.mount(b"none", b"/", b"none", 0x44000, b""):
    sys.exit("skip")
if libc.mount(b"tmpfs", sys.argv[2].encode(), b"tmpfs", 0, b"size=8m"):
    sys.exit("skip")
tempfile.tempdir = sys.argv[2]
from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox import SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox
sandbox = LocalSandbox(SandboxSpec(Path(sys.argv[1])), libraries=())
sandbox.start()
for tidy in ("", "except OSError: f.close(); os.unlink('big'); raise"):
    code = "import os\\nf = open('big', 'wb', 0)\\ntry:"
    code += "\\n for _ in range(20): f.write(bytes(10**6))\\n"
    code += tidy or "finally: print('almost', flush=True)"
    try:
        print(sandbox.run(code, timeout_s=60))
    except SandboxLostError as error:
        print("lost:", error)
    sandbox.reset()
    print(sandbox.run("print('next')", timeout_s=60).output)
sandbox.close()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="needs mounts")
def test_a_full_disk_of_the_host_is_a_fault_of_ours(prepared: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", ON_A_SMALL_DISK, str(prepared / "public"), str(tmp_path / "small")],
        capture_output=True,
        text=True,
    )
    if done.stderr.strip() == "skip":
        pytest.skip("mounting needs root")
    assert done.returncode == 0, done.stderr
    # The output of the first lies on the same disk.
    assert done.stdout.count("lost:") == 2, done.stdout
    assert "the disk is full" in done.stdout
    assert done.stdout.count("next\n") == 2, done.stdout


@pytest.mark.parametrize("spaces", ["given", "bare"])
@pytest.mark.parametrize("victim", ["ready process", "warden", "server and warden"])
def test_whatever_is_killed_between_two_runs_the_next_ones_work(
    prepared: Path, spaces: str, victim: str
) -> None:
    more = {"namespaces": frozenset[str](), "group": False} if spaces == "bare" else {}
    sandbox = LocalSandbox(spec(prepared), libraries=(), **more)
    # The template stays when the sandbox goes.
    build_and_close = LocalSandbox(spec(prepared), libraries=())
    build_and_close.start()
    build_and_close.close()
    before = set(_servers(os.getpid()))
    sandbox.start()
    try:
        assert sandbox.run("print(1)", timeout_s=60).output == "1\n"
        deadline = time.monotonic() + 60
        # Where there is a pid namespace, a process outside of it waits for the server.
        depth = 3 + ("pid" in sandbox.mechanisms.namespaces)
        while not (ready := _ready(set(_servers(os.getpid())) - before, depth)):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        warden = _parent(ready)
        server = _parent(warden)
        for process in {
            "ready process": [ready],
            "warden": [warden],
            "server and warden": [server, warden],
        }[victim]:
            # The warden ends with its server, perhaps before it is its turn.
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        deadline = time.monotonic() + 30
        while _words(str(ready)):
            # Whoever waits for a program ends with the one who would give it.
            assert time.monotonic() < deadline
            time.sleep(0.02)
        if victim != "ready process":
            with pytest.raises(SandboxLostError):
                sandbox.run("print(2)", timeout_s=60)
        assert sandbox.run("print(3)", timeout_s=60).output == "3\n"
    finally:
        sandbox.close()


def _ready(processes: set[int], depth: int) -> int:
    """The process that is so deep below those that were there before; 0 where there is none."""
    for process in processes:
        line = [process]
        with suppress(OSError):
            while line[-1] in processes:
                line.append(_parent(line[-1]))
        if len(line) == depth + 1:
            return process
    return 0


def _parent(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])
