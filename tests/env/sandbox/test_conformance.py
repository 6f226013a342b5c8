"""What every backend must do, whatever isolates it."""

from __future__ import annotations

import importlib.util
import threading
import time
from pathlib import Path

import pytest
from sandboxes import MakeSandbox

from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox import ExecutionResult, Sandbox

PATIENT_S = 120.0


def run(sandbox: Sandbox, code: str, timeout_s: float = PATIENT_S, **more: int) -> ExecutionResult:
    return sandbox.run(code, timeout_s=timeout_s, **more)


def test_program_reads_its_input_and_writes_its_workspace(sandbox: Sandbox, tmp_path: Path) -> None:
    code = "text = open('input/train.csv').read()\nopen('submission.csv', 'w').write(text)"
    result = run(sandbox, code)
    assert (result.status, result.exit_code, result.signal) == ("ok", 0, None), result.output
    taken = tmp_path / "taken.csv"
    assert sandbox.take("submission.csv", taken, max_bytes=100)
    assert taken.read_text() == "id,x,y\n1,2,3\n"
    assert not sandbox.take("submission.csv", taken, max_bytes=100)


def test_input_can_not_be_written(sandbox: Sandbox, prepared: Path) -> None:
    if sandbox.name == "subprocess":
        pytest.skip("the unconfined backend protects nothing")
    for code in (
        "open('input/train.csv', 'w')",
        "open('input/train.csv', 'a')",
        "import os; os.truncate('input/train.csv', 0)",
        "import os; os.open('input/train.csv', os.O_RDONLY | os.O_TRUNC)",
        "import os; os.unlink('input/train.csv')",
        "open('input/new', 'w')",
        "import os; os.rename('input/train.csv', 'train.csv')",
    ):
        assert run(sandbox, code).status == "error", code
    assert (prepared / "public" / "train.csv").read_text() == "id,x,y\n1,2,3\n"
    assert sorted(path.name for path in (prepared / "public").iterdir()) == ["images", "train.csv"]


def test_folders_of_the_input_are_there_and_can_not_be_written(
    sandbox: Sandbox, prepared: Path
) -> None:
    code = """
import os
print(sorted(os.listdir("input")), os.listdir("input/images"))
print(open("input/images/1.png", "rb").read())
"""
    result = run(sandbox, code)
    assert result.output == "['images', 'train.csv'] ['1.png']\nb'a picture'\n"
    if sandbox.name == "subprocess":
        return
    for code in (
        "open('input/images/1.png', 'wb')",
        "open('input/images/2.png', 'wb')",
        "import os; os.unlink('input/images/1.png')",
        "import os; os.mkdir('input/more')",
    ):
        assert run(sandbox, code).status == "error", code
    assert (prepared / "public" / "images" / "1.png").read_bytes() == b"a picture"


def test_files_stay_from_run_to_run_until_reset(sandbox: Sandbox) -> None:
    run(sandbox, "open('kept', 'w').write('1'); import os; os.makedirs('a/b/c')")
    assert run(sandbox, "print(open('kept').read())").output == "1\n"
    sandbox.reset()
    listed = run(sandbox, "import os; print(sorted(os.listdir()))").output
    assert listed == "['input', 'program.py']\n"


def test_reset_removes_what_is_deep_or_unreadable(sandbox: Sandbox) -> None:
    code = """
import os
for name in ('deep', 'input'):
    if os.path.islink(name): os.unlink(name)
    os.mkdir(name); os.chdir(name)
    for _ in range(1500): os.mkdir('d' * 50); os.chdir('d' * 50)
    os.chdir(os.path.dirname(__file__))
os.umask(0o777); os.makedirs('unreadable/more', mode=0); open('locked', 'w')
"""
    result = run(sandbox, code)
    assert result.status in {"ok", "output_limit"} or "Permission" in result.output, result
    assert "id,x,y" in run(sandbox, "print(open('input/train.csv').read())").output
    sandbox.reset()
    assert run(sandbox, "import os; print(sorted(os.listdir()))").output == (
        "['input', 'program.py']\n"
    )


def test_touching_makes_a_file_and_copies_keep_working(sandbox: Sandbox) -> None:
    code = """
import os, pathlib, shutil
pathlib.Path('new').touch(); pathlib.Path('new').touch()
shutil.copy2('new', 'copy')
try: os.utime('missing')
except FileNotFoundError: print(sorted(name for name in os.listdir() if name in ('new', 'copy')))
"""
    assert run(sandbox, code).output == "['copy', 'new']\n"


def test_helper_modules_of_an_earlier_run_can_be_imported(sandbox: Sandbox) -> None:
    run(sandbox, "open('helper.py', 'w').write('VALUE = 1')")
    assert run(sandbox, "import helper; print(helper.VALUE)").output == "1\n"
    run(sandbox, "open('helper.py', 'w').write('VALUE = 2')")
    assert run(sandbox, "import helper; print(helper.VALUE)").output == "2\n"


def test_output_of_both_streams_comes_in_order(sandbox: Sandbox) -> None:
    code = "import sys\nfor i in range(3):\n print(i)\n print('e', i, file=sys.stderr)"
    assert run(sandbox, code).output == "0\ne 0\n1\ne 1\n2\ne 2\n"


def test_unicode_in_and_out(sandbox: Sandbox) -> None:
    text = "naïve 東京 🦊 \\ud800"
    result = run(sandbox, f"print('{text}'); open('çé.txt', 'w').write('🦊')")
    assert result.status == "ok"
    assert result.output == "naïve 東京 🦊 \\ud800\n"


def test_bytes_that_are_no_text_are_shown_as_such(sandbox: Sandbox) -> None:
    result = run(sandbox, r"import os; os.write(1, b'\xff\x00\xfe ok\n')")
    assert result.status == "ok"
    assert result.output.endswith(" ok\n")
    assert "\0" not in result.output


@pytest.mark.parametrize(
    ("code", "status", "exit_code"),
    [
        ("import sys; sys.exit()", "ok", 0),
        ("import sys; sys.exit(0)", "ok", 0),
        ("import sys; sys.exit(3)", "error", 3),
        ("import sys; sys.exit('stopped')", "error", 1),
        ("import os; os._exit(7)", "error", 7),
        ("raise KeyboardInterrupt", "error", 130),
        ("1/0", "error", 1),
        ("def", "error", 1),
        ("x = '\0'", "error", 1),
        ("", "ok", 0),
    ],
)
def test_exit_codes(sandbox: Sandbox, code: str, status: str, exit_code: int) -> None:
    result = run(sandbox, code)
    assert (result.status, result.exit_code) == (status, exit_code), result.output
    assert bool(result.error) == (status != "ok")


def test_traceback_shows_the_program_and_nothing_of_ours(sandbox: Sandbox) -> None:
    result = run(sandbox, "def f():\n    return 1 / 0\n\n\nf()")
    lines = result.output.splitlines()
    assert lines[0] == "Traceback (most recent call last):"
    assert lines[1] == '  File "program.py", line 5, in <module>'
    assert lines[-1] == "ZeroDivisionError: division by zero"
    assert "    return 1 / 0" in lines
    assert "mlesmith" not in result.output


def test_syntax_error_points_at_the_line(sandbox: Sandbox) -> None:
    result = run(sandbox, "x = 1\ny = (")
    assert result.output.splitlines()[0].strip() == 'File "program.py", line 2'
    assert "SyntaxError" in result.output.splitlines()[-1]


def test_chained_exceptions_are_shown(sandbox: Sandbox) -> None:
    code = "try:\n    {}['a']\nexcept KeyError as e:\n    raise ValueError('outer') from e"
    output = run(sandbox, code).output
    assert "KeyError: 'a'" in output
    assert output.rstrip().endswith("ValueError: outer")


def test_large_output_is_cut_in_the_middle_and_kept_in_full(sandbox: Sandbox) -> None:
    code = "print('first ü')\nfor i in range(200000): print('line ü', i)\nraise ValueError('last')"
    result = run(sandbox, code)
    assert result.status == "error"
    assert result.output.startswith("first ü\n")
    assert result.output.rstrip().endswith("ValueError: last")
    assert "bytes of output left out" in result.output
    assert len(result.output.encode()) < 9000
    assert "\N{REPLACEMENT CHARACTER}" not in result.output
    assert result.output_path.stat().st_size > 2_000_000


def test_flood_of_output_ends_the_program(make: MakeSandbox) -> None:
    sandbox = make(output_bytes=1_000_000)
    result = run(sandbox, "print('start', flush=True)\nwhile True: print('x' * 1000)")
    assert result.status == "output_limit"
    assert result.output.startswith("start\n")
    assert result.output_path.stat().st_size <= 1_000_000


def test_time_out_keeps_partial_output(sandbox: Sandbox) -> None:
    began = time.monotonic()
    result = run(sandbox, "import time\nprint('working')\ntime.sleep(600)", timeout_s=1.5)
    assert result.status == "timeout"
    assert result.output == "working\n"
    assert 1.4 < result.execution_s < 60
    assert time.monotonic() - began < 60
    assert "1.5 s" in result.error


def test_time_out_of_a_program_that_ignores_signals(sandbox: Sandbox) -> None:
    code = (
        "import signal\n"
        "for s in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:\n"
        "    signal.signal(s, signal.SIG_IGN)\n"
        "while True: pass"
    )
    assert run(sandbox, code, timeout_s=1).status == "timeout"


def test_segmentation_fault_is_a_result(sandbox: Sandbox) -> None:
    result = run(sandbox, "print('before')\nimport ctypes; ctypes.string_at(0)")
    assert (result.status, result.signal, result.exit_code) == ("killed", 11, None)
    assert result.output == "before\n"


@pytest.mark.parametrize(
    "code",
    [
        "import sys, weakref\nclass A: pass\na = A()\nsys.kept = weakref.proxy(a)\ndel a\n1 / 0",
        "import sys\nclass A:\n __class__ = property(lambda self: 1 / 0)\nsys.kept = A()\n1 / 0",
        "import sys\nclass A:\n def flush(self): 1 / 0\n"
        "sys.stdout = A()\nsys.excepthook = None\n1 / 0",
        "import sys\ndef hook(*error): 1 / 0\nsys.excepthook = sys.__excepthook__ = hook\n1 / 0",
        "import sys\nclass A(int):\n def __and__(self, other): return 'x'\nsys.exit(A(3))",
        "import sys\ndel sys.modules['__main__']\nsys.modules['threading'] = 5\n1 / 0",
        "import os, signal, atexit\natexit.register(os.kill, os.getpid(), signal.SIGINT)\n1 / 0",
    ],
    ids=["dead proxy", "class", "streams", "hooks", "code", "modules", "interrupted"],
)
def test_failure_stays_one_whatever_happens_at_the_end(sandbox: Sandbox, code: str) -> None:
    result = run(sandbox, code)
    assert result.status == "error", result
    assert result.exit_code != 0


def test_odd_objects_do_not_turn_success_into_failure(sandbox: Sandbox) -> None:
    code = """
import sys, weakref
class A:
    __class__ = property(lambda self: 1 / 0)
class B: pass
b = B()
sys.kept = [A(), weakref.proxy(b)]
file = open("written", "w")
file.write("all of it")
sys.kept.append(file)
del b, sys.modules["__main__"]
"""
    result = run(sandbox, code)
    assert (result.status, result.exit_code) == ("ok", 0), result
    assert run(sandbox, "print(open('written').read())").output == "all of it\n"


def test_a_packed_file_that_was_left_open_is_whole(sandbox: Sandbox) -> None:
    code = """
import gzip
file = gzip.open("packed.gz", "wt")
file.write("all of it")
"""
    assert run(sandbox, code).status == "ok"
    read = run(sandbox, "import gzip; print(gzip.open('packed.gz', 'rt').read())")
    assert read.output == "all of it\n"


def test_a_hook_that_needs_the_names_of_the_program_is_no_failure(sandbox: Sandbox) -> None:
    code = """
import sys
NAMES = ("os.system",)
def hook(event, arguments):
    if event in NAMES: raise PermissionError(event)
sys.addaudithook(hook)
file = open("written", "w")
file.write("all of it")
"""
    result = run(sandbox, code)
    assert (result.status, result.output) == ("ok", ""), result
    assert run(sandbox, "print(open('written').read())").output == "all of it\n"


def test_deep_recursion_is_an_exception(sandbox: Sandbox) -> None:
    result = run(sandbox, "def f(): f()\nf()")
    assert result.status == "error", result
    assert "RecursionError" in result.output[-200:]


def test_out_of_memory_is_told_from_other_errors(make: MakeSandbox) -> None:
    sandbox = make(memory_bytes=700 * 1024**2)
    result = run(sandbox, "x = bytearray(2 * 1024**3)")
    assert result.status == "out_of_memory", result
    assert "MemoryError" in result.output
    result = run(sandbox, "import numpy as np; x = np.ones((2**15, 2**15))")
    assert result.status == "out_of_memory", result
    assert run(sandbox, "try:\n x = bytearray(2**31)\nexcept MemoryError: pass").status == "ok"


def test_memory_of_several_processes_counts_together(make: MakeSandbox) -> None:
    sandbox = make(memory_bytes=600 * 1024**2)
    code = """
import os, time
for _ in range(4):
    if os.fork() == 0:
        x = bytearray(os.urandom(1024)) * (250 * 1024)
        time.sleep(600)
time.sleep(600)
"""
    assert run(sandbox, code).status == "out_of_memory"


def test_full_workspace_ends_the_program_and_can_be_emptied(make: MakeSandbox) -> None:
    sandbox = make(workspace_bytes=20 * 1024**2)
    code = """
import os, time
for i in range(100):
    open(f'f{i}', 'wb').write(os.urandom(10**6))
    time.sleep(0.05)
"""
    assert run(sandbox, code).status == "output_limit"
    clean = "import os\nfor f in os.listdir():\n    if f.startswith('f'): os.unlink(f)"
    assert run(sandbox, clean).status == "ok"


@pytest.mark.parametrize(
    "code",
    [
        # Removed files that are still open.
        "files = []\nfor i in range(60):\n    f = open('f', 'wb'); f.write(bytes(10**6))\n"
        "    f.flush(); os.unlink('f'); files.append(f); time.sleep(0.05)\ntime.sleep(60)",
        # The home and the temporary folder.
        "for i in range(60):\n    open(os.path.expanduser(f'~/f{i}'), 'wb').write(bytes(10**6))\n"
        "    open(os.environ['TMPDIR'] + f'/f{i}', 'wb').write(bytes(10**6)); time.sleep(0.05)",
        # A path that is too long to be looked at.
        "for i in range(50): os.mkdir('x' * 200); os.chdir('x' * 200)\n"
        "for i in range(60): open(f'f{i}', 'wb').write(bytes(10**6)); time.sleep(0.05)",
        # A folder that can be written in and not listed, where one can be made at all.
        "try: os.mkdir('blind', 0o300)\nexcept PermissionError: os.mkdir('blind')\n"
        "for i in range(60): open(f'blind/f{i}', 'wb').write(bytes(10**6)); time.sleep(0.05)",
    ],
)
def test_bytes_can_not_be_hidden_from_the_quota(make: MakeSandbox, code: str) -> None:
    sandbox = make(workspace_bytes=20 * 1024**2)
    result = run(sandbox, f"import os, time\n{code}")
    assert result.status == "output_limit", result
    sandbox.reset()
    assert run(sandbox, "import os; print(len(os.listdir()))").output == "2\n"


def test_one_huge_file_is_refused(make: MakeSandbox) -> None:
    sandbox = make(workspace_bytes=10 * 1024**2)
    result = run(sandbox, "f = open('big', 'wb')\nf.write(bytes(50 * 1024**2)); f.flush()")
    assert result.status == "output_limit", result


def test_cpu_time_is_a_time_out(sandbox: Sandbox) -> None:
    code = """
import resource
soft, hard = resource.getrlimit(resource.RLIMIT_CPU)
print(0 < soft < hard)
resource.setrlimit(resource.RLIMIT_CPU, (1, hard))
while True: pass
"""
    result = run(sandbox, code)
    assert result.status == "timeout", result
    assert result.output == "True\n"


def test_open_files_are_bounded(make: MakeSandbox) -> None:
    sandbox = make(open_files=64)
    result = run(sandbox, "files = [open('/dev/null') for _ in range(1000)]")
    assert result.status == "error"
    assert "Too many open files" in result.output


def test_fork_bomb_is_ended(make: MakeSandbox) -> None:
    sandbox = make(processes=30)
    code = """
import os, time
for _ in range(200):
    if os.fork() == 0: time.sleep(600)
time.sleep(600)
"""
    result = run(sandbox, code)
    assert result.status in {"killed", "error"}, result
    assert run(sandbox, "print('next')").output == "next\n"


@pytest.mark.parametrize(
    "act", ["os.fork()", "os.fork() or os.setsid()"], ids=["forking", "detaching"]
)
def test_a_bomb_that_never_stops_forking_is_ended_at_once(make: MakeSandbox, act: str) -> None:
    sandbox = make()
    if sandbox.name == "subprocess":
        pytest.skip("what is not confined can outrun its supervisor")
    code = f"import os\nwhile True:\n    try: {act}\n    except OSError: pass"
    result = run(sandbox, code)
    # Long before its time is over.
    assert result.status in {"killed", "out_of_memory"}, result
    assert run(sandbox, "print('next')").output == "next\n"


def test_flood_of_threads_is_ended(make: MakeSandbox) -> None:
    sandbox = make(processes=8)
    code = """
import threading, time
threading.stack_size(65536)
for _ in range(1000): threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
time.sleep(600)
"""
    assert run(sandbox, code).status in {"killed", "error"}


DESCENDANTS = """
import os, sys, time

def linger(name):
    open(name, 'w').close()
    while True:
        os.utime(name)
        with open(name + '.beat', 'a') as f: f.write('x')
        time.sleep(0.02)

def plain(name):
    if os.fork() == 0: linger(name)

def detached(name):
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0: linger(name)
        os._exit(0)
    os.wait()

plain('plain'); detached('detached')
while not (os.path.exists('plain.beat') and os.path.exists('detached.beat')): time.sleep(0.01)
print('started')
"""


@pytest.mark.parametrize("ending", ["", "time.sleep(600)", "os.abort()"])
def test_no_descendant_outlives_the_run(sandbox: Sandbox, ending: str) -> None:
    began = time.monotonic()
    result = run(sandbox, DESCENDANTS + ending, timeout_s=4 if "600" in ending else PATIENT_S)
    assert "started" in result.output
    assert result.status == {"": "ok", "time.sleep(600)": "timeout"}.get(ending, "killed")
    assert time.monotonic() - began < 90
    sizes = "import os; print(os.path.getsize('plain.beat'), os.path.getsize('detached.beat'))"
    first = run(sandbox, sizes).output
    time.sleep(0.3)
    assert run(sandbox, sizes).output == first


def test_background_process_that_holds_the_output_does_not_delay_the_end(sandbox: Sandbox) -> None:
    code = "import subprocess\nsubprocess.Popen(['sleep', '600'])\nprint('done')"
    result = run(sandbox, code)
    assert (result.status, result.output) == ("ok", "done\n")
    assert result.execution_s < 60


def test_closed_output_is_no_fault(sandbox: Sandbox) -> None:
    for code in (
        "import os; os.close(1); os.close(2)",
        "import sys; print('a'); sys.stdout.close()",
        "import os; os.closerange(0, 100)",
        "import sys; sys.stdout = None",
    ):
        assert run(sandbox, code).status == "ok", code
    assert run(sandbox, "print('next')").output == "next\n"


def test_standard_input_is_empty(sandbox: Sandbox) -> None:
    assert "EOFError" in run(sandbox, "input()").output


def test_zombies_are_no_fault(sandbox: Sandbox) -> None:
    code = "import os\nfor _ in range(10):\n    if os.fork() == 0: os._exit(0)\nprint('ok')"
    assert run(sandbox, code).output == "ok\n"


def test_threads_are_waited_for(sandbox: Sandbox) -> None:
    code = (
        "import threading, time\n"
        "def work():\n    time.sleep(0.3); print('thread done')\n"
        "threading.Thread(target=work).start(); print('main done')"
    )
    assert run(sandbox, code).output == "main done\nthread done\n"


def test_exit_functions_run_and_open_files_are_flushed(sandbox: Sandbox) -> None:
    code = (
        "import atexit, gzip\natexit.register(print, 'bye')\n"
        "f = open('left-open', 'w'); f.write('content')\n"
        "g = gzip.open('left-open.gz', 'wt'); g.write('zipped')"
    )
    assert run(sandbox, code).output == "bye\n"
    check = "import gzip; print(open('left-open').read(), gzip.open('left-open.gz', 'rt').read())"
    assert run(sandbox, check).output == "content zipped\n"


def test_main_module_is_as_python_makes_it(sandbox: Sandbox) -> None:
    code = """
import inspect, os, pickle, sys
class A: pass
def f(): return 1
print(__name__, sys.argv, os.path.basename(__file__), sys.path[0] == os.getcwd())
print(type(pickle.loads(pickle.dumps(A()))) is A, pickle.loads(pickle.dumps(f)) is f)
print(inspect.getsource(f).strip(), sys.modules['__main__'].A is A)
print([name for name in sys.modules if 'mlesmith' in name], [n for n in globals() if n[0] != '_'])
"""
    assert run(sandbox, code).output.splitlines() == [
        "__main__ ['program.py'] program.py True",
        "True True",
        "def f(): return 1 True",
        "[] ['inspect', 'os', 'pickle', 'sys', 'A', 'f']",
    ]


def test_multiprocessing_with_locks_queues_and_shared_memory(sandbox: Sandbox) -> None:
    code = """
import multiprocessing as mp
from multiprocessing import shared_memory
def square(x): return x * x
def add(counter, lock, queue):
    for _ in range(100):
        with lock: counter.value += 1
    queue.put('done')
if __name__ == '__main__':
    with mp.Pool(2) as pool: print(pool.map(square, range(5)))
    with mp.get_context('spawn').Pool(2) as pool: print(pool.map(square, range(5)))
    counter, lock, queue = mp.Value('i', 0), mp.Lock(), mp.Queue()
    workers = [mp.Process(target=add, args=(counter, lock, queue)) for _ in range(2)]
    [w.start() for w in workers]; print(queue.get(), queue.get()); [w.join() for w in workers]
    print(counter.value)
    event, semaphore, condition = mp.Event(), mp.BoundedSemaphore(2), mp.Condition()
    print(event.wait(0.05), semaphore.acquire(), semaphore.acquire(), semaphore.acquire(False))
    shared = shared_memory.SharedMemory(create=True, size=100)
    again = shared_memory.SharedMemory(shared.name)
    shared.buf[0] = 7; print(again.buf[0]); again.close(); shared.close(); shared.unlink()
    lock = mp.RLock()
    with lock, lock: print(lock.acquire(timeout=0.1))
"""
    result = run(sandbox, code)
    assert result.output.splitlines() == [
        "[0, 1, 4, 9, 16]",
        "[0, 1, 4, 9, 16]",
        "done done",
        "200",
        "False True True False",
        "7",
        "True",
    ], result.output


def test_joblib_with_processes(sandbox: Sandbox) -> None:
    code = """
import os
from joblib import Parallel, delayed
def f(x): return x + 1, os.getpid()
if __name__ == '__main__':
    found = Parallel(n_jobs=2)(delayed(f)(i) for i in range(20))
    print([x for x, _ in found] == list(range(1, 21)), os.getpid() in {p for _, p in found})
"""
    result = run(sandbox, code)
    assert result.output == "True False\n", result.output


def test_scikit_learn_fits_in_parallel_and_with_openmp(sandbox: Sandbox) -> None:
    code = """
import numpy as np, pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestRegressor
from sklearn.cluster import KMeans
from sklearn.model_selection import cross_val_score
X = pd.DataFrame(np.random.default_rng(0).normal(size=(300, 4)), columns=list('abcd'))
y = X['a'] * 2
HistGradientBoostingRegressor(max_iter=5).fit(X, y)
KMeans(3, n_init=1).fit(X)
RandomForestRegressor(5, n_jobs=-1).fit(X, y)
print(len(cross_val_score(RandomForestRegressor(2), X, y, cv=2, n_jobs=2)))
(X.to_numpy() @ X.to_numpy().T).sum()
X.to_csv('submission.csv', index=False)
"""
    result = run(sandbox, code)
    assert (result.status, result.output) == ("ok", "2\n"), result.output


RANDOM = """
import random, numpy as np
from sklearn.utils import check_random_state
print(random.random(), np.random.rand(), hash('text'), check_random_state(None).rand())
print(list({'a', 'b', 'c', 'd'}))
"""


def test_a_seed_fixes_the_random_state(sandbox: Sandbox) -> None:
    first = run(sandbox, RANDOM, seed=5).output
    assert run(sandbox, RANDOM, seed=5).output == first
    assert run(sandbox, RANDOM, seed=6).output != first
    assert run(sandbox, "import numpy.random\n" + RANDOM, seed=5).output == first


def test_without_a_seed_runs_differ(sandbox: Sandbox) -> None:
    assert run(sandbox, RANDOM).output != run(sandbox, RANDOM).output


def test_huge_seeds_are_fine(sandbox: Sandbox) -> None:
    assert run(sandbox, RANDOM, seed=2**63 + 1).status == "ok"


def test_temporary_files_have_a_place_that_is_emptied(sandbox: Sandbox) -> None:
    code = "import tempfile; f = tempfile.NamedTemporaryFile(delete=False); print(f.name)"
    name = run(sandbox, code).output.strip()
    assert name
    assert not Path(name).exists()


def test_files_are_copied_with_shutil(sandbox: Sandbox) -> None:
    code = (
        "import shutil, pathlib\n"
        "shutil.copy('input/train.csv', 'a.csv'); shutil.copy2('input/train.csv', 'b.csv')\n"
        "shutil.copytree('input', 'c', symlinks=False); shutil.move('a.csv', 'd.csv')\n"
        "shutil.move('b.csv', 'c/e.csv')\n"
        "print(sorted(p.name for p in pathlib.Path('c').iterdir()))"
    )
    result = run(sandbox, code)
    assert result.output == "['e.csv', 'images', 'train.csv']\n", result.output


def test_the_process_finds_itself_in_proc(sandbox: Sandbox) -> None:
    code = "import os; print(os.path.samefile('/proc/self', f'/proc/{os.getpid()}'))"
    result = run(
        sandbox, code + "; open('/proc/self/maps').read(10); open('/proc/meminfo').read(10)"
    )
    assert result.status == "ok", result.output
    assert result.output == "True\n" or sandbox.name == "local"


def test_commands_can_be_started(sandbox: Sandbox) -> None:
    code = (
        "import subprocess, sys\n"
        "print(subprocess.run(['ls', 'input'], capture_output=True, text=True).stdout)\n"
        "code = 'import numpy; print(1)'\n"
        "print(subprocess.run([sys.executable, '-c', code], capture_output=True, text=True).stdout)"
    )
    assert run(sandbox, code).output.split() == ["images", "train.csv", "1"]


FIGURE = """
try:
    import matplotlib
except ModuleNotFoundError:
    raise SystemExit('no matplotlib')
import matplotlib.pyplot as plt
plt.plot([1, 3, 2]); plt.title('läuft'); plt.savefig('figure.png'); plt.savefig('figure.svg')
print(matplotlib.get_backend().lower(), open('figure.png', 'rb').read(4))
print(open('figure.svg').read(5))
"""


def test_matplotlib_draws_to_a_file(sandbox: Sandbox) -> None:
    result = run(sandbox, FIGURE)
    if "no matplotlib" in result.output:
        # The shared image has it only after `mlesmith image build --with matplotlib`.
        assert sandbox.name == "docker" or importlib.util.find_spec("matplotlib") is None
        pytest.skip("there is no matplotlib")
    assert result.status == "ok", result.output
    # Twice, because the first one also writes a cache of fonts.
    assert run(sandbox, FIGURE).output == "agg b'\\x89PNG'\n<?xml\n"


def test_sandboxes_run_side_by_side_from_many_threads(make: MakeSandbox) -> None:
    outputs: dict[int, list[str]] = {}

    def play(number: int) -> None:
        own = make()
        outputs[number] = [
            run(own, f"open('n', 'a').write('{number}'); print(open('n').read())").output.strip()
            for _ in range(3)
        ]

    threads = [threading.Thread(target=play, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outputs == {n: [str(n), str(n) * 2, str(n) * 3] for n in range(4)}


def test_a_run_can_come_from_another_thread_than_the_start(make: MakeSandbox) -> None:
    made: list[Sandbox] = []
    starter = threading.Thread(target=lambda: made.append(make()))
    starter.start()
    starter.join()
    assert run(made[0], "print(1)").output == "1\n"


def test_close_is_idempotent_and_removes_everything(make: MakeSandbox, tmp_path: Path) -> None:
    sandbox = make(log_dir=tmp_path / "logs")
    result = run(sandbox, "import os; os.makedirs('x/y'); os.symlink('/', 'x/root'); print('kept')")
    root = Path(sandbox.workspace.parent)  # type: ignore[attr-defined]
    # In a container it is nowhere on this machine's disk.
    assert root.exists() == (sandbox.name != "docker")
    sandbox.close()
    sandbox.close()
    assert not root.exists()
    assert result.output_path.read_text() == "kept\n"
    with pytest.raises(SandboxLostError, match="start"):
        run(sandbox, "pass")


def test_nothing_leaks(make: MakeSandbox) -> None:
    def descriptors() -> int:
        return len(list(Path("/proc/self/fd").iterdir()))

    make().close()
    before = descriptors()
    for _ in range(3):
        sandbox = make()
        run(sandbox, "print(1)")
        sandbox.close()
    assert descriptors() <= before


def test_times_are_told_apart(sandbox: Sandbox) -> None:
    result = run(sandbox, "import time; time.sleep(0.5)")
    assert 0.5 <= result.execution_s < 30
    assert result.overhead_s >= 0


def test_old_kernels_run_ordinary_programs(make_any_local: MakeSandbox) -> None:
    sandbox = make_any_local()
    code = """
import os, shutil, subprocess
import pandas as pd
from joblib import Parallel, delayed
from sklearn.cluster import KMeans
def f(x): return x + 1
shutil.copy('input/train.csv', 'a.csv'); os.makedirs('d'); shutil.move('a.csv', 'd/b.csv')
print(KMeans(2, n_init=1).fit([[0.0], [1.0], [2.0]]).cluster_centers_.shape)
print(Parallel(n_jobs=2)(delayed(f)(i) for i in range(4)), subprocess.call(['true']))
pd.read_csv('d/b.csv').to_csv('submission.csv')
"""
    result = run(sandbox, code)
    assert (result.status, result.output) == ("ok", "(2, 1)\n[1, 2, 3, 4] 0\n"), result.output
    assert run(sandbox, "import time; time.sleep(60)", timeout_s=1).status == "timeout"
    result = run(sandbox, DESCENDANTS)
    assert (result.status, result.output) == ("ok", "started\n")
