"""A sandbox's folders on the host's disk, handled as what they are: written by a stranger."""

from __future__ import annotations

import functools
import os
import stat
import tempfile
from pathlib import Path

from mlesmith_env.errors import InvalidSubmissionError, SandboxLostError
from mlesmith_env.sandbox.removal import clear, remove

_PREFIX = "mlesmith-sandbox-"
_MARK = "owner"
_CHUNK = 1 << 20


class Workspace:
    """The folders of one sandbox under one temporary folder.

    Attributes:
        root: The temporary folder; programs can not write in it.
        folder: The programs' current folder.
        home: Their home folder, kept until `empty`.
        temporary: Their folder for temporary files, emptied after every run.
        outputs: Where full outputs are kept.

    Args:
        public_dir: What stands in the folder as `input`.
        log_dir: Where full outputs are kept; a folder in `root` where None.
    """

    def __init__(self, public_dir: Path, log_dir: Path | None) -> None:
        self._public_dir = public_dir.resolve()
        self._owner = os.getpid()
        try:
            self.root = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
            (self.root / _MARK).write_text(f"{os.getpid()} {_birth(os.getpid())} {_place()}\n")
            self.folder = self.root / "workspace"
            self.home = self.root / "home"
            self.temporary = self.root / "tmp"
            self.outputs = log_dir or self.root / "outputs"
            for path in self.writable:
                path.mkdir(mode=0o700)
            self.outputs.mkdir(parents=True, exist_ok=True)
            self.link_input()
        except OSError as error:
            raise SandboxLostError(f"the sandbox's folders can not be made: {error}") from error

    @property
    def writable(self) -> tuple[Path, ...]:
        """The folders in which programs can write."""
        return (self.folder, self.home, self.temporary)

    def link_input(self) -> None:
        """Make `input` in the workspace lead to the public data, whatever stands there now."""
        link = self.folder / "input"
        try:
            if link.is_symlink() and Path(os.readlink(link)) == self._public_dir:  # noqa: PTH115
                return
            remove(link)
            link.symlink_to(self._public_dir, target_is_directory=True)
        except OSError as error:
            raise SandboxLostError(f"{link} can not be made: {error}") from error

    def take(self, name: str, destination: Path, max_bytes: int) -> bool:
        """Move a regular file out; see `Sandbox.take`."""
        if Path(name).name != name or name in {"", ".", ".."}:
            raise ValueError(f"{name!r} is not a plain file name")
        path = self.folder / name
        try:
            descriptor = os.open(
                path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
            )
        except FileNotFoundError:
            return False
        except OSError as error:
            kind = _kind(path)
            remove(path)
            raise InvalidSubmissionError(
                f"{name} is {kind} and can not be read ({error.strerror}): write a plain file"
            ) from error
        try:
            self._copy(descriptor, name, destination, max_bytes)
        finally:
            os.close(descriptor)
            remove(path)
        return True

    def _copy(self, descriptor: int, name: str, destination: Path, max_bytes: int) -> None:
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            raise InvalidSubmissionError(
                f"{name} is {_KINDS.get(stat.S_IFMT(found.st_mode), 'no file')}: write a plain file"
            )
        if found.st_nlink != 1:
            raise InvalidSubmissionError(
                f"{name} is a hard link to another file: write a file of its own"
            )
        if found.st_size > max_bytes:
            raise InvalidSubmissionError(
                f"{name} has {found.st_size:,} bytes, more than the {max_bytes:,} that a "
                "submission may have: write only the columns and rows that are asked for"
            )
        partial = destination.with_name(f".{destination.name}.{os.getpid()}.partial")
        try:
            with partial.open("wb") as file:
                left = max_bytes
                while left > 0 and (data := os.read(descriptor, min(_CHUNK, left))):
                    left -= len(data)
                    file.write(data)
            partial.replace(destination)
        except OSError as error:
            partial.unlink(missing_ok=True)
            raise SandboxLostError(f"{name} can not be copied: {error}") from error

    def empty(self) -> None:
        """Remove everything that programs have made."""
        for path in self.writable:
            clear(path)
        self.link_input()

    def empty_temporary(self) -> None:
        """Remove the temporary files of the last run."""
        clear(self.temporary)

    def delete(self) -> None:
        """Remove all of it; a log folder of the caller's stays."""
        # In a fork of the process that made it, it is not ours to remove.
        if os.getpid() == self._owner:
            remove(self.root)


@functools.cache
def remove_abandoned() -> tuple[Path, ...]:
    """Remove, once in a process, the folders of sandboxes whose own process is gone.

    Returns:
        What was removed.

    Raises:
        SandboxLostError: One can not be removed.
    """
    removed: list[Path] = []
    for root in Path(tempfile.gettempdir()).glob(_PREFIX + "*"):
        try:
            owner, birth, place = (root / _MARK).read_text().split()
            gone = _birth(int(owner)) != birth
        except (OSError, ValueError):
            # Just being made, or somebody else's.
            continue
        # The folder may be shared with other containers, whose processes we do not see.
        if gone and place == _place():
            remove(root)
            removed.append(root)
    return tuple(removed)


def _birth(process: int) -> str:
    """Return when a process was born, in the kernel's ticks: numbers are used again."""
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return "none"
    return text.rpartition(")")[2].split()[19]


def _place() -> str:
    """Return the boot and the pid namespace in which process numbers have their meaning."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "unknown"


_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a link",
    stat.S_IFIFO: "a pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


def _kind(path: Path) -> str:
    try:
        return _KINDS.get(stat.S_IFMT(path.lstat().st_mode), "a file")
    except OSError:
        return "gone"
