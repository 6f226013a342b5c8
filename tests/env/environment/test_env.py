from __future__ import annotations

import gc
import math
import random
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
import springs
from gymnasium.error import ResetNeeded
from gymnasium.utils.env_checker import check_env
from springs import AWFUL, BEST, GOOD, POOR, WRONG_FORMAT, predict

from mlesmith_env.env import TaskEnv
from mlesmith_env.errors import (
    InvalidSettingError,
    ResetNeededError,
    SandboxLostError,
    SandboxUnavailableError,
    UnknownTaskError,
    UnsupportedTaskError,
)
from mlesmith_env.manifest import Limits
from mlesmith_env.observations import FEEDBACK_LENGTH
from mlesmith_env.task import Task
from mlesmith_env.trajectory import read_trajectory

MakeEnv = Callable[..., TaskEnv]
INFO_TYPES = {
    "task_id": str,
    "kind": str,
    "status": str,
    "score": float,
    "progress": float,
    "best_progress": float,
    "valid_submission": bool,
    "error": str,
    "durations": dict,
}


def act(env: gym.Env[Any, Any], kind: str, content: str = "") -> tuple[Any, ...]:
    return env.step({"kind": kind, "content": content})


def run(env: gym.Env[Any, Any], code: str) -> tuple[Any, ...]:
    return act(env, "execute_code", code)


def started(env: TaskEnv, seed: int = 0) -> TaskEnv:
    env.reset(seed=seed)
    return env


# Gymnasium's own rules


def test_the_environment_checker_finds_nothing_to_warn_about(task_id: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gym.make(task_id)
        check_env(env.unwrapped)
        env.close()


def test_an_episode_through_make_passes_the_passive_checker_in_silence(task_id: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        env = gym.make(task_id, render_mode="ansi", max_steps=3)
        observation, info = env.reset(seed=1)
        assert observation in env.observation_space
        for code in (GOOD, "1/0", WRONG_FORMAT):
            observation, reward, terminated, truncated, info = run(env, code)
            assert observation in env.observation_space
            assert isinstance(reward, float)
            assert isinstance(env.render(), str)
        assert (terminated, truncated) == (False, True)
        assert info["final"]["valid"]
        env.close()


def test_render_without_a_mode_warns_and_returns_nothing(make_env: MakeEnv) -> None:
    env = started(make_env())
    with pytest.warns(UserWarning, match="render"):
        assert env.render() is None


def test_the_rendered_text_tells_step_standing_and_feedback(make_env: MakeEnv) -> None:
    env = make_env(render_mode="ansi")
    assert "reset" in str(env.render())
    started(env)
    run(env, GOOD)
    frame = str(env.render())
    assert "step 1/6" in frame
    assert "execute_code: ok" in frame
    assert "Public rmse" in frame


def test_close_may_be_called_at_any_time_and_again(make_env: MakeEnv) -> None:
    env = make_env()
    env.close()
    started(env)
    folder = env.episode_dir
    assert folder is not None
    run(env, GOOD)
    env.close()
    env.close()
    assert not folder.exists()
    assert env.submissions == {}
    with pytest.raises(ResetNeededError):
        act(env, "get_history")


def test_a_closed_environment_can_be_reset_and_played_again(make_env: MakeEnv) -> None:
    env = started(make_env())
    env.close()
    started(env)
    assert run(env, GOOD)[4]["status"] == "ok"


def test_step_needs_reset_at_first_and_after_the_end(make_env: MakeEnv) -> None:
    env = make_env()
    with pytest.raises(ResetNeededError, match="reset"):
        act(env, "submit")
    started(env)
    assert act(env, "submit")[2]
    with pytest.raises(ResetNeeded):
        act(env, "submit")
    env.reset()
    assert not act(env, "get_history")[2]


def test_an_environment_can_be_made_and_played_off_the_main_thread(make_env: MakeEnv) -> None:
    statuses: list[str] = []

    def play() -> None:
        statuses.append(run(started(make_env()), GOOD)[4]["status"])

    threads = [threading.Thread(target=play) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == ["ok", "ok"]


# Actions


def test_reset_briefs_with_description_files_limits_and_actions(make_env: MakeEnv) -> None:
    observation, info = make_env().reset(seed=0)
    for part in ("Stretch of springs", "Ω ≈ 3", "input/train.csv", "6 steps", "submission.csv"):
        assert part in observation["feedback"]
    assert observation["steps_left"] == 6
    assert observation["status"] == "ok"
    assert info["kind"] == ""


@pytest.mark.parametrize(
    ("topic", "part"),
    [
        ("overview", "Predict `stretch`"),
        ("data", "id,load,metal,stretch"),
        ("sample_submission", "id, stretch"),
        ("metric", "smaller is better"),
        ("limits", "60 s a run"),
        (" Metric ", "Progress is 0 at 8"),
    ],
)
def test_request_info_tells_one_topic(make_env: MakeEnv, topic: str, part: str) -> None:
    env = started(make_env())
    observation, reward, terminated, truncated, info = act(env, "request_info", topic)
    assert part in observation["feedback"]
    assert (reward, terminated, truncated, info["status"]) == (0.0, False, False, "ok")


def test_request_info_without_a_topic_tells_all(make_env: MakeEnv) -> None:
    env = started(make_env())
    feedback = act(env, "request_info")[0]["feedback"]
    for part in ("Predict `stretch`", "id,load,metal", "smaller is better", "Left: 5 steps"):
        assert part in feedback


def test_validate_checks_the_format_and_keeps_and_scores_nothing(make_env: MakeEnv) -> None:
    env = started(make_env())
    observation, reward, *_, info = act(env, "validate_code", BEST)
    assert info["status"] == "ok"
    assert info["valid_submission"] is True
    assert math.isnan(info["score"])
    assert reward == 0.0
    assert "rmse" not in observation["feedback"]
    assert env.submissions == {}
    _, reward, *_, info = act(env, "validate_code", WRONG_FORMAT)
    assert (info["status"], info["valid_submission"], reward) == ("invalid_submission", False, 0.0)
    *_, info = act(env, "validate_code", "print(1)")
    assert info["status"] == "invalid_submission"
    assert "wrote no submission.csv" in info["error"]
    assert act(env, "submit")[4]["final"]["valid"] is False


def test_a_program_without_a_submission_is_fine_and_scores_nothing(make_env: MakeEnv) -> None:
    env = started(make_env())
    observation, reward, *_, info = run(env, "print('only Ω looking')")
    assert "only Ω looking" in observation["feedback"]
    assert (info["status"], info["valid_submission"], reward) == ("ok", False, 0.0)
    assert observation["progress"] == 0.0


def test_history_shows_the_steps_and_one_of_them_in_full(make_env: MakeEnv) -> None:
    env = started(make_env())
    run(env, "# my plan\nprint(1)")
    run(env, GOOD)
    feedback = act(env, "get_history")[0]["feedback"]
    assert "# my plan" in feedback
    assert "Best on public rows: step 2" in feedback
    assert "print(1)" in act(env, "get_history", "1")[0]["feedback"]
    for wrong in ("9", "-1", "all", "5"):
        env.reset()
        assert act(env, "get_history", wrong)[4]["status"] == "invalid_action"


def test_history_is_bounded_and_costs_the_same_at_any_step(make_env: MakeEnv) -> None:
    env = started(make_env(max_steps=2000))
    lengths, seconds = [], []
    for _ in range(600):
        began = time.perf_counter()
        observation = act(env, "get_history")[0]
        seconds.append(time.perf_counter() - began)
        lengths.append(len(observation["feedback"]))
    assert max(lengths) < 5000
    assert np.median(seconds[-100:]) < 5 * np.median(seconds[50:150]) + 0.002


def test_the_action_reset_empties_the_workspace_and_keeps_submissions(make_env: MakeEnv) -> None:
    env = started(make_env())
    run(env, "open('note.txt', 'w').write('x')\n" + GOOD)
    act(env, "reset")
    observation = run(env, "import os; print('note:', os.path.exists('note.txt'))")[0]
    assert "note: False" in observation["feedback"]
    assert act(env, "submit", "1")[4]["final"]["valid"]


def test_files_stay_from_step_to_step_and_go_between_episodes(make_env: MakeEnv) -> None:
    env = started(make_env())
    run(env, "open('note.txt', 'w').write('x')")
    look = "import os; print(os.path.exists('note.txt'))"
    assert "True" in run(env, look)[0]["feedback"]
    env.reset()
    assert "False" in run(env, look)[0]["feedback"]


@pytest.mark.parametrize(
    "action",
    [
        {"kind": "execute", "content": "1"},
        {"kind": "execute_code", "content": ""},
        {"kind": "execute_code", "content": "\udc80"},
        {"kind": "request_info", "content": "answers"},
        {"kind": "submit", "content": "7"},
        {"kind": "submit", "content": "the best"},
        {"kind": "unparsed", "content": "write a \udc80 block"},
        {"content": "x"},
        {"kind": "submit", "content": 1},
        {1: 2},
        "submit",
        None,
        7,
    ],
)
def test_a_wrong_action_costs_a_step_and_says_how_to_mend_it(
    make_env: MakeEnv, action: Any
) -> None:
    env = started(make_env())
    observation, reward, terminated, truncated, info = env.step(action)
    assert observation in env.observation_space
    assert observation["steps_left"] == 5
    assert (reward, terminated, truncated) == (0.0, False, False)
    assert (observation["status"], info["status"]) == ("invalid_action", "invalid_action")
    assert info["error"]
    assert info["error"] in observation["feedback"]
    act(env, "get_history")


# Scores and rewards


def test_the_return_of_an_episode_is_its_private_progress(make_env: MakeEnv, task: Task) -> None:
    env = started(make_env())
    rewards = [run(env, code)[1] for code in (POOR, GOOD, AWFUL, "1/0")]
    kept = dict(env.submissions)
    *_, info = step = act(env, "submit")
    rewards.append(step[1])
    grade = task.grade(kept[2])
    assert info["final"]["progress"] == grade.progress
    assert info["final"]["score"] == grade.score
    assert sum(rewards) == pytest.approx(grade.progress, abs=1e-12)
    assert rewards[0] > 0
    assert rewards[1] > 0
    assert rewards[2:4] == [0.0, 0.0]


@pytest.mark.parametrize("seed", range(6))
def test_whatever_is_done_the_return_is_the_private_progress_of_what_counts(
    make_env: MakeEnv, task: Task, seed: int
) -> None:
    draw = random.Random(seed)
    shows = draw.random() < 0.6
    env = started(make_env(feedback="public" if shows else "none", max_steps=7))
    programs = [POOR, GOOD, BEST, AWFUL, WRONG_FORMAT, "1/0", "print(1)"]
    actions = [("execute_code", program) for program in programs]
    actions += [("validate_code", BEST), ("reset", ""), ("get_history", ""), ("dance", "")]
    total, ended = 0.0, False
    while not ended:
        kind, content = draw.choice(actions) if draw.random() < 0.9 else ("submit", "")
        _, reward, terminated, truncated, _ = act(env, kind, content)
        total, ended = total + reward, terminated or truncated
    kept = dict(env.submissions)
    expected = 0.0
    if kept:
        by_score = {step: task.grade(path, "public").score or 0.0 for step, path in kept.items()}
        chosen = min(by_score, key=lambda step: by_score[step]) if shows else max(kept)
        expected = max(0.0, task.grade(kept[chosen]).progress or 0.0)
    assert total == pytest.approx(expected)


def test_the_same_submission_pays_once(make_env: MakeEnv) -> None:
    for reward in ("improvement", "progress"):
        env = started(make_env(reward=reward))
        assert run(env, GOOD)[1] > 0
        assert run(env, GOOD)[1] == 0.0


def test_an_invalid_or_failed_submission_never_displaces_a_valid_one(make_env: MakeEnv) -> None:
    env = started(make_env())
    good = run(env, GOOD)[4]["best_progress"]
    for code in (WRONG_FORMAT, BEST + "\n1/0", "import os; os.mkdir('submission.csv')"):
        *_, info = run(env, code)
        assert info["best_progress"] == good
        assert not info["valid_submission"]
    assert list(env.submissions) == [1]
    assert "step 1 counts" in act(env, "submit")[0]["feedback"]


def test_a_submission_counts_only_from_the_run_that_wrote_it(make_env: MakeEnv) -> None:
    env = started(make_env())
    *_, info = run(env, BEST + "\nraise SystemExit(3)")
    assert info["status"] == "error"
    *_, info = run(env, "print('nothing new')")
    assert not info["valid_submission"]
    run(env, GOOD)
    *_, info = run(env, "import os; print(os.path.exists('submission.csv'))")
    assert not info["valid_submission"]
    assert list(env.submissions) == [3]


def test_a_submission_left_by_validation_does_not_count_later(make_env: MakeEnv) -> None:
    env = started(make_env())
    act(env, "validate_code", BEST)
    assert not run(env, "print(1)")[4]["valid_submission"]


def test_no_valid_submission_is_worth_nothing(make_env: MakeEnv) -> None:
    env = started(make_env())
    run(env, WRONG_FORMAT)
    _, reward, terminated, truncated, info = act(env, "submit")
    assert (reward, terminated, truncated) == (0.0, True, False)
    assert info["final"]["valid"] is False
    assert math.isnan(info["final"]["score"])


def test_submit_may_name_an_earlier_step(make_env: MakeEnv, task: Task) -> None:
    env = started(make_env())
    rewards = [run(env, code)[1] for code in (POOR, BEST)]
    poor = task.grade(env.submissions[1]).progress
    _, reward, *_, info = act(env, "submit", "step 1")
    assert info["final"]["progress"] == poor
    assert sum(rewards) + reward == pytest.approx(max(0.0, poor or 0.0))


def test_worse_than_the_floor_counts_as_nothing_in_rewards_only(make_env: MakeEnv) -> None:
    env = started(make_env())
    observation, reward, *_, info = run(env, AWFUL)
    assert reward == 0.0
    assert info["progress"] < -1e6
    assert observation["progress"] == -1e6
    _, reward, *_, info = act(env, "submit")
    assert reward == 0.0
    assert info["final"]["progress"] < -1e6


def test_other_rewards(make_env: MakeEnv) -> None:
    env = started(make_env(reward="progress"))
    first, second = run(env, BEST), run(env, GOOD)
    assert first[1] == pytest.approx(first[4]["progress"])
    assert second[1] == pytest.approx(second[4]["progress"])
    env = started(make_env(reward="terminal"))
    assert run(env, GOOD)[1] == 0.0
    _, reward, *_, info = act(env, "submit")
    assert reward == pytest.approx(info["final"]["progress"])
    env = started(make_env(reward="score"))
    assert run(env, GOOD)[1] == 0.0
    _, reward, *_, info = act(env, "submit")
    assert reward == pytest.approx(-info["final"]["score"])


def test_without_feedback_no_score_is_told_before_the_end(make_env: MakeEnv, task: Task) -> None:
    env = started(make_env(feedback="none"))
    for code in (BEST, POOR):
        observation, reward, *_, info = run(env, code)
        assert "valid" in observation["feedback"]
        assert "rmse" not in observation["feedback"]
        assert reward == 0.0
        assert math.isnan(info["score"])
        assert math.isnan(info["progress"])
        assert math.isnan(info["best_progress"])
        assert observation["progress"] == observation["best_progress"] == 0.0
        assert info["valid_submission"]
    assert "rmse" not in act(env, "get_history")[0]["feedback"]
    last = task.grade(env.submissions[2]).progress
    _, reward, *_, info = act(env, "submit")
    assert info["final"]["progress"] == last
    assert reward == pytest.approx(last)


def test_info_has_every_key_with_one_type_and_final_only_at_the_end(make_env: MakeEnv) -> None:
    env = make_env(max_steps=5)
    infos = [env.reset(seed=0)[1]]
    infos += [run(env, code)[4] for code in (GOOD, "1/0", WRONG_FORMAT)]
    infos += [act(env, "get_history")[4], act(env, "dance")[4]]
    for info in infos[:-1]:
        assert {key: type(value) for key, value in info.items()} == INFO_TYPES
    final = infos[-1].pop("final")
    assert {key: type(value) for key, value in infos[-1].items()} == INFO_TYPES
    for info in infos:
        assert {type(value) for value in info["durations"].values()} == {float}
        assert set(info["durations"]) == {"execution", "overhead"}
    assert {key: type(value) for key, value in final.items()} == {
        "valid": bool,
        "score": float,
        "progress": float,
        "rank": float,
        "medal": str,
        "error": str,
    }


# Budgets


def test_the_last_step_truncates_and_settles(make_env: MakeEnv, task: Task) -> None:
    env = started(make_env(max_steps=2))
    first = run(env, GOOD)
    observation, reward, terminated, truncated, info = run(env, POOR)
    assert (terminated, truncated) == (False, True)
    assert observation["steps_left"] == 0
    assert "step 1 counts" in observation["feedback"]
    assert first[1] + reward == pytest.approx(info["final"]["progress"])


def test_submitting_at_the_last_step_terminates(make_env: MakeEnv) -> None:
    env = started(make_env(max_steps=1))
    assert act(env, "submit")[2:4] == (True, False)


def test_a_run_that_takes_too_long_is_a_timeout(make_env: MakeEnv) -> None:
    env = started(make_env(step_timeout_s=3.0))
    code = BEST + "\nprint('so far', flush=True)\nimport time; time.sleep(600)"
    observation, reward, terminated, truncated, info = run(env, code)
    assert (info["status"], reward, terminated, truncated) == ("timeout", 0.0, False, False)
    assert "so far" in observation["feedback"]
    assert not info["valid_submission"]
    assert info["durations"]["execution"] < 60


def test_the_wall_clock_budget_truncates_and_settles(make_env: MakeEnv) -> None:
    env = started(make_env(time_limit_s=5.0))
    first = run(env, GOOD)
    assert not first[3]
    _, reward, terminated, truncated, info = run(env, "import time; time.sleep(600)")
    assert (terminated, truncated, info["status"]) == (False, True, "timeout")
    assert first[1] + reward == pytest.approx(info["final"]["progress"])


def test_an_action_after_the_wall_clock_budget_is_not_carried_out(make_env: MakeEnv) -> None:
    env = started(make_env(time_limit_s=0.05))
    time.sleep(0.1)
    observation, _, terminated, truncated, info = run(env, BEST)
    assert (terminated, truncated, info["status"]) == (False, True, "timeout")
    assert "time budget" in observation["feedback"]
    assert info["final"]["valid"] is False
    env.reset()
    time.sleep(0.1)
    assert act(env, "submit")[2:4] == (True, False)


def test_a_time_limit_wrapper_cuts_without_settlement(task_id: str) -> None:
    env = gym.make(task_id, max_episode_steps=2)
    env.reset(seed=0)
    paid = run(env, GOOD)[1]
    *_, terminated, truncated, info = step = act(env, "get_history")
    assert (terminated, truncated) == (False, True)
    assert "final" not in info
    assert step[1] == 0.0
    assert paid > 0
    env.close()


@pytest.mark.parametrize("cut", [False, True])
def test_episode_statistics_give_the_private_progress(task_id: str, cut: bool) -> None:
    env = gym.wrappers.RecordEpisodeStatistics(gym.make(task_id, max_steps=2))
    env.reset(seed=0)
    run(env, GOOD)
    *_, info = run(env, "print(1)") if cut else act(env, "submit")
    assert info["episode"]["r"] == pytest.approx(info["final"]["progress"])
    env.close()


# Seeds

DRAW = """\
import random
import numpy
print(random.random(), numpy.random.rand(), hash("a"), len({str(i) for i in range(9)}))
"""


def drawn(env: TaskEnv, seed: int | None) -> list[str]:
    env.reset(seed=seed)
    return [run(env, DRAW)[0]["feedback"] for _ in range(2)]


def test_a_seed_fixes_the_random_state_of_every_step(make_env: MakeEnv) -> None:
    env, other = make_env(), make_env()
    first = drawn(env, 7)
    assert first[0] != first[1]
    assert drawn(env, 7) == first
    following = drawn(env, None)
    assert following != first
    assert drawn(other, 7) == first
    assert drawn(other, None) == following
    assert drawn(other, 8) != first


# Faults


def test_a_lost_sandbox_raises_and_a_reset_recovers(make_env: MakeEnv) -> None:
    env = started(make_env())
    folder = env.episode_dir
    assert folder is not None
    (folder / "submissions").rmdir()
    (folder / "submissions").write_text("in the way")
    with pytest.raises(SandboxLostError):
        run(env, GOOD)
    with pytest.raises(ResetNeededError):
        run(env, GOOD)
    env.reset()
    assert run(env, GOOD)[4]["valid_submission"]


@pytest.mark.parametrize(("isolation", "same"), [("reuse", True), ("fresh", False)])
def test_isolation_says_whether_episodes_share_a_sandbox(
    make_env: MakeEnv, isolation: str, same: bool
) -> None:
    env = make_env(isolation=isolation)
    where = "import os; print(os.getcwd())"
    places: list[str] = []
    for _ in range(2):
        env.reset(seed=0)
        observation = run(env, where)[0]
        places.append(observation["feedback"].partition("Output:")[2].strip())
    assert (places[0] == places[1]) == same


def test_an_unknown_sandbox_is_refused(make_env: MakeEnv) -> None:
    with pytest.raises(SandboxUnavailableError, match="locl"):
        make_env(sandbox="locl").reset()


@pytest.mark.parametrize(
    ("keywords", "error", "message"),
    [
        ({"stateful": "yes"}, InvalidSettingError, "stateful"),
        ({"libraries": ["no_such_module"]}, InvalidSettingError, "not installed"),
        ({"libraries": ["import os"]}, InvalidSettingError, "modules to import"),
        ({"isolation": "landlock"}, InvalidSettingError, "isolation"),
        ({"isolation": "frech"}, InvalidSettingError, "did you mean 'fresh'"),
        ({"sandbox_options": {"gpus": "all"}}, InvalidSettingError, "sandbox='docker'"),
        (
            {"sandbox": "docker", "sandbox_options": {"gpu": "all"}},
            InvalidSettingError,
            "did you mean 'gpus'",
        ),
        (
            {"sandbox": "docker", "sandbox_options": {"cpus": 0}},
            InvalidSettingError,
            "cpus",
        ),
        ({"reward": "rank"}, UnsupportedTaskError, "not there yet"),
        ({"reward": "imprvement"}, InvalidSettingError, "did you mean"),
        ({"feedback": "pubic"}, InvalidSettingError, "did you mean 'public'"),
        ({"feedback": None}, InvalidSettingError, "feedback"),
        ({"max_steps": 0}, InvalidSettingError, "max_steps"),
        ({"max_steps": 2.5}, InvalidSettingError, "max_steps"),
        ({"max_steps": True}, InvalidSettingError, "max_steps"),
        ({"step_timeout_s": -1}, InvalidSettingError, "step_timeout_s"),
        ({"step_timeout_s": math.nan}, InvalidSettingError, "step_timeout_s"),
        ({"time_limit_s": math.inf}, InvalidSettingError, "time_limit_s"),
        ({"time_limit_s": "3"}, InvalidSettingError, "time_limit_s"),
        ({"render_mode": "human"}, InvalidSettingError, "render_mode"),
        ({"max_step": 3}, TypeError, "max_step"),
    ],
)
def test_a_wrong_keyword_is_refused_when_the_environment_is_made(
    make_env: MakeEnv, keywords: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        make_env(**keywords)


def test_a_task_may_be_named_or_given_by_its_folder(task_id: str, spring_package: Path) -> None:
    for name in (task_id, "spring-stretch", spring_package, str(spring_package)):
        assert TaskEnv(name).task.id == task_id
    with pytest.raises(UnknownTaskError, match="spring-stretch"):
        TaskEnv("spring-strech")


# Outputs and files


def test_large_outputs_are_cut_in_feedback_and_whole_on_disk(make_env: MakeEnv) -> None:
    env = started(make_env())
    code = "print('the beginning')\nprint('x' * 5_000_000)\nraise ValueError('the end Ω')"
    observation, *_, info = run(env, code)
    assert info["status"] == "error"
    assert "the beginning" in observation["feedback"]
    assert "ValueError: the end Ω" in observation["feedback"]
    assert len(observation["feedback"]) < 13_000
    assert env.episode_dir is not None
    assert (env.episode_dir / "outputs" / "0001.txt").stat().st_size > 5_000_000


def test_binary_output_is_told_as_text(make_env: MakeEnv) -> None:
    env = started(make_env())
    code = r"import sys; sys.stdout.buffer.write(bytes(range(256)) + b'\xed\xb2\x80')"
    observation = run(env, code)[0]
    assert observation in env.observation_space


def test_escape_sequences_of_a_program_do_not_reach_a_terminal(make_env: MakeEnv) -> None:
    env = started(make_env(render_mode="ansi"))
    observation = run(env, r"print('\x1b[2J\x1b]0;owned\x07 1 %\r2 %\x9b1m\tΩ')")[0]
    told = observation["feedback"] + str(env.render())
    assert not set(told) & set("\x1b\x07\r\x9b")
    assert "1 %\n2 %" in told
    assert "\tΩ" in told


def test_a_long_description_still_fits_the_observation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    package = springs.write_task(
        tmp_path / "registry", description="# Long\n\n" + "Ω word " * 20_000
    )
    env = TaskEnv(Task.load(package))
    observation, _ = env.reset(seed=0)
    assert observation in env.observation_space
    assert "How to act" in observation["feedback"]
    assert len(act(env, "request_info")[0]["feedback"]) <= FEEDBACK_LENGTH
    env.close()


def test_limits_of_the_task_hold_unless_the_caller_changes_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    limits = Limits(max_steps=3, submission_bytes=300)
    env = TaskEnv(Task.load(springs.write_task(tmp_path / "registry", limits)), max_steps=9)
    assert env.reset(seed=0)[0]["steps_left"] == 9
    *_, info = run(env, GOOD)
    assert info["status"] == "invalid_submission"
    assert "300" in info["error"]
    env.close()


def test_submissions_are_kept_outside_for_the_host(make_env: MakeEnv, task: Task) -> None:
    env = started(make_env())
    run(env, POOR)
    run(env, WRONG_FORMAT)
    run(env, GOOD)
    assert list(env.submissions) == [1, 3]
    for path in env.submissions.values():
        assert task.grade(path, "public").valid
    before = list(env.submissions.values())
    act(env, "submit")
    assert list(env.submissions.values()) == before
    env.reset()
    assert env.submissions == {}
    assert not before[0].exists()


def test_answers_and_logs_are_out_of_a_program_s_reach(
    make_env: MakeEnv, task: Task, tmp_path: Path
) -> None:
    env = started(make_env(log_dir=tmp_path / "logs"))
    assert env.episode_dir is not None
    for path in (
        task.prepare().private_dir / "answers.csv",
        env.episode_dir / "trajectory.jsonl",
        task.directory / "task.yaml",
    ):
        assert path.exists()
        *_, info = run(env, f"open({str(path)!r}).read()")
        assert info["status"] == "error"


def test_episodes_leave_nothing_behind_in_the_temporary_folder(
    make_env: MakeEnv, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import tempfile

    (tmp_path / "t").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "t"))
    env = make_env()
    for _ in range(3):
        started(env)
        run(env, GOOD)
    env.close()
    gc.collect()
    assert list((tmp_path / "t").iterdir()) == []


def test_the_trajectory_tells_the_whole_episode(make_env: MakeEnv, tmp_path: Path) -> None:
    env = started(make_env(log_dir=tmp_path, max_steps=4), seed=5)
    rewards = [run(env, POOR)[1], env.step("nonsense")[1], run(env, BEST)[1]]
    folder = env.episode_dir
    assert folder is not None
    running = read_trajectory(folder)
    assert running.settlement is None
    assert "private" not in (folder / "trajectory.jsonl").read_text()
    *_, info = step = act(env, "submit")
    env.close()
    trajectory = read_trajectory(folder / "trajectory.jsonl")
    assert trajectory.header["task_id"] == env.task.id
    assert trajectory.header["configuration"]["limits"]["max_steps"] == 4
    assert [line["step"] for line in trajectory.steps] == [1, 2, 3, 4]
    assert [line["kind"] for line in trajectory.steps] == [
        "execute_code",
        "",
        "execute_code",
        "submit",
    ]
    assert trajectory.steps[0]["content"] == POOR
    assert trajectory.steps[1]["score"] is None
    assert (folder / trajectory.steps[2]["submission"]).is_file()
    assert (folder / trajectory.steps[2]["output"]).is_file()
    settlement = trajectory.settlement
    assert settlement is not None
    assert settlement["step"] == 3
    assert settlement["grade"]["score"] == info["final"]["score"]
    assert settlement["return"] == pytest.approx(sum(rewards) + step[1])
    paid = sum(line["reward"] for line in trajectory.steps) + settlement["reward"]
    assert paid == pytest.approx(settlement["return"])


def test_an_identical_program_for_every_row_is_matched_by_id(make_env: MakeEnv) -> None:
    env = started(make_env())
    forward = run(env, GOOD)[4]["score"]
    backward = predict("2.5 * load", before="").replace("for row in rows", "for row in rows[::-1]")
    assert run(env, backward)[4]["score"] == pytest.approx(forward)
