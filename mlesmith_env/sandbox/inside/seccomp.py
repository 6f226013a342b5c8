"""The system-call filter: what the kernel refuses to a program, whatever file or path it names.

A classic BPF program is installed with `prctl(PR_SET_SECCOMP)`; see
https://docs.kernel.org/userspace-api/seccomp_filter.html. Refused calls fail with `EPERM`, those
that a library should believe absent with `ENOSYS`; changes of mode, owner and times, which
Landlock does not govern, succeed without effect, because copying files calls them.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from . import kernel
from .syscalls import LAST_KNOWN, MACHINES, NEWER_HARMLESS, number

_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_ERRNO = 0x00050000
_LOAD, _JUMP_EQUAL, _JUMP_GREATER, _JUMP_SET, _AND, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x54, 0x06
_OFFSET_NUMBER, _OFFSET_MACHINE, _OFFSET_ARGUMENTS = 0, 4, 16
_X32 = 0x40000000

_REFUSED = (
    # other processes
    "ptrace process_vm_readv process_vm_writev process_madvise process_mrelease kcmp pidfd_getfd "
    # mounts and namespaces
    "mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick "
    "mount_setattr unshare setns "
    # sockets: only pairs are made, below
    "socket connect bind listen accept accept4 "
    # the kernel itself
    "bpf perf_event_open init_module finit_module delete_module kexec_load kexec_file_load reboot "
    "iopl ioperm modify_ldt syslog acct swapon swapoff quotactl quotactl_fd nfsservctl uselib "
    "lookup_dcookie vhangup sysfs ustat _sysctl personality "
    # files by handle, watching files
    "name_to_handle_at open_by_handle_at fanotify_init fanotify_mark inotify_init inotify_init1 "
    "inotify_add_watch "
    # keys, clocks, names, memory policy
    "add_key request_key keyctl adjtimex clock_adjtime clock_settime settimeofday sethostname "
    "setdomainname mbind set_mempolicy set_mempolicy_home_node migrate_pages move_pages "
    # queues, semaphores and memory of others, which are named by numbers that can be guessed
    "shmat shmctl semop semtimedop semctl msgsnd msgrcv msgctl mq_unlink "
    # descriptors on their way to nobody: a file that only they hold would be counted nowhere
    "sendmsg sendmmsg "
    # timers that can send SIGCONT, which would wake a session that is stopped between its steps
    "timer_create"
).split()

_ABSENT = (
    "clone3 openat2 io_uring_setup io_uring_enter io_uring_register io_setup userfaultfd seccomp "
    "memfd_create memfd_secret shmget semget msgget mq_open"
).split()

_WITHOUT_EFFECT = (
    "chmod fchmod fchmodat fchmodat2 chown fchown lchown fchownat utime utimes futimesat utimensat "
    "sync syncfs"
).split()

_UNSUPPORTED = "setxattr lsetxattr fsetxattr removexattr lremovexattr fremovexattr".split()

_NEW_NAMESPACES = 0x7E020000
_AF_UNIX, _SOCK_STREAM, _SOCK_SEQPACKET = 1, 1, 5
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C
_SOCKET_REQUESTS = 0x8900
_FS_IOC_SETFLAGS, _FS_IOC_FSSETXATTR = 0x40086602, 0x401C5820
_F_SETOWN, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY = 8, 15, 1024, 1026
_S_IFMT, _S_IFCHR, _S_IFBLK = 0o170000, 0o020000, 0o060000
_PRIO_USER, _IOPRIO_WHO_USER = 2, 3
_SIGCHLD, _SIGCONT = 17, 18
_PR_SET_PDEATHSIG = 1
_O_ACCMODE, _O_TRUNC = 0o3, 0o1000
_OWNER = 0o700
_PR_SET_DUMPABLE = 4
_RLIMIT_CORE = 4

_BY_PROCESS = (
    "sched_setaffinity sched_setattr sched_setparam sched_setscheduler prlimit64"
).split()
"""Calls whose first argument is a process; 0 means the caller."""


class Filter:
    """A BPF program under construction for one processor."""

    def __init__(self, machine: str) -> None:
        self._machine = machine
        self._code: list[tuple[int, int, int, int]] = []
        self._emit(_LOAD, _OFFSET_MACHINE)
        self._emit(_JUMP_EQUAL, MACHINES[machine][1], 1, 0)
        self._emit(_RETURN, _KILL)
        self._emit(_LOAD, _OFFSET_NUMBER)
        if machine == "x86_64":
            self._emit(_JUMP_SET, _X32, 0, 1)
            self._emit(_RETURN, _KILL)
        for newer in NEWER_HARMLESS:
            self._emit(_JUMP_EQUAL, newer, 0, 1)
            self._emit(_RETURN, _ALLOW)
        self._emit(_JUMP_GREATER, LAST_KNOWN, 0, 1)
        self._emit(_RETURN, _ERRNO | errno.ENOSYS)

    def _emit(self, operation: int, operand: int, true: int = 0, false: int = 0) -> None:
        self._code.append((operation, true, false, operand))

    def refuse(self, name: str, error: int) -> None:
        """Answer a call with an error number, 0 for success without effect."""
        call = number(name, self._machine)
        if call is not None:
            self._emit(_JUMP_EQUAL, call, 0, 1)
            self._emit(_RETURN, _ERRNO | error)

    def refuse_if(
        self, name: str, argument: int, values: tuple[int, ...], *, mask: int = 0xFFFFFFFF
    ) -> None:
        """Answer a call with `EPERM` where the masked argument is one of the values."""
        self._conditional(name, argument, values, mask, refuse_match=True)

    def refuse_unless(
        self, name: str, argument: int, values: tuple[int, ...], *, mask: int = 0xFFFFFFFF
    ) -> None:
        """Answer a call with `EPERM` where the masked argument is none of the values."""
        self._conditional(name, argument, values, mask, refuse_match=False)

    def _conditional(
        self, name: str, argument: int, values: tuple[int, ...], mask: int, *, refuse_match: bool
    ) -> None:
        call = number(name, self._machine)
        if call is None:
            return
        count = len(values)
        self._emit(_JUMP_EQUAL, call, 0, count + 4)
        # Both processors are little-endian: the low half of an argument comes first.
        self._emit(_LOAD, _OFFSET_ARGUMENTS + 8 * argument)
        self._emit(_AND, mask)
        # After the comparisons stands the refusal, then the reload of the number.
        for index, value in enumerate(values):
            after = count - 1 - index
            if refuse_match:
                last = index == count - 1
                self._emit(_JUMP_EQUAL, value, after, 1 if last else 0)
            else:
                self._emit(_JUMP_EQUAL, value, after + 1, 0)
        self._emit(_RETURN, _ERRNO | errno.EPERM)
        self._emit(_LOAD, _OFFSET_NUMBER)

    def refuse_pair(self, name: str, first: int, second: int) -> None:
        """Answer a call with `EPERM` where its first two arguments are these."""
        call = number(name, self._machine)
        if call is not None:
            self._emit(_JUMP_EQUAL, call, 0, 6)
            self._emit(_LOAD, _OFFSET_ARGUMENTS)
            self._emit(_JUMP_EQUAL, first, 0, 3)
            self._emit(_LOAD, _OFFSET_ARGUMENTS + 8)
            self._emit(_JUMP_EQUAL, second, 0, 1)
            self._emit(_RETURN, _ERRNO | errno.EPERM)
            self._emit(_LOAD, _OFFSET_NUMBER)

    def refuse_any_bit(
        self, name: str, argument: int, bits: int, *, error: int = errno.EPERM
    ) -> None:
        """Answer a call with an error number where the argument has any of the bits."""
        call = number(name, self._machine)
        if call is not None:
            self._emit(_JUMP_EQUAL, call, 0, 4)
            self._emit(_LOAD, _OFFSET_ARGUMENTS + 8 * argument)
            self._emit(_JUMP_SET, bits, 0, 1)
            self._emit(_RETURN, _ERRNO | error)
            self._emit(_LOAD, _OFFSET_NUMBER)

    def refuse_if_given(self, name: str, argument: int, value: int, pointer: int) -> None:
        """Answer a call with `EPERM` where an argument has a value and another is no null."""
        call = number(name, self._machine)
        if call is not None:
            self._emit(_JUMP_EQUAL, call, 0, 8)
            self._emit(_LOAD, _OFFSET_ARGUMENTS + 8 * argument)
            self._emit(_JUMP_EQUAL, value, 0, 5)
            self._emit(_LOAD, _OFFSET_ARGUMENTS + 8 * pointer)
            self._emit(_JUMP_EQUAL, 0, 0, 2)
            self._emit(_LOAD, _OFFSET_ARGUMENTS + 8 * pointer + 4)
            self._emit(_JUMP_EQUAL, 0, 1, 0)
            self._emit(_RETURN, _ERRNO | errno.EPERM)
            self._emit(_LOAD, _OFFSET_NUMBER)

    def program(self) -> bytes:
        """Return the finished instructions."""
        return b"".join(
            struct.pack("=HBBI", *step) for step in (*self._code, (_RETURN, 0, 0, _ALLOW))
        )


def build(machine: str, own_pid: int, *, signals: bool, truncation: bool) -> bytes:
    """Return the filter for a program.

    Args:
        machine: Processor as `os.uname().machine` names it; one of `MACHINES`.
        own_pid: Process that the filter is for.
        signals: Whether something else keeps signals from the processes beside it.
        truncation: Whether Landlock governs truncation by path.
    """
    rules = Filter(machine)
    for name in _REFUSED:
        rules.refuse(name, errno.EPERM)
    for name in _ABSENT:
        rules.refuse(name, errno.ENOSYS)
    for name in _WITHOUT_EFFECT:
        rules.refuse(name, 0)
    for name in _UNSUPPORTED:
        rules.refuse(name, errno.EOPNOTSUPP)
    rules.refuse_any_bit("clone", 0, _NEW_NAMESPACES)
    # What else could wake a stopped session: a child or a parent that ends with this signal.
    rules.refuse_unless("clone", 0, (0, _SIGCHLD), mask=0xFF)
    rules.refuse_pair("prctl", _PR_SET_PDEATHSIG, _SIGCONT)
    # Pairs of stream sockets only: a datagram socket can be pointed at any other address.
    rules.refuse_unless("socketpair", 0, (_AF_UNIX,))
    rules.refuse_unless("socketpair", 1, (_SOCK_STREAM, _SOCK_SEQPACKET), mask=0xF)
    rules.refuse_if("ioctl", 1, (_TIOCSTI, _TIOCLINUX, _FS_IOC_SETFLAGS, _FS_IOC_FSSETXATTR))
    # Any socket answers for the host's network interfaces, and can send signals to its owner.
    rules.refuse_if("ioctl", 1, (_SOCKET_REQUESTS,), mask=0xFFFFFF00)
    rules.refuse_if("fcntl", 1, (_F_SETOWN, _F_SETOWN_EX, _F_SETLEASE, _F_NOTIFY))
    for name, mode in (("mknod", 1), ("mknodat", 2)):
        rules.refuse_if(name, mode, (_S_IFCHR, _S_IFBLK), mask=_S_IFMT)
    for name, flags in (("open", 1), ("openat", 2)):
        # Reading may not truncate, and access mode 3 opens a device for ioctl without rights.
        rules.refuse_if(name, flags, (_O_TRUNC, _O_TRUNC | 3), mask=_O_TRUNC | _O_ACCMODE)
        rules.refuse_if(name, flags, (3,), mask=_O_ACCMODE)
    if not truncation:
        rules.refuse("truncate", errno.EPERM)
    # A folder without rights for its owner could not be looked into by a supervisor of that user.
    for name, mode in (("mkdir", 1), ("mkdirat", 2)):
        rules.refuse_unless(name, mode, (_OWNER,), mask=_OWNER)
    rules.refuse_any_bit("umask", 0, _OWNER, error=0)
    # Nor could the open files of a process that hides them.
    rules.refuse_if("prctl", 0, (_PR_SET_DUMPABLE,))
    # With any limit but 1 byte a core dump could be piped to a program of the host.
    rules.refuse_if("setrlimit", 0, (_RLIMIT_CORE,))
    rules.refuse_if_given("prlimit64", 1, _RLIMIT_CORE, 2)
    # Limits and priorities may be set for oneself: supervisors run under the same user.
    for name in _BY_PROCESS:
        rules.refuse_unless(name, 0, (0, own_pid))
    for name in ("setpriority", "ioprio_set"):
        rules.refuse_unless(name, 1, (0, own_pid))
    # Nor for all processes of one user, which is the host's user.
    rules.refuse_if("setpriority", 0, (_PRIO_USER,))
    rules.refuse_if("ioprio_set", 0, (_IOPRIO_WHO_USER,))
    if not signals:
        for name in ("kill", "tgkill"):
            rules.refuse_unless(name, 0, (0, own_pid))
        for name in ("tkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo", "pidfd_send_signal"):
            rules.refuse(name, errno.EPERM)
    return rules.program()


def supported() -> bool:
    """Return whether this processor has a table and the kernel takes filters."""
    if not kernel.LINUX or os.uname().machine not in MACHINES:
        return False
    try:
        # A null filter is refused with EFAULT where filters exist, EINVAL where they do not.
        kernel.prctl(kernel.PR_SET_SECCOMP, 2, 0)
    except OSError as error:
        return error.errno == errno.EFAULT
    return False


def install(program: bytes) -> None:
    """Put the filter on the calling process and all that it starts. Raises `OSError`."""
    instructions = ctypes.create_string_buffer(program, len(program))
    pointer = ctypes.addressof(instructions)
    header = ctypes.create_string_buffer(struct.pack("=H6xQ", len(program) // 8, pointer), 16)
    kernel.prctl(kernel.PR_SET_SECCOMP, 2, header)
