"""Making tasks: tasks per minute by workers, and seconds and peak memory against size.

Everything is generated from made rows (numbers, categories, a date, missing values), each run in
processes of its own; a peak is of the largest process.

    python -m benchmarks.generation workers growth
    python -m benchmarks.generation large --gigabytes 10
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.table import show
from mlesmith_generator.ledger import events_by_dataset

_CHUNK = 500_000


@dataclass(frozen=True)
class Run:
    """What came of one `mlesmith generate`."""

    seconds: float
    events: list[dict[str, Any]]

    @property
    def tasks(self) -> int:
        """How many tasks it made."""
        return sum(event["event"] == "task" for event in self.events)

    @property
    def peak_bytes(self) -> int:
        """Largest resident size of a process that made a dataset's tasks."""
        return max((e["peak_bytes"] for e in self.events if e["event"] == "done"), default=0)

    def seconds_of(self, *stages: str) -> float:
        """Seconds of some stages: `profile`, or the gates."""
        return sum(
            float(event["seconds"])
            for event in self.events
            if event["event"] in stages or event.get("gate") in stages
        )


def main() -> None:
    """Run the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=["growth"], help="workers, growth, large")
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--columns", type=int, nargs="+", default=[7, 50, 200])
    parser.add_argument("--files", type=int, nargs="+", default=[1, 10, 100])
    parser.add_argument("--datasets", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--gigabytes", type=float, default=10.0)
    arguments = parser.parse_args()
    if "workers" in arguments.parts:
        workers(arguments.datasets, arguments.rounds)
    if "growth" in arguments.parts:
        growth(arguments.rows, arguments.columns, arguments.files)
    if "large" in arguments.parts:
        large(arguments.gigabytes)


def workers(datasets: int, rounds: int) -> None:
    """Show tasks per minute on one and two workers and on Ray, which take turns in each round."""
    runners = {"1 worker": ["--workers", "1"], "2 workers": ["--workers", "2"]}
    if importlib.util.find_spec("ray"):
        runners["ray, 2 workers"] = ["--executor", "ray", "--workers", "2"]
    seconds = dict.fromkeys(runners, 0.0)
    tasks = dict.fromkeys(runners, 0)
    with made_datasets(datasets) as sources:
        for _ in range(rounds):
            for name, words in runners.items():
                done = generated(sources, *words)
                seconds[name] += done.seconds
                tasks[name] += done.tasks
    rates = {name: 60 * tasks[name] / seconds[name] for name in runners}
    rows = [
        {
            "runner": name,
            "tasks": tasks[name],
            "seconds": seconds[name],
            "tasks a minute": rate,
            "times 1 worker": rate / rates["1 worker"],
        }
        for name, rate in rates.items()
    ]
    show("generation: workers", rows, datasets=datasets, rounds=rounds)


def growth(rows: list[int], columns: list[int], files: list[int]) -> None:
    """Show seconds by stage and peak memory against rows, columns and files."""
    sizes = [(count, 7, 1) for count in rows]
    sizes += [(10_000, count, 1) for count in columns if count != 7]
    sizes += [(10_000, 7, count) for count in files if count != 1]
    records: list[dict[str, Any]] = []
    for row_count, column_count, file_count in sizes:
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder) / f"orders-{row_count}"
            source.mkdir()
            table = made_table(row_count, column_count)
            for number, part in enumerate(np.array_split(np.arange(row_count), file_count)):
                table.iloc[part].to_csv(source / f"part-{number}.csv", index=False)
            done = generated([source], "--ideas", "1")
            size = sum(path.stat().st_size for path in source.iterdir())
        records.append(
            {
                "rows": row_count,
                "columns": column_count,
                "files": file_count,
                "MB": size / 1e6,
                "tasks": done.tasks,
                "wall s": done.seconds,
                "profile s": done.seconds_of("profile"),
                "assertions s": done.seconds_of("assertions"),
                "review s": done.seconds_of("review"),
                "execution s": done.seconds_of("execution"),
                "peak MB": done.peak_bytes / 1e6,
            }
        )
    show("generation: growth", records)


def large(gigabytes: float) -> None:
    """Show seconds and peak memory of one task of a file that may be larger than memory."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "large-orders"
        source.mkdir()
        path, rows = source / "orders.csv", 0
        while not path.exists() or path.stat().st_size < gigabytes * 1e9:
            made_table(_CHUNK, seed=rows).to_csv(path, mode="a", header=not rows, index=False)
            rows += _CHUNK
        done = generated([source], "--ideas", "1")
        record = {
            "rows": rows,
            "GB": path.stat().st_size / 1e9,
            "tasks": done.tasks,
            "wall s": done.seconds,
            "profile s": done.seconds_of("profile"),
            "assertions s": done.seconds_of("assertions"),
            "execution s": done.seconds_of("execution"),
            "peak MB": done.peak_bytes / 1e6,
        }
    show("generation: large", [record])


@contextmanager
def made_datasets(count: int) -> Generator[list[Path]]:
    """Yield folders of datasets of 2,000 rows each, all different."""
    with tempfile.TemporaryDirectory() as folder:
        sources = [Path(folder) / f"town-{number}" for number in range(count)]
        for seed, source in enumerate(sources):
            source.mkdir()
            made_table(2_000, seed=seed).to_csv(source / "orders.csv", index=False)
        yield sources


def generated(sources: list[Path], *words: str) -> Run:
    """Generate from folders into a registry that goes afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        registry = Path(folder) / "registry"
        command = [
            *(sys.executable, "-m", "mlesmith_env.cli", "generate", *map(str, sources)),
            *("--registry", str(registry), *words),
        ]
        environment = {**os.environ, "MLESMITH_CACHE": str(Path(folder) / "cache")}
        began = time.perf_counter()
        done = subprocess.run(command, env=environment, check=False, capture_output=True, text=True)
        seconds = time.perf_counter() - began
        if not registry.is_dir():
            raise RuntimeError(done.stderr)
        return Run(seconds, [e for log in events_by_dataset(registry).values() for e in log])


def made_table(count: int, columns: int = 7, seed: int = 0) -> pd.DataFrame:
    """Return a table whose price depends on other columns, with noise, gaps and distractors."""
    random = np.random.default_rng(seed)
    area = random.gamma(4.0, 25.0, count).round(1)
    rooms = np.clip((area / 30 + random.normal(0, 1, count)).round(), 1, 9).astype(int)
    district = random.choice(["north", "south", "east", "west", "centre"], count)
    built = random.integers(1900, 2024, count)
    quality = random.normal(0, 1, count).round(3)
    premium = pd.Series(district).map({"centre": 60.0, "north": 10.0}).fillna(0.0).to_numpy()
    price = area * (2 + 0.3 * quality) + 12 * rooms + premium + random.normal(0, 30, count)
    data: dict[str, Any] = {
        "area": area,
        "rooms": rooms,
        "district": district,
        "built": built,
        "quality": quality,
        "listed": pd.Timestamp("2020-01-01")
        + pd.to_timedelta(random.integers(0, 1400, count), unit="D"),
    }
    data |= {f"extra_{n}": random.normal(size=count).round(3) for n in range(columns - 7)}
    frame = pd.DataFrame({**data, "price": price.round(2)})
    frame.loc[random.random(count) < 0.05, "quality"] = np.nan
    return frame


if __name__ == "__main__":
    main()
