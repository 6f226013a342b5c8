"""What an agent is, and how one is loaded from a file."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from mlesmith_env.errors import MlesmithError

if TYPE_CHECKING:
    from mlesmith_env.task import Task


class Agent(Protocol):
    """Chooses the next action."""

    def act(self, observation: Mapping[str, Any], info: Mapping[str, Any]) -> Mapping[str, str]:
        """Return an action: `{"kind": ..., "content": ...}`.

        Args:
            observation: What `reset` or `step` returned.
            info: What came with it.
        """
        ...


def load_agent(path: Path, task: Task) -> Agent:
    """Load an agent from a Python file of the caller's own.

    The file is run here, with the caller's rights: it is the caller's program, not an agent's
    output. It defines `make_agent(task) -> Agent`.

    Args:
        path: The file.
        task: The task to be played, handed to `make_agent`.

    Raises:
        MlesmithError: There is no such file, or it defines no `make_agent`.
    """
    if not path.is_file():
        raise MlesmithError(f"{path}: there is no such file; name a Python file with make_agent")
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise MlesmithError(f"{path} is not a Python file; name one that ends in .py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    make = getattr(module, "make_agent", None)
    if not callable(make):
        raise MlesmithError(
            f"{path} defines no function make_agent(task); add one that returns "
            "an object with act(observation, info)"
        )
    return cast("Agent", make(task))
