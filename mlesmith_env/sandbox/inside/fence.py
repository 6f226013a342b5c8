"""Confining a process before the first line of a program runs in it."""

from __future__ import annotations

import os
from typing import Any

from . import kernel, landlock, privileges, seccomp
from .namespaces import SHARED_MEMORY, Namespaces

_TRUNCATE_ABI = 3


class UnconfinableError(Exception):
    """This kernel lacks something without which nothing may run."""


class Fence:
    """What a program is shut into: made once by the server, entered by each program.

    Args:
        grants: Pairs of path and Landlock access.
        namespaces: What the server lives in.
        newest_abi: Newest Landlock ABI to use, whatever the kernel has.
        user: User and group that the program becomes; None leaves it ours.

    Raises:
        UnconfinableError: Landlock or the system-call filter is missing.
    """

    def __init__(
        self,
        grants: list[tuple[str, Any]],
        namespaces: Namespaces,
        newest_abi: int,
        user: int | None = None,
    ) -> None:
        self.user = user
        self.abi = min(landlock.abi(), newest_abi, landlock.NEWEST_ABI)
        self._namespaces = namespaces.names
        self._nestable = namespaces.nestable
        self._machine = os.uname().machine
        lacking: list[str] = []
        if self.abi < 1:
            lacking.append("landlock")
        if not seccomp.supported():
            lacking.append("seccomp")
        if lacking:
            raise UnconfinableError(" and ".join(lacking))
        self._grants = grants
        self._serves_all = "proc" in self._namespaces
        self._ruleset = self._allow(grants)

    def _allow(self, grants: list[tuple[str, Any]]) -> landlock.Ruleset:
        ruleset = landlock.Ruleset(self.abi, files=True, network=True, signals=True)
        for path, access in grants:
            ruleset.allow(path, access)
        if "shm" in self._namespaces:
            ruleset.allow(SHARED_MEMORY, "write")
        if "proc" in self._namespaces:
            # It shows the program, its supervisors and nobody else. Landlock keeps their memory,
            # descriptors and environment closed: they are outside the program's domain.
            ruleset.allow("/proc", "data")
        return ruleset

    @property
    def signals_stay_inside(self) -> bool:
        """Whether Landlock can keep signals inside a domain."""
        return self.abi >= landlock.SIGNAL_ABI

    @property
    def nested(self) -> bool:
        """Whether each run needs a pid namespace of its own, to keep signals inside.

        Where Landlock does that, all runs of a server share its namespace, and process numbers
        agree with `/proc`.
        """
        return self._nestable and not self.signals_stay_inside

    def guard(self) -> bool:
        """Put the calling supervisor into an outer domain of its own.

        What it starts later is inside, so that it can signal its own descendants and nobody
        else, while they, in a domain further in, can not signal it.

        Returns:
            Whether it can now signal nothing but its descendants.
        """
        if "pid" in self._namespaces:
            return True
        if not self.signals_stay_inside:
            return False
        privileges.no_new_privileges()
        outer = landlock.Ruleset(self.abi, files=False, network=False, signals=True)
        # Renaming between folders is denied by every domain that does not allow it.
        outer.allow("/", "refer")
        outer.restrict()
        outer.close()
        return True

    def enter(self) -> None:
        """Shut the calling process in for good. Raises `OSError`."""
        privileges.no_new_privileges()
        ruleset = self._ruleset
        if not self._serves_all:
            # threadpoolctl, and so KMeans, reads /proc/self/maps. Only the program itself gets
            # this: no rule can name the processes that it is going to start.
            ruleset = self._allow([*self._grants, ("/proc/self", "data")])
        privileges.drop_capabilities(self._machine, self.user)
        ruleset.restrict()
        ruleset.close()
        program = seccomp.build(
            self._machine,
            os.getpid(),
            signals=self.signals_stay_inside or self.nested,
            truncation=self.abi >= _TRUNCATE_ABI,
        )
        seccomp.install(program)

    @property
    def descriptors(self) -> tuple[int, ...]:
        """What must stay open until `enter`."""
        return (self._ruleset.descriptor,) if self._serves_all else ()

    @property
    def shared_memory(self) -> bool:
        """Whether programs have a `/dev/shm` of their own."""
        return "shm" in self._namespaces

    @property
    def user_is_ours(self) -> bool:
        """Whether the kernel counts only our processes for this user."""
        return kernel.LINUX and ("user" in self._namespaces or self.user is not None)
