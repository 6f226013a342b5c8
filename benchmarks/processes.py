"""What the processes of a benchmark hold: memory of their own, descriptors, threads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_OWN = ("Private_Clean", "Private_Dirty")


@dataclass(frozen=True)
class Holding:
    """What some processes hold together.

    Attributes:
        processes: How many there are.
        private_bytes: Memory that no other process shares, with the page tables.
        descriptors: Open files.
        threads: Threads.
    """

    processes: int
    private_bytes: int
    descriptors: int
    threads: int


def holding(processes: list[int]) -> Holding:
    """Return what these processes hold; those that have ended hold nothing."""
    private = descriptors = threads = 0
    for process in processes:
        folder = Path(f"/proc/{process}")
        try:
            sizes = _sizes(folder / "smaps_rollup") | _sizes(folder / "status")
            private += sum(sizes.get(name, 0) for name in (*_OWN, "VmPTE"))
            descriptors += sum(1 for _ in (folder / "fd").iterdir())
            threads += sum(1 for _ in (folder / "task").iterdir())
        except OSError:
            continue
    return Holding(len(processes), private, descriptors, threads)


def _sizes(path: Path) -> dict[str, int]:
    """Return the sizes in a file of /proc, in bytes."""
    found: dict[str, int] = {}
    for line in path.read_text().splitlines():
        name, _, rest = line.partition(":")
        words = rest.split()
        if len(words) == 2 and words[1] == "kB":
            found[name] = int(words[0]) * 1024
    return found
