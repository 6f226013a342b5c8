"""Runs at scale: shards, clusters, budgets; kills at any moment that lose and double nothing."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlesmith_env.registry import read_index
from mlesmith_env.registry_lock import locked, sweep
from mlesmith_generator.shard import Shard
from tests.env.packages import write_houses
from tests.ray_clusters import one_at_a_time

NAMES = ("alpha-houses", "beta-homes", "gamma-flats")
MEASURED = {"quality.json", "generation.json", "index.json"}
"""Files that tell seconds."""

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc"),
    pytest.mark.timeout(1800),
]


@dataclass(frozen=True)
class Place:
    """Folders of a run: the data are shared, everything that it leaves is its own."""

    data: Path
    root: Path
    temporary: Path

    @property
    def registry(self) -> Path:
        return self.root / "registry"

    def start(self, *words: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "MLESMITH_CACHE": str(self.root / "cache"),
            "TMPDIR": str(self.temporary),
        }
        environment.pop("MLESMITH_DATA_MIRROR", None)
        command = [sys.executable, "-m", "mlesmith_env.cli", "generate", *NAMES, "--ideas", "2"]
        return subprocess.Popen(
            [*command, "--registry", str(self.registry), *words],
            env=environment,
            cwd=self.data,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> dict[str, Any]:
        process = self.start(*words, "--json")
        output, errors = process.communicate()
        assert output, errors
        return json.loads(output)

    def files(self) -> dict[str, bytes]:
        """All that the registry holds but the ledger; empty where the bytes tell seconds."""
        return {
            str(path.relative_to(self.registry)): b""
            if path.name in MEASURED
            else path.read_bytes()
            for path in self.registry.rglob("*")
            if path.is_file() and path.suffix != ".jsonl"
        }

    def cached(self) -> list[Path]:
        return list((self.root / "cache" / "entries").glob("*"))

    def left(self) -> list[Path]:
        unfinished = self.root / "cache" / "unfinished"
        return [*self.temporary.iterdir(), *unfinished.glob("*")]

    def processes(self) -> list[int]:
        """The processes that know of this place's temporary folder."""
        found = []
        for folder in Path("/proc").iterdir():
            if folder.name.isdecimal() and int(folder.name) != os.getpid():
                try:
                    if str(self.temporary).encode() in (folder / "environ").read_bytes():
                        found.append(int(folder.name))
                except OSError:
                    continue
        return found


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for number, name in enumerate(NAMES):
        write_houses(folder / name, rows=300, seed=number)
    return folder


@pytest.fixture(scope="module")
def whole(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("whole")
    place = Place(data, folder, folder)
    summary = place.run()
    assert summary["tasks"] >= 3
    return place


@pytest.fixture
def place(data: Path, tmp_path: Path) -> Iterator[Place]:
    # Not in pytest's own folder: the paths of sockets have to be short.
    with tempfile.TemporaryDirectory(prefix="scale-") as temporary:
        made = Place(data, tmp_path, Path(temporary))
        yield made
        assert _wait_until(lambda: not made.processes()), "processes are left"


def _summary(place: Place) -> dict[str, Any]:
    summary = json.loads((place.registry / "generation.json").read_text())
    return {key: value for key, value in summary.items() if not key.startswith("seconds")}


def test_the_shards_of_a_run_make_what_one_run_makes(whole: Place, place: Place):
    shards = [f"{number}/3" for number in (1, 2, 3)]
    started = [place.start("--shard", shard) for shard in shards]
    for process in started:
        _, errors = process.communicate()
        assert process.returncode == 0, errors
    assert place.files() == whole.files()
    assert _summary(place) == _summary(whole)
    assert place.left() == []
    ids = [entry.fields["id"] for entry in read_index(place.registry)]
    assert len(ids) == len(set(ids)) == len(read_index(whole.registry))
    parts = {path.name for path in place.registry.glob("*.jsonl")}
    used = {Shard.parse(s).label for s in shards if any(map(Shard.parse(s).holds, NAMES))}
    assert parts == {f"generation.{label}.jsonl" for label in used}


@pytest.mark.parametrize("seed", [1, 2])
def test_kills_at_any_moment_lose_and_double_nothing(whole: Place, place: Place, seed: int):
    draw = random.Random(seed)
    ledger = place.registry / "generation.jsonl"
    for _ in range(6):
        before, more = _size(ledger), draw.randint(0, 2500)
        process = place.start("--resume", "--workers", "2")
        assert _wait_until(
            lambda: process.poll() is not None or _size(ledger) >= before + more,  # noqa: B023
            600,
        )
        time.sleep(draw.random())
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
    if draw.random() < 0.5:
        with ledger.open("a") as file:
            file.write('{"event": "task", "dataset": "alpha-hou')
    summary = place.run("--resume", "--workers", "2")
    assert summary["failed"] == []
    assert place.files() == whole.files()
    assert _summary(place) == _summary(whole)
    assert place.cached() == whole.cached() == []
    assert place.left() == []


def test_a_dataset_that_takes_too_long_is_ended_with_its_sandbox(place: Place):
    summary = place.run("--timeout-s", "3", "--workers", "3")
    assert summary["failed"] == sorted(NAMES)
    events = [json.loads(line) for line in (place.registry / "generation.jsonl").open()]
    endings = [event for event in events if event["event"] == "failed"]
    assert sorted(event["dataset"] for event in endings) == sorted(NAMES)
    assert all("longer than the 3 s" in event["reason"] for event in endings)
    assert place.left() == []


def test_a_dataset_that_holds_too_much_is_ended_with_its_sandbox(place: Place):
    summary = place.run("--memory", "20MB", "--workers", "3")
    assert summary["failed"] == sorted(NAMES)
    assert "of 0.02 GB" in (place.registry / "generation.jsonl").read_text()
    assert place.left() == []


def test_a_ray_cluster_makes_what_this_machine_makes(whole: Place, place: Place):
    pytest.importorskip("ray", reason="Ray is not installed")
    with one_at_a_time():
        summary = place.run("--executor", "ray", "--workers", "2")
    assert summary["failed"] == []
    assert place.files() == whole.files()
    assert _summary(place) == _summary(whole)


def test_unfinished_files_of_dead_writers_are_swept_and_no_others(tmp_path: Path):
    (tmp_path / "tabular" / "houses-v1").mkdir(parents=True)
    (tmp_path / "tabular" / ".new-abcd1234" / "houses-v1").mkdir(parents=True)
    (tmp_path / "sources").mkdir()
    kept = [".gitignore", ".git-abcdefgh", "tabular/houses-v1/task.yaml", "index.json", ".new-x"]
    gone = [
        ".index.json-abcdefgh",
        "sources/.houses.yaml-k_3xy01z",
        "tabular/houses-v1/.quality.json-abcdefgh",
        "tabular/.new-abcd1234/houses-v1/task.yaml",
    ]
    for name in (*kept, *gone):
        (tmp_path / name).write_text("x")
    assert len(sweep(tmp_path)) == 4
    assert all((tmp_path / name).exists() for name in kept)
    assert not any((tmp_path / name).exists() for name in gone)


def test_a_registry_is_written_by_one_at_a_time(tmp_path: Path):
    with locked(tmp_path), locked(tmp_path, wait=False) as second:
        assert not second
    with locked(tmp_path, wait=False) as third:
        assert third


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.05)
    return condition()
