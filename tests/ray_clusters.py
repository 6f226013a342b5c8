"""Clusters for tests: heavy, so that one stands at a time on a machine."""

from __future__ import annotations

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """Wait until no other process of the test suite uses Ray."""
    with Path(tempfile.gettempdir(), "mlesmith-tests-ray.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
