"""The cache: whole or not there, whoever asks, and whatever dies meanwhile."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from mlesmith_env import cache
from mlesmith_env.errors import MlesmithError

SLOW = """
import sys, time
from pathlib import Path
from mlesmith_env import cache

def make(into):
    (into / "part").write_text("half")
    Path(sys.argv[1]).touch()
    time.sleep(float(sys.argv[2]))
    (into / "whole").write_text("done")

print(cache.build("shared", make))
"""


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "cache"
    monkeypatch.setenv("MLESMITH_CACHE", str(folder))
    return folder


def fill(into: Path) -> None:
    (into / "a").write_text("12345")


def slow_process(flag: Path, seconds: float) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SLOW, str(flag), str(seconds)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def wait_for(path: Path) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_entry_is_made_once() -> None:
    calls: list[Path] = []

    def make(into: Path) -> None:
        calls.append(into)
        fill(into)

    first, second = cache.build("k", make), cache.build("k", make)
    assert first == second
    assert (first / "a").read_text() == "12345"
    assert len(calls) == 1


def test_a_failure_leaves_nothing_and_can_be_repeated(root: Path) -> None:
    def fail(into: Path) -> None:
        fill(into)
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        cache.build("k", fail)
    assert cache.entries() == ()
    assert list((root / "unfinished").iterdir()) == []
    assert (cache.build("k", fill) / "a").is_file()


def test_threads_that_ask_together_get_one_entry() -> None:
    made: list[int] = []
    found: list[Path] = []

    def make(into: Path) -> None:
        made.append(1)
        time.sleep(0.1)
        fill(into)

    threads = [
        threading.Thread(target=lambda: found.append(cache.build("k", make))) for _ in "1234"
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(found) == 4
    assert len(set(found)) == 1


def test_two_processes_that_build_at_once_both_succeed(tmp_path: Path) -> None:
    processes = [slow_process(tmp_path / f"flag{i}", 0.3) for i in range(2)]
    outputs = {process.communicate(timeout=60)[0] for process in processes}
    assert all(process.returncode == 0 for process in processes)
    assert len(outputs) == 1
    assert (Path(outputs.pop().strip()) / "whole").read_text() == "done"


def test_what_a_killed_process_left_is_swept_away(root: Path, tmp_path: Path) -> None:
    process = slow_process(tmp_path / "flag", 60)
    wait_for(tmp_path / "flag")
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=60)
    assert list((root / "unfinished").iterdir()) != []
    assert not (root / "entries" / "shared").exists()
    folder = cache.build("shared", fill)
    assert [path.name for path in folder.iterdir()] == ["a"]
    assert list((root / "unfinished").iterdir()) == []


def test_pruning_sweeps_the_dead_and_spares_the_living(root: Path, tmp_path: Path) -> None:
    dead = slow_process(tmp_path / "dead", 60)
    wait_for(tmp_path / "dead")
    dead.kill()
    dead.wait(timeout=60)
    cache.prune()
    assert list((root / "unfinished").iterdir()) == []
    living = slow_process(tmp_path / "living", 1.0)
    wait_for(tmp_path / "living")
    cache.prune()
    output, _ = living.communicate(timeout=60)
    assert (Path(output.strip()) / "whole").is_file()


def test_entries_tell_size_and_age_and_are_pruned_by_it() -> None:
    old, new = cache.build("old", fill), cache.build("new", fill)
    os.utime(old, (time.time() - 1000, time.time() - 1000))
    found = {entry.key: entry for entry in cache.entries()}
    assert {key: entry.bytes for key, entry in found.items()} == {"old": 5, "new": 5}
    assert found["old"].age_s > 900 > found["new"].age_s
    assert [entry.key for entry in cache.prune(older_than_s=500)] == ["old"]
    assert not old.exists()
    assert new.exists()
    assert [entry.key for entry in cache.prune()] == ["new"]
    assert cache.entries() == ()


def test_asking_for_an_entry_keeps_it_young() -> None:
    folder = cache.build("k", fill)
    os.utime(folder, (0, 0))
    cache.build("k", fill)
    assert cache.prune(older_than_s=500) == ()


def test_another_root_shares_nothing(tmp_path: Path) -> None:
    folder = cache.build("k", fill)
    other = cache.build("k", fill, root=tmp_path / "draft")
    assert other.is_relative_to(tmp_path / "draft")
    assert (other / "a").is_file()
    assert [entry.path for entry in cache.entries()] == [folder]
    shutil.rmtree(tmp_path / "draft")
    assert cache.build("k", fill) == folder
    assert (folder / "a").is_file()


@pytest.mark.parametrize("key", ["", "..", "a/b", ".hidden", "a~b", "x" * 300, "ü"])
def test_keys_that_are_paths_are_refused(key: str) -> None:
    with pytest.raises(MlesmithError, match="can not name"):
        cache.build(key, fill)


def test_a_cache_that_can_not_be_written_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "file" / "cache"))
    with pytest.raises(MlesmithError, match="MLESMITH_CACHE"):
        cache.build("k", fill)
