"""A session: a warden that leads an interpreter from cell to cell, and keeps branches of it.

Between two requests everything below the warden is stopped. Branches are made by fork: a *holder*
stays stopped for a snapshot until it is asked to fork again.
"""

from __future__ import annotations

import os
import select
import time
from contextlib import suppress
from typing import Any

from . import channel, claims, freezing, kernel, privileges, processes, replicas
from .cell import CellWatch, Member
from .cgroups import FIRST_VICTIM, Group, write
from .fence import Fence
from .interpreter import Interpreter
from .warden import Warden
from .watch import wait_until_ready

_END_WITHIN_S = 20.0
_BRANCH_WITHIN_S = 30.0
_RENEWED = frozenset({b"jemalloc_bg_thd"})
"""Threads that libraries start anew after a fork by themselves: that of pyarrow's allocator."""

_THREADS_WITHIN_S = 1.0
_HOLDER_SCORE = "500"


class RefusedError(Exception):
    """What was asked for can not be done; the session is as the message says."""


class Session:
    """The warden of one session.

    Args:
        setup: What the host said when it started the server.
        fence: What to shut interpreters into; None leaves them open.
        group: The control group that bounds them, if there is one.
        server: Our end of the channel to the server.
    """

    def __init__(
        self, setup: dict[str, Any], fence: Fence | None, group: Group | None, server: int
    ) -> None:
        self._setup = setup
        self._fence = fence
        self._group = group
        self._server = server
        self._current: Member | None = None
        self._holders: dict[int, Member] = {}
        self._held_bytes: int | None = None
        self._missed = False
        """Whether the session was lost since its last cell."""
        self._cells = 0
        self._alone = False
        self._spare = fence is None
        self._output, self._printed = os.pipe()

    def serve(self) -> None:
        """Answer requests until the server closes the channel; then nothing is left running."""
        if kernel.LINUX:
            privileges.adopt_orphans()
        os.setsid()
        self._alone = self._fence.guard() if self._fence else False
        try:
            while (request := channel.receive(self._server)) is not None:
                try:
                    answer = self._answer(request)
                except RefusedError as error:
                    answer = {"kind": "refused", "message": str(error)}
                channel.send(self._server, answer)
        finally:
            if self._spare:
                processes.end_all_but_trackers(within_s=2.0)
            processes.end_all(within_s=_END_WITHIN_S, everything_is_ours=self._alone)

    def _answer(self, request: channel.Message) -> channel.Message:
        self._forget_dead(freezing.reap())
        match request["kind"]:
            case "snapshot":
                return self._snapshot(request["snapshot"])
            case "restore":
                return self._restore(request["snapshot"])
            case "renew":
                self._current = None
                self._freeze()
                return {"kind": "renewed"}
            case "forget":
                return self._forget(request["snapshot"])
            case _:
                return self._execute(request)

    def _execute(self, request: channel.Message) -> channel.Message:
        missed = self._missed
        member = self._current or self._begin()
        self._cells += 1
        # The flag belongs to the pipe, which programs share with us.
        os.set_blocking(self._printed, True)
        watch = CellWatch(
            self._setup,
            request,
            member,
            frozenset(holder.process for holder in self._holders.values()),
            self._held_bytes,
            self._output,
            self._server,
            alone=self._alone,
            spare=self._spare,
            group=self._group,
        )
        report = watch.run_cell(f"cell-{self._cells}.py")
        self._held_bytes = watch.held_bytes
        self._forget_dead(watch.statuses)
        if not watch.frozen:
            self._end_everything()
        self._missed = False
        going_on = "renewed" if missed else "kept"
        return {**report, "session": going_on if self._current else "lost"}

    def _begin(self) -> Member:
        """Start an interpreter; nothing foreign has run in it yet."""
        ours, theirs = claims.pair()
        ready_read, ready_write = os.pipe()
        process = os.fork()
        if process == 0:
            ours.close()
            control = theirs.fileno()
            interpreter = Interpreter(control, self._setup["workspace"], spare=self._spare)
            # Without a bound of CPU time, which would add up over the cells; the clock bounds each.
            warden = Warden(self._setup, self._fence, self._group)
            warden.be_program(self._printed, ready_write, interpreter.serve, (control,))
        theirs.close()
        os.close(ready_write)
        fault = wait_until_ready(ready_read)
        if fault:
            raise RuntimeError(fault)
        self._current = Member(process, ours)
        return self._current

    def _snapshot(self, number: int) -> channel.Message:
        member = self._current or self._begin()
        most = int(self._setup["limits"]["snapshots"])
        if len(self._holders) >= most:
            raise RefusedError(
                f"there are {most} snapshots already: forget one first, or raise "
                "SandboxLimits.snapshots"
            )
        threads = self._threads(member)
        if threads > 1:
            raise RefusedError(
                f"the session has {threads} threads, which a branch would lose: keep OpenMP and "
                "BLAS at one thread (threadpool_limits(1), n_jobs=1) and join threads of your own "
                "before the step ends. The session goes on"
            )
        folder = self._folder(number)
        try:
            replicas.copy_all(self._setup["writable"], folder, self._bound())
        except replicas.UncopiableError as error:
            replicas.remove(folder)
            raise RefusedError(f"the workspace can not be kept: {error}") from error
        try:
            self._holders[number] = self._branch(member, returning=False)
        except RefusedError:
            replicas.remove(folder)
            raise
        self._give_up_at(_HOLDER_SCORE, self._holders[number])
        return {"kind": "kept"}

    def _threads(self, member: Member) -> int:
        """Return how many threads it has; those that are just ending get the time to."""
        known = freezing.known_as(member.process)
        threads = _threads(known)
        if threads > 1:
            deadline = time.monotonic() + _THREADS_WITHIN_S
            freezing.wake(member.process)
            while threads > 1 and time.monotonic() < deadline:
                time.sleep(0.01)
                threads = _threads(known)
            self._freeze()
        return threads

    def _restore(self, number: int) -> channel.Message:
        holder = self._holders.get(number)
        if holder is None:
            raise RefusedError(f"snapshot {number} was lost with its process: forget it")
        self._current, self._missed = None, True
        self._freeze()
        replicas.put_back(self._folder(number), self._setup["writable"], self._bound())
        self._current = self._branch(holder, returning=True)
        self._missed = False
        self._give_up_at(FIRST_VICTIM, self._current)
        return {"kind": "restored"}

    def _forget(self, number: int) -> channel.Message:
        holder = self._holders.pop(number, None)
        if holder is not None:
            holder.control.close()
            self._freeze()
        replicas.remove(self._folder(number))
        return {"kind": "forgotten"}

    def _give_up_at(self, score: str, member: Member) -> None:
        """Say how soon the kernel, out of memory, may choose a member."""
        if self._group is not None:
            with suppress(OSError):
                write(f"/proc/{freezing.known_as(member.process)}/oom_score_adj", score)

    def _branch(self, member: Member, *, returning: bool) -> Member:
        """Have a member fork.

        Returns:
            The new member, a child of ours; all are stopped again.

        Raises:
            RefusedError: It did not; whoever did not answer has been ended.
        """
        ours, theirs = claims.pair()
        known = {holder.process for holder in self._holders.values()} | {member.process}
        request = {"kind": "branch", "returning": returning}
        ready: claims.Claim | None = None
        try:
            member.ask(request, theirs.fileno())
            theirs.close()
            ready = _branched(member, ours, self._server)
            if ready is not None and not self._is_child(ready.process, known):
                raise claims.BrokenClaimError("a process that is no branch")
        except (OSError, TimeoutError, claims.BrokenClaimError) as error:
            theirs.close()
            ours.close()
            self._drop(member)
            self._freeze()
            raise RefusedError(
                f"the session could not be branched and was ended ({error}): its variables are gone"
            ) from error
        if ready is None:
            ours.close()
            self._freeze()
            raise RefusedError(
                "the session could not be branched for want of memory or processes: forget "
                "snapshots, or keep less in variables"
            )
        made = Member(ready.process, ours)
        self._held_bytes = None
        self._freeze(made.process)
        return made

    def _is_child(self, process: int, known: set[int]) -> bool:
        children = {found.number for found in freezing.relatives(children_only=True)}
        return process in children - known

    def _freeze(self, *more: int) -> None:
        """Stop all members and end everybody else."""
        kept = {holder.process for holder in self._holders.values()} | set(more)
        if self._current is not None:
            kept.add(self._current.process)
        done, statuses = freezing.freeze(
            kept, alone=self._alone, spare=self._spare, within_s=_END_WITHIN_S
        )
        self._forget_dead(statuses)
        if not done:
            self._end_everything()

    def _end_everything(self) -> None:
        if not processes.end_all(within_s=_END_WITHIN_S, everything_is_ours=self._alone):
            raise RuntimeError("a process of the session could not be ended")
        self._current = None
        self._holders.clear()

    def _drop(self, member: Member) -> None:
        if member is self._current:
            self._current, self._missed = None, True
        self._holders = {key: held for key, held in self._holders.items() if held is not member}

    def _forget_dead(self, statuses: dict[int, int]) -> None:
        members = [*self._holders.values(), *([self._current] if self._current else [])]
        for member in members:
            if member.process in statuses:
                member.control.close()
                self._drop(member)

    def _folder(self, number: int) -> str:
        return f"{self._setup['snapshots']}/{number}"

    def _bound(self) -> replicas.Bound:
        """Return what a copy may hold; a host that is gone ends this process."""
        return replicas.Bound(
            self._setup["limits"]["workspace_bytes"], lambda: _hung_up(self._server)
        )


def _branched(member: Member, ours: Any, server: int) -> claims.Claim | None:
    """Wait until a fork was made and waits; return its claim, None where it failed.

    Raises:
        TimeoutError: One of the two did not answer in time.
        BrokenClaimError: What they say makes no sense.
    """
    deadline = time.monotonic() + _BRANCH_WITHIN_S
    poll = select.poll()
    for descriptor in (member.control.fileno(), ours.fileno()):
        poll.register(descriptor, select.POLLIN)
    poll.register(server, select.POLLERR)
    ready: claims.Claim | None = None
    done = False
    while not (ready and done):
        if time.monotonic() > deadline:
            raise TimeoutError("no answer")
        poll.poll(100)
        if _hung_up(server):
            raise ConnectionResetError("the host is gone")
        if not done and (claim := claims.heard(member.control)) is not None:
            if claim.process != member.process or claim.kind not in {"branched", "failed"}:
                raise claims.BrokenClaimError("an answer to another question")
            if claim.kind == "failed":
                return None
            done = True
        if ready is None and (claim := claims.heard(ours)) is not None:
            if claim.kind != "ready":
                raise claims.BrokenClaimError("an answer to another question")
            ready = claim
    return ready


def _threads(process: int) -> int:
    """Return how many threads a process has that would be missed in a fork of it."""
    names: list[bytes] = []
    with suppress(OSError):
        for thread in os.listdir(f"/proc/{process}/task"):  # noqa: PTH208
            with open(f"/proc/{process}/task/{thread}/comm", "rb") as file:  # noqa: PTH123
                names.append(file.read().strip())
    return sum(name not in _RENEWED for name in names)


def _hung_up(descriptor: int) -> bool:
    poll = select.poll()
    poll.register(descriptor, 0)
    return bool(poll.poll(0))
