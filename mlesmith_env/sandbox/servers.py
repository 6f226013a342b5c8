"""Starting sandbox servers: cold, as a new process each, or forked from a warm template."""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import IO

from mlesmith_env.errors import SandboxLostError
from mlesmith_env.sandbox.connection import Connection
from mlesmith_env.sandbox.environment import environment
from mlesmith_env.sandbox.inside import channel
from mlesmith_env.sandbox.inside.grants import search_path

LIBRARIES = (
    "numpy",
    "pandas",
    "scipy.sparse",
    "scipy.stats",
    "sklearn.compose",
    "sklearn.ensemble",
    "sklearn.feature_extraction.text",
    "sklearn.impute",
    "sklearn.linear_model",
    "sklearn.metrics",
    "sklearn.model_selection",
    "sklearn.neighbors",
    "sklearn.pipeline",
    "sklearn.preprocessing",
)
"""What a template loads before it forks."""

_LAUNCHER = Path(__file__).parent / "inside" / "launcher.py"
# Not -I: it would also forget PYTHONHASHSEED, and the environment is ours alone.
_PYTHON = (sys.executable, "-s", "-P", "-X", "utf8")
_READY_WITHIN_S = 120.0
_WORDS_SHOWN = 2000


class _Process:
    """A server process of our own, and the connection to it."""

    def __init__(self, variables: dict[str, str]) -> None:
        ours, theirs = socket.socketpair()
        self._log: IO[bytes] = tempfile.TemporaryFile(prefix="mlesmith-server-")  # noqa: SIM115
        try:
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and file
                [*_PYTHON, str(_LAUNCHER), str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                stdout=self._log,
                stderr=self._log,
                env=variables,
                cwd="/",
                pass_fds=(theirs.fileno(),),
                start_new_session=True,
            )
        except OSError as error:
            ours.close()
            self._log.close()
            raise SandboxLostError(f"the sandbox's process can not be started: {error}") from error
        finally:
            theirs.close()
        self.connection = Connection(ours, self._process.kill, self.words)

    def words(self) -> str:
        """Return the end of what the process has printed."""
        if self._log.closed:
            return ""
        size = os.fstat(self._log.fileno()).st_size
        data = os.pread(self._log.fileno(), _WORDS_SHOWN, max(0, size - _WORDS_SHOWN))
        return data.decode(errors="replace").strip()

    def end(self) -> None:
        """End the process and all that it started."""
        self.connection.end()
        self._process.wait()
        self._log.close()


class ColdServer:
    """A server in a fresh interpreter, for one run.

    Args:
        setup: What it is told first; see `inside/server.py`.
        variables: Its environment.

    Raises:
        SandboxUnavailableError: The machine can not give the isolation.
        SandboxLostError: The server did not start.
    """

    def __init__(self, setup: channel.Message, variables: dict[str, str]) -> None:
        self._process = _Process(variables)
        self.connection = self._process.connection
        try:
            self.description = self.connection.ask({"kind": "setup", **setup}, _READY_WITHIN_S)
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """End it and all that it started."""
        self._process.end()


class KeptServer:
    """A server forked from a template with libraries loaded, for many runs.

    Args:
        setup: What it is told first; see `inside/server.py`.
        variables: Its environment.
        libraries: Modules that the template has loaded.
        single_threaded: Whether numerical libraries were told to use one thread.

    Raises:
        SandboxUnavailableError: The machine can not give the isolation.
        SandboxLostError: The server did not start.
    """

    def __init__(
        self,
        setup: channel.Message,
        variables: dict[str, str],
        libraries: tuple[str, ...],
        *,
        single_threaded: bool = False,
    ) -> None:
        self.connection = _fork(libraries, single_threaded)
        try:
            self.description = self.connection.ask(
                {"kind": "setup", **setup, "environment": variables}, _READY_WITHIN_S
            )
        except BaseException:
            self.end()
            raise

    def end(self) -> None:
        """End it and all that it started."""
        self.connection.end()


class _Template:
    """A process that has loaded libraries and forks servers; one for all sandboxes of a host."""

    def __init__(self, libraries: tuple[str, ...], single_threaded: bool) -> None:
        self._lock = threading.Lock()
        temporary = Path(tempfile.gettempdir())
        self._process = _Process(environment(Path("/"), temporary, single_threaded=single_threaded))
        try:
            self._process.connection.ask(
                {"kind": "template", "libraries": libraries, "search_path": search_path()},
                _READY_WITHIN_S,
            )
        except BaseException:
            self._process.end()
            raise

    def fork(self) -> Connection:
        """Return a connection to a new server. Raises `SandboxLostError`."""
        ours, theirs = socket.socketpair()
        try:
            with self._lock:
                link = self._process.connection
                link.send({"kind": "fork"})
                socket.send_fds(link.socket, [b"+"], [theirs.fileno()])
                process = int(link.answer(_READY_WITHIN_S)["process"])
        except OSError as error:
            ours.close()
            raise SandboxLostError(f"the template of the sandboxes was lost: {error}") from error
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        return Connection(ours, lambda: self._kill(process), self._process.words)

    def _kill(self, process: int) -> None:
        with self._lock:
            self._process.connection.ask({"kind": "kill", "process": process}, _READY_WITHIN_S)

    def end(self) -> None:
        """End the template; its servers live on."""
        self._process.end()


class _Templates:
    """The templates of this process, by what they have loaded and whether with one thread."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self.lock = threading.Lock()
        self.by_kind: dict[tuple[tuple[str, ...], bool], _Template] = {}


_templates = _Templates()


def _fork(libraries: tuple[str, ...], single_threaded: bool) -> Connection:
    """Return a connection to a new server, from a new template where there is none or a dead one.

    Raises:
        SandboxLostError: A new template was lost too.
    """
    global _templates
    if _templates.owner != os.getpid():
        # A fork of the process that made them: they are not ours.
        _templates = _Templates()
    with _templates.lock:
        kind = (libraries, single_threaded)
        known = _templates.by_kind.get(kind)
        if known is not None:
            try:
                return known.fork()
            except SandboxLostError:
                del _templates.by_kind[kind]
                known.end()
        fresh = _templates.by_kind[kind] = _Template(*kind)
        return fresh.fork()


@atexit.register
def end_templates() -> None:
    """End all templates of this process; the next kept server makes a new one."""
    if _templates.owner == os.getpid():
        with _templates.lock:
            while _templates.by_kind:
                _templates.by_kind.popitem()[1].end()
