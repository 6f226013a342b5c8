"""Whose something is: a process that can be told from a later one of the same number."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Owner:
    """A process of this machine.

    Attributes:
        process: Its number.
        birth: When it was born, in the kernel's ticks: numbers are used again.
        place: The boot and the pid namespace in which the number has its meaning.
    """

    process: int
    birth: str
    place: str

    @classmethod
    def of_this_process(cls) -> Owner:
        """Return this process."""
        return cls(os.getpid(), _birth(os.getpid()), _place())

    @classmethod
    def read(cls, text: str) -> Owner:
        """Return the owner that `str` has written. Raises `ValueError`."""
        process, birth, place = text.split()
        return cls(int(process), birth, place)

    def __str__(self) -> str:
        return f"{self.process} {self.birth} {self.place}"

    @property
    def is_gone(self) -> bool:
        """Whether it has surely ended; of other containers and machines nothing is known."""
        return self.place == _place() and _birth(self.process) != self.birth

    @property
    def is_of_another_boot(self) -> bool:
        """Whether it belongs to an earlier life of this machine, or to another machine."""
        return self.place.partition("/")[0] != _place().partition("/")[0]


def _birth(process: int) -> str:
    try:
        text = Path(f"/proc/{process}/stat").read_text()
    except OSError:
        return "none"
    return text.rpartition(")")[2].split()[19]


def _place() -> str:
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return "unknown"
