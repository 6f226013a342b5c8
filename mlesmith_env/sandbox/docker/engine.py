"""The Docker engine, reached through docker-py; whatever goes wrong there is one of our errors."""

from __future__ import annotations

import functools
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from mlesmith_env.errors import MissingExtraError, SandboxLostError, SandboxUnavailableError

_ANSWERS_WITHIN_S = 60


def connect(*, within_s: int = _ANSWERS_WITHIN_S) -> Any:
    """Return a `docker.DockerClient` of the engine that `DOCKER_HOST` names, by default the local.

    Args:
        within_s: Seconds in which the engine has to answer each request.

    Raises:
        MissingExtraError: docker-py is not installed.
        SandboxUnavailableError: No engine answers, or it may not be used.
    """
    library = _library()
    try:
        client = library.from_env(timeout=within_s)
    except library.errors.DockerException as error:
        raise SandboxUnavailableError(_unreachable(error)) from error
    try:
        client.ping()
    except (library.errors.DockerException, OSError) as error:
        client.close()
        raise SandboxUnavailableError(_unreachable(error)) from error
    return client


@contextmanager
def told_as_lost(what: str) -> Generator[None]:
    """Tell a failing engine as a `SandboxLostError`.

    Args:
        what: What was being done, as in "the container can not be started".
    """
    library = _library()
    try:
        yield
    except library.errors.DockerException as error:
        raise SandboxLostError(f"{what}: {reason(error)}") from error
    except OSError as error:
        # docker-py lets the errors of its transport through, all of which are OSErrors.
        raise SandboxLostError(f"{what}: the Docker engine does not answer ({error})") from error


def is_missing(error: BaseException) -> bool:
    """Return whether the engine said that what was asked for is not there."""
    return isinstance(error, _library().errors.NotFound)


def is_conflict(error: BaseException) -> bool:
    """Return whether the engine is doing already what was asked for."""
    return getattr(error, "status_code", None) == 409


def reason(error: BaseException) -> str:
    """Return what the engine said, without the address of the request."""
    return str(getattr(error, "explanation", None) or error)


@functools.cache
def _library() -> Any:
    try:
        import docker
    except ImportError as error:
        raise MissingExtraError(
            "the docker sandbox needs docker-py: pip install 'mlesmith-env[docker]'"
        ) from error
    return docker


def _unreachable(error: BaseException) -> str:
    said = str(error)
    if "Permission denied" in said:
        return (
            f"the Docker engine may not be used by this user ({said}): join the group that owns "
            "its socket (usually `docker`), or use sandbox='local', which needs no Docker"
        )
    return (
        f"no Docker engine answers ({said}): start one (`systemctl start docker`, or `dockerd`), "
        "or name it in DOCKER_HOST, or use sandbox='local', which needs no Docker"
    )
