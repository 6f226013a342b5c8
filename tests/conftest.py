"""How the suite is spread over worker processes: `pytest -n auto --dist loadfile`."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

_LONGEST = (
    "attacks/test_attacks.py",
    "generator/test_scale.py",
    "defects/test_corpus.py",
    "env/sandbox/test_container.py",
    "env/sandbox/test_docker.py",
    "env/sandbox/test_conformance.py",
    "generator/test_generation.py",
    "env/test_executor.py",
    "env/test_cluster.py",
)
"""Files that take minutes. They begin first, so that none of them is left running alone."""


# Unknown, and not needed, where the suite is played without pytest-xdist.
@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Two workers a processor: tests of limits spend their time waiting."""
    return 2 * (os.cpu_count() or 1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; within a file and among the others the order stays."""
    first = {Path(__file__).parent / name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: first.get(item.path, len(first)))
