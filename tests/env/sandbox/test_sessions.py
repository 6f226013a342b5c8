"""Variables live on from run to run, and a session can be branched."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sandboxes import build

from mlesmith_env.errors import SnapshotError
from mlesmith_env.sandbox import ExecutionResult, SandboxLimits, SandboxSpec, Snapshots
from mlesmith_env.sandbox.process import ProcessSandbox

PATIENT_S = 120.0


class Session:
    """A stateful sandbox, and how the tests talk to it."""

    def __init__(self, sandbox: ProcessSandbox) -> None:
        self.sandbox = sandbox
        self.snapshot = sandbox.snapshot
        self.restore = sandbox.restore
        self.forget = sandbox.forget

    def run(self, code: str, timeout_s: float = PATIENT_S, seed: int | None = 7) -> ExecutionResult:
        return self.sandbox.run(code, timeout_s=timeout_s, seed=seed)

    def says(self, code: str, **keywords: Any) -> str:
        result = self.run(code, **keywords)
        assert result.status == "ok", result
        return result.output.strip()


def make(kind: str, prepared: Path, **limits: int) -> Session:
    spec = SandboxSpec(prepared / "public", limits=SandboxLimits(**limits), stateful=True)
    sandbox = build(kind, spec)
    assert isinstance(sandbox, ProcessSandbox)
    return Session(sandbox)


KINDS = ["local", "local-cold", "local-without-namespaces", "local-on-old-kernel", "subprocess"]


@pytest.fixture(params=KINDS)
def session(request: pytest.FixtureRequest, prepared: Path) -> Iterator[Session]:
    made = make(request.param, prepared)
    yield made
    made.sandbox.close()


@pytest.fixture
def local(prepared: Path) -> Iterator[Session]:
    made = make("local", prepared)
    yield made
    made.sandbox.close()


def test_variables_imports_and_functions_live_on(session: Session) -> None:
    session.says("import math\nx = 1\ndef area(r):\n    return math.pi * r * r")
    assert session.says("x += 1; print(x, round(area(1), 2))") == "2 3.14"
    assert session.says("print(__name__, x)") == "__main__ 2"


def test_a_traceback_shows_the_lines_of_earlier_cells(session: Session) -> None:
    session.says("def fail():\n    return 1 / 0  # the line")
    result = session.run("fail()")
    assert (result.status, result.exit_code, result.session) == ("error", 1, "kept")
    assert 'File "cell-1.py", line 2, in fail' in result.output
    assert "# the line" in result.output
    assert "ZeroDivisionError" in result.output
    assert session.says("import inspect; print(inspect.getsource(fail))").endswith("# the line")


def test_the_exit_code_of_a_cell_is_told_and_the_session_goes_on(session: Session) -> None:
    session.says("x = 5")
    result = session.run("import sys; print('out'); sys.exit(3)")
    assert (result.status, result.exit_code, result.session) == ("error", 3, "kept")
    assert session.run("sys.exit()").status == "ok"
    assert session.run("this is no Python").session == "kept"
    assert session.says("print(x)") == "5"


def test_a_cell_that_takes_too_long_is_interrupted_and_keeps_its_variables(
    session: Session,
) -> None:
    session.says("import time; x = 1")
    result = session.run("y = 2\nprint('begun')\nwhile True: time.sleep(0.01)", timeout_s=1.0)
    assert (result.status, result.session) == ("timeout", "kept")
    assert result.output.startswith("begun\n")
    assert "KeyboardInterrupt" in result.output
    assert session.says("print(x, y)") == "1 2"
    assert session.says("time.sleep(0.2); print('not interrupted')") == "not interrupted"


@pytest.mark.parametrize(
    "stubborn",
    [
        "import signal; signal.signal(signal.SIGINT, signal.SIG_IGN)",
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})",
        "import signal; signal.signal(signal.SIGINT, lambda *_: None)",
    ],
)
def test_a_cell_that_does_not_heed_the_interrupt_is_ended(local: Session, stubborn: str) -> None:
    local.says("x = 1")
    code = f"{stubborn}\nwhile True:\n    try:\n        while True: pass\n    except: pass"
    result = local.run(code, timeout_s=0.5)
    assert (result.status, result.session) == ("timeout", "lost")
    assert local.says("print('x' in globals())") == "False"


def test_a_cell_that_stops_itself_is_interrupted(local: Session) -> None:
    local.says("x = 1")
    result = local.run("import os, signal; os.kill(os.getpid(), signal.SIGSTOP)", timeout_s=1.0)
    assert result.status == "timeout"
    assert local.says("print(1)") == "1"


@pytest.mark.parametrize(
    ("crash", "status", "number"),
    [
        ("import os; os._exit(4)", "error", None),
        ("import ctypes; ctypes.string_at(0)", "killed", 11),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed", 9),
        ("while True: print('x' * 100000)", "output_limit", None),
    ],
)
def test_a_crash_ends_the_session_and_the_next_cell_begins_a_new_one(
    session: Session, crash: str, status: str, number: int | None
) -> None:
    session.says("x = 1; open('kept.txt', 'w').write('file')")
    result = session.run(crash)
    assert (result.status, result.signal, result.session) == (status, number, "lost"), result
    assert session.says("print('x' in globals(), open('kept.txt').read())") == "False file"


def test_memory_of_a_cell_is_bounded_and_an_error_keeps_the_session(prepared: Path) -> None:
    made = make("local", prepared, memory_bytes=600 * 1024**2)
    try:
        made.says("x = 1")
        result = made.run("y = bytearray(2 * 1024**3)")
        assert (result.status, result.session) == ("out_of_memory", "kept")
        assert made.says("print(x)") == "1"
    finally:
        made.sandbox.close()


def test_reset_ends_the_session_and_its_snapshots(session: Session) -> None:
    session.says("x = 1; open('f', 'w')")
    number = session.snapshot()
    session.sandbox.reset()
    assert session.says("import os; print('x' in globals(), os.listdir())") == "False ['input']"
    assert session.sandbox.snapshots == ()
    with pytest.raises(SnapshotError, match="no snapshot"):
        session.restore(number)


def test_renewal_ends_the_session_but_not_its_snapshots(session: Session) -> None:
    session.says("x = 1; open('f', 'w')")
    number = session.snapshot()
    session.sandbox.renew()
    assert session.says("import os; print('x' in globals(), os.listdir())") == "False ['input']"
    session.restore(number)
    assert session.says("import os; print(x, sorted(os.listdir()))") == "1 ['f', 'input']"


def test_other_processes_end_with_their_cell_and_threads_go_on_with_the_next(
    local: Session,
) -> None:
    local.says("""
import os, subprocess, sys, threading, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            open("beat", "a").write("x"); time.sleep(0.01)
    os._exit(0)
beats = []
def beat():
    while True:
        beats.append(1); time.sleep(0.01)
threading.Thread(target=beat, daemon=True).start()
time.sleep(0.2)
""")
    beat = local.sandbox.workspace / "beat"
    assert beat.exists()
    size = beat.stat().st_size
    counted = int(local.says("print(len(beats))"))
    time.sleep(1.0)
    assert beat.stat().st_size == size
    # The thread was stopped meanwhile.
    assert int(local.says("print(len(beats))")) < counted + 60
    assert local.says("print(child.wait())") == "-9"


def test_nothing_runs_between_cells(local: Session) -> None:
    local.says("""
import threading, time
def write():
    while True:
        open("beat", "a").write("x"); time.sleep(0.001)
threading.Thread(target=write, daemon=True).start()
time.sleep(0.1)
""")
    beat = local.sandbox.workspace / "beat"
    size = beat.stat().st_size
    time.sleep(0.5)
    assert beat.stat().st_size == size


@pytest.mark.parametrize(
    "waker",
    [
        # A timer of the kernel's.
        """
event = (ctypes.c_int * 16)(); event[2] = 18
timer = ctypes.c_void_p()
made = libc.timer_create(1, ctypes.byref(event), ctypes.byref(timer))
span = (ctypes.c_long * 4)(0, 50_000_000, 0, 50_000_000)
if made == 0: libc.timer_settime(timer, 0, span, None)
""",
        # A child that ends with this signal.
        "libc.syscall(56, 18, 0, 0, 0, 0) == 0 and time.sleep(600)",
        # A parent that does.
        "libc.prctl(1, 18, 0, 0, 0)",
        # A process that is there to send it.
        """
if os.fork() == 0:
    os.setsid()
    while True:
        os.kill(os.getppid(), 18); os.kill(parent, 18)
""",
    ],
)
def test_a_stopped_session_can_not_be_woken_by_itself(local: Session, waker: str) -> None:
    if os.uname().machine != "x86_64":
        pytest.skip("the numbers of system calls are those of x86_64")
    result = local.run(f"""
import ctypes, os, threading, time
libc = ctypes.CDLL(None)
parent = os.getpid()
def write():
    while True:
        open("beat", "a").write("x"); time.sleep(0.001)
threading.Thread(target=write, daemon=True).start()
{waker}
time.sleep(0.2)
""")
    assert result.session == "kept", result
    beat = local.sandbox.workspace / "beat"
    size = beat.stat().st_size
    time.sleep(0.5)
    assert beat.stat().st_size == size
    assert local.says("print(parent == os.getpid())") == "True"


def test_random_state_is_set_at_each_cell(session: Session) -> None:
    draw = "import random, numpy as np; print(random.random(), np.random.rand())"
    first = session.says(draw, seed=1)
    second = session.says(draw, seed=2)
    assert first != second
    assert session.says(draw, seed=1) == first


def test_ten_continuations_of_one_state_give_what_replaying_gives(session: Session) -> None:
    build_state = """
import random
state = {"drawn": [random.random() for _ in range(5)], "generator": random.Random(3)}
"""
    continuations = [
        f"state['drawn'].append(random.random() * {n}); state['generator'].random()\n"
        f"open('f', 'a').write('{n}')\n"
        "print(state['drawn'][-2:], state['generator'].random(), open('f').read())"
        for n in range(10)
    ]
    session.says(build_state, seed=1)
    number = session.snapshot()
    branched = []
    for code in continuations:
        session.restore(number)
        branched.append(session.says(code, seed=2))
    replayed = []
    for code in continuations:
        session.sandbox.reset()
        session.says(build_state, seed=1)
        replayed.append(session.says(code, seed=2))
    assert branched == replayed


def test_a_snapshot_can_be_branched_from_a_branch(session: Session) -> None:
    session.says("path = ['a']")
    first = session.snapshot()
    session.says("path.append('b')")
    second = session.snapshot()
    session.restore(first)
    session.says("path.append('c')")
    third = session.snapshot()
    for number, path in ((second, "ab"), (third, "ac"), (first, "a"), (second, "ab")):
        session.restore(number)
        assert session.says("print(''.join(path))") == path
    session.forget(first)
    session.restore(third)
    assert session.says("print(''.join(path))") == "ac"
    assert session.sandbox.snapshots == (second, third)


def test_a_snapshot_outlives_the_session(session: Session) -> None:
    session.says("x = 1")
    number = session.snapshot()
    assert session.run("import os; os._exit(1)").session == "lost"
    session.restore(number)
    assert session.says("print(x)") == "1"
    assert session.run("import ctypes; ctypes.string_at(0)").status == "killed"
    session.restore(number)
    assert session.says("print(x)") == "1"


def test_a_snapshot_may_be_made_before_the_first_cell(session: Session) -> None:
    number = session.snapshot()
    session.says("x = 1")
    session.restore(number)
    assert session.says("print('x' in globals())") == "False"


def test_the_workspace_is_that_of_the_snapshot(session: Session) -> None:
    session.says("""
import os
os.makedirs("folder/deeper/empty")
open("folder/file", "w").write("before")
os.link("folder/file", "folder/twin")
os.symlink("folder/file", "link")
os.symlink("/nowhere", "dangling")
os.mkfifo("pipe")
with open("sparse", "wb") as file:
    file.truncate(50_000_000); file.seek(40_000_000); file.write(b"x")
""")
    look = """
import os
found = sorted(os.path.join(at, name) for at, folders, files in os.walk(".") for name in folders + files)
print(found, open("link").read(), os.readlink("dangling"), os.stat("folder/twin").st_nlink,
      os.path.samefile("folder/twin", "folder/file"), os.stat("sparse").st_size, open("input/train.csv").read())
"""  # noqa: E501
    before = session.says(look)
    number = session.snapshot()
    session.says("""
import shutil
shutil.rmtree("folder"); os.unlink("link"); open("folder", "w").write("after"); os.mkdir("new")
open("sparse", "wb").write(b"short")
""")
    session.restore(number)
    assert session.says(look) == before
    # Written through one name, read through the other: still one file.
    assert (
        session.says("open('folder/twin', 'w').write('z'); print(open('folder/file').read())")
        == "z"
    )
    blocks = (session.sandbox.workspace / "sparse").stat().st_blocks
    assert blocks * 512 < 1_000_000


def test_open_files_have_their_own_place_in_every_branch(session: Session) -> None:
    session.says("""
lines = open("input/train.csv")
first = next(lines)
log = open("log.txt", "w+")
log.write("one\\n"); log.flush()
""")
    number = session.snapshot()
    for name in ("two", "three"):
        code = f"log.write('{name}\\n'); log.flush(); log.seek(0); print(next(lines).strip(), log.read().split())"  # noqa: E501
        assert session.says(code) == f"1,2,3 ['one', '{name}']"
        assert session.says("print(open('log.txt').read().split())") == f"['one', '{name}']"
        session.restore(number)


def test_libraries_work_before_and_after_a_branch(session: Session) -> None:
    session.says("""
import joblib, numpy as np
from sklearn.cluster import KMeans
from sklearn.ensemble import HistGradientBoostingRegressor
X = np.random.RandomState(0).rand(2000, 4)
def fit():
    trees = HistGradientBoostingRegressor(max_iter=10, random_state=0).fit(X, X[:, 0])
    means = KMeans(3, n_init=1, random_state=0).fit(X)
    return round(trees.score(X, X[:, 0]), 6), round(means.inertia_, 3)
def twice(value):
    return 2 * value
joblib.dump(twice, "twice.joblib")
""")
    before = session.says("print(fit())")
    number = session.snapshot()
    assert session.says("print(fit())") == before
    for _ in range(2):
        session.restore(number)
        assert session.says("print(fit())") == before
        assert session.says("print(joblib.load('twice.joblib')(4))") == "8"
        again = session.snapshot()
        session.restore(again)
        session.forget(again)
        assert session.says("print(fit())") == before


def test_figures_are_part_of_the_state(session: Session) -> None:
    pytest.importorskip("matplotlib")
    session.says("import matplotlib.pyplot as plt; _ = plt.plot([1, 2])")
    number = session.snapshot()
    session.says("_ = plt.plot([2, 1]); plt.savefig('two.png'); plt.close()")
    session.restore(number)
    assert session.says("print(len(plt.gca().lines))") == "1"


def test_joblib_processes_are_no_hindrance(session: Session) -> None:
    # Garbage is collected all the time, so that one day it is between two cells.
    work = """
import gc
from joblib import Parallel, delayed
gc.set_threshold(1, 1, 1)
print(sum(Parallel(n_jobs=2)(delayed(abs)(-i) for i in range(5))))
"""
    result = session.run(work)
    assert (result.status, result.output.strip()) == ("ok", "10"), result
    number = session.snapshot()
    assert session.says(work) == "10"
    session.restore(number)
    assert session.says(work) == "10"


def test_a_cell_that_replaces_builtins_loses_nothing_but_them(session: Session) -> None:
    session.says("import builtins; kept = open, print; builtins.open = builtins.print = None")
    assert session.run("print(1)").session == "kept"
    session.says("builtins.open, builtins.print = kept")
    assert session.says("print(1)") == "1"


def test_what_a_cell_chose_of_garbage_collection_lives_on(session: Session) -> None:
    asked = "import gc; print(gc.isenabled())"
    assert session.says(asked) == "True"
    assert session.says(asked) == "True"
    session.says("gc.disable()")
    assert session.says(asked) == "False"
    session.restore(session.snapshot())
    assert session.says(asked + "; gc.enable()") == "False"
    assert session.says(asked) == "True"


def test_several_threads_are_refused_and_the_session_goes_on(local: Session) -> None:
    local.says("""
import threading
x = 1
halt = threading.Event()
thread = threading.Thread(target=halt.wait)
thread.start()
""")
    with pytest.raises(SnapshotError, match=r"2 threads.*goes on"):
        local.snapshot()
    assert local.says("halt.set(); thread.join(); print(x)") == "1"
    local.restore(local.snapshot())
    assert local.says("print(x)") == "1"


def test_openmp_with_several_threads_is_refused(local: Session) -> None:
    local.says("""
import numpy as np
from threadpoolctl import threadpool_limits
from sklearn.ensemble import HistGradientBoostingRegressor
X = np.random.RandomState(0).rand(20000, 4)
threadpool_limits(4, user_api="openmp")
HistGradientBoostingRegressor(max_iter=3).fit(X, X[:, 0])
x = 1
""")
    with pytest.raises(SnapshotError, match="OpenMP"):
        local.snapshot()
    assert local.says("print(x)") == "1"


def test_snapshots_are_bounded_in_number(prepared: Path) -> None:
    made = make("local", prepared, snapshots=2)
    try:
        first = made.snapshot()
        made.snapshot()
        with pytest.raises(SnapshotError, match=r"2 snapshots already.*forget"):
            made.snapshot()
        made.forget(first)
        made.snapshot()
        assert len(made.sandbox.snapshots) == 2
    finally:
        made.sandbox.close()


def test_sandboxes_without_state_have_no_snapshots(prepared: Path) -> None:
    sandbox = build("local", SandboxSpec(prepared / "public"))
    try:
        assert isinstance(sandbox, Snapshots)
        with pytest.raises(SnapshotError, match="stateful=True"):
            sandbox.snapshot()
    finally:
        sandbox.close()


def test_a_workspace_that_can_not_be_copied_is_refused(local: Session) -> None:
    local.says("import os\nfor _ in range(150): os.mkdir('d'); os.chdir('d')\nx = 1")
    with pytest.raises(SnapshotError, match="deep"):
        local.snapshot()
    assert local.says("print(x)") == "1"
    assert list((local.sandbox.workspace.parent / "snapshots").iterdir()) == []


def test_a_copy_holds_nothing_from_outside(local: Session, prepared: Path) -> None:
    secret = prepared / "private" / "answers.csv"
    local.says(f"import os; os.symlink({str(secret)!r}, 'stolen')")
    local.says(f"os.symlink({str(secret.parent)!r}, 'all')")
    number = local.snapshot()
    local.restore(number)
    result = local.run("print(open('stolen').read())")
    assert result.status == "error"
    assert "the-answer" not in result.output
    for path in (local.sandbox.workspace.parent / "snapshots").rglob("*"):
        assert path.is_symlink() or not path.is_file() or b"the-answer" not in path.read_bytes()


HOSTILE = {
    "closes its channel": "os.closerange(3, 256)",
    "writes garbage": """
for number in range(3, 256):
    try: os.write(number, b'garbage!')
    except OSError: pass
""",
    "ends the cell from a thread": """
import threading
def end():
    for number in range(3, 256):
        try: os.write(number, bytes([1, 0, 0]))
        except OSError: pass
threading.Thread(target=end).start()
time.sleep(3)
""",
    "ends the cell from a child": """
if os.fork() == 0:
    os.write(1, b'in the child')
    for number in range(3, 256):
        try: os.write(number, bytes([1, 0, 0]))
        except OSError: pass
time.sleep(0.5)
""",
    "claims to be ready": """
for number in range(3, 256):
    try: os.write(number, bytes([0, 0, 0]))
    except OSError: pass
""",
    "never reads again": """
import gc, socket
for item in gc.get_objects():
    if type(item).__name__ == 'Interpreter':
        type(item)._execute = lambda *_: time.sleep(600)
        type(item)._branch = lambda *_, **__: time.sleep(600)
""",
    "dies when it is branched": "os.register_at_fork(before=lambda: os._exit(0))",
    "dies in every branch": "os.register_at_fork(after_in_child=lambda: os._exit(0))",
}


@pytest.mark.parametrize("attack", HOSTILE)
def test_a_hostile_session_harms_itself_only(local: Session, attack: str) -> None:
    local.says("x = 1")
    kept = local.snapshot()
    local.run("import os, time\n" + HOSTILE[attack], timeout_s=10.0)
    with suppress(SnapshotError):
        local.forget(local.snapshot())
    result = local.run("print('honest')", timeout_s=5.0)
    if result.session == "lost":
        result = local.run("print('honest')")
    assert (result.status, result.output) == ("ok", "honest\n")
    local.restore(kept)
    assert local.says("print(x)") == "1"


def test_memory_of_session_and_snapshots_together_is_bounded(prepared: Path) -> None:
    made = make("local", prepared, memory_bytes=900 * 1024**2)
    try:
        made.says("import os; x = 1")
        first = made.snapshot()
        statuses = []
        for _ in range(6):
            result = made.run("data = os.urandom(250 * 1024**2)")
            statuses.append(result.status)
            if result.status != "ok":
                break
            made.snapshot()
        assert statuses[-1] in {"out_of_memory", "killed"}, statuses
        assert len(statuses) < 6
        made.restore(first)
        assert made.says("print(x)") == "1"
    finally:
        made.sandbox.close()


def _descendants(root: int) -> set[int]:
    found: set[int] = set()
    waiting = [root]
    while waiting:
        try:
            for thread in Path(f"/proc/{waiting.pop()}/task").iterdir():
                children = {int(word) for word in (thread / "children").read_text().split()}
                found |= children
                waiting += children
        except OSError:
            continue
    return found


def test_nothing_is_left_of_a_closed_session(session: Session) -> None:
    root = session.sandbox.workspace.parent
    before = _descendants(os.getpid())
    session.says("x = 1")
    for _ in range(3):
        session.snapshot()
    assert len(_descendants(os.getpid()) - before) >= 4
    session.forget(2)
    session.sandbox.close()
    deadline = time.monotonic() + 30
    while left := _descendants(os.getpid()) - before:
        assert time.monotonic() < deadline, left
        time.sleep(0.05)
    assert not root.exists()
