"""The folders in which programs can write, handled as what they are: written by a stranger.

Whoever owns them uses this: the host for `local`, the server inside a container.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from .removal import clear, remove


class NotPlainError(Exception):
    """What is to be taken is no plain file, or too large; the message is for the agent."""


class Folders:
    """A workspace, a home and a place for temporary files.

    Attributes:
        folder: The programs' current folder.
        home: Their home folder, kept until `empty`.
        temporary: Their folder for temporary files, emptied after every run.

    Args:
        root: Folder in which the others are; programs can not write in it.
        public_dir: What stands in the workspace as `input`.
    """

    def __init__(self, root: Path, public_dir: Path) -> None:
        self._public_dir = public_dir
        self.folder = root / "workspace"
        self.home = root / "home"
        self.temporary = root / "tmp"

    @property
    def writable(self) -> tuple[Path, ...]:
        """The folders in which programs can write."""
        return (self.folder, self.home, self.temporary)

    def make(self) -> None:
        """Make them. Raises `OSError`."""
        for path in self.writable:
            path.mkdir(mode=0o700)
        self.link_input()

    def link_input(self) -> None:
        """Make `input` in the workspace lead to the public data, whatever stands there now.

        Raises:
            OSError: It can not be made.
        """
        link = self.folder / "input"
        if link.is_symlink() and Path(os.readlink(link)) == self._public_dir:  # noqa: PTH115
            return
        remove(link)
        link.symlink_to(self._public_dir, target_is_directory=True)

    def take(self, name: str, max_bytes: int) -> int | None:
        """Open a plain file of the workspace and remove it from there.

        Args:
            name: Its name in the workspace.
            max_bytes: Size that it may have.

        Returns:
            A descriptor to read it from, or None where there is no such file.

        Raises:
            NotPlainError: It is a link, pipe, socket, device or folder, or too large. It is gone
                from the workspace all the same.
            OSError: It can not be removed.
        """
        path = self.folder / name
        try:
            descriptor = os.open(
                path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
            )
        except FileNotFoundError:
            return None
        except OSError as error:
            kind = _kind(path)
            remove(path)
            raise NotPlainError(
                f"{name} is {kind} and can not be read ({error.strerror}): write a plain file"
            ) from error
        try:
            try:
                check_plain(descriptor, name, max_bytes)
            finally:
                remove(path)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def empty(self) -> None:
        """Remove everything that programs have made. Raises `OSError`."""
        for path in self.writable:
            clear(path)
        self.link_input()

    def empty_temporary(self) -> None:
        """Remove the temporary files of the last run. Raises `OSError`."""
        clear(self.temporary)


def check_plain(descriptor: int, name: str, max_bytes: int) -> None:
    """Raise `NotPlainError` where an open file is not a plain one of its own, or too large."""
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode):
        raise NotPlainError(
            f"{name} is {_KINDS.get(stat.S_IFMT(found.st_mode), 'no file')}: write a plain file"
        )
    if found.st_nlink > 1:
        raise NotPlainError(f"{name} is a hard link to another file: write a file of its own")
    if found.st_size > max_bytes:
        raise NotPlainError(
            f"{name} has {found.st_size:,} bytes, more than the {max_bytes:,} that a "
            "submission may have: write only the columns and rows that are asked for"
        )


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
