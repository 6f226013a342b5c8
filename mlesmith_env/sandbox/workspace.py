"""A sandbox's folders on the host's disk, handled as what they are: written by a stranger."""

from __future__ import annotations

import fcntl
import functools
import os
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from mlesmith_env.errors import InvalidSubmissionError, SandboxLostError
from mlesmith_env.sandbox.groups import delete_noted, remove_empty
from mlesmith_env.sandbox.inside.channel import encoded
from mlesmith_env.sandbox.inside.folders import Folders, NotPlainError
from mlesmith_env.sandbox.inside.removal import clear
from mlesmith_env.sandbox.owner import Owner
from mlesmith_env.sandbox.removal import remove

_PREFIX = "mlesmith-sandbox-"
_MARK = "owner"
_CHUNK = 1 << 20


class Workspace:
    """The folders of one sandbox under one temporary folder.

    Attributes:
        root: The temporary folder; programs can not write in it.
        folders: Those in which programs can write.
        outputs: Where full outputs are kept.
        source: Where the text of a program lies while it runs; closed to programs.
        snapshots: Where copies of the writable folders are kept.

    Args:
        public_dir: What stands in the programs' current folder as `input`.
        log_dir: Where full outputs are kept; a folder in `root` where None.

    Raises:
        SandboxLostError: They can not be made.
    """

    def __init__(self, public_dir: Path, log_dir: Path | None) -> None:
        self._owner = os.getpid()
        with _told_as_lost("the sandbox's folders can not be made"):
            self.root = marked_folder()
            self.folders = Folders(self.root, public_dir.resolve())
            self.folders.make()
            self.outputs = log_dir or self.root / "outputs"
            self.source = self.root / "source"
            self.snapshots = self.root / "snapshots"
            self.snapshots.mkdir(mode=0o700)
            self.outputs.mkdir(parents=True, exist_ok=True)

    @property
    def folder(self) -> Path:
        """The programs' current folder."""
        return self.folders.folder

    def give_to(self, user: int) -> None:
        """Let a user own what programs can write in. Raises `SandboxLostError`."""
        with _told_as_lost("the sandbox's folders can not change hands"):
            self.root.chmod(0o711)
            for folder in self.folders.writable:
                os.chown(folder, user, user)

    def link_input(self) -> None:
        """Make `input` lead to the public data again. Raises `SandboxLostError`."""
        with _told_as_lost("the link to the public data can not be made"):
            self.folders.link_input()

    def take(self, name: str, destination: Path, max_bytes: int) -> bool:
        """Move a regular file out; see `Sandbox.take`."""
        check_name(name)
        try:
            with _told_as_lost(f"{name} can not be taken"):
                descriptor = self.folders.take(name, max_bytes)
        except NotPlainError as error:
            raise InvalidSubmissionError(str(error)) from error
        if descriptor is None:
            return False
        try:
            copy_out(descriptor, destination, max_bytes)
        finally:
            os.close(descriptor)
        return True

    @contextmanager
    def holding(self, code: str) -> Generator[None]:
        """Have the text of a program in its file. Raises `SandboxLostError`."""
        with _told_as_lost("the program can not be written"):
            self.source.write_bytes(encoded(code))
        try:
            yield
        finally:
            self.source.unlink(missing_ok=True)

    def empty(self) -> None:
        """Remove everything that programs have made. Raises `SandboxLostError`."""
        with _told_as_lost("the workspace can not be emptied"):
            self.folders.empty()

    def empty_temporary(self) -> None:
        """Remove the temporary files of the last run. Raises `SandboxLostError`."""
        with _told_as_lost("temporary files can not be removed"):
            self.folders.empty_temporary()

    def empty_snapshots(self) -> None:
        """Remove all copies of the writable folders. Raises `SandboxLostError`."""
        with _told_as_lost("snapshots can not be removed"):
            clear(self.snapshots)

    def delete(self) -> None:
        """Remove all of it; a log folder of the caller's stays."""
        # In a fork of the process that made it, it is not ours to remove.
        if os.getpid() == self._owner:
            remove(self.root)


def check_name(name: str) -> None:
    """Raise `ValueError` where a name could lead out of the workspace."""
    if Path(name).name != name or name in {"", ".", ".."}:
        raise ValueError(f"{name!r} is not a plain file name")


def copy_out(descriptor: int, destination: Path, max_bytes: int) -> None:
    """Copy an open file of a stranger's, up to a size. Raises `SandboxLostError`."""
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
        raise SandboxLostError(f"{destination} can not be written: {error}") from error


@contextmanager
def _told_as_lost(what: str) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise SandboxLostError(f"{what}: {error}") from error


def marked_folder() -> Path:
    """Return a new temporary folder that `remove_abandoned` takes away if this process dies.

    Raises:
        OSError: It can not be made.
    """
    root = Path(tempfile.mkdtemp(prefix=_PREFIX)).resolve()
    (root / _MARK).write_text(f"{Owner.of_this_process()}\n")
    return root


@functools.cache
def remove_abandoned() -> tuple[Path, ...]:
    """Remove, once in a process, what is left of sandboxes whose own process is gone.

    Returns:
        What was removed.

    Raises:
        SandboxLostError: One can not be removed.
    """
    remove_empty(_PREFIX)
    return remove_abandoned_in(Path(tempfile.gettempdir()))


def remove_abandoned_in(folder: Path) -> tuple[Path, ...]:
    """Remove what lies in a folder of sandboxes whose own process is gone.

    Returns:
        What was removed.

    Raises:
        SandboxLostError: One can not be removed.
    """
    removed: list[Path] = []
    for root in folder.glob(_PREFIX + "*"):
        try:
            if root.stat(follow_symlinks=False).st_uid != os.geteuid():
                continue
            with (root / _MARK).open() as mark:
                # One of all that start now does it.
                fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
                owner = Owner.read(mark.read())
                # The folder may be shared with other containers, whose processes we do not see.
                if owner.is_gone:
                    delete_noted(root)
                    remove(root)
                    removed.append(root)
        except (OSError, ValueError):
            # Just being made or removed, or somebody else's.
            continue
    return tuple(removed)
