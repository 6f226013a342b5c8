"""The host's end of a sandbox server: a clean process and the channel to it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from mlesmith_env.errors import SandboxLostError, SandboxUnavailableError
from mlesmith_env.sandbox.inside import channel

_LAUNCHER = Path(__file__).parent / "inside" / "launcher.py"
_READY_WITHIN_S = 120.0
_END_WITHIN_S = 5.0


class Server:
    """A running server.

    Args:
        setup: What the server is told first; see `inside/server.py`.
        environment: All of its environment variables.
        folder: Where its own messages go, in `server.log`; also its current folder.

    Raises:
        SandboxUnavailableError: The machine can not give the isolation.
        SandboxLostError: The server did not start.
    """

    def __init__(self, setup: channel.Message, environment: dict[str, str], folder: Path) -> None:
        self._log = folder / "server.log"
        ours, theirs = socket.socketpair()
        try:
            with self._log.open("ab") as log:
                self._process = subprocess.Popen(  # noqa: S603  our own interpreter and file
                    # Not -I: it would also forget PYTHONHASHSEED. The environment is ours alone.
                    [
                        sys.executable,
                        "-s",
                        "-P",
                        "-X",
                        "utf8",
                        str(_LAUNCHER),
                        str(theirs.fileno()),
                    ],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    cwd=folder,
                    pass_fds=(theirs.fileno(),),
                    start_new_session=True,
                )
        except OSError as error:
            ours.close()
            raise SandboxLostError(f"the sandbox's process can not be started: {error}") from error
        finally:
            theirs.close()
        self._socket = ours
        try:
            self.description = self._ask(setup, _READY_WITHIN_S)
        except BaseException:
            self.end()
            raise

    def request(self, message: channel.Message, within_s: float) -> channel.Message:
        """Send a request and return the result.

        Raises:
            SandboxLostError: The server reported a fault of its own, ended, or did not answer.
        """
        return self._ask(message, within_s)

    def _ask(self, message: channel.Message, within_s: float) -> channel.Message:
        try:
            channel.send(self._socket.fileno(), message)
            answer = channel.receive(self._socket.fileno(), deadline=time.monotonic() + within_s)
        except (OSError, channel.ClosedChannelError) as error:
            raise SandboxLostError(
                f"the sandbox's server was lost: {error}{self._said()}"
            ) from error
        if answer is None:
            raise SandboxLostError(f"the sandbox's server ended unexpectedly{self._said()}")
        if answer["kind"] == "unconfinable":
            raise SandboxUnavailableError(str(answer["message"]))
        if answer["kind"] == "fault":
            raise SandboxLostError(f"the sandbox failed: {answer['message']}{self._said()}")
        return answer

    def _said(self) -> str:
        try:
            text = self._log.read_text(errors="replace")[-2000:].strip()
        except OSError:
            return ""
        return f"\nits last words: {text}" if text else ""

    def end(self) -> None:
        """End the server and all that it started. May be called more than once."""
        # Closing the channel lets it end its runs in good order; killing is for the stubborn.
        self._socket.close()
        try:
            self._process.wait(_END_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def environment(home: Path, temporary: Path, hash_seed: str | None) -> dict[str, str]:
    """Return the environment of a server and its programs: nothing of the host's but paths.

    Args:
        home: Their home folder.
        temporary: Their folder for temporary files.
        hash_seed: `PYTHONHASHSEED`, None for an unpredictable one.
    """
    variables: dict[str, Any] = {
        "PATH": os.pathsep.join(
            [str(Path(sys.executable).parent), "/usr/local/bin", "/usr/bin", "/bin"]
        ),
        "HOME": home,
        "TMPDIR": temporary,
        "JOBLIB_TEMP_FOLDER": temporary,
        "USER": "agent",
        "LOGNAME": "agent",
        "LANG": "C.UTF-8",
        "MPLBACKEND": "Agg",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
    }
    if hash_seed is not None:
        variables["PYTHONHASHSEED"] = hash_seed
    threads = str(min(len(os.sched_getaffinity(0)), 16)) if sys.platform == "linux" else "2"
    for name in ("OMP", "OPENBLAS", "MKL", "NUMEXPR"):
        variables[f"{name}_NUM_THREADS"] = threads
    # Some installations of Python start only with their libraries' folders named.
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        if name in os.environ:
            variables[name] = os.environ[name]
    return {name: str(value) for name, value in variables.items()}
