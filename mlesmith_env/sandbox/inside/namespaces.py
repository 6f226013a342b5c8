"""Namespaces, where the machine allows them: no neighbours, no network, private shared memory.

All of them are a second fence. Without them Landlock and the system-call filter hold alone.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field

from . import kernel, privileges

SHARED_MEMORY = "/dev/shm"  # noqa: S108

_MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_REC, _MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000


@dataclass
class Namespaces:
    """What the server lives in.

    Attributes:
        names: Those that were entered, of `user`, `pid`, `network`, `ipc`, `mount`; and `shm` and
            `proc` where there is a private `/dev/shm` and a `/proc` without others' processes.
        refusals: By name, why one was not given.
    """

    names: set[str] = field(default_factory=set[str])
    refusals: dict[str, str] = field(default_factory=dict[str, str])
    _home: int = -1

    @property
    def nestable(self) -> bool:
        """Whether runs can have pid namespaces of their own."""
        return self._home >= 0

    def be_given(self) -> None:
        """Take over those of a container in which this process is the first."""
        self.names = {"pid", "network", "ipc", "mount", "shm", "proc"}

    def enter(self, wanted: frozenset[str], shared_memory_bytes: int) -> None:
        """Move this process into new namespaces; it goes on in a forked child.

        The process that called stays behind, waits for the child and ends as it ends.

        Args:
            wanted: Names to try.
            shared_memory_bytes: Size of the private `/dev/shm`.
        """
        if not kernel.LINUX or not wanted:
            return
        self._unshare(wanted)
        if "mount" in self.names:
            self._mount_shared_memory(shared_memory_bytes)
        if "pid" in self.names:
            _go_on_in_child()
            if "mount" in self.names:
                self._mount_processes()
            self._home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)

    def _unshare(self, wanted: frozenset[str]) -> None:
        flags = {
            "pid": kernel.CLONE_NEWPID,
            "mount": kernel.CLONE_NEWNS,
            "network": kernel.CLONE_NEWNET,
            "ipc": kernel.CLONE_NEWIPC,
        }
        user, group = os.getuid(), os.getgid()
        missing = [name for name in flags if name in wanted]
        for name in list(missing):
            try:
                kernel.unshare(flags[name])
            except OSError as error:
                self.refusals[name] = str(error)
            else:
                self.names.add(name)
                missing.remove(name)
        if not missing or "user" not in wanted:
            return
        combined = kernel.CLONE_NEWUSER
        for name in missing:
            combined |= flags[name]
        refusal = _in_trial(lambda: _enter_user_namespace(combined, user, group))
        if refusal:
            self.refusals["user"] = f"user namespace: {refusal}"
            return
        _enter_user_namespace(combined, user, group)
        self.names.update(missing, ("user",))
        for name in missing:
            self.refusals.pop(name, None)

    def _mount_shared_memory(self, size: int) -> None:
        options = f"size={size},mode=1777,nr_inodes=4096"
        try:
            kernel.mount("none", "/", "none", _MS_REC | _MS_PRIVATE)
            kernel.mount("tmpfs", SHARED_MEMORY, "tmpfs", _MS_NOSUID | _MS_NODEV, options)
        except OSError as error:
            self.refusals["shm"] = str(error)
        else:
            self.names.add("shm")

    def _mount_processes(self) -> None:
        try:
            kernel.mount("proc", "/proc", "proc", _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
        except OSError as error:
            # In a container whose own /proc is partly masked.
            self.refusals["proc"] = str(error)
        else:
            self.names.add("proc")

    def clear_shared_memory(self) -> None:
        """Remove what the last run left in the private `/dev/shm`."""
        if "shm" in self.names:
            _clear(SHARED_MEMORY)

    def before_fork(self) -> None:
        """Let the next child be the first process of a pid namespace of its own."""
        kernel.unshare(kernel.CLONE_NEWPID)

    def after_fork(self) -> None:
        """Undo `before_fork` in the server, so that the next run gets a new one again."""
        kernel.setns(self._home, kernel.CLONE_NEWPID)


def _enter_user_namespace(flags: int, user: int, group: int) -> None:
    kernel.unshare(flags)
    _write("/proc/self/setgroups", "deny")
    _write("/proc/self/uid_map", f"{user} {user} 1")
    _write("/proc/self/gid_map", f"{group} {group} 1")


def _in_trial(act: Callable[[], None]) -> str:
    """Return why something fails, tried in a child, because there is no way back; else nothing."""
    child = os.fork()
    if child == 0:
        try:
            act()
        except OSError as error:
            os._exit(error.errno or 255)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return os.strerror(code) if code else ""


def _clear(folder: str) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _clear(entry.path)
                os.rmdir(entry.path)  # noqa: PTH106
            else:
                os.unlink(entry.path)  # noqa: PTH108


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _go_on_in_child() -> None:
    """Fork; return in the child, the first process of the new pid namespace."""
    child = os.fork()
    if child == 0:
        privileges.die_with_parent()
        return
    # The control channel stays open here too: the host sees it close when all are dead.
    _, status = os.waitpid(child, 0)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)
