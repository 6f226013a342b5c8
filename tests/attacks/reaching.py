"""Attacks that want out: to the network, to local services, to other machines."""

from __future__ import annotations

from .attack import attack


def _reach(name: str, program: str) -> None:
    attack("reach", name, program)


_reach(
    "TCP to the host", "socket.create_connection(('127.0.0.1', TCP), timeout=3); won('connected')"
)
_reach("TCP over IPv6", "socket.create_connection(('::ffff:127.0.0.1', TCP), 3); won('connected')")
_reach(
    "UDP to the host",
    "s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)\n"
    "s.sendto(b'x', ('127.0.0.1', UDP)); won('sent')",
)
_reach("names of hosts", "print(socket.getaddrinfo('example.com', 80)); won('resolved')")
_reach(
    "an address by HTTP",
    "import urllib.request as u; print(u.urlopen(f'http://127.0.0.1:{TCP}', timeout=3)); won()",
)
_reach(
    "sockets of every family",
    """
for family in range(46):
    for kind in (1, 2, 3, 4, 5, 10, 1 | 0o4000):
        for protocol in (0, 1, 6, 16, 17, 255):
            number = call(41, 198, family, kind, protocol)
            if number >= 0: won(family, kind, protocol); os.close(number)
""",
)
_reach("a server of its own", "socket.create_server(('127.0.0.1', 0)); won('listening')")
_reach(
    "a Unix socket by path",
    "s = socket.socket(socket.AF_UNIX); s.connect(UNIX); won('connected')",
)
_reach(
    "an abstract socket",
    """
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.sendto(b'x', ABSTRACT); won('sent')
""",
)
_reach(
    "a pair of sockets pointed elsewhere",
    """
for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM, socket.SOCK_SEQPACKET, socket.SOCK_RAW):
    try: one, other = socket.socketpair(socket.AF_UNIX, kind)
    except OSError: continue
    for target in (ABSTRACT, UNIX):
        # Some kinds send to the other end whatever is named; the host sees what it gets.
        tried(one.sendto, b'x', target)
        for act in (lambda: one.connect(target), lambda: one.bind('\\0mine'), lambda: one.listen(),
                    lambda: one.sendmsg([b'x'], [], 0, target)):
            try: act()
            except OSError: continue
            won('pointed', kind, target)
""",
)
_reach(
    "interfaces of the host",
    """
import fcntl
one, other = socket.socketpair()
names = ctypes.create_string_buffer(1024)
request = struct.pack('iP', 1024, ctypes.addressof(names))
if tried(fcntl.ioctl, one, 0x8912, request): won('interfaces')
for code in (0x8910, 0x8915, 0x8927, 0x8933, 0x894C, 0x89E0):
    if tried(fcntl.ioctl, one, code, struct.pack('40s', b'lo')): won(hex(code))
""",
)
_reach(
    "io_uring and its sockets",
    """
if call(425, 425, 8, ctypes.create_string_buffer(200)) >= 0: won('io_uring')
if call(206, 0, 8, ctypes.byref(ctypes.c_ulong())) >= 0: won('aio')
""",
)
_reach(
    "tools of the system",
    """
address = f'127.0.0.1:{TCP}'
for command in (['curl', '-m', '3', address], ['wget', '-T', '3', '-O-', address],
                ['bash', '-c', f'echo x > /dev/tcp/127.0.0.1/{TCP}'],
                ['nc', '-w', '3', '127.0.0.1', str(TCP)], ['ping', '-c1', '-W1', '127.0.0.1'],
                ['getent', 'hosts', 'example.com'], ['ssh', '-o', 'ConnectTimeout=3', '127.0.0.1'],
                ['perl', '-MIO::Socket', '-e', f'IO::Socket::INET->new("{address}") or exit 1'],
                ['docker', 'ps'], ['systemctl', 'status'], ['sudo', '-n', 'id'], ['crontab', '-l']):
    done = tried(subprocess.run, command, capture_output=True, timeout=8)
    if done and done.returncode == 0: won(command, done.stdout[:80])
""",
)
_reach(
    "a pipe of the host",
    "os.write(os.open(FIFO, os.O_WRONLY | os.O_NONBLOCK), b'x'); won('written')",
)
_reach(
    "the log and the terminal of the host",
    """
import fcntl, syslog
for place in ('/dev/tty', '/dev/console', '/dev/tty0', '/dev/log', '/dev/pts/0', '/dev/ttyS0'):
    if tried(os.open, place, os.O_RDWR | os.O_NOCTTY) is not None: won(place)
for number in range(3):
    for code in (0x5412, 0x541C):
        if tried(fcntl.ioctl, number, code, b'x') is not None: won('typed')
tried(syslog.syslog, 'x')
""",
)
_reach(
    "descriptors handed on",
    """
one, other = socket.socketpair()
if tried(socket.send_fds, one, [b'x'], [0]): won('handed on')
""",
)
_reach(
    "a library that serves",
    """
import asyncio, http.server, multiprocessing.managers
async def serve():
    server = await asyncio.start_server(lambda *a: None, '127.0.0.1', 0)
    if server.sockets: won('asyncio')
tried(asyncio.run, serve())
if tried(http.server.HTTPServer, ('', 0), http.server.BaseHTTPRequestHandler): won('http')
if tried(multiprocessing.managers.SyncManager().start) is not None: won('manager')
""",
)
