"""How far several processes get past the memory bound before they are ended.

Workers of one program fill memory as fast as they can, each counting what it holds, first bounded
by a control group (where the machine gives one), then by the watchdog alone.

    python -m benchmarks.overshoot --runs 10 --bound 500 --workers 8
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from pathlib import Path

from benchmarks.table import show
from mlesmith_env.sandbox import SandboxLimits, SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox

_MIB = 1024**2
_PROGRAM = """
import mmap, os
counters = open('counters', 'w+b')
counters.truncate(4096)
page = mmap.mmap(counters.fileno(), 4096)
for worker in range({workers}):
    if os.fork() == 0:
        held = []
        for turn in range({most}):
            held.append(b'x' * 2**20)
            page[4 * worker : 4 * worker + 4] = (turn + 1).to_bytes(4, 'little')
        os._exit(0)
for worker in range({workers}):
    os.wait()
"""


def main() -> None:
    """Print, for each way to bound memory, how much was held past the bound."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--bound", type=int, default=500, help="memory that is allowed, in MiB")
    parser.add_argument("--workers", type=int, default=8)
    arguments = parser.parse_args()
    rows: list[dict[str, object]] = []
    for name, group in (("control group", True), ("watchdog alone", False)):
        held = [
            used
            for _ in range(arguments.runs)
            if (used := _held(arguments.bound, arguments.workers, group=group)) is not None
        ]
        if held:
            over = [used - arguments.bound for used in held]
            rows.append(
                {
                    "bounded by": name,
                    "median MiB over": statistics.median(over),
                    "max MiB over": max(over),
                }
            )
    show("overshoot", rows, bound_mib=arguments.bound, workers=arguments.workers)


def _held(bound: int, workers: int, *, group: bool) -> int | None:
    """Return the MiB that the workers held in the end, None where there is no control group."""
    limits = SandboxLimits(memory_bytes=bound * _MIB)
    with tempfile.TemporaryDirectory() as public:
        sandbox = LocalSandbox(SandboxSpec(Path(public), limits=limits), libraries=(), group=group)
        sandbox.start()
        try:
            if sandbox.mechanisms.group != group:
                return None
            # No worker may pass the bound alone, which its own limit would end.
            program = _PROGRAM.format(workers=workers, most=bound * 4 // 5)
            result = sandbox.run(program, timeout_s=120.0)
            if result.status != "out_of_memory":
                raise SystemExit(f"not ended for its memory: {result}")
            data = (sandbox.workspace / "counters").read_bytes()
        finally:
            sandbox.close()
    return sum(int.from_bytes(data[4 * n : 4 * n + 4], "little") for n in range(workers))


if __name__ == "__main__":
    main()
