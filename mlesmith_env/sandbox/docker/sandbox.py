"""The sandbox `docker`: a container with our server as its first process."""

from __future__ import annotations

import os
import select
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path, PurePosixPath

from mlesmith_env.errors import (
    InvalidSubmissionError,
    SandboxLostError,
    SandboxUnavailableError,
    SnapshotError,
)
from mlesmith_env.sandbox.connection import Connection
from mlesmith_env.sandbox.docker import container, engine, image
from mlesmith_env.sandbox.docker.listener import Listener
from mlesmith_env.sandbox.environment import plain_environment
from mlesmith_env.sandbox.inside import channel
from mlesmith_env.sandbox.inside.folders import NotPlainError, check_plain
from mlesmith_env.sandbox.inside.grants import library_folders
from mlesmith_env.sandbox.inside.landlock import NEWEST_ABI
from mlesmith_env.sandbox.process import OVERHEAD_S, Mechanisms
from mlesmith_env.sandbox.protocol import ExecutionResult, SandboxSpec
from mlesmith_env.sandbox.servers import LIBRARIES
from mlesmith_env.sandbox.snapshots import SessionSnapshots
from mlesmith_env.sandbox.verdict import conclude
from mlesmith_env.sandbox.workspace import check_name, copy_out

_MET_WITHIN_S = 60.0
_READY_WITHIN_S = 180.0
_ANSWERS_WITHIN_S = 180.0
_GRACE_S = 2.0


class DockerSandbox(SessionSnapshots):
    """Runs programs in one container, confined there as in `local`.

    The container belongs to this object from `start` to `close`. When this process dies, the
    channel closes, and the container ends and is removed by the engine.

    Args:
        spec: What the sandbox is made for.
        libraries: Modules that the server loads once.
        newest_abi: Newest Landlock ABI to use; an older one than the kernel's is for tests.
    """

    name = "docker"

    def __init__(
        self,
        spec: SandboxSpec,
        *,
        libraries: tuple[str, ...] = LIBRARIES,
        newest_abi: int = NEWEST_ABI,
    ) -> None:
        super().__init__()
        self.spec = spec
        self._libraries = libraries
        self._abi = newest_abi
        self._container: container.RunningContainer | None = None
        self._connection: Connection | None = None
        self._description: channel.Message = {}
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._runs = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Start the container.

        Raises:
            MissingExtraError: docker-py is not installed.
            SandboxUnavailableError: No engine, no image, or no confinement in the container.
            SandboxLostError: The container could not be made.
        """
        with self._lock:
            if self._container is not None:
                return
            if sys.platform != "linux":
                raise SandboxUnavailableError(
                    f"the sandbox 'docker' needs Linux and an engine on the same machine, not "
                    f"{sys.platform}: use sandbox='subprocess' where you trust every program"
                )
            _check_readable(self.spec.public_dir)
            try:
                self._start()
            except BaseException:
                self._close()
                raise

    def _start(self) -> None:
        listener = Listener()
        try:
            client = engine.connect()
            try:
                found = image.find(client, self.spec.image or image.default_tag())
                root = Path(container.ROOT)
                variables = plain_environment(
                    root / "home",
                    root / "tmp",
                    Path(image.PREFIX) / "bin",
                    container.threads(self.spec.limits),
                    single_threaded=self.spec.stateful,
                )
                made = container.options(self.spec, found, listener.folder, variables)
                self._container = container.RunningContainer(client, made)
            except BaseException:
                client.close()
                raise
            link = listener.accept(self._container.descriptor, _MET_WITHIN_S)
        finally:
            listener.close()
        if link is None:
            words = self._container.words()
            raise SandboxUnavailableError(
                "the container can not reach its host: the Docker engine has to run on this "
                "machine, neither in a virtual machine nor for another container"
                + (f"\nits last words: {words}" if words else "")
            )
        self._connection = Connection(link, self._container.kill, self._container.words)
        self._description = self._ask(
            {
                "kind": "setup",
                "confine": True,
                "newest_abi": self._abi,
                "stateful": self.spec.stateful,
                "limits": asdict(self.spec.limits),
                "container": {
                    "root": container.ROOT,
                    "public": container.INPUT,
                    "libraries": self._libraries,
                    "gpus": bool(self.spec.gpus),
                    "closed": _closed_in_libraries(self.spec.closed),
                },
            },
            _READY_WITHIN_S,
        )

    def run(self, code: str, *, timeout_s: float, seed: int | None = None) -> ExecutionResult:
        """Run a program; see `Sandbox.run`. Raises `SandboxLostError`."""
        began = time.monotonic()
        request = {"kind": "run", "timeout_s": timeout_s, "seed": seed}
        with self._lock:
            connection = self._started()
            output = self._output_path()
            descriptor = _create(output)
            try:
                with self._losing_it(), tempfile.TemporaryFile() as source:
                    source.write(channel.encoded(code))
                    source.flush()
                    connection.send(request)
                    _send_descriptors(connection, [descriptor, source.fileno()])
                    report = self._answer(connection, timeout_s + OVERHEAD_S)
            finally:
                os.close(descriptor)
        total_s = time.monotonic() - began
        return conclude(report, output, self.spec.limits, timeout_s=timeout_s, total_s=total_s)

    def take(self, name: str, destination: Path, *, max_bytes: int) -> bool:
        """Move a regular file out of the workspace; see `Sandbox.take`."""
        check_name(name)
        with self._lock:
            connection = self._started()
            answer = self._ask(
                {"kind": "take", "name": name, "max_bytes": max_bytes}, _ANSWERS_WITHIN_S
            )
            if answer["kind"] == "unplain":
                raise InvalidSubmissionError(str(answer["message"]))
            if not answer["found"]:
                return False
            with self._losing_it():
                descriptor = _receive_descriptor(connection)
        try:
            # Once more on this side of the fence.
            check_plain(descriptor, name, max_bytes)
            copy_out(descriptor, destination, max_bytes)
        except NotPlainError as error:
            raise InvalidSubmissionError(str(error)) from error
        finally:
            os.close(descriptor)
        return True

    def reset(self) -> None:
        """Empty the workspace and make sure that nothing of the programs is left.

        Raises:
            SandboxLostError: Something is left; the container is not used any more.
        """
        with self._lock:
            self._ask({"kind": "empty"}, _ANSWERS_WITHIN_S)
            self._forget_snapshots()

    def close(self) -> None:
        """Remove the container and every temporary file. May be called more than once.

        Raises:
            SandboxLostError: The engine does not answer; the container ends by itself.
        """
        with self._lock:
            try:
                self._close()
            finally:
                temporary, self._temporary = self._temporary, None
                if temporary is not None:
                    temporary.cleanup()

    @property
    def mechanisms(self) -> Mechanisms:
        """What confines the programs here. Raises `SandboxLostError` before `start`."""
        self._started()
        said = self._description
        return Mechanisms(
            landlock_abi=int(said["abi"]),
            namespaces=frozenset(said["namespaces"]),
            group=bool(said["group"]),
            user=image.USER,
            refusals=dict(said["refusals"]),
        )

    @property
    def workspace(self) -> PurePosixPath:
        """The programs' current folder, in the container."""
        return PurePosixPath(container.ROOT) / "workspace"

    @property
    def container_name(self) -> str:
        """The name of the container. Raises `SandboxLostError` before `start`."""
        if self._container is None:
            raise SandboxLostError(_NOT_STARTED)
        return self._container.name

    def _ask_session(self, request: channel.Message) -> None:
        if not self.spec.stateful:
            raise SnapshotError(
                "only a session has snapshots: make the environment or sandbox with stateful=True"
            )
        with self._lock:
            self._ask(request, _ANSWERS_WITHIN_S)

    def _started(self) -> Connection:
        if self._connection is None:
            raise SandboxLostError(_NOT_STARTED)
        return self._connection

    def _ask(self, message: channel.Message, within_s: float) -> channel.Message:
        connection = self._started()
        with self._losing_it():
            connection.send(message)
            return self._answer(connection, within_s)

    def _answer(self, connection: Connection, within_s: float) -> channel.Message:
        """Return the next message; an end of the container or the engine is noticed at once."""
        held = self._container
        if held is None:
            raise SandboxLostError(_NOT_STARTED)
        poll = select.poll()
        poll.register(connection.socket, select.POLLIN)
        poll.register(held.descriptor, select.POLLIN)
        deadline = time.monotonic() + within_s
        while (left_s := deadline - time.monotonic()) > 0:
            ready = dict(poll.poll(left_s * 1000))
            if connection.socket.fileno() in ready or not ready:
                break
            if not held.is_there():
                # The end of the container closes the channel too, that of the engine does not.
                poll.unregister(held.descriptor)
                if not poll.poll(_GRACE_S * 1000):
                    raise held.lose()
                break
        return connection.answer(max(deadline - time.monotonic(), _GRACE_S))

    @contextmanager
    def _losing_it(self) -> Generator[None]:
        """Give the container up where something goes wrong; the next `start` makes a new one."""
        try:
            yield
        except SnapshotError:
            # An answer, by a server that is well.
            raise
        except BaseException as error:
            self._forget_snapshots()
            try:
                self._close()
            except SandboxLostError as second:
                error.add_note(str(second))
            raise

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        held, self._container = self._container, None
        try:
            if connection is not None:
                connection.end()
        finally:
            if held is not None:
                held.close()

    def _output_path(self) -> Path:
        self._runs += 1
        folder = self.spec.log_dir
        if folder is None:
            if self._temporary is None:
                self._temporary = tempfile.TemporaryDirectory(prefix="mlesmith-outputs-")
            folder = Path(self._temporary.name)
        return folder / f"{self.container_name}-{self._runs:06d}.txt"


_NOT_STARTED = "the sandbox is not started, or was lost: call start() first"


def _check_readable(public_dir: Path) -> None:
    """Refuse public data that the user in the container can not read."""
    if not public_dir.is_dir():
        raise SandboxLostError(f"the public data {public_dir} is no folder")
    for path in (public_dir, *public_dir.iterdir()):
        needed = 0o005 if path.is_dir() else 0o004
        if path.stat().st_mode & needed != needed:
            raise SandboxUnavailableError(
                f"{path} can not be read by the user in the container: chmod -R o+rX {public_dir}"
            )


def _closed_in_libraries(closed: tuple[Path, ...]) -> list[str]:
    """Return what is closed inside libraries, relative to the folder where those lie."""
    return [
        str(path.relative_to(folder))
        for path in (path.resolve() for path in closed)
        for folder in library_folders()
        if path.is_relative_to(folder) and path != folder
    ]


def _create(output: Path) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC
    try:
        output.parent.mkdir(parents=True, exist_ok=True)
        return os.open(output, flags, 0o600)
    except OSError as error:
        raise SandboxLostError(f"{output} can not be made: {error}") from error


def _send_descriptors(connection: Connection, descriptors: list[int]) -> None:
    try:
        socket.send_fds(connection.socket, [b"+"], descriptors)
    except OSError as error:
        raise SandboxLostError(f"the sandbox's server can not be reached ({error})") from error


def _receive_descriptor(connection: Connection) -> int:
    poll = select.poll()
    poll.register(connection.socket, select.POLLIN)
    try:
        if poll.poll(_ANSWERS_WITHIN_S * 1000):
            _, descriptors, _, _ = socket.recv_fds(connection.socket, 1, 1)
            return descriptors[0]
    except (OSError, IndexError) as error:
        raise SandboxLostError(f"the sandbox's server was lost ({error})") from error
    raise SandboxLostError("the sandbox's server does not hand over the file")
