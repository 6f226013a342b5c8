from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import springs

from mlesmith_env import registration
from mlesmith_env.env import TaskEnv
from mlesmith_env.task import Task


@pytest.fixture(scope="session")
def spring_package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return springs.write_task(tmp_path_factory.mktemp("springs") / "registry")


@pytest.fixture(scope="session")
def spring_cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("spring-cache")


@pytest.fixture
def task(spring_package: Path, spring_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Task:
    monkeypatch.setenv("MLESMITH_CACHE", str(spring_cache))
    return Task.load(spring_package)


@pytest.fixture
def task_id(task: Task, spring_package: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The Gymnasium id of the task, registered as `MLESMITH_REGISTRY` would."""
    monkeypatch.setenv("MLESMITH_REGISTRY", str(spring_package.parent.parent))
    registration.register_default_roots()
    return task.id


@pytest.fixture
def make_env(task: Task) -> Iterator[Callable[..., TaskEnv]]:
    """Makes environments of the task that are closed at the end."""
    made: list[TaskEnv] = []

    def make(**keywords: Any) -> TaskEnv:
        made.append(TaskEnv(task, **keywords))
        return made[-1]

    yield make
    for env in made:
        env.close()
