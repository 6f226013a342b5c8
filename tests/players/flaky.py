"""A provider that fails in every way that providers do, and then answers."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable

from tests.generator.llm.provider import Body, Policy, Raw, failed, said

Fault = Callable[[], "Body | Raw"]

PASSING: dict[str, Fault] = {
    "rate-limit": lambda: failed(429, "slow down", Retry_After="0"),
    "server": lambda: failed(500, "it broke"),
    "hang": lambda: Raw(hang_s=30.0),
    "drop": lambda: Raw(drop=True),
    "not JSON": lambda: Raw(content=b"<html>Bad gateway</html>"),
    "no choice": lambda: Raw(content=json.dumps({"choices": []}).encode()),
    "empty": lambda: said(""),
}
"""Faults of the transport: the same call is made again."""
ANSWERED: dict[str, Fault] = {
    "prose": lambda: said("I would rather talk about the weather."),
    "half of an object": lambda: said('{"verdict": "acc'),
    "another schema": lambda: said('{"answer": 42}'),
    "cut off": lambda: said('{"ideas": [', finish="length"),
    "unknown tool": lambda: said(None, ("delete_everything", {"really": True})),
    "arguments that are no JSON": lambda: said(None, ("list_files", "folder=all")),
}
"""Answers that can not be used: the model is told so, and asked again."""


class Flaky:
    """Answers every call by one fault after the other before it lets a policy answer.

    Args:
        policy: Answers in the end.
        faults: What happens before, one fault a call, in turn.
        talks: Whether only the first call of every conversation has a fault; else every call.
    """

    def __init__(self, policy: Policy, faults: dict[str, Fault], *, talks: bool = False) -> None:
        """Begin with the first fault."""
        self._policy = policy
        self._faults = list(faults.items())
        self._talks = talks
        self._lock = threading.Lock()
        self._seen: Counter[str] = Counter()
        self._calls = 0
        self.played: Counter[str] = Counter()

    def __call__(self, body: Body) -> Body | Raw:
        """Return a fault, or what the policy says."""
        said_before = body["messages"][:2] if self._talks else body["messages"]
        key = json.dumps(said_before)
        with self._lock:
            again = self._seen[key] > 0
            self._seen[key] += 1
            name, fault = self._faults[self._calls % len(self._faults)]
            self.played[name] += not again
            self._calls += not again
        return self._policy(body) if again else fault()


def always(name: str) -> Policy:
    """Return a provider that has one fault, always."""
    known: dict[str, Fault] = {
        **PASSING,
        **ANSWERED,
        "refusal": lambda: said(None, refusal="I can not help with that."),
        "no key": lambda: failed(401, "wrong key"),
    }
    return lambda body: known[name]()
