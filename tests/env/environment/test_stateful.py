from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from springs import AWFUL, BEST, GOOD, POOR

from mlesmith_env.env import TaskEnv
from mlesmith_env.errors import ResetNeededError, SnapshotError
from mlesmith_env.rewards import reward_names
from mlesmith_env.trajectory import read_trajectory

MakeEnv = Callable[..., TaskEnv]
Step = tuple[dict[str, Any], float, bool, bool, dict[str, Any]]

LOAD = """
import csv
rows = list(csv.DictReader(open("input/test.csv")))
def submit(slope):
    with open("submission.csv", "w") as file:
        file.write("id,stretch\\n")
        for row in rows:
            file.write(f"{row['id']},{slope * float(row['load'])}\\n")
"""


def execute(env: TaskEnv, code: str) -> Step:
    return env.step({"kind": "execute_code", "content": code})  # pyright: ignore


def test_variables_live_on_from_step_to_step_and_the_briefing_says_so(make_env: MakeEnv) -> None:
    env = make_env(stateful=True)
    observation, _ = env.reset(seed=0)
    assert "live on from step to step" in observation["feedback"]
    execute(env, LOAD)
    assert execute(env, "submit(2.5)")[4]["valid_submission"]
    better = execute(env, "submit(3)")
    assert better[4]["valid_submission"]
    assert better[1] > 0
    plain = make_env()
    assert "live on" not in plain.reset(seed=0)[0]["feedback"]


def test_a_submission_counts_only_from_the_step_that_wrote_it(make_env: MakeEnv) -> None:
    env = make_env(stateful=True)
    env.reset(seed=0)
    execute(env, LOAD + "submit(3)")
    info = execute(env, "print('no file')")[4]
    assert math.isnan(info["score"])
    assert not info["valid_submission"]


def test_the_feedback_says_what_became_of_the_variables(make_env: MakeEnv) -> None:
    env = make_env(stateful=True, step_timeout_s=2.0, max_steps=10)
    env.reset(seed=0)
    execute(env, "x = 1")
    observation, *_, info = execute(env, "import time\nwhile True: time.sleep(0.01)")
    assert info["status"] == "timeout"
    assert "variables so far are kept" in observation["feedback"]
    assert "print(x)" not in execute(env, "print(x)")[0]["feedback"]
    assert "kept" in execute(env, "1 / 0")[0]["feedback"]
    observation, *_, info = execute(env, "import os; os._exit(0)")
    assert info["status"] == "ok"
    assert "all variables are gone" in observation["feedback"]
    assert "NameError" in execute(env, "print(x)")[0]["feedback"]


def test_restoring_takes_the_session_back_and_not_the_episode(make_env: MakeEnv) -> None:
    env = make_env(stateful=True, max_steps=20)
    env.reset(seed=0)
    execute(env, LOAD)
    state = env.snapshot()
    rewards = [execute(env, "submit(3); best = True")[1]]
    for _ in range(2):
        env.restore(state)
        rewards.append(execute(env, "submit(3); assert 'best' not in globals(); best = True")[1])
    assert rewards[0] > 0
    # The same submission is paid once, in whichever branch.
    assert rewards[1:] == [0.0, 0.0]
    observation = env.step({"kind": "get_history", "content": ""})[0]
    assert observation["steps_left"] == 20 - 5
    assert observation["best_progress"] > 0
    *_, terminated, _, info = env.step({"kind": "submit", "content": ""})
    assert terminated
    assert info["final"]["valid"]
    with pytest.raises(ResetNeededError):
        env.snapshot()


@pytest.mark.parametrize("reward", reward_names())
@pytest.mark.parametrize("feedback", ["public", "none"])
def test_sessions_pay_what_programs_of_their_own_are_paid(
    make_env: MakeEnv, reward: str, feedback: str
) -> None:
    returns: list[list[float]] = []
    for stateful in (False, True):
        env = make_env(stateful=stateful, reward=reward, feedback=feedback)
        env.reset(seed=3)
        paid = [execute(env, code)[1] for code in (POOR, GOOD, BEST, AWFUL)]
        paid.append(env.step({"kind": "submit", "content": ""})[1])
        returns.append(paid)
        env.close()
    assert np.allclose(*returns)


def test_the_agents_reset_begins_a_new_session_and_keeps_snapshots(make_env: MakeEnv) -> None:
    env = make_env(stateful=True)
    env.reset(seed=0)
    execute(env, "x = 1; open('file', 'w')")
    state = env.snapshot()
    told = env.step({"kind": "reset", "content": ""})[0]["feedback"]
    assert "no variable is left" in told
    assert "NameError" in execute(env, "print(x)")[0]["feedback"]
    env.restore(state)
    assert execute(env, "open('file'); print(x)")[4]["status"] == "ok"


def test_an_episodes_snapshots_end_with_it(make_env: MakeEnv) -> None:
    env = make_env(stateful=True)
    env.reset(seed=0)
    execute(env, "x = 1")
    old = env.snapshot()
    assert env.snapshots == (old,)
    env.reset()
    assert env.snapshots == ()
    assert "NameError" in execute(env, "print(x)")[0]["feedback"]
    new = env.snapshot()
    assert new != old
    with pytest.raises(SnapshotError, match="no snapshot"):
        env.restore(old)
    assert execute(env, "print(1)")[4]["status"] == "ok"


def test_snapshots_need_a_session_and_an_episode(make_env: MakeEnv) -> None:
    plain = make_env()
    with pytest.raises(ResetNeededError):
        plain.snapshot()
    plain.reset(seed=0)
    with pytest.raises(SnapshotError, match="stateful=True"):
        plain.snapshot()
    assert execute(plain, BEST)[4]["valid_submission"]


def test_the_trajectory_holds_what_was_branched(make_env: MakeEnv, tmp_path: Path) -> None:
    env = make_env(stateful=True, log_dir=tmp_path)
    env.reset(seed=0)
    execute(env, "x = 1")
    state = env.snapshot()
    execute(env, "x = 2")
    env.restore(state)
    env.forget(state)
    with pytest.raises(SnapshotError):
        env.restore(state)
    folder = env.episode_dir
    env.close()
    assert folder is not None
    trajectory = read_trajectory(folder)
    assert trajectory.header["configuration"]["stateful"] is True
    assert [dict(event) for event in trajectory.events] == [
        {"event": "snapshot", "snapshot": state, "step": 1},
        {"event": "restore", "snapshot": state, "step": 2},
        {"event": "forget", "snapshot": state, "step": 2},
    ]
    assert len(trajectory.steps) == 2


def test_vectors_of_sessions_are_independent(task_id: str) -> None:
    envs = gym.make_vec(task_id, num_envs=2, stateful=True)
    try:
        envs.reset(seed=0)
        both = [{"kind": "execute_code", "content": f"x = {n}"} for n in range(2)]
        envs.step(both)  # pyright: ignore
        states = [env.unwrapped.snapshot() for env in envs.envs]  # pyright: ignore
        ask = [{"kind": "execute_code", "content": "print('x is', x); x = 9"}] * 2
        for _ in range(2):
            told = envs.step(ask)[0]["feedback"]  # pyright: ignore
            assert ["x is 0" in told[0], "x is 1" in told[1]] == [True, True]
            for env, state in zip(envs.envs, states, strict=True):  # pyright: ignore
                env.unwrapped.restore(state)
    finally:
        envs.close()
