"""The place where a container finds its host: a socket in a folder that only the two can reach."""

from __future__ import annotations

import os
import select
import socket
import tempfile
import time
from pathlib import Path

from mlesmith_env.errors import SandboxLostError

NAME = "control"

_LOOK_EVERY_S = 1.0


class Listener:
    """Waits for one connection; when it is made, nothing of the place remains.

    The outer folder is closed to all others on this machine. The inner one is mounted into the
    container, whose user may go through it and use the socket.

    Attributes:
        folder: The folder to mount.

    Raises:
        SandboxLostError: The place can not be made.
    """

    def __init__(self) -> None:
        try:
            self._outer = Path(tempfile.mkdtemp(prefix="mlesmith-channel-")).resolve()
            self.folder = self._outer / "inner"
            self.folder.mkdir()
            self.folder.chmod(0o711)
            self._socket = socket.socket(socket.AF_UNIX)
            # By way of a descriptor: the address of a socket may have 107 bytes only.
            inside = os.open(self.folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
            try:
                self._socket.bind(f"/proc/self/fd/{inside}/{NAME}")
            finally:
                os.close(inside)
            (self.folder / NAME).chmod(0o666)
            self._socket.listen(1)
        except OSError as error:
            raise SandboxLostError(f"no place to meet a container can be made: {error}") from error

    def accept(self, other: int, within_s: float) -> socket.socket | None:
        """Return the connection, or None where there is none in time.

        Args:
            other: A descriptor that becomes readable when waiting has become pointless.
            within_s: Seconds to wait.
        """
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        poll.register(other, select.POLLIN)
        deadline = time.monotonic() + within_s
        while (left_s := deadline - time.monotonic()) > 0:
            ready = dict(poll.poll(min(left_s, _LOOK_EVERY_S) * 1000))
            if self._socket.fileno() in ready:
                return self._socket.accept()[0]
            if other in ready:
                return None
        return None

    def close(self) -> None:
        """Remove the place. May be called more than once."""
        self._socket.close()
        (self.folder / NAME).unlink(missing_ok=True)
        for folder in (self.folder, self._outer):
            if folder.exists():
                folder.rmdir()
