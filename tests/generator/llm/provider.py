"""A loopback server that speaks the chat-completions protocol and plays what a test needs."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

Body = dict[str, Any]
KEY = "sk-test-0123456789abcdef"


@dataclass(frozen=True)
class Raw:
    """An answer that is sent as it stands: any status, headers and bytes; or a hang, or a drop.

    With `drip_s` the bytes come one by one, so many seconds apart.
    """

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes = b""
    hang_s: float = 0.0
    drop: bool = False
    drip_s: float = 0.0


Policy = Callable[[Body], "Body | Raw"]
"""Plays a model: takes the body of a call, returns a completion or something raw."""


@dataclass
class Provider:
    """A running server.

    Attributes:
        url: Its base address, as clients want it.
        requests: The bodies of all calls so far.
        keys: The keys that came with them.
        most_at_once: Most calls that were open at the same time.
        times: When each call came, by the monotonic clock.
    """

    url: str
    policy: Policy
    requests: list[Body] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    most_at_once: int = 0
    times: list[float] = field(default_factory=list)


@contextmanager
def serving(policy: Policy) -> Generator[Provider]:
    """Serve a policy on a free port of this machine until the context ends."""
    lock, open_now = threading.Lock(), [0]

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            with lock:
                provider.requests.append(body)
                provider.keys.append(self.headers.get("Authorization", ""))
                provider.times.append(time.monotonic())
                open_now[0] += 1
                provider.most_at_once = max(provider.most_at_once, open_now[0])
            try:
                self._answer(body)
            finally:
                with lock:
                    open_now[0] -= 1

        def _answer(self, body: Body) -> None:
            if self.path != "/v1/chat/completions":
                self._send(404, {}, json.dumps({"error": {"message": "no such path"}}).encode())
                return
            said = provider.policy(body)
            if isinstance(said, Raw):
                if said.hang_s:
                    stopped.wait(said.hang_s)
                if said.drop:
                    self.close_connection = True
                    self.connection.close()
                    return
                self._send(said.status, said.headers, said.content, said.drip_s)
            else:
                self._send(200, {}, json.dumps(said).encode())

        def _send(
            self, status: int, headers: dict[str, str], content: bytes, drip_s: float = 0.0
        ) -> None:
            try:
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                for start in range(0, len(content), 1 if drip_s else len(content) or 1):
                    self.wfile.write(content[start : start + 1] if drip_s else content)
                    stopped.wait(drip_s)
            except ConnectionError:
                self.close_connection = True  # The client gave up waiting, as some tests want.

        def log_message(self, format: str, *args: object) -> None:
            del format, args

    stopped = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    port = cast("tuple[str, int]", server.server_address)[1]
    provider = Provider(f"http://127.0.0.1:{port}/v1", policy)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()


def said(
    content: str | None,
    *calls: tuple[str, object],
    finish: str | None = None,
    tokens: tuple[int, int] = (100, 20),
    refusal: str | None = None,
    model: str = "played-1",
) -> Body:
    """Return a completion: content, and calls of tools as pairs of name and arguments."""
    message: Body = {"role": "assistant", "content": content, "refusal": refusal}
    if calls:
        message["tool_calls"] = [
            {
                "id": f"call-{time.monotonic_ns()}-{number}",
                "type": "function",
                "function": {
                    "name": name,
                    "arguments": given if isinstance(given, str) else json.dumps(given),
                },
            }
            for number, (name, given) in enumerate(calls)
        ]
    reason = finish or ("tool_calls" if calls else "stop")
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": reason}],
        "usage": {
            "prompt_tokens": tokens[0],
            "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        },
    }


def in_turn(*answers: Body | Raw) -> Policy:
    """Play answers one after the other; the last one again and again."""
    left = list(answers)
    lock = threading.Lock()

    def policy(body: Body) -> Body | Raw:
        del body
        with lock:
            return left.pop(0) if len(left) > 1 else left[0]

    return policy


def failed(status: int, told: str = "it failed", **headers: str) -> Raw:
    """Return an answer of a status other than 200, in the protocol's form."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = json.dumps({"error": {"message": told, "type": "error", "code": None}}).encode()
    return Raw(status, named, content)
