"""Attacks that want to read what is hidden: answers, keys, other sandboxes, the host's memory."""

from __future__ import annotations

from .attack import attack

_SHOW = "text = {}\nprint(text)\nsubmit(text)"


def _read(name: str, expression: str, *before: str) -> None:
    attack("read", name, "\n".join([*before, _SHOW.format(expression)]))


_read("answers by path", "open(ANSWERS).read()")
_read("answers beside the public data", "open('input/../private/answers.csv').read()")
_read("answers by realpath", "open(os.path.realpath('input') + '/../private/answers.csv').read()")
_read("answers by the root in /proc", "open('/proc/self/root' + ANSWERS).read()")
_read(
    "answers by the folder in /proc", "open('/proc/self/cwd/input/../private/answers.csv').read()"
)
_read("answers by a thread's root", "open('/proc/thread-self/root' + ANSWERS).read()")
_read("answers by the root of process 1", "open('/proc/1/root' + ANSWERS).read()")
_read("answers by link", "open('x').read()", "os.symlink(ANSWERS, 'x')")
_read("answers by a linked folder", "open('y/answers.csv').read()", "os.symlink(PRIVATE, 'y')")
_read("answers by hard link", "open('z').read()", "os.link(ANSWERS, 'z')")
_read(
    "answers by hard link of a handle",
    "open('z').read()",
    "d = os.open(ANSWERS, os.O_PATH)",
    "call(265, 37, d, b'', -100, b'z', 0x1000)",
    "tried(os.link, f'/proc/self/fd/{d}', 'z', follow_symlinks=True)",
)
_read("answers by moving them", "open('w').read()", "os.rename(ANSWERS, 'w')")
_read("answers by moving their folder", "open('w/answers.csv').read()", "os.rename(PRIVATE, 'w')")
_read(
    "answers by exchange",
    "open('w').read()",
    "open('w', 'w')",
    "call(316, 276, -100, ANSWERS.encode(), -100, b'w', 2)",
)
_read("answers from their folder", "open('answers.csv').read()", "os.chdir(PRIVATE)")
_read(
    "answers by a handle of their folder",
    "open(os.open('answers.csv', os.O_RDONLY, dir_fd=d)).read()",
    "d = os.open(PRIVATE, os.O_PATH)",
)
_read(
    "answers by a handle of the public folder",
    "open(os.open('../private/answers.csv', os.O_RDONLY, dir_fd=d)).read()",
    "d = os.open('input/', os.O_RDONLY)",
)
_read(
    "answers by reopening a handle",
    "open(f'/proc/self/fd/{d}').read()",
    "d = os.open(ANSWERS, os.O_PATH)",
)
_read("answers by another program", "subprocess.check_output(['cat', ANSWERS], text=True)")
_read(
    "answers in an error message",
    "subprocess.run([sys.executable, ANSWERS], capture_output=True, text=True).stderr",
)
_read(
    "answers as a library",
    "subprocess.run(['/bin/true'], env={'LD_PRELOAD': ANSWERS}, capture_output=True).stderr",
)
_read(
    "answers by mapping",
    "mmap.mmap(os.open(ANSWERS, os.O_RDONLY), 0, prot=mmap.PROT_READ)[:].decode()",
    "import mmap",
)
_read(
    "answers after chmod",
    "open(ANSWERS).read()",
    "os.chmod(PRIVATE, 0o777)",
    "os.chmod(ANSWERS, 7)",
)
_read(
    "answers by file handle",
    "open(call(304, 265, -100, h, 0)).read()",
    "h = ctypes.create_string_buffer(b'\\x80\\0\\0\\0' + bytes(200)); m = ctypes.c_int()",
    "if call(303, 264, -100, ANSWERS.encode(), h, ctypes.byref(m), 0) >= 0: won('a handle')",
)
_read(
    "answers by openat2",
    "open(call(437, 437, -100, ANSWERS.encode(), bytes(24), 24)).read()",
)
_read("answers in a new root", "open('/answers.csv').read()", "os.chroot(PRIVATE)")
_read(
    "answers by mounting",
    "open('m/answers.csv').read()",
    "os.mkdir('m')",
    "call(165, 40, PRIVATE.encode(), b'm', b'none', 4096, 0)",
    "t = call(428, 428, -100, PRIVATE.encode(), 1)",
    "if t >= 0: won('a tree')",
)
_read(
    "answers by another kind of call",
    "open(d).read()",
    "d = call(2, -1, ANSWERS.encode(), 0, 0)",
)
attack(
    "read",
    "answers by a replaced input",
    "os.unlink('input'); os.symlink(PRIVATE, 'input')\nprint(tried(os.listdir, 'input'))\n"
    "print(open('input/answers.csv').read())",
    "text = open('input/answers.csv').read(); print(text); submit(text)",
)
attack(
    "read",
    "answers through a device",
    """
for place in glob.glob('/dev/[vsx]d*') + glob.glob('/dev/nvme*') + glob.glob('/dev/loop*'):
    if tried(open, place, 'rb'): won(place)
for major, minor in ((254, 0), (259, 0), (8, 0), (1, 1), (7, 0)):
    tried(os.mknod, f'd{minor}', 0o60600, os.makedev(major, minor))
    tried(os.mknod, f'c{minor}', 0o20600, os.makedev(major, minor))
for place in glob.glob('[dc][0-9]'): won(place, open(place, 'rb').read(1))
""",
)
attack(
    "read",
    "inherited descriptors",
    """
for number in range(3, 5000):
    try: print(number, os.fstat(number))
    except OSError: continue
    won('a descriptor', number, os.readlink(f'/proc/self/fd/{number}'))
for number in range(3):
    kind = os.readlink(f'/proc/self/fd/{number}')
    if kind != '/dev/null' and not kind.startswith('pipe:'): won(kind)
""",
)
attack(
    "read",
    "memory and descriptors of other processes",
    """
own = {os.readlink('/proc/self')} if os.path.exists('/proc/self') else set()
numbers = {n for n in tried(os.listdir, '/proc') or () if n.isdigit()}
numbers |= {str(n) for n in (*PIDS, HOST_PID, VICTIM_PID, os.getppid(), 1, *range(2, 40))}
for process in numbers - own - {str(os.getpid())}:
    for name in ('mem', 'environ', 'maps', 'auxv', 'syscall', 'stack', 'smaps', 'pagemap', 'io'):
        try: data = open(f'/proc/{process}/{name}', 'rb').read(1)
        except OSError: continue
        if data: won(process, name)
    for name in ('root', 'cwd', 'exe', 'ns/mnt', 'ns/pid', *(f'fd/{n}' for n in range(64))):
        try: won(process, name, os.readlink(f'/proc/{process}/{name}'))
        except OSError: pass
        if tried(os.open, f'/proc/{process}/{name}', os.O_RDONLY): won(process, name)
""",
)
attack(
    "read",
    "memory of the fork server, inherited",
    """
import re
secret = re.compile((KEY[:5]).encode() + rb'ttack-[0-9a-f]{32}')
answer = re.compile(rb'[0-9a-z]{4,},-?[0-9]+[.][0-9]{4},(?:Public|Private)')
memory = open('/proc/self/mem', 'rb', 0)
for line in open('/proc/self/maps'):
    start, _, end = line.split()[0].partition('-')
    if 'r' not in line.split()[1]: continue
    try:
        memory.seek(int(start, 16)); data = memory.read(min(int(end, 16) - int(start, 16), 2**28))
    except (OSError, ValueError): continue
    for found in [*secret.findall(data), *answer.findall(data)][:9]: won(found.decode())
""",
)
attack(
    "read",
    "reading others by system call",
    """
for process in (*PIDS, HOST_PID, VICTIM_PID, os.getppid(), 1):
    data = ctypes.create_string_buffer(64)
    local = struct.pack('QQ', ctypes.addressof(data), 64)
    if call(310, 270, process, local, 1, struct.pack('QQ', 0x400000, 64), 1, 0) >= 0: won('readv')
    for request in (16, 0x4206):
        if call(101, 117, request, process, 0, 0) >= 0: won('ptrace')
    handle = call(434, 434, process, 0)
    if handle >= 0:
        for number in range(20):
            if call(438, 438, handle, number, 0) >= 0: won('pidfd_getfd')
    if call(312, 272, process, os.getpid(), 0, 0, 0) >= 0: won('kcmp')
if call(101, 117, 0, 0, 0, 0) >= 0: won('traceme')
""",
)
attack(
    "read",
    "workspace of the neighbour",
    """
print(open(OTHER + '/mine.txt').read())
""",
    """
for place in glob.glob('/tmp/mlesmith-*') + [os.path.dirname(OTHER), os.path.dirname(WORKSPACE)]:
    found = tried(os.listdir, place)
    if OTHER and found: won(place, found)
tried(lambda: open(OTHER + '/submission.csv', 'w').write('x')) and won('wrote')
tried(lambda: os.unlink(OTHER + '/mine.txt') or True) and won('removed')
""",
)
attack(
    "read",
    "logs of episodes",
    """
for folder in LOGS:
    for name in ('trajectory.jsonl', 'submissions/0001.csv', 'outputs/0001.txt', ''):
        try: won(os.listdir(folder) if not name else open(f'{folder}/{name}').read()[:50])
        except OSError: pass
""",
)
attack(
    "read",
    "registry, cache and raw data by guess",
    """
places = [CACHE, REGISTRY, RAW, os.path.expanduser('~/.cache/mlesmith'), HOME + '/.cache/mlesmith']
places += [REGISTRY + '/tabular/spring-stretch-v1/' + n for n in
           ('task.yaml', 'leaderboard.csv', 'verification.json', 'description.md')]
places += [REGISTRY + '/sources/springs.yaml', REGISTRY + '/index.json', CACHE + '/entries']
for place in places:
    try: won(place, os.listdir(place) if os.path.isdir(place) else open(place).read()[:50])
    except OSError: pass
""",
)
attack(
    "read",
    "the registry of the package",
    """
found = [OWN, OWN + '/_registry', os.path.dirname(OWN) + '/registry']
for place in sys.path + glob.glob('/usr/lib/python3*/*-packages') + sys.path:
    found += [place + name for name in
              ('/mlesmith_env', '/mlesmith_env/_registry', '/mlesmith_generator')]
# Names below a closed folder can be listed: a known limit.
for place in found:
    for name in ('task.py', 'index.json', 'grading.py', 'tabular/iris-species-v1/task.yaml'):
        if tried(open, f'{place}/{name}'): won(place, name)
try:
    import mlesmith_env.registry
    won('imported')
except ImportError: pass
""",
)
attack(
    "read",
    "data bundled with libraries, loaded",
    """
import sklearn.datasets as d
for name in ('iris', 'wine', 'breast_cancer', 'diabetes', 'digits', 'linnerud'):
    if tried(getattr(d, 'load_' + name)) is not None: won(name)
""",
)
attack(
    "read",
    "data bundled with libraries, by other copies",
    """
import gzip
row = b'5.1,3.5,1.4,0.2'
places = [p for p in sys.path if os.path.isdir(p)] + glob.glob('/usr/lib/python3*')
places += [os.path.join(p, 'lib') for p in {sys.prefix, sys.base_prefix}]
seen = set()
for top in places:
    for place, folders, names in os.walk(top):
        if place in seen: folders.clear(); continue
        seen.add(place)
        for name in names:
            kinds = ('.csv', '.txt', '.arff', '.data', '.tsv', '.gz', '.tab')
            if not name.endswith(kinds): continue
            path = os.path.join(place, name)
            try: data = (gzip.open if name.endswith('.gz') else open)(path, 'rb').read()
            except (OSError, EOFError): continue
            if row in data.replace(b' ', b',').replace(b'\\t', b','): won(path)
""",
    heavy=True,
)
attack(
    "read",
    "data bundled with libraries, as resources",
    """
from importlib import resources
import pkgutil
for name in ('iris.csv', 'wine_data.csv', 'digits.csv.gz', 'diabetes_target.csv.gz'):
    if tried(pkgutil.get_data, 'sklearn.datasets', 'data/' + name): won(name)
    if tried((resources.files('sklearn.datasets') / 'data' / name).read_bytes): won(name)
""",
)
attack(
    "read",
    "keys in the environment",
    """
print(dict(os.environ))
for path in glob.glob('/proc/[0-9]*/environ') + ['/proc/self/environ', '/proc/1/environ']:
    print(tried(lambda: open(path).read()))
print(subprocess.run(['env'], capture_output=True, text=True).stdout)
""",
)
attack(
    "read",
    "files of the home folder",
    """
for home in (HOME, '/root', '/home', os.path.expanduser('~root')):
    if tried(os.listdir, home): won(home)
    for name in ('.ssh/id_rsa', '.cache/pip/cached', '.bash_history', '.netrc', '.pypirc'):
        try: print(open(f'{home}/{name}').read())
        except OSError: pass
""",
)
attack(
    "read",
    "files of the host",
    """
for place in ('/etc/shadow', '/etc/passwd', '/etc/hostname', '/etc/ssl/private', '/var/log',
              '/var/lib/dpkg/status', '/var/lib/apt/lists', '/run', '/mnt', '/srv', '/boot',
              '/dev/mem', '/dev/kmsg', '/dev/vda', '/dev/ptmx', '/dev/pts', '/dev/fuse', '/dev/kvm',
              '/dev/net/tun', '/dev/userfaultfd', '/sys/kernel/security', '/sys/kernel/debug',
              '/sys/class/net', '/sys/fs/cgroup/cgroup.procs', '/proc/kcore', '/tmp', '/var/tmp',
              '/.dockerenv', '/var/run/docker.sock', '/run/secrets'):
    if place == '/tmp' and os.environ['TMPDIR'].startswith('/tmp') and not OTHER: continue
    if tried(os.listdir, place): won(place)
    if not os.path.isdir(place) and tried(open, place, 'rb'): won(place)
""",
)
attack(
    "read",
    "shared memory of the host",
    """
print(tried(lambda: open(SHARED).read()))
for name in tried(os.listdir, '/dev/shm') or (): print(name, open('/dev/shm/' + name).read())
libc.shmat.restype = ctypes.c_void_p
for number in {SEGMENT, *range(64)}:
    libc.shmat.argtypes = [ctypes.c_int, ctypes.c_void_p, ctypes.c_int]
    address = libc.shmat(number, None, 0o10000)
    if address not in (None, 2**64 - 1): won('segment', ctypes.string_at(address, 40))
if call(31, 195, 0, 14, ctypes.create_string_buffer(256)) >= 0: won('shmctl')
if call(31, 195, SEGMENT, 0, 0) >= 0: won('removed')
from multiprocessing import shared_memory
print(tried(lambda: bytes(shared_memory.SharedMemory(os.path.basename(SHARED)).buf)))
""",
)
attack(
    "read",
    "queues and semaphores of the host",
    """
if call(240, 180, QUEUE, 2, 0, 0) >= 0: won('queue')
if call(241, 181, QUEUE) >= 0: won('unlinked')
for x86, arm in ((71, 187), (66, 191)):
    for number in range(8):
        if call(x86, arm, number, 0, 2, ctypes.create_string_buffer(256)) >= 0: won('stat', number)
for number in range(8):
    if call(70, 188, number, ctypes.create_string_buffer(100), 10, 0, 0o4000) >= 0: won('message')
""",
)
attack(
    "read",
    "keys of the kernel",
    """
for keyring in range(-8, 0):
    if call(250, 219, 0, keyring, 0) >= 0: won('keyring', keyring)
    if call(250, 219, 11, keyring, ctypes.create_string_buffer(100), 100) >= 0: won('read', keyring)
if call(248, 217, b'user', b'a', b'b', 1, -3) >= 0: won('add_key')
if call(249, 218, b'user', b'a', 0, -3) >= 0: won('request_key')
if call(103, 116, 3, ctypes.create_string_buffer(100), 100) >= 0: won('syslog')
""",
)
attack(
    "read",
    "watching files of the host",
    """
for x86, arm in ((253, -1), (294, 26)):
    if call(x86, arm, 0) >= 0: won('inotify')
if call(300, 262, 0, 0) >= 0: won('fanotify')
import fcntl
d = os.open('input/', os.O_RDONLY)
if tried(fcntl.fcntl, d, 1026, 1) is not None: won('dnotify')
f = os.open('input/train.csv', os.O_RDONLY)
if tried(fcntl.fcntl, f, 1024, 0) is not None: won('lease')
""",
)
attack(
    "read",
    "answers in a dump of memory",
    """
import resource
for act in (lambda: resource.setrlimit(resource.RLIMIT_CORE, (2**30, 2**30)),
            lambda: resource.setrlimit(resource.RLIMIT_CORE, (0, 0)),
            lambda: resource.prlimit(0, resource.RLIMIT_CORE, (0, 1))):
    try: act()
    except (OSError, ValueError): continue
    won('the limit of dumps', resource.getrlimit(resource.RLIMIT_CORE))
tried(open, '/proc/self/coredump_filter', 'w')
os.kill(os.getpid(), signal.SIGSEGV)
""",
    "found = glob.glob('core*') + glob.glob('*/core*')\nif found: won(found)",
    statuses=("killed",),
)
