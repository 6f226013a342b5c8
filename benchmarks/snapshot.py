"""Cost of branching a session against the size of its state, beside replaying what built it.

A program draws numbers and accumulates them. Its state is then kept (`snapshot`), gone back to
(`restore`) and continued, in turns with replaying the program in a new session.

    python -m benchmarks.snapshot --sizes 10 100 500 2000 --branches 5
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from benchmarks.table import show
from mlesmith_env.sandbox import SandboxLimits, SandboxSpec
from mlesmith_env.sandbox.process import LocalSandbox

_BUILD = """
import numpy as np
drawn = np.random.default_rng(0).standard_normal({count})
walk = drawn.cumsum()
"""
_CONTINUE = "print(walk[-1])"
_Result = TypeVar("_Result")
_TIMEOUT_S = 600.0


def main() -> None:
    """Measure every size and print medians in milliseconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10, 100, 500, 2000], help="MB")
    parser.add_argument("--branches", type=int, default=5)
    arguments = parser.parse_args()
    rows = [measure(size, arguments.branches) for size in arguments.sizes]
    show("snapshot", rows, branches=arguments.branches)


def measure(size_mb: int, branches: int) -> dict[str, float]:
    """Return the medians for one size of state."""
    build = _BUILD.format(count=size_mb * 10**6 // 16)
    limits = SandboxLimits(memory_bytes=2 * size_mb * 10**6 + 2 * 1024**3)
    kept: list[float] = []
    restored: list[float] = []
    continued: list[float] = []
    replayed: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        sandbox = LocalSandbox(SandboxSpec(Path(folder), limits=limits, stateful=True))
        sandbox.start()
        try:
            expected = _run(sandbox, build + _CONTINUE)
            _run(sandbox, "pass")
            for _ in range(branches):
                number = _timed(kept, sandbox.snapshot)
                _timed(restored, lambda number=number: sandbox.restore(number))
                if _timed(continued, lambda: _run(sandbox, _CONTINUE)) != expected:
                    raise SystemExit("a branch gave something else")
                sandbox.forget(number)
            for _ in range(max(1, branches // 2)):
                sandbox.renew()
                if _timed(replayed, lambda: _run(sandbox, build + _CONTINUE)) != expected:
                    raise SystemExit("replaying gave something else")
        finally:
            sandbox.close()
    branch = statistics.median(restored) + statistics.median(continued)
    return {
        "state MB": size_mb,
        "snapshot ms": statistics.median(kept),
        "restore ms": statistics.median(restored),
        "next step ms": statistics.median(continued),
        "replay ms": statistics.median(replayed),
        "replay / (restore + step)": statistics.median(replayed) / branch,
    }


def _run(sandbox: LocalSandbox, code: str) -> str:
    result = sandbox.run(code, timeout_s=_TIMEOUT_S)
    if result.status != "ok":
        raise SystemExit(f"the program failed: {result}")
    return result.output


def _timed(times: list[float], act: Callable[[], _Result]) -> _Result:
    began = time.perf_counter()
    result = act()
    times.append((time.perf_counter() - began) * 1000)
    return result


if __name__ == "__main__":
    main()
