"""Taking what a script has written: plain files only, bounded, copied, never followed."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env.errors import SandboxLostError, ScriptError

MOST_FILES = 50_000
DEEPEST = 8
"""Folders inside one another."""
_LONGEST_NAME = 400
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f\\]")
_CHUNK = 1 << 20


@dataclass
class Collection:
    """Collects files out of folders in which nothing runs any more.

    Attributes:
        script: Name of who has written them, for messages.
        bytes_left: Bytes that may still be taken.
        files_left: Files that may still be taken.
    """

    script: str
    bytes_left: int
    files_left: int = MOST_FILES

    def take(self, folder: Path, into: Path, label: str) -> dict[str, str]:
        """Copy every file below a folder and return their SHA-256 by `<label>/<path>`.

        Args:
            folder: What the script has written into.
            into: Where the copies go; made here.
            label: Name of the folder in messages and results.

        Raises:
            ScriptError: There is something that is no plain file, or too much of it.
            SandboxLostError: The copies can not be written.
        """
        digests: dict[str, str] = {}
        try:
            into.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SandboxLostError(f"{into} can not be made: {error}") from error
        if not stat.S_ISDIR(self._look(folder, label).st_mode):
            raise ScriptError(f"{self.script} has put something else in the place of {label}/")
        for relative in self._walk(folder, label):
            digests[f"{label}/{relative}"] = self._copy(folder / relative, into / relative, label)
        return digests

    def _walk(self, top: Path, label: str) -> Iterator[str]:
        waiting = [""]
        while waiting:
            below = waiting.pop()
            for entry in sorted(self._entries(top / below, label), key=lambda entry: entry.name):
                relative = f"{below}/{entry.name}" if below else entry.name
                named = f"{label}/{relative}"
                self.files_left -= 1
                if self.files_left < 0:
                    raise ScriptError(f"{self.script} wrote more than {MOST_FILES:,} files")
                if _FORBIDDEN.search(entry.name) or len(relative) > _LONGEST_NAME:
                    raise ScriptError(f"{self.script} wrote a file with a bad name: {named[:80]!r}")
                try:
                    relative.encode()
                except UnicodeEncodeError:
                    raise ScriptError(
                        f"{self.script} wrote a file whose name is not UTF-8: {named[:80]!r}"
                    ) from None
                if entry.is_dir(follow_symlinks=False):
                    if relative.count("/") + 1 >= DEEPEST:
                        raise ScriptError(f"{self.script} made folders too deep: {named[:80]}")
                    waiting.append(relative)
                elif entry.is_file(follow_symlinks=False):
                    yield relative
                else:
                    kind = "a link" if entry.is_symlink() else "no plain file"
                    raise ScriptError(f"{self.script} left {named}, which is {kind}")

    def _entries(self, folder: Path, label: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as found:
                return list(found)
        except OSError as error:
            raise ScriptError(f"{label}/ of {self.script} can not be read: {error}") from error

    def _look(self, path: Path, label: str) -> os.stat_result:
        try:
            return path.lstat()
        except OSError as error:
            raise ScriptError(f"{self.script} has removed {label}/: {error.strerror}") from error

    def _copy(self, path: Path, target: Path, label: str) -> str:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
        try:
            descriptor = os.open(path, flags)
        except OSError as error:
            raise ScriptError(
                f"{self.script} left {label}/{path.name}, which can not be read: {error.strerror}"
            ) from error
        try:
            found = os.fstat(descriptor)
            if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                raise ScriptError(f"{self.script} left {label}/{path.name}, which is a hard link")
            self.bytes_left -= found.st_size
            if self.bytes_left < 0:
                raise ScriptError(
                    f"{self.script} wrote more than its manifest allows (`output_bytes`)"
                )
            digest = hashlib.sha256()
            target.parent.mkdir(parents=True, exist_ok=True)
            with target.open("xb") as file:
                left = found.st_size
                while left > 0 and (data := os.read(descriptor, min(_CHUNK, left))):
                    left -= len(data)
                    digest.update(data)
                    file.write(data)
            return digest.hexdigest()
        except OSError as error:
            raise SandboxLostError(f"{target} can not be written: {error}") from error
        finally:
            os.close(descriptor)
