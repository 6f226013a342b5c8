"""Synthetic tasks: through the same gates, with the optimum as their ceiling."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlesmith_env import synthetic
from mlesmith_env.env import TaskEnv
from mlesmith_env.executor import Execution
from mlesmith_env.leaderboard import read_leaderboard
from mlesmith_env.task import Task
from mlesmith_generator.generation import Settings, generate_all
from mlesmith_generator.ladder import OPTIMUM
from mlesmith_generator.ladder.optimum import optimal_rung
from mlesmith_generator.verification import VerificationJob, verify_package

SOURCES = (
    "synthetic:table-grade:7:0.41",
    "synthetic:text-rating:8:0.25",
    "synthetic:series:2:0.18",
    "synthetic:ratings:4:0.29",
    "synthetic:sound:1:0.30",
    "synthetic:graph:3:0.30",
)


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> list[Path]:
    registry = tmp_path_factory.mktemp("synthetic") / "registry"
    assert generate_all(SOURCES, Settings(registry=registry), execution=Execution(workers=2))
    return sorted(path.parent for path in registry.glob("*/*/task.yaml"))


def test_the_ceiling_is_the_optimum(packages):
    assert len(packages) == len(SOURCES)
    for package in packages:
        task = Task.load(package)
        optimum = optimal_rung(task)
        assert optimum is not None
        for part in ("public", "private"):
            anchors = getattr(task.manifest.reference, part)
            assert anchors.ceiling == optimum.scores[part]
        entries = read_leaderboard(package / "leaderboard.csv", digest=task.manifest.digest).entries
        assert OPTIMUM in [entry.name for entry in entries]
        assert task.source.licence == "CC0-1.0"


def test_an_ordered_outcome_keeps_its_order(packages):
    task = next(
        Task.load(path) for path in packages if "review" in path.name and "hut" in path.name
    )
    assert task.manifest.submission.classes == ("bad", "mixed", "good", "superb")


def test_a_rule_over_sounds_becomes_a_task_of_files(packages):
    task = next(Task.load(path) for path in packages if path.parent.name == "audio")
    wish = synthetic.make(task.source.uri).wish
    assert task.manifest.objective == wish.objective
    assert [file.unpacked for file in task.source.files] == [False, True]
    prepared = task.prepare()
    assert len(list((prepared.public_dir / "recordings").iterdir())) > 400
    assert "other columns" not in task.description


def test_the_page_tells_the_story_and_nothing_of_rule_or_seed(packages):
    for package in packages:
        task = Task.load(package)
        wish = synthetic.make(task.source.uri).wish
        assert wish.story in task.description
        assert "synthetic" not in task.description.casefold()
        assert "optimum" not in task.description.casefold()
        assert set(json.loads((package / "verification.json").read_text())["gates"]) == {
            "assertions",
            "review",
            "execution",
        }


def test_they_pass_again(packages):
    verdict = verify_package(VerificationJob(packages[0], "local", False))
    assert verdict.passed, verdict.as_dict()


def test_a_program_can_not_read_the_rules(packages):
    code = (
        f"import os\nfolder = {str(synthetic.folder())!r}\n"
        "for name in ('rules.py', 'tables.py', 'domains.yaml'):\n"
        "    try:\n"
        "        print('READ', open(os.path.join(folder, name)).read()[:40])\n"
        "    except OSError as error:\n"
        "        print('closed', type(error).__name__)\n"
        "try:\n"
        "    from mlesmith_env import synthetic\n"
        "    print('READ', synthetic.make('series:1'))\n"
        "except ImportError:\n"
        "    print('closed import')\n"
    )
    env = TaskEnv(Task.load(packages[0]))
    try:
        env.reset(seed=0)
        feedback = env.step({"kind": "execute_code", "content": code})[0]["feedback"]
    finally:
        env.close()
    assert "READ" not in feedback
    assert feedback.count("closed") >= 4
