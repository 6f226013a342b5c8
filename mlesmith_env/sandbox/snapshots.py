"""The snapshots of a sandbox's session, as the host counts them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from mlesmith_env.errors import SnapshotError


class SessionSnapshots(ABC):
    """What a sandbox needs to be `Snapshots`, but for asking its server."""

    def __init__(self) -> None:
        self._made = 0
        self._kept: list[int] = []

    @property
    def snapshots(self) -> tuple[int, ...]:
        """The numbers of the snapshots that are kept, oldest first."""
        return tuple(self._kept)

    def snapshot(self) -> int:
        """Keep the session as it is now; see `Snapshots.snapshot`."""
        number = self._made + 1
        self._ask_session({"kind": "snapshot", "snapshot": number})
        # Numbers are not used again, so that one of an earlier episode names nothing.
        self._made = number
        self._kept.append(number)
        return number

    def restore(self, snapshot: int) -> None:
        """Go on from a snapshot; see `Snapshots.restore`."""
        self._check_kept(snapshot)
        self._ask_session({"kind": "restore", "snapshot": snapshot})

    def renew(self) -> None:
        """Begin a new session in an empty workspace; see `Snapshots.renew`."""
        self._ask_session({"kind": "renew"})

    def forget(self, snapshot: int) -> None:
        """Give up a snapshot; see `Snapshots.forget`."""
        self._check_kept(snapshot)
        self._ask_session({"kind": "forget", "snapshot": snapshot})
        self._kept.remove(snapshot)

    def _check_kept(self, snapshot: int) -> None:
        if snapshot not in self._kept:
            kept = ", ".join(map(str, self._kept)) or "none"
            raise SnapshotError(f"there is no snapshot {snapshot!r}; kept are: {kept}")

    def _forget_snapshots(self) -> None:
        """Count none any more: the server has ended the session, or is lost."""
        self._kept.clear()

    @abstractmethod
    def _ask_session(self, request: dict[str, Any]) -> None:
        """Have the server do something with the session.

        Raises:
            SnapshotError: It says why not; or this sandbox has no session.
            SandboxLostError: The server was lost.
        """
