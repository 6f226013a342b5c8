"""What the server does besides running programs where a container is all there is.

The folders of programs lie in the container's own memory, so the server keeps them, and files
leave them as open descriptors over the control channel.
"""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import channel, processes
from .folders import Folders, NotPlainError
from .grants import accelerators, grants, library_folders, search_path
from .removal import clear
from .template import load

SHARED_MEMORY = "/dev/shm"  # noqa: S108

_CLEAN_WITHIN_S = 10.0
_EMPTY_BYTES = 1 << 20
"""What empty folders and a link may take of a file system in memory."""
_FULL_BYTES = 1 << 20
_CHUNK = 1 << 20


class UncleanError(Exception):
    """Something of an earlier episode is left in the container."""


class Container:
    """The container in which this process is the first.

    Args:
        control: The channel to the host.
        setup: What the host said, completed here by what only the inside knows.

    Raises:
        OSError: The folders can not be made.
        ImportError: A library is missing in the image.
    """

    def __init__(self, control: int, setup: dict[str, Any]) -> None:
        self._control = control
        told = setup["container"]
        public = Path(told["public"])
        self._root = Path(told["root"])
        self._folders = Folders(self._root, public)
        self._folders.make()
        # Beside the folders of programs, and closed to them.
        self._output = self._root / "output"
        self._source = self._root / "source"
        self._snapshots = self._root / "snapshots"
        self._snapshots.mkdir(mode=0o700)
        self._stateful = bool(setup["stateful"])
        closed = [folder / part for folder in library_folders() for part in told["closed"]]
        allowed = grants(public, self._folders.writable, closed)
        if told["gpus"]:
            allowed += accelerators()
        setup["grants"] = [(str(path), access) for path, access in allowed]
        setup["search_path"] = search_path()
        setup["workspace"] = str(self._folders.folder)
        setup["snapshots"] = str(self._snapshots)
        setup["writable"] = [str(folder) for folder in self._folders.writable]
        sys.path[:] = setup["search_path"]
        load(told["libraries"])

    def answer(
        self, request: channel.Message, ask: Callable[[channel.Message], channel.Message]
    ) -> None:
        """Carry out a request of the host's and answer it.

        Args:
            request: What it asks for.
            ask: Runs a program, or has a session do something, and returns the answer.
        """
        try:
            match request["kind"]:
                case "take":
                    self._take(request)
                    return
                case "empty":
                    answer = self._empty(ask)
                case "run":
                    answer = self._run(request, ask)
                case _:
                    answer = ask(request)
            if answer["kind"] == "renewed":
                self._folders.empty()
        except (OSError, UncleanError) as error:
            answer = {"kind": "fault", "message": str(error)}
        channel.send(self._control, answer)

    def _run(
        self, request: channel.Message, ask: Callable[[channel.Message], channel.Message]
    ) -> channel.Message:
        # The host's files, which no other process here needs to hold.
        destination, source = self._receive_descriptors()
        places = {"output_path": str(self._output), "source_path": str(self._source)}
        try:
            with self._source.open("wb") as file:
                _copy(source, file.fileno())
            self._folders.link_input()
            report = _with_room(ask({**request, **places}))
            with self._output.open("rb") as printed:
                _copy(printed.fileno(), destination)
            self._output.unlink()
            if not self._stateful:
                self._folders.empty_temporary()
        finally:
            self._source.unlink(missing_ok=True)
            os.close(destination)
            os.close(source)
        return report

    def _take(self, request: channel.Message) -> None:
        try:
            descriptor = self._folders.take(request["name"], request["max_bytes"])
        except NotPlainError as error:
            channel.send(self._control, {"kind": "unplain", "message": str(error)})
            return
        channel.send(self._control, {"kind": "taken", "found": descriptor is not None})
        if descriptor is not None:
            with socket.socket(fileno=os.dup(self._control)) as link:
                socket.send_fds(link, [b"+"], [descriptor])
            os.close(descriptor)

    def _empty(self, ask: Callable[[channel.Message], channel.Message]) -> channel.Message:
        """Make the container as it was at its start, and make sure that it is.

        Raises:
            UncleanError: Something is left.
        """
        ask({"kind": "end"})
        deadline = time.monotonic() + _CLEAN_WITHIN_S
        while left := _others():
            if time.monotonic() > deadline:
                raise UncleanError(f"the processes {left} are left in the container")
            processes.end_all(within_s=1.0, everything_is_ours=True)
        self._folders.empty()
        clear(self._snapshots)
        for folder in self._folders.writable:
            found = sorted(os.listdir(folder))  # noqa: PTH208
            if found != (["input"] if folder == self._folders.folder else []):
                raise UncleanError(f"{folder} still holds {found[:5]}")
        for place in (str(self._root), SHARED_MEMORY):
            usage = os.statvfs(place)
            held = (usage.f_blocks - usage.f_bfree) * usage.f_frsize
            if held > _EMPTY_BYTES:
                raise UncleanError(f"{held:,} bytes are still held in {place}")
        return {"kind": "emptied"}

    def _receive_descriptors(self) -> tuple[int, int]:
        with socket.socket(fileno=os.dup(self._control)) as link:
            _, descriptors, _, _ = socket.recv_fds(link, 1, 2)
        destination, source = descriptors
        return destination, source


def connect(path: str) -> int:
    """Return a descriptor of a new connection to the host. Raises `OSError`."""
    with socket.socket(socket.AF_UNIX) as link:
        link.connect(path)
        return link.detach()


def _copy(source: int, destination: int) -> None:
    """Copy a file, past our own memory, of which later programs are forked."""
    done = 0
    while moved := os.sendfile(destination, source, done, _CHUNK):
        done += moved


def _with_room(report: channel.Message) -> channel.Message:
    """Return a report in which a full disk is the program's doing: it has the disk to itself."""
    if report["kind"] != "result":
        return report
    failed = report["status"] != 0
    if failed and not report["reason"] and report["room_bytes"] < _FULL_BYTES:
        report["reason"] = "workspace"
    return {**report, "room_bytes": sys.maxsize}


def _others() -> list[int]:
    """Return all processes of the container but this one."""
    found = [int(name) for name in os.listdir("/proc") if name.isdecimal()]  # noqa: PTH208
    return [process for process in found if process != os.getpid()]
