"""Landlock: which files, signals and sockets a process and its children may reach.

An allow-list over file hierarchies that the kernel enforces (Linux 5.13 and newer); see
https://docs.kernel.org/userspace-api/landlock.html. A right is handled only where the kernel's ABI
knows it; `seccomp.py` compensates for what an older ABI does not cover.
"""

from __future__ import annotations

import ctypes
import os
import stat
import struct
from typing import Literal

from . import kernel

Access = Literal["read", "data", "list", "write", "device", "accelerator", "refer"]
"""`read`: read and execute; `data`: read; `list`: see names; `write`: everything but devices;
`accelerator`: a device that is led by ioctl; `refer`: link and rename between folders."""

NEWEST_ABI = 7

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_MAKE_CHAR, _MAKE_SOCK, _MAKE_BLOCK = 1 << 6, 1 << 9, 1 << 11
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_FIRST_ABI = (1 << 13) - 1
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_BIND_TCP, _CONNECT_TCP = 1, 2
_SCOPE_ABSTRACT_UNIX, _SCOPE_SIGNAL = 1, 2

SIGNAL_ABI = 6
"""From this ABI on signals can be confined."""

_RIGHTS: dict[str, int] = {
    "read": _EXECUTE | _READ_FILE | _READ_DIR,
    "data": _READ_FILE | _READ_DIR,
    "list": _READ_DIR,
    "write": (_FIRST_ABI | _REFER | _TRUNCATE) & ~(_MAKE_CHAR | _MAKE_SOCK | _MAKE_BLOCK),
    "device": _READ_FILE | _WRITE_FILE,
    "accelerator": _READ_FILE | _READ_DIR | _WRITE_FILE | _IOCTL_DEV,
    "refer": _REFER,
}


def abi() -> int:
    """Return the kernel's Landlock ABI, 0 where Landlock is missing or switched off."""
    if not kernel.LINUX:
        return 0
    try:
        return kernel.syscall("landlock_create_ruleset", _CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def _file_rights(version: int) -> int:
    rights = _FIRST_ABI
    if version >= 2:
        rights |= _REFER
    if version >= 3:
        rights |= _TRUNCATE
    if version >= 5:
        rights |= _IOCTL_DEV
    return rights


class Ruleset:
    """A set of grants that a process can shut itself into.

    Args:
        version: The Landlock ABI to use.
        files: Whether files are closed but for what `allow` opens.
        network: Whether TCP and abstract Unix sockets are closed.
        signals: Whether signals reach only processes inside.
    """

    def __init__(self, version: int, *, files: bool, network: bool, signals: bool) -> None:
        self._handled = _file_rights(version) if files else _REFER if version >= 2 else 0
        net = _BIND_TCP | _CONNECT_TCP if network and version >= 4 else 0
        scoped = 0
        if version >= SIGNAL_ABI:
            scoped = (_SCOPE_ABSTRACT_UNIX if network else 0) | (_SCOPE_SIGNAL if signals else 0)
        size = 24 if version >= 6 else 16 if version >= 4 else 8
        attribute = ctypes.create_string_buffer(struct.pack("=QQQ", self._handled, net, scoped), 24)
        self.descriptor = kernel.syscall(
            "landlock_create_ruleset", _CREATE_RULESET, attribute, size, 0
        )

    def allow(self, path: str, access: Access) -> bool:
        """Open a file or a whole folder. Returns False where there is no such path.

        Raises:
            OSError: The path exists and can not be granted.
        """
        try:
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            return False
        try:
            rights = _RIGHTS[access] & self._handled
            if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
                rights &= _FILE_RIGHTS
            if not rights:
                return False
            attribute = ctypes.create_string_buffer(struct.pack("=Qi", rights, descriptor), 12)
            kernel.syscall("landlock_add_rule", _ADD_RULE, self.descriptor, 1, attribute, 0)
        finally:
            os.close(descriptor)
        return True

    def restrict(self) -> None:
        """Shut the calling process in. Needs no-new-privileges. Raises `OSError`."""
        kernel.syscall("landlock_restrict_self", _RESTRICT_SELF, self.descriptor, 0)

    def close(self) -> None:
        """Give the descriptor back; what is restricted stays so."""
        os.close(self.descriptor)
