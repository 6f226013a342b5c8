from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import made_scripts
import pytest

from mlesmith_env.task import Task


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A registry root of its own, with a cache of its own."""
    monkeypatch.setenv("MLESMITH_CACHE", str(tmp_path / "cache"))
    return tmp_path / "registry"


@pytest.fixture
def make_task(root: Path) -> Iterator[Callable[..., Task]]:
    """Makes tasks with scripts; their sandboxes are closed at the end."""
    made: list[Task] = []

    def make(**keywords: Any) -> Task:
        made.append(Task.load(made_scripts.write_task(root, **keywords)))
        return made[-1]

    yield make
    for task in made:
        task.close()
