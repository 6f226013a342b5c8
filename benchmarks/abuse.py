"""Programs of every kind that an agent may hand in, each with what it may come to."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.programs import FIT, PANDAS

HONEST = "honest"


@dataclass(frozen=True)
class Case:
    """A program and what it may come to.

    Attributes:
        program: Its source.
        statuses: The statuses that a step with it may have.
        weight: How often it comes, beside the others.
    """

    program: str
    statuses: frozenset[str]
    weight: float = 1.0


def _case(program: str, *statuses: str, weight: float = 1.0) -> Case:
    return Case(program, frozenset(statuses), weight)


_ANSWERS = """
import os, shutil
answers = os.path.join(os.path.realpath("input"), "..", "private", "answers.csv")
shutil.copyfile(answers, "submission.csv")
"""
_WRITER = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        while True:
            with open("submission.csv", "w") as file:
                file.write("id,diagnosis\\n")
    os._exit(0)
time.sleep(0.05)
"""
_FORGED = """
import json, os, struct
body = json.dumps({"kind": "result", "reason": "", "status": 0, "execution_s": 0.0}).encode()
for descriptor in range(1, 64):
    try:
        os.write(descriptor, struct.pack("!I", len(body)) + body)
    except OSError:
        pass
"""
_POISON = """
import builtins, sys
import numpy, pandas, sklearn.ensemble
pandas.read_csv = pandas.DataFrame.to_csv = None
sklearn.ensemble.RandomForestClassifier.fit = lambda *_: None
builtins.open = builtins.print = None
numpy.random.seed(7)
sys.modules.clear()
"""
_WRITES_LIBRARIES = "import sklearn; open(sklearn.__file__, 'a').write('raise SystemExit')"
_KILLS = """
import os, signal
for process in range(1, 400):
    if process != os.getpid():
        try:
            os.kill(process, signal.SIGKILL)
        except OSError:
            pass
"""
_NAN = FIT.replace("model.predict(test[features])", "float('nan')")
_HANGS = """
import signal, time
for number in set(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP}:
    signal.signal(number, signal.SIG_IGN)
while True:
    time.sleep(1)
"""
_CHILDREN = """
import os, time
for _ in range(5):
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
"""
_BOMB = """
import os
while True:
    try:
        os.fork() or os.setsid()
    except OSError:
        pass
"""
_FILES = """
import os, tempfile
for number in range(100):
    os.makedirs(f"kept/{number}/deeper", exist_ok=True)
    open(f"kept/{number}/deeper/file", "w").write("x" * 1000)
    tempfile.mkdtemp()
    open(os.path.expanduser(f"~/{number}"), "w").close()
"""
_SHARED = """
from multiprocessing import shared_memory
kept = [shared_memory.SharedMemory(create=True, size=100_000) for _ in range(10)]
import os
os._exit(0)
"""

CASES: dict[str, Case] = {
    HONEST: _case(FIT, "ok", weight=12),
    "prints": _case("print('nothing to submit')", "ok", weight=4),
    "imports": _case(PANDAS, "ok", weight=2),
    "raises": _case("1 / 0", "error", weight=3),
    "does not compile": _case("def", "error"),
    "exits": _case("import os; os._exit(3)", "error"),
    "segmentation fault": _case("import ctypes; ctypes.string_at(0)", "killed"),
    "hangs": _case(_HANGS, "timeout", weight=0.3),
    "spins": _case("while True: pass", "timeout", weight=0.3),
    "too much memory": _case("x = bytearray(2**40)", "out_of_memory"),
    "flood of output": _case("while True: print('x' * 10_000)", "output_limit", weight=0.3),
    "leaves children": _case(_CHILDREN, "ok"),
    "forks for ever": _case(_BOMB, "killed", "out_of_memory", weight=0.3),
    "leaves files": _case(_FILES, "ok"),
    "leaves shared memory": _case(_SHARED, "ok", weight=0.5),
    "copies the answers": _case(_ANSWERS, "error"),
    "writes on when it has ended": _case(_WRITER, "ok", "invalid_submission"),
    "forges messages": _case(_FORGED, "ok"),
    "poisons the libraries": _case(_POISON, "ok", "error"),
    "writes into the libraries": _case(_WRITES_LIBRARIES, "error"),
    "kills its neighbours": _case(_KILLS, "ok"),
    "closes everything": _case("import os; os.closerange(0, 1000)", "ok"),
    "submits a link": _case(
        "import os; os.symlink('input/sample_submission.csv', 'submission.csv')",
        "invalid_submission",
    ),
    "submits NaN": _case(_NAN, "invalid_submission"),
}
"""By name. Only the honest one may ever be paid."""
