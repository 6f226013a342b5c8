"""The sandbox of one script: the confined backend, a folder of inputs, clean before every run."""

from __future__ import annotations

import contextlib
import os
import weakref
from collections.abc import Iterable
from importlib.resources import files
from pathlib import Path

from mlesmith_env.errors import SandboxLostError, SandboxUnavailableError
from mlesmith_env.sandbox import ExecutionResult, SandboxLimits, SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox
from mlesmith_env.sandbox.removal import remove
from mlesmith_env.sandbox.workspace import marked_folder

_OUTPUT_TOLD = 4000


class ScriptBox:
    """Runs a script of a task, and nothing else, in a sandbox of the confined kind.

    Which backend runs the agent's programs makes no difference: a script is never run unconfined.
    The sandbox ends with `close`, with this object, or with the process, whichever is first.

    Args:
        name: Name of the script, for messages.
        closed: Folders that stay unreadable; see `SandboxSpec`.
        limits: Bounds of every run.

    Raises:
        SandboxUnavailableError: This machine can not confine programs.
        SandboxLostError: The sandbox can not be started.

    Attributes:
        input: Folder whose content the script sees, read-only, as `input/`.
    """

    def __init__(self, name: str, closed: Iterable[Path], limits: SandboxLimits) -> None:
        self._name = name
        self._owner = os.getpid()
        try:
            self._root = marked_folder()
            self.input = self._root / "input"
            self.input.mkdir()
        except OSError as error:
            raise SandboxLostError(f"the folder for {name} can not be made: {error}") from error
        self._sandbox = LocalSandbox(SandboxSpec(self.input, tuple(closed), limits))
        self._end = weakref.finalize(self, _end, self._sandbox, self._root, self._owner)
        try:
            self._sandbox.start()
        except SandboxUnavailableError as error:
            self.close()
            raise SandboxUnavailableError(
                f"{name} of a task runs only confined, whichever sandbox the agent's programs "
                f"have: {error}"
            ) from error
        except BaseException:
            self.close()
            raise

    @property
    def usable(self) -> bool:
        """Whether it may still be used: not closed, and not inherited from another process."""
        return self._end.alive and self._owner == os.getpid()

    @property
    def workspace(self) -> Path:
        """The script's current folder, to be looked into after a run."""
        return self._sandbox.workspace

    def run(self, driver: str, *, timeout_s: float, seed: int | None) -> ExecutionResult:
        """Run a program of `inside/` in an empty workspace.

        Args:
            driver: Its file's stem.
            timeout_s: Wall-clock seconds after which it is ended.
            seed: Fixes the global random state.

        Raises:
            SandboxLostError: The sandbox broke down.
        """
        code = (files("mlesmith_env.scripts") / "inside" / f"{driver}.py").read_text("utf-8")
        self._sandbox.reset()
        result = self._sandbox.run(code, timeout_s=timeout_s, seed=seed)
        # What it printed is in the result; a kept file for every run would fill the disk.
        with contextlib.suppress(OSError):
            result.output_path.unlink()
        return result

    def take(self, name: str, max_bytes: int) -> bytes | None:
        """Return the content of a regular file of the workspace, None where there is none.

        Raises:
            InvalidSubmissionError: It is no regular file, or too large.
        """
        place = self._root / "taken"
        if not self._sandbox.take(name, place, max_bytes=max_bytes):
            return None
        try:
            return place.read_bytes()
        except OSError as error:
            raise SandboxLostError(f"{place} can not be read: {error}") from error
        finally:
            place.unlink(missing_ok=True)

    def put(self, name: str, content: bytes) -> None:
        """Write a file of the inputs, at once. Raises `SandboxLostError`."""
        partial = self._root / f".{name}.partial"
        try:
            partial.write_bytes(content)
            partial.replace(self.input / name)
        except OSError as error:
            raise SandboxLostError(f"the input of {self._name} is not made: {error}") from error

    def close(self) -> None:
        """End the sandbox and remove its files. May be called more than once."""
        self._end()


def told(script: str, result: ExecutionResult) -> str:
    """Return how a run of a script went wrong, with the end of what it printed, for the host."""
    what = {
        "timeout": "took too long and was ended",
        "out_of_memory": "ran out of memory",
        "killed": "was killed",
        "output_limit": "printed or wrote too much and was ended",
    }.get(result.status, "failed")
    return f"{script} {what} ({result.error or result.status}){printed(result)}"


def printed(result: ExecutionResult) -> str:
    """Return the end of what a run printed, introduced, or nothing where it printed nothing."""
    output = result.output.strip()
    return f"; its output ends:\n{output[-_OUTPUT_TOLD:]}" if output else ""


def _end(sandbox: LocalSandbox, root: Path, owner: int) -> None:
    # In a fork of the process that made it, it is not ours to end.
    if os.getpid() != owner:
        return
    try:
        sandbox.close()
    finally:
        remove(root)
