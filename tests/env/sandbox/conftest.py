from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from containers import docker_client, host_image, sandbox_image
from sandboxes import LOCAL, MakeSandbox, build

from mlesmith_env.sandbox import Sandbox, SandboxLimits, SandboxSpec


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


@pytest.fixture(scope="session")
def docker_engine() -> Iterator[Any]:
    """A `docker.DockerClient`; the test is skipped where there is no engine, but not in CI."""
    client = docker_client()
    yield client
    client.close()


@pytest.fixture(scope="session")
def docker_image(docker_engine: Any, pytestconfig: pytest.Config) -> str:
    """Tag of the docker sandbox's shared image."""
    return sandbox_image(docker_engine, _kept(pytestconfig))


@pytest.fixture(scope="session")
def docker_host_image(docker_engine: Any, pytestconfig: pytest.Config) -> str:
    """Tag of an image with this project installed from a wheel, whose user is an ordinary one."""
    return host_image(docker_engine, _kept(pytestconfig))


def _kept(config: pytest.Config) -> Path:
    cache = config.cache
    assert cache is not None
    return cache.mkdir("mlesmith-images")
