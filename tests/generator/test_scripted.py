"""Tasks with scripts on their way through the gates into a registry."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlesmith_env.errors import GenerationError, ScriptError
from mlesmith_env.task import Task
from mlesmith_generator.admission import admit, finish
from mlesmith_generator.gates.execution import execution_gate
from mlesmith_generator.scripted import scripted_task
from mlesmith_generator.verification import VerificationJob, verify_package
from tests.defects.bases import housing
from tests.defects.making import good
from tests.defects.scripted import COST_PY, prepare_py, with_scripts


def flats():
    return housing(rows=300)


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))


@pytest.mark.usefixtures("own_cache")
def test_a_task_with_scripts_is_admitted_with_them_and_verifies(tmp_path: Path) -> None:
    task = good(tmp_path, flats)
    exhibit = with_scripts(task, prepare=prepare_py(task), metric=COST_PY)
    task = Task.load(exhibit.directory)
    report, ladder = execution_gate(task, provisional=True)
    assert report.passed, report.defects
    folder = admit(finish(task, ladder, [report]), tmp_path / "admitted")
    admitted = Task.load(folder)
    assert dict(admitted.scripts) == dict(task.scripts)
    verdict = verify_package(VerificationJob(folder, "local", skip_unavailable=False))
    assert verdict.passed, [one.defects for one in verdict.reports]
    checks = {check.name for one in verdict.reports for check in one.checks}
    assert {"preparation-again", "metric-steady", "metric-output", "metric-favours"} <= checks


@pytest.mark.usefixtures("own_cache")
@pytest.mark.parametrize(
    ("script", "error", "words"),
    [
        ("def prepare(raw, public, private):\n    raise KeyError('x')\n", ScriptError, "KeyError"),
        ("def prepare(raw, public, private):\n    pass\n", GenerationError, r"no private/answers"),
    ],
)
def test_a_script_that_gives_no_task_is_told(
    tmp_path: Path, script: str, error: type[Exception], words: str
) -> None:
    task = good(tmp_path, flats)
    exhibit = with_scripts(task, prepare=prepare_py(task), pinned=False)
    draft, scripts = Task.load(exhibit.directory), {"prepare.py": script}
    with pytest.raises(error, match=words):
        scripted_task(draft.manifest, draft.description, scripts, draft.source, tmp_path / "new")
