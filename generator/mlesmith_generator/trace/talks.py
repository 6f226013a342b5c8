"""Conversations as written down, cut into exchanges: a question and all up to the next."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, takewhile
from typing import Any, Literal, cast

from mlesmith_generator.llm.chat import Message

Fields = tuple[tuple[str, str], ...]
"""What a JSON object says, name by name: texts as they are, all else as JSON; nothing empty."""


@dataclass(frozen=True)
class Step:
    """One thing that was said or done in a conversation.

    Attributes:
        kind: `prompt`, `question`, `answer`, or `call` of a tool.
        text: What was said; of a call, its result.
        tool: Of a call: the tool's name.
        arguments: Of a call: what it was called with, as the model wrote it.
    """

    kind: Literal["prompt", "question", "answer", "call"]
    text: str
    tool: str = ""
    arguments: str = ""

    @property
    def fields(self) -> Fields:
        """What an answer says, or a tool was called with; none where it is no JSON object."""
        if self.kind == "call":
            return _fields(self.arguments)
        return _fields(self.text) if self.kind == "answer" else ()


@dataclass(frozen=True)
class Talk:
    """A conversation, or a stretch of one.

    Attributes:
        number: Of the conversation in its attempt.
        role: Who answers.
        about: What it is about.
        models: Models that played the role.
        steps: What was said and done, in order.
        turns: Answers of the model.
        began: Time of the first message, in seconds since the epoch.
        goes_on: Whether the conversation had begun before.
    """

    number: int
    role: str
    about: str
    models: tuple[str, ...]
    steps: tuple[Step, ...]
    turns: int
    began: float
    goes_on: bool = False

    @property
    def calls(self) -> int:
        """How many tools were called."""
        return sum(step.kind == "call" for step in self.steps)

    @property
    def title(self) -> str:
        """Who talks, by which model, about what, for how long, in a line."""
        model = f" ({', '.join(self.models)})" if self.models else ""
        about = f", {self.about}" if self.about else ""
        on = ", goes on" if self.goes_on else ""
        return f"{self.role}{model}{about}{on}: {self.turns} turn(s), {self.calls} tool call(s)"


@dataclass(frozen=True)
class Line:
    """One message of a transcript.

    Attributes:
        talk: Number of the conversation.
        role: Who answers in it.
        about: What it is about.
        time: When, in seconds since the epoch.
        message: What was said.
    """

    talk: int
    role: str
    about: str
    time: float
    message: Message

    @classmethod
    def of(cls, record: dict[str, Any]) -> Line:
        """Return a line of a journal; raises ValueError, KeyError or TypeError where it is none."""
        return cls(
            int(record["talk"]),
            str(record["role"]),
            str(record.get("about", "")),
            float(record["time"]),
            Message.model_validate(record["message"]),
        )


def exchanges_of(lines: Iterable[Line], models: dict[str, tuple[str, ...]]) -> list[Talk]:
    """Return the exchanges of all conversations, in the order in which they began.

    Args:
        lines: Messages in the order in which they were written down.
        models: Names of the models that played a role.
    """
    found: list[Talk] = []
    for _, several in groupby(sorted(lines, key=lambda line: line.talk), lambda line: line.talk):
        for place, part in enumerate(_parts(list(several))):
            first = part[0]
            found.append(
                Talk(
                    first.talk,
                    first.role,
                    first.about,
                    models.get(first.role, ()),
                    tuple(_steps([line.message for line in part])),
                    sum(line.message.role == "assistant" for line in part),
                    first.time,
                    goes_on=place > 0,
                )
            )
    return sorted(found, key=lambda talk: talk.began)


def joined(exchanges: Iterable[Talk]) -> tuple[Talk, ...]:
    """Return exchanges with those that follow each other in one conversation as one."""
    talks: list[Talk] = []
    for each in exchanges:
        if talks and talks[-1].number == each.number:
            before = talks[-1]
            talks[-1] = replace(
                before,
                steps=before.steps + each.steps,
                turns=before.turns + each.turns,
            )
        else:
            talks.append(each)
    return tuple(talks)


def _parts(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Yield stretches that begin with a question; what comes before the first belongs to it."""
    part: list[Line] = []
    for line in lines:
        if line.message.role == "user" and any(each.message.role == "user" for each in part):
            yield part
            part = []
        part.append(line)
    if part:
        yield part


def _steps(messages: Sequence[Message]) -> Iterator[Step]:
    """Yield what was said; every call of a tool stands with its result."""
    for place, message in enumerate(messages):
        if message.role == "system":
            yield Step("prompt", message.content)
        elif message.role == "user":
            yield Step("question", message.content)
        elif message.role == "assistant":
            if message.content or not message.tool_calls:
                yield Step("answer", message.content)
            # Only what follows at once: providers may give the same id to calls of other turns.
            answers = takewhile(lambda each: each.role == "tool", messages[place + 1 :])
            results = {each.tool_call_id: each.content for each in answers}
            for call in message.tool_calls:
                result = results.get(call.id, "(no result was written down)")
                yield Step("call", result, call.name, call.arguments)


def _fields(text: str) -> Fields:
    """Return the names and values of a JSON object; nothing where a text is no such object."""
    try:
        found: object = json.loads(text)
    except (ValueError, RecursionError):
        return ()
    if not isinstance(found, dict):
        return ()
    return tuple(
        (name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1))
        for name, value in cast("dict[str, object]", found).items()
        if value not in ("", None, [], {})
    )
