"""The kinds of sandboxes under test."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from mlesmith_env.sandbox import Sandbox, SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox, SubprocessSandbox

# What a sandbox does must not depend on what the machine gives on top of the minimum.
LOCAL: dict[str, dict[str, Any]] = {
    "local": {},
    "local-cold": {"libraries": None},
    "local-without-namespaces": {"namespaces": frozenset[str](), "group": False},
    "local-with-old-landlock": {"newest_abi": 1},
    "local-on-old-kernel": {"namespaces": frozenset[str](), "newest_abi": 1, "group": False},
}

MakeSandbox = Callable[..., Sandbox]


def build(kind: str, spec: SandboxSpec) -> Sandbox:
    if kind == "subprocess":
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            sandbox = SubprocessSandbox(spec)
            sandbox.start()
            return sandbox
    local = LocalSandbox(spec, **LOCAL[kind])
    local.start()
    return local
