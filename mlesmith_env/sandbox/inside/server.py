"""The sandbox server: takes requests on a control channel, and forks a warden that meets them.

It is a clean process without a key, an answer or a descriptor of the host. A cold server serves one
run; one that was forked from a template, with libraries loaded, serves many.
"""

from __future__ import annotations

import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from . import channel, kernel, privileges, processes
from .cgroups import Group, of_container
from .fence import Fence, UnconfinableError
from .namespaces import Namespaces
from .warden import Warden

if TYPE_CHECKING:
    from .container import Container

_END_WITHIN_S = 10.0


def serve(control: int) -> None:
    """Serve one host until it closes the channel. Never returns."""
    os.set_inheritable(control, False)
    # The first process of a pid namespace gets from inside what it has a handler for, and Python
    # has one for this. Programs get theirs back.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    first = channel.receive(control)
    serves_many = False
    if first is not None and first["kind"] == "template":
        from . import template

        control, first = template.serve(control, first)
        serves_many = True
    if first is not None:
        server = _Server(control, first, serves_many=serves_many or "container" in first)
        if server.prepare():
            server.loop()
    # Without the interpreter's own end, which would tear down every library.
    os._exit(0)


class _Server:
    def __init__(self, control: int, setup: channel.Message, *, serves_many: bool) -> None:
        self._control = control
        self._setup = setup
        self._serves_many = serves_many
        self._namespaces = Namespaces()
        self._fence: Fence | None = None
        self._group: Group | None = None
        self._refusals: dict[str, str] = {}
        self._link = -1
        """Our end of the channel to the warden, of runs or of a session."""
        self._warden = 0
        self._container: Container | None = None

    def prepare(self) -> bool:
        """Enter namespaces, build the fence, tell the host; False on a fault."""
        setup = self._setup
        try:
            self._join(setup.get("group"))
            if "container" in setup:
                from .container import Container

                self._container = Container(self._control, setup)
                self._namespaces.be_given()
                self._group = of_container()
            elif setup["confine"]:
                self._namespaces.enter(
                    frozenset(setup["namespaces"]), setup["limits"]["memory_bytes"] // 2
                )
            if setup["confine"]:
                user = setup.get("user")
                if user is not None and "user" in self._namespaces.names:
                    # It knows no other user than ours, who has no power outside of it.
                    user = None
                    self._refusals["own user"] = "the user namespace stands in for it"
                self._fence = Fence(setup["grants"], self._namespaces, setup["newest_abi"], user)
            if kernel.LINUX:
                privileges.adopt_orphans()
            sys.path[:] = setup["search_path"]
            if "environment" in setup:
                # What libraries have set for themselves while loading stays.
                os.environ.update(setup["environment"])
        except UnconfinableError as error:
            channel.send(self._control, {"kind": "unconfinable", "message": str(error)})
            return False
        except Exception:  # noqa: BLE001  reported to the host, whose fault it becomes
            channel.send(self._control, {"kind": "fault", "message": traceback.format_exc()})
            return False
        channel.send(
            self._control,
            {
                "kind": "ready",
                "namespaces": sorted(self._namespaces.names),
                "refusals": {**self._namespaces.refusals, **self._refusals},
                "group": self._group is not None,
                "user": self._fence.user if self._fence else None,
                "abi": self._fence.abi if self._fence else 0,
            },
        )
        return True

    def _join(self, folders: dict[str, str] | None) -> None:
        if not folders:
            return
        group = Group(folders)
        try:
            group.join()
        except OSError as error:
            # Limits and the warden's watch hold without it.
            self._refusals["group"] = f"joining the control group: {error}"
        else:
            self._group = group

    def loop(self) -> None:
        """Answer requests until the host closes the channel."""
        while True:
            if self._serves_many and not self._setup.get("stateful"):
                # Now, while the host grades and the agent thinks.
                self._make_ready()
            request = channel.receive(self._control)
            if request is None:
                self._dismiss()
                return
            if self._container is not None:
                self._container.answer(request, self._answer)
            else:
                channel.send(self._control, self._answer(request))

    def _answer(self, request: channel.Message) -> channel.Message:
        if request["kind"] == "end":
            self._dismiss()
            return {"kind": "ended"}
        if self._setup.get("stateful"):
            return self._ask_session(request)
        return self._run(request)

    def _make_ready(self) -> None:
        """Fork the warden, where there is none, which prepares the process of a program."""
        if self._link < 0:
            self._start_warden(lambda end: Warden(self._setup, self._fence, self._group).serve(end))

    def _run(self, request: channel.Message) -> channel.Message:
        self._make_ready()
        try:
            channel.send(self._link, request)
            report = self._await()
        except OSError:
            report = {"kind": "fault", "message": "the warden of the run was lost"}
        if report["kind"] == "fault":
            self._dismiss()
        else:
            self._namespaces.clear_shared_memory()
        return report

    def _ask_session(self, request: channel.Message) -> channel.Message:
        """Pass a request on to the session's warden, which is started by the first one."""
        if self._link < 0:
            from .session import Session

            self._start_warden(
                lambda end: Session(self._setup, self._fence, self._group, end).serve()
            )
        try:
            channel.send(self._link, request)
            answer = self._await()
        except OSError:
            answer = {"kind": "fault", "message": "the warden of the session was lost"}
        if answer["kind"] == "fault":
            self._dismiss()
        return answer

    def _start_warden(self, act: Callable[[int], None]) -> None:
        ours, theirs = (end.detach() for end in socket.socketpair())
        self._warden = self._fork_warden(act, theirs, ours)
        self._link = ours

    def _dismiss(self) -> None:
        """Let the warden end, if there is one, and all that it led."""
        if self._link >= 0:
            os.close(self._link)
            self._link = -1
            os.waitpid(self._warden, 0)
            # Only where a warden was lost is anything left for us here.
            processes.end_all(
                within_s=_END_WITHIN_S, everything_is_ours="pid" in self._namespaces.names
            )
            self._namespaces.clear_shared_memory()

    def _fork_warden(self, act: Callable[[int], None], theirs: int, ours: int) -> int:
        """Fork a process that acts with its end of a channel; returns its number."""
        nested = self._fence is not None and self._fence.nested
        if nested:
            self._namespaces.before_fork()
        warden = os.fork()
        if warden == 0:
            os.close(ours)
            os.close(self._control)
            self._be_warden(act, theirs)
        if nested:
            self._namespaces.after_fork()
        os.close(theirs)
        return warden

    def _be_warden(self, act: Callable[[int], None], report: int) -> None:
        try:
            if "pid" in self._namespaces.names:
                privileges.die_with_parent()
            act(report)
        except BaseException:  # noqa: BLE001  reported to the host, whose fault it becomes
            channel.send(report, {"kind": "fault", "message": traceback.format_exc()})
        finally:
            os._exit(0)

    def _await(self) -> channel.Message:
        """Return the warden's answer; end this process where the host is gone."""
        poll = select.poll()
        poll.register(self._link, select.POLLIN)
        poll.register(self._control, select.POLLRDHUP if kernel.LINUX else select.POLLHUP)
        while True:
            ready: dict[int, Any] = dict(poll.poll())
            if self._control in ready:
                # The warden sees the other end of its report close, and ends everything.
                os.close(self._link)
                os.waitpid(self._warden, 0)
                os._exit(0)
            message = channel.receive(self._link)
            if message is None:
                raise BrokenPipeError("the warden closed the channel")
            return message
