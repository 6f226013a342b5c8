"""What a session's interpreter tells its warden: three bytes at a time.

An interpreter runs an agent's code, so whatever comes from it is a claim. Who has sent it, the
kernel says. It can say that a cell
has ended, which the agent could bring about anyway; it can not say how long that took, and it can
not speak in the name of another process.
"""

from __future__ import annotations

import os
import socket
import struct
from dataclasses import dataclass
from typing import Literal, cast

Kind = Literal["ready", "ended", "branched", "failed"]
"""`ready`: a new interpreter waits; `ended`: a cell has; `branched`, `failed`: of a fork."""

_KINDS: tuple[Kind, ...] = ("ready", "ended", "branched", "failed")
_FORM = struct.Struct("BBB")
_CREDENTIALS = struct.Struct("iII")


class BrokenClaimError(Exception):
    """What came is no claim, comes from elsewhere, or can come no more."""


@dataclass(frozen=True)
class Claim:
    """One claim.

    Attributes:
        kind: What is claimed.
        code: Exit code of a cell, or error number of a fork that failed.
        out_of_memory: Whether the cell's last exception was a `MemoryError`.
        process: The process that sent it, as the kernel says.
    """

    kind: Kind
    code: int
    out_of_memory: bool
    process: int


def say(descriptor: int, kind: Kind, code: int = 0, *, out_of_memory: bool = False) -> None:
    """Send a claim. Raises `OSError`."""
    os.write(descriptor, _FORM.pack(_KINDS.index(kind), code & 0xFF, out_of_memory))


def pair() -> tuple[socket.socket, socket.socket]:
    """Return the warden's end, on which claims can be heard, and the interpreter's."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    # Before anything can be sent: the kernel then notes the sender of every byte.
    ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
    return ours, theirs


def heard(ours: socket.socket) -> Claim | None:
    """Return the next claim, None where there is none yet.

    Raises:
        BrokenClaimError: Nothing sensible can be heard on this socket any more.
    """
    room = socket.CMSG_LEN(_CREDENTIALS.size)
    try:
        data, notes, flags, _ = ours.recvmsg(_FORM.size, room, socket.MSG_CMSG_CLOEXEC)
    except BlockingIOError:
        return None
    except OSError as error:
        raise BrokenClaimError(str(error)) from error
    if not data:
        raise BrokenClaimError("the other end is closed")
    senders = [
        _CREDENTIALS.unpack(note)[0]
        for level, kind, note in notes
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS)
    ]
    if flags & socket.MSG_CTRUNC or len(notes) != 1 or len(senders) != 1:
        raise BrokenClaimError("a message of another kind")
    if len(data) != _FORM.size:
        raise BrokenClaimError("a message of another size")
    number, code, out_of_memory = _FORM.unpack(data)
    if number >= len(_KINDS) or out_of_memory > 1:
        raise BrokenClaimError("a message without meaning")
    return Claim(cast("Kind", _KINDS[number]), code, bool(out_of_memory), senders[0])
