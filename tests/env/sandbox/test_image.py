"""The images that containers are made of."""

from __future__ import annotations

from typing import Any

import pytest
from containers import BASE, HOST_USER

from mlesmith_env.errors import ImageBuildError, SandboxUnavailableError
from mlesmith_env.sandbox.docker import image


def test_the_shared_image_has_the_libraries_and_an_ordinary_user(
    docker_engine: Any, docker_image: str
) -> None:
    assert image.find(docker_engine, docker_image)
    code = "import numpy, pandas, sklearn, os; print(os.getuid(), os.path.exists('/wheels'))"
    out = docker_engine.containers.run(
        docker_image,
        ["-c", code],
        entrypoint=f"{image.PREFIX}/bin/python",
        network_mode="none",
        remove=True,
    )
    assert out.decode() == f"{image.USER} False\n"


def test_a_missing_image_says_how_to_make_it(docker_engine: Any) -> None:
    with pytest.raises(SandboxUnavailableError, match="mlesmith image build --tag no-such"):
        image.find(docker_engine, "no-such-image")


def test_an_image_of_another_version_is_refused(docker_engine: Any) -> None:
    with pytest.raises(SandboxUnavailableError, match="another version"):
        image.find(docker_engine, BASE)


def test_a_base_without_python_is_a_typed_error(docker_engine: Any, tmp_path: Any) -> None:
    with pytest.raises(ImageBuildError, match="--base"):
        image.build(docker_engine, base="mlesmith-no-such-base", tag="mlesmith-test-never")
    with pytest.raises(ImageBuildError, match="no wheels"):
        image.build(docker_engine, base=BASE, tag="mlesmith-test-never", wheels=tmp_path)
    with pytest.raises(ImageBuildError, match="neither"):
        image.build(docker_engine, base="a; rm -rf /", tag="mlesmith-test-never")


def test_the_host_image_has_this_project_and_an_ordinary_user(
    docker_engine: Any, docker_host_image: str
) -> None:
    code = "import mlesmith_env, os; print(os.getuid(), len(mlesmith_env.tasks()) > 0)"
    out = docker_engine.containers.run(
        docker_host_image, ["python", "-c", code], network_mode="none", remove=True
    )
    assert out.decode() == f"{HOST_USER} True\n"
