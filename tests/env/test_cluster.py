"""The Ray executor: a cluster of several nodes on this machine, some of them killed."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.cluster import MOST_RUNS
from mlesmith_env.errors import ExecutorError, InvalidSettingError, MissingExtraError
from mlesmith_env.executor import Budget, Execution, Executor, JobFailure

ray = pytest.importorskip("ray", reason="Ray is not installed")
cluster_utils = pytest.importorskip("ray.cluster_utils", reason="Ray can not start clusters here")

pytestmark = pytest.mark.timeout(900)

SMALL = {"object_store_memory": 80_000_000}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    made = cluster_utils.Cluster(
        initialize_head=True,
        head_node_args={
            "num_cpus": 1,
            "include_dashboard": False,
            "object_store_memory": 80_000_000,
        },
    )
    try:
        yield made
    finally:
        ray.shutdown()
        made.shutdown()


def _executor(cluster: Any, **more: Any) -> Executor:
    return Execution("ray", address=cluster.address, **more).start()


def _misbehave(what: str) -> str:
    if what == "raise":
        raise ValueError("a bad value")
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "hang":
        time.sleep(600)
    return what


def _wait_for_the_kill(job: tuple[Path, int]) -> tuple[int, str]:
    """Write down that the job began and in which processes, and wait until a node was killed."""
    folder, number = job
    with (folder / "begun").open("a") as file:
        file.write(f"{number} {os.getpid()} {os.getppid()}\n")
    while not (folder / "killed").exists():
        time.sleep(0.05)
    return number, os.environ.get("MLESMITH_CACHE", "")


def _begun(folder: Path) -> list[list[int]]:
    path = folder / "begun"
    lines = path.read_text().splitlines() if path.is_file() else []
    return [[int(word) for word in line.split()] for line in lines]


def _kill_the_worker(job: tuple[Path, int]) -> str:
    """End the Ray worker, and so this process, as the loss of a node does: so many times."""
    folder, times = job
    with (folder / "runs").open("a") as file:
        file.write("run\n")
    if len((folder / "runs").read_text().split()) > times:
        return "survived"
    server = Path(f"/proc/{os.getppid()}/stat").read_text()
    os.kill(int(server.rsplit(")", 1)[1].split()[1]), signal.SIGKILL)
    time.sleep(600)
    return "never"


def test_a_job_that_fails_fails_alone_and_is_not_run_again(cluster: Any):
    executor = _executor(cluster, budget=Budget(timeout_s=30.0))
    jobs = ["fine", "raise", "die", "hang", "also fine"]
    results = {outcome.job: outcome.result for outcome in executor.map(_misbehave, jobs)}
    assert results["fine"] == "fine"
    assert results["also fine"] == "also fine"
    told = {job: result.reason for job, result in results.items() if isinstance(result, JobFailure)}
    assert told["raise"] == "ValueError: a bad value"
    assert "SIGKILL" in told["die"]
    assert "longer than the 30 s" in told["hang"]


def test_with_a_node_killed_nothing_is_lost_and_nothing_doubled(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    nodes = [cluster.add_node(num_cpus=2, **SMALL) for _ in range(2)]

    def kill_one() -> None:
        # On six CPUs, two a node: one job at least runs on the node that is killed.
        try:
            assert _wait_until(lambda: len(_begun(tmp_path)) >= 5, 300), _begun(tmp_path)
            cluster.remove_node(nodes[0], allow_graceful=False)
            assert _wait_until(lambda: not all(_alive(job) for _, job, _ in _begun(tmp_path)), 120)
        finally:
            (tmp_path / "killed").touch()

    with ThreadPoolExecutor(1) as thread:
        killing = thread.submit(kill_one)
        jobs = [(tmp_path, number) for number in range(16)]
        outcomes = list(_executor(cluster).map(_wait_for_the_kill, jobs))
        killing.result()
    cluster.remove_node(nodes[1], allow_graceful=False)
    failed = [o.result for o in outcomes if isinstance(o.result, JobFailure)]
    assert failed == []
    assert sorted(number for number, _ in (o.result for o in outcomes)) == list(range(16))
    assert {cache for _, cache in (o.result for o in outcomes)} == {str(tmp_path / "cache")}
    begun = Counter(number for number, *_ in _begun(tmp_path))
    assert set(begun) == set(range(16))
    assert begun.total() > 16, "no job was running on the node that was killed"
    processes = {pid for _, *pids in _begun(tmp_path) for pid in pids}
    assert _wait_until(lambda: not any(_alive(pid) for pid in processes), 120)


def test_a_job_whose_node_is_lost_is_run_again(cluster: Any, tmp_path: Path):
    ((outcome),) = _executor(cluster).map(_kill_the_worker, [(tmp_path, 2)])
    assert outcome.result == "survived"
    assert (tmp_path / "runs").read_text().split() == ["run"] * 3


def test_a_job_that_loses_every_node_is_given_up(cluster: Any, tmp_path: Path):
    ((outcome),) = _executor(cluster).map(_kill_the_worker, [(tmp_path, 100)])
    assert isinstance(outcome.result, JobFailure)
    assert f"its node was lost {MOST_RUNS} times" in outcome.result.reason
    assert (tmp_path / "runs").read_text().split() == ["run"] * MOST_RUNS


def test_leaving_early_ends_the_jobs_that_run(cluster: Any, tmp_path: Path):
    outcomes = _executor(cluster).map(_misbehave, ["fine", "hang"])
    assert next(outcomes).result == "fine"
    outcomes.close()
    assert not ray.is_initialized()


def test_no_such_cluster_is_told():
    executor = Execution("ray", address="127.0.0.1:1").start()
    with pytest.raises(ExecutorError, match=r"127\.0\.0\.1:1 can not be used"):
        list(executor.map(_misbehave, ["fine"]))


def test_at_least_one_worker():
    with pytest.raises(InvalidSettingError, match="at least 1"):
        Execution("ray", workers=0).start()


def test_where_ray_is_missing_the_extra_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(MissingExtraError, match=r"mlesmith-env\[ray\]"):
        Execution("ray").start()


def _wait_until(condition: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def _alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
