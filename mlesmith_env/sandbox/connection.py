"""The host's end of the channel to a sandbox server."""

from __future__ import annotations

import os
import socket
import time
import weakref
from collections.abc import Callable

from mlesmith_env.errors import SandboxLostError, SandboxUnavailableError, SnapshotError
from mlesmith_env.sandbox.inside import channel

_END_WITHIN_S = 5.0


class Connection:
    """A channel to a server process, over which it is asked and ended.

    Args:
        ours: Our end of a socket pair; its other end is held by the server alone.
        kill: Ends the server by force.
        last_words: Returns what the server has printed, for error messages.
    """

    def __init__(
        self, ours: socket.socket, kill: Callable[[], None], last_words: Callable[[], str]
    ) -> None:
        self._socket = ours
        self._kill = kill
        self._last_words = last_words
        _open.add(self)

    @property
    def socket(self) -> socket.socket:
        """Our end, for passing descriptors."""
        return self._socket

    def ask(self, message: channel.Message, within_s: float) -> channel.Message:
        """Send a message and return the answer.

        Raises:
            SandboxUnavailableError: The machine can not give the isolation.
            SandboxLostError: The server reported a fault of its own, ended, or did not answer.
            SnapshotError: The server says why what was asked for can not be done; it is well.
        """
        self.send(message)
        return self.answer(within_s)

    def send(self, message: channel.Message) -> None:
        """Send a message. Raises `SandboxLostError`."""
        try:
            channel.send(self._socket.fileno(), message)
        except OSError as error:
            raise self._lost(f"can not be reached ({error})") from error

    def answer(self, within_s: float) -> channel.Message:
        """Return the next message; raises as `ask` does."""
        try:
            answer = channel.receive(self._socket.fileno(), deadline=time.monotonic() + within_s)
        except (OSError, channel.ClosedChannelError) as error:
            raise self._lost(f"was lost ({error})") from error
        if answer is None:
            raise self._lost("ended unexpectedly")
        if answer["kind"] == "unconfinable":
            raise SandboxUnavailableError(
                f"this kernel can not confine programs: {answer['message']}. `mlesmith doctor` "
                "says what is missing; sandbox='subprocess' runs without any isolation"
            )
        if answer["kind"] == "refused":
            raise SnapshotError(str(answer["message"]))
        if answer["kind"] == "fault":
            raise self._lost(f"failed: {answer['message']}")
        return answer

    def _lost(self, what: str) -> SandboxLostError:
        words = self._last_words()
        return SandboxLostError(
            f"the sandbox's server {what}" + (f"\nits last words: {words}" if words else "")
        )

    def end(self) -> None:
        """End the server and all that it started. May be called more than once."""
        if self._socket.fileno() < 0:
            return
        # Our silence lets the server end its runs; it is dead when its end closes. Force is for
        # a server that does not answer any more.
        if not self._is_silent():
            self._kill()
            self._is_silent()
        self._socket.close()

    def _is_silent(self) -> bool:
        """Return whether the other end is closed, after some patience."""
        try:
            self._socket.shutdown(socket.SHUT_WR)
            deadline = time.monotonic() + _END_WITHIN_S
            while channel.receive(self._socket.fileno(), deadline=deadline) is not None:
                continue
        except TimeoutError:
            return False
        except (OSError, channel.ClosedChannelError):
            # It is gone already.
            return True
        return True

    def forget(self) -> None:
        """Close our end only, in a forked process to which the server does not belong."""
        self._socket.close()


_open: weakref.WeakSet[Connection] = weakref.WeakSet()


def _forget_all() -> None:
    for connection in list(_open):
        connection.forget()


if hasattr(os, "register_at_fork"):
    # Otherwise a fork of the host would keep servers alive, and could answer in our name.
    os.register_at_fork(after_in_child=_forget_all)
