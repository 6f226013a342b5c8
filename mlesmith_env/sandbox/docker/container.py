"""One container: how it is made, its life as seen from the engine, and its end."""

from __future__ import annotations

import os
import secrets
import select
import struct
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox.docker import engine, orphans
from mlesmith_env.sandbox.docker.image import INSIDE, PREFIX, USER
from mlesmith_env.sandbox.docker.listener import NAME
from mlesmith_env.sandbox.inside.limits import tasks
from mlesmith_env.sandbox.protocol import SandboxLimits, SandboxSpec

INPUT = "/input"
"""Where the public data stand in a container."""

ROOT = "/sandbox"
"""Where the folders of programs are in a container."""

_MEETING = "/run/mlesmith"
_PYTHON = (f"{PREFIX}/bin/python", "-s", "-P", "-X", "utf8", f"{INSIDE}/launcher.py")

_OWN_BYTES = 512 * 1024**2
"""Memory for the server with its libraries."""
_DISK_SLACK_BYTES = 256 * 1024**2
"""Room beyond the bound of the workspace, so that the watch ends a program before it is full."""
_ENTRIES = 300_000
_OWN_PROCESSES = 16
_GONE_WITHIN_S = 30.0
_WORDS_SHOWN = 2000
_FRAME = struct.Struct(">BxxxI")


def options(
    spec: SandboxSpec, image: str, meeting: Path, environment: Mapping[str, str]
) -> dict[str, Any]:
    """Return what docker-py's `containers.create` is called with.

    Args:
        spec: What the sandbox is made for.
        image: Id of the image.
        meeting: Folder with the socket on which the host listens.
        environment: Environment of the server and of programs.
    """
    from docker.types import LogConfig, Mount

    limits = spec.limits
    shared_bytes = limits.memory_bytes // 2
    disk_bytes = limits.workspace_bytes + limits.output_bytes + _DISK_SLACK_BYTES
    if spec.stateful:
        # Snapshots hold copies of the workspace, bounded like it.
        disk_bytes += limits.workspace_bytes
    # Files in memory count as memory, and are bounded by their own sizes.
    memory_bytes = limits.memory_bytes + disk_bytes + shared_bytes + _OWN_BYTES
    made: dict[str, Any] = {
        "image": image,
        "name": f"mlesmith-sandbox-{secrets.token_hex(6)}",
        "entrypoint": list(_PYTHON),
        "command": [f"{_MEETING}/{NAME}"],
        "environment": dict(environment),
        "user": f"{USER}:{USER}",
        "working_dir": "/",
        "hostname": "sandbox",
        "labels": orphans.labels(),
        "network_mode": "none",
        "network_disabled": True,
        "ipc_mode": "private",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "mem_limit": memory_bytes,
        "memswap_limit": memory_bytes,
        "shm_size": shared_bytes,
        "pids_limit": tasks(asdict(limits)) + _OWN_PROCESSES,
        "log_config": LogConfig(type="none"),
        "auto_remove": True,
        "mounts": [
            Mount(INPUT, str(spec.public_dir.resolve()), type="bind", read_only=True),
            Mount(_MEETING, str(meeting), type="bind", read_only=True),
        ],
        "tmpfs": {
            ROOT: f"rw,exec,nosuid,nodev,size={disk_bytes},nr_inodes={_ENTRIES},mode=0700,"
            f"uid={USER},gid={USER}"
        },
    }
    if limits.cpus is not None:
        made["nano_cpus"] = int(limits.cpus * 1e9)
    if spec.gpus:
        made["device_requests"] = [_devices(spec.gpus)]
    return made


def threads(limits: SandboxLimits) -> int:
    """Return how many threads make use of the processors of a container."""
    found = len(os.sched_getaffinity(0))
    return found if limits.cpus is None else max(1, min(found, int(limits.cpus)))


def _devices(gpus: str) -> Any:
    from docker.types import DeviceRequest

    if gpus == "all":
        return DeviceRequest(count=-1, capabilities=[["gpu"]])
    if gpus.isdecimal():
        return DeviceRequest(count=int(gpus), capabilities=[["gpu"]])
    return DeviceRequest(device_ids=gpus.split(","), capabilities=[["gpu"]])


class RunningContainer:
    """A container that was started.

    Attributes:
        descriptor: Readable when the server prints, and when the container or the engine ends.

    Args:
        client: The engine; closed with it.
        made: What `options` returned.

    Raises:
        SandboxLostError: It can not be made or started.
    """

    def __init__(self, client: Any, made: Mapping[str, Any]) -> None:
        self._client = client
        self._owner = os.getpid()
        self._said = b""
        self._told_lost = False
        with engine.told_as_lost("the sandbox's container can not be made"):
            self._container = client.containers.create(**made)
        try:
            with engine.told_as_lost("the sandbox's container can not be started"):
                self.descriptor = _attach(self._container)
                try:
                    self._container.start()
                except BaseException:
                    os.close(self.descriptor)
                    raise
        except BaseException:
            self._remove()
            raise

    @property
    def name(self) -> str:
        """The container's name."""
        return str(self._container.name)

    def is_there(self) -> bool:
        """Return whether neither the container nor the engine has ended, as far as is known."""
        poll = select.poll()
        poll.register(self.descriptor, select.POLLIN)
        while poll.poll(0):
            try:
                data = os.read(self.descriptor, 1 << 16)
            except OSError:
                return False
            if not data:
                return False
            self._said = (self._said + data)[-(1 << 16) :]
        return True

    def words(self) -> str:
        """Return the end of what the server has printed."""
        self.is_there()
        text = b""
        data = self._said
        while len(data) >= _FRAME.size:
            _, size = _FRAME.unpack_from(data)
            text += data[_FRAME.size : _FRAME.size + size]
            data = data[_FRAME.size + size :]
        return text[-_WORDS_SHOWN:].decode(errors="replace").strip()

    def kill(self) -> None:
        """End it by force. Raises `SandboxLostError`."""
        with engine.told_as_lost(f"the container {self.name} can not be ended"):
            self._container.remove(force=True)

    def lose(self) -> SandboxLostError:
        """Return the error for an engine that has ended; `close` then does not tell it again."""
        self._told_lost = True
        return SandboxLostError(
            "the Docker engine was lost in the middle of a run: start it again; containers that "
            "are left over are removed by `mlesmith sandbox prune`"
        )

    def close(self) -> None:
        """Remove it, and wait until it is gone. May be called more than once.

        Raises:
            SandboxLostError: The engine does not answer.
        """
        if self._client is None:
            return
        client, self._client = self._client, None
        try:
            # In a fork of the process that made it, it is not ours to remove.
            if os.getpid() == self._owner and not self._told_lost:
                self._remove()
        finally:
            os.close(self.descriptor)
            client.close()

    def _remove(self) -> None:
        deadline = time.monotonic() + _GONE_WITHIN_S
        with engine.told_as_lost(
            f"the container {self.name} can not be removed; `mlesmith sandbox prune` does it later"
        ):
            try:
                self._container.remove(force=True)
                return
            except Exception as error:
                if engine.is_missing(error):
                    return
                if not engine.is_conflict(error):
                    raise
            # It has ended by itself, and the engine is removing it.
            while time.monotonic() < deadline:
                try:
                    self._container.reload()
                except Exception as error:
                    if not engine.is_missing(error):
                        raise
                    return
                time.sleep(0.02)
        raise SandboxLostError(f"the container {self.name} is not removed by the Docker engine")


def _attach(container: Any) -> int:
    """Return a descriptor on which the output of a container comes, to its or the engine's end."""
    attached = container.attach_socket(params={"stdout": 1, "stderr": 1, "stream": 1})
    try:
        return os.dup(attached.fileno())
    finally:
        # The connection is docker-py's to close, and nobody else knows of it.
        attached._response.close()
