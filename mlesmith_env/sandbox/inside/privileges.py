"""Giving up every privilege of a process, for good."""

from __future__ import annotations

import ctypes
import os
import struct
from collections.abc import Generator
from contextlib import contextmanager, suppress

from . import kernel

_CAPSET = {"x86_64": 126, "aarch64": 91}
_CAPABILITY_VERSION_3 = 0x20080522
# NOROOT, NO_SETUID_FIXUP, KEEP_CAPS locked off, NO_CAP_AMBIENT_RAISE, each with its lock.
_SECUREBITS = 0b11101111


def no_new_privileges() -> None:
    """Make set-user-id programs and file capabilities without effect. Raises `OSError`."""
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)


def drop_capabilities(machine: str, user: int | None = None) -> None:
    """Empty all five capability sets, so that user id 0 is an ordinary user.

    Args:
        machine: Processor as `os.uname().machine` names it.
        user: User and group to become on the way; None stays who we are.

    Raises:
        OSError: The effective set could not be emptied, or the user could not be changed.
    """
    # EINVAL: past the last capability. EPERM: we never had any, and without privileges and
    # under no-new-privileges the bounding set can give none back.
    with suppress(OSError):
        kernel.prctl(kernel.PR_SET_SECUREBITS, _SECUREBITS)
        for capability in range(64):
            kernel.prctl(kernel.PR_CAPBSET_DROP, capability)
    if user is not None:
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
    # Where it fails: ambient capabilities are among the permitted ones, which are emptied next.
    with suppress(OSError):
        kernel.prctl(kernel.PR_CAP_AMBIENT, kernel.PR_CAP_AMBIENT_CLEAR_ALL)
    header = ctypes.create_string_buffer(struct.pack("=Ii", _CAPABILITY_VERSION_3, 0), 8)
    kernel.syscall("capset", _CAPSET[machine], header, ctypes.create_string_buffer(24))
    if user is not None:
        # A change of users closes a process's own entry in /proc to it.
        kernel.prctl(kernel.PR_SET_DUMPABLE, 1)


@contextmanager
def reading_as(user: int | None) -> Generator[None]:
    """Open files with the rights of a user, which include those on its processes' entries.

    Args:
        user: User and group; None changes nothing.
    """
    if user is None:
        yield
        return
    before = os.geteuid(), os.getegid()
    kernel.set_file_user(user, user)
    try:
        yield
    finally:
        kernel.set_file_user(*before)


def die_with_parent() -> None:
    """Be killed when the parent ends. Raises `OSError`."""
    kernel.prctl(kernel.PR_SET_PDEATHSIG, 9)


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent has ended. Raises `OSError`."""
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
