"""A cache of prepared data of its own for the corpus."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="module", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before = os.environ.get("MLESMITH_CACHE")
    folder = tmp_path_factory.mktemp("cache")
    os.environ["MLESMITH_CACHE"] = str(folder)
    yield folder
    if before is None:
        del os.environ["MLESMITH_CACHE"]
    else:
        os.environ["MLESMITH_CACHE"] = before
