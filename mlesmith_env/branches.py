"""Branching the session of an environment: what a tree search needs beside `step`."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlesmith_env.sandbox import Snapshots


class SessionBranches:
    """The part of a task environment that keeps snapshots of its session; for `stateful=True`."""

    @property
    def snapshots(self) -> tuple[int, ...]:
        """The numbers of the snapshots that are kept, oldest first."""
        return self._kept_snapshots()

    def snapshot(self) -> int:
        """Keep the session (variables and workspace) as it is now, between two steps.

        Returns:
            The number of the snapshot. It is kept until `forget`, `reset` or `close`.

        Raises:
            SnapshotError: It can not be kept; the message says why, and whether the session lives.
            ResetNeededError: No episode is running.
            SandboxError: The sandbox broke down; the episode can not go on.
        """
        return self._between_steps("snapshot", lambda sessions: sessions.snapshot())

    def restore(self, snapshot: int) -> None:
        """Go on from a snapshot, as often as wanted.

        Variables and workspace are those of the snapshot. The episode goes on: steps that were
        taken stay taken, and what was paid is not paid again.

        Raises:
            SnapshotError: There is no such snapshot, or it can not be gone back to.
            ResetNeededError: No episode is running.
            SandboxError: The sandbox broke down; the episode can not go on.
        """

        def act(sessions: Snapshots) -> int:
            sessions.restore(snapshot)
            return snapshot

        self._between_steps("restore", act)

    def forget(self, snapshot: int) -> None:
        """Give up a snapshot, and what it takes of memory and disk; raises as `restore` does."""

        def act(sessions: Snapshots) -> int:
            sessions.forget(snapshot)
            return snapshot

        self._between_steps("forget", act)

    @abstractmethod
    def _kept_snapshots(self) -> tuple[int, ...]:
        """Return the numbers of the snapshots that are kept."""

    @abstractmethod
    def _between_steps(self, name: str, act: Callable[[Snapshots], int]) -> int:
        """Act on the running episode's session, and log it with the number that `act` returns."""
