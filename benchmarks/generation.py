"""Seconds and peak memory of `mlesmith generate` against the number of rows.

Each size is one dataset of made rows (numbers, categories, a date, missing values) and one idea,
in a process of its own; the peak is of the largest process.

    python -m benchmarks.generation --rows 1000 10000 100000 1000000
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from benchmarks.table import show
from mlesmith_generator.ledger import events_by_dataset

_MEASURE = """
import json, subprocess, sys, time
began = time.perf_counter()
code = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL).returncode
print(json.dumps([code, time.perf_counter() - began]))
"""


def main() -> None:
    """Generate at each size and print seconds by stage and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--ideas", type=int, default=1)
    arguments = parser.parse_args()
    rows = [measure(count, arguments.ideas) for count in arguments.rows]
    show("generation", rows)


def measure(count: int, ideas: int) -> dict[str, Any]:
    """Generate from a table of `count` rows; returns one record of figures."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        source = root / f"orders-{count}"
        source.mkdir()
        made_table(count).to_csv(source / "orders.csv", index=False)
        size = (source / "orders.csv").stat().st_size
        registry = root / "registry"
        command = [
            *(sys.executable, "-m", "mlesmith_env.cli", "generate", str(source)),
            *("--registry", str(registry), "--ideas", str(ideas)),
        ]
        environment = {**os.environ, "MLESMITH_CACHE": str(root / "cache")}
        done = subprocess.run(
            [sys.executable, "-c", _MEASURE, *command],
            env=environment,
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
        code, wall = json.loads(done.stdout)
        events = [e for log in events_by_dataset(registry).values() for e in log]
    gates = {e["gate"]: float(e["seconds"]) for e in events if e["event"] == "gate"}
    profile = sum(float(e["seconds"]) for e in events if e["event"] == "profile")
    return {
        "rows": count,
        "MB": size / 1e6,
        "exit": code,
        "tasks": sum(e["event"] == "task" for e in events),
        "wall s": wall,
        "profile s": profile,
        "assertions s": gates.get("assertions", 0.0),
        "review s": gates.get("review", 0.0),
        "execution s": gates.get("execution", 0.0),
        "peak MB": max((e["peak_bytes"] for e in events if e["event"] == "done"), default=0) / 1e6,
    }


def made_table(count: int) -> pd.DataFrame:
    """Return a table whose price depends on the other columns, with noise and gaps."""
    random = np.random.default_rng(0)
    area = random.gamma(4.0, 25.0, count).round(1)
    rooms = np.clip((area / 30 + random.normal(0, 1, count)).round(), 1, 9).astype(int)
    district = random.choice(["north", "south", "east", "west", "centre"], count)
    built = random.integers(1900, 2024, count)
    quality = random.normal(0, 1, count).round(3)
    premium = pd.Series(district).map({"centre": 60.0, "north": 10.0}).fillna(0.0).to_numpy()
    price = area * (2 + 0.3 * quality) + 12 * rooms + premium + random.normal(0, 30, count)
    frame = pd.DataFrame(
        {
            "area": area,
            "rooms": rooms,
            "district": district,
            "built": built,
            "quality": quality,
            "listed": pd.Timestamp("2020-01-01")
            + pd.to_timedelta(random.integers(0, 1400, count), unit="D"),
            "price": price.round(2),
        }
    )
    frame.loc[random.random(count) < 0.05, "quality"] = np.nan
    return frame


if __name__ == "__main__":
    main()
