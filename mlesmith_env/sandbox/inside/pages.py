"""Memory laid out so that a fork of this process is cheap.

A fork copies one table entry for each page that its parent has written. After loading libraries
these are tens of thousands of pages of 4 kB; gathered into huge pages, they are a few dozen.
"""

from __future__ import annotations

from contextlib import suppress

from . import kernel

_HUGE = 2 * 1024**2
_COLLAPSE = 25
"""`MADV_COLLAPSE`, from Linux 6.1 on."""


def gather() -> int:
    """Move this process's memory into huge pages where the kernel can.

    Returns:
        The bytes that now lie in huge pages because of it; 0 on a kernel without the call.
    """
    if not kernel.LINUX:
        return 0
    gathered = 0
    for start, end in _written_regions():
        first = -(-start // _HUGE) * _HUGE
        for address in range(first, end - _HUGE + 1, _HUGE):
            # Refused where nothing is there, or no huge page is free: it stays as it is.
            with suppress(OSError):
                kernel.madvise(address, _HUGE, _COLLAPSE)
                gathered += _HUGE
    return gathered


def _written_regions() -> list[tuple[int, int]]:
    """Return start and end of this process's private memory that no file is behind."""
    found: list[tuple[int, int]] = []
    with open("/proc/self/maps", encoding="utf-8") as file:  # noqa: PTH123
        for line in file:
            span, rights, _, _, inode, *name = line.split()
            if rights == "rw-p" and inode == "0" and name in ([], ["[heap]"]):
                start, _, end = span.partition("-")
                found.append((int(start, 16), int(end, 16)))
    return found
