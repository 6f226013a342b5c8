"""How many calls an endpoint gets at once and a minute, over all processes of a machine."""

from __future__ import annotations

import fcntl
import hashlib
import os
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env import settings
from mlesmith_generator.llm.faults import FaultError

_PAUSE_S = 0.05


@dataclass(frozen=True)
class Limits:
    """Bounds on the calls of one endpoint.

    Attributes:
        at_once: Calls that run at the same time.
        a_minute: Calls that begin within any minute, spread evenly; None for no such bound.
    """

    at_once: int = 8
    a_minute: float | None = None

    @contextmanager
    def slot(self, endpoint: str, *, timeout_s: float) -> Generator[None]:
        """Hold one of the endpoint's slots; a process that dies lets go of its own.

        Raises:
            FaultError: None became free in the time that a try has.
        """
        folder = settings.cache_root() / "endpoints" / hashlib.sha256(endpoint.encode()).hexdigest()
        folder.mkdir(parents=True, exist_ok=True)
        handle = self._taken(folder, time.monotonic() + timeout_s)
        try:
            if self.a_minute is not None:
                _wait_for_turn(folder / "pace", 60.0 / self.a_minute)
            yield
        finally:
            os.close(handle)

    def _taken(self, folder: Path, until: float) -> int:
        while True:
            for number in range(self.at_once):
                handle = _opened(folder / f"slot-{number}")
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(handle)
                    continue
                return handle
            if time.monotonic() > until:
                raise FaultError("timeout", f"all {self.at_once} calls at once stayed in use")
            time.sleep(_PAUSE_S)


def _wait_for_turn(path: Path, apart_s: float) -> None:
    """Take the next moment at which a call may begin, and wait for it."""
    handle = _opened(path)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        text = os.pread(handle, 64, 0).decode("ascii", "replace").strip()
        now = time.time()
        try:
            last = float(text)
        except ValueError:
            last = 0.0
        # A moment far ahead was written under another clock.
        turn = max(now, last + apart_s) if last < now + 3600 else now
        os.ftruncate(handle, 0)
        os.pwrite(handle, f"{turn:.6f}".encode("ascii"), 0)
    finally:
        os.close(handle)
    time.sleep(max(0.0, turn - now))


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
