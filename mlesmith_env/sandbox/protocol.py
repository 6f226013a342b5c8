"""What every sandbox can do, whatever isolates it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol, runtime_checkable

RunStatus = Literal["ok", "error", "timeout", "out_of_memory", "killed", "output_limit"]
"""How a run ended: `error` is a non-zero exit, `killed` a signal nobody here sent."""

SessionState = Literal["none", "kept", "lost", "renewed"]
"""What became of a session's variables: `none` where each run starts anew; `renewed` where those of
earlier runs were lost before this one, whose own are kept."""


@dataclass(frozen=True)
class SandboxLimits:
    """Bounds of one run, and of what a session keeps. Times are seconds, sizes bytes.

    `cpus` bounds the share of the processors, in processors, where the backend can (`docker`);
    None is all of them.
    """

    memory_bytes: int = 4 * 1024**3
    workspace_bytes: int = 1024**3
    output_bytes: int = 16 * 1024**2
    processes: int = 64
    open_files: int = 256
    snapshots: int = 16
    cpus: float | None = None


@dataclass(frozen=True)
class SandboxSpec:
    """What a sandbox is made for.

    Attributes:
        public_dir: Folder that programs see, read-only, as `input/` in their workspace.
        closed: Folders that stay unreadable even inside a tree that programs may read, such as
            registry roots, the cache, the mirror and data bundled with libraries.
        limits: Bounds of every run.
        log_dir: Where full outputs are kept; a temporary folder of the sandbox where None.
        stateful: Whether variables live on from run to run, as in a notebook.
        image: Image of the `docker` backend; this version's own where None.
        gpus: Devices that the `docker` backend passes through: `all`, a number, or identifiers
            with commas between; empty for none.
        libraries: Modules to load once, besides the usual ones, where runs are forked.
    """

    public_dir: Path
    closed: tuple[Path, ...] = ()
    limits: SandboxLimits = field(default_factory=SandboxLimits)
    log_dir: Path | None = None
    stateful: bool = False
    image: str | None = None
    gpus: str = ""
    libraries: tuple[str, ...] = ()


@dataclass(frozen=True)
class ExecutionResult:
    """How one run went.

    Attributes:
        status: How it ended.
        exit_code: Exit code, None where a signal or a limit ended it.
        signal: Number of the signal that ended it, else None.
        output: Head and tail of standard output and error as they came, within `OUTPUT_SHOWN`.
        output_path: File with the full output, up to the limit.
        execution_s: Seconds from the start of the program to its end.
        overhead_s: Seconds that the sandbox itself took around it.
        error: One sentence for the agent on what was wrong and how to put it right; else empty.
        session: What became of the session's variables.
    """

    status: RunStatus
    exit_code: int | None
    signal: int | None
    output: str
    output_path: Path
    execution_s: float
    overhead_s: float
    error: str = ""
    session: SessionState = "none"


class Sandbox(Protocol):
    """Runs programs one after another in one workspace.

    A fault of the sandbox raises a `SandboxError`; whatever the program does is a result.
    All methods may be called from any thread, one at a time.
    """

    name: str
    """Name of the backend, as `gym.make(..., sandbox=name)` takes it."""

    def start(self) -> None:
        """Make the workspace and whatever isolates it. Raises `SandboxUnavailableError`."""
        ...

    def run(self, code: str, *, timeout_s: float, seed: int | None = None) -> ExecutionResult:
        """Run a Python program with the workspace as current folder.

        When this returns, the program and all its descendants have ended.

        Args:
            code: Source of the program.
            timeout_s: Wall-clock seconds after which it is ended.
            seed: Fixes `PYTHONHASHSEED` and NumPy's and `random`'s global state; None leaves them.
        """
        ...

    def take(self, name: str, destination: Path, *, max_bytes: int) -> bool:
        """Move a regular file out of the workspace, to be read outside.

        Returns False where there is no such file. Raises `InvalidSubmissionError` where the name
        is a link, pipe, socket, device or folder, or the file is larger than `max_bytes`; it is
        gone from the workspace in every case.
        """
        ...

    def reset(self) -> None:
        """Empty the workspace."""
        ...

    def close(self) -> None:
        """End everything and remove every temporary file. May be called more than once."""
        ...


@runtime_checkable
class Snapshots(Protocol):
    """What a sandbox with `stateful=True` can do besides: keep a session's state and go back to it.

    A snapshot holds the variables and the workspace. It costs memory only for what changes.
    """

    @property
    def snapshots(self) -> tuple[int, ...]:
        """The numbers of the snapshots that are kept, oldest first."""
        ...

    def snapshot(self) -> int:
        """Keep the session as it is now, and return the snapshot's number.

        Raises:
            SnapshotError: It can not be kept; the message says why, and whether the session lives.
        """
        ...

    def restore(self, snapshot: int) -> None:
        """Go on from a snapshot, as often as wanted; what the session has done since is lost.

        Raises:
            SnapshotError: There is no such snapshot, or it can not be gone back to.
        """
        ...

    def renew(self) -> None:
        """Begin a new session in an empty workspace; unlike after `reset`, snapshots stay."""
        ...

    def forget(self, snapshot: int) -> None:
        """Give up a snapshot. Raises `SnapshotError` where there is no such one."""
        ...
