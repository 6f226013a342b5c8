"""Gymnasium ids for tasks.

`gymnasium.register` compares each new id with all older ones, which is quadratic in thousands of
tasks, so the specs go into Gymnasium's table directly: one dictionary entry a task.
"""

from __future__ import annotations

import os
from pathlib import Path

from gymnasium.envs.registration import EnvSpec
from gymnasium.envs.registration import registry as gymnasium_specs

from mlesmith_env import registry
from mlesmith_env.errors import DuplicateTaskError

ENTRY_POINT = "mlesmith_env.env:TaskEnv"
VECTOR_ENTRY_POINT = "mlesmith_env.vector:TaskVectorEnv"


def register_tasks(path: str | os.PathLike[str]) -> list[str]:
    """Add a registry root in this process and return the ids that it holds.

    Args:
        path: The root: a folder of packages as `mlesmith generate --registry` writes it.

    Raises:
        RegistryError: There is no such folder, or a package in it is not well-formed.
        DuplicateTaskError: Another root already holds one of the ids.
    """
    root = Path(path).expanduser().absolute()
    found = registry.read_index(root)
    for entry in found:
        _refuse_taken(entry)
    registry.add_root(root)
    return [_register(entry, by_path=True) for entry in found]


def register_default_roots() -> None:
    """Register the package's own tasks and those of `MLESMITH_REGISTRY`."""
    for entry in registry.entries().values():
        _register(entry, by_path=False)


def _refuse_taken(entry: registry.Entry) -> None:
    known = gymnasium_specs.get(str(entry.fields["id"]))
    if known is None or known.kwargs.get("task") in (str(entry.directory), entry.fields["id"]):
        return
    raise DuplicateTaskError(
        f"{entry.fields['id']} of {entry.root} is already registered from "
        f"{known.kwargs.get('task')}; remove one of the roots or give the task another version"
    )


def _register(entry: registry.Entry, *, by_path: bool) -> str:
    task_id = str(entry.fields["id"])
    _refuse_taken(entry)
    if task_id not in gymnasium_specs:
        gymnasium_specs[task_id] = EnvSpec(
            id=task_id,
            entry_point=ENTRY_POINT,
            vector_entry_point=VECTOR_ENTRY_POINT,
            # Durations in `info` differ from run to run; scores and observations do not.
            nondeterministic=True,
            # A worker process started afresh knows the default roots only: name others by folder.
            kwargs={"task": str(entry.directory) if by_path else task_id},
        )
    return task_id
