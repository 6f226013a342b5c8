"""Containers whose owner is gone, known by their labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mlesmith_env.sandbox.docker import engine
from mlesmith_env.sandbox.owner import Owner

MARK = "mlesmith.sandbox"
OWNER = "mlesmith.owner"


@dataclass(frozen=True)
class Orphan:
    """A container that nobody owns any more."""

    id: str
    name: str
    status: str
    owner: str


def labels() -> dict[str, str]:
    """Return the labels of a container that this process makes."""
    from mlesmith_env import __version__

    return {MARK: __version__, OWNER: str(Owner.of_this_process())}


def find(client: Any) -> list[Orphan]:
    """Return the containers of sandboxes whose owner is gone. Raises `SandboxLostError`."""
    found: list[Orphan] = []
    with engine.told_as_lost("containers can not be listed"):
        # Without looking at each by itself: one may go in this moment.
        for entry in client.api.containers(all=True, filters={"label": MARK}):
            written = str(entry["Labels"].get(OWNER, ""))
            try:
                owner = Owner.read(written)
            except ValueError:
                continue
            if owner.is_gone or owner.is_of_another_boot:
                name = str(entry["Names"][0]).lstrip("/") if entry["Names"] else ""
                found.append(Orphan(str(entry["Id"]), name, str(entry["State"]), written))
    return found


def prune(client: Any) -> list[Orphan]:
    """Remove the containers of sandboxes whose owner is gone, and return them.

    Raises:
        SandboxLostError: One can not be removed.
    """
    removed: list[Orphan] = []
    for orphan in find(client):
        with engine.told_as_lost(f"the container {orphan.name} can not be removed"):
            try:
                client.api.remove_container(orphan.id, force=True)
            except Exception as error:
                # It is gone already, or going.
                if not (engine.is_missing(error) or engine.is_conflict(error)):
                    raise
        removed.append(orphan)
    return removed
