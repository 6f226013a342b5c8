"""Watching one cell of a session: as a program is watched, but what it leads to lives on."""

from __future__ import annotations

import os
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from . import channel, claims, freezing, processes
from .cgroups import Group
from .watch import Watch

_GRACE_S = 3.0
"""Seconds that an interrupted cell has to end by itself, so that its session lives on."""

_END_WITHIN_S = 20.0
_TAKEN_WITHIN_S = 10.0
_DEAD_WITHIN_S = 5.0
_SHARE = 10
_CHUNK = 1 << 16


@dataclass
class Member:
    """A process of a session that executes cells or can be branched: a child of the warden.

    Attributes:
        process: Its number in our pid namespace.
        control: Our end of the channel to it.
    """

    process: int
    control: socket.socket

    def ask(self, message: channel.Message, descriptor: int | None = None) -> None:
        """Wake it and send it a message, perhaps with a descriptor.

        Raises:
            OSError: It does not take the message.
        """
        freezing.wake(self.process)
        self.control.settimeout(_TAKEN_WITHIN_S)
        try:
            self.control.sendall(channel.packed(message))
            if descriptor is not None:
                socket.send_fds(self.control, [b"+"], [descriptor])
        finally:
            self.control.setblocking(False)


class CellWatch(Watch):
    """The warden's loop around one cell.

    Args:
        setup: What the host said when it started the server.
        request: What the host said about this cell.
        member: The interpreter, stopped.
        holders: Processes of snapshots, stopped, which stay so.
        held_bytes: Memory of the session and its snapshots together some time since the last
            branch; None where it was not measured.
        output: Our end of the pipe that it prints to.
        report: Where the server reads; only looked at for whether it is still there.
        alone: Whether this process can signal nothing but its descendants.
        spare: Whether Python's resource trackers live on.
        group: The control group in which all run, if there is one.
    """

    def __init__(
        self,
        setup: dict[str, Any],
        request: dict[str, Any],
        member: Member,
        holders: frozenset[int],
        held_bytes: int | None,
        output: int,
        report: int,
        *,
        alone: bool,
        spare: bool,
        group: Group | None,
    ) -> None:
        super().__init__(
            setup,
            request,
            member.process,
            output,
            report,
            alone=alone,
            spare=spare,
            group=group,
            wakers=(member.control.fileno(),),
        )
        self.statuses: dict[int, int] = {}
        """Wait statuses of the children that have ended."""
        self.frozen = False
        """Whether all that live on are stopped, and nobody else lives."""
        self._member = member
        self._holders = holders
        self.held_bytes = held_bytes
        """Memory of all together some time since the last branch; None where not measured."""
        self._claim: claims.Claim | None = None
        self._looks_again = 0.0
        self._still = (
            frozenset(found.known for found in freezing.relatives() if found.number in holders)
            if holders
            else frozenset[int]()
        )

    def run_cell(self, name: str) -> channel.Message:
        """Watch a cell to its end; return what happened.

        Whatever it started has ended then; the interpreter is stopped, or has ended too.

        Args:
            name: What the cell is called in tracebacks.
        """
        self._open_output()
        started = ended = time.monotonic()
        cell = {"kind": "cell", "name": name, "seed": self._request["seed"]}
        source = os.open(str(self._request["source_path"]), os.O_RDONLY | os.O_CLOEXEC)
        try:
            self._member.ask(cell, source)
        except OSError:
            self._reason = "channel"
        else:
            ended = self._watch(started)
            if self._reason == "timeout":
                ended = self._interrupt(ended)
        finally:
            os.close(source)
        kept = self._holders | ({self._child} if self._claim else frozenset())
        self.frozen, statuses = freezing.freeze(
            kept, alone=self._alone, spare=self._spare, within_s=_END_WITHIN_S
        )
        self.statuses |= statuses
        self._drain()
        self._discard()
        os.close(self._file)
        if self._claim is not None:
            self._status = self._claim.code << 8
        elif self._status is None:
            self._status = self.statuses.get(self._child)
        claimed = self._claim is not None and self._claim.out_of_memory
        return {
            **self._report_on(ended - started),
            "out_of_memory": claimed or self.killed_for_memory,
        }

    def _interrupt(self, now: float) -> float:
        """Interrupt the cell as from a keyboard; return when it has ended or was given up."""
        self._reason = ""
        self._request = {**self._request, "timeout_s": _GRACE_S}
        # It may have stopped itself.
        freezing.wake(self._child)
        with suppress(ProcessLookupError):
            os.kill(self._child, signal.SIGINT)
        ended = self._watch(now)
        self._reason = "timeout"
        return ended

    def _reap(self) -> bool:
        self.statuses |= freezing.reap()
        if self._child in self.statuses:
            self._status = self.statuses[self._child]
            return True
        try:
            claim = claims.heard(self._member.control)
        except claims.BrokenClaimError:
            if not self._is_dying():
                self._reason = "channel"
            return True
        if claim is None:
            return False
        if claim.kind != "ended" or claim.process != self._child:
            self._reason = "channel"
        else:
            self._claim = claim
        return True

    def _is_dying(self) -> bool:
        """Return whether the interpreter ends: its descriptors are closed just before."""
        deadline = time.monotonic() + _DEAD_WITHIN_S
        while time.monotonic() < deadline:
            self.statuses |= freezing.reap()
            if self._child in self.statuses:
                self._status = self.statuses[self._child]
                return True
            time.sleep(0.001)
        return False

    def _too_many(self, found: list[int]) -> bool:
        return super()._too_many([process for process in found if process not in self._still])

    def _memory(self, found: list[int], bound: int) -> int:
        if not self._still:
            return super()._memory(found, bound)
        most = processes.resident(found)
        if most > bound and self.held_bytes is not None:
            # What the stopped ones held then, they can not hold more of now.
            moving = [process for process in found if process not in self._still]
            most = min(most, self.held_bytes + processes.resident(moving))
        began = time.monotonic()
        if most <= bound or began < self._looks_again:
            return min(most, bound)
        # Many large processes take long to measure: not all the time.
        exact = processes.proportional(found)
        if self.held_bytes is None:
            self.held_bytes = exact
        self._looks_again = time.monotonic() + _SHARE * (time.monotonic() - began)
        return exact

    def _discard(self) -> None:
        """Forget output past the limit, which would be the next cell's."""
        with suppress(BlockingIOError):
            while os.read(self._output, _CHUNK):
                continue
