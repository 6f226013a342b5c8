"""The kinds of sandboxes under test."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox import Sandbox, SandboxLimits, SandboxSpec
from mlesmith_env.sandbox.docker.sandbox import DockerSandbox
from mlesmith_env.sandbox.process import LocalSandbox, SubprocessSandbox

# What a sandbox does must not depend on what the machine gives on top of the minimum.
LOCAL: dict[str, dict[str, Any]] = {
    "local": {},
    "local-cold": {"libraries": None},
    "local-without-namespaces": {"namespaces": frozenset[str](), "group": False},
    "local-with-old-landlock": {"newest_abi": 1},
    "local-on-old-kernel": {"namespaces": frozenset[str](), "newest_abi": 1, "group": False},
}

DOCKER: dict[str, dict[str, Any]] = {
    "docker": {},
    "docker-on-old-kernel": {"newest_abi": 1},
}

MakeSandbox = Callable[..., Sandbox]


def build(kind: str, spec: SandboxSpec) -> Sandbox:
    if kind == "subprocess":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            sandbox = SubprocessSandbox(spec)
            sandbox.start()
            return sandbox
    if kind in DOCKER:
        docker = DockerSandbox(spec, **DOCKER[kind])
        docker.start()
        return docker
    local = LocalSandbox(spec, **LOCAL[kind])
    local.start()
    return local


class Pool:
    """Sandboxes that are used again by later tests, after a reset, because a start takes long."""

    def __init__(self) -> None:
        self._idle: dict[tuple[str, SandboxSpec], list[Sandbox]] = {}

    def take(self, kind: str, spec: SandboxSpec) -> Sandbox:
        idle = self._idle.get((kind, spec))
        return idle.pop() if idle else build(kind, spec)

    def give_back(self, kind: str, spec: SandboxSpec, sandbox: Sandbox) -> None:
        if spec.limits != SandboxLimits():
            # Made for one test.
            sandbox.close()
            return
        try:
            sandbox.reset()
        except SandboxLostError:
            # Closed or lost by the test, which may be what it is about.
            sandbox.close()
        else:
            self._idle.setdefault((kind, spec), []).append(sandbox)

    def close(self) -> None:
        for idle in self._idle.values():
            for sandbox in idle:
                sandbox.close()
