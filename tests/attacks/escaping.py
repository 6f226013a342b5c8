"""Attacks that want to get away, or to damage what is not theirs: processes, files, later runs."""

from __future__ import annotations

from .attack import attack

_UNPOISONED = """\
import json, math, pickle, random, struct, numpy, pandas, sklearn.linear_model as m
if numpy.mean([1, 3]) != 2.0: won('numpy')
if len(pandas.read_csv('input/test.csv')) < 5: won('pandas')
if json.loads('[1]') != [1] or struct.calcsize('I') != 4: won('json or struct')
if pickle.loads(pickle.dumps(3)) != 3 or len('abc') != 3: won('pickle or builtins')
if abs(m.Ridge().fit([[0.], [1.]], [0., 1.]).predict([[1.]])[0] - 1) > 1: won('sklearn')
if 'poison' in repr(sorted(os.environ.items())) + repr(sys.path) + repr(sys.argv): won('settings')
if getattr(sys, 'poison', None) or 'poison' in sys.modules: won('sys')
if os.getcwd() != os.path.realpath('.') or os.umask(0o022) not in (0o022, 0): won('process')
if sys.gettrace() or sys.getprofile(): won('tracing')
"""


def _escape(name: str, program: str, *then: str, heavy: bool = False) -> None:
    attack("escape", name, program, *then, heavy=heavy)


_escape(
    "signals to the host and the supervisors",
    """
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for target in [*PIDS, HOST_PID, VICTIM_PID, os.getppid(), 1, 2, 3, -1, -VICTIM_PID, -HOST_PID]:
    for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGUSR1, signal.SIGCONT):
        if target == -1 and number == signal.SIGSTOP: continue
        tried(os.kill, target, number)
""",
)
_escape(
    "signals by every call",
    """
info = struct.pack('iiiiQ', 10, 0, -1, os.getpid(), 0) + bytes(128)
for target in (*PIDS, HOST_PID, VICTIM_PID, os.getppid()):
    for result in (call(234, 131, target, target, 10), call(200, 130, target, 10),
                   call(129, 138, target, 10, info), call(297, 240, target, target, 10, info)):
        if result >= 0 and target != os.getpid(): won('signalled', target)
    handle = call(434, 434, target, 0)
    if handle >= 0 and call(424, 424, handle, 10, 0, 0) >= 0: won('by handle', target)
""",
)
_escape(
    "every signal to those above",
    """
for number in sorted(signal.valid_signals()):
    for target in (1, os.getppid()):
        tried(os.kill, target, number)
""",
)
_escape(
    "signals by owning a descriptor",
    """
import fcntl
read, write = os.pipe()
one, other = socket.socketpair()
for descriptor in (read, one.fileno()):
    for target in (*PIDS[:3], HOST_PID, VICTIM_PID, -VICTIM_PID):
        if tried(fcntl.fcntl, descriptor, 8, target) is not None: won('F_SETOWN', target)
        if tried(fcntl.fcntl, descriptor, 15, struct.pack('ii', 1, target)): won('F_SETOWN_EX')
        for code in (0x8901, 0x8902):
            if tried(fcntl.ioctl, descriptor, code, struct.pack('i', target)): won(hex(code))
""",
)
_escape(
    "a child that signals its stepfather",
    """
pid = call(56, 220, 0x8000 | 9, 0, 0, 0, 0)
if pid == 0:
    libc._exit(0)
time.sleep(0.3)
for flags in (0x8000 | 17, 0x8000):
    pid = call(56, 220, flags, 0, 0, 0, 0)
    if pid == 0: time.sleep(600)
libc.prctl(1, 0, 0, 0, 0); libc.prctl(36, 1, 0, 0, 0)
""",
)
_escape(
    "limits and priorities of others",
    """
import resource
for target in (*PIDS, HOST_PID, VICTIM_PID, os.getppid(), 1):
    for act in (lambda: resource.prlimit(target, resource.RLIMIT_NOFILE, (7, 7)) or 1,
                lambda: os.sched_setaffinity(target, [0]) or 1,
                lambda: os.setpriority(os.PRIO_PROCESS, target, 19) or 1,
                lambda: os.setpriority(os.PRIO_PGRP, target, 19) or 1,
                lambda: os.sched_setscheduler(target, os.SCHED_IDLE, os.sched_param(0)) or 1):
        if target != os.getpid() and tried(act): won('set', target)
if tried(lambda: os.setpriority(os.PRIO_USER, 0, 19) or 1): won('user')
if tried(lambda: os.nice(-5) or 1): won('nice')
if tried(lambda: os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(1)) or 1): won('fifo')
for target in (*PIDS, HOST_PID): tried(os.setpgid, target, 0)
""",
)
_escape(
    "namespaces",
    """
for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000, 0x80):
    if call(272, 97, flag) >= 0: won('unshare', hex(flag))
    pid = call(56, 220, (flag & ~0x80) | 17, 0, 0, 0, 0) if flag != 0x80 else -1
    if pid == 0: os._exit(0)
    if pid > 0: won('clone', hex(flag))
if call(435, 435, ctypes.create_string_buffer(struct.pack('Q', 0x10000000) + bytes(80)), 88) >= 0:
    won('clone3')
for path in glob.glob('/proc/*/ns/*'):
    handle = tried(os.open, path, os.O_RDONLY)
    if handle is not None and call(308, 268, handle, 0) >= 0: won('setns', path)
""",
)
_escape(
    "mounts",
    """
os.mkdir('m')
for act in ((165, 40, b'none', b'm', b'tmpfs', 0, 0), (165, 40, b'/', b'm', 0, 0x1000, 0),
            (165, 40, 0, b'/', 0, 0x20 | 0x1000, 0), (166, 39, b'/proc', 2), (166, 39, b'/', 2),
            (155, 41, b'.', b'.'), (161, 51, b'.'), (428, 428, -100, b'/', 1),
            (430, 430, b'tmpfs', 0), (430, 430, b'overlay', 0), (433, 433, -100, b'/', 0),
            (429, 429, -100, b'/', -100, b'm', 0), (442, 442, -100, b'/', 0, bytes(32), 32)):
    if call(*act) >= 0: won('mount', act)
""",
)
_escape(
    "privileges",
    """
before = os.getresuid(), os.getresgid()
for act in (lambda: os.setuid(0), lambda: os.setresuid(0, 0, 0), lambda: os.setuid(12345),
            lambda: os.setgid(0), lambda: os.setgroups([0]), lambda: os.setgid(12345)):
    tried(act)
after = os.getresuid(), os.getresgid()
if any(new not in old for new, old in zip(map(max, after), before)): won(before, after)
call(126, 91, struct.pack('Ii', 0x20080522, 0), bytes([255] * 24))
for line in open('/proc/self/status'):
    name, _, value = line.partition(':')
    if name in ('CapInh', 'CapPrm', 'CapEff', 'CapAmb') and int(value, 16): won(line)
    if name == 'NoNewPrivs' and value.strip() != '1': won(line)
    if name == 'Seccomp' and value.strip() != '2': won(line)
if call(157, 167, 28, 0, 0, 0, 0) >= 0 and os.getuid() == 0: won('securebits')
""",
)
_escape(
    "programs that gain privileges",
    """
for command in (['su', '-c', 'id'], ['sudo', '-n', 'id'], ['mount', '-t', 'tmpfs', 'x', '/mnt'],
                ['passwd', '-d', 'root'], ['newgrp', 'root'], ['unshare', '-r', 'id'],
                ['nsenter', '-t', '1', '-m', 'id'], ['chroot', '.', 'id'],
                ['fusermount', '-u', '/'],
                ['newuidmap', str(os.getpid()), '0', '0', '1'], ['pkexec', 'id'], ['ip', 'link']):
    done = tried(subprocess.run, command, stdin=subprocess.DEVNULL, capture_output=True, timeout=8)
    if done and done.returncode == 0: won(command, done.stdout[:80])
""",
)
_escape(
    "the kernel",
    """
for name, act in {
    'bpf': (321, 280, 5, bytes(128), 128), 'perf': (298, 241, bytes(128), 0, -1, -1, 0),
    'module': (175, 105, b'', 0, b''), 'finit': (313, 273, 0, b'', 0),
    'delete': (176, 106, b'x', 0),
    'kexec': (246, 104, 0, 0, 0, 0), 'reboot': (169, 142, 0xfee1dead, 672274793, 0, 0),
    'userfaultfd': (323, 282, 1), 'swapon': (167, 224, b'x', 0), 'swapoff': (168, 225, b'x'),
    'acct': (163, 89, 0), 'quota': (179, 60, 0, 0, 0, 0), 'name': (170, 161, b'evil', 4),
    'domain': (171, 162, b'evil', 4), 'time': (227, 112, 0, bytes(16)), 'iopl': (172, -1, 3),
    'ldt': (154, -1, 0, 0, 0), 'personality': (135, 92, 0x40000), 'vhangup': (153, 58),
    'memfd': (319, 279, b'x', 0), 'secret': (447, 447, 0), 'pkey': (600, 600), 'adj': (159, 171, 0),
    'migrate': (256, 238, HOST_PID, 0, 0, 0), 'move': (279, 239, HOST_PID, 0, 0, 0, 0, 0),
    'madvise': (440, 440, 0, 0, 0, 0, 0), 'release': (448, 448, 0, 0),
    'syslog': (103, 116, 10, 0, 0),
    'seccomp': (317, 277, 0, 0, 0), 'uring': (425, 425, 1, bytes(200)),
    'shmget': (29, 194, 0, 9, 0),
    'msgget': (68, 186, 0, 0o1600), 'semget': (64, 190, 0, 1, 0o1600),
}.items():
    if call(*act) >= 0: won(name)
""",
)
_escape(
    "the 32-bit way into the kernel",
    """
import mmap
code = b'\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3'
page = mmap.mmap(-1, 4096, prot=7); page.write(code)
result = ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
won('int 0x80', result)
""",
    "if platform.machine() == 'x86_64' and call(0x40000000 + 39, -1) >= 0: won('x32')",
)
_escape(
    "settings of the kernel",
    """
for path in ('/proc/sys/kernel/core_pattern', '/proc/sys/kernel/hostname', '/proc/sysrq-trigger',
             '/proc/sys/vm/overcommit_memory', '/proc/sys/vm/drop_caches', '/proc/self/uid_map',
             '/proc/self/setgroups', '/proc/1/oom_score_adj', '/proc/sys/kernel/modprobe',
             '/sys/fs/cgroup/release_agent', '/sys/kernel/uevent_helper', '/sys/power/state',
             *glob.glob('/sys/fs/cgroup/*/release_agent'), *glob.glob('/sys/fs/cgroup/*/tasks'),
             *glob.glob('/sys/fs/cgroup/*/*/cgroup.procs'), '/sys/fs/cgroup/cgroup.procs',
             f'/proc/{HOST_PID}/oom_score_adj', '/proc/self/mem' * 0 or '/proc/sys/fs/file-max'):
    try: descriptor = os.open(path, os.O_WRONLY)
    except OSError: continue
    won(path)
for place in glob.glob('/sys/fs/cgroup') + glob.glob('/sys/fs/cgroup/*'):
    if tried(os.mkdir, place + '/evil') is None and os.path.isdir(place + '/evil'): won(place)
""",
)
_escape(
    "a file of the host, by every way to write",
    """
D = os.path.dirname(VICTIM)
for act in (lambda: open(VICTIM, 'w'), lambda: open(VICTIM, 'a'), lambda: open(VICTIM, 'r+'),
            lambda: os.truncate(VICTIM, 0), lambda: os.open(VICTIM, os.O_RDONLY | os.O_TRUNC),
            lambda: os.open(VICTIM, 3), lambda: os.open(VICTIM, 3 | os.O_TRUNC),
            lambda: os.unlink(VICTIM), lambda: os.rename(VICTIM, VICTIM + 'x'),
            lambda: os.rename(VICTIM, 'mine'), lambda: os.link(VICTIM, 'mine'),
            lambda: os.chmod(VICTIM, 0o777), lambda: os.chown(VICTIM, 12, 12),
            lambda: os.utime(VICTIM, (5, 5)), lambda: os.setxattr(VICTIM, 'user.a', b'b'),
            lambda: os.mkdir(D + '/evil'), lambda: os.symlink('a', D + '/evil'),
            lambda: os.mkfifo(D + '/evil'), lambda: open(D + '/evil', 'w'),
            lambda: os.open(D, os.O_TMPFILE | os.O_RDWR), lambda: open('/tmp/evil', 'w'),
            lambda: open('/etc/evil', 'w'), lambda: open(ANSWERS, 'w'), lambda: os.unlink(ANSWERS),
            lambda: os.rename('program.py', VICTIM), lambda: open(PRIVATE + '/evil', 'w')):
    try: act()
    except OSError: pass
open('mine', 'w').write('mine')
call(316, 276, -100, b'mine', -100, VICTIM.encode(), 2)
call(452, 452, -100, VICTIM.encode(), 0o777, 0)
for path in (D + '/evil', '/tmp/evil', '/etc/evil', PRIVATE + '/evil'):
    if os.path.lexists(path): won(path)
""",
)
_escape(
    "public data of all sandboxes",
    """
import fcntl
for act in (lambda: open('input/train.csv', 'w'), lambda: open('input/evil', 'w'),
            lambda: os.unlink('input/test.csv'), lambda: os.truncate('input/test.csv', 1),
            lambda: os.rename('input/test.csv', 'input/x'), lambda: os.rmdir('input/'),
            lambda: os.chmod('input/test.csv', 0), lambda: os.utime('input/test.csv', (5, 5)),
            lambda: os.rename('input/test.csv', 'taken'), lambda: os.link('input/test.csv', 'l')):
    tried(act)
handle = os.open('input/test.csv', os.O_RDONLY)
tried(os.fchmod, handle, 0); tried(os.fchown, handle, 9, 9); tried(os.ftruncate, handle, 0)
tried(fcntl.flock, handle, fcntl.LOCK_EX)
if tried(fcntl.ioctl, handle, 0x40086602, struct.pack('Q', 0x10)) is not None: won('flags')
if os.path.exists('l') and tried(open, 'l', 'a'): won('written by link')
time.sleep(0.2)
""",
)
_escape(
    "the installation of Python",
    """
import numpy, pandas, site, sysconfig
places = [os.path.dirname(path) for path in (numpy.__file__, os.__file__, sys.executable)]
places += [sysconfig.get_path('purelib'), *site.getsitepackages()]
places += [sys.prefix, sys.base_prefix, OWN]
for place in places:
    for name in ('evil.py', 'evil.pth', 'sitecustomize.py', '__pycache__/x.pyc'):
        try: open(f'{place}/{name}', 'x'); won(place, name)
        except OSError: pass
    for name in (tried(os.listdir, place) or ())[:50]:
        try: open(f'{place}/{name}', 'r+b'); won(place, name)
        except OSError: pass
for path in (numpy.__file__, pandas.__file__, sys.executable, os.__file__, OWN + '/grading.py'):
    for act in (lambda: open(path, 'a'), lambda: os.unlink(path), lambda: os.rename(path, 'x')):
        try: act()
        except OSError: continue
        won(path)
""",
    _UNPOISONED,
)
_escape(
    "modules loaded before, poisoned",
    """
import builtins, json, struct, pickle, numpy, pandas, sklearn.linear_model
numpy.mean = pandas.read_csv = json.loads = json.dumps = struct.pack = lambda *a, **k: 'poison'
pickle.loads = sklearn.linear_model.Ridge.fit = builtins.len = lambda *a, **k: 'poison'
sys.poison = sys.modules['poison'] = os; sys.path.insert(0, '/poison'); sys.argv[:] = ['poison']
os.environ.update(PATH='poison', PYTHONPATH='poison', LD_PRELOAD='poison', TMPDIR='/poison')
os.chdir('/'); os.umask(0o077); sys.settrace(lambda *a: None); sys.setprofile(lambda *a: None)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 60))
import gc; gc.disable(); sys.setrecursionlimit(50); builtins.print = builtins.__import__ = None
""",
    _UNPOISONED,
)
_escape(
    "memory of the loaded libraries, poisoned",
    """
for line in open('/proc/self/maps'):
    part = line.split()
    if 'r-xp' not in line or len(part) < 6 or 'numpy' not in part[5]: continue
    start, end = (int(word, 16) for word in part[0].split('-'))
    if libc.mprotect(ctypes.c_void_p(start), end - start, 7) == 0:
        ctypes.memset(start, 0xCC, end - start)
try: os.open('/proc/self/mem', os.O_RDWR)
except OSError: pass
libc._exit(0)
""",
    _UNPOISONED,
)
_escape(
    "modules that shadow ours in the workspace",
    """
names = ('json struct pickle select mmap io signal traceback linecache types typing tempfile '
         'random numpy pandas sklearn ctypes site sitecustomize usercustomize encodings codecs '
         'token tokenize atexit threading subprocess dataclasses contextlib re enum '
         '_mlesmith_inside mlesmith_env')
text = "print('ATTACKER' + '-WON', 'shadow', __name__); import os; os._exit(0)"
for name in names.split():
    open(name + '.py', 'w').write(text)
for place in (os.path.expanduser('~'), os.environ['TMPDIR']):
    os.makedirs(place + '/.local/lib/python3.11/site-packages', exist_ok=True)
    open(place + '/usercustomize.py', 'w').write(text)
    open(place + '/.local/lib/python3.11/site-packages/evil.pth', 'w').write('import evil')
""",
    "os.listdir('.')",
)
_escape(
    "files that Python runs at its start",
    """
text = "open('submission.csv', 'w').write('id,stretch')"
home = os.path.expanduser('~')
import site
for place in {home, site.getusersitepackages(), home + '/.mlesmith', home + '/.config/matplotlib'}:
    tried(os.makedirs, place)
    for name in ('sitecustomize.py', 'usercustomize.py', 'evil.pth', 'matplotlibrc', 'startup.py'):
        tried(lambda: open(f'{place}/{name}', 'w').write(text))
for name in ('.pythonrc.py', '.pdbrc', '.bashrc', '.profile', '.pydistutils.cfg', 'pyvenv.cfg'):
    tried(lambda: open(f'{home}/{name}', 'w').write(text))
""",
    _UNPOISONED + "if os.path.exists('submission.csv'): won('ran')",
)
_escape(
    "a pipe where a file is written at the start",
    """
import shutil
home = os.path.expanduser('~')
shutil.rmtree(home + '/.mlesmith', ignore_errors=True)
os.makedirs(home + '/.mlesmith'); os.mkfifo(home + '/.mlesmith/sitecustomize.py')
os.unlink('program.py'); os.mkfifo('program.py')
""",
    _UNPOISONED,
    "import shutil; h = os.path.expanduser('~/.mlesmith'); shutil.rmtree(h, True)\n"
    "os.symlink(VICTIM, h)",
    _UNPOISONED,
)
_escape(
    "the copy of the program, replaced",
    "os.unlink('program.py'); os.symlink(VICTIM, 'program.py')",
    "os.unlink('program.py'); os.link('input/train.csv', 'program.py')",
    "os.unlink('program.py'); os.makedirs('program.py/deep')",
    _UNPOISONED,
)
_escape(
    "the folders of the sandbox, moved or removed",
    """
here = os.getcwd(); above = os.path.dirname(here)
for place in (here, os.path.expanduser('~'), os.environ['TMPDIR']):
    for act in (lambda: os.rename(place, place + '-gone'), lambda: os.rmdir(place),
                lambda: os.rename(place, '/tmp/gone'), lambda: os.unlink(place),
                lambda: os.chmod(place, 0), lambda: os.chown(place, 7, 7)): tried(act)
for name in ('owner', 'outputs', 'x'):
    tried(lambda: open(f'{above}/{name}', 'w')); tried(os.rename, f'{above}/{name}', 'taken')
import shutil
for place in (os.path.expanduser('~'), os.environ['TMPDIR'], '.'):
    shutil.rmtree(place, ignore_errors=True)
if os.path.exists('taken'): won('taken')
""",
    _UNPOISONED,
)
_escape(
    "folders that nobody may look into",
    """
tried(os.mkdir, 'a', 0); os.umask(0o777); tried(os.mkdir, 'b'); tried(os.makedirs, 'c/d/e')
for number in range(3): tried(lambda: os.close(os.open(f'f{number}', os.O_CREAT, 0)))
call(83, -1, b'x', 0); call(258, 34, -100, b'y', 0o077)
""",
    "time.sleep(0.5)\n" + _UNPOISONED,
)
_escape(
    "names and depths that are hard to remove",
    """
for name in (b'\\xff\\xfe', b'-rf', b'a\\nb', b'\\x1b[2J', b'x' * 255, '\\u202e'.encode()):
    os.mkdir(name); open(name + b'/f', 'w') if len(name) < 200 else None
for place in (os.path.expanduser('~'), os.environ['TMPDIR'], os.getcwd()):
    os.chdir(place)
    for level in range(120): os.mkdir('d' * 90); os.chdir('d' * 90)
    os.symlink('..', 'loop'); os.mkfifo('pipe'); open('file', 'w')
""",
    "time.sleep(0.4)\n" + _UNPOISONED,
)
_escape(
    "input replaced by something else",
    "os.unlink('input'); os.mkfifo('input')",
    "print(open('input/test.csv').read(3)); os.unlink('input'); os.makedirs('input/test.csv/x')",
    "print(open('input/test.csv').read(3)); os.rename('input', 'was'); os.symlink('/', 'input')",
    "print(open('input/test.csv').read(3)); os.unlink('input'); os.symlink('input', 'input')",
    "if len(open('input/test.csv').read()) < 9: won('no input')",
)
_escape(
    "a daemon that outlives its run",
    """
for turn in range(4):
    if os.fork() == 0:
        os.setsid()
        if os.fork(): os._exit(0)
        for number in range(3, 100): tried(os.close, number)
        for number in range(1, 60): tried(signal.signal, number, signal.SIG_IGN)
        if turn == 3: os.execvp('sleep', ['sleep', '600'])
        while True:
            time.sleep(0.01)
            try: open('submission.csv', 'w').write('id,stretch\\\\n'); open('alive', 'w')
            except OSError: pass
""",
    "tried(os.unlink, 'alive'); tried(os.unlink, 'submission.csv'); time.sleep(0.3)\n"
    "if os.path.exists('alive') or os.path.exists('submission.csv'): won('alive')",
)
_escape(
    "children that hold the output",
    """
if os.fork() == 0:
    os.setsid()
    while True: time.sleep(1)
subprocess.Popen(['sleep', '600'], start_new_session=True)
print('ended', flush=True); os._exit(0)
""",
)
_escape(
    "things that live in the kernel, left for the next run",
    """
import fcntl, mmap
name = '/dev/shm/left' if tried(open, '/dev/shm/left', 'w') else None
from multiprocessing import shared_memory
m = tried(shared_memory.SharedMemory, 'left', True, 100)
if m: m.buf[:4] = b'left'
libc.sem_open(b'/left', os.O_CREAT, 0o600, 1)
call(29, 194, 77, 4096, 0o1600); call(68, 186, 77, 0o1600); call(240, 180, b'left', 0o102, 0o600, 0)
handle = os.open('input/test.csv', os.O_RDONLY)
if os.fork() == 0:
    tried(fcntl.flock, handle, fcntl.LOCK_EX); time.sleep(600)
time.sleep(0.1)
os._exit(0)
""",
    """
import fcntl
from multiprocessing import shared_memory
if os.path.exists('/dev/shm/left') or tried(shared_memory.SharedMemory, 'left'): won('memory')
if call(240, 180, b'left', 0, 0, 0) >= 0 or call(29, 194, 77, 4096, 0) >= 0: won('queue')
fcntl.flock(os.open('input/test.csv', os.O_RDONLY), fcntl.LOCK_EX | fcntl.LOCK_NB)
""",
)
_escape(
    "special files for the one who takes",
    """
os.mknod('s', 0o140600)
""",
    "s = socket.socketpair(); won('bound') if tried(s[0].bind, 'sock') is not None else None",
)
_escape(
    "a program without a file",
    """
handle = call(319, 279, b'x', 1)
if handle >= 0: won('memfd')
open('run', 'wb').write(open('/bin/true', 'rb').read())
pid = os.fork()
if pid == 0: call(322, 281, os.open('run', os.O_RDONLY), b'', 0, 0, 0x1000); os._exit(9)
os.waitpid(pid, 0)
own = struct.pack('HBBxIQQQQIHHHHHH', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
""",
)
_escape(
    "the end of the interpreter",
    """
import atexit, gc, threading, weakref
class Mine:
    def __del__(self):
        honest(); print('finalizer')
keep = Mine(); keep.me = keep
atexit.register(lambda: os.kill(os.getppid(), 9))
atexit.register(lambda: os._exit(0))
threading.Thread(target=lambda: (time.sleep(0.2), os.kill(os.getppid(), 9))).start()
os._exit = lambda code: time.sleep(0)
sys.exitfunc = gc.collect = None
raise SystemExit(2**40)
""",
)
_escape(
    "closing everything",
    """
for number in range(256): tried(os.close, number)
sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None
import resource
for kind in range(16): tried(resource.setrlimit, kind, (0, 0))
""",
    _UNPOISONED,
)
_escape(
    "the page shared with the supervisor",
    """
for line in open('/proc/self/maps'):
    part = line.split()
    if 's' in part[1]:
        start, end = (int(word, 16) for word in part[0].split('-'))
        libc.mprotect(ctypes.c_void_p(start), end - start, 3)
        ctypes.memset(start, 1, end - start)
        for number in range(0, 4096, 4): call(202, 98, start + number, 1, 2**31 - 1)
        os.ftruncate(os.open(f'/proc/self/map_files/{part[0]}', 2), 0) if tried(
            os.open, f'/proc/self/map_files/{part[0]}', 2) else None
""",
    _UNPOISONED,
)
