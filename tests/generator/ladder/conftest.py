from __future__ import annotations

from pathlib import Path

import made_tasks
import numpy as np
import pandas as pd
import pytest

from mlesmith_env.task import Task
from mlesmith_generator.ladder import LadderResult, run_ladder


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLESMITH_CACHE", str(tmp_path_factory.mktemp("ladder-cache")))
        yield


def springs(rows: int = 700) -> pd.DataFrame:
    """A learnable table: a number that depends on two numbers and a category."""
    draws = np.random.default_rng(3)
    load, age = draws.normal(size=(2, rows))
    metal = draws.choice(["steel", "brass", "iron"], rows)
    stretch = 2 * load + np.sin(2 * age) + (metal == "brass") + draws.normal(size=rows) * 0.5
    return pd.DataFrame(
        {"load": load, "age": age, "metal": metal, "noise": draws.normal(size=rows)}
    ).assign(stretch=stretch)


@pytest.fixture(scope="session")
def good_task(tmp_path_factory: pytest.TempPathFactory, _own_cache: None) -> Task:
    root: Path = tmp_path_factory.mktemp("good") / "task"
    return made_tasks.write_task(root, springs(), "stretch", "number", "rmse")


@pytest.fixture(scope="session")
def good_ladder(good_task: Task) -> LadderResult:
    return run_ladder(good_task, sandbox="subprocess")
