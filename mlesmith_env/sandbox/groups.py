"""Control groups from the host's side: finding a place, making one per sandbox, removing it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox.inside import cgroups
from mlesmith_env.sandbox.inside.limits import tasks
from mlesmith_env.sandbox.protocol import SandboxLimits

_CONTROLLERS = (cgroups.MEMORY, cgroups.PIDS)
_NOTE = "groups"
_SUPERVISORS_BYTES = 64 * 1024**2
"""Room for the server and the warden, which live in the group too."""
_SUPERVISORS = 16
_END_WITHIN_S = 10.0
_YOUNG_S = 60.0


class NoGroupError(Exception):
    """No control group can be made here; the message says why."""


@dataclass(frozen=True)
class Hierarchy:
    """One tree of control groups.

    Attributes:
        own: Folder of the group in which this process lives.
        top: Folder of the outermost group that can be seen.
        version: 1 or 2.
    """

    own: Path
    top: Path
    version: int


def hierarchy(controller: str, own_groups: str, mounts: str) -> Hierarchy:
    """Return the tree that governs a controller.

    Args:
        controller: `memory` or `pids`.
        own_groups: Text of `/proc/self/cgroup`.
        mounts: Text of `/proc/self/mountinfo`.

    Raises:
        NoGroupError: It is not mounted, or shows other groups than our own.
    """
    named = [line.split(":", 2) for line in own_groups.splitlines()]
    first = [path for _, names, path in named if controller in names.split(",")]
    unified = [path for number, names, path in named if number == "0" and not names]
    version, own = (1, first[0]) if first else (2, unified[0]) if unified else (0, "")
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        root, place = (_plain(field) for field in left.split()[3:5])
        kind, _, options = right.split(" ", 2)
        fits = kind == "cgroup2" if version == 2 else kind == "cgroup"
        if not fits or (version == 1 and controller not in options.split(",")):
            continue
        if Path(own).is_relative_to(root) and ".." not in Path(own).parts:
            inside = Path(own).relative_to(root)
            return Hierarchy(Path(place) / inside, Path(place), version)
    raise NoGroupError(f"no control groups for {controller} are mounted here")


def _plain(field: str) -> str:
    """Undo the octal escapes of the mount table."""
    return field.encode().decode("unicode_escape")


def parent(controller: str, tree: Hierarchy) -> Path:
    """Return the group in which to make ours.

    In version 1 it is our own. In version 2 a group that holds processes can have no bounded groups
    below it, so it is the next one above that gives the controllers on; but never past a bound
    that somebody has set for us.

    Raises:
        NoGroupError: There is none.
    """
    if tree.version == 1:
        return tree.own
    folder = tree.own
    while True:
        if _gives(folder, controller):
            return folder
        if folder == tree.top:
            raise NoGroupError(
                f"no control group above {tree.own} gives {controller} on: delegate a subtree "
                "(systemd: Delegate=yes)"
            )
        for name in ("memory.max", "pids.max"):
            if _text(folder / name) not in {"", "max"}:
                raise NoGroupError(f"{folder} is bounded by {name} and holds processes itself")
        folder = folder.parent


def _gives(folder: Path, controller: str) -> bool:
    """Return whether groups made in a folder have a controller, after asking for it."""
    control = folder / "cgroup.subtree_control"
    if controller in _text(control).split():
        return True
    if controller not in _text(folder / "cgroup.controllers").split():
        return False
    try:
        cgroups.write(str(control), f"+{controller}")
    except OSError:
        # It holds processes, or is not ours.
        return False
    return True


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""


class ControlGroup:
    """The bounded group of one sandbox, noted on disk so that it is found after we were killed.

    Args:
        root: The sandbox's folder, which gives the group its name and keeps the note.
        limits: What the processes of a run may use together.

    Attributes:
        folders: By controller (`memory`, `pids`), the group's folder; empty where there is none.
        refusal: Why there is none.
    """

    def __init__(self, root: Path, limits: SandboxLimits) -> None:
        self.folders: dict[str, str] = {}
        self.refusal = ""
        self._owner = os.getpid()
        try:
            own, mounts = _own_groups(), _mounts()
            folders = {
                name: str(parent(name, hierarchy(name, own, mounts)) / root.name)
                for name in _CONTROLLERS
            }
            (root / _NOTE).write_text("\n".join(dict.fromkeys(folders.values())))
            # Files that lie in memory are bounded as files.
            spare_bytes = limits.workspace_bytes if _in_memory(root, mounts) else 0
            self._make(folders, limits, spare_bytes)
        except NoGroupError as error:
            self.refusal = str(error)
        except OSError as error:
            self.refusal = f"no control group can be made: {error}"

    def _make(self, folders: dict[str, str], limits: SandboxLimits, spare_bytes: int) -> None:
        try:
            for folder in dict.fromkeys(folders.values()):
                Path(folder).mkdir()
            cgroups.bound(
                folders,
                limits.memory_bytes + spare_bytes + _SUPERVISORS_BYTES,
                tasks(asdict(limits)) + _SUPERVISORS,
            )
        except OSError:
            _delete(folders.values())
            raise
        self.folders = folders

    def end_all(self) -> None:
        """End all processes in it. Raises `SandboxLostError`."""
        if os.getpid() == self._owner:
            _end_all(self.folders.values())

    def delete(self) -> None:
        """End all processes in it and remove it. Raises `SandboxLostError`."""
        # In a fork of the process that made it, it is not ours.
        if os.getpid() == self._owner:
            _delete(self.folders.values())
        self.folders = {}


def delete_noted(root: Path) -> None:
    """Remove the group of a sandbox whose own process is gone. Raises `SandboxLostError`."""
    folders = [line for line in _text(root / _NOTE).splitlines() if Path(line).name == root.name]
    _delete(folders)


def remove_empty(prefix: str) -> None:
    """Remove groups in which nobody lives any more, whose notes are gone.

    Args:
        prefix: How the names of sandboxes begin; a living one's group holds its server.
    """
    with suppress(NoGroupError):
        own, mounts = _own_groups(), _mounts()
        for controller in _CONTROLLERS:
            for folder in parent(controller, hierarchy(controller, own, mounts)).glob(prefix + "*"):
                # One that is just being made is younger. Whoever else has removed it is welcome.
                with suppress(OSError):
                    if time.time() - folder.stat().st_mtime > _YOUNG_S:
                        folder.rmdir()


def _own_groups() -> str:
    return _text(Path("/proc/self/cgroup"))


def _mounts() -> str:
    return _text(Path("/proc/self/mountinfo"))


def _in_memory(folder: Path, mounts: str) -> bool:
    device = folder.stat().st_dev
    number = f"{os.major(device)}:{os.minor(device)}"
    return any(line.split()[2] == number and " - tmpfs " in line for line in mounts.splitlines())


def _delete(folders: Iterable[str]) -> None:
    # Only those that were made: a container sees the files of its host's, read-only.
    there = [folder for folder in dict.fromkeys(folders) if Path(folder).is_dir()]
    _end_all(there)
    for folder in there:
        try:
            Path(folder).rmdir()
        except OSError as error:
            raise SandboxLostError(
                f"the control group {folder} can not be removed: {error}"
            ) from error


def _end_all(folders: Iterable[str]) -> None:
    deadline = time.monotonic() + _END_WITHIN_S
    for folder in map(Path, dict.fromkeys(folders)):
        bound = _text(folder / "pids.max")
        # Killed one after another, they could outrun us by forking.
        _set(folder / "pids.max", "0")
        while left := _killed(folder):
            if time.monotonic() > deadline:
                raise SandboxLostError(f"the processes {left} of a program can not be ended")
            time.sleep(0.002)
        _set(folder / "pids.max", bound)


def _killed(folder: Path) -> list[int]:
    """Kill what is in a group; return what was."""
    # From Linux 5.14 on, version 2 does it in one step.
    _set(folder / "cgroup.kill", "1")
    try:
        found = cgroups.members(str(folder))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise SandboxLostError(f"the control group {folder} can not be read: {error}") from error
    for process in found:
        # Those of other pid namespaces are shown as 0, which would mean our own process group.
        if process > 0:
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
    return found


def _set(file: Path, value: str) -> None:
    """Write to a file of the kernel's where there is one."""
    with suppress(FileNotFoundError):
        cgroups.write(str(file), value)
