"""What this machine gives the `local` sandbox, measured by trying it: `mlesmith doctor`."""

from __future__ import annotations

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from mlesmith_env import settings
from mlesmith_env.errors import MissingExtraError, SandboxError, SandboxUnavailableError
from mlesmith_env.sandbox.inside.landlock import NEWEST_ABI, SIGNAL_ABI, abi
from mlesmith_env.sandbox.inside.seccomp import supported
from mlesmith_env.sandbox.inside.syscalls import MACHINES
from mlesmith_env.sandbox.process import LocalSandbox, Mechanisms
from mlesmith_env.sandbox.protocol import SandboxSpec
from mlesmith_env.sandbox.user import NoUserError, own_user

_TIMEOUT_S = 60.0
_DOCKER_WITHIN_S = 10


@dataclass(frozen=True)
class Finding:
    """One mechanism.

    Attributes:
        name: What was looked at.
        ok: Whether it is there in full.
        detail: What was found.
        remedy: What to do, or what stands in for it; empty where all is well.
        required: Whether nothing can be confined without it.
    """

    name: str
    ok: bool
    detail: str
    remedy: str = ""
    required: bool = False


@dataclass(frozen=True)
class Examination:
    """All findings of one machine."""

    findings: tuple[Finding, ...]

    @property
    def usable(self) -> bool:
        """Whether the `local` sandbox works here."""
        return all(finding.ok for finding in self.findings if finding.required)


def examine() -> Examination:
    """Try every mechanism of the `local` sandbox and return what each gave.

    The last findings come from a confined program that tries to break out.
    """
    findings = [_platform(), _landlock(), _filter()]
    if all(finding.ok for finding in findings if finding.required):
        findings += _trial()
    return Examination((*findings, _docker()))


def _docker() -> Finding:
    from mlesmith_env.sandbox.docker import engine, image

    try:
        client = engine.connect(within_s=_DOCKER_WITHIN_S)
    except (MissingExtraError, SandboxUnavailableError) as error:
        return Finding("docker", False, str(error), "optional: only sandbox='docker' needs it")
    try:
        tag = image.default_tag()
        image.find(client, tag)
        version = client.version()["Version"]
    except SandboxError as error:
        return Finding("docker", False, str(error), "optional: only sandbox='docker' needs it")
    finally:
        client.close()
    return Finding("docker", True, f"engine {version} with the image {tag}")


def _platform() -> Finding:
    machine = os.uname().machine
    ok = sys.platform == "linux" and machine in MACHINES
    return Finding(
        "platform",
        ok,
        f"{sys.platform} {os.uname().release} on {machine}",
        ""
        if ok
        else f"confining needs Linux on {' or '.join(MACHINES)}: use sandbox='docker', or "
        "sandbox='subprocess' where you trust every program",
        required=True,
    )


def _landlock() -> Finding:
    version = abi()
    if version == 0:
        return Finding(
            "landlock",
            False,
            "the kernel has no Landlock, or it is switched off",
            "use Linux 5.13 or newer with landlock in the kernel's lsm= list; in a container, a "
            "seccomp profile that lets landlock_* calls through (Docker 20.10.10 or newer)",
            required=True,
        )
    newest = f"ABI {version}" + ("" if version <= NEWEST_ABI else f", used as {NEWEST_ABI}")
    if version >= SIGNAL_ABI:
        return Finding("landlock", True, newest, required=True)
    return Finding(
        "landlock",
        True,
        newest,
        "the system-call filter stands in for what is newer (network: ABI 4, signals: ABI 6); "
        "without a pid namespace, programs can not end their own children",
        required=True,
    )


def _filter() -> Finding:
    ok = supported()
    return Finding(
        "seccomp",
        ok,
        "system-call filters can be installed" if ok else "system-call filters are refused",
        "" if ok else "use a kernel with CONFIG_SECCOMP_FILTER",
        required=True,
    )


_WITHOUT = {
    "pid": "the supervisor finds and ends all descendants by itself",
    "network": "the system-call filter and Landlock close the network",
    "ipc": "the system-call filter closes System V and POSIX queues",
    "mount": "Landlock alone closes files; names and sizes of closed files can be asked for",
    "shm": "semaphores of multiprocessing are made of files in the temporary folder",
    "proc": "processes that a program starts can not read their own /proc/self",
}


def _trial() -> list[Finding]:
    with tempfile.TemporaryDirectory(prefix="mlesmith-doctor-") as folder:
        public, private = Path(folder) / "public", Path(folder) / "private"
        # As open as a cache that everybody can read.
        Path(folder).chmod(0o711)
        public.mkdir()
        private.mkdir()
        (public / "train.csv").write_text("x\n1\n")
        (private / "answers.csv").write_text("y\n1\n")
        sandbox = LocalSandbox(SandboxSpec(public), libraries=None)
        try:
            sandbox.start()
            given = sandbox.mechanisms
            attempt = _ATTEMPT.format(answers=str(private / "answers.csv"))
            result = sandbox.run(attempt, timeout_s=_TIMEOUT_S)
        except (SandboxError, OSError) as error:
            remedy = "report this with the output of `mlesmith doctor --json`"
            return [Finding("trial", False, str(error), remedy, required=True)]
        finally:
            sandbox.close()
    findings = [_namespace(name, given) for name in _WITHOUT]
    findings += [_group(given), _user(given)]
    held = result.output.split() == ["held"] * _ATTEMPTS
    findings.append(
        Finding(
            "trial",
            held,
            f"a confined program ran in {result.execution_s + result.overhead_s:.2f} s and "
            + ("could not break out" if held else f"did what it must not: {result.output[-400:]}"),
            "" if held else "do not use this machine for programs that you do not trust",
            required=True,
        )
    )
    return findings


def _namespace(name: str, given: Mechanisms) -> Finding:
    title = _PLACES.get(name, f"{name} namespace")
    if name in given.namespaces:
        return Finding(title, True, "given")
    whys = [given.refusals[key] for key in (name, "user") if key in given.refusals]
    return Finding(title, False, "; ".join(whys) or "not given", f"optional: {_WITHOUT[name]}")


def _group(given: Mechanisms) -> Finding:
    if given.group:
        return Finding("control group", True, "given: memory and processes are bounded exactly")
    return Finding(
        "control group",
        False,
        given.refusals.get("group", "not given"),
        "optional: resource limits bound each process, a watchdog all together every 50 ms",
    )


def _user(given: Mechanisms) -> Finding:
    if os.geteuid() != 0:
        return Finding("own user", True, f"not needed: user {os.geteuid()} is not root")
    if given.user is None:
        why = given.refusals.get("own user", "not given")
    else:
        cache = settings.cache_root()
        while not cache.exists():
            cache = cache.parent
        try:
            own_user(Path(tempfile.gettempdir()), cache)
        except NoUserError as error:
            why = str(error)
        else:
            return Finding("own user", True, f"given: programs run as user {given.user}")
    return Finding(
        "own user", False, why, "optional: programs run as user 0 without any capability"
    )


_PLACES = {"shm": "private /dev/shm", "proc": "private /proc"}

_ATTEMPTS = 6
_ATTEMPT = """
import ctypes, os, socket
def held(act):
    try: act()
    except OSError: print('held')
    else: print('not-held')
open('input/train.csv').read()
open('submission.csv', 'w').write('fine')
held(lambda: open({answers!r}))
held(lambda: open('/etc/passwd'))
held(lambda: open('/tmp/mlesmith-must-not-exist', 'w'))
held(lambda: socket.socket())
held(lambda: os.kill(os.getppid(), 0))
held(lambda: os.mknod('device', 0o60600, 259))
"""
