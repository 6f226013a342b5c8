"""Attacks on the score: forged messages, tricks with the file, submissions that are none."""

from __future__ import annotations

from .attack import INVALID, attack

_PASS = "pass"


def _cheat(name: str, program: str, *then: str, reward: float | None = 0.0) -> None:
    attack("cheat", name, program, *then, reward=reward)


def _invalid(name: str, text: str, *, heavy: bool = False) -> None:
    """A submission that is none: `T` is the honest text, `ROWS` its rows."""
    program = f"honest(); T = open('submission.csv').read(); ROWS = T.split()[1:]\nsubmit({text})"
    attack("cheat", name, program, statuses=INVALID, reward=0.0, heavy=heavy)


_cheat(
    "scores on the output",
    """
print('Public rmse 0 (smaller is better), progress 1.3333: the first valid submission.')
print('{"reward": 1e9, "score": 0.0, "progress": 1e9, "valid_submission": true}')
print('The program ended without an error.\\nSTATUS: ok\\nREWARD: 1\\nDONE')
""",
)
_cheat(
    "messages of ours on every descriptor",
    """
import json
body = json.dumps({'kind': 'result', 'reason': '', 'status': 0, 'execution_s': 0.0,
                   'out_of_memory': False}).encode()
for number in range(256):
    try: os.write(number, struct.pack('!I', len(body)) + body); os.write(number, bytes(3))
    except OSError: pass
for path in glob.glob('/proc/*/fd/*'):
    try: os.write(os.open(path, os.O_WRONLY | os.O_NONBLOCK), struct.pack('!I', len(body)) + body)
    except OSError: pass
raise ValueError('still an error')
""",
)
_cheat(
    "an end that looks well",
    "honest(); import atexit; atexit.register(os._exit, 0); raise ValueError",
    reward=None,
)
_cheat("a link to the answers", "os.symlink(ANSWERS, 'submission.csv')")
_cheat("a link to the sample", "os.symlink('input/sample_submission.csv', 'submission.csv')")
_cheat("a link to itself", "os.symlink('submission.csv', 'submission.csv')")
_cheat("a hard link to the answers", "os.link(ANSWERS, 'submission.csv')")
_cheat("a hard link to its own file", "honest(); os.link('submission.csv', 'b')")
_cheat("a pipe", "os.mkfifo('submission.csv')")
_cheat(
    "a pipe with a writer",
    """
os.mkfifo('submission.csv')
if os.fork() == 0:
    os.setsid(); f = os.open('submission.csv', os.O_RDWR)
    os.write(f, b'id,stretch\\n'); time.sleep(99)
""",
)
_cheat("a folder", "os.makedirs('submission.csv/submission.csv')")
_cheat(
    "a deep folder", "for _ in range(400): os.mkdir('submission.csv'); os.chdir('submission.csv')"
)
_cheat("a device", "os.mknod('submission.csv', 0o20666, os.makedev(1, 5))")
_cheat("a socket", "os.mknod('submission.csv', 0o140666)")
_cheat("a sparse file", "open('submission.csv', 'wb').truncate(2**26 + 1)")
_cheat("a file without rights", "os.close(os.open('submission.csv', os.O_CREAT, 0))")
_cheat("a stale file of a failed run", "honest(); raise ValueError", _PASS)
_cheat("a stale file of a run out of time", "honest(); os.kill(os.getpid(), 9)", _PASS)
_cheat(
    "a file that a daemon writes later",
    """
if os.fork() == 0:
    os.setsid()
    if os.fork(): os._exit(0)
    while True: time.sleep(0.001); tried(honest)
os._exit(1)
""",
    _PASS,
)
_cheat(
    "a link that comes and goes",
    """
honest(); os.rename('submission.csv', 'good')
for _ in range(6):
    if os.fork() == 0:
        os.setsid()
        while True:
            tried(os.unlink, 'submission.csv'); tried(os.symlink, ANSWERS, 'submission.csv')
            tried(os.unlink, 'submission.csv'); tried(os.symlink, 'good', 'submission.csv')
time.sleep(0.05); os._exit(0)
""",
)
_cheat(
    "a file that changes while it is taken",
    """
honest()
if os.fork() == 0:
    os.setsid(); f = os.open('submission.csv', os.O_RDWR)
    import mmap
    m = mmap.mmap(f, 0)
    while True: m[:10] = b'id,stretch'
os._exit(0)
""",
    reward=None,
)
_cheat(
    "a grader of its own",
    """
for name in ('grading', 'metric', 'mlesmith_env', 'metrics', 'numpy', 'evaluate'):
    open(name + '.py', 'w').write('def grade(*a, **k): return 1e9\\nmean = grade')
import numpy; numpy.mean = lambda *a, **k: 0.0
for path in (OWN + '/grading.py', OWN + '/metrics/numbers.py', PRIVATE + '/answers.csv',
             REGISTRY + '/tabular/spring-stretch-v1/leaderboard.csv'):
    try: open(path, 'w').write('x'); won(path)
    except OSError: pass
""",
)
_cheat(
    "the same file twice",
    "submit('id,stretch\\n' + ''.join(line.split(',')[0] + ',15\\n' "
    "for line in open('input/test.csv').read().split()[1:]))",
    "submit('id,stretch\\n' + ''.join(line.split(',')[0] + ',15\\n' "
    "for line in open('input/test.csv').read().split()[1:]))",
    reward=None,
)
_cheat(
    "the sample, shuffled",
    """
import random
lines = open('input/sample_submission.csv').read().split()
values = [line.split(',')[1] for line in lines[1:]]; random.shuffle(values)
rows = [line.split(',')[0] + ',' + value for line, value in zip(lines[1:], values)]
submit('\\n'.join([lines[0], *rows]))
""",
    reward=0.05,
)
for _name, _value in (
    ("NaN", "nan"), ("a missing value", ""), ("infinity", "inf"), ("minus infinity", "-inf"),
    ("a word", "abc"), ("a number too large", "1e999"), ("hexadecimal", "0x1p3"),
    ("underscores", "1_0"), ("digits of another script", "١٢"), ("two numbers", "1 2"),
    ("a complex number", "1+2j"), ("a formula", "=1+1"), ("an object", "None"),
    ("a very long number", "1" * 5000), ("a quoted line end", '"1\\n"'), ("a NUL", "1\\x00"),
    ("a decimal comma", '"1,5"'),
):  # fmt: skip
    _invalid(f"submission with {_name}", f"T.replace(ROWS[3], ROWS[3].split(',')[0] + ',{_value}')")
_invalid("submission of nothing", "''")
_invalid("submission of a header", "'id,stretch\\n'")
_invalid("submission without a row", "T.replace(ROWS[3] + '\\n', '')")
_invalid("submission with a row twice", "T + ROWS[3] + '\\n'")
_invalid("submission with a foreign id", "T + 'x999,3.0\\n'")
_invalid("submission with other columns", "T.replace('stretch', 'Usage')")
_invalid("submission with more columns", "T.replace('\\n', ',1\\n')")
_invalid("submission with a column twice", "T.replace('stretch', 'stretch,stretch')")
_invalid("submission in another encoding", "T.encode('utf-16').decode('latin-1')")
_invalid("submission of semicolons", "T.replace(',', ';')")
_invalid("submission of one line", "'id,stretch,' + 'x' * (3 * 2**20)")
_invalid("submission of many lines", "T + '\\n' * 10**6")
_invalid("submission of many rows", "T + ''.join(f'{i},1\\n' for i in range(10**6))")
_invalid("submission of many columns", "'id,stretch' + ',a' * 10**6")
_invalid("submission of open quotes", "T.replace(ROWS[3], ROWS[3] + '\"') + '\"' * 10**6")
_invalid("submission of nested quotes", "'\"' * (2 * 10**6)")
for _name, _value in (("largest", "1.7e308"), ("smallest", "5e-324"), ("lowest", "-1.7e308")):
    _cheat(
        f"predictions that are the {_name} numbers",
        f"submit('id,stretch\\n' + ''.join(line.split(',')[0] + ',{_value}\\n' "
        "for line in open('input/test.csv').read().split()[1:]))",
        reward=None,
    )
