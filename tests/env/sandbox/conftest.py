from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from containers import docker_client, host_image, sandbox_image
from sandboxes import DOCKER, LOCAL, MakeSandbox, Pool, build

from mlesmith_env.sandbox import Sandbox, SandboxLimits, SandboxSpec


@pytest.fixture
def prepared(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A prepared task: `public` for programs, `private` beside it."""
    if _kind_of(request) in DOCKER:
        # Always the same, so that containers can be used again.
        return request.getfixturevalue("prepared_for_docker")
    return _prepare(tmp_path / "prepared")


@pytest.fixture(scope="session")
def prepared_for_docker(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _prepare(tmp_path_factory.mktemp("docker") / "prepared")


@pytest.fixture(scope="session")
def docker_pool(docker_image: str) -> Iterator[Pool]:
    """Containers for the tests, of the image that they are made from."""
    pool = Pool()
    yield pool
    pool.close()


@pytest.fixture(params=["local", "local-cold", "local-without-namespaces", "docker", "subprocess"])
def make(request: pytest.FixtureRequest, prepared: Path) -> Iterator[MakeSandbox]:
    """Makes started sandboxes of the main kinds, closed at the end."""
    yield from _maker(request, prepared)


@pytest.fixture(
    params=["local", "local-without-namespaces", "local-on-old-kernel", "docker",
            "docker-on-old-kernel"]
)  # fmt: skip
def make_closed(request: pytest.FixtureRequest, prepared: Path) -> Iterator[MakeSandbox]:
    """Makes started sandboxes that confine, closed at the end."""
    yield from _maker(request, prepared)


@pytest.fixture(params=list(LOCAL))
def make_any_local(request: pytest.FixtureRequest, prepared: Path) -> Iterator[MakeSandbox]:
    """Makes started sandboxes of every kind of `local`, closed at the end."""
    yield from _maker(request, prepared)


def _maker(request: pytest.FixtureRequest, prepared: Path) -> Iterator[MakeSandbox]:
    kind = _kind_of(request)
    pool: Pool | None = request.getfixturevalue("docker_pool") if kind in DOCKER else None
    made: list[tuple[SandboxSpec, Sandbox]] = []

    def make(*, closed: tuple[Path, ...] = (), log_dir: Path | None = None, **limits: int) -> Any:
        spec = SandboxSpec(prepared / "public", closed, SandboxLimits(**limits), log_dir)
        made.append((spec, pool.take(kind, spec) if pool else build(kind, spec)))
        return made[-1][1]

    yield make
    for spec, sandbox in made:
        if pool:
            pool.give_back(kind, spec, sandbox)
        else:
            sandbox.close()


def _kind_of(request: pytest.FixtureRequest) -> str:
    """The kind of sandbox for which a test is run."""
    found = getattr(request.node, "callspec", None)
    parameters = found.params if found else {}
    kinds = [parameters[name] for name in _MAKERS if name in parameters]
    return kinds[0] if kinds else ""


_MAKERS = ("make", "make_closed", "make_any_local")


def _prepare(root: Path) -> Path:
    (root / "public").mkdir(parents=True)
    (root / "private").mkdir()
    (root / "public" / "train.csv").write_text("id,x,y\n1,2,3\n")
    (root / "public" / "images").mkdir()
    (root / "public" / "images" / "1.png").write_bytes(b"a picture")
    (root / "private" / "answers.csv").write_text("id,y\n9,the-answer\n")
    return root


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
