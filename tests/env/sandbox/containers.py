"""A Docker engine, and the images that tests of containers need, made once and kept."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.errors import MissingExtraError, SandboxUnavailableError
from mlesmith_env.sandbox.docker import engine, image

BASE = "mlesmith-test-base"
"""Debian with Python and nothing else; `.ci/engine start FOLDER` makes it."""

PROJECT = Path(__file__).parents[3]
HOST_USER = 10001
HOST_PREFIX = "/opt/host"

_PLATFORMS = ("manylinux_2_28", "manylinux_2_27", "manylinux_2_17", "manylinux2014")


def docker_client() -> Any:
    """The engine. Without one the test is skipped; in CI there must be one."""
    try:
        client = engine.connect()
    except (SandboxUnavailableError, MissingExtraError) as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"{error} (`.ci/engine start FOLDER` starts one)")
    if not client.images.list(name=BASE):
        client.close()
        message = f"there is no image {BASE}: `.ci/engine start FOLDER` makes it"
        if os.environ.get("CI"):
            raise RuntimeError(message)
        pytest.skip(message)
    return client


def sandbox_image(client: Any, kept: Path) -> str:
    """The shared image of the docker sandbox, for this state of the sources.

    Args:
        client: The engine.
        kept: Folder that outlives the tests, for the wheels.
    """
    with _alone(kept):
        tag = image.default_tag()
        if not client.images.list(name=tag):
            wheels = _download(client, kept / "sandbox", image.LIBRARIES)
            image.build(client, base=BASE, tag=tag, wheels=wheels)
        return tag


def bare_image(client: Any) -> str:
    """A small image of the docker sandbox, without any libraries."""
    recipe = "\n".join(
        [
            f"FROM {BASE}",
            f"RUN python3 -m venv --without-pip {image.PREFIX}",
            f"COPY inside {image.INSIDE}",
        ]
    )
    files = {f"inside/{path.name}": path for path in image.inside_files()}
    tag = f"mlesmith-test-bare:{image.inside_digest()[:8]}"
    labels = {image.MARK: image.inside_digest()}
    image.build_image(client, recipe, files, tag, labels, offline=True)
    return tag


def host_image(client: Any, kept: Path) -> str:
    """An image in which this project is installed from a wheel, for an ordinary user.

    For tests that need a container as the *host* of sandboxes: it has no privileges, no Docker
    and no compiler. `python` is first on its path.
    """
    with _alone(kept):
        deps = _download(client, kept / "host", _dependencies())
        wheels = kept / "project"
        wheels.mkdir(exist_ok=True)
        for old in wheels.glob("*.whl"):
            old.unlink()
        subprocess.run(
            [sys.executable, "-m", "build", "--wheel", "--outdir", str(wheels), str(PROJECT)],
            check=True,
            capture_output=True,
        )
        (own,) = wheels.glob("*.whl")
        python = f"{HOST_PREFIX}/bin/python"
        recipe = "\n".join(
            [
                image.install_stage(BASE, HOST_PREFIX, _dependencies(), offline=True),
                f"FROM {BASE}",
                f"COPY --from=build {HOST_PREFIX} {HOST_PREFIX}",
                "COPY project /project",
                f"RUN {python} -m pip install --no-cache-dir --no-index --no-deps /project/*.whl",
                f"RUN useradd --uid {HOST_USER} --create-home host",
                f"ENV PATH={HOST_PREFIX}/bin:/usr/bin:/bin",
                "USER host",
                "WORKDIR /home/host",
            ]
        )
        files = {**image.wheel_files(deps), f"project/{own.name}": own}
        tag = f"mlesmith-test-host:{image.inside_digest()[:8]}"
        image.build_image(client, recipe, files, tag, {}, offline=True)
        return tag


def _dependencies() -> list[str]:
    import tomllib

    return tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]["dependencies"]


def _download(client: Any, into: Path, requirements: Any) -> Path:
    """Fill a folder with wheels for the base image's Python."""
    say_version = "import sys; print('%d.%d' % sys.version_info[:2])"
    version = client.containers.run(
        BASE, ["python3", "-c", say_version], network_mode="none", remove=True
    )
    machine = os.uname().machine
    folder = into / version.decode().strip()
    done = folder / "done"
    wanted = "\n".join(requirements)
    if not done.exists() or done.read_text() != wanted:
        folder.mkdir(parents=True, exist_ok=True)
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--dest", str(folder)]
            + ["--only-binary=:all:", "--python-version", version.decode().strip()]
            + [word for name in _PLATFORMS for word in ("--platform", f"{name}_{machine}")]
            + list(requirements),
            check=True,
        )
        done.write_text(wanted)
    return folder


@contextmanager
def _alone(kept: Path) -> Generator[None]:
    """Keep other processes of the same tests from making the same at the same time."""
    with (kept / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
