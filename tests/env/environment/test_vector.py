from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.wrappers.vector import RecordEpisodeStatistics
from springs import BEST, GOOD, POOR, WRONG_FORMAT

from mlesmith_env.actions import ParseText, VectorParseText
from mlesmith_env.env import TaskEnv
from mlesmith_env.errors import InvalidSettingError, ResetNeededError, SandboxLostError
from mlesmith_env.task import Task
from mlesmith_env.vector import TaskVectorEnv

MakeVector = Callable[..., TaskVectorEnv]
MODES = list(AutoresetMode)


@pytest.fixture
def make_vector(task: Task) -> Iterator[MakeVector]:
    made: list[TaskVectorEnv] = []

    def make(num_envs: int = 3, **keywords: Any) -> TaskVectorEnv:
        made.append(TaskVectorEnv(task, num_envs, **keywords))
        return made[-1]

    yield make
    for envs in made:
        envs.close()


def batch(*actions: tuple[str, str]) -> dict[str, tuple[str, ...]]:
    kinds, contents = zip(*actions, strict=True)
    return {"kind": kinds, "content": contents}


def code(*programs: str) -> dict[str, tuple[str, ...]]:
    return batch(*(("execute_code", program) for program in programs))


SUBMIT = ("submit", "")
LOOK = ("get_history", "")
SCRIPT = [
    code(GOOD, "import random; print(random.random())", "1/0"),
    batch(("execute_code", BEST), SUBMIT, ("dance", "")),
    batch(SUBMIT, ("execute_code", POOR), ("execute_code", WRONG_FORMAT)),
    code(POOR, GOOD, BEST),
    batch(SUBMIT, LOOK, LOOK),
    batch(("execute_code", GOOD), SUBMIT, SUBMIT),
]


def without_times(value: Any) -> Any:
    """The value without what differs from run to run, as plain data."""
    if isinstance(value, dict):
        return {
            key: without_times(part)
            for key, part in value.items()
            if key.strip("_") not in ("durations", "t")
        }
    if isinstance(value, np.ndarray):
        return without_times(value.tolist())
    if isinstance(value, list | tuple):
        return [without_times(part) for part in value]
    return None if isinstance(value, float) and math.isnan(value) else value


def played(envs: VectorEnv[Any, Any, Any], *, masked: bool) -> list[Any]:
    told = [envs.reset(seed=11)]
    for actions in SCRIPT:
        told.append(envs.step(actions))
        *_, terminations, truncations, _ = told[-1]
        done = np.logical_or(terminations, truncations)
        if masked and done.any():
            told.append(envs.reset(options={"reset_mask": done}))
    return [without_times(one) for one in told]


@pytest.mark.parametrize("mode", MODES)
def test_results_equal_those_of_gymnasium_s_own_vector(
    task_id: str, make_vector: MakeVector, mode: AutoresetMode
) -> None:
    reference = gym.make_vec(
        task_id, 3, vectorization_mode="sync", vector_kwargs={"autoreset_mode": mode}, max_steps=4
    )
    masked = mode is AutoresetMode.DISABLED
    expected = played(reference, masked=masked)
    reference.close()
    ours = make_vector(3, autoreset_mode=mode, max_steps=4)
    found = played(ours, masked=masked)
    assert found == expected


@pytest.mark.parametrize("mode", [*MODES, "NextStep", "SameStep", "Disabled", "same_step"])
def test_make_vec_gives_this_vector_in_silence(task_id: str, mode: str | AutoresetMode) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        envs = gym.make_vec(task_id, num_envs=2, autoreset_mode=mode, max_steps=3)
    assert isinstance(envs, TaskVectorEnv)
    assert envs.metadata["autoreset_mode"] is envs.autoreset_mode
    assert envs.num_envs == 2
    observations, _ = envs.reset(seed=0)
    assert observations in envs.observation_space
    envs.action_space.seed(0)
    actions = envs.action_space.sample()
    assert actions in envs.action_space
    observations, rewards, terminations, truncations, _ = envs.step(actions)
    assert observations in envs.observation_space
    assert rewards.dtype == np.float64
    assert terminations.dtype == truncations.dtype == np.bool_
    assert rewards.shape == terminations.shape == truncations.shape == (2,)
    envs.close()
    envs.close()


def test_steps_of_the_environments_run_at_the_same_time(make_vector: MakeVector) -> None:
    envs = make_vector(4)
    envs.reset(seed=0)
    began = time.perf_counter()
    *_, infos = envs.step(code(*["import time; time.sleep(1)"] * 4))
    assert time.perf_counter() - began < sum(infos["durations"]["execution"])


@pytest.mark.parametrize("mode", MODES)
def test_statistics_of_the_vector_give_the_private_progress(
    make_vector: MakeVector, mode: AutoresetMode
) -> None:
    envs = RecordEpisodeStatistics(make_vector(2, autoreset_mode=mode, max_steps=3))
    envs.reset(seed=0)
    finals: list[float] = []
    steps = [code(GOOD, POOR), batch(SUBMIT, ("execute_code", BEST)), batch(LOOK, LOOK)]
    for actions in (*steps, *steps):
        *_, terminations, truncations, infos = envs.step(actions)
        done = np.logical_or(terminations, truncations)
        source = infos["final_info"] if mode is AutoresetMode.SAME_STEP and done.any() else infos
        for index in np.flatnonzero(done):
            finals.append(source["final"]["progress"][index])
            assert infos["episode"]["r"][index] == pytest.approx(finals[-1])
        if mode is AutoresetMode.DISABLED and done.any():
            envs.reset(options={"reset_mask": done})
    assert len(finals) >= 3
    assert list(envs.return_queue) == pytest.approx(finals)


def test_a_sequence_of_actions_is_taken_as_well(make_vector: MakeVector) -> None:
    envs = make_vector(2)
    envs.reset(seed=0)
    actions = [{"kind": "execute_code", "content": GOOD}, {"kind": "get_history", "content": ""}]
    *_, infos = envs.step(actions)
    assert infos["kind"].tolist() == ["execute_code", "get_history"]
    for wrong in (actions[:1], batch(LOOK), [*actions, *actions]):
        with pytest.raises(InvalidSettingError, match="one each"):
            envs.step(wrong)


def test_seeds_follow_gymnasium_s_convention(make_vector: MakeVector, task: Task) -> None:
    envs = make_vector(2)
    draw = code(*["import random; print(random.random())"] * 2)
    envs.reset(seed=5)
    first = envs.step(draw)[0]["feedback"]
    envs.reset(seed=[6, 5])
    assert envs.step(draw)[0]["feedback"] == first[::-1]
    assert envs.np_random_seed == (6, 5)
    env = TaskEnv(task)
    env.reset(seed=6)
    action = {"kind": "execute_code", "content": draw["content"][0]}
    assert env.step(action)[0]["feedback"] == first[1]
    env.close()
    with pytest.raises(InvalidSettingError, match="seeds"):
        envs.reset(seed=[1, 2, 3])


def test_a_mask_resets_some_and_leaves_the_others(make_vector: MakeVector) -> None:
    envs = make_vector(3, autoreset_mode="Disabled")
    with pytest.raises(ResetNeededError):
        envs.reset(options={"reset_mask": np.array([True, False, True])})
    envs.reset(seed=0)
    envs.step(batch(SUBMIT, ("execute_code", GOOD), SUBMIT))
    with pytest.raises(ResetNeededError, match=r"\[0, 2\]"):
        envs.step(batch(LOOK, LOOK, LOOK))
    options = {"reset_mask": np.array([True, False, True])}
    observations, infos = envs.reset(options=options)
    assert list(options) == ["reset_mask"]
    assert observations["steps_left"].tolist() == [6, 5, 6]
    assert "rmse" in observations["feedback"][1]
    assert infos["_kind"].tolist() == [True, False, True]
    envs.step(batch(LOOK, LOOK, LOOK))


@pytest.mark.parametrize(
    "mask",
    [[True, False], np.array([True]), np.array([1, 0]), np.array([False, False]), "all"],
)
def test_a_wrong_mask_is_refused(make_vector: MakeVector, mask: Any) -> None:
    envs = make_vector(2, autoreset_mode="Disabled")
    envs.reset(seed=0)
    with pytest.raises(InvalidSettingError, match="reset_mask"):
        envs.reset(options={"reset_mask": mask})


@pytest.mark.parametrize(
    ("keywords", "message"),
    [
        ({"num_envs": 0}, "num_envs"),
        ({"autoreset_mode": "never"}, "NextStep"),
        ({"max_episode_steps": 5}, "max_steps=5"),
        ({"max_steps": 0}, "max_steps"),
    ],
)
def test_wrong_keywords_are_refused(
    make_vector: MakeVector, keywords: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidSettingError, match=message):
        make_vector(**keywords)


def test_a_fault_in_one_environment_is_raised_when_all_have_ended(
    make_vector: MakeVector,
) -> None:
    envs = make_vector(2)
    envs.reset(seed=0)
    folder = envs.envs[0].episode_dir
    assert folder is not None
    (folder / "submissions").rmdir()
    (folder / "submissions").write_text("in the way")
    with pytest.raises(SandboxLostError):
        envs.step(code(GOOD, GOOD))
    assert list(envs.envs[1].submissions) == [1]
    envs.reset()
    assert envs.step(code(GOOD, GOOD))[4]["valid_submission"].all()


def test_render_gives_a_text_for_each(make_vector: MakeVector) -> None:
    envs = make_vector(2, render_mode="ansi")
    envs.reset(seed=0)
    frames = envs.render()
    assert len(frames) == 2
    assert all("step 0/6" in frame for frame in frames)


def test_raw_replies_play_one_environment_and_many(task_id: str, make_vector: MakeVector) -> None:
    reply = f"Let me see.\n```python\n{GOOD}```\n"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = ParseText(gym.make(task_id))
        env.reset(seed=0)
        assert reply in env.action_space
        assert env.step(reply)[4]["valid_submission"]
        *_, info = env.step("What should I do?")
        assert info["status"] == "invalid_action"
        assert "```python" in info["error"]
        assert env.step("<submit/>")[2]
        assert env.spec is not None
        env.spec.make().close()
        env.close()
        envs = VectorParseText(make_vector(2))
        envs.reset(seed=0)
        *_, infos = envs.step((reply, "ACTION: request_info data"))
        assert infos["kind"].tolist() == ["execute_code", "request_info"]
        assert (reply, "<submit/>") in envs.action_space


def test_async_workers_play_without_shared_memory(task_id: str) -> None:
    envs = gym.vector.AsyncVectorEnv(
        [lambda: gym.make(task_id, max_steps=3)] * 2, shared_memory=False
    )
    try:
        observations, _ = envs.reset(seed=0)
        assert observations in envs.observation_space
        texts = {"first": observations["feedback"]}
        observations, *_, infos = envs.step(code(GOOD, "print('other')"))
        assert infos["valid_submission"].tolist() == [True, False]
        assert "rmse" in observations["feedback"][0]
        assert "other" in observations["feedback"][1]
        assert observations["feedback"] != texts["first"]
    finally:
        envs.close()


def test_async_workers_with_shared_memory_are_refused_with_the_way_out(task_id: str) -> None:
    with pytest.raises(ValueError, match="shared_memory=False") as caught:
        gym.vector.AsyncVectorEnv([lambda: gym.make(task_id)] * 2)
    assert "holds text" in str(caught.value.__cause__)
