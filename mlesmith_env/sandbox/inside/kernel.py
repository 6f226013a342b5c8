"""System calls for which the standard library has no function."""

from __future__ import annotations

import ctypes
import os
import sys

LINUX = sys.platform == "linux"

_libc = ctypes.CDLL(None, use_errno=True)

PR_SET_PDEATHSIG = 1
PR_GET_PDEATHSIG = 2
PR_SET_DUMPABLE = 4
PR_SET_SECCOMP = 22
PR_CAPBSET_DROP = 24
PR_SET_SECUREBITS = 28
PR_SET_CHILD_SUBREAPER = 36
PR_SET_NO_NEW_PRIVS = 38
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_CLEAR_ALL = 4

CLONE_NEWNS = 0x00020000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000


def check(result: int, what: str) -> int:
    """Return a call's result. Raises `OSError` with the call's name where it failed."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def prctl(option: int, second: int = 0, third: int | ctypes.Array[ctypes.c_char] = 0) -> int:
    """Call `prctl`. Raises `OSError`."""
    argument = ctypes.c_ulong(third) if isinstance(third, int) else third
    return check(
        _libc.prctl(option, ctypes.c_ulong(second), argument, ctypes.c_ulong(0), ctypes.c_ulong(0)),
        f"prctl({option})",
    )


def syscall(name: str, number: int, *arguments: int | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make a raw system call. Raises `OSError`."""
    converted = [ctypes.c_long(a) if isinstance(a, int) else a for a in arguments]
    return check(_libc.syscall(ctypes.c_long(number), *converted), name)


def set_file_user(user: int, group: int) -> None:
    """Open files as another user and group from now on, in this thread alone."""
    # The kernel forgets what to send when the parent ends, and says nothing of failure.
    number = ctypes.c_int()
    check(_libc.prctl(PR_GET_PDEATHSIG, ctypes.byref(number)), "prctl")
    _libc.setfsgid(ctypes.c_uint(group))
    _libc.setfsuid(ctypes.c_uint(user))
    prctl(PR_SET_PDEATHSIG, number.value)


def unshare(flags: int) -> None:
    """Leave the named namespaces for new ones. Raises `OSError`."""
    check(_libc.unshare(flags), "unshare")


def setns(descriptor: int, flags: int) -> None:
    """Enter a namespace. Raises `OSError`."""
    check(_libc.setns(descriptor, flags), "setns")


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    """Mount a file system in the mount namespace of this process. Raises `OSError`."""
    check(
        _libc.mount(
            source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), data.encode()
        ),
        f"mount {target}",
    )


def madvise(address: int, size: int, advice: int) -> None:
    """Advise the kernel about pages of this process. Raises `OSError`."""
    check(_libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(size), advice), "madvise")
