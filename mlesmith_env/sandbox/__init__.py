"""Where an agent's code runs. The answers are never inside it."""

from mlesmith_env.sandbox.protocol import (
    ExecutionResult,
    RunStatus,
    Sandbox,
    SandboxLimits,
    SandboxSpec,
)

__all__ = ["ExecutionResult", "RunStatus", "Sandbox", "SandboxLimits", "SandboxSpec"]
