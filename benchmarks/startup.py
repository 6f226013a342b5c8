"""Cost of `import mlesmith_env` with 1,000 registered tasks, beside `import gymnasium`.

Both are run in fresh processes, in turns, so that a busy machine hits both alike.

    python -m benchmarks.startup --runs 15 --tasks 1000
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.table import show
from mlesmith_env.registry import FIELDS, INDEX

_PROGRAMS = {
    "python": "pass",
    "import gymnasium": "import gymnasium",
    "import mlesmith_env": "import mlesmith_env",
}
_COUNT = """
import gymnasium, mlesmith_env
print(sum(name.startswith("mlesmith/") for name in gymnasium.registry))
"""


def main() -> None:
    """Time the three programs and print minimum, median and maximum in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--tasks", type=int, default=1000)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_registry(root, arguments.tasks)
        environment = {**os.environ, "MLESMITH_REGISTRY": str(root)}
        registered = int(_run(_COUNT, environment))
        if registered < arguments.tasks:
            raise SystemExit(f"only {registered} of {arguments.tasks} tasks were registered")
        times: dict[str, list[float]] = {name: [] for name in _PROGRAMS}
        for _ in range(arguments.runs):
            for name, program in _PROGRAMS.items():
                began = time.perf_counter()
                _run(program, environment)
                times[name].append((time.perf_counter() - began) * 1000)
    rows = [
        {
            "program": name,
            "min ms": min(values),
            "median ms": statistics.median(values),
            "max ms": max(values),
        }
        for name, values in times.items()
    ]
    bare = statistics.median(times["import gymnasium"])
    ours = statistics.median(times["import mlesmith_env"])
    show("startup", rows, registered=registered, ratio_of_medians=ours / bare, aim_at_most=2.5)


def write_registry(root: Path, count: int) -> None:
    """Write a registry of empty packages whose index is up to date."""
    tasks: list[dict[str, object]] = []
    for number in range(count):
        fields: dict[str, object] = dict.fromkeys(FIELDS, "text")
        slug = f"benchmark-task-{number:05}"
        fields |= {
            "id": f"mlesmith/{slug}-v1",
            "slug": slug,
            "version": 1,
            "modality": "tabular",
            "rows": 1000,
        }
        tasks.append(fields)
        (root / "tabular" / f"{slug}-v1").mkdir(parents=True)
    (root / INDEX).write_text(json.dumps({"schema_version": 1, "tasks": tasks}))


def _run(program: str, environment: dict[str, str]) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


if __name__ == "__main__":
    main()
