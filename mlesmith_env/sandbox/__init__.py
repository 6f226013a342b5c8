"""Where an agent's code runs. The answers are never inside it."""

from __future__ import annotations

from difflib import get_close_matches

from mlesmith_env.errors import SandboxUnavailableError
from mlesmith_env.sandbox.protocol import (
    ExecutionResult,
    RunStatus,
    Sandbox,
    SandboxLimits,
    SandboxSpec,
    SessionState,
    Snapshots,
)

__all__ = [
    "ExecutionResult",
    "RunStatus",
    "Sandbox",
    "SandboxLimits",
    "SandboxSpec",
    "SessionState",
    "Snapshots",
    "SANDBOXES",
    "make_sandbox",
]

SANDBOXES = ("local", "docker", "subprocess")
"""Names of the backends that `make_sandbox` knows."""


def make_sandbox(name: str, spec: SandboxSpec) -> Sandbox:
    """Return a sandbox that is not started yet.

    Args:
        name: One of `SANDBOXES`.
        spec: What the sandbox is made for.

    Raises:
        SandboxUnavailableError: There is no backend of this name.
    """
    from mlesmith_env.sandbox.process import LocalSandbox, SubprocessSandbox

    if name == "local":
        return LocalSandbox(spec)
    if name == "subprocess":
        return SubprocessSandbox(spec)
    if name == "docker":
        from mlesmith_env.sandbox.docker.sandbox import DockerSandbox

        return DockerSandbox(spec)
    near = get_close_matches(name, SANDBOXES, 1)
    hint = f"; did you mean {near[0]!r}?" if near else ""
    raise SandboxUnavailableError(
        f"there is no sandbox {name!r}{hint} Known are {', '.join(SANDBOXES)}."
    )
