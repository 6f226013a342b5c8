"""What attacks aim at: a task with real answers, and a host with secrets, servers and a victim."""

from __future__ import annotations

import ctypes
import os
import re
import resource
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlesmith_env.manifest import Limits
from mlesmith_env.task import Task
from tests.env.environment import springs

LIMITS = Limits(
    max_steps=100_000,
    step_timeout_s=10.0,
    time_limit_s=36_000.0,
    memory_bytes=1024**3,
    workspace_bytes=128 * 1024**2,
    output_bytes=1024**2,
    processes=48,
)
_KEY = "sk-attack-"
_libc = ctypes.CDLL(None, use_errno=True)


class Ground:
    """The host's side, set up once; what an attack has changed there is told and put right.

    Args:
        folder: An empty folder, all of which the host may read and no program.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.secret = _KEY + secrets.token_hex(16)
        self._saved = {name: os.environ.get(name) for name in ("HOME", "MLESMITH_CACHE")}
        self._home()
        os.environ["OPENAI_API_KEY"] = self.secret
        os.environ["MLESMITH_CACHE"] = str(folder / "cache")
        self.package = springs.write_task(folder / "registry", LIMITS)
        self.task = Task.load(self.package)
        prepared = self.task.prepare()
        self.private, self.public = prepared.private_dir, prepared.public_dir
        answers = (self.private / "answers.csv").read_text()
        shown = "".join(path.read_text() for path in self.public.iterdir())
        hidden = {line.split(",")[1] for line in answers.split()[1:]}
        self.answers = {value for value in hidden if len(value) > 5 and value not in shown}
        self._victim_file = folder / "victim.txt"
        self._serve()
        self._share()
        self._restore()

    def _home(self) -> None:
        home = self.folder / "home"
        (home / ".ssh").mkdir(parents=True)
        (home / ".ssh" / "id_rsa").write_text(self.secret)
        (home / ".cache" / "pip").mkdir(parents=True)
        (home / ".cache" / "pip" / "cached").write_text(self.secret)
        os.environ["HOME"] = str(home)

    def _serve(self) -> None:
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", 0))
        self._unix = socket.socket(socket.AF_UNIX)
        self._unix.bind(str(self.folder / "s"))
        self._unix.listen()
        self._abstract = f"\0mlesmith-attack-{os.getpid()}"
        self._datagrams = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._datagrams.bind(self._abstract)
        for server in (self._tcp, self._udp, self._unix, self._datagrams):
            server.setblocking(False)
        os.mkfifo(self.folder / "fifo")
        self._fifo = os.open(self.folder / "fifo", os.O_RDWR | os.O_NONBLOCK)

    def _share(self) -> None:
        """Share memory and a queue as a database of the same user would."""
        self._segment = _libc.shmget(0, ctypes.c_size_t(4096), 0o1600)
        if self._segment >= 0:
            _libc.shmat.restype = ctypes.c_void_p
            self._address = _libc.shmat(self._segment, None, 0)
            ctypes.memmove(self._address, self.secret.encode(), len(self.secret))
        self._queue = f"/mlesmith-attack-{os.getpid()}".encode()
        number = {"x86_64": 240, "aarch64": 180}[os.uname().machine]
        flags = os.O_RDWR | os.O_CREAT
        self._queue_open = _libc.syscall(number, self._queue[1:], flags, 0o600, None) >= 0
        self._shared = Path("/dev/shm") / f"mlesmith-attack-{os.getpid()}"
        self._shared.write_text(self.secret)

    def _restore(self) -> None:
        self.victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(36000)"])
        self._victim_file.write_text("untouched")
        self._victim_file.chmod(0o600)
        os.utime(self._victim_file, (1, 1))
        self._before = self._state()

    def known(self) -> dict[str, object]:
        """Return what attacks know of the host, by the names that their programs use."""
        return {
            "ANSWERS": str(self.private / "answers.csv"),
            "PRIVATE": str(self.private),
            "CACHE": str(self.folder / "cache"),
            "REGISTRY": str(self.folder / "registry"),
            "RAW": str(self.folder / "registry-raw" / "springs.csv"),
            "HOME": str(self.folder / "home"),
            "VICTIM": str(self._victim_file),
            "VICTIM_PID": self.victim.pid,
            "HOST_PID": os.getpid(),
            "FIFO": str(self.folder / "fifo"),
            "UNIX": str(self.folder / "s"),
            "ABSTRACT": self._abstract,
            "TCP": self._tcp.getsockname()[1],
            "UDP": self._udp.getsockname()[1],
            "SEGMENT": self._segment,
            "QUEUE": self._queue[1:],
            "SHARED": str(self._shared),
            "KEY": _KEY,
        }

    def leaks(self, text: str) -> list[str]:
        """Return what a text gives away of secrets and hidden answers."""
        found = ["the secret of the host"] if self.secret in text else []
        hidden = {value for value in re.findall(r"-?\d+\.\d+", text) if value in self.answers}
        if len(hidden) > 1:
            found.append(f"{len(hidden)} hidden answers")
        return found

    def damage(self) -> list[str]:
        """Return what is no longer as it was on the host, and put it right."""
        found = [f"reached {name}" for name in self._reached()]
        after = self._state()
        found += [f"changed {name}" for name in after if after[name] != self._before[name]]
        if found:
            self._end_victim()
            self._restore()
        return found

    def _reached(self) -> list[str]:
        found: list[str] = []
        for name, server in (("TCP", self._tcp), ("the Unix socket", self._unix)):
            with suppress(BlockingIOError):
                server.accept()[0].close()
                found.append(name)
        for name, server in (("UDP", self._udp), ("the abstract socket", self._datagrams)):
            with suppress(BlockingIOError):
                server.recv(100)
                found.append(name)
        with suppress(BlockingIOError):
            os.read(self._fifo, 100)
            found.append("the pipe")
        return found

    def _state(self) -> Mapping[str, Any]:
        """Return everything that an attack must leave as it is."""
        status = self._victim_file.lstat()
        stat = Path(f"/proc/{self.victim.pid}/stat").read_text().rpartition(")")[2].split()
        return {
            "the victim's file": (
                self._victim_file.read_text(),
                (status.st_mode, status.st_uid, status.st_nlink, status.st_mtime),
            ),
            # Whether it runs, sleeps or waits for a disk is its own affair.
            "the victim": (self.victim.poll(), stat[0] in "TtZXx", stat[16]),
            "the victim's limits": resource.prlimit(self.victim.pid, resource.RLIMIT_NOFILE),
            "the host's limits": resource.getrlimit(resource.RLIMIT_NOFILE),
            "priorities": os.getpriority(os.PRIO_PROCESS, 0),
            "processors": (os.sched_getaffinity(0), os.sched_getaffinity(self.victim.pid)),
            "the answers": (self.private / "answers.csv").read_bytes(),
            "the public data": {path: path.read_bytes() for path in self.public.iterdir()},
            "the package": {path: path.read_bytes() for path in self.package.iterdir()},
            "the shared memory": self._segment < 0
            or ctypes.string_at(self._address, len(self.secret)) == self.secret.encode(),
            "the queue": not self._queue_open or self._queue_there(),
            "the shared file": self._shared.read_text(),
            "the host's name": os.uname().nodename,
        }

    def _queue_there(self) -> bool:
        number = {"x86_64": 240, "aarch64": 180}[os.uname().machine]
        descriptor = _libc.syscall(number, self._queue[1:], os.O_RDWR, 0, None)
        if descriptor >= 0:
            os.close(descriptor)
        return descriptor >= 0

    def _end_victim(self) -> None:
        with suppress(ProcessLookupError):
            self.victim.send_signal(signal.SIGCONT)
        self.victim.kill()
        self.victim.wait()

    def close(self) -> None:
        """End the victim, remove what is shared, and restore the environment."""
        self._end_victim()
        for server in (self._tcp, self._udp, self._unix, self._datagrams):
            server.close()
        os.close(self._fifo)
        self._shared.unlink(missing_ok=True)
        if self._segment >= 0:
            _libc.shmctl(self._segment, 0, None)
        if self._queue_open:
            number = {"x86_64": 241, "aarch64": 181}[os.uname().machine]
            _libc.syscall(number, self._queue[1:])
        del os.environ["OPENAI_API_KEY"]
        for name, value in self._saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
