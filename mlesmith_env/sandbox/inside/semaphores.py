"""Semaphores and shared memory of `multiprocessing` without `/dev/shm`.

The C library keeps named semaphores and shared memory in `/dev/shm`, which is open to a program
only where it has one of its own. Elsewhere the two extension modules below `multiprocessing` and
joblib get replacements that keep files in the program's temporary folder: a counter in mapped
memory, changed under a record lock and waited for with a futex.

This file stands alone: a copy of it, as `sitecustomize`, does the same in new interpreters.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import importlib.machinery
import mmap
import os
import struct
import sys
import threading
import time
from typing import Any

_FUTEX = {"x86_64": 202, "aarch64": 98}
_WAIT, _WAKE = 0, 1
_RECURSIVE = 0
_COUNTER = struct.Struct("=I")
_LONGEST_WAIT_S = 3600.0

_libc = ctypes.CDLL(None, use_errno=True)


def _place(kind: str, name: str) -> str:
    return os.path.join(os.environ.get("TMPDIR", "/tmp"), f".{kind}{name.replace('/', '.')}")  # noqa: PTH118, S108


def sem_unlink(name: str) -> None:
    """Remove a semaphore's name. Raises `FileNotFoundError`."""
    os.unlink(_place("semaphore", name))  # noqa: PTH108


def shm_open(path: str, flags: int, mode: int = 0o777) -> int:
    """Open a shared memory object and return its descriptor. Raises `OSError`."""
    return os.open(_place("memory", path), flags | os.O_CLOEXEC, mode)


def shm_unlink(path: str) -> None:
    """Remove a shared memory object's name. Raises `FileNotFoundError`."""
    os.unlink(_place("memory", path))  # noqa: PTH108


class SemLock:
    """Stands in for `_multiprocessing.SemLock`, with the same methods."""

    SEM_VALUE_MAX = 2**31 - 1

    def __init__(self, kind: int, value: int, maxvalue: int, name: str, unlink: bool) -> None:
        path = _place("semaphore", name)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        os.write(descriptor, _COUNTER.pack(value))
        if unlink:
            os.unlink(path)  # noqa: PTH108
        self._open(descriptor, kind, maxvalue, None if unlink else name)

    def _open(self, descriptor: int, kind: int, maxvalue: int, name: str | None) -> None:
        self.handle = descriptor
        self.kind = kind
        self.maxvalue = maxvalue
        self.name = name
        self._memory = mmap.mmap(descriptor, _COUNTER.size)
        self._address = ctypes.addressof(ctypes.c_uint.from_buffer(self._memory))
        self._after_fork()

    @classmethod
    def _rebuild(cls, handle: int, kind: int, maxvalue: int, name: str) -> SemLock:
        self = cls.__new__(cls)
        self._open(
            os.open(_place("semaphore", name), os.O_RDWR | os.O_CLOEXEC), kind, maxvalue, name
        )
        return self

    def __del__(self) -> None:
        if hasattr(self, "handle"):
            os.close(self.handle)

    def _after_fork(self) -> None:
        self._held = 0
        self._owner = 0
        self._threads = threading.Lock()

    def _change(self, by: int) -> bool:
        """Add to the counter unless that would leave its range; return whether it was done."""
        with self._threads:
            fcntl.lockf(self.handle, fcntl.LOCK_EX)
            try:
                value = self._get_value() + by
                if not 0 <= value <= self.maxvalue:
                    return False
                _COUNTER.pack_into(self._memory, 0, value)
                return True
            finally:
                fcntl.lockf(self.handle, fcntl.LOCK_UN)

    def acquire(self, block: bool = True, timeout: float | None = None) -> bool:
        """Take one; return whether it was had before the timeout, in seconds."""
        if self.kind == _RECURSIVE and self._is_mine():
            self._held += 1
            return True
        deadline = time.monotonic() + (_LONGEST_WAIT_S if timeout is None else max(timeout, 0.0))
        while not self._change(-1):
            left_s = deadline - time.monotonic()
            if not block or (left_s <= 0 and timeout is not None):
                return False
            _futex(self._address, _WAIT, 0, max(left_s, 0.0) or _LONGEST_WAIT_S)
        self._held += 1
        self._owner = threading.get_ident()
        return True

    def release(self) -> None:
        """Give one back. Raises `AssertionError`, `ValueError` as the original does."""
        if self.kind == _RECURSIVE:
            if not self._is_mine():
                raise AssertionError("attempt to release recursive lock not owned by thread")
            if self._held > 1:
                self._held -= 1
                return
        # Before the counter: another thread may take it in the very moment it is free.
        self._held -= 1
        if not self._change(1):
            self._held += 1
            raise ValueError("semaphore or lock released too many times")
        _futex(self._address, _WAKE, 1, None)

    def __enter__(self) -> bool:
        return self.acquire()

    def __exit__(self, *error: object) -> None:
        self.release()

    def _count(self) -> int:
        return self._held

    def _is_mine(self) -> bool:
        return self._held > 0 and self._owner == threading.get_ident()

    def _get_value(self) -> int:
        return _COUNTER.unpack_from(self._memory, 0)[0]

    def _is_zero(self) -> bool:
        return self._get_value() == 0


def _futex(address: int, operation: int, value: int, timeout_s: float | None) -> None:
    """Wait while the counter has a value, or wake as many waiters; may return early."""
    limit = None
    if timeout_s is not None:
        limit = ctypes.create_string_buffer(
            struct.pack("=qq", int(timeout_s), int(timeout_s % 1 * 1e9)), 16
        )
    number = ctypes.c_long(_FUTEX[os.uname().machine])
    result = _libc.syscall(
        number, ctypes.c_void_p(address), ctypes.c_int(operation), ctypes.c_uint(value), limit,
        None, 0,
    )  # fmt: skip
    if result < 0 and ctypes.get_errno() not in {errno.EAGAIN, errno.EINTR, errno.ETIMEDOUT}:
        raise OSError(ctypes.get_errno(), "futex")


def install() -> None:
    """Replace what needs `/dev/shm`, also where modules have taken it by name already."""
    import _multiprocessing  # pyright: ignore[reportMissingImports]
    import _posixshmem  # pyright: ignore[reportMissingImports]
    import multiprocessing.heap

    old: dict[int, Any] = {
        id(_multiprocessing.SemLock): SemLock,
        id(_multiprocessing.sem_unlink): sem_unlink,
        id(_posixshmem.shm_open): shm_open,
        id(_posixshmem.shm_unlink): shm_unlink,
    }
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", {})
        for name in ("SemLock", "_SemLock", "sem_unlink", "shm_open", "shm_unlink"):
            if id(names.get(name)) in old:
                names[name] = old[id(names[name])]
    multiprocessing.heap.Arena.__dict__["_dir_candidates"].clear()


if __name__ == "sitecustomize":
    install()
    # This copy stands before the installation's own, if there is one.
    others = [entry for entry in sys.path if entry != os.path.dirname(__file__)]  # noqa: PTH120
    spec = importlib.machinery.PathFinder.find_spec("sitecustomize", others)
    if spec is not None and spec.loader is not None:
        spec.loader.exec_module(sys.modules[__name__])
