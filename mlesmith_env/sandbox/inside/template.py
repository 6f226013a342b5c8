"""The template: a process that has loaded libraries once and forks a server per sandbox."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import socket
import sys
import traceback
from collections.abc import Iterable

from . import channel, pages, warming


def serve(control: int, first: channel.Message) -> tuple[int, channel.Message | None]:
    """Load libraries, then fork servers until the host closes the channel.

    Returns:
        In a forked server: its own control channel and the first message on it. In the
        template: its channel and None, when it is to end.
    """
    try:
        sys.path[:] = first["search_path"]
        load(first["libraries"])
    except Exception:  # noqa: BLE001  reported to the host, whose fault it becomes
        channel.send(control, {"kind": "fault", "message": traceback.format_exc()})
        return control, None
    signal.signal(signal.SIGCHLD, _reap)
    channel.send(control, {"kind": "ready"})
    with socket.socket(fileno=os.dup(control)) as link:
        while (message := channel.receive(control)) is not None:
            if message["kind"] == "kill":
                os.kill(message["process"], signal.SIGKILL)
                channel.send(control, {"kind": "killed"})
                continue
            _, descriptors, _, _ = socket.recv_fds(link, 1, 1)
            child = os.fork()
            if child == 0:
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                link.close()
                os.close(control)
                return descriptors[0], channel.receive(descriptors[0])
            os.close(descriptors[0])
            channel.send(control, {"kind": "forked", "process": child})
    return control, None


def load(libraries: Iterable[str]) -> None:
    """Load modules for all processes that are forked from this one. Raises `ImportError`."""
    for name in libraries:
        importlib.import_module(name)
    warming.warm()
    # What is loaded stays: the collector need not touch, and so copy, its pages in every fork.
    gc.collect()
    gc.freeze()
    pages.gather()


def _reap(number: int, frame: object) -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return
