from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.sandbox import Sandbox, SandboxLimits, SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox, SubprocessSandbox

# What a sandbox does must not depend on what the machine gives on top of the minimum.
LOCAL: dict[str, dict[str, Any]] = {
    "local": {},
    "local-cold": {"libraries": None},
    "local-without-namespaces": {"namespaces": frozenset[str]()},
    "local-with-old-landlock": {"newest_abi": 1},
    "local-on-old-kernel": {"namespaces": frozenset[str](), "newest_abi": 1},
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


@pytest.fixture
def prepared(tmp_path: Path) -> Path:
    """A prepared task: `public` for programs, `private` beside it."""
    root = tmp_path / "prepared"
    (root / "public").mkdir(parents=True)
    (root / "private").mkdir()
    (root / "public" / "train.csv").write_text("id,x,y\n1,2,3\n")
    (root / "private" / "answers.csv").write_text("id,y\n9,the-answer\n")
    return root


@pytest.fixture(params=["local", "local-cold", "local-without-namespaces", "subprocess"])
def make(request: pytest.FixtureRequest, prepared: Path) -> Iterator[MakeSandbox]:
    """Makes started sandboxes of the main kinds, closed at the end."""
    yield from _maker(request.param, prepared)


@pytest.fixture(params=["local", "local-without-namespaces", "local-on-old-kernel"])
def make_closed(request: pytest.FixtureRequest, prepared: Path) -> Iterator[MakeSandbox]:
    """Makes started sandboxes that confine, closed at the end."""
    yield from _maker(request.param, prepared)


@pytest.fixture(params=list(LOCAL))
def make_any_local(request: pytest.FixtureRequest, prepared: Path) -> Iterator[MakeSandbox]:
    """Makes started sandboxes of every kind that confines, closed at the end."""
    yield from _maker(request.param, prepared)


def _maker(kind: str, prepared: Path) -> Iterator[MakeSandbox]:
    made: list[Sandbox] = []

    def make(*, closed: tuple[Path, ...] = (), log_dir: Path | None = None, **limits: int) -> Any:
        spec = SandboxSpec(prepared / "public", closed, SandboxLimits(**limits), log_dir)
        made.append(build(kind, spec))
        return made[-1]

    yield make
    for sandbox in made:
        sandbox.close()


@pytest.fixture
def sandbox(make: MakeSandbox) -> Sandbox:
    return make()


@pytest.fixture
def closed_sandbox(make_closed: MakeSandbox) -> Sandbox:
    return make_closed()
