"""The executor: jobs in processes of their own, failures that stay with their job."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mlesmith_env.executor import JobFailure, LocalExecutor


def _square(number: int) -> int:
    return number * number


def _misbehave(what: str) -> str:
    if what == "raise":
        raise ValueError("a bad value")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "exit":
        os._exit(7)
    return what


def _where(job: int) -> int:
    return os.getpid()


def test_every_job_has_one_outcome():
    outcomes = list(LocalExecutor(workers=2).map(_square, [1, 2, 3, 4, 5]))
    assert {outcome.job: outcome.result for outcome in outcomes} == {1: 1, 2: 4, 3: 9, 4: 16, 5: 25}


def test_a_job_that_dies_fails_alone():
    jobs = ["fine", "raise", "die", "exit", "also fine"]
    results = {o.job: o.result for o in LocalExecutor(workers=2).map(_misbehave, jobs)}
    assert results["fine"] == "fine"
    assert results["also fine"] == "also fine"
    raised, died, left = results["raise"], results["die"], results["exit"]
    assert isinstance(raised, JobFailure)
    assert raised.reason == "ValueError: a bad value"
    assert "_misbehave" in raised.details
    assert isinstance(died, JobFailure)
    assert "SIGKILL" in died.reason
    assert isinstance(left, JobFailure)
    assert "exit code 7" in left.reason


def test_jobs_do_not_share_a_process():
    pids = [outcome.result for outcome in LocalExecutor(workers=1).map(_where, [0, 1, 2])]
    assert len(set(pids)) == 3
    assert os.getpid() not in pids


def test_at_least_one_worker():
    with pytest.raises(ValueError, match="at least 1"):
        LocalExecutor(workers=0)


_PARENT = """
import sys, time
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import sleeper
from mlesmith_env.executor import LocalExecutor

if __name__ == "__main__":
    for _ in LocalExecutor(workers=2).map(sleeper.sleep, [Path(sys.argv[2]), Path(sys.argv[3])]):
        pass
"""

_SLEEPER = """
import os, time

def sleep(path):
    path.write_text(str(os.getpid()))
    time.sleep(600)
"""


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def _wait_until(condition, seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


@pytest.mark.parametrize("sent", [signal.SIGKILL, signal.SIGINT])
def test_workers_end_with_the_program_that_asked(tmp_path: Path, sent: signal.Signals):
    (tmp_path / "parent.py").write_text(_PARENT)
    (tmp_path / "sleeper.py").write_text(_SLEEPER)
    marks = [tmp_path / "first", tmp_path / "second"]
    parent = subprocess.Popen(
        [sys.executable, str(tmp_path / "parent.py"), str(tmp_path), *map(str, marks)],
        stderr=subprocess.DEVNULL,
    )
    try:
        assert _wait_until(lambda: all(m.exists() and m.read_text() for m in marks))
        workers = [int(mark.read_text()) for mark in marks]
        parent.send_signal(sent)
        parent.wait(60)
        assert _wait_until(lambda: not any(_alive(pid) for pid in workers))
    finally:
        parent.kill()
        parent.wait()
