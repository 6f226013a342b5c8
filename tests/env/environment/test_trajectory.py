from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from mlesmith_env.errors import TrajectoryError
from mlesmith_env.trajectory import TRAJECTORY, TrajectoryLog, new_episode_folder, read_trajectory

STEP = {"kind": "execute_code", "content": "print('Ω')", "status": "ok", "score": 0.5}


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    log = TrajectoryLog(tmp_path, {"task_id": "mlesmith/a-v1"})
    log.step(1, STEP)
    log.step(2, {**STEP, "score": float("nan")})
    log.settle({"step": 1, "grade": {"score": 0.4}})
    log.close()
    log.close()
    trajectory = read_trajectory(tmp_path)
    assert trajectory.header["task_id"] == "mlesmith/a-v1"
    assert trajectory.steps == ({"step": 1, **STEP}, {"step": 2, **STEP, "score": None})
    assert trajectory.settlement == {"step": 1, "grade": {"score": 0.4}}


def test_numbers_of_numpy_and_text_that_is_none_are_written_all_the_same(tmp_path: Path) -> None:
    log = TrajectoryLog(tmp_path, {"seed": np.int64(3)})
    values = {"a": np.float32(0.5), "b": np.int64(2), "c": np.bool_(True), "d": np.float64("inf")}
    log.step(1, {**values, "content": "\udc80", "path": tmp_path})
    log.close()
    (step,) = read_trajectory(tmp_path).steps
    assert (step["a"], step["b"], step["c"], step["d"]) == (0.5, 2, True, None)


def test_a_step_is_found_again_without_reading_the_others(tmp_path: Path) -> None:
    log = TrajectoryLog(tmp_path, {})
    for number in range(1, 30):
        log.step(number, {**STEP, "content": f"Ω {number}"})
    assert [(log.read_step(n) or {})["content"] for n in (1, 17, 29)] == ["Ω 1", "Ω 17", "Ω 29"]
    assert log.read_step(30) is None
    log.close()


@pytest.mark.parametrize("cut", [2, 20, 60])
def test_a_torn_last_line_loses_no_more_than_itself(tmp_path: Path, cut: int) -> None:
    log = TrajectoryLog(tmp_path, {})
    for number in (1, 2, 3):
        log.step(number, STEP)
    log.close()
    path = tmp_path / TRAJECTORY
    path.write_bytes(path.read_bytes()[:-cut])
    assert [step["step"] for step in read_trajectory(path).steps] == [1, 2]


def test_a_log_is_readable_after_a_kill_at_any_point(tmp_path: Path) -> None:
    program = f"""
from pathlib import Path
from mlesmith_env.trajectory import TrajectoryLog
log = TrajectoryLog(Path({str(tmp_path)!r}), {{"task_id": "t"}})
number = 0
while True:
    number += 1
    log.step(number, {{"content": "x" * 5000}})
    print(number, flush=True)
"""
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert process.stdout is not None
    while int(process.stdout.readline()) < 50:
        pass
    os.kill(process.pid, signal.SIGKILL)
    told = [int(line) for line in process.stdout.read().split()]
    process.wait()
    steps = [step["step"] for step in read_trajectory(tmp_path).steps]
    assert steps == list(range(1, len(steps) + 1))
    assert len(steps) >= max(told, default=50)


def test_a_step_costs_the_same_at_any_length(tmp_path: Path) -> None:
    log = TrajectoryLog(tmp_path, {})
    seconds = []
    for number in range(1, 3001):
        began = time.perf_counter()
        log.step(number, STEP)
        seconds.append(time.perf_counter() - began)
    log.close()
    assert np.median(seconds[-500:]) < 3 * np.median(seconds[500:1000]) + 1e-4
    lines = (tmp_path / TRAJECTORY).read_text().splitlines()
    assert len(lines) == 3001
    assert all(json.loads(line) for line in lines)


@pytest.mark.parametrize("content", ["", "not json\n", '{"type": "step"}\n', "[1]\n"])
def test_what_is_no_trajectory_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "other.jsonl"
    path.write_text(content)
    with pytest.raises(TrajectoryError, match="no trajectory"):
        read_trajectory(path)


def test_a_missing_or_foreign_trajectory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TrajectoryError, match="can not be read"):
        read_trajectory(tmp_path / "none.jsonl")
    path = tmp_path / "newer.jsonl"
    path.write_text('{"type": "episode", "schema_version": 99}\n')
    with pytest.raises(TrajectoryError, match="99"):
        read_trajectory(path)


def test_episodes_never_share_a_folder(tmp_path: Path) -> None:
    folders = {new_episode_folder(tmp_path / "logs", "a-v1") for _ in range(50)}
    assert len(folders) == 50


def test_a_folder_that_can_not_be_made_is_our_own_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TrajectoryError, match="log_dir"):
        new_episode_folder(tmp_path / "file", "a-v1")
    with pytest.raises(TrajectoryError, match="can not be written"):
        TrajectoryLog(tmp_path / "file" / "below", {})
