"""What is special to containers: how they are closed, how they end, and what is left of them."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from containers import PROJECT, bare_image

from mlesmith_env.errors import (
    SandboxError,
    SandboxLostError,
    SandboxUnavailableError,
    SnapshotError,
)
from mlesmith_env.sandbox import SandboxLimits, SandboxSpec
from mlesmith_env.sandbox.docker import container, image, orphans
from mlesmith_env.sandbox.docker.sandbox import DockerSandbox

pytestmark = pytest.mark.usefixtures("docker_image")


@pytest.fixture
def spec(prepared: Path) -> SandboxSpec:
    return SandboxSpec(prepared / "public")


@pytest.fixture
def sandbox(spec: SandboxSpec) -> Iterator[DockerSandbox]:
    made = DockerSandbox(spec, libraries=())
    made.start()
    yield made
    made.close()


def wait_for(condition: Callable[[], bool], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def later(act: Callable[[], object]) -> threading.Thread:
    """Acts while a run is going on."""

    def wait() -> None:
        time.sleep(1.0)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def is_there(client: Any, name: str) -> bool:
    # The plain list: to look at each container fails where one goes meanwhile.
    return bool(client.api.containers(all=True, filters={"name": name}))


def test_the_engine_is_asked_to_close_everything(
    sandbox: DockerSandbox, docker_engine: Any
) -> None:
    made = docker_engine.containers.get(sandbox.container_name)
    host = made.attrs["HostConfig"]
    assert made.attrs["Config"]["User"] == f"{image.USER}:{image.USER}"
    assert host["NetworkMode"] == "none"
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert host["SecurityOpt"] == ["no-new-privileges"]
    assert host["Memory"] == host["MemorySwap"] > sandbox.spec.limits.memory_bytes
    assert 0 < host["PidsLimit"] < 10_000
    assert host["LogConfig"]["Type"] == "none"
    assert host["IpcMode"] == "private"
    assert not host["Privileged"]
    assert not host["DeviceRequests"]
    assert list(host["Tmpfs"]) == [container.ROOT]
    assert made.labels[orphans.MARK]
    assert made.labels[orphans.OWNER].split()[0] == str(os.getpid())
    assert all(not mount["RW"] for mount in made.attrs["Mounts"])


def test_the_container_itself_has_neither_network_nor_writable_root(sandbox: DockerSandbox) -> None:
    code = "import os; print(sorted(os.listdir('/sys/class/net')), os.statvfs('/').f_flag & 1)"
    # Asked of the engine, not of a program, which may not look there.
    out = subprocess.run(
        ["docker", "exec", sandbox.container_name, f"{image.PREFIX}/bin/python", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout == "['lo'] 1\n"


def test_nothing_of_the_meeting_place_remains(sandbox: DockerSandbox) -> None:
    code = "import os; print(os.path.exists('/run/mlesmith/control'))"
    out = subprocess.run(
        ["docker", "exec", sandbox.container_name, f"{image.PREFIX}/bin/python", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert out.stdout == "False\n"


def test_processors_and_devices_are_passed_when_asked_for(
    spec: SandboxSpec, docker_engine: Any, tmp_path: Path
) -> None:
    asked = replace(spec, gpus="all", limits=SandboxLimits(cpus=1.5))
    made = container.options(asked, "image", tmp_path, {})
    assert made["nano_cpus"] == 1_500_000_000
    (request,) = made["device_requests"]
    assert (request["Count"], request["Capabilities"]) == (-1, [["gpu"]])
    (request,) = container.options(replace(spec, gpus="2"), "i", tmp_path, {})["device_requests"]
    assert request["Count"] == 2
    asked = replace(spec, gpus="GPU-1,GPU-2")
    (request,) = container.options(asked, "i", tmp_path, {})["device_requests"]
    assert request["DeviceIDs"] == ["GPU-1", "GPU-2"]
    limited = DockerSandbox(replace(spec, limits=SandboxLimits(cpus=0.5)), libraries=())
    limited.start()
    made = docker_engine.containers.get(limited.container_name)
    assert made.attrs["HostConfig"]["NanoCpus"] == 500_000_000
    code = "import os; print(os.environ['OMP_NUM_THREADS'])"
    assert limited.run(code, timeout_s=60).output == "1\n"
    limited.close()


def test_memory_of_files_and_processes_is_bounded_by_the_kernel(spec: SandboxSpec) -> None:
    limits = SandboxLimits(memory_bytes=300 * 1024**2, workspace_bytes=50 * 1024**2)
    bounded = DockerSandbox(replace(spec, limits=limits), libraries=())
    bounded.start()
    # More at once than a look every 50 ms would see in time.
    code = """
import os, time
for _ in range(40):
    if os.fork() == 0:
        x = bytearray(os.urandom(1024)) * (250 * 1024)
        time.sleep(600)
time.sleep(600)
"""
    result = bounded.run(code, timeout_s=120)
    assert result.status == "out_of_memory", result
    assert bounded.run("print('fine')", timeout_s=60).output == "fine\n"
    bounded.close()


def test_a_disk_that_is_full_at_once_is_the_programs_doing(spec: SandboxSpec) -> None:
    limits = SandboxLimits(workspace_bytes=10 * 1024**2)
    small = DockerSandbox(replace(spec, limits=limits), libraries=())
    small.start()
    code = "import os\nfor i in range(100): open(str(i), 'wb').write(bytes(10**7))"
    result = small.run(code, timeout_s=120)
    assert result.status == "output_limit", result
    small.reset()
    assert small.run("import os; print(os.listdir())", timeout_s=60).output.count("'") == 4
    small.close()


def test_a_container_that_is_killed_is_a_typed_error(
    sandbox: DockerSandbox, docker_engine: Any
) -> None:
    name = sandbox.container_name
    thread = later(docker_engine.containers.get(name).kill)
    with pytest.raises(SandboxLostError):
        sandbox.run("print('partial', flush=True); import time; time.sleep(600)", timeout_s=600)
    thread.join()
    wait_for(lambda: not is_there(docker_engine, name))
    with pytest.raises(SandboxLostError, match="start"):
        sandbox.run("print(1)", timeout_s=60)
    sandbox.start()
    assert sandbox.run("print(1)", timeout_s=60).output == "1\n"


def test_a_closed_sandbox_leaves_no_container(sandbox: DockerSandbox, docker_engine: Any) -> None:
    name = sandbox.container_name
    assert is_there(docker_engine, name)
    sandbox.close()
    assert not is_there(docker_engine, name)


def test_no_attack_succeeds_in_a_container() -> None:
    # A process of its own: the attacks aim at their host.
    command = [sys.executable, "-m", "tests.attacks", "--variant", "docker", "--light"]
    played = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=500)
    assert played.returncode == 0, played.stdout[-4000:] + played.stderr[-2000:]


def test_sessions_live_on_and_branch(spec: SandboxSpec) -> None:
    session = DockerSandbox(replace(spec, stateful=True), libraries=())
    session.start()

    def printed(code: str) -> str:
        result = session.run(code, timeout_s=120)
        assert result.status == "ok", result
        return result.output

    printed("x = 1; open('kept', 'w').write('before')")
    number = session.snapshot()
    assert printed("x += 1; open('kept', 'w').write('after'); print(x)") == "2\n"
    session.restore(number)
    assert printed("print(x, open('kept').read())") == "1 before\n"
    session.forget(number)
    with pytest.raises(SnapshotError):
        session.restore(number)
    assert printed("print(x)") == "1\n"
    session.renew()
    assert printed("import os; print('x' in globals(), os.listdir())") == "False ['input']\n"
    session.reset()
    assert printed("print('x' in globals())") == "False\n"
    session.close()


HOST = """
import sys
from pathlib import Path
from mlesmith_env.sandbox import SandboxSpec
from mlesmith_env.sandbox.docker.sandbox import DockerSandbox
sandbox = DockerSandbox(SandboxSpec(Path(sys.argv[1])), libraries=())
sandbox.start()
print(sandbox.container_name, flush=True)
code = '''
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
time.sleep(600)
'''
sandbox.run(code, timeout_s=600)
"""


def test_a_killed_host_takes_its_container_along(prepared: Path, docker_engine: Any) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOST, str(prepared / "public")], stdout=subprocess.PIPE, text=True
    ) as host:
        assert host.stdout is not None
        name = host.stdout.readline().strip()
        assert is_there(docker_engine, name)
        time.sleep(1.0)
        host.kill()
    wait_for(lambda: not is_there(docker_engine, name))


def test_orphans_are_found_and_removed(docker_engine: Any, docker_image: str) -> None:
    gone = subprocess.run(
        [sys.executable, "-c", "from mlesmith_env.sandbox.owner import Owner;"
         "print(Owner.of_this_process())"],
        capture_output=True, text=True, check=True,
    ).stdout.strip()  # fmt: skip
    names: list[str] = []
    for owner in (gone, orphans.labels()[orphans.OWNER]):
        names.append(f"mlesmith-test-{secrets.token_hex(6)}")
        docker_engine.containers.create(
            docker_image,
            name=names[-1],
            labels={orphans.MARK: "test", orphans.OWNER: owner},
            network_mode="none",
        )
    try:
        out = subprocess.run(
            [sys.executable, "-m", "mlesmith_env.cli", "sandbox", "prune", "--json"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
        told = json.loads(out.stdout)
        assert names[0] in [entry["name"] for entry in told["containers"]]
        assert not is_there(docker_engine, names[0])
        assert is_there(docker_engine, names[1])
    finally:
        docker_engine.api.remove_container(names[1], force=True)


def test_without_an_engine_the_error_says_what_to_do(
    spec: SandboxSpec, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(SandboxUnavailableError, match=r"no Docker engine answers.*DOCKER_HOST"):
        DockerSandbox(spec).start()


def test_a_missing_image_is_told_at_the_start(spec: SandboxSpec) -> None:
    sandbox = DockerSandbox(replace(spec, image="mlesmith-test-none"))
    with pytest.raises(SandboxUnavailableError, match="mlesmith image build"):
        sandbox.start()
    sandbox.close()


def test_public_data_that_others_can_not_read_is_refused(tmp_path: Path) -> None:
    public = tmp_path / "public"
    public.mkdir()
    (public / "train.csv").write_text("x\n")
    (public / "train.csv").chmod(0o600)
    with pytest.raises(SandboxUnavailableError, match="chmod"):
        DockerSandbox(SandboxSpec(public)).start()


def test_a_container_that_can_not_confine_is_refused(spec: SandboxSpec, docker_engine: Any) -> None:
    # Those of this process alone: other tests have containers at the same time.
    ours = {"label": [f"{name}={value}" for name, value in orphans.labels().items()]}
    before = len(docker_engine.api.containers(all=True, filters=ours))
    sandbox = DockerSandbox(spec, newest_abi=0, libraries=())
    with pytest.raises(SandboxUnavailableError, match=r"landlock.*mlesmith doctor"):
        sandbox.start()
    sandbox.close()
    assert len(docker_engine.api.containers(all=True, filters=ours)) <= before


class Engine:
    """A Docker engine of its own, to be killed."""

    def __init__(self, folder: Path) -> None:
        # Short, because the path of a socket may have 107 bytes.
        self.folder = folder
        self.address = f"unix://{folder}/docker.sock"
        self.image = ""
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *("dockerd", "--bridge=none", "--iptables=false", "--ip6tables=false"),
                    *("--data-root", f"{self.folder}/data"),
                    *("--exec-root", f"{self.folder}/exec"),
                    *("--pidfile", f"{self.folder}/pid"),
                    *("--host", self.address),
                ],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(lambda: self.docker("version").returncode == 0, within_s=180.0)

    def docker(self, *words: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            ["docker", "--host", self.address, *words], capture_output=True, **more
        )

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def end_shims(self) -> None:
        """End what a killed engine of Docker's forgets: the shim of a container that has ended."""
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            except OSError:
                continue
            if b"containerd-shim" in words and f"{self.folder}/".encode() in words:
                os.kill(int(entry.name), signal.SIGKILL)


@pytest.fixture(scope="module")
def made_engine(docker_engine: Any) -> Iterator[Engine]:
    if os.getuid() != 0 or shutil.which("dockerd") is None:
        pytest.skip("an engine of one's own needs root and dockerd")
    folder = Path("/tmp") / f"mlesmith-engine-{secrets.token_hex(3)}"
    folder.mkdir()
    own = Engine(folder)
    try:
        own.start()
        own.image = bare_image(docker_engine)
        with subprocess.Popen(["docker", "save", own.image], stdout=subprocess.PIPE) as saved:
            own.docker("load", stdin=saved.stdout, check=True)
        yield own
    finally:
        own.stop()
        own.end_shims()
        _remove(folder)


def _remove(folder: Path) -> None:
    for mount in Path("/proc/mounts").read_text().splitlines():
        place = mount.split()[1]
        if place.startswith(str(folder)):
            subprocess.run(["umount", "-l", place], check=False)
    shutil.rmtree(folder)


@pytest.fixture
def engine(made_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """An engine that the test may kill."""
    monkeypatch.setenv("DOCKER_HOST", made_engine.address)
    if made_engine.process is None or made_engine.process.poll() is not None:
        made_engine.start()
    return made_engine


def namespace_of(engine: Engine, container: str) -> str:
    """The pid namespace that all processes of a container share."""
    said = engine.docker("inspect", "--format", "{{.State.Pid}}", container).stdout.decode()
    return os.readlink(f"/proc/{int(said)}/ns/pid")  # noqa: PTH115


def is_empty(namespace: str) -> bool:
    """Whether no process lives in a pid namespace."""
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "ns/pid") == namespace:  # noqa: PTH115
                return False
        except OSError:
            continue
    return True


def test_an_engine_that_is_killed_in_the_middle_of_a_run(engine: Engine, spec: SandboxSpec) -> None:
    sandbox = DockerSandbox(replace(spec, image=engine.image), libraries=())
    sandbox.start()
    name = sandbox.container_name
    namespace = namespace_of(engine, name)
    assert not is_empty(namespace)
    thread = later(engine.kill)
    with pytest.raises(SandboxError, match="engine"):
        sandbox.run("import time; time.sleep(600)", timeout_s=600)
    thread.join()
    # The container ends because its channel closes, without any engine.
    wait_for(lambda: is_empty(namespace), within_s=20)
    sandbox.close()
    with pytest.raises(SandboxUnavailableError, match="no Docker engine answers"):
        sandbox.start()
    engine.start()
    # Whatever the engine still has of it is gone by itself, or by this.
    code = (
        "from mlesmith_env.sandbox.docker import engine, orphans; orphans.prune(engine.connect())"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    sandbox.start()
    assert sandbox.run("print(1)", timeout_s=60).output == "1\n"
    sandbox.close()
    assert name not in engine.docker("ps", "--all", "--format", "{{.Names}}").stdout.decode()


def test_an_engine_that_is_killed_between_runs_is_told_at_the_end(
    engine: Engine, spec: SandboxSpec
) -> None:
    sandbox = DockerSandbox(replace(spec, image=engine.image), libraries=())
    sandbox.start()
    namespace = namespace_of(engine, sandbox.container_name)
    engine.kill()
    with pytest.raises(SandboxLostError):
        sandbox.close()
    sandbox.close()
    wait_for(lambda: is_empty(namespace), within_s=20)
