"""Messages between the host, the server and the warden: a length and a JSON object each."""

from __future__ import annotations

import json
import os
import select
import socket
import struct
import time
from typing import Any

_HEADER = struct.Struct("!I")

Message = dict[str, Any]


class ClosedChannelError(Exception):
    """The other side closed the channel in the middle of a message."""


def send(descriptor: int, message: Message) -> None:
    """Write one message. Raises `OSError` where the other side is gone."""
    data = memoryview(packed(message))
    while data:
        data = data[os.write(descriptor, data) :]


def packed(message: Message) -> bytes:
    """Return a message as it is sent."""
    body = json.dumps(message).encode()
    return _HEADER.pack(len(body)) + body


def encoded(text: str) -> bytes:
    """Return a program's text as it lies in a file, whatever characters it has."""
    return text.encode("utf-8", "surrogatepass")


def receive_text(link: socket.socket) -> str:
    """Receive a descriptor of an open file and return the text in it, as `encoded` wrote it.

    Texts of programs go this way, past the memory of all from which later programs are forked.
    """
    _, descriptors, _, _ = socket.recv_fds(link, 1, 1)
    parts: list[bytes] = []
    try:
        # Not by `open`, which an earlier cell of a session may have put something else for.
        while part := os.read(descriptors[0], 1 << 20):
            parts.append(part)
    finally:
        os.close(descriptors[0])
    return b"".join(parts).decode("utf-8", "surrogatepass")


def receive(descriptor: int, *, deadline: float | None = None) -> Message | None:
    """Read one message.

    Args:
        descriptor: A pipe or stream socket.
        deadline: Value of `time.monotonic()` at which to give up; None waits for ever.

    Returns:
        The message, or None where the other side has closed before the first byte.

    Raises:
        TimeoutError: The deadline passed.
        ClosedChannelError: The other side closed in the middle of a message.
    """
    header = _read(descriptor, _HEADER.size, deadline)
    if not header:
        return None
    (size,) = _HEADER.unpack(header)
    body = _read(descriptor, size, deadline)
    if len(body) < size:
        raise ClosedChannelError("the channel was closed in the middle of a message")
    return json.loads(body)


def _read(descriptor: int, size: int, deadline: float | None) -> bytes:
    parts: list[bytes] = []
    missing = size
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    while missing:
        if deadline is not None:
            left_s = deadline - time.monotonic()
            if left_s <= 0 or not poll.poll(max(1, int(left_s * 1000))):
                raise TimeoutError("no answer on the control channel")
        try:
            part = os.read(descriptor, min(missing, 1 << 20))
        except ConnectionResetError:
            part = b""
        if not part:
            if parts:
                raise ClosedChannelError("the channel was closed in the middle of a message")
            return b""
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
