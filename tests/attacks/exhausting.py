"""Attacks that want to use up what others need: processes, memory, disk, output, time."""

from __future__ import annotations

from .attack import attack

_LIMIT = ("timeout", "out_of_memory", "killed", "output_limit", "error", "ok")
_ENDED = ("timeout", "out_of_memory", "killed", "output_limit", "error")


def _exhaust(
    name: str, program: str, *then: str, statuses: tuple[str, ...] = _ENDED, heavy: bool = False
) -> None:
    attack("exhaust", name, program, *then, statuses=statuses, heavy=heavy)


_exhaust(
    "fork bomb",
    """
began = time.monotonic()
while time.monotonic() < began + 8:
    tried(os.fork)
time.sleep(60)
""",
    heavy=True,
)
_exhaust(
    "fork and exit, for ever",
    """
for _ in range(8): tried(os.fork)
began = time.monotonic()
while time.monotonic() < began + 30:
    pid = tried(os.fork)
    if pid: os._exit(0)
    os.setsid()
""",
    statuses=_LIMIT,
    heavy=True,
)
_exhaust(
    "threads without end",
    """
import threading
threading.stack_size(65536)
while True: threading.Thread(target=time.sleep, args=(600,), daemon=True).start()
""",
)
_exhaust(
    "zombies",
    """
while True:
    if tried(os.fork) == 0: os._exit(0)
""",
)
_exhaust(
    "memory of one process",
    "x = []\nwhile True: x.append(bytearray(os.urandom(64)) * 2**18)",
)
_exhaust(
    "memory of many processes",
    """
for _ in range(12):
    if os.fork() == 0:
        x = bytearray(os.urandom(64)) * (2**22 * 3); time.sleep(600)
time.sleep(600)
""",
    heavy=True,
)
_exhaust(
    "shared memory",
    """
import mmap
blocks = []
for number in range(3000):
    block = mmap.mmap(-1, 2**20); block.write(os.urandom(64) * 2**14); blocks.append(block)
time.sleep(60)
""",
)
_exhaust(
    "memory by files in memory",
    """
for number in range(400):
    open(f'/dev/shm/{number}', 'wb').write(os.urandom(64) * 2**17)
raise MemoryError
""",
)
_exhaust(
    "address space",
    """
import mmap
blocks = []
while True: blocks.append(mmap.mmap(-1, 2**30, flags=0x4022))
""",
)
_exhaust("one huge file", "f = open('f', 'wb')\nwhile True: f.write(bytes(2**20)); f.flush()")
_exhaust("a file larger than the disk", "open('f', 'wb').truncate(2**40)")
_exhaust(
    "many files",
    """
number = 0
while True:
    number += 1; open(f'f{number % 5000}', 'wb').write(bytes(2**20))
""",
)
_exhaust(
    "files without a name",
    """
files = []
while True:
    f = open('f', 'wb'); f.write(bytes(2**20)); f.flush(); os.unlink('f'); files.append(f)
    if len(files) > 200: time.sleep(600)
""",
)
_exhaust(
    "files without a name, of a process that hides",
    """
libc.prctl(4, 0, 0, 0, 0)
descriptor = os.open('python', os.O_CREAT | os.O_WRONLY, 0o111)
os.write(descriptor, open(os.path.realpath(sys.executable), 'rb').read()); os.close(descriptor)
text = '''
import os, time
for number in range(240):
    f = os.open('f', os.O_CREAT | os.O_RDWR); os.unlink('f'); os.write(f, bytes(2**20))
time.sleep(600)
'''
subprocess.run(['./python', '-S', '-E', '-c', text], env={'PYTHONHOME': sys.base_prefix})
for number in range(240):
    f = os.open('f', os.O_CREAT | os.O_RDWR); os.unlink('f'); os.write(f, bytes(2**20))
time.sleep(600)
""",
)
_exhaust(
    "files in flight",
    """
held = []
for number in range(200):
    one, other = socket.socketpair(); f = os.open('f', os.O_CREAT | os.O_RDWR); os.unlink('f')
    os.write(f, bytes(2**20)); socket.send_fds(one, [b'x'], [f])
    os.close(f); held.append((one, other))
won('held', len(held))
""",
)
_exhaust(
    "files in the home and temporary folder",
    """
for number in range(10**6):
    for place in (os.path.expanduser('~'), os.environ['TMPDIR']):
        open(f'{place}/{number}', 'wb').write(bytes(2**20))
""",
)
_exhaust(
    "inodes",
    """
os.mkdir('many')
number = 0
while True: number += 1; os.close(os.open(f'many/{number}', os.O_CREAT | os.O_WRONLY))
""",
    heavy=True,
)
_exhaust(
    "depth",
    "while True: os.mkdir('d' * 200); os.chdir('d' * 200)",
    "time.sleep(0.5)",
    heavy=True,
)
_exhaust("descriptors", "files = []\nwhile True: files.append(os.pipe())")
_exhaust(
    "pipes and sockets, filled",
    """
import fcntl
held = []
try:
    while True:
        pair = socket.socketpair(); pair[0].setblocking(False); held.append(pair)
        tried(lambda: [pair[0].send(bytes(2**16)) for _ in range(99)])
        read, write = os.pipe(); held.append((read, write)); os.set_blocking(write, False)
        tried(fcntl.fcntl, write, 1031, 2**20)
        tried(lambda: [os.write(write, bytes(2**16)) for _ in range(99)])
except OSError: pass
time.sleep(0.5); raise SystemExit(3)
""",
)
_exhaust("output", "while True: print('x' * 10**5)")
_exhaust("output of one line", "while True: sys.stdout.write('x' * 10**5)")
_exhaust(
    "output that nobody can read",
    """
text = bytes(range(256)) + b'\\x1b]0;evil\\x07\\x1b[2J\\x1b[31m' + b'\\xed\\xa0\\x80\\xf8\\0'
for _ in range(2000): os.write(1, text)
raise SystemExit(1)
""",
)
_exhaust(
    "output of many children",
    """
for _ in range(20):
    if os.fork() == 0:
        while True: os.write(2, b'y' * 65536)
time.sleep(60)
""",
)
_exhaust("time, asleep", "time.sleep(600)", statuses=("timeout",), heavy=True)
_exhaust(
    "time, at work, deaf to signals",
    """
for number in range(1, 65): tried(signal.signal, number, signal.SIG_IGN)
for _ in range(4): os.fork()
while True: pass
""",
    statuses=("timeout", "killed"),
    heavy=True,
)
_exhaust(
    "stopping itself",
    "os.kill(os.getpid(), signal.SIGSTOP); time.sleep(600)",
    statuses=("timeout",),
    heavy=True,
)
_exhaust(
    "hanging at the end",
    "import atexit; atexit.register(time.sleep, 600)",
    statuses=("timeout",),
    heavy=True,
)
_exhaust(
    "recursion without end",
    "import faulthandler; sys.setrecursionlimit(10**9)\ndef f(*a): return f(*a, 1)\n"
    "g = lambda: [g() for _ in range(1)]\ng()",
)
_exhaust(
    "an expression too deep to compile",
    "exec('(' * 10**5 + ')' * 10**5)",
)
_exhaust("a number too large", "x = 10 ** 10 ** 10", statuses=_ENDED, heavy=True)
_exhaust(
    "signals that wait",
    """
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))
sent = 0
info = struct.pack('iii', 40, 0, -1) + bytes(128)
while sent < 200_000 and call(129, 138, os.getpid(), 40, info) == 0:
    sent += 1
if sent > 20_000: won('pending', sent)
raise SystemExit(1)
""",
)
_exhaust(
    "maps without end",
    """
import mmap
held = []
for number in range(70_000): held.append(mmap.mmap(-1, 8192, prot=1 + number % 2))
time.sleep(1); raise SystemExit(1)
""",
)
_exhaust(
    "a bomb of compression",
    """
import zlib
d = zlib.decompressobj(); packed = zlib.compress(bytes(2**26), 9); x = []
while True: x.append(zlib.decompress(packed))
""",
)
