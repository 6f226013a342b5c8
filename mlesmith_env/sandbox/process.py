"""The sandboxes that run programs in processes of this machine: `local` and `subprocess`."""

from __future__ import annotations

import sys
import threading
import time
import warnings
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mlesmith_env.errors import (
    SandboxLostError,
    SandboxUnavailableError,
    SnapshotError,
    UnsupportedTaskError,
)
from mlesmith_env.sandbox.environment import environment
from mlesmith_env.sandbox.groups import ControlGroup
from mlesmith_env.sandbox.inside.grants import ClosedPythonError, grants, search_path
from mlesmith_env.sandbox.inside.landlock import NEWEST_ABI
from mlesmith_env.sandbox.protocol import ExecutionResult, SandboxSpec
from mlesmith_env.sandbox.servers import LIBRARIES, ColdServer, KeptServer
from mlesmith_env.sandbox.snapshots import SessionSnapshots
from mlesmith_env.sandbox.user import NoUserError, own_user
from mlesmith_env.sandbox.verdict import conclude
from mlesmith_env.sandbox.workspace import Workspace, remove_abandoned

NAMESPACES = frozenset({"user", "pid", "network", "ipc", "mount"})
"""All that the server may try to enter."""

OVERHEAD_S = 180.0
"""Seconds beyond a run's own time-out after which the server counts as lost."""


@dataclass(frozen=True)
class Mechanisms:
    """What confines programs in a started sandbox.

    Attributes:
        landlock_abi: The Landlock ABI in use, 0 for none.
        namespaces: Of `user`, `pid`, `network`, `ipc`, `mount`, and `shm` and `proc` for a private
            `/dev/shm` and `/proc`.
        group: Whether a control group bounds them.
        user: The user of their own under which they run, None for the host's.
        refusals: By name, why one was not given.
    """

    landlock_abi: int
    namespaces: frozenset[str]
    group: bool
    user: int | None
    refusals: dict[str, str]


class ProcessSandbox(SessionSnapshots):
    """Runs each program in a process of its own, started by a sandbox server.

    Args:
        spec: What the sandbox is made for.
        libraries: Modules that are loaded once, in a server from which every run is forked; None
            starts a fresh interpreter for every run.
    """

    name = "process"
    _confine = True

    def __init__(self, spec: SandboxSpec, *, libraries: tuple[str, ...] | None = LIBRARIES) -> None:
        super().__init__()
        self.spec = spec
        self._libraries = None if libraries is None else (*libraries, *spec.libraries)
        self._server: ColdServer | KeptServer | None = None
        self._workspace: Workspace | None = None
        self._group: ControlGroup | None = None
        self._setup: dict[str, Any] = {}
        self._refusals: dict[str, str] = {}
        self._runs = 0
        self._lock = threading.Lock()

    def start(self) -> None:
        """Make the workspace. Raises `SandboxUnavailableError`, `SandboxLostError`."""
        if self._workspace is not None:
            return
        if not self.spec.public_dir.is_dir():
            raise SandboxLostError(f"the public data {self.spec.public_dir} is no folder")
        remove_abandoned()
        workspace = Workspace(self.spec.public_dir, self.spec.log_dir)
        try:
            self._setup = self._describe(workspace)
            self._check()
            if self.spec.stateful and sys.platform != "linux":
                raise UnsupportedTaskError(
                    f"stateful=True needs Linux, not {sys.platform}: leave it out"
                )
            self._group = self._make_group(workspace)
            self._setup["group"] = self._group.folders if self._group else {}
            self._setup["user"] = self._own_user(workspace)
            # Now, so that a machine that can not confine is refused now, and so that the first run
            # is not charged with loading libraries.
            self._server = self._start_server(workspace)
        except BaseException:
            self._delete(workspace)
            raise
        self._workspace = workspace

    def _make_group(self, workspace: Workspace) -> ControlGroup | None:
        group = ControlGroup(workspace.root, self.spec.limits)
        if group.refusal:
            self._refusals["group"] = group.refusal
        return group

    def _own_user(self, workspace: Workspace) -> int | None:
        if not self._confine:
            return None
        try:
            return own_user(workspace.root, self.spec.public_dir)
        except NoUserError as error:
            self._refusals["own user"] = str(error)
            return None

    def _delete(self, workspace: Workspace) -> None:
        group, self._group = self._group, None
        try:
            if group is not None:
                group.delete()
        finally:
            workspace.delete()

    def _check(self) -> None:
        """Refuse where the machine can not give the isolation."""

    def _namespaces(self) -> frozenset[str]:
        return NAMESPACES

    def _newest_abi(self) -> int:
        return NEWEST_ABI

    def _describe(self, workspace: Workspace) -> dict[str, Any]:
        writable = workspace.folders.writable
        try:
            allowed = (
                grants(self.spec.public_dir, writable, self.spec.closed) if self._confine else []
            )
        except ClosedPythonError as error:
            raise SandboxUnavailableError(str(error)) from error
        return {
            "confine": self._confine,
            "namespaces": sorted(self._namespaces()),
            "newest_abi": self._newest_abi(),
            "grants": [(str(path), access) for path, access in allowed],
            "search_path": search_path(),
            "workspace": str(workspace.folder),
            "writable": [str(folder) for folder in writable],
            "snapshots": str(workspace.snapshots),
            "stateful": self.spec.stateful,
            "limits": asdict(self.spec.limits),
        }

    def run(self, code: str, *, timeout_s: float, seed: int | None = None) -> ExecutionResult:
        """Run a program; see `Sandbox.run`. Raises `SandboxLostError`."""
        began = time.monotonic()
        with self._lock:
            workspace = self._started()
            workspace.link_input()
            self._runs += 1
            output = workspace.outputs / f"{workspace.root.name}-{self._runs:06d}.txt"
            request = {
                "kind": "run",
                "source_path": str(workspace.source),
                "timeout_s": timeout_s,
                "seed": seed,
                "output_path": str(output),
            }
            with workspace.holding(code):
                report = self._ask(workspace, request, timeout_s)
            if not self.spec.stateful:
                workspace.empty_temporary()
        total_s = time.monotonic() - began
        return conclude(report, output, self.spec.limits, timeout_s=timeout_s, total_s=total_s)

    def _ask(
        self, workspace: Workspace, request: dict[str, Any], timeout_s: float = 0.0
    ) -> dict[str, Any]:
        """Ask the server; it is kept for the next request where it serves many and is well."""
        server = self._server or self._start_server(workspace)
        self._server = None
        try:
            report = server.connection.ask(request, timeout_s + OVERHEAD_S)
        except SnapshotError:
            self._server = server
            raise
        except BaseException:
            server.end()
            self._forget_snapshots()
            if self._group is not None:
                # A server that was killed may have left a run behind.
                self._group.end_all()
            raise
        if self._libraries is None and not self.spec.stateful:
            server.end()
        else:
            self._server = server
        return report

    def _start_server(self, workspace: Workspace) -> ColdServer | KeptServer:
        stateful = self.spec.stateful
        folders = workspace.folders
        variables = environment(folders.home, folders.temporary, single_threaded=stateful)
        if self._libraries is None:
            server = ColdServer(self._setup, variables)
        else:
            server = KeptServer(self._setup, variables, self._libraries, single_threaded=stateful)
        user = server.description["user"]
        if user is not None:
            workspace.give_to(int(user))
        return server

    def renew(self) -> None:
        """Begin a new session in an empty workspace; see `Snapshots.renew`."""
        super().renew()
        with self._lock:
            self._started().empty()

    def _ask_session(self, request: dict[str, Any]) -> None:
        if not self.spec.stateful:
            raise SnapshotError(
                "only a session has snapshots: make the environment or sandbox with stateful=True"
            )
        with self._lock:
            self._ask(self._started(), request)

    def take(self, name: str, destination: Path, *, max_bytes: int) -> bool:
        """Move a regular file out of the workspace; see `Sandbox.take`."""
        with self._lock:
            return self._started().take(name, destination, max_bytes)

    def reset(self) -> None:
        """Empty the workspace; a session and its snapshots end."""
        with self._lock:
            workspace = self._started()
            if self.spec.stateful and self._server is not None:
                self._ask(workspace, {"kind": "end"})
            self._forget_snapshots()
            workspace.empty()
            workspace.empty_snapshots()

    def close(self) -> None:
        """Remove every temporary file. May be called more than once."""
        with self._lock:
            if self._server is not None:
                self._server.end()
                self._server = None
            workspace, self._workspace = self._workspace, None
            if workspace is not None:
                self._delete(workspace)

    @property
    def mechanisms(self) -> Mechanisms:
        """What confines the programs here. Raises `SandboxLostError` before `start`."""
        with self._lock:
            server = self._server or self._start_server(self._started())
            self._server = server
        said = server.description
        return Mechanisms(
            landlock_abi=int(said["abi"]),
            namespaces=frozenset(said["namespaces"]),
            group=bool(said["group"]),
            user=said["user"],
            refusals={**self._refusals, **said["refusals"]},
        )

    @property
    def workspace(self) -> Path:
        """The programs' current folder. Raises `SandboxLostError` before `start`."""
        return self._started().folder

    def _started(self) -> Workspace:
        if self._workspace is None:
            raise SandboxLostError("the sandbox is not started: call start() first")
        return self._workspace


class LocalSandbox(ProcessSandbox):
    """Confined by Landlock, a system-call filter, limits and, where there are, namespaces.

    Args:
        spec: What the sandbox is made for.
        libraries: As in `ProcessSandbox`.
        namespaces: Those to try; fewer than the machine has are for tests.
        newest_abi: Newest Landlock ABI to use; an older one than the kernel's is for tests.
        group: Whether to try a control group; not to is for tests.
    """

    name = "local"

    def __init__(
        self,
        spec: SandboxSpec,
        *,
        libraries: tuple[str, ...] | None = LIBRARIES,
        namespaces: frozenset[str] = NAMESPACES,
        newest_abi: int = NEWEST_ABI,
        group: bool = True,
    ) -> None:
        super().__init__(spec, libraries=libraries)
        self._grouped = group
        self._wanted = namespaces
        self._abi = newest_abi

    def _namespaces(self) -> frozenset[str]:
        return self._wanted

    def _newest_abi(self) -> int:
        return self._abi

    def _make_group(self, workspace: Workspace) -> ControlGroup | None:
        return super()._make_group(workspace) if self._grouped else None

    def _check(self) -> None:
        if sys.platform != "linux":
            raise SandboxUnavailableError(
                f"the sandbox 'local' needs Linux, not {sys.platform}: use sandbox='docker', or "
                "sandbox='subprocess' where you trust every program"
            )


class SubprocessSandbox(ProcessSandbox):
    """Not confined at all: programs can read and write whatever the caller can.

    Args:
        spec: What the sandbox is made for; `closed` has no effect here.
    """

    name = "subprocess"
    _confine = False
    _warned = False

    def _check(self) -> None:
        if not SubprocessSandbox._warned:
            SubprocessSandbox._warned = True
            warnings.warn(
                "sandbox='subprocess' isolates nothing: programs can read the answers, your files "
                "and your keys, and reach the network",
                RuntimeWarning,
                stacklevel=3,
            )
