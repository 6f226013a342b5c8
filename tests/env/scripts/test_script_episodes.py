from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path

import gymnasium as gym
import made_scripts
import numpy as np
import pytest

import mlesmith_env
from mlesmith_env.env import TaskEnv
from mlesmith_env.errors import MetricError, ResetNeededError, SandboxUnavailableError, ScriptError
from mlesmith_env.task import Task

Make = Callable[..., Task]
WIDTHS = """\
import pandas as pd
test = pd.read_csv("input/test.csv")
test["load"] = {expression}
test[["id", "load"]].to_csv("submission.csv", index=False)
"""
POOR = WIDTHS.format(expression="15.0")
GOOD = WIDTHS.format(expression="3 * test.width + 4 * (test.kind == 'nylon')")


def test_an_episode_of_a_script_task_through_gym_make(root: Path) -> None:
    made_scripts.write_task(root)
    mlesmith_env.register_tasks(root)
    env = gym.make("mlesmith/rope-load-v1")
    try:
        observation, _ = env.reset(seed=1)
        assert "# Ropes" in observation["feedback"]
        total = 0.0
        for code in (POOR, GOOD):
            observation, reward, _, _, info = env.step({"kind": "execute_code", "content": code})
            assert info["status"] == "ok", observation["feedback"]
            total += float(reward)
        assert "Public weighted_cost" in observation["feedback"]
        assert 0.5 < info["score"] < 3.0
        told, *_ = env.step({"kind": "request_info", "content": "metric"})
        assert "Mean cost of the errors" in told["feedback"]
        assert "Formula" not in told["feedback"]
        _, reward, terminated, _, info = env.step({"kind": "submit", "content": ""})
        assert terminated
        assert total + float(reward) == pytest.approx(info["final"]["progress"])
    finally:
        env.close()


@pytest.mark.parametrize("sandbox", ["local", "subprocess"])
def test_nothing_that_the_script_prints_reaches_the_agent(make_task: Make, sandbox: str) -> None:
    chatty = 'import sys\nprint("LOUD")\n' + made_scripts.METRIC.replace(
        "    both =", '    print("LOUD", answers.to_string()); sys.stderr.write("LOUD")\n    both ='
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)
        env = TaskEnv(make_task(metric=chatty), sandbox=sandbox)
        told = [env.reset(seed=1)]
        for kind, content in (
            ("execute_code", GOOD),
            ("validate_code", GOOD),
            ("get_history", ""),
            ("submit", ""),
        ):
            told.append(env.step({"kind": kind, "content": content}))
        assert "LOUD" not in repr(told)
        assert env.episode_dir is not None
        logged = [path.read_text() for path in env.episode_dir.rglob("*") if path.is_file()]
        assert "LOUD" not in "".join(logged)
        env.close()


def test_a_fault_of_the_script_ends_the_episode_and_is_no_reward(make_task: Make) -> None:
    spoilt = made_scripts.METRIC.replace("    both =", "    raise ValueError('LOUD')\n    both =")
    env = TaskEnv(make_task(metric=spoilt))
    env.reset(seed=1)
    with pytest.raises(MetricError, match="the task's fault"):
        env.step({"kind": "execute_code", "content": GOOD})
    with pytest.raises(ResetNeededError):
        env.step({"kind": "submit", "content": ""})
    env.close()


def test_an_agent_never_finds_script_answers_or_raw_files(make_task: Make, tmp_path: Path) -> None:
    task = make_task()
    env = TaskEnv(task)
    env.reset(seed=1)
    scorer = task.grader.scorer
    assert scorer is not None
    assert scorer._box is not None
    env.step({"kind": "execute_code", "content": GOOD})
    box = scorer._box.input
    assert (box / "answers.csv").is_file()
    places = [str(box / "answers.csv"), str(box / "metric.py"), str(box), str(tmp_path / "raw")]
    code = f"""\
import os
for path in {places!r}:
    try:
        os.listdir(path) if os.path.isdir(path) else open(path).read()
    except OSError:
        continue
    print("could read", path)
print(sorted(os.listdir("input")))
"""
    observation, *_ = env.step({"kind": "execute_code", "content": code})
    assert "could read" not in observation["feedback"]
    assert "metric.py" not in observation["feedback"]
    assert "prepare.py" not in observation["feedback"]
    env.close()


def test_environments_that_share_a_task_share_its_sandbox(make_task: Make) -> None:
    task = make_task()
    first, second = TaskEnv(task), TaskEnv(task)
    for env in (first, second):
        env.reset(seed=1)
    _, _, _, _, info = first.step({"kind": "execute_code", "content": GOOD})
    score = info["score"]
    first.close()
    # What one of them closes is made again for the other.
    _, _, _, _, info = second.step({"kind": "execute_code", "content": GOOD})
    assert info["score"] == score
    second.close()
    assert task.grader.scorer is not None
    assert task.grader.scorer._box is None


def test_many_environments_at_once(root: Path) -> None:
    made_scripts.write_task(root, slug="many-rope-load")
    mlesmith_env.register_tasks(root)
    envs = gym.make_vec("mlesmith/many-rope-load-v1", num_envs=3)
    envs.reset(seed=1)
    actions = tuple({"kind": "execute_code", "content": GOOD} for _ in range(3))
    infos = envs.step(actions)[4]
    assert np.ptp(infos["score"]) == 0
    assert infos["score"][0] > 0
    envs.close()


def test_a_machine_that_can_not_confine_refuses_at_reset_whatever_the_sandbox(
    make_task: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    task = make_task()
    monkeypatch.setattr("mlesmith_env.sandbox.process.LocalSandbox._newest_abi", lambda _: 0)
    env = TaskEnv(task, sandbox="subprocess")
    with pytest.raises(SandboxUnavailableError, match="only confined"):
        env.reset(seed=1)
    env.close()


def test_a_preparation_that_fails_is_told_at_reset(make_task: Make) -> None:
    task = make_task(
        prepare=made_scripts.PREPARE + "    raise OSError('no ropes')\n",
        prepared=made_scripts.UNPREPARED,
    )
    env = TaskEnv(task)
    with pytest.raises(ScriptError, match="no ropes"):
        env.reset(seed=1)
    env.close()
