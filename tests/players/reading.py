"""What a player reads of a call: its role, what it was asked, what its tools have told so far."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from tests.generator.llm.provider import Body

_ROLE = re.compile(r"You are the (\w+)|You solve a machine-learning task")
_DATA = re.compile(r"<data (\w+)>\n(.*?)\n</data \1>", re.DOTALL)


@dataclass(frozen=True)
class Call:
    """One call, as a player sees it.

    Attributes:
        body: What was sent.
    """

    body: Body

    @cached_property
    def messages(self) -> list[dict[str, Any]]:
        """The history."""
        return self.body["messages"]

    @cached_property
    def role(self) -> str:
        """Who is asked: `brainstormer`, `designer`, …, `solver`."""
        found = _ROLE.search(self.messages[0]["content"])
        assert found is not None, "a prompt has to say whose it is"
        return (found[1] or "solver").lower()

    @cached_property
    def questions(self) -> list[str]:
        """Everything that was asked, in order."""
        return [m["content"] for m in self.messages if m["role"] == "user"]

    @property
    def question(self) -> str:
        """What was asked last."""
        return self.questions[-1]

    @cached_property
    def results(self) -> list[tuple[str, str]]:
        """Names and results of the tools called since the last question."""
        names: dict[str, str] = {}
        found: list[tuple[str, str]] = []
        for message in self.messages:
            if message["role"] == "user":
                found = []
            for call in message.get("tool_calls") or ():
                names[call["id"]] = call["function"]["name"]
            if message["role"] == "tool":
                found.append((names[message["tool_call_id"]], bare(message["content"])))
        return found

    @property
    def called(self) -> set[str]:
        """Names of the tools that it has called in the whole conversation."""
        return {
            each["function"]["name"]
            for message in self.messages
            for each in message.get("tool_calls") or ()
        }

    @property
    def turn(self) -> int:
        """How many answers it gave to the last question."""
        last = max(place for place, m in enumerate(self.messages) if m["role"] == "user")
        return sum(m["role"] == "assistant" for m in self.messages[last:])

    @property
    def tools(self) -> set[str]:
        """Names of the tools that it may call."""
        return {tool["function"]["name"] for tool in self.body.get("tools", ())}

    def answers(self) -> list[dict[str, Any]]:
        """Return what it answered so far, where that was JSON."""
        found: list[dict[str, Any]] = []
        for message in self.messages:
            if message["role"] == "assistant" and message.get("content"):
                found += blocks(message["content"])[:1]
        return found


def blocks(text: str) -> list[dict[str, Any]]:
    """Return the JSON objects in a text, outermost ones, in order."""
    decoder, found, start = json.JSONDecoder(), list[dict[str, Any]](), text.find("{")
    while start >= 0:
        try:
            value, end = decoder.raw_decode(text, start)
        except ValueError:
            start = text.find("{", start + 1)
            continue
        if isinstance(value, dict):
            found.append(value)
        start = text.find("{", end)
    return found


def bare(text: str) -> str:
    """Return a text without the marks of data in it."""
    return _DATA.sub(lambda found: found[2], text)


def data(text: str) -> list[str]:
    """Return what stands between the marks of data in a text."""
    return [found[2] for found in _DATA.finditer(text)]
