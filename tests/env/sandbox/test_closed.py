"""What a confined program must not be able to do."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy
import pytest
from sandboxes import MakeSandbox

from mlesmith_env.sandbox import ExecutionResult, Sandbox
from mlesmith_env.sandbox.inside.copies import other_packages

SECRET = "the-answer"
LIBRARIES = Path(numpy.__file__).parents[1]


def run(sandbox: Sandbox, code: str, timeout_s: float = 120.0) -> ExecutionResult:
    return sandbox.run(code, timeout_s=timeout_s)


def assert_refused(sandbox: Sandbox, code: str, errors: str = "PermissionError|OSError") -> None:
    """The code fails with one of the errors, and the next honest run still works."""
    if sandbox.name == "docker":
        # What is the host's does not even exist in a container.
        errors += "|FileNotFoundError"
    result = run(sandbox, code)
    last = result.output.strip().splitlines()[-1] if result.output.strip() else ""
    assert result.status == "error", (code, result)
    assert any(last.startswith(error) for error in errors.split("|")), (code, result.output)
    assert SECRET not in result.output
    assert run(sandbox, "print('still fine')").output == "still fine\n"


# Reading


@pytest.mark.parametrize(
    "path",
    [
        "{private}/answers.csv",
        "input/../private/answers.csv",
        "/proc/self/root{private}/answers.csv",
        "/proc/self/cwd/input/../private/answers.csv",
        "{workspace}/input/../private/answers.csv",
    ],
)
def test_answers_can_not_be_read_by_path(
    closed_sandbox: Sandbox, prepared: Path, path: str
) -> None:
    place = path.format(
        private=prepared / "private",
        workspace=closed_sandbox.workspace,  # type: ignore[attr-defined]
    )
    assert_refused(closed_sandbox, f"print(open({place!r}).read())", "PermissionError|FileNotFound")


@pytest.mark.parametrize(
    "code",
    [
        "import os; os.symlink(P, 'x'); print(open('x').read())",
        "import os; os.symlink(os.path.dirname(P), 'y'); print(open('y/answers.csv').read())",
        "import os; os.link(P, 'z'); print(open('z').read())",
        "import os; os.rename(P, 'w'); print(open('w').read())",
        "import os; print(os.listdir(os.path.dirname(P)))",
        "import os; os.chdir(os.path.dirname(P)); print(open('answers.csv').read())",
        "import os; d = os.open(os.path.dirname(P), os.O_PATH);"
        " print(open(os.open('answers.csv', os.O_RDONLY, dir_fd=d)).read())",
        "import subprocess; subprocess.run(['cat', P], check=True)",
        "import mmap, os; mmap.mmap(os.open(P, os.O_RDONLY), 0)",
        "import shutil; shutil.copy(P, 'copy'); print(open('copy').read())",
        "import os; os.chmod(P, 0o777); print(open(P).read())",
        "import os; os.chroot(os.path.dirname(P))",
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        "h = ctypes.create_string_buffer(b'\\x80\\0\\0\\0' + bytes(200)); m = ctypes.c_int()\n"
        "if libc.name_to_handle_at(-100, P.encode(), h, ctypes.byref(m), 0) < 0:"
        " raise OSError(ctypes.get_errno(), 'handle')",
    ],
)
def test_answers_can_not_be_read_by_trick(
    closed_sandbox: Sandbox, prepared: Path, code: str
) -> None:
    answers = prepared / "private" / "answers.csv"
    assert_refused(
        closed_sandbox,
        f"P = {str(answers)!r}\n{code}",
        "PermissionError|OSError|subprocess.CalledProcessError|shutil",
    )
    assert answers.read_text() == "id,y\n9,the-answer\n"


def test_a_replaced_input_link_is_restored_and_opens_nothing(
    closed_sandbox: Sandbox, prepared: Path
) -> None:
    code = (
        f"import os; os.unlink('input'); os.symlink({str(prepared / 'private')!r}, 'input')\n"
        "print(open('input/answers.csv').read())"
    )
    output = run(closed_sandbox, code).output
    assert ("FileNotFoundError" if closed_sandbox.name == "docker" else "PermissionError") in output
    assert "id,x,y" in run(closed_sandbox, "print(open('input/train.csv').read())").output
    run(closed_sandbox, "import os; os.unlink('input'); os.makedirs('input/train.csv')")
    assert "id,x,y" in run(closed_sandbox, "print(open('input/train.csv').read())").output


def test_closed_folders_stay_closed_inside_what_is_granted(
    make_closed: MakeSandbox, prepared: Path
) -> None:
    """As the registry in a wheel, or data bundled with a library."""
    data = LIBRARIES / "sklearn" / "datasets" / "data"
    sandbox = make_closed(closed=(data, prepared))
    assert_refused(sandbox, f"open({str(data / 'iris.csv')!r}).read()")
    assert_refused(sandbox, "from sklearn.datasets import load_iris; load_iris()")
    assert_refused(sandbox, f"open({str(prepared / 'private/answers.csv')!r}).read()")
    # What stands beside them is open, and so is the public data in the closed folder.
    code = "import sklearn.datasets, numpy, pandas; print(open('input/train.csv').read())"
    assert "id,x,y" in run(sandbox, code).output
    code = "import joblib, sklearn; from sklearn.linear_model import Ridge; import scipy.optimize"
    assert run(sandbox, code).status == "ok"


def test_copies_of_published_data_in_libraries_are_closed(closed_sandbox: Sandbox) -> None:
    """Of the datasets that scikit-learn bundles, also those that others ship for their tests."""
    code = f"""
import os
row = b'5.1,3.5,1.4,0.2'
for place, folders, names in os.walk({str(LIBRARIES)!r}):
    for name in names:
        if name.endswith(('.csv', '.txt', '.arff', '.data', '.tsv', '.json')):
            try: text = open(os.path.join(place, name), 'rb').read()
            except OSError: continue
            if row in text.replace(b' ', b','): print('copy', place, name)
"""
    assert run(closed_sandbox, code).output == ""
    assert_refused(closed_sandbox, "from sklearn.datasets import load_iris; load_iris()")


def test_libraries_of_other_interpreters_are_closed(tmp_path: Path) -> None:
    other = tmp_path / "lib" / "python3.9" / "site-packages"
    other.mkdir(parents=True)
    assert other_packages(tmp_path / "lib", frozenset()) == [other]
    assert other_packages(tmp_path, frozenset()) == [other]
    assert other_packages(tmp_path, frozenset({other})) == []


@pytest.mark.parametrize(
    "path",
    ["/etc/shadow", "/etc/passwd", "/etc/hostname", "/root", "/home", "/var/log", "/tmp", "/", "~",
     "/dev/shm", "/dev/vda", "/dev/sda", "/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/ptmx", "/run",
     "/sys/kernel", "/proc/kcore", "/proc/kmsg"],
)  # fmt: skip
def test_files_of_the_host_are_closed(closed_sandbox: Sandbox, path: str) -> None:
    place = str(Path(path).expanduser())
    if not Path(place).exists():
        pytest.skip(f"this machine has no {place}")
    if path == "/dev/shm":
        # Private and empty, or closed.
        open_it = "import os; raise PermissionError(os.listdir('/dev/shm')[0:1] == [])"
    else:
        read = "os.listdir" if Path(place).is_dir() else "open"
        open_it = f"import os; {read}({place!r}); print('opened')"
    assert_refused(closed_sandbox, open_it)


def test_own_project_of_the_host_is_closed(closed_sandbox: Sandbox) -> None:
    for place in (__file__, str(Path(__file__).parents[3] / "pyproject.toml")):
        assert_refused(closed_sandbox, f"print(open({place!r}).read())")
    errors = "ModuleNotFoundError|PermissionError"
    assert_refused(closed_sandbox, "import mlesmith_env.sandbox", errors)
    own = LIBRARIES / "mlesmith_env" / "_registry" / "README.md"
    if own.exists():
        assert_refused(closed_sandbox, f"print(open({str(own)!r}).read())")


def test_keys_of_the_host_are_not_in_the_environment(
    make_closed: MakeSandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setenv("MLESMITH_CACHE", SECRET)
    sandbox = make_closed()
    code = """
import os, glob
print(dict(os.environ))
for path in glob.glob('/proc/[0-9]*/environ') + ['/proc/self/environ', '/proc/1/environ']:
    try: print(open(path).read())
    except OSError: pass
"""
    assert SECRET not in run(sandbox, code).output


def test_memory_and_descriptors_of_supervisors_are_closed(closed_sandbox: Sandbox) -> None:
    code = """
import os
found = []
for process in filter(str.isdigit, os.listdir('/proc')):
    if os.path.exists('/proc/self') and os.readlink('/proc/self') == process: continue
    for name in ('mem', 'environ', 'maps', 'auxv', 'syscall', 'stack'):
        try: open(f'/proc/{process}/{name}', 'rb').read(1); found.append((process, name))
        except OSError: pass
    for name in ('root', 'cwd', 'exe'):
        try: os.readlink(f'/proc/{process}/{name}'); found.append((process, name))
        except OSError: pass
    for number in range(64):
        try: os.readlink(f'/proc/{process}/fd/{number}'); found.append((process, number))
        except OSError: pass
        try: os.open(f'/proc/{process}/fd/{number}', os.O_RDONLY); found.append((process, number))
        except OSError: pass
print(found)
"""
    result = run(closed_sandbox, code)
    if result.status == "error":
        assert "PermissionError" in result.output
    else:
        assert result.output == "[]\n"


def test_no_descriptor_is_inherited(make_closed: MakeSandbox, prepared: Path) -> None:
    held = os.open(prepared / "private" / "answers.csv", os.O_RDONLY)
    os.set_inheritable(held, True)
    try:
        sandbox = make_closed()
        code = """
import os
for number in range(3, 4096):
    try: print(number, os.fstat(number))
    except OSError: pass
"""
        assert run(sandbox, code).output == ""
    finally:
        os.close(held)


def test_other_sandboxes_are_closed(make_closed: MakeSandbox) -> None:
    one, other = make_closed(), make_closed()
    run(one, f"open('mine.txt', 'w').write({SECRET!r})")
    place = one.workspace  # type: ignore[attr-defined]
    assert_refused(other, f"print(open('{place}/mine.txt').read())")
    assert_refused(other, f"import os; os.unlink('{place}/mine.txt')")
    if one.name != "docker":
        # Every container has a folder of this name.
        assert_refused(other, f"open('{place}/submission.csv', 'w')")
    assert run(one, "print(open('mine.txt').read())").output == SECRET + "\n"


# Writing


def test_nothing_outside_the_workspace_can_be_changed(
    closed_sandbox: Sandbox, prepared: Path, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    victim.chmod(0o600)
    os.utime(victim, (1, 1))
    before = victim.stat()
    library = LIBRARIES
    for code in (
        "open(P, 'w')",
        "open(P, 'a')",
        "open(P, 'r+')",
        "os.truncate(P, 0)",
        "os.open(P, os.O_RDONLY | os.O_TRUNC)",
        "os.open(P, 3)",
        "os.open(P, 3 | os.O_TRUNC)",
        "os.unlink(P)",
        "os.rename(P, P + 'x')",
        "os.link(P, 'x')",
        "os.mkdir(D + '/new')",
        "os.rmdir(D)",
        "os.symlink('a', D + '/new')",
        "os.mkfifo(D + '/new')",
        "os.setxattr(P, 'user.a', b'b')",
        f"open({str(library / 'evil.py')!r}, 'w')",
        f"open({str(library / 'numpy' / '__init__.py')!r}, 'a')",
        f"os.unlink({str(library / 'numpy' / '__init__.py')!r})",
        f"open({str(prepared / 'private' / 'answers.csv')!r}, 'w')",
        "open('/tmp/evil', 'w')",
        "open('/etc/evil', 'w')",
    ):
        prelude = f"import os; P = {str(victim)!r}; D = os.path.dirname(P)\n"
        result = run(closed_sandbox, prelude + code)
        assert result.status == "error", code
        assert "Error" in result.output.splitlines()[-1], code
    for code in ("os.chmod(P, 0o777)", "os.chown(P, 12, 12)", "os.utime(P, (5, 5))"):
        run(closed_sandbox, f"import os; P = {str(victim)!r}\n{code}")
    for code in ("os.fchmod(f, 0o777)", "os.fchown(f, 12, 12)", "os.utime(f)"):
        source = library / "numpy" / "__init__.py"
        mode = source.stat()
        run(closed_sandbox, f"import os; f = os.open({str(source)!r}, os.O_RDONLY)\n{code}")
        assert source.stat() == mode
    after = victim.stat()
    assert victim.read_text() == "untouched"
    assert (after.st_mode, after.st_uid, after.st_mtime) == (
        before.st_mode,
        before.st_uid,
        before.st_mtime,
    )


def test_the_output_of_earlier_runs_can_not_be_changed(closed_sandbox: Sandbox) -> None:
    first = run(closed_sandbox, "print('first')")
    assert_refused(closed_sandbox, f"open({str(first.output_path)!r}, 'a')")
    assert_refused(closed_sandbox, "import os; os.unlink('../owner')")
    assert_refused(closed_sandbox, "import os; os.rename('../workspace', '../gone')")
    assert first.output_path.read_text() == "first\n"


# Reaching out


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_no_network(closed_sandbox: Sandbox, listener: int) -> None:
    for code in (
        f"socket.create_connection(('127.0.0.1', {listener}), timeout=5)",
        "socket.create_connection(('example.com', 80), timeout=5)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 53))",
        "socket.socket(socket.AF_INET6)",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW)",
        "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
        "socket.socket(socket.AF_PACKET, socket.SOCK_RAW)",
        "socket.socket(socket.AF_VSOCK)",
        "socket.socket(socket.AF_ALG)",
        "socket.create_server(('127.0.0.1', 0))",
        f"import urllib.request; urllib.request.urlopen('http://127.0.0.1:{listener}')",
    ):
        assert_refused(
            closed_sandbox,
            f"import socket\n{code}",
            "PermissionError|OSError|socket.gaierror|urllib.error.URLError",
        )


def test_no_unix_sockets_of_others(closed_sandbox: Sandbox) -> None:
    # Short, because the path of a socket may have 107 bytes.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as server:
        server.bind(f"{folder}/s")
        server.listen()
        assert_refused(
            closed_sandbox, f"import socket; socket.socket(socket.AF_UNIX).connect('{folder}/s')"
        )
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as server:
        name = f"\0mlesmith-test-{os.getpid()}"
        server.bind(name)
        for code in (
            f"socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', {name!r})",
            f"socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].sendto(b'x', {name!r})",
            f"socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)[0].connect({name!r})",
            f"socket.socketpair()[0].connect({name!r})",
        ):
            assert_refused(closed_sandbox, f"import socket\n{code}")
        server.setblocking(False)
        with pytest.raises(BlockingIOError):
            server.recv(1)


def test_local_pairs_of_sockets_work(closed_sandbox: Sandbox) -> None:
    code = "import socket; a, b = socket.socketpair(); a.send(b'hi'); print(b.recv(2))"
    assert run(closed_sandbox, code).output == "b'hi'\n"


# Other processes


@pytest.fixture
def victim() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield process
    process.kill()
    process.wait()


def test_earlier_programs_and_their_output_are_not_in_memory(closed_sandbox: Sandbox) -> None:
    earlier = "print('of-an' + '-earlier' * 3)  # of-an-earlier-text" + "\n# more" * 2000
    assert run(closed_sandbox, earlier).output == "of-an-earlier-earlier-earlier\n"
    closed_sandbox.reset()
    # It looks for the first half, which lies in its own memory too, and then for what follows.
    code = """
import ctypes
found = []
for line in open('/proc/self/maps'):
    fields = line.split()
    if fields[1][:2] == 'rw' and (len(fields) == 5 or fields[5] == '[heap]'):
        first, last = (int(word, 16) for word in fields[0].split('-'))
        data = ctypes.string_at(first, last - first)
        at = data.find(b'of-an-')
        while at >= 0:
            if data[at + 6:at + 14] == b'earlier-': found.append(data[at:at + 40])
            at = data.find(b'of-an-', at + 1)
print(found)
"""
    assert run(closed_sandbox, code).output == "[]\n"


def test_supervisors_live_through_every_signal(make_any_local: MakeSandbox) -> None:
    sandbox = make_any_local()
    code = """
import os, signal
for number in sorted(signal.valid_signals()):
    for process in {1, os.getppid()}:
        try:
            os.kill(process, number)
        except PermissionError:
            pass
print('sent')
"""
    for _ in range(2):
        result = run(sandbox, code)
        assert (result.status, result.output) == ("ok", "sent\n"), result
    assert run(sandbox, "print(1)").output == "1\n"


def test_processes_outside_can_not_be_signalled(
    closed_sandbox: Sandbox, victim: subprocess.Popen[bytes]
) -> None:
    code = f"""
import os, signal
own = os.getpid()
targets = [{victim.pid}, {os.getpid()}, os.getppid(), -{os.getpgid(0)}, 1]
for target in targets:
    for number in (signal.SIGTERM, signal.SIGKILL, signal.SIGSTOP):
        try: os.kill(target, number)
        except OSError: pass
signal.signal(signal.SIGTERM, signal.SIG_IGN)
try: os.kill(-1, signal.SIGTERM)
except OSError: pass
print('done')
"""
    result = run(closed_sandbox, code)
    assert (result.status, result.output) == ("ok", "done\n")
    time.sleep(0.2)
    assert victim.poll() is None
    assert_refused(
        closed_sandbox, "import os; os.kill(os.getppid(), 9); raise OSError('no effect')"
    )


def test_own_children_can_be_ended(
    make_closed: MakeSandbox, request: pytest.FixtureRequest
) -> None:
    if "on-old-kernel" in request.node.name:
        pytest.skip("a named limit: without scoped signals a program can signal only itself")
    sandbox = make_closed()
    code = "import subprocess as s; p = s.Popen(['sleep', '600']); p.kill(); print(p.wait())"
    assert run(sandbox, code).output == f"{-signal.SIGKILL}\n"


def test_limits_and_priorities_of_others_can_not_be_set(
    closed_sandbox: Sandbox, victim: subprocess.Popen[bytes]
) -> None:
    for target in (str(victim.pid), "os.getppid()", "1"):
        for call in (
            "resource.prlimit({}, resource.RLIMIT_NOFILE, (0, 0))",
            "os.sched_setaffinity({}, [0])",
            "os.setpriority(os.PRIO_PROCESS, {}, 19)",
            "os.setpriority(os.PRIO_USER, 0 * {}, 19)",
            "os.sched_setscheduler({}, os.SCHED_IDLE, os.sched_param(0))",
        ):
            assert_refused(
                closed_sandbox,
                f"import os, resource\n{call.format(target)}",
                "PermissionError|OSError|ProcessLookupError",
            )


SYSCALLS = """
import ctypes, os, platform
libc = ctypes.CDLL(None, use_errno=True)
def call(x86, arm, *args):
    ctypes.set_errno(0)
    number = x86 if platform.machine() == 'x86_64' else arm
    args = [ctypes.c_long(a) if isinstance(a, int) else a for a in args]
    if libc.syscall(ctypes.c_long(number), *args) >= 0:
        raise SystemExit('it worked')
    e = ctypes.get_errno()
    print(e)
"""


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ptrace attach", "101, 117, 16, 1, 0, 0"),
        ("ptrace traceme", "101, 117, 0, 0, 0, 0"),
        ("process_vm_readv", "310, 270, 1, 0, 0, 0, 0, 0"),
        ("pidfd_getfd", "438, 438, 0, 0, 0"),
        ("unshare user", "272, 97, 0x10000000"),
        ("unshare mount", "272, 97, 0x00020000"),
        ("clone user", "56, 220, 0x10000000 | 17, 0, 0, 0, 0"),
        ("clone3", "435, 435, 0, 0"),
        ("setns", "308, 268, 0, 0"),
        ("mount", "165, 40, 0, 0, 0, 0, 0"),
        ("umount2", "166, 39, b'/', 2"),
        ("pivot_root", "155, 41, b'.', b'.'"),
        ("open_tree", "428, 428, -100, b'/', 1"),
        ("fsopen", "430, 430, b'tmpfs', 0"),
        ("bpf", "321, 280, 0, 0, 0"),
        ("keyctl", "250, 219, 0, -3, 0"),
        ("add_key", "248, 217, b'user', b'a', b'b', 1, -3"),
        ("io_uring_setup", "425, 425, 8, ctypes.create_string_buffer(200)"),
        ("userfaultfd", "323, 282, 0"),
        ("perf_event_open", "298, 241, 0, 0, -1, -1, 0"),
        ("finit_module", "313, 273, 0, b'', 0"),
        ("kexec_load", "246, 104, 0, 0, 0, 0"),
        ("reboot", "169, 142, 0, 0, 0, 0"),
        ("open_by_handle_at", "304, 265, -100, 0, 0"),
        ("personality", "135, 92, 0x0040000"),
        ("swapon", "167, 224, b'/x', 0"),
        ("syslog", "103, 116, 3, 0, 0"),
        ("acct", "163, 89, 0"),
        ("quotactl", "179, 60, 0, 0, 0, 0"),
        ("sethostname", "170, 161, b'evil', 4"),
        ("settimeofday", "164, 170, ctypes.create_string_buffer(16), 0"),
        ("fanotify_init", "300, 262, 0, 0"),
        ("memfd_create", "319, 279, b'x', 0"),
        ("shmget", "29, 194, 0, 4096, 0o1600"),
        ("mq_open", "240, 180, b'x', 0o102, 0o600, 0"),
        ("openat2", "437, 437, -100, b'/', 0, 24"),
        ("future call", "600, 600"),
    ],
)
def test_calls_into_the_kernel_are_refused(
    closed_sandbox: Sandbox, name: str, arguments: str
) -> None:
    result = run(closed_sandbox, f"{SYSCALLS}\ncall({arguments})")
    # EPERM or ENOSYS: answered by the filter, not by chance.
    assert result.output in {"1\n", "38\n"}, (name, result)


def test_calls_in_the_32_bit_ways_end_the_program(closed_sandbox: Sandbox) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("another processor")
    result = run(closed_sandbox, f"{SYSCALLS}\ncall(0x40000000 | 39, 0)")
    assert (result.status, result.signal) == ("killed", signal.SIGSYS)
    machine_code = "\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3"  # mov eax, 20 (getpid); int 0x80; ret
    code = f"""
import ctypes, mmap
m = mmap.mmap(-1, 4096, prot=7); m.write(b'{machine_code}')
print(ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(m)))())
"""
    result = run(closed_sandbox, code)
    assert result.status == "killed", result


def test_no_privileges_are_left_or_can_be_had(closed_sandbox: Sandbox, tmp_path: Path) -> None:
    code = """
import ctypes, os
libc = ctypes.CDLL(None)
print(libc.prctl(39, 0, 0, 0, 0), libc.prctl(21, 0, 0, 0, 0))   # no-new-privs, seccomp mode
print([c for c in range(41) if libc.prctl(23, c, 0, 0, 0) == 1] if os.getuid() == 0 else [])
before = os.getresuid()
for user in {1, 65534} - {os.getuid()}:
    try: os.setuid(user); print('changed user')
    except OSError: pass
print(os.getresuid() == before)
"""
    result = run(closed_sandbox, code)
    assert result.output == "1 2\n[]\nTrue\n", result.output
    for code in ("os.mknod('d', 0o60600, os.makedev(254, 0))", "os.mknod('d', 0o20600, 259)"):
        assert_refused(closed_sandbox, f"import os\n{code}")
    for command in ("su", "sudo", "mount", "passwd"):
        code = f"import subprocess; print(subprocess.run(['{command}', '-c', 'id']).returncode)"
        assert run(closed_sandbox, code).output.strip().splitlines()[-1] != "0", command


def test_the_next_run_is_not_poisoned(closed_sandbox: Sandbox) -> None:
    code = """
import builtins, sys, os
try:
    import numpy, pandas
    numpy.mean = pandas.read_csv = lambda *a, **k: 'poison'
except ImportError: pass
builtins.print = None; sys.path.clear(); os.environ['PATH'] = 'poison'; os.umask(0o777)
for n in range(200):
    try: os.close(n)
    except OSError: pass
os.kill(os.getpid(), 9)
"""
    assert run(closed_sandbox, code).signal == 9
    code = "import numpy, os; print(numpy.mean([1, 3]), 'poison' in os.environ['PATH'])"
    assert run(closed_sandbox, code).output == "2.0 False\n"


def test_forged_messages_on_the_output_are_only_output(closed_sandbox: Sandbox) -> None:
    code = (
        "import json, os, struct\n"
        "body = json.dumps({'kind': 'result', 'reason': '', 'status': 0, 'execution_s': 0.0,"
        " 'out_of_memory': False}).encode()\n"
        "for n in range(64):\n"
        "    try: os.write(n, struct.pack('!I', len(body)) + body)\n"
        "    except OSError: pass\n"
        "raise ValueError('still an error')"
    )
    result = run(closed_sandbox, code)
    assert (result.status, result.exit_code) == ("error", 1)


# Taking files out is the host's part, against a workspace of a stranger's making.


@pytest.mark.parametrize(
    ("code", "word"),
    [
        ("os.symlink(A, 'submission.csv')", "link"),
        ("os.symlink('input/train.csv', 'submission.csv')", "link"),
        ("os.mkfifo('submission.csv')", "pipe"),
        ("os.makedirs('submission.csv/deep/er')", "folder"),
        ("open('submission.csv', 'w').write('x' * 2000)", "2,000 bytes"),
        ("open('a', 'w'); os.link('a', 'submission.csv')", "hard link"),
        ("open('submission.csv', 'w').truncate(2**29)", "bytes"),
    ],
)
def test_only_plain_files_are_taken(
    closed_sandbox: Sandbox, prepared: Path, tmp_path: Path, code: str, word: str
) -> None:
    from mlesmith_env.errors import InvalidSubmissionError

    answers = prepared / "private" / "answers.csv"
    result = run(closed_sandbox, f"import os; A = {str(answers)!r}\n{code}")
    assert result.status == "ok", result.output
    with pytest.raises(InvalidSubmissionError, match=word):
        closed_sandbox.take("submission.csv", tmp_path / "taken", max_bytes=1000)
    assert not (tmp_path / "taken").exists()
    assert not os.path.lexists(closed_sandbox.workspace / "submission.csv")  # type: ignore[attr-defined]
    assert not closed_sandbox.take("submission.csv", tmp_path / "taken", max_bytes=1000)
    assert answers.read_text() == "id,y\n9,the-answer\n"


def test_reset_does_not_follow_links(closed_sandbox: Sandbox, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("kept")
    code = f"import os; os.symlink({str(outside)!r}, 'a'); os.mkdir('d'); os.symlink('..', 'd/up')"
    assert run(closed_sandbox, code).status == "ok"
    closed_sandbox.reset()
    assert (outside / "file").read_text() == "kept"
    assert run(closed_sandbox, "import os; print(sorted(os.listdir()))").output == (
        "['input', 'program.py']\n"
    )


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", "..", ""])
def test_only_plain_names_are_taken(closed_sandbox: Sandbox, tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="plain file name"):
        closed_sandbox.take(name, tmp_path / "taken", max_bytes=1000)


def test_every_kind_of_confinement_holds(make_any_local: MakeSandbox, prepared: Path) -> None:
    sandbox = make_any_local()
    for code in (
        "open('input/../private/answers.csv')",
        "open('input/train.csv', 'w')",
        "open('/etc/passwd')",
        "import socket; socket.socket()",
        "import os; os.kill(os.getppid(), 9); raise OSError('no effect')",
        "import os; os.setpriority(os.PRIO_USER, 0, 19)",
    ):
        assert_refused(sandbox, code)
    found = sandbox.mechanisms  # type: ignore[attr-defined]
    assert found.landlock_abi >= 1
