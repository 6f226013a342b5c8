"""The one image that all tasks share: Python, the usual libraries, and our server."""

from __future__ import annotations

import functools
import hashlib
import io
import re
import tarfile
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from mlesmith_env.errors import ImageBuildError, SandboxUnavailableError
from mlesmith_env.sandbox.docker import engine

BASE = "python:3.12-slim"
"""Base image where none is named."""

USER = 10007
"""Number of the user, and of the group, as whom everything runs in a container."""

PREFIX = "/opt/mlesmith"
"""The virtual environment in the image."""

INSIDE = "/opt/mlesmith-inside"
"""Our server in the image."""

LIBRARIES = ("numpy>=1.26", "pandas>=2.3", "scikit-learn>=1.5")
"""What is installed in every image."""

_SOURCE = Path(__file__).parents[1] / "inside"
MARK = "mlesmith.inside"
"""Label of an image that says which version's server it has."""

_OLDEST_PYTHON = (3, 11)

_Told = Callable[[str], None]


@functools.cache
def inside_digest() -> str:
    """Return the digest of the server's source, by which an image is known to fit this version."""
    digest = hashlib.sha256()
    for path in inside_files():
        data = path.read_bytes()
        digest.update(f"{path.name} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def default_tag() -> str:
    """Return the name of this version's image.

    It carries the beginning of `inside_digest`, so that checkouts and versions on one machine do
    not take each other's place.
    """
    from mlesmith_env import __version__

    return f"mlesmith-sandbox:{__version__}-{inside_digest()[:8]}"


def find(client: Any, tag: str) -> str:
    """Return the id of an image that fits this version.

    Args:
        client: The engine.
        tag: Name of the image.

    Raises:
        SandboxUnavailableError: There is none of that name, or it belongs to another version.
        SandboxLostError: The engine failed.
    """
    with engine.told_as_lost(f"the image {tag} can not be looked up"):
        try:
            image = client.images.get(tag)
        except Exception as error:
            if not engine.is_missing(error):
                raise
            raise SandboxUnavailableError(
                f"the image {tag} of the docker sandbox is not there: make it once with "
                f"`{_command(tag)}`"
            ) from error
    if image.labels.get(MARK) != inside_digest():
        raise SandboxUnavailableError(
            f"the image {tag} was made by another version of mlesmith-env: make it anew with "
            f"`{_command(tag)}`"
        )
    return str(image.id)


def build(
    client: Any,
    *,
    base: str = BASE,
    tag: str | None = None,
    wheels: Path | None = None,
    extra: Iterable[str] = (),
    tell: _Told | None = None,
) -> str:
    """Make the shared image and return its tag.

    Args:
        client: The engine.
        base: Image with Python 3.11 or newer and its `venv` module.
        tag: Name of the new image; `default_tag` where None.
        wheels: Folder of wheels to install from, without any network; the package index where
            None.
        extra: Further requirements to install, such as `lightgbm`.
        tell: Called with each line that the engine prints.

    Raises:
        ImageBuildError: It can not be made; the message carries the engine's last lines.
        SandboxLostError: The engine failed.
    """
    tag = tag or default_tag()
    requirements = [*LIBRARIES, *extra]
    files = {f"inside/{path.name}": path for path in inside_files()}
    if wheels is not None:
        files |= wheel_files(wheels)
    recipe = "\n".join(
        [
            install_stage(base, PREFIX, requirements, offline=wheels is not None),
            f"FROM {base}",
            f"COPY --from=build {PREFIX} {PREFIX}",
            f"COPY inside {INSIDE}",
            f"USER {USER}:{USER}",
            f'ENTRYPOINT ["{PREFIX}/bin/python", "{INSIDE}/launcher.py"]',
        ]
    )
    labels = {MARK: inside_digest()}
    build_image(client, recipe, files, tag, labels, offline=wheels is not None, tell=tell)
    return tag


def install_stage(base: str, prefix: str, requirements: Iterable[str], *, offline: bool) -> str:
    """Return a build stage, named `build`, that installs requirements in an environment.

    Args:
        base: Image with Python.
        prefix: Folder of the environment.
        requirements: As pip takes them.
        offline: Whether they lie as wheels in the build context's `wheels`.
    """
    for text in (base, *requirements):
        if not re.fullmatch(r"[\w.,:/@+~=<>!\[\]-]+", text):
            raise ImageBuildError(f"{text!r} is neither an image nor a requirement")
    oldest = ".".join(map(str, _OLDEST_PYTHON))
    wanted = " ".join(f"'{text}'" for text in requirements)
    source = "--no-index --find-links /wheels " if offline else ""
    lines = [
        f"FROM {base} AS build",
        f"RUN python3 -c \"import sys; sys.exit('the base has Python '"
        f" + sys.version.split()[0] + ', {oldest} or newer is needed'"
        f' if sys.version_info < {_OLDEST_PYTHON} else 0)"',
        *(["COPY wheels /wheels"] if offline else []),
        f"RUN python3 -m venv {prefix}"
        f" && {prefix}/bin/python -m pip install --no-cache-dir --disable-pip-version-check"
        f" --no-input {source}{wanted}",
    ]
    return "\n".join(lines)


def wheel_files(folder: Path) -> dict[str, Path]:
    """Return the wheels of a folder by their names in a build context.

    Raises:
        ImageBuildError: It has none.
    """
    files = {f"wheels/{path.name}": path for path in sorted(folder.glob("*.whl"))}
    if not files:
        raise ImageBuildError(
            f"{folder} has no wheels: fill it with `pip download --only-binary=:all: "
            f"--python-version <the base's> --dest {folder} numpy pandas scikit-learn`"
        )
    return files


def build_image(
    client: Any,
    recipe: str,
    files: Mapping[str, Path],
    tag: str,
    labels: Mapping[str, str],
    *,
    offline: bool,
    tell: _Told | None = None,
) -> None:
    """Have the engine build an image.

    Args:
        client: The engine.
        recipe: Text of the Dockerfile.
        files: The build context: names in it, and the files that stand there.
        tag: Name of the new image.
        labels: Its labels.
        offline: Whether the build has no network.
        tell: Called with each line that the engine prints.

    Raises:
        ImageBuildError: A step failed.
        SandboxLostError: The engine failed.
    """
    said: list[str] = []
    with (
        tempfile.TemporaryFile(prefix="mlesmith-image-") as context,
        engine.told_as_lost(f"the image {tag} can not be built"),
    ):
        _pack(context, recipe, files)
        answers = client.api.build(
            fileobj=context,
            custom_context=True,
            tag=tag,
            labels=dict(labels),
            rm=True,
            forcerm=True,
            network_mode="none" if offline else None,
            decode=True,
            timeout=None,
        )
        for answer in answers:
            for line in str(answer.get("stream", "")).splitlines():
                if line.strip():
                    said.append(line.strip())
                    if tell is not None:
                        tell(said[-1])
            if "error" in answer:
                last = "\n".join(said[-8:])
                raise ImageBuildError(
                    f"the image {tag} can not be built: {answer['error']}\n{last}\n"
                    "The base needs Python 3.11 or newer with venv and has to be at hand or "
                    "reachable: name one with --base"
                )


def _pack(target: Any, recipe: str, files: Mapping[str, Path]) -> None:
    # Everything that could differ from one build to the next is left out, for the build cache.
    with tarfile.open(fileobj=target, mode="w") as archive:
        data = recipe.encode() + b"\n"
        entry = tarfile.TarInfo("Dockerfile")
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
        for name, path in sorted(files.items()):
            entry = tarfile.TarInfo(name)
            entry.size = path.stat().st_size
            entry.mode = 0o644
            with path.open("rb") as file:
                archive.addfile(entry, file)
    target.seek(0)


def inside_files() -> list[Path]:
    """Return the files of our server."""
    return sorted(_SOURCE.glob("*.py"))


def _command(tag: str) -> str:
    return "mlesmith image build" + ("" if tag == default_tag() else f" --tag {tag}")
