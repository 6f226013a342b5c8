"""The executor: jobs in processes of their own, failures that stay with their job."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from mlesmith_env.errors import InvalidSettingError
from mlesmith_env.executor import Budget, Execution, JobFailure, LocalExecutor
from mlesmith_env.scratch import make_scratch, remove_abandoned_scratch


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


def test_a_job_has_the_variables_of_whoever_asked_last(monkeypatch: pytest.MonkeyPatch):
    for value in ("first", "second"):
        monkeypatch.setenv("MLESMITH_ASKED", value)
        found = [outcome.result for outcome in LocalExecutor().map(os.getenv, ["MLESMITH_ASKED"])]
        assert found == [value]


def test_at_least_one_worker():
    with pytest.raises(ValueError, match="at least 1"):
        LocalExecutor(workers=0)


_PARENT = """
import signal, sys
# What runs in the background of a script is started with the signal ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)
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


_DEAF = """
import signal, sys, threading, time
signal.signal(signal.SIGINT, signal.default_int_handler)
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import sleeper
from mlesmith_env.executor import LocalExecutor

mark = Path(sys.argv[2])

def interrupt():
    while not mark.exists():
        time.sleep(0.05)
    # Long after the program has begun to wait, and without waking it: this thread gets the signal.
    time.sleep(1)
    signal.pthread_kill(threading.get_ident(), signal.SIGINT)

if __name__ == "__main__":
    threading.Thread(target=interrupt).start()
    try:
        list(LocalExecutor().map(sleeper.sleep, [mark]))
    except KeyboardInterrupt:
        print("interrupted")
"""


def test_an_interrupt_that_does_not_wake_the_wait_is_heard(tmp_path: Path):
    (tmp_path / "parent.py").write_text(_DEAF)
    (tmp_path / "sleeper.py").write_text(_SLEEPER)
    command = [sys.executable, str(tmp_path / "parent.py"), str(tmp_path), str(tmp_path / "mark")]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.stdout == "interrupted\n", done.stderr


def _sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def _hold(size: int) -> int:
    held = bytearray(size)
    held[::4096] = b"x" * len(held[::4096])
    time.sleep(600 if size > 1024**2 else 0)
    return len(held)


def _litter(how: str) -> str:
    folder = tempfile.mkdtemp()
    Path(folder, "left").write_text("something")
    if how == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if how == "hangs":
        time.sleep(600)
    return folder


def _threads(job: int) -> list[int]:
    import numpy as np
    import threadpoolctl

    np.linalg.solve(np.eye(3), np.ones(3))
    return [library["num_threads"] for library in threadpoolctl.threadpool_info()]


def test_a_job_that_takes_too_long_is_ended_and_the_others_go_on():
    executor = LocalExecutor(workers=2, budget=Budget(timeout_s=20.0))
    results = {o.job: o.result for o in executor.map(_sleep, [600.0, 0.0, 0.1])}
    assert results[0.0] == 0.0
    assert results[0.1] == 0.1
    assert isinstance(results[600.0], JobFailure)
    assert "longer than the 20 s" in results[600.0].reason


@pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
def test_a_job_that_holds_too_much_is_ended_and_the_others_go_on():
    executor = LocalExecutor(workers=2, budget=Budget(memory_bytes=600_000_000))
    results = {o.job: o.result for o in executor.map(_hold, [900_000_000, 1024])}
    assert results[1024] == 1024
    assert isinstance(results[900_000_000], JobFailure)
    assert "of 0.6 GB" in results[900_000_000].reason


def test_what_a_job_leaves_in_its_temporary_folder_goes_however_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    executor = LocalExecutor(workers=3, budget=Budget(timeout_s=20.0))
    results = {o.job: o.result for o in executor.map(_litter, ["ends", "killed", "hangs"])}
    assert Path(str(results["ends"])).is_relative_to(tmp_path)
    assert isinstance(results["killed"], JobFailure)
    assert isinstance(results["hangs"], JobFailure)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_program_left_goes_with_the_next_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    code = (
        "from mlesmith_env.scratch import make_scratch; (make_scratch() / 'left').write_text('x')"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert len(list(tmp_path.iterdir())) == 1
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    kept = make_scratch()
    remove_abandoned_scratch()
    assert list(tmp_path.iterdir()) == [kept]


def test_numerical_libraries_of_a_job_use_one_thread():
    ((outcome),) = LocalExecutor().map(_threads, [1])
    assert outcome.result
    assert set(outcome.result) == {1}


@pytest.mark.parametrize(
    ("execution", "told"),
    [
        (Execution(executor="slurm"), "no executor 'slurm'"),
        (Execution(address="auto"), "use the executor 'ray'"),
        (Execution(workers=0), "at least 1"),
    ],
)
def test_an_execution_that_can_not_be_is_refused(execution: Execution, told: str):
    with pytest.raises(InvalidSettingError, match=told):
        execution.start()


@pytest.mark.parametrize("bounds", [{"timeout_s": 0.0}, {"memory_bytes": -1}])
def test_a_budget_of_nothing_is_refused(bounds: dict[str, float]):
    with pytest.raises(InvalidSettingError, match="above zero"):
        Budget(**bounds)
