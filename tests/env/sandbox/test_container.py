"""`local` in an ordinary container: default seccomp profile, no privileges, no namespaces."""

from __future__ import annotations

import io
import json
import tarfile
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

import pytest

_PROJECT = Path(__file__).parents[3]
_SUITE = "/suite"
_NEEDED = ("pytest", "pluggy", "iniconfig", "packaging", "pygments", "pytest-timeout")
_PLAYED = ("test_conformance.py", "test_closed.py")
_KINDS = "not cold and not without-namespaces and not old-kernel and not subprocess"
"""Without namespaces these kinds do not differ from `local`; `subprocess` is not about kernels."""


@pytest.fixture(params=["host", "root"])
def container(
    request: pytest.FixtureRequest, docker_engine: Any, docker_host_image: str
) -> Iterator[Any]:
    """A container as `docker run` makes it, with the project installed and the tests in it."""
    made = docker_engine.containers.create(
        docker_host_image, ["sleep", "3600"], user=request.param, network_mode="none", init=True
    )
    try:
        made.put_archive("/", _suite())
        made.start()
        yield made
    finally:
        made.remove(force=True, v=True)


def _suite() -> bytes:
    """The tests, and pytest, as an archive."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for file in (_PROJECT / "tests").rglob("*.py"):
            place = file.relative_to(_PROJECT)
            archive.add(str(file), f"{_SUITE}/{place}", filter=_for_everybody)
        archive.add(_PROJECT / "pyproject.toml", f"{_SUITE}/pyproject.toml", filter=_for_everybody)
        for name in _NEEDED:
            for file in distribution(name).files or []:
                if ".." not in file.parts and "__pycache__" not in file.parts:
                    archive.add(
                        str(file.locate()), f"{_SUITE}/libraries/{file}", filter=_for_everybody
                    )
    return buffer.getvalue()


def _for_everybody(entry: tarfile.TarInfo) -> tarfile.TarInfo:
    entry.uid = entry.gid = 0
    entry.mode = 0o755 if entry.isdir() else 0o644
    return entry


def run(container: Any, *command: str, path: str = f"{_SUITE}/libraries") -> tuple[int, str]:
    done = container.exec_run(
        list(command),
        workdir="/tmp",
        environment={"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    return int(done.exit_code), done.output.decode(errors="replace")


def test_doctor_names_what_is_missing_and_what_stands_in(container: Any) -> None:
    code, said = run(container, "mlesmith", "doctor", "--json")
    assert code == 0, said
    findings = {finding["name"]: finding for finding in json.loads(said)["findings"]}
    assert findings["landlock"]["ok"]
    assert findings["trial"]["ok"], findings
    for name in ("pid namespace", "network namespace", "mount namespace", "control group"):
        assert not findings[name]["ok"], findings
        assert findings[name]["detail"], findings
        assert findings[name]["remedy"].startswith("optional: "), findings
    assert findings["own user"]["ok"] or findings["own user"]["remedy"], findings


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("container", ["host"], indirect=True)
def test_the_suites_hold_for_an_ordinary_user(container: Any) -> None:
    code, said = run(
        container,
        "python",
        *("-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", f"{_SUITE}/pyproject.toml"),
        *("-k", _KINDS, *(f"{_SUITE}/tests/env/sandbox/{name}" for name in _PLAYED)),
    )
    assert code == 0, said[-8000:]
    assert " passed" in said, said


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("container", ["host"], indirect=True)
def test_no_attack_succeeds_for_an_ordinary_user(container: Any) -> None:
    path = f"{_SUITE}/libraries:{_SUITE}"
    options = ("--json", "--light", "--variant", "local")
    code, said = run(container, "python", "-m", "tests.attacks", *options, path=path)
    played = json.loads(said[said.index("[") :])
    assert [record for record in played if not record["held"]] == []
    assert len(played) > 150
    assert code == 0
