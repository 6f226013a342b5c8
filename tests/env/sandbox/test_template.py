"""The template: libraries loaded and used, and yet a process that can be forked safely."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.sandbox import SandboxSpec, servers
from mlesmith_env.sandbox.process import LocalSandbox

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

FITS = """
import sys
import numpy as np
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
rng = np.random.default_rng(0)
x = rng.normal(size=(3000, 6))
y = (x[:, 0] > 0).astype(int)
HistGradientBoostingClassifier(max_iter=5).fit(x, y)
KMeans(3, n_init=1).fit(x)
RandomForestClassifier(5, n_jobs=2).fit(x, y)
print((x @ x.T).shape, sorted(sys.modules)[:0])
"""


def _templates() -> list[int]:
    me = os.getpid()
    found: list[int] = []
    for thread in Path(f"/proc/{me}/task").iterdir():
        for child in (thread / "children").read_text().split():
            if b"launcher.py" in Path(f"/proc/{child}/cmdline").read_bytes():
                found.append(int(child))
    return found


@pytest.fixture
def fresh(prepared: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A sandbox from a new template, in which a warning about forks of threads is an error."""
    servers.end_templates()
    strict = (*servers._PYTHON, "-W", "error:This process:DeprecationWarning")
    monkeypatch.setattr(servers, "_PYTHON", strict)
    sandbox = LocalSandbox(SandboxSpec(prepared / "public"))
    sandbox.start()
    yield sandbox
    sandbox.close()
    servers.end_templates()


def test_a_template_has_one_thread_and_its_forks_have_their_pools(fresh: LocalSandbox) -> None:
    (template,) = _templates()
    threads = list(Path(f"/proc/{template}/task").iterdir())
    names = [(thread / "comm").read_text().strip() for thread in threads]
    assert len(threads) == 1, names
    for _ in range(2):
        result = fresh.run(FITS, timeout_s=300)
        assert (result.status, result.output) == ("ok", "(3000, 3000) []\n"), result
    assert len(list(Path(f"/proc/{template}/task").iterdir())) == 1


def test_templates_are_forked_from_any_thread_of_the_host(
    fresh: LocalSandbox, prepared: Path
) -> None:
    outputs: list[str] = []

    def play() -> None:
        sandbox = LocalSandbox(SandboxSpec(prepared / "public"))
        sandbox.start()
        outputs.append(sandbox.run("print('there')", timeout_s=300).output)
        sandbox.close()

    players = [threading.Thread(target=play) for _ in range(4)]
    for player in players:
        player.start()
    for player in players:
        player.join()
    assert outputs == ["there\n"] * 4
    assert len(_templates()) == 1


def test_libraries_that_are_asked_for_are_loaded_before_the_program(prepared: Path) -> None:
    spec = SandboxSpec(prepared / "public", libraries=("wave", "xml.dom.minidom"))
    sandbox = LocalSandbox(spec, libraries=())
    sandbox.start()
    try:
        code = "import sys; print('wave' in sys.modules, 'xml.dom.minidom' in sys.modules)"
        assert sandbox.run(code, timeout_s=60).output == "True True\n"
    finally:
        sandbox.close()
        servers.end_templates()
