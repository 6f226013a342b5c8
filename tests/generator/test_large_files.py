"""Files larger than memory: only sampled rows are ever held, in profile and preparation."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="bounds memory as Linux does")

ROWS = 2_004_000
MEMORY_BYTES = 220_000_000
"""Beyond what the libraries hold; the table as a whole needs several times as much."""

_PROGRAM = """
import resource, sys
from pathlib import Path
from mlesmith_env.recipes.preparation import prepare
from mlesmith_env.recipes.reader import read_table
from mlesmith_generator import designer
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.profiler import profile_dataset, table
import numpy, pyarrow.compute, scipy.optimize, sklearn.ensemble
numpy.linalg.solve(numpy.eye(500), numpy.ones(500))

def bound(more):
    status = Path("/proc/self/status").read_text()
    held = int(status.split("VmData:")[1].split()[0]) * 1024
    resource.setrlimit(resource.RLIMIT_DATA, (held + more, held + more))

folder, into = Path(sys.argv[1]), Path(sys.argv[2])
table._WHOLE_BYTES = 1_000_000
table.SAMPLE_ROWS = 5_000
designer.LARGE_CELLS = designer.READ_CELLS = 200_000
bound(int(sys.argv[3]))
if sys.argv[4] == "whole":
    from mlesmith_env.recipes.model import TableReader
    read_table(TableReader(files=("orders.csv",)), folder)
    sys.exit()
profile = profile_dataset(folder, "orders", seed=0)
idea = ideas_for(profile, folder, limit=1, seed=0)[0]
draft = designer.design(idea, profile, folder, seed=0)
prepare(draft.recipe, draft.form, folder, description="", into=into)
(one,) = profile.tables
print(one.rows, one.sampled, draft.recipe.transforms[0].op)
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("orders")
    draw = np.random.default_rng(0)
    with (folder / "orders.csv").open("w") as file:
        file.write("area,rooms,district,quality,note,price\n")
        for _ in range(12):
            area, quality = draw.gamma(4.0, 25.0, ROWS // 12), draw.normal(size=ROWS // 12)
            price = area * (2 + 0.3 * quality) + draw.normal(0, 30, ROWS // 12)
            district, rooms = draw.integers(0, 5, ROWS // 12), draw.integers(1, 9, ROWS // 12)
            file.writelines(
                f"{a:.1f},{r},d{d},{q:.3f},n{int(a * 1e5) % 99991},{p:.2f}\n"
                for a, r, d, q, p in zip(area, rooms, district, quality, price, strict=True)
            )
    return folder


def _run(folder: Path, into: Path, how: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", _PROGRAM, str(folder), str(into), str(MEMORY_BYTES), how]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_a_file_that_does_not_fit_into_memory_is_profiled_and_prepared(
    folder: Path, tmp_path: Path
):
    done = _run(folder, tmp_path, "sampled")
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.split() == [str(ROWS), "True", "sample"]
    train = (tmp_path / "public" / "train.csv").read_text().splitlines()
    test = (tmp_path / "public" / "test.csv").read_text().splitlines()
    assert len(train) + len(test) - 2 == 200_000 // 6


def test_the_same_bound_is_too_low_for_the_file_as_a_whole(folder: Path, tmp_path: Path):
    done = _run(folder, tmp_path, "whole")
    assert done.returncode != 0
    assert (
        "MemoryError" in done.stderr or "ArrowMemoryError" in done.stderr or "malloc" in done.stderr
    )
